"""Sign-in by Flask-Security: argon2 passwords, TOTP and recovery codes, limited tries.

A TOTP code serves once: the last counter is kept with the user. Tries are limited per address
and per account; the answer never says whether an account exists.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from unicodedata import normalize
from uuid import uuid4

from flask import Flask, Request, current_app, request, session
from flask_login import user_logged_out
from flask_security import (
    LoginForm,
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    Totp,
    hash_password,
)
from flask_security.signals import tf_profile_changed, user_authenticated

from energymed.accounts.models import User
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import begin_writing, db, end_writing
from energymed.config import Settings
from energymed.web.shared import sign_in_gate
from energymed.web.shared.extensions import limiter

TRIES_PER_ADDRESS = "30 per minute"
TRIES_PER_ACCOUNT = "8 per 5 minutes"
GUARDED = ("security.login", "security.two_factor_token_validation", "security.mf_recovery")


class OnceTotp(Totp):
    """Remembers the last accepted counter, so that a code seen over a shoulder is worthless."""

    def get_last_counter(self, user: User) -> int | None:  # type: ignore[override]
        """Counter of the last accepted code."""
        return user.totp_last_counter

    def set_last_counter(self, user: User, tmatch: Any) -> None:  # type: ignore[override]
        """Keep the counter of the code just accepted."""
        user.totp_last_counter = tmatch.counter


def security_config(settings: Settings) -> dict[str, object]:
    """Flask-Security's settings."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": settings.password_salt,
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_SECRETS": {"1": settings.totp_secret},
        "SECURITY_TOTP_ISSUER": "energymed",
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_CACHE_CONTROL": None,  # ours forbids keeping any page
    }


def register(app: Flask) -> None:
    """Attach Flask-Security and the limits on tries."""
    app.config.update(security_config(app.extensions["energymed"]))
    datastore = SQLAlchemyUserDatastore(db, User, RoleMixin)  # never asked for: roles are a column
    Security(app, datastore, totp_cls=OnceTotp, login_form=SignInForm)
    # Flask-Security's own looks for a token in the body of every anonymous request; we give none
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]
    for endpoint in GUARDED:
        view: Any = app.view_functions[endpoint]
        view = limiter.limit(TRIES_PER_ADDRESS, methods=["POST"])(view)
        view = limiter.limit(TRIES_PER_ACCOUNT, key_func=_account_key, methods=["POST"])(view)
        app.view_functions[endpoint] = view
    app.before_request(_write_from_the_start)
    app.teardown_request(_write_no_longer)
    user_logged_out.connect(_forget_session, app)
    user_authenticated.connect(_record_sign_in, app)
    sign_in_gate.register(app)
    tf_profile_changed.connect(_record_second_factor, app)


def password_hash(password: str) -> str:
    """The argon2 hash to keep for `password`; needs an app context."""
    return hash_password(password)


class SignInForm(LoginForm):
    """Without "remember me": its token would outlive the day, the sign-out and a second factor."""

    remember = None  # type: ignore[assignment]
    ended_on: date | None = None  # the last day of an account, told to whoever has its password

    def validate(self, **kwargs: Any) -> bool:
        """Whether the password is right, and the account neither locked nor over."""
        return sign_in_gate.may_enter(self, super().validate(**kwargs))


def _nobody(_request: Request) -> None:
    """Nobody signs in by a request alone: only the session says who somebody is."""


def _account_key() -> str:
    """One key for an account, however its address is written: wide letters, capitals, JSON."""
    sent: object = (request.get_json(silent=True) if request.is_json else request.form) or {}
    email = str(sent.get("email") or "") if isinstance(sent, Mapping) else ""
    if not email:
        return request.remote_addr or "unknown"
    try:
        email = current_app.extensions["security"]._mail_util.normalize(email)
    except ValueError:
        email = normalize("NFKC", email).strip()
    return sha256(email.lower().encode("utf-8", "replace")).hexdigest()


def _forget_session(app: Flask, user: User | None = None, **_extra: object) -> None:
    """Signing out ends every session of the account, and what was searched for goes with this one.

    A cookie that was copied before is worthless after.
    """
    for key in [key for key in session if key.endswith("_search")]:
        session.pop(key)
    if user is not None and user.is_authenticated:
        user.fs_uniquifier = uuid4().hex
        db.session.commit()


def _write_from_the_start() -> None:
    """Flask-Security commits by itself: its forms open a write transaction at once."""
    leaving = request.endpoint == "security.logout"
    if leaving or (request.method == "POST" and (request.endpoint or "").startswith("security.")):
        begin_writing()


def _write_no_longer(_error: BaseException | None) -> None:
    end_writing()


def _record_sign_in(app: Flask, user: User, **_extra: object) -> None:
    ctx = Context(db.session, user.as_actor())  # type: ignore[arg-type]
    user.last_sign_in_at = ctx.now
    audit.record(ctx, "user.signed_in", user)
    db.session.commit()


def _record_second_factor(app: Flask, user: User, **_extra: object) -> None:
    audit.record(Context(db.session, user.as_actor()), "user.second_factor_changed", user)  # type: ignore[arg-type]
    db.session.commit()
