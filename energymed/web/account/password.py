"""Changing one's password: every other session of the account ends."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.accounts.models import User
from energymed.accounts.passwords import check_password, own_words
from energymed.base.errors import BadInput
from energymed.web.account.forms import PasswordForm
from energymed.web.shared import credentials
from energymed.web.shared.errors import explain
from energymed.web.shared.permissions import requires


@requires("account.own")
def password() -> str | Response | tuple[str, int]:
    """A new password, once the present one is typed."""
    form, user = PasswordForm(), current_user._get_current_object()
    if form.validate_on_submit() and _changed(form, user):
        flash(
            _("Le mot de passe est changé ; les autres sessions de ce compte ont pris fin."),
            "success",
        )
        return redirect(url_for("account.profile"), 303)
    return render_template("account/password.html", form=form), 422 if form.errors else 200


def _changed(form: PasswordForm, user: User) -> bool:
    if not credentials.knows_password(user, form.current.data):
        form.current.errors = [_("Ce n'est pas votre mot de passe.")]
        return False
    try:
        check_password(form.password.data, own_words(user))
    except BadInput as error:
        explain(form, error)
        return False
    credentials.change_password(user, form.password.data)
    return True
