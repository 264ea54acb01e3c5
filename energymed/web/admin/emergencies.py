"""What mediators do in emergencies and whom they ring: all situations, one to set right."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from energymed.base.codes import as_code
from energymed.base.errors import DomainError
from energymed.mediation.codes import Emergency
from energymed.mediation.emergencies import (
    LONGEST,
    EmergencyText,
    emergency_lines,
    get_emergency,
    save_emergency,
)
from energymed.mediation.emergency_models import EmergencyLine
from energymed.mediation.emergency_seeds import EMERGENCY_SEEDS
from energymed.web.mediator.call.controls import DayField
from energymed.web.shared.errors import explain_all
from energymed.web.shared.permissions import requires
from energymed.web.shared.script_words import in_language, in_source
from energymed.web.shared.use_case import reading, use_case

_NEEDED = _l("Dites-le : ce texte est lu dans l'urgence.")


class EmergencyForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What is done in one situation."""

    advice = TextAreaField(
        _l("Que faire"), validators=[InputRequired(_NEEDED), Length(max=LONGEST["advice"])]
    )
    whom = StringField(
        _l("Qui appeler"), validators=[InputRequired(_NEEDED), Length(max=LONGEST["whom"])]
    )
    phone = StringField(
        _l("Numéro"),
        description=_l("Vide tant que personne ne l'a vérifié."),
        validators=[Length(max=LONGEST["phone"])],
    )
    checked_on = DayField(_l("Vérifié le"), validators=[Optional()])

    def show(self, row: EmergencyLine) -> None:
        """Fill the form with a line, our own words in the reader's language."""
        self.advice.data, self.whom.data = in_language(row.advice), in_language(row.whom)
        self.phone.data, self.checked_on.data = row.phone or "", row.checked_on

    def text(self, row: EmergencyLine) -> EmergencyText:
        """What is typed; our own words as they are in the source."""
        ours = EMERGENCY_SEEDS[row.situation]
        return EmergencyText(
            advice=in_source(self.advice.data or "", [ours["advice"]]),
            whom=in_source(self.whom.data or "", [ours["whom"]]),
            phone=self.phone.data or "",
            checked_on=self.checked_on.data,
        )


@requires("rules.manage")
def emergencies() -> str:
    """Every situation with what is said of it."""
    listed = [
        (row, in_language(row.advice), in_language(row.whom))
        for row in emergency_lines(reading().session)
    ]
    return render_template("admin/emergencies.html", listed=listed)


@requires("rules.manage")
def emergency(situation: str) -> str | Response | tuple[str, int]:
    """Set right what is said of one situation."""
    code, form = as_code(Emergency, situation), EmergencyForm()
    row = get_emergency(reading().session, code)
    if not form.is_submitted():
        form.show(row)
    elif form.validate() and _saved(form, row):
        flash(_("La conduite à tenir est enregistrée."), "success")
        return redirect(url_for("admin.emergencies"), 303)
    page = render_template("admin/emergency.html", form=form, row=row)
    return page, 422 if form.errors else 200


def _saved(form: EmergencyForm, row: EmergencyLine) -> bool:
    """Whether it was kept; what is wrong is told in the form."""
    try:
        with use_case() as ctx:
            save_emergency(ctx, row.situation, form.text(row))
    except DomainError as error:
        explain_all(form, error)
        return False
    return True
