"""How long somebody stays signed in, and where signing in leads.

A session ends after hours without a page (the idle limit) and after a day's work in any case (the
absolute one). What a page asks by itself in the background is no activity; a call that one is in
is: its lease is renewed as long as the desk is open, and nobody is thrown out of a conversation.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, request, session
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_login import current_user, user_logged_in
from flask_security import login_user
from werkzeug.exceptions import HTTPException

from energymed.accounts.models import User
from energymed.base.clock import now
from energymed.base.context import Context
from energymed.base.db import db
from energymed.calling.queue.claims import held_case
from energymed.config import Settings
from energymed.web.shared.permissions import PERMISSIONS, may

SAME_MINUTE = 60  # the cookie is not written for less
CAME_FOR = "came_for"  # the page that asked for a sign-in
KEPT = ("locale",)
LEADING_IN = (
    "security.login", "security.two_factor_token_validation", "security.tf_select",
    "security.mf_recovery", "security.wan_signin", "security.wan_signin_response",
)  # fmt: skip


def register(app: Flask) -> None:
    """Watch every request before anything else looks at who it is."""
    app.before_request(_end_in_time)
    app.before_request(_keep_where_to)
    user_logged_in.connect(_begin, app)


def stay_signed_in(user: User) -> None:
    """End every session of the account but this one."""
    user.end_sessions()
    db.session.commit()
    login_user(user, authn_via=["change"])


def local_path(target: str | None) -> str | None:
    """`target` when it is a path of this site, else nothing (no open redirect)."""
    if not target or not target.startswith("/") or "\\" in target or target.startswith("//"):
        return None
    return target if not urlsplit(target).netloc else None


def where_to() -> str | None:
    """The page that the sign-in was asked for, if it is one that the user may open."""
    path = local_path(session.pop(CAME_FOR, None))
    if path is None:
        return None
    try:
        endpoint, _ids = current_app.url_map.bind("").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    permission = getattr(current_app.view_functions[endpoint], "permission", None)
    return path if permission in PERMISSIONS[current_user.role] else None


def _begin(app: Flask, user: User, **_extra: object) -> None:
    session["began"] = session["seen"] = int(now().timestamp())


def _keep_where_to() -> None:
    """Keep the page that is wanted beside the sign-in, and let the library know nothing of it.

    It would answer an address that it does not like with an error.
    """
    if request.endpoint not in LEADING_IN:
        return
    wanted = request.args.get("next") or request.form.get("next")
    if (path := local_path(wanted)) and urlsplit(path).path != "/":
        session[CAME_FOR] = path
    for place in ("args", "form"):
        given = getattr(request, place)
        if "next" in given:
            rest = [(name, value) for name, value in given.items(multi=True) if name != "next"]
            setattr(request, place, type(given)(rest))


def _end_in_time() -> None:
    if "_user_id" not in session or request.endpoint == "static":
        return
    at = int(now().timestamp())
    began, seen = session.get("began"), session.get("seen")
    if began is None or seen is None:
        began = seen = session["began"] = session["seen"] = at
    settings: Settings = current_app.extensions["energymed"]
    idle = timedelta(minutes=settings.idle_minutes)
    if at - began > timedelta(hours=settings.session_hours).total_seconds():
        _end(_("Votre session a pris fin : connectez-vous de nouveau."))
    elif at - seen > idle.total_seconds() and not _in_call():
        time = format_timedelta(idle, granularity="minute", threshold=1.5)
        _end(
            _(
                "Votre session a pris fin après %(time)s sans activité. "
                "Un appel en cours de saisie est gardé.",
                time=time,
            )
        )
    elif at - seen > SAME_MINUTE and _is_page():
        session["seen"] = at


def _is_page() -> bool:
    """Whether somebody opened a page or sent a form; a script that asks by itself is no activity.

    A background answer leaves the session's cookie as it is (see `extensions.SessionInterface`).
    """
    by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return not by_script and "HX-Request" not in request.headers


def _in_call() -> bool:
    if not current_user.is_authenticated or not may("queue.call"):
        return False
    ctx = Context(db.session(), current_user.as_actor())
    case = held_case(ctx)
    return case is not None and case.claimed_until is not None and case.claimed_until > ctx.now


def _end(sentence: str) -> None:
    """End this session alone; a background request only learns that nobody is signed in."""
    if _is_page():
        kept = {name: session[name] for name in KEPT if name in session}
        session.clear()
        session.update(kept)
        flash(sentence, "info")
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
