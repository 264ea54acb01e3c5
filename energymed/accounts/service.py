"""Use cases on sites and users."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.codes import AT_A_SITE, Role
from energymed.accounts.email_address import account_address
from energymed.accounts.models import Site, User
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.short_codes import code_and_name

PRACTICE_CODE = "entrainement"


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is needed to open an account; `password_hash` is argon2, made at the edge."""

    email: str
    name: str
    role: str
    password_hash: str
    site_id: int | None = None
    partner_id: int | None = None
    weekly_hours: int = 35
    languages: tuple[str, ...] = ()


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


def practice_site(ctx: Context) -> Site:
    """Where people in formation are, made when the first of them is."""
    site = ctx.session.scalar(select(Site).where(Site.practice))
    if site is None:
        site = add_site(ctx, PRACTICE_CODE, "Entraînement")
        site.practice = True
        ctx.session.flush()
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
        BadInput: wrong e-mail, taken e-mail, unknown role, or the role's site or partner missing.
    """
    email = account_address(new.email)
    if new.role not in Role.labels():
        raise BadInput(N_("Rôle inconnu : %(role)s."), role=new.role)
    site_id = site_of_role(ctx, new.role, new.site_id)
    if new.role == Role.PARTNER and new.partner_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."))
    if ctx.session.scalar(select(User.id).where(User.email == email)):
        raise BadInput(N_("Un compte existe déjà pour %(email)s."), email=email)
    user = User(
        email=email,
        name=new.name.strip() or email.split("@", 1)[0],
        role=new.role,
        site_id=site_id,
        partner_id=new.partner_id if new.role == Role.PARTNER else None,
        password=new.password_hash,
        weekly_hours=new.weekly_hours,
        languages=list(new.languages),
        created_at=ctx.now,
    )
    ctx.session.add(user)
    audit.record(ctx, "user.added", user, after={"role": new.role})
    return user


def site_of_role(ctx: Context, role: str, site_id: int | None) -> int | None:
    """Where somebody of this role is: at `site_id`, at the practice, or at no site in particular.

    Raises:
        BadInput: the role has a site, and none is given.
    """
    if role == Role.TRAINEE:
        return practice_site(ctx).id
    if role not in AT_A_SITE:
        return None
    if site_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un site."))
    return site_id


def set_active(ctx: Context, user: User, active: bool) -> None:
    """Close an account or open it again; nobody closes their own. Its sessions end either way.

    Raises:
        BadInput: when the actor would close their own account.
    """
    if user.id == ctx.actor.user_id:
        raise BadInput(N_("Vous ne pouvez pas fermer votre propre compte."))
    if user.active != active:
        before, user.active = {"active": user.active}, active
        user.end_sessions()
        audit.record(ctx, "user.active_changed", user, before=before, after={"active": active})


def reset_second_factor(ctx: Context, user: User) -> None:
    """Forget a lost second factor, its recovery codes and passkeys; its sessions end.

    The next sign-in asks for a new one.
    """
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
