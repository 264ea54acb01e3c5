"""Reads on users and sites."""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.codes import Role
from energymed.accounts.models import Site, User
from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.errors import NotFound
from energymed.base.i18n import N_


def mediators(ctx: Context, *, site_id: int | None = None) -> list[User]:
    """Active mediators whom `actor` may see, by name; of one site when given."""
    statement = select(User).where(User.role == Role.MEDIATOR, User.active).order_by(User.name)
    if site_id is not None:
        statement = statement.where(User.site_id == site_id)
    return list(ctx.session.scalars(scoped(statement, User, ctx.actor)))


def user_by_email(session: Session, email: str) -> User:
    """The account with this e-mail.

    Raises:
        NotFound: when there is none.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound(N_("Aucun compte pour %(email)s."), email=email)
    return user


def sites(ctx: Context) -> list[Site]:
    """Sites that `actor` works for, by name."""
    statement = select(Site).order_by(Site.name)
    if ctx.actor.role in (Role.LEAD, Role.MEDIATOR):
        statement = statement.where(Site.id == ctx.actor.site_id)
    return list(ctx.session.scalars(statement))


def open_sites(ctx: Context) -> list[Site]:
    """Those of `sites` that are in use: what is new may be for them."""
    return [site for site in sites(ctx) if site.retired_at is None]


def accounts(*, search: str = "", role: str | None = None) -> Select[User]:
    """Select of every account by name; `search` looks into name and e-mail."""
    statement = select(User).options(joinedload(User.site)).order_by(User.name, User.id)
    if search:
        like = f"%{search.lower().replace('%', '').replace('_', '')}%"
        statement = statement.where(or_(func.lower(User.name).like(like), User.email.like(like)))
    return statement.where(User.role == role) if role else statement


def get_user(session: Session, user_id: int) -> User:
    """The account with this id.

    Raises:
        NotFound: when there is none.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(N_("Ce compte n'existe pas."))
    return user


def names_by_id(session: Session, user_ids: set[int | None]) -> dict[int, str]:
    """Names of the given users, in one query."""
    known = [user_id for user_id in user_ids if user_id is not None]
    rows = session.execute(select(User.id, User.name).where(User.id.in_(known)))
    return {row.id: row.name for row in rows}
