"""What an account has to be to sign in and to stay: not locked, not over, its password its own.

Flask-Security judges the password; the rest is asked here, at each sign-in and at each request.
"""

from typing import Any

from flask import Flask, request
from flask_security import LoginForm
from flask_security.forms import TwoFactorVerifyCodeForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.signals import password_changed
from flask_security.utils import get_message

from energymed.accounts.models import User
from energymed.accounts.sign_in_tries import judge_code, judge_try
from energymed.base.clock import now
from energymed.base.db import db

REFUSED = "refused"  # never shown: the page says one sentence, whatever was wrong


def register(app: Flask) -> None:
    """Ask of every request whether the account still is what it was at sign-in."""
    login_manager: Any = app.login_manager  # type: ignore[attr-defined]
    known = login_manager._user_callback
    login_manager.user_loader(lambda session_id: _still_here(known(session_id)))
    password_changed.connect(_password_is_own, app)


def may_enter(form: LoginForm, passed: bool) -> bool:
    """Whether a sign-in goes on; what failed is counted, for all processes at once.

    Args:
        passed: what Flask-Security found.
    """
    at, email = now(), str(form.email.data or "")
    if not email:
        return False
    free = judge_try(db.session(), email, form.user_authenticated, at, place=request.remote_addr)
    db.session.commit()
    user = form.user
    if free and isinstance(user, User) and user.ended(at):
        form.ended_on = user.ends_on
    if passed and (not free or form.ended_on is not None):
        form.email.errors = [REFUSED]
        return False
    return passed


def may_pass(form: TwoFactorVerifyCodeForm | MfRecoveryForm, right: bool) -> bool:
    """Whether a code of the second factor opens; what failed is counted, for all processes at once.

    Args:
        right: what Flask-Security found.
    """
    user = form.user
    if not isinstance(user, User):
        return False
    free = judge_code(db.session(), user, right, now(), place=request.remote_addr)
    db.session.commit()
    if right and not free:
        form.code.errors = [_wrong_code(form)]
    return free


def _wrong_code(form: TwoFactorVerifyCodeForm | MfRecoveryForm) -> str:
    """What the library says of a wrong one: a lock is not told from it."""
    is_recovery = isinstance(form, MfRecoveryForm)
    return get_message("INVALID_RECOVERY_CODE" if is_recovery else "TWO_FACTOR_INVALID_TOKEN")[0]


def _still_here(user: User | None) -> User | None:
    return None if user is None or user.ended(now()) else user


def _password_is_own(app: Flask, user: User, **_extra: object) -> None:
    """Whoever changed the password knows it alone; Flask-Security commits it."""
    user.must_change_password = False
