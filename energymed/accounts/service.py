"""Use cases on sites and users."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from energymed.accounts.edits import checked_extension
from energymed.accounts.links import end_link
from energymed.accounts.models import Site, User
from energymed.accounts.practice import site_of_role
from energymed.accounts.sites import refuse_retired_site
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.short_codes import code_and_name


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is needed to open an account; `password_hash` is argon2, made at the edge.

    Without one the account waits for its invitation. One that somebody else chose or drew must be
    changed at the first sign-in.
    """

    email: str
    name: str
    role: str
    password_hash: str | None = None
    site_id: int | None = None
    partner_id: int | None = None
    weekly_hours: int = 35
    languages: tuple[str, ...] = ()
    extension: str = ""
    ends_on: date | None = None
    must_change_password: bool = True


def add_site(ctx: Context, code: str, name: str) -> Site:
    """Create a site.

    Raises:
        BadInput: when the code is taken or is none, or the name is missing.
    """
    code, name = code_and_name(code, name)
    if ctx.session.scalar(select(Site.id).where(Site.code == code)):
        raise BadInput(N_("Le code %(code)s est déjà pris."), code=code)
    site = Site(code=code, name=name)
    ctx.session.add(site)
    audit.record(ctx, "site.added", site, after={"code": code})
    return site


def site_by_code(session: Session, code: str | None) -> Site:
    """The site with this code; without a code, the only site there is.

    Raises:
        NotFound: naming the codes that exist.
    """
    sites = list(session.scalars(select(Site).where(~Site.practice).order_by(Site.code)))
    if code is None and len(sites) == 1:
        return sites[0]
    found = next((site for site in sites if site.code == (code or "").strip().lower()), None)
    if found is None:
        known = ", ".join(site.code for site in sites) or "—"
        if code is None:
            raise NotFound(N_("Précisez le site. Sites connus : %(known)s."), known=known)
        raise NotFound(
            N_("Site inconnu : %(code)s. Sites connus : %(known)s."), code=code, known=known
        )
    return found


def add_user(ctx: Context, new: NewUser) -> User:
    """Open an account.

    Raises:
        BadInput: wrong e-mail, taken e-mail, unknown role, the role's site or partner missing, or
            another value that makes no account; with `params["field"]`.
        Refused: the site is retired.
    """
    site_id = site_of_role(ctx, new.role, new.site_id)
    role = checked_role(new.role, site_id, new.partner_id)
    if site_id is not None:
        refuse_retired_site(ctx.session, site_id)
    email = free_address(ctx.session, new.email)
    user = User(
        email=email,
        name=checked_name(new.name, email.split("@", 1)[0]),
        role=role,
        site_id=site_id,
        partner_id=new.partner_id if role == Role.PARTNER else None,
        password=new.password_hash,
        must_change_password=new.password_hash is not None and new.must_change_password,
        weekly_hours=checked_hours(new.weekly_hours),
        languages=checked_languages(new.languages),
        extension=checked_extension(new.extension),
        ends_on=checked_end(ctx, new.ends_on),
        created_at=ctx.now,
    )
    ctx.session.add(user)
    audit.record(ctx, "user.added", user, after={"role": role})
    return user


def set_active(ctx: Context, user: User, active: bool) -> None:
    """Close an account or open it again; either ends its sessions, and closing its link.

    Whose cases they were is `casework.leaving`'s. One that is opened again after its last day has
    none any more.

    Raises:
        BadInput: when the actor would close their own account.
        Refused: nobody would be left to manage accounts.
    """
    if user.id == ctx.actor.user_id:
        raise BadInput(N_("Vous ne pouvez pas fermer votre propre compte."))
    if user.active == active:
        return
    if not active:
        keep_an_administrator(ctx, user)
        end_link(ctx.session, user)
    elif user.ended(ctx.now):
        user.ends_on = None
    before, user.active = {"active": user.active}, active
    user.end_sessions()
    audit.record(ctx, "user.active_changed", user, before=before, after={"active": active})
    ctx.session.flush()


def reset_second_factor(ctx: Context, user: User) -> None:
    """Forget a lost second factor, its recovery codes and passkeys; its sessions end.

    The next sign-in asks for a new one.

    Raises:
        BadInput: the actor's own, which is changed by whoever gives the password.
    """
    if user.id == ctx.actor.user_id:
        raise BadInput(N_("Changez votre second facteur depuis « Mon compte »."))
    _forget_factor(user)
    user.end_sessions()
    audit.record(ctx, "user.second_factor_reset", user)


def drop_second_factor(ctx: Context, user: User, *, compulsory: bool) -> None:
    """Do without a second factor, where the person chose to have one.

    Raises:
        Refused: the role is bound to have one.
    """
    if compulsory:
        raise Refused(N_("Votre rôle ne peut pas se passer du second facteur."))
    _forget_factor(user)
    audit.record(ctx, "user.second_factor_dropped", user)


def set_second_factor(ctx: Context, user: User, totp_secret: str, codes: list[str]) -> None:
    """Put the code application in place, with new recovery codes (their hashes).

    They stay due until the person says that they are kept.
    """
    before = {"in_place": bool(user.tf_totp_secret)}
    user.tf_primary_method, user.tf_totp_secret = "authenticator", totp_secret
    renew_recovery_codes(ctx, user, codes)
    audit.record(ctx, "user.second_factor_changed", user, before=before)


def renew_recovery_codes(ctx: Context, user: User, codes: list[str]) -> None:
    """Replace the recovery codes (their hashes); the former ones are worthless."""
    user.mf_recovery_codes, user.recovery_codes_due = codes, True
    audit.record(ctx, "user.recovery_codes_made", user, after={"codes": len(codes)})


def confirm_recovery_codes(ctx: Context, user: User) -> None:
    """Note that the person has kept the codes that were shown."""
    if user.recovery_codes_due:
        user.recovery_codes_due = False
        audit.record(ctx, "user.recovery_codes_kept", user)


def remove_passkey(ctx: Context, user: User, passkey_id: int) -> None:
    """Take a passkey back.

    Raises:
        NotFound: the account has none of this number.
    """
    key = next((key for key in user.webauthn if key.id == passkey_id), None)
    if key is None:
        raise NotFound(N_("Cette clé d'accès n'existe pas."))
    user.webauthn.remove(key)
    audit.record(ctx, "user.passkey_removed", user, before={"passkey": passkey_id})


def _forget_factor(user: User) -> None:
    user.tf_primary_method = user.tf_totp_secret = None
    user.totp_last_counter = user.mf_recovery_codes = None
    user.recovery_codes_due = False
    user.webauthn.clear()
