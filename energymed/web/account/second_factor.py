"""The second factor of one's account: enrolled on one page, with recovery codes that are kept.

Nothing is changed on the account before the codes are said to be kept: until then the new key and
the codes are in the session, encrypted, and a reload shows the same ones.
"""

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.accounts import service
from energymed.accounts.codes import SECOND_FACTOR_ROLES
from energymed.accounts.models import User
from energymed.web.account.forms import CodeForm, KeptForm, ProofForm
from energymed.web.shared import credentials
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import use_case

KEY, PROVED, CODES = "second_factor_key", "second_factor_proved", "second_factor_codes"


@requires("account.own")
def second_factor() -> str | Response | tuple[str, int]:
    """The image to scan, the key to type and the code, on one page; a new telephone likewise."""
    user = _me()
    if user.tf_totp_secret and not session.get(KEY):
        return _in_place(user)
    form = CodeForm()
    key = session.setdefault(KEY, credentials.new_key())
    if form.validate_on_submit():
        if credentials.proves(key, form.code.data, user):
            session[PROVED], session[CODES] = True, credentials.new_recovery_codes()
            return redirect(url_for("account.recovery_codes"), 303)
        form.code.errors = [_("Ce code n'est pas le bon, ou il est passé : tapez le suivant.")]
    shown, change = credentials.to_scan(key, user), bool(user.tf_totp_secret)
    page = render_template("account/second_factor.html", form=form, shown=shown, change=change)
    return page, 422 if form.errors else 200


@requires("account.own")
def change_second_factor() -> Response | tuple[str, int]:
    """Another telephone, once the password is typed again."""
    user = _me()
    if (refusal := _unproved(user)) is not None:
        return refusal
    session[KEY] = credentials.new_key()
    return redirect(url_for("account.second_factor"), 303)


@requires("account.own")
def drop_second_factor() -> Response | tuple[str, int]:
    """Do without, where the role may and once the password is typed again."""
    user = _me()
    if (refusal := _unproved(user)) is not None:
        return refusal
    with use_case() as ctx:
        service.drop_second_factor(ctx, ctx.session.get_one(User, user.id))
    flash(_("Le second facteur est retiré."), "success")
    return redirect(url_for("account.profile"), 303)


@requires("account.own")
def renew_recovery_codes() -> Response | tuple[str, int]:
    """New recovery codes in place of the former ones, once the password is typed again."""
    user = _me()
    if (refusal := _unproved(user)) is not None:
        return refusal
    session.pop(KEY, None)
    session[PROVED], session[CODES] = False, credentials.new_recovery_codes()
    return redirect(url_for("account.recovery_codes"), 303)


@requires("account.own")
def recovery_codes() -> str | Response | tuple[str, int]:
    """The codes, shown until they are said to be kept; then what is new holds."""
    if CODES not in session:
        return redirect(url_for("account.second_factor"), 303)
    form = KeptForm()
    if form.validate_on_submit():
        codes, key = session[CODES], session.get(KEY) if session.get(PROVED) else None
        with use_case() as ctx:
            service.set_second_factor(ctx, ctx.session.get_one(User, _me().id), key, codes)
        _forget()
        flash(_("C'est en place : un code vous sera demandé à chaque connexion."), "success")
        return redirect(url_for("account.home"), 303)
    codes = credentials.readable(session[CODES])
    page = render_template("account/recovery_codes.html", form=form, codes=codes)
    return page, 422 if form.errors else 200


def _in_place(user: User, form: ProofForm | None = None) -> str:
    return render_template(
        "account/second_factor_in_place.html",
        form=form or ProofForm(),
        left=len(user.mf_recovery_codes or ()),
        optional=user.role not in SECOND_FACTOR_ROLES,
    )


def _unproved(user: User) -> tuple[str, int] | None:
    """The page again when the password that was typed is not the user's."""
    form = ProofForm()
    if form.validate_on_submit():
        if credentials.knows_password(user, form.current.data):
            return None
        form.current.errors = [_("Ce n'est pas votre mot de passe.")]
    return _in_place(user, form), 422


def _me() -> User:
    """The account itself, not the stand-in of the request."""
    user: User = current_user._get_current_object()
    return user


def _forget() -> None:
    for name in (KEY, PROVED, CODES):
        session.pop(name, None)
