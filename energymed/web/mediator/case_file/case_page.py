"""One case's file, what is done from it, and exchanges on other channels than the call desk."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now, today
from energymed.base.context import Context
from energymed.base.db import db
from energymed.base.errors import Conflict, DomainError, Refused
from energymed.calling.calls.contacts import why_not_corrected
from energymed.calling.calls.drafts import load_draft
from energymed.calling.codes import CALLS, FOLLOW_UP_KINDS, NoCallReason
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case, put_in_queue
from energymed.cases.codes import ENERGIES, LEDGER_KINDS, STATES, WAITING_REASONS
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation import codes
from energymed.mediation.aids import DOCUMENTS, REFUSAL_REASONS
from energymed.mediation.states import AID_MOVES, DECISIONS, PLAN_MOVES, RUNNING_PLANS
from energymed.messages.codes import ERRORS, UNSURE
from energymed.partners.codes import CLOSURES, KINDS
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import ContactForm
from energymed.web.mediator.call.save_call import save_contact
from energymed.web.mediator.case_file.case_view import case_view
from energymed.web.mediator.case_file.timeline import Event
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading, use_case

CALLABLE = ("to_assign", "queued", "waiting")
Page = str | Response | tuple[str, int]


@requires("cases.see")
def case(case_id: int) -> str:
    """Everything on one case."""
    session, who = db.session(), actor()
    found = get_case(Context(session, who), case_id)
    view = case_view(session, found, now())
    opens = max(now(), found.next_action_at or now()) if found.state == "waiting" else now()
    contacts = [event.contact for event in view.events if event.contact and not event.voided]
    return render_template(
        "mediator/case_file/case.html",
        case=found,
        view=view,
        draft=load_draft(Context(session, who), case_id),
        mine=call_form.is_mine(found, who),
        verdict=verdict_on(session, case_id, opens) if found.state in CALLABLE else None,
        may_correct=lambda event: _may_correct(event, contacts),
        at=now(),
        today=today(),
        **TABLES,
    )


TABLES: dict[str, Any] = {
    "reasons": NoCallReason.labels(),
    "aid_moves": AID_MOVES,
    "plan_moves": PLAN_MOVES,
    "running": RUNNING_PLANS,
    "decisions": DECISIONS,
    "documents": DOCUMENTS,
    "refusals": REFUSAL_REASONS,
    "energies": ENERGIES,
    "kinds": KINDS,
    "states": STATES,
    "waiting": WAITING_REASONS,
    "closures": CLOSURES,
    "ledger_kinds": LEDGER_KINDS,
    "follow_up_kinds": FOLLOW_UP_KINDS,
    "codes": codes,
    "message_errors": ERRORS,
    "unsure": UNSURE,
}


@requires("queue.call")
def open_case(case_id: int) -> Response:
    """Open a case by hand: a colleague asks, or the call was interrupted."""
    try:
        with use_case() as ctx:
            claim_case(ctx, case_id)
    except (Conflict, Refused) as error:
        return _back(case_id, sentence(error), "warning")
    return redirect(url_for("mediator.call", case_id=case_id), 303)


@requires("cases.work")
def queue_case(case_id: int) -> Response:
    """Put a waiting case back into the queue now."""
    try:
        with use_case() as ctx:
            put_in_queue(ctx, case_id)
    except (Conflict, Refused) as error:
        return _back(case_id, sentence(error), "warning")
    return _back(case_id, _("Le dossier est dans la file."), "success")


@requires("cases.work")
def contact(case_id: int) -> Page:
    """An exchange on another channel, with what was agreed in it."""
    actor()
    found = get_case(reading(), case_id)
    form = _contact_form(found)
    if form.is_submitted():
        form.validate()
        try:
            with use_case() as ctx:
                save_contact(ctx, case_id, form)
            return _back(case_id, _("L'échange est enregistré."), "success")
        except DomainError as error:
            call_form.explain(form, error)
    found = get_case(reading(), case_id)
    page = render_template(
        "mediator/case_file/contact.html",
        case=found,
        form=form,
        today=today(),
        **call_form.acts_page(found.campaign_kind),
    )
    return page, 422 if request.method == "POST" else 200


def _contact_form(found: Case) -> ContactForm:
    form = ContactForm()
    form.prepare(today())
    if not form.is_submitted():
        form.channel.data = request.args.get("channel")
    form.request_key.data = form.request_key.data or str(uuid4())
    return form


def _may_correct(event: Event, contacts: Sequence[Contact]) -> bool:
    """True for what may still be corrected: an act of today, or a call (`calls.contacts`)."""
    if event.voided:
        return False
    if event.contact is None:
        return event.act is not None and event.act.acted_on == today()
    last_call = max((each.id for each in contacts if each.channel in CALLS), default=0)
    return why_not_corrected(reading(), event.contact, last_call) is None


def _back(case_id: int, message: str, category: str) -> Response:
    flash(message, category)
    return redirect(url_for("mediator.case", case_id=case_id), 303)
