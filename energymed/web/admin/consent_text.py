"""What is read to a person before a referral, as the administrator writes it; versions are kept."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from energymed.base.errors import DomainError
from energymed.base.text.folding import whole_number
from energymed.mediation.codes import ReferralMode
from energymed.mediation.consent_texts import (
    LONGEST,
    PASSED_ON,
    PLACES,
    all_texts,
    current_text,
    write_text,
)
from energymed.web.shared.errors import explain_all
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


class ConsentForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The words that are read."""

    words = TextAreaField(
        _l("Texte à lire"),
        validators=[InputRequired(_l("Donnez le texte à lire.")), Length(max=LONGEST)],
    )
    seen = HiddenField()


@requires("rules.manage")
def consent_text() -> str | Response | tuple[str, int]:
    """The words, what may stand in them, and the versions before."""
    form, session = ConsentForm(), reading().session
    if not form.is_submitted():
        current = current_text(session)
        form.words.data, form.seen.data = current.words, str(current.id)
    elif form.validate() and _saved(form):
        flash(_("Le texte est enregistré : il se lit dès maintenant."), "success")
        return redirect(url_for("admin.consent_text"), 303)
    page = render_template(
        "admin/consent_text.html",
        form=form,
        versions=all_texts(reading().session),
        places=PLACES,
        passed_on=[(mode, PASSED_ON[mode]) for mode in ReferralMode],
    )
    return page, 422 if form.errors else 200


def _saved(form: ConsentForm) -> bool:
    """Whether it was kept; what is wrong is told in the form."""
    try:
        with use_case() as ctx:
            write_text(ctx, form.words.data, seen_id=whole_number(form.seen.data))
    except DomainError as error:
        explain_all(form, error)
        return False
    return True
