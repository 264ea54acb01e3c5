"""Home, one's own account, language and the second factor's explanation."""

from urllib.parse import urlsplit

from flask import abort, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.base.db import transaction
from energymed.web.shared.extensions import LOCALES
from energymed.web.shared.permissions import public, requires

HOMES = {
    "mediator": "mediator.queue",
    "lead": "lead.files",
    "partner": "partner.overview",
    "admin": "admin.users",
}


@public
def home() -> Response:
    """The first page of the day, by role."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"))
    return redirect(url_for(HOMES[current_user.role]))


@requires("account.own")
def profile() -> str:
    """Name, role, password and second factor of the signed-in user."""
    return render_template("account/profile.html")


@public
def language() -> Response:
    """Keep the chosen language, in the account when signed in, and go back."""
    chosen = request.form.get("locale", "")
    if chosen not in LOCALES:
        abort(400)
    session["locale"] = chosen
    if current_user.is_authenticated:
        with transaction():
            current_user.locale = chosen
    return redirect(local_path(request.form.get("next")) or url_for("account.home"))


@requires("account.own")
def second_factor() -> str:
    """Why a second factor is asked, and where to set it up."""
    return render_template("account/second_factor.html")


def local_path(target: str | None) -> str | None:
    """`target` when it is a path of this site, else nothing (no open redirect)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return target if not urlsplit(target).netloc else None
