"""Sign-in by Flask-Security: argon2 passwords, TOTP, recovery codes and passkeys, limited tries.

A TOTP code serves once: the last counter is kept with the user. Tries are limited per address
and per account; the answer never says whether an account exists. Of the library's pages, those
that ours stand in for are shut.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from flask import Flask, Request, abort, current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, user_logged_out
from flask_security import (
    LoginForm,
    PasswordUtil,
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    password_changed,
    user_failed_authn,
)
from flask_security.signals import user_authenticated, wan_registered
from werkzeug.wrappers import Response

from energymed.accounts.association import known_of
from energymed.accounts.models import Passkey, User
from energymed.accounts.passwords import LONGEST, SHORTEST, check_password, normalised
from energymed.base import audit
from energymed.base.clock import now
from energymed.base.context import Context
from energymed.base.db import begin_writing, db, end_writing
from energymed.base.email_addresses import load_library
from energymed.base.errors import BadInput
from energymed.config import Settings
from energymed.web.shared import second_factor, security_trail, sessions, sign_in_gate
from energymed.web.shared.extensions import limiter
from energymed.web.shared.permissions import itself

TRIES_PER_ADDRESS = "30 per minute"
TRIES_PER_ACCOUNT = "8 per 5 minutes"
GUARDED = (
    "security.login",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.verify",
    "security.change_password",
    "security.wan_signin_response",
)
SHUT = (
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
    "security.two_factor_rescue",
    "security.mf_recovery_codes",
    "security.wan_delete",
)
MAKING_PASSKEYS = ("security.wan_register", "security.wan_register_response")
FRESH_MINUTES = 15  # how long after the password one may change how the account is guarded


def security_config(settings: Settings) -> dict[str, object]:
    """Flask-Security's settings."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # above OWASP's least (19 MiB, 2 passes); whoever signs in with an older hash gets this one
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__type": "ID",
            "argon2__memory_cost": 65_536,
            "argon2__time_cost": 3,
            "argon2__parallelism": 4,
        },
        "SECURITY_PASSWORD_SALT": settings.password_salt,
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_POST_CHANGE_VIEW": "/welcome",
        "SECURITY_POST_VERIFY_VIEW": "/account",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_FRESHNESS": timedelta(minutes=FRESH_MINUTES),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=FRESH_MINUTES),
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": second_factor.WINDOW_S,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": second_factor.CODES,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "energymed",
        "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_MULTI_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_VERIFY": None,
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account",
        "SECURITY_DATETIME_FACTORY": now,
        "SECURITY_TOTP_SECRETS": {"1": settings.totp_secret},
        "SECURITY_TOTP_ISSUER": "energymed",
        "SECURITY_POST_LOGIN_VIEW": "/welcome",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_CACHE_CONTROL": None,  # ours forbids keeping any page
    }


def register(app: Flask) -> None:
    """Attach Flask-Security and the limits on tries."""
    app.config.update(security_config(app.extensions["energymed"]))
    sessions.register(app)
    load_library()  # the form that one signs in with asks it too
    app.before_request(_write_from_the_start)
    # roles are a column, never asked for
    datastore = SQLAlchemyUserDatastore(db, User, RoleMixin, Passkey)
    Security(
        app,
        datastore,
        totp_cls=second_factor.OnceTotp,
        mf_recovery_codes_util_cls=second_factor.HashedRecoveryCodes,
        password_util_cls=HousePasswords,
        login_form=SignInForm,
        mf_recovery_form=second_factor.RecoveryForm,
        two_factor_verify_code_form=second_factor.CodeForm,
        wan_signin_response_form=second_factor.PasskeyAnswerForm,
    )
    # Flask-Security's own looks for a token in the body of every anonymous request; we give none
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]
    _guard_views(app)
    app.before_request(_lead_on)
    app.teardown_request(_write_no_longer)
    user_logged_out.connect(_forget_session, app)
    user_authenticated.connect(_record_sign_in, app)
    sign_in_gate.register(app)
    user_failed_authn.connect(_record_refusal, app)
    password_changed.connect(_record_password, app)
    wan_registered.connect(_record_passkey, app)


def _guard_views(app: Flask) -> None:
    """Limit the tries of the library's pages, and shut those that ours stand in for."""
    told = security_trail.sign_in_locked
    for endpoint in GUARDED:
        view: Any = app.view_functions[endpoint]
        view = limiter.limit(TRIES_PER_ADDRESS, methods=["POST"], on_breach=told)(view)
        view = limiter.limit(
            TRIES_PER_ACCOUNT, key_func=_account_key, methods=["POST"], on_breach=told
        )(view)
        app.view_functions[endpoint] = view
    for endpoint in SHUT:
        app.view_functions[endpoint] = _shut


def _shut(**_values: object) -> Response:
    abort(404)


def password_hash(password: str) -> str:
    """The argon2 hash to keep for `password`; needs an app context."""
    return hash_password(normalised(password))


