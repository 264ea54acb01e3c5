"""An account as an administrator edits it, and what its owner may say of themselves."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import delete

from energymed.accounts.checks import (
    checked_end,
    checked_hours,
    checked_languages,
    checked_name,
    checked_role,
    free_address,
    keep_an_administrator,
)
from energymed.accounts.codes import Role
from energymed.accounts.links import end_link
from energymed.accounts.models import SignInTries, User
from energymed.accounts.practice import site_of_role
from energymed.accounts.queries import locked_user
from energymed.accounts.sites import refuse_retired_site
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_

LONGEST_EXTENSION = 6  # a telephone of the house, never a subscriber's number
TOLD = ("role", "site_id", "partner_id", "weekly_hours", "languages", "ends_on")  # no person's data
# who somebody is, and what they see: whoever is signed in as somebody else has to sign in again
SIGNED_IN_AS = {"email", "role", "site_id", "partner_id"}


@dataclass(frozen=True, slots=True)
class AccountEdit:
    """All that an administrator may change; `site_id` and `partner_id` as the role needs them."""

    email: str
    name: str
    role: str
    site_id: int | None = None
    partner_id: int | None = None
    weekly_hours: int = 35
    languages: tuple[str, ...] = ()
    extension: str = ""
    ends_on: date | None = None


def edit_of(user: User) -> AccountEdit:
    """The account as it is, to be changed in part."""
    return AccountEdit(
        email=user.email,
        name=user.name,
        role=str(user.role),
        site_id=user.site_id,
        partner_id=user.partner_id,
        weekly_hours=user.weekly_hours,
        languages=tuple(user.languages),
        extension=user.extension or "",
        ends_on=user.ends_on,
    )


def version_of(user: User) -> str:
    """The account's editable values in one short text: the same for the same values."""
    return sha256(f"{edit_of(user)!r}{user.active}".encode()).hexdigest()[:32]


def edit_account(
    ctx: Context, user_id: int, edit: AccountEdit, *, seen_version: str | None = None
) -> User:
    """Change an account.

    Another address, role, site or partner ends its sessions, and a new address its link and lock.

    Args:
        seen_version: `version_of` the account in the form; None when nobody looked at one.

    Raises:
        BadInput: what makes no account, with `params["field"]`.
        Conflict: somebody else changed it since it was seen.
        Refused: the last administrator would lose the role or get an end; the new site is retired.
        NotFound: no such account.
    """
    user = locked_user(ctx.session, user_id)
    if seen_version not in (None, version_of(user)):
        raise Conflict(
            N_("Quelqu'un a modifié ce compte entre-temps : rien n'est enregistré. Ce que vous "
               "avez tapé est gardé ; enregistrez de nouveau pour l'écrire."),
        )  # fmt: skip
    values = _checked(ctx, user, edit)
    leaves = user.role == Role.ADMIN and values["role"] != Role.ADMIN
    if leaves or (values["ends_on"] is not None and values["ends_on"] != user.ends_on):
        keep_an_administrator(ctx, user)
    _write(ctx, user, values)
    ctx.session.flush()
    return user


def edit_own_profile(ctx: Context, name: str, languages: tuple[str, ...]) -> User:
    """What everybody may say of themselves: their name and the languages that they speak.

    Raises:
        BadInput: no name, a name or a list that is too long; with `params["field"]`.
    """
    user = locked_user(ctx.session, ctx.actor.user_id or 0)
    if not name.strip():
        raise BadInput(N_("Donnez votre nom."), field="name")
    own: dict[str, object] = {
        "name": checked_name(name, user.name),
        "languages": checked_languages(languages),
    }
    _write(ctx, user, own)
    ctx.session.flush()
    return user


def _checked(ctx: Context, user: User, edit: AccountEdit) -> dict[str, object]:
    email = free_address(ctx.session, edit.email, user_id=user.id)
    site_id = site_of_role(ctx, edit.role, edit.site_id)
    role = checked_role(edit.role, site_id, edit.partner_id)
    if site_id is not None and site_id != user.site_id:
        refuse_retired_site(ctx.session, site_id)
    return {
        "email": email,
        "name": checked_name(edit.name, email.split("@", 1)[0]),
        "role": role,
        "site_id": site_id,
        "partner_id": edit.partner_id if role == Role.PARTNER else None,
        "weekly_hours": checked_hours(edit.weekly_hours),
        "languages": checked_languages(edit.languages),
        "extension": checked_extension(edit.extension),
        "ends_on": checked_end(ctx, edit.ends_on, user.ends_on),
    }


def checked_extension(text: str) -> str | None:
    """The extension of a telephone, None for none.

    Raises:
        BadInput: not up to six digits.
    """
    extension = "".join(text.split())
    if extension and not (extension.isascii() and extension.isdigit()):
        raise BadInput(N_("Le numéro de poste se compose de chiffres."), field="extension")
    if len(extension) > LONGEST_EXTENSION:
        raise BadInput(N_("Le numéro de poste a six chiffres au plus."), field="extension")
    return extension or None


def _write(ctx: Context, user: User, values: dict[str, object]) -> None:
    changed = {name: new for name, new in values.items() if getattr(user, name) != new}
    if not changed:
        return
    told = [name for name in TOLD if name in changed]
    before = {name: _plain(getattr(user, name)) for name in told}
    for name, new in changed.items():
        setattr(user, name, new)
    after = {name: _plain(changed[name]) for name in told}
    audit.record(ctx, "user.edited", user, before=before,
                 after={**after, "changed": sorted(changed)})  # fmt: skip
    if SIGNED_IN_AS & changed.keys():
        user.end_sessions()
    if "email" in changed:
        audit.record(ctx, "user.email_changed", user)
        end_link(ctx.session, user)
        ctx.session.execute(delete(SignInTries).where(SignInTries.user_id == user.id))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
