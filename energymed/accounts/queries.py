"""Reads on users and sites."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.codes import AT_A_SITE, Role
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
    """Sites that `actor` works for, by name; that of the practice for who is there alone."""
    statement = select(Site).order_by(Site.name)
    if ctx.actor.role in AT_A_SITE:
        statement = statement.where(Site.id == ctx.actor.site_id)
    else:
        statement = statement.where(~Site.practice)
    return list(ctx.session.scalars(statement))


def open_sites(ctx: Context) -> list[Site]:
    """Those of `sites` that are in use: what is new may be for them."""
    return [site for site in sites(ctx) if site.retired_at is None]


def get_user(session: Session, user_id: int) -> User:
    """The account with this id.

    Raises:
        NotFound: when there is none.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(N_("Ce compte n'existe pas."))
    return user


def locked_user(session: Session, user_id: int) -> User:
    """The account with this id as it is now, held until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    user = session.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update(of=User, key_share=True)
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise NotFound(N_("Ce compte n'existe pas."))
    return user


def names_by_id(session: Session, user_ids: set[int | None]) -> dict[int, str]:
    """Names of the given users, in one query."""
    known = [user_id for user_id in user_ids if user_id is not None]
    rows = session.execute(select(User.id, User.name).where(User.id.in_(known)))
    return {row.id: row.name for row in rows}
