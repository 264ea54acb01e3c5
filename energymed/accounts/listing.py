"""The list of accounts: searched, filtered, sorted, with the state of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.codes import AccountState, LinkPurpose, Role
from energymed.accounts.models import AccountLink, SignInTries, Site, User
from energymed.accounts.scope import scoped
from energymed.accounts.sign_in_tries import is_locked, lock_is_on
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.list_query import ListQuery

TOLD_BEFORE = timedelta(days=14)  # an end of contract is shown so long before


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts; empty for all. `text` looks into name and e-mail."""

    text: str = ""
    role: str = ""
    site_id: int | None = None
    state: str = ""
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: its state, and until when the link that was sent serves."""

    state: AccountState
    link_until: datetime | None = None
    purpose: LinkPurpose | None = None


def accounts(ctx: Context, asked: AccountFilter) -> Select[User]:
    """Select of the accounts that are asked for."""
    statement = select(User).outerjoin(Site, Site.id == User.site_id).options(joinedload(User.site))
    if asked.text:
        words = [func.lower(User.name), User.email]
        for word in asked.text.lower().split():
            found = [column.contains(word, autoescape=True) for column in words]
            statement = statement.where(or_(*found))
    if asked.state:
        statement = statement.where(in_state(ctx.now, AccountState(asked.state)))
    return ACCOUNTS.apply(statement, asked)


ACCOUNTS = ListQuery(
    sorts={
        "name": func.lower(User.name),
        "role": User.role,
        "site": Site.name,
        "last_sign_in": User.last_sign_in_at,
        "ends_on": User.ends_on,
    },
    usual="name",
    ties=(User.id,),
    filters={
        "role": lambda role: User.role == role,
        "site_id": lambda site_id: User.site_id == site_id,
    },
)


def in_state(now: datetime, state: AccountState) -> ColumnElement[bool]:
    """For `User`: whether the account is in this state; `ACTIVE` is any that is open."""
    today = paris_date(now)
    over = User.ends_on < today
    here = User.active & (User.ends_on.is_(None) | (User.ends_on >= today))
    conditions: dict[AccountState, ColumnElement[bool]] = {
        AccountState.ACTIVE: here & User.password.is_not(None),
        AccountState.INVITED: here & User.password.is_(None),
        AccountState.LOCKED: here & exists().where(is_locked(now)),
        AccountState.ENDING: here & (User.ends_on <= today + TOLD_BEFORE),
        AccountState.CLOSED: ~User.active | over,
    }
    return conditions[state]


def standings(ctx: Context, users: Iterable[User]) -> dict[int, Standing]:
    """{account: how it stands}, in two queries."""
    listed = list(users)
    ids = [user.id for user in listed]
    links = {
        link.user_id: link
        for link in ctx.session.scalars(
            select(AccountLink).where(
                AccountLink.user_id.in_(ids), AccountLink.expires_at > ctx.now
            )
        )
    }
    locked = set(
        ctx.session.scalars(
            select(SignInTries.user_id).where(SignInTries.user_id.in_(ids), lock_is_on(ctx.now))
        )
    )
    found = {}
    for user in listed:
        link = links.get(user.id)
        state = state_of(user, ctx.now, locked=user.id in locked)
        found[user.id] = Standing(
            state, link.expires_at if link else None, link.purpose if link else None
        )
    return found


def state_of(user: User, now: datetime, *, locked: bool = False) -> AccountState:
    """The state that matters most: closed, locked, invited, ending soon, open."""
    if not user.active or user.ended(now):
        return AccountState.CLOSED
    if locked:
        return AccountState.LOCKED
    if user.password is None:
        return AccountState.INVITED
    soon = user.ends_on is not None and user.ends_on <= paris_date(now) + TOLD_BEFORE
    return AccountState.ENDING if soon else AccountState.ACTIVE


def ends_around(ctx: Context) -> list[User]:
    """Mediators and leads whom the actor may see and whose last day is within 14 days of today.

    Those who left are told for as long: their cases are to be assigned.
    """
    today = paris_date(ctx.now)
    statement = (
        select(User)
        .where(User.ends_on.between(today - TOLD_BEFORE, today + TOLD_BEFORE))
        .where(User.active | (User.ends_on < today))
        .where(User.role.in_((Role.MEDIATOR, Role.LEAD)))
        .order_by(User.ends_on, User.name)
    )
    return list(ctx.session.scalars(scoped(statement, User, ctx.actor)))


def over(session: Session, now: datetime) -> list[int]:
    """Ids of the open accounts whose last day is over."""
    ended = select(User.id).where(User.active, User.ends_on < paris_date(now))
    return list(session.scalars(ended.order_by(User.id)))