class HousePasswords(PasswordUtil):
    """Flask-Security's pages ask the one rule on passwords, and say its sentence."""

    def validate(  # type: ignore[override]  # the library names no argument when it calls
        self, password: str, _is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """(what is wrong with it, the password as it is hashed)."""
        user = kwargs.get("user")
        problem = password_problem(password, user)
        return ([problem] if problem else None), self.normalize(password)


def password_problem(password: str, user: User | None) -> str:
    """Why it cannot be this person's password, in one sentence; nothing when it can."""
    own: tuple[str, ...] = ()
    if user is not None:
        site = (user.site.name,) if user.site else ()
        own = (*known_of(db.session(), user.name, user.email), *site)
    try:
        check_password(password, own)
    except BadInput as error:
        return _(error.message) % error.params if error.params else _(error.message)
    return ""


class SignInForm(LoginForm):
    """Without "remember me": its token would outlive the day, the sign-out and a second factor."""

    remember = None  # type: ignore[assignment]
    ended_on: date | None = None  # the last day of an account, told to whoever has its password

    def validate(self, **kwargs: Any) -> bool:
        """Whether the password is right, and the account neither locked nor over.

        The trail is told of what `user_failed_authn` does not.
        """
        if len(self.password.data or "") > LONGEST:
            self.password.data = ""  # hashing takes its time by the length
        if "\0" in (self.email.data or ""):
            self.email.data = ""  # a sign that no database looks for
        valid: bool = super().validate(**kwargs)
        if not valid and self.user is None:
            security_trail.sign_in_refused(None, self.email.data or "", "unknown")
        elif not valid and isinstance(self.user, User) and not self.user.active:
            security_trail.sign_in_refused(self.user, self.user.email, "closed")
        return sign_in_gate.may_enter(self, valid)


def _nobody(_request: Request) -> None:
    """Nobody signs in by a request alone: only the session says who somebody is."""


def _account_key() -> str:
    """One key for an account, however its address is written: wide letters, capitals, JSON.

    Once the password was right, or somebody is signed in, the account is the session's.
    """
    known = session.get("tf_user_id") or session.get("_user_id")
    if known and request.endpoint != "security.login":
        return security_trail.email_hash(str(known))
    sent: object = (request.get_json(silent=True) if request.is_json else request.form) or {}
    email = str(sent.get("email") or "") if isinstance(sent, Mapping) else ""
    if not email:
        return request.remote_addr or "unknown"
    try:
        email = current_app.extensions["security"]._mail_util.normalize(email)
    except ValueError:
        email = normalize("NFKC", email).strip()
    return security_trail.email_hash(email)


def _forget_session(app: Flask, user: User | None = None, **_extra: object) -> None:
    """Signing out ends every session of the account, and what was searched for goes with this one.

    A cookie that was copied before is worthless after.
    """
    for key in [key for key in session if key.endswith("_search")]:
        session.pop(key)
    if user is not None and user.is_authenticated:
        user.end_sessions()
        db.session.commit()


def _write_from_the_start() -> None:
    """Flask-Security commits by itself: its forms open a write transaction at once."""
    leaving = request.endpoint == "security.logout"
    if leaving or (request.method == "POST" and (request.endpoint or "").startswith("security.")):
        begin_writing()


def _write_no_longer(_error: BaseException | None) -> None:
    end_writing()


def _lead_on() -> Response | None:
    """Where the library would sign somebody out, or offer a passkey alone.

    Whoever is signed in has no more to do with the pages that lead in. A passkey stands in for the
    code application, which comes first with its recovery codes.
    """
    if not current_user.is_authenticated:
        return None
    if request.endpoint in sessions.LEADING_IN:
        return redirect(url_for("account.arrival"), 303)
    if request.endpoint in MAKING_PASSKEYS and not current_user.tf_totp_secret:
        return redirect(url_for("account.second_factor"), 303)
    return None


def _record_sign_in(
    app: Flask, user: User, authn_via: list[str] | None = None, **_extra: object
) -> None:
    """Whoever signs in; a session that goes on after a change of password is no new one."""
    if authn_via == ["change"]:
        return
    mine = itself(user)
    ctx = Context(db.session(), mine.as_actor())
    mine.last_sign_in_at = ctx.now
    audit.record(ctx, "user.signed_in", mine)
    db.session.commit()


def _record_refusal(
    app: Flask, user: User, auth_type: str = "", tfa: bool = False, **_extra: object
) -> None:
    if tfa or auth_type == "passkey":
        security_trail.second_factor_refused(user, "passkey" if auth_type == "passkey" else "code")
    else:
        security_trail.sign_in_refused(user, user.email, "password")


def _record_password(app: Flask, user: User, **_extra: object) -> None:
    audit.record(Context(db.session(), user.as_actor()), "user.password_changed", itself(user))
    db.session.commit()


def _record_passkey(app: Flask, user: User, **_extra: object) -> None:
    audit.record(Context(db.session(), user.as_actor()), "user.passkey_added", itself(user))
    db.session.commit()
