"""What lives on after the call: plans, instalments, aid requests, acts taken back."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Refused
from energymed.cases.ledger import record_aid_payment
from energymed.cases.queries import get_case
from energymed.mediation import aids, plans
from energymed.mediation.acts import void_act
from energymed.mediation.models import AidRequest
from energymed.web.mediator.forms import AidStepForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import actor, requires


@requires("cases.work")
def void(act_id: int) -> Response:
    """Take back an act of today."""
    return _done(
        lambda session: void_act(session, actor(), act_id, now=now()).case_id,
        _("L'acte est barré ; il reste dans l'historique."),
    )


@requires("cases.work")
def move_plan(plan_id: int) -> Response:
    """Confirmed by the supplier, kept, broken, cancelled."""
    state = request.form.get("state", "")
    return _done(
        lambda session: plans.move_plan(session, actor(), plan_id, state, now=now()).case_id,
        _("L'échéancier est à jour."),
    )


@requires("cases.work")
def mark(instalment_id: int) -> Response:
    """An instalment was declared paid, confirmed, or missed."""
    state = request.form.get("state", "")

    def work(session: Session) -> int:
        marked = plans.mark_instalment(session, actor(), instalment_id, state, now=now())
        return marked.plan.case_id

    return _done(work, _("L'échéance est à jour."))


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

    def work(session: Session) -> int:
        aid = aids.move_aid(session, actor(), aid_id, form.state.data or "", step, now=now())
        if aid.state == "paid_to_supplier":
            _book(session, aid)
        return aid.case_id

    return _done(work, _("La demande d'aide est à jour."))


def _book(session: Session, aid: AidRequest) -> None:
    case = get_case(session, actor(), aid.case_id, lock=True)
    if case.debt_cents is None or aid.paid_cents is None or aid.paid_on is None:
        return
    record_aid_payment(
        session,
        actor(),
        case,
        cents=aid.paid_cents,
        paid_on=aid.paid_on,
        key=f"aid:{aid.id}",
        source=aid.fund,
        now=now(),
    )


def _done(work: Callable[[Session], int], message: str) -> Response:
    """Do the work in one transaction, say so, and go back to the case."""
    try:
        with transaction() as session:
            case_id = work(session)
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
        back = request.form.get("case_id", type=int)
        address = url_for("mediator.case", case_id=back) if back else url_for("mediator.cases")
        return redirect(address, 303)
    flash(message, "success")
    return redirect(url_for("mediator.case", case_id=case_id), 303)
