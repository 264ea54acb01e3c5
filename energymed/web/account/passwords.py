"""Passwords chosen by a link: an invitation, a new password, and asking for one.

The pages answer alike whether an account exists or not, and as fast: a mail leaves once the page
has been given. A token is in no log (routes are, by name) and in no referrer.
"""

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, EqualTo, Length

from energymed.accounts.links import find_link, use_link
from energymed.accounts.models import AccountLink
from energymed.accounts.sign_in_tries import account_key
from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import NotFound
from energymed.casework.account_links import answer_forgotten, can_mail
from energymed.config import Settings
from energymed.web.shared.account_links import in_language
from energymed.web.shared.extensions import limiter
from energymed.web.shared.permissions import public
from energymed.web.shared.sign_in import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, password_hash

LONGEST = 128
# The site's name at most, never the token behind it; with none at all, the guard against forged
# forms would refuse every form that came over TLS.
NO_PATH = "strict-origin"


class PasswordForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The password that somebody chooses, twice."""

    password = PasswordField(
        _l("Mot de passe"),
        description=_l("Au moins 12 caractères. Une phrase se retient mieux qu'un mot compliqué."),
        validators=[DataRequired(), Length(max=LONGEST)],
    )
    again = PasswordField(
        _l("Encore une fois"),
        validators=[
            DataRequired(),
            EqualTo("password", _l("Les deux mots de passe ne sont pas les mêmes.")),
        ],
    )


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Whose password is forgotten."""

    email = EmailField(_l("E-mail"), validators=[DataRequired(), Length(max=254)])


def account_asked() -> str:
    """One key for the account that is asked about, for the limit on tries."""
    return account_key(request.form.get("email", "")) if request.form.get("email") else "nobody"


@limiter.limit(TRIES_PER_ADDRESS, methods=["POST"])
@public
def invitation(token: str) -> Response:
    """Choose a password by a link; one page for every link that serves no longer."""
    try:
        link = find_link(db.session(), token, now())
    except NotFound:
        return _private(render_template("account/link_gone.html"), 404)
    form = PasswordForm()
    if not form.validate_on_submit() or not _good(form, link):
        page = render_template("account/choose_password.html", form=form, link=link)
        return _private(page, 422 if form.errors else 200)
    try:
        with transaction() as session:
            use_link(Context(session, SYSTEM), token, password_hash(form.password.data))
    except NotFound:  # by another window, meanwhile
        return _private(render_template("account/link_gone.html"), 404)
    flash(_("Votre mot de passe est enregistré : connectez-vous."), "success")
    answer = redirect(url_for("security.login"), 303)
    answer.headers["Referrer-Policy"] = NO_PATH
    return answer


def _good(form: PasswordForm, link: AccountLink) -> bool:
    """Whether the house's rule for passwords takes this one; why not is told in the form."""
    judge = current_app.extensions["security"].password_util
    wrong, form.password.data = judge.validate(form.password.data, False, user=link.user)
    form.password.errors = [*form.password.errors, *(wrong or [])]
    return not wrong


@limiter.limit(TRIES_PER_ADDRESS, methods=["POST"])
@limiter.limit(TRIES_PER_ACCOUNT, key_func=account_asked, methods=["POST"])
@public
def forgotten() -> Response:
    """Ask for a link to choose a new password with; the answer never says who has an account."""
    settings: Settings = current_app.extensions["energymed"]
    mails, form = can_mail(settings), ForgottenForm()
    asked = mails and form.validate_on_submit()
    page = render_template("account/forgotten.html", form=form, mails=mails, asked=asked)
    answer = _private(page, 422 if mails and form.errors else 200)
    if asked:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        answer.call_on_close(lambda: _mail_later(app, settings, form.email.data))
    return answer


def _mail_later(app: Flask, settings: Settings, email: str) -> None:
    with app.app_context():
        answer_forgotten(settings, email, now(), in_language)


def _private(page: str, status: int) -> Response:
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Referrer-Policy"] = NO_PATH
    return answer
