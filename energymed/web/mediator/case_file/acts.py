"""What lives on after the call: plans, instalments, aid requests, acts taken back."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import AnyCode, as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.cases.queries import get_case
from energymed.mediation import aids, plans
from energymed.mediation.acts import void_act
from energymed.mediation.codes import AidState, InstalmentState, PlanState
from energymed.mediation.states import NOT_NEXT
from energymed.web.mediator.call.forms import AidStepForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("cases.work")
def void(act_id: int) -> Response:
    """Take back an act of today."""
    return _done(
        lambda ctx: void_act(ctx, act_id).case_id,
        _("L'acte est barré ; il reste dans l'historique."),
    )


@requires("cases.work")
def move_plan(plan_id: int) -> Response:
    """Confirmed by the supplier, kept, broken, cancelled."""
    return _done(
        lambda ctx: plans.move_plan(ctx, plan_id, _state(PlanState)).case_id,
        _("L'échéancier est à jour."),
    )


@requires("cases.work")
def mark(instalment_id: int) -> Response:
    """An instalment was declared paid, confirmed, or missed."""
    return _done(
        lambda ctx: plans.mark_instalment(ctx, instalment_id, _state(InstalmentState)).plan.case_id,
        _("L'échéance est à jour."),
    )


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
    return _done(
        lambda ctx: aids.move_aid(ctx, aid_id, _state(AidState), step).case_id,
        _("La demande d'aide est à jour."),
        typed_wrong=next(iter(form.amount.errors + form.loan_part.errors + form.on.errors), None),
    )


def _state(family: type[AnyCode]) -> AnyCode:
    """The state that the form asks for; one that does not exist follows no other."""
    state = as_code(family, request.form.get("state"))
    if state is None:
        raise Refused(NOT_NEXT)
    return state


def _done(
    work: Callable[[Context], int], message: str, *, typed_wrong: str | None = None
) -> Response:
    """Do the work in one transaction, say so, and go back to the case."""
    try:
        if typed_wrong:
            raise BadInput(typed_wrong)
        with use_case() as ctx:
            case_id = work(ctx)
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
        return _whence()
    flash(message, "success")
    return redirect(url_for("mediator.case", case_id=case_id), 303)


def _whence() -> Response:
    """Back to the case that the form names, when it is the actor's to see; else to the list."""
    case_id = request.form.get("case_id", 0, type=int)
    if not case_id:
        return redirect(url_for("mediator.cases"), 303)
    case = get_case(reading(), case_id)
    return redirect(url_for("mediator.case", case_id=case.id), 303)
