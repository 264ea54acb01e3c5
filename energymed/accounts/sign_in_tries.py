"""Failed sign-ins, counted once for all processes: ten in a quarter of an hour lock for as long.

Under whichever address, so that nobody learns which ones have an account. While it is locked the
right password is refused like a wrong one. Codes of the second factor are counted apart: whoever
has the password does not begin anew by it. So is the machine or office that they come from, with a
higher bound: fifty. The way out of all three is time, or an administrator who unlocks the account.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from energymed.accounts.models import SignInTries, User
from energymed.base import audit
from energymed.base.context import SYSTEM, Context
from energymed.base.db import installation_key
from energymed.base.db.adding import inserting

MOST_FAILURES = 10
MOST_FROM_ONE_PLACE = 50  # an office behind one address, on a Monday morning
WITHIN = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)
IPV6_HOME = 64  # bits that a home or an office has for itself


def account_key(email: str) -> str:
    """The key of an address, as signing in reads it; of a stranger's nothing else is kept."""
    return sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()


def place_key(session: Session, network_address: str) -> str:
    """The key of where a try comes from; the address itself is not kept, nor found out by it."""
    try:
        found = ip_address(network_address)
    except ValueError:
        place = network_address
    else:
        is_home = isinstance(found, IPv6Address) and found.ipv4_mapped is None
        place = str(int(found) >> (128 - IPV6_HOME)) if is_home else str(found)
    return hmac.digest(installation_key(session), f"tries from {place}".encode(), "sha256").hex()


def judge_try(
    session: Session, email: str, correct: bool, now: datetime, *, place: str | None = None
) -> bool:
    """Whether a sign-in with this address goes on: the password is right and nothing is locked.

    A wrong one is counted, the right one forgets the count. The one door of signing in.

    Args:
        correct: whether the password is the account's.
        place: the network address that it comes from.
    """
    user_id = session.scalar(select(User.id).where(User.email == email.strip().lower()))
    return _judge(session, account_key(email), user_id, correct, now, place)


def judge_code(
    session: Session, user: User, correct: bool, now: datetime, *, place: str | None = None
) -> bool:
    """`judge_try` for a code of the second factor, once the password was right."""
    key = sha256(f"codes of {user.id}".encode()).hexdigest()
    return _judge(session, key, user.id, correct, now, place)


def _judge(
    session: Session, key: str, user_id: int | None, correct: bool, now: datetime, place: str | None
) -> bool:
    row = _locked_row(session, key, now)
    if _is_on(row, now):
        return False
    row.user_id, row.place = user_id, place_key(session, place) if place else None
    there = session.get(SignInTries, row.place, populate_existing=True) if row.place else None
    if there is not None and _is_on(there, now):  # the row stays: by it the account is unlocked
        session.flush()
        return False
    if correct:
        session.delete(row)
        session.flush()
        return True
    if row.place is not None:
        _count(session, _locked_row(session, row.place, now), MOST_FROM_ONE_PLACE, now)
    _count(session, row, MOST_FAILURES, now)
    session.flush()
    return False


def _count(session: Session, row: SignInTries, most: int, now: datetime) -> None:
    """Count one more failure, and lock when they are too many."""
    if row.locked_until is not None or row.first_at <= now - WITHIN:
        row.failures, row.first_at, row.locked_until = 0, now, None
    row.failures += 1
    if row.failures < most:
        return
    row.locked_until = now + LOCKED_FOR
    ctx = Context(session, SYSTEM, now)
    if row.user_id is not None:
        audit.record(ctx, "user.locked", session.get_one(User, row.user_id))
    elif most == MOST_FROM_ONE_PLACE:
        audit.record_of(ctx, "sign_in.place_locked", User, None)


def unlock(ctx: Context, user: User) -> bool:
    """Let somebody try again at once, from where it was refused; False when nothing was locked."""
    locked = ctx.session.scalar(select(exists().where(is_locked(ctx.now, user.id))))
    places = select(SignInTries.place).where(_of(user), SignInTries.place.is_not(None))
    from_there = ctx.session.scalars(places).all()
    ctx.session.execute(delete(SignInTries).where(SignInTries.tried.in_(from_there)))
    forget_tries(ctx.session, user)
    if locked:
        audit.record(ctx, "user.unlocked", user)
    ctx.session.flush()
    return bool(locked)


def is_locked(now: datetime, user_id: object = User.id) -> ColumnElement[bool]:
    """For `SignInTries`: the account's lock is on."""
    return and_(SignInTries.user_id == user_id, lock_is_on(now))


def lock_is_on(now: datetime) -> ColumnElement[bool]:
    """For `SignInTries`: nobody gets in by it now, or by where it was tried from last."""
    there = aliased(SignInTries)
    place_is_locked = exists().where(there.tried == SignInTries.place, there.locked_until > now)
    return or_(SignInTries.locked_until > now, place_is_locked)


def forget_tries(session: Session, user: User) -> None:
    """Nothing is counted against the account any more."""
    session.execute(delete(SignInTries).where(_of(user)))


def forget_old_tries(session: Session, now: datetime) -> None:
    """Delete what counts no longer."""
    over = SignInTries.first_at <= now - WITHIN - LOCKED_FOR
    session.execute(delete(SignInTries).where(over))


def _of(user: User) -> ColumnElement[bool]:
    return (SignInTries.tried == account_key(user.email)) | (SignInTries.user_id == user.id)


def _is_on(row: SignInTries, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now


def _locked_row(session: Session, key: str, now: datetime) -> SignInTries:
    """The row of this key, made where there is none, held until the transaction ends."""
    values = {"tried": key, "failures": 0, "first_at": now}
    session.execute(inserting(session, SignInTries).values(values).on_conflict_do_nothing())
    return session.scalars(
        select(SignInTries)
        .where(SignInTries.tried == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
