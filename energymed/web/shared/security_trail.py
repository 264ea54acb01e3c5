"""What the audit trail is told of sign-ins, refusals and downloads, never more than it can hold.

Whoever tries a thousand times writes a few rows: each kind of event has a bound for each account
or address, counted beside the tries themselves. Never a password, and of an address that names no
account a keyed hash alone.
"""

import hmac

from flask import current_app, request, session
from flask_limiter import RequestLimit
from flask_login import current_user
from limits import parse
from sqlalchemy import select

from energymed.accounts.models import User
from energymed.base import audit
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import begin_writing, db, transaction
from energymed.web.shared.extensions import is_within
from energymed.web.shared.permissions import actor

REFUSALS = parse("20 per hour")  # of one kind, for one account, address or visitor
LOCKS = parse("1 per 5 minutes")
HASH_LENGTH = 16


def sign_in_refused(user: User | None, email: str, reason: str) -> None:
    """A sign-in that failed: of an account, or of an address that names none.

    Args:
        reason: `password`, `closed` or `unknown`.
    """
    said: dict[str, object] = {"reason": reason}
    if user is None:
        said["email_hash"] = email_hash(email)
    _told("sign_in.refused", user.id if user else None, said, of=email.strip().lower())


def second_factor_refused(user: User, means: str) -> None:
    """The password was right, the code, recovery code or passkey was not."""
    _told("second_factor.refused", user.id, {"means": means}, of=str(user.id))


def sign_in_locked(_limit: RequestLimit) -> None:
    """Too many tries: the account, or the visitor, has to wait a while."""
    user_id, key = _tried()
    if is_within(LOCKS, "sign_in.locked", key):
        said: dict[str, object] = {"endpoint": request.endpoint}
        if user_id is None:
            said["email_hash"] = key
        with transaction() as writing:
            audit.record_of(Context(writing, SYSTEM), "sign_in.locked", User, user_id, after=said)


def _tried() -> tuple[int | None, str]:
    """(the account that was tried, if it is one; what stands for it)."""
    known = session.get("tf_user_id") or session.get("_user_id")
    email = request.form.get("email", "")
    which = User.fs_uniquifier == known if known else User.email == email.strip().lower()
    user_id = db.session.scalar(select(User.id).where(which))
    return user_id, email_hash(email) if user_id is None else str(user_id)


def access_refused() -> None:
    """A page of another role was asked for."""
    if not current_user.is_authenticated:
        return
    who = actor()
    if is_within(REFUSALS, "access.refused", str(who.user_id)):
        _write(who, "access.refused", {"endpoint": request.endpoint, "method": request.method})


def downloaded(file_format: str) -> None:
    """A list or file with people's data was taken out of the house."""
    who = actor() if current_user.is_authenticated else SYSTEM
    _write(who, "list.downloaded", {"endpoint": request.endpoint, "format": file_format})


def email_hash(email: str) -> str:
    """The same for the same address, and of no use to whoever reads it."""
    key: bytes = current_app.extensions["energymed"].hash_key
    told = f"tried address {email.strip().lower()}".encode("utf-8", "replace")
    return hmac.digest(key, told, "sha256").hex()[:HASH_LENGTH]


def _told(action: str, user_id: int | None, said: dict[str, object], *, of: str) -> None:
    """Write what a form of Flask-Security refused, within its bounds.

    Both bounds hold: one for the account, so that many machines write little, one for the visitor.
    """
    visitor = request.remote_addr or "unknown"
    for key in (of, visitor):
        if not is_within(REFUSALS, action, key):
            return
    begin_writing()
    ctx = Context(db.session(), SYSTEM)
    audit.record_of(ctx, action, User, user_id, after=said)
    db.session.commit()


def _write(who: Actor, action: str, said: dict[str, object]) -> None:
    with transaction() as writing:
        audit.record_of(Context(writing, who), action, User, who.user_id, after=said)
