"""One case's file, what is done from it, and exchanges on other channels than the call desk."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts.scope import may_take_back
from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.errors import Conflict, DomainError, Refused
from energymed.calling.calls.contacts import why_not_corrected
from energymed.calling.calls.drafts import load_draft
from energymed.calling.codes import CALLS, FollowUpKind, FollowUpState, PauseReason
from energymed.calling.eligibility.assess import Assessed, assess_one
from energymed.calling.follow_ups.pause_limits import last_pause_day
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case, put_in_queue
from energymed.calling.queue.why import in_queue, why_now
from energymed.cases.codes import CaseState
from energymed.cases.mandates import is_under_tutelle
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.case_overview import CaseOverview, case_overview
from energymed.casework.ledger_corrections import reversible
from energymed.casework.record_conversation import record_conversation
from energymed.casework.reopen_case import reopenings
from energymed.casework.take_back_exchange import may_take_back_exchange
from energymed.mediation.acts import who_voids
from energymed.mediation.aids import DOCUMENTS, REFUSAL_REASONS, next_states
from energymed.mediation.causes import as_said
from energymed.mediation.codes import CAUSES, InstalmentWord
from energymed.mediation.directory_choice import offer
from energymed.mediation.plans import has_plan
from energymed.mediation.referral_links import may_link, serves
from energymed.mediation.request_codes import ReferralNews
from energymed.mediation.states import (
    DECISIONS,
    ENDED_PLANS,
    FOLLOWED_PLANS,
    PAPERS_COME,
    PLAN_MOVES,
    RUNNING_PLANS,
)
from energymed.messages.codes import UNSURE
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.cause_fields import causes_page, show_causes
from energymed.web.mediator.call.directory_lines import told_of
from energymed.web.mediator.call.forms import ContactForm
from energymed.web.mediator.call.hold_fields import propose_hold, proposed_hold
from energymed.web.mediator.call.outcome_form import exchange_outcome
from energymed.web.mediator.case_file.asked import asked_lines
from energymed.web.mediator.case_file.by_post import sheets_page
from energymed.web.mediator.case_file.cautions import cautions
from energymed.web.mediator.case_file.close_case import closing_page
from energymed.web.mediator.case_file.exchange_results import exchange_results
from energymed.web.mediator.case_file.mandates import person_page
from energymed.web.mediator.case_file.needs import need_page
from energymed.web.mediator.case_file.other_ways import other_ways
from energymed.web.mediator.case_file.pictures import pictures_page
from energymed.web.mediator.case_file.reopen_case import reopening_page
from energymed.web.mediator.case_file.running import referral_news, running_page
from energymed.web.mediator.case_file.supply import supply_page
from energymed.web.mediator.case_file.take_along import agreed_in
from energymed.web.mediator.case_file.timeline import Event, timeline
from energymed.web.mediator.queue.not_opened import why_not_opened
from energymed.web.shared.directory_names import name_with_kind
from energymed.web.shared.errors import sentence
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import may, requires
from energymed.web.shared.use_case import reading, use_case
from energymed.web.shared.why_words import why_sentence

CALLABLE = (CaseState.TO_ASSIGN, CaseState.QUEUED, CaseState.WAITING)
Page = str | Response | tuple[str, int]


@requires("cases.see")
def case(case_id: int) -> str:
    """Everything on one case."""
    ctx = reading()
    found = get_case(ctx, case_id)
    person_read(found.person_id)
    known = case_overview(ctx, found)
    events = timeline(known, reopenings(ctx.session, case_id))
    contacts = [event.contact for event in events if event.contact and not event.voided]
    return render_template(
        "mediator/case_file/case.html",
        case=found,
        view=known,
        warnings=cautions(known),
        events=events,
        **_place(ctx, found),
        **pictures_page(known, events),
        spoken=agreed_in(events),
        may_retract=lambda event: _may_retract(ctx, event, found),
        may_correct=lambda event: _may_correct(ctx, event, contacts),
        aid_next=lambda aid: next_states(ctx.actor, aid),
        **_pieces(ctx, known),
        **TABLES,
    )


def _pieces(ctx: Context, known: CaseOverview) -> dict[str, Any]:
    """What the pieces of the page are drawn from: the causes, the supply, the person's words."""
    return {
        "at": ctx.now,
        "today": today(),
        "draft": load_draft(ctx, known.case.id),
        "mine": call_form.is_mine(known.case, ctx.actor),
        "reversible": _reversible(ctx, known),
        "cause_labels": CAUSES,
        "asked": asked_lines(known),
        **causes_page(known.case.campaign_kind),
        **supply_page(known),
        **running_page(known),
        **person_page(known.case),
        **need_page(known),
        **sheets_page(known),
        **other_ways(ctx, known),
        **_pause(ctx, known),
        "closing": closing_page(ctx, known),
        "reopening": reopening_page(ctx, known),
    }


