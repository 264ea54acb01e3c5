"""Use cases on sites and users."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.accounts.email_address import account_address
from energymed.accounts.models import Site, User
from energymed.accounts.sites import refuse_retired_site
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.base.short_codes import code_and_name


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


def site_by_code(session: Session, code: str | None) -> Site:
    """The site with this code; without a code, the only site there is.

    Raises:
        NotFound: naming the codes that exist.
    """
    sites = list(session.scalars(select(Site).order_by(Site.code)))
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
        Refused: the site is retired.
    """
    email = account_address(new.email)
    if new.role not in Role.labels():
        raise BadInput(N_("Rôle inconnu : %(role)s."), role=new.role)
    if new.role in (Role.LEAD, Role.MEDIATOR) and new.site_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un site."))
    if new.role == Role.PARTNER and new.partner_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."))
    if new.site_id is not None:
        refuse_retired_site(ctx.session, new.site_id)
    if ctx.session.scalar(select(User.id).where(User.email == email)):
        raise BadInput(N_("Un compte existe déjà pour %(email)s."), email=email)
    user = User(
        email=email,
        name=new.name.strip() or email.split("@", 1)[0],
        role=new.role,
        site_id=new.site_id if new.role in (Role.LEAD, Role.MEDIATOR) else None,
        partner_id=new.partner_id if new.role == Role.PARTNER else None,
        password=new.password_hash,
        weekly_hours=new.weekly_hours,
        languages=list(new.languages),
        created_at=ctx.now,
    )
    ctx.session.add(user)
    audit.record(ctx, "user.added", user, after={"role": new.role})
    return user


def set_active(ctx: Context, user: User, active: bool) -> None:
    """Close an account or open it again; nobody closes their own.

    Raises:
        BadInput: when the actor would close their own account.
    """
    if user.id == ctx.actor.user_id:
        raise BadInput(N_("Vous ne pouvez pas fermer votre propre compte."))
    if user.active != active:
        before, user.active = {"active": user.active}, active
        audit.record(ctx, "user.active_changed", user, before=before, after={"active": active})


def reset_second_factor(ctx: Context, user: User) -> None:
    """Forget a lost second factor and its recovery codes; the next sign-in asks for a new one."""
    user.tf_primary_method = user.tf_totp_secret = None
    user.totp_last_counter = user.mf_recovery_codes = None
    audit.record(ctx, "user.second_factor_reset", user)
