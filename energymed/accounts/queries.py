"""Reads on users and sites."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.accounts.models import Site, User
from energymed.accounts.scope import scoped
from energymed.base.errors import NotFound
from energymed.base.i18n import N_


def mediators(session: Session, actor: Actor, *, site_id: int | None = None) -> list[User]:
    """Active mediators whom `actor` may see, by name; of one site when given."""
    statement = select(User).where(User.role == "mediator", User.active).order_by(User.name)
    if site_id is not None:
        statement = statement.where(User.site_id == site_id)
    return list(session.scalars(scoped(statement, User, actor)))


def user_by_email(session: Session, email: str) -> User:
    """The account with this e-mail.

    Raises:
        NotFound: when there is none.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound(N_("Aucun compte pour %(email)s."), email=email)
    return user


def sites(session: Session, actor: Actor) -> list[Site]:
    """Sites that `actor` works for, by name."""
    statement = select(Site).order_by(Site.name)
    if actor.role in ("lead", "mediator"):
        statement = statement.where(Site.id == actor.site_id)
    return list(session.scalars(statement))