def _pause(ctx: Context, known: CaseOverview) -> dict[str, Any]:
    """The pause of the case, if it is paused, and until when it may be."""
    paused = (
        each
        for each in known.follow_ups
        if each.kind == FollowUpKind.PAUSE and each.state == FollowUpState.OPEN
    )
    return {
        "pause": next(paused, None),
        "pause_reasons": PauseReason.labels(),
        "last_pause_day": last_pause_day(ctx.session, known.case, today()),
    }


def _reversible(ctx: Context, known: CaseOverview) -> set[int]:
    """The movements that whoever reads the page may take back."""
    return reversible(ctx.session, known.statement.entries) if may("ledger.correct") else set()


def _place(ctx: Context, found: Case) -> dict[str, Any]:
    """Whether the case may be called once its time has come, and why it comes now if it does."""
    judged = _judged(ctx, found)
    return {
        "verdict": judged and judged.verdict,
        "why": why_sentence(why_now(judged.case, ctx.now)) if judged and in_queue(found, ctx.now)
        else None,
    }  # fmt: skip


def _judged(ctx: Context, found: Case) -> Assessed | None:
    """What the rules say once its time has come; None of a case that is not to be called."""
    if found.state not in CALLABLE:
        return None
    waits_until = found.next_action_at if found.state == CaseState.WAITING else None
    return assess_one(ctx.session, found.id, max(ctx.now, waits_until or ctx.now))


TABLES: dict[str, Any] = {
    "name_with_kind": name_with_kind,
    "may_link": may_link,
    "link_serves": serves,
    "referral_news": referral_news,
    "referral_news_codes": list(ReferralNews),
    "plan_moves": PLAN_MOVES,
    "running": RUNNING_PLANS,
    "ended": ENDED_PLANS,
    "followed": FOLLOWED_PLANS,
    "instalment_words": list(InstalmentWord),
    "decisions": DECISIONS,
    "documents": DOCUMENTS,
    "papers_come": PAPERS_COME,
    "refusals": REFUSAL_REASONS,
    "unsure": UNSURE,
}


@requires("queue.call")
def open_case(case_id: int) -> Response:
    """Open a case by hand: a colleague asks, or the call was interrupted."""
    try:
        with use_case() as ctx:
            claim_case(ctx, case_id)
    except (Conflict, Refused) as error:
        return _back(case_id, why_not_opened(error), "warning")
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
    get_case(reading(), case_id)
    form = _contact_form()
    if form.is_submitted():
        form.validate()
        try:
            with use_case() as ctx:
                record_conversation(ctx, case_id, exchange_outcome(form))
            return _back(case_id, _("L'échange est enregistré."), "success")
        except DomainError as error:
            call_form.explain(form, error)
    return _contact_page(case_id, form), 422 if form.is_submitted() else 200


def _contact_page(case_id: int, form: ContactForm) -> str:
    ctx = reading()
    found = get_case(ctx, case_id)
    known = case_overview(ctx, found)
    show_causes(form, as_said(known.causes))
    form.offer_entries(offer(ctx.session, found.postal_code, found.commune, today()))
    propose_hold(form, proposed_hold(known))
    return render_template(
        "mediator/case_file/contact.html",
        case=found,
        warnings=cautions(known),
        form=form,
        today=today(),
        has_plan=has_plan(ctx.session, found),
        protected=is_under_tutelle(ctx.session, found.person_id, today()),
        **exchange_results(ctx, found),
        **told_of(form, found),
        **call_form.acts_page(found.campaign_kind),
        **causes_page(found.campaign_kind),
    )


def _contact_form() -> ContactForm:
    form = ContactForm()
    form.offer_campaigns(load_cheque_campaigns(reading().session).talked_of(today()))
    form.offer_months(today())
    if not form.is_submitted():
        form.channel.data = request.args.get("channel")
    form.request_key.data = form.request_key.data or str(uuid4())
    return form


def _may_correct(ctx: Context, event: Event, contacts: Sequence[Contact]) -> bool:
    """True for what may still be corrected: an act, or a call of today (`calls.contacts`)."""
    if event.voided:
        return False
    if event.contact is None:
        act = event.act
        return act is not None and may_take_back(ctx.actor, *who_voids(act, act.case, today()))
    last_call = max((each.id for each in contacts if each.channel in CALLS), default=0)
    return why_not_corrected(ctx, event.contact, last_call) is None


def _may_retract(ctx: Context, event: Event, found: Case) -> bool:
    """True for an exchange off the telephone that may still be taken back."""
    contact = event.contact
    if contact is None or event.voided or event.message:
        return False
    return may_take_back_exchange(ctx, contact, found)


def _back(case_id: int, message: str, category: str) -> Response:
    flash(message, category)
    return redirect(url_for("mediator.case", case_id=case_id), 303)
