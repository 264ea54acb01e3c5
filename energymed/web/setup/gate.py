"""Who is let into the set-up pages: whoever reads the terminal, while nobody is here."""

from hmac import compare_digest

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.accounts.association import association, has_accounts, has_administrator, is_set_up
from energymed.base.db import db
from energymed.web.setup.forms import CodeForm
from energymed.web.shared.permissions import public

PAGES = ("account", "admin", "lead", "mediator", "partner", "security")
KNOWS_CODE = "knows_setup_code"


def lead_to_set_up() -> Response | None:
    """Show the set-up page in place of any other, as long as nobody at all has an account."""
    if request.method not in ("GET", "HEAD") or request.blueprint not in PAGES:
        return None
    if request.endpoint == "security.static" or current_user.is_authenticated:
        return None
    if has_accounts(db.session()):
        return None
    return redirect(url_for("setup.begin"), 303)


@public
def begin() -> str | Response | tuple[str, int]:
    """Ask for the code, then lead to the first step that is not done."""
    found = db.session()
    if is_set_up(found):
        abort(404)
    if has_administrator(found):
        return redirect(url_for("setup.partners"), 303)
    form = CodeForm()
    if form.validate_on_submit():
        if _is_code(form.code.data):
            session[KNOWS_CODE] = True
        else:
            form.code.errors = [_("Ce n'est pas ce code : il est écrit sur le terminal.")]
    if not session.get(KNOWS_CODE):
        return render_template("setup/code.html", form=form), 422 if form.errors else 200
    done = association(found) is not None
    return redirect(url_for("setup.administrator" if done else "setup.association"), 303)


def refusal() -> Response | None:
    """Where to go instead of one of the first two steps; nothing for whoever may take it.

    Once there is an administrator, these pages are gone for ever.
    """
    if has_administrator(db.session()):
        abort(404)
    return None if session.get(KNOWS_CODE) else redirect(url_for("setup.begin"), 303)


def forget_code() -> None:
    """The code has done its work in this browser."""
    session.pop(KNOWS_CODE, None)


def _is_code(typed: str) -> bool:
    wanted = current_app.extensions["energymed"].setup_code.replace("-", "")
    given = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    return compare_digest(given, wanted)
