"""What lives on after the call: plans and aid requests."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import AnyCode, as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.mediation import aids, plans
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.journal import locked
from energymed.mediation.models import AidRequest
from energymed.mediation.states import NOT_NEXT
from energymed.web.mediator.call.forms import AidStepForm
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.permissions import requires


@requires("cases.work")
def move_plan(plan_id: int) -> Response:
    """Confirmed by the supplier, or cancelled."""

    def work(ctx: Context) -> int:
        plans.get_plan(ctx, plan_id)  # a foreign one is none, whatever was typed
        return plans.move_plan(ctx, plan_id, _state(PlanState)).case_id

    return done(work, _("L'échéancier est à jour."))


@requires("cases.work")
def move_aid(aid_id: int) -> Response:
    """Take an aid request one step further; a payment is booked to the debt."""
    form = AidStepForm()
    form.validate()
    step = aids.AidStep(
        on=form.on.data,
        amount_cents=form.amount.cents,
        loan_part_cents=form.loan_part.cents,
        refusal_reason=form.refusal_reason.data or None,
        missing_documents=tuple(form.missing_documents.data or ()),
    )
    wrong = next(iter(form.amount.errors + form.loan_part.errors + form.on.errors), None)

    def work(ctx: Context) -> int:
        locked(ctx, AidRequest, aid_id)  # a foreign one is none, whatever was typed
        if wrong:
            raise BadInput(wrong)
        return aids.move_aid(ctx, aid_id, _state(AidState), step).case_id

    return done(work, _("La demande d'aide est à jour."))


def _state(family: type[AnyCode]) -> AnyCode:
    """The state that the form asks for; one that does not exist follows no other."""
    state = as_code(family, request.form.get("state"))
    if state is None:
        raise Refused(NOT_NEXT)
    return state
