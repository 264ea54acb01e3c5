"""Use cases on sites and users."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import ROLES
from energymed.accounts.email_address import account_address
from energymed.accounts.models import Site, User
from energymed.base import audit
from energymed.base.audit import Acting
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


def add_site(session: Session, actor: Acting, code: str, name: str, *, now: datetime) -> Site:
    """Create a site.

    Raises:
        BadInput: when the code is taken or is none, or the name is missing.
    """
    code, name = code_and_name(code, name)
    if session.scalar(select(Site.id).where(Site.code == code)):
        raise BadInput(N_("Le code %(code)s est déjà pris."), code=code)
    site = Site(code=code, name=name)
    session.add(site)
    audit.record(session, actor, "site.added", site, now=now, after={"code": code})
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


def add_user(session: Session, actor: Acting, new: NewUser, *, now: datetime) -> User:
    """Open an account.

    Raises:
        BadInput: wrong e-mail, taken e-mail, unknown role, or the role's site or partner missing.
    """
    email = account_address(new.email)
    if new.role not in ROLES:
        raise BadInput(N_("Rôle inconnu : %(role)s."), role=new.role)
    if new.role in ("lead", "mediator") and new.site_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un site."))
    if new.role == "partner" and new.partner_id is None:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."))
    if session.scalar(select(User.id).where(User.email == email)):
        raise BadInput(N_("Un compte existe déjà pour %(email)s."), email=email)
    user = User(
        email=email,
        name=new.name.strip() or email.split("@", 1)[0],
        role=new.role,
        site_id=new.site_id if new.role in ("lead", "mediator") else None,
        partner_id=new.partner_id if new.role == "partner" else None,
        password=new.password_hash,
        weekly_hours=new.weekly_hours,
        languages=list(new.languages),
        created_at=now,
    )
    session.add(user)
    audit.record(session, actor, "user.added", user, now=now, after={"role": new.role})
    return user


def set_active(session: Session, actor: Acting, user: User, active: bool, *, now: datetime) -> None:
    """Close an account or open it again; nobody closes their own.

    Raises:
        BadInput: when the actor would close their own account.
    """
    if user.id == actor.user_id:
        raise BadInput(N_("Vous ne pouvez pas fermer votre propre compte."))
    if user.active != active:
        before, user.active = {"active": user.active}, active
        audit.record(
            session, actor, "user.active_changed", user, now=now, before=before,
            after={"active": active},
        )  # fmt: skip


def reset_second_factor(session: Session, actor: Acting, user: User, *, now: datetime) -> None:
    """Forget a lost second factor and its recovery codes; the next sign-in asks for a new one."""
    user.tf_primary_method = user.tf_totp_secret = None
    user.totp_last_counter = user.mf_recovery_codes = None
    audit.record(session, actor, "user.second_factor_reset", user, now=now)
