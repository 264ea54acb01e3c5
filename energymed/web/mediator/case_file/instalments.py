"""Instalments of a plan: what the person says, and what the partner told a lead."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Optional

from energymed.base.clock import today
from energymed.base.codes import as_code
from energymed.base.errors import BadInput, Refused
from energymed.casework import hear_payments
from energymed.mediation.codes import InstalmentWord
from energymed.mediation.instalments import get_instalment
from energymed.mediation.models import Instalment
from energymed.mediation.states import NOT_NEXT
from energymed.web.mediator.call.controls import DayField
from energymed.web.mediator.case_file.done import back_to_case, done
from energymed.web.shared.errors import explain
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


class ConfirmationForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What the partner said of an instalment: the day of the payment, and where that stands."""

    paid_on = DayField(_l("Payée le"), validators=[Optional()])
    source = StringField(
        _l("Source"),
        description=_l(
            "Par exemple : courriel du pôle solidarité du 12 mars, portail du partenaire."
        ),
    )


@requires("cases.work")
def note_word(instalment_id: int) -> Response:
    """What the person says: paid, not paid, or nothing after all."""
    return done(
        lambda ctx: hear_payments.note_word(ctx, instalment_id, _said()).plan.case_id,
        _("La parole de la personne est notée."),
    )


@requires("payments.confirm")
def confirm(instalment_id: int) -> Page:
    """The partner told a lead that an instalment was paid."""
    form = ConfirmationForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                paid_on, source = form.paid_on.data, form.source.data or ""
                case_id = hear_payments.confirm_instalment(
                    ctx, instalment_id, paid_on=paid_on, source=source
                ).plan.case_id
            flash(_("L'échéance est confirmée."), "success")
            return back_to_case(case_id)
        except (BadInput, Refused) as error:
            explain(form, error)
    page = _confirm_page(get_instalment(reading(), instalment_id), form)
    return page, 422 if form.is_submitted() else 200


@requires("payments.confirm")
def withdraw(confirmation_id: int) -> Response:
    """The partner did not say so after all."""
    return done(
        lambda ctx: hear_payments.withdraw_confirmation(ctx, confirmation_id).plan.case_id,
        _("La confirmation est retirée ; elle reste dans l'historique."),
    )


def _said() -> InstalmentWord | None:
    """The word that the form tells; none for nothing."""
    typed = request.form.get("said")
    said = as_code(InstalmentWord, typed)
    if typed and said is None:
        raise Refused(NOT_NEXT)
    return said


def _confirm_page(instalment: Instalment, form: ConfirmationForm) -> str:
    return render_template(
        "mediator/case_file/confirm_instalment.html",
        instalment=instalment,
        case=instalment.plan.case,
        form=form,
        today=today(),
    )
