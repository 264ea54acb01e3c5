"""Failed sign-ins, counted once for all processes: ten in a quarter of an hour lock for as long.

Under whichever address, so that nobody learns which ones have an account. While it is locked the
right password is refused like a wrong one.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from energymed.accounts.models import SignInTries, User
from energymed.base import audit
from energymed.base.context import SYSTEM, Context

MOST_FAILURES = 10
WITHIN = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)


def account_key(email: str) -> str:
    """The key of an address, as signing in reads it; of a stranger's nothing else is kept."""
    return sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()


def judge_try(session: Session, email: str, correct: bool, now: datetime) -> bool:
    """Whether a sign-in with this address goes on: the password is right and nothing is locked.

    A wrong one is counted, the right one forgets the count. The one door of signing in.

    Args:
        correct: whether the password is the account's.
    """
    row = _locked_row(session, email, now)
    if row.locked_until is not None and row.locked_until > now:
        return False
    if correct:
        session.delete(row)
        session.flush()
        return True
    if row.locked_until is not None or row.first_at <= now - WITHIN:
        row.failures, row.first_at, row.locked_until = 0, now, None
    row.failures += 1
    row.user_id = session.scalar(select(User.id).where(User.email == email.strip().lower()))
    if row.failures >= MOST_FAILURES:
        _lock(session, row, now)
    session.flush()
    return False


def _lock(session: Session, row: SignInTries, now: datetime) -> None:
    row.locked_until = now + LOCKED_FOR
    if row.user_id is not None:
        user = session.get_one(User, row.user_id)
        audit.record(Context(session, SYSTEM, now), "user.locked", user)


def unlock(ctx: Context, user: User) -> bool:
    """Let somebody try again at once; False when nothing was locked."""
    locked = ctx.session.scalar(select(exists().where(is_locked(ctx.now, user.id))))
    forget_tries(ctx.session, user)
    if locked:
        audit.record(ctx, "user.unlocked", user)
    ctx.session.flush()
    return bool(locked)


def is_locked(now: datetime, user_id: object = User.id) -> ColumnElement[bool]:
    """For `SignInTries`: the account's lock is on."""
    return and_(SignInTries.user_id == user_id, SignInTries.locked_until > now)


def forget_tries(session: Session, user: User) -> None:
    """Nothing is counted against the account any more."""
    own = SignInTries.account_key == account_key(user.email)
    session.execute(delete(SignInTries).where(own | (SignInTries.user_id == user.id)))


def forget_old_tries(session: Session, now: datetime) -> None:
    """Delete what counts no longer."""
    over = SignInTries.first_at <= now - WITHIN - LOCKED_FOR
    session.execute(delete(SignInTries).where(over))


def _locked_row(session: Session, email: str, now: datetime) -> SignInTries:
    """The row of this address, made where there is none, held until the transaction ends."""
    key = account_key(email)
    maker = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"account_key": key, "failures": 0, "first_at": now}
    session.execute(maker.insert(SignInTries).values(values).on_conflict_do_nothing())
    return session.scalars(
        select(SignInTries)
        .where(SignInTries.account_key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
