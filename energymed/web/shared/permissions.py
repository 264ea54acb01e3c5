"""Who may do what. Every view names its permission; a guard test walks all routes."""

from collections.abc import Callable
from functools import wraps

from flask import abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.accounts.models import User
from energymed.base.context import Actor

View = Callable[..., ResponseReturnValue]

_CALLS = {"account.own", "queue.call", "cases.see", "cases.work", "tasks.own"}
PERMISSIONS: dict[str, frozenset[str]] = {
    "trainee": frozenset({*_CALLS, "practice.renew"}),
    "mediator": frozenset(_CALLS),
    "lead": frozenset(
        {
            *_CALLS, "files.import", "cases.assign", "team.see", "reports.see", "reports.cases",
            "returns.make",
            "letters.send", "guide.edit", "messages.texts", "payments.confirm", "people.merge",
            "help.give", "ledger.correct", "holds.confirm", "formation.end",
        }
    ),
    "partner": frozenset({"account.own", "partner.desk", "files.deposit"}),
    "admin": frozenset(
        {"account.own", "cases.see", "reports.see", "reports.cases", "users.manage", "sites.manage",
         "partners.manage", "rules.manage", "audit.see", "service.see", "messages.texts"}
    ),
    "director": frozenset({"account.own", "reports.see"}),  # figures, never a name
}  # fmt: skip
SECOND_FACTOR_ROLES = ("lead", "admin")


def actor() -> Actor:
    """The signed-in user as the plain value that services take."""
    return current_user.as_actor()


def itself(user: User) -> User:
    """The row behind what Flask-Login and Flask-Security hand around: it may stand in for it."""
    real: Callable[[], User] | None = getattr(user, "_get_current_object", None)
    return real() if real else user


def me() -> User:
    """The row of the signed-in user, for what asks its kind or changes it."""
    return itself(current_user)


def may(permission: str) -> bool:
    """True when the signed-in user's role has `permission`; for menus and buttons."""
    role = getattr(current_user, "role", None)
    return role is not None and permission in PERMISSIONS[role]


def requires(permission: str) -> Callable[[View], View]:
    """Guard a view: sign in first, second factor where it is due, then the permission or 403."""
    if not any(permission in granted for granted in PERMISSIONS.values()):
        raise LookupError(permission)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            refusal = _refusal(permission)
            return refusal if refusal is not None else view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def public(view: View) -> View:
    """Mark a view that anybody may see."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def second_factor_due() -> bool:
    """True for a lead or an admin without a second factor, outside the demo."""
    return second_factor_compulsory() and not current_user.tf_totp_secret


def second_factor_compulsory() -> bool:
    """True for a lead or an admin, outside the demo."""
    return not current_app.extensions["energymed"].demo and current_user.role in SECOND_FACTOR_ROLES


def before_work() -> str | None:
    """The page of one's account that comes before any work: second factor, recovery codes."""
    if second_factor_due():
        return "account.second_factor"
    return "account.recovery_codes" if current_user.recovery_codes_due else None


def _refusal(permission: str) -> Response | None:
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if not may(permission):
        abort(403)
    if current_user.must_change_password:
        flash(_("Choisissez d'abord votre propre mot de passe : quelqu'un d'autre connaît "
                "celui-ci."), "warning")  # fmt: skip
        return redirect(url_for("security.change_password"))
    first = before_work() if permission != "account.own" else None
    return redirect(url_for(first)) if first else None
