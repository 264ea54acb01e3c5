"""What a form says of a conversation, as `casework.record_conversation` takes it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import current_app
from werkzeug.datastructures import MultiDict

from energymed.base.clock import today
from energymed.base.codes import as_code
from energymed.base.errors import BadInput, DomainError
from energymed.base.money import Cents
from energymed.base.text.folding import whole_number
from energymed.calling.calls.linked_cases import Agreed
from energymed.calling.calls.report import CallReport, ExchangeReport
from energymed.calling.codes import Relation
from energymed.calling.eligibility.availability import Availability, availability_typed
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.agreed_in_writing import Written
from energymed.casework.record_conversation import Outcome
from energymed.mediation.aids import AidOpening
from energymed.mediation.budget import Budget, BudgetLine, Household, monthly_cents
from energymed.mediation.budget_studies import BudgetStudy
from energymed.mediation.cheque import ChequeTalk
from energymed.mediation.codes import ActKind, BudgetBand, Frequency
from energymed.mediation.comparison import usual_first_day
from energymed.mediation.referrals import ReferralRequest
from energymed.mediation.rules import NOT_GIVEN, PlanTerms, check_terms
from energymed.messages.sending import gateways
from energymed.messages.service import MessageRequest
from energymed.partners.codes import ResultCode
from energymed.web.mediator.call.act_fields import details_of
from energymed.web.mediator.call.cause_fields import typed_causes
from energymed.web.mediator.call.controls import typed_moment, typed_month
from energymed.web.mediator.call.forms import ActsForm, CallForm, ContactForm
from energymed.web.mediator.case_file.running import typed_steps

LONGEST_CALL = timedelta(hours=12)
DETAILS = ("relation", "message_left", "language", "reported_by", "hung_up_when")


def call_outcome(form: CallForm, typed: MultiDict[str, str], now: datetime) -> Outcome:
    """What the form of a call says; `typed` holds its controls for the person's other cases."""
    steps, unread = typed_steps(typed)
    return Outcome(
        report=call_report(form, now),
        acts=acts_typed(form),
        others=_others(typed),
        steps=steps,
        availability=_availability(form),
        causes=typed_causes(form),
        written=written_typed(form),
        message=neutral_message(form, typed),
        errors=(*unreadable(form), *unread),
    )


def neutral_message(form: CallForm, typed: MultiDict[str, str]) -> MessageRequest | None:
    """The neutral text message that is ticked, as it was read on the page; None without a tick."""
    if not form.neutral_sms.data:
        return None
    key = form.request_key.data or ""
    return MessageRequest(
        to=typed.get("sms_to", ""),
        template_id=whole_number(typed.get("sms_text")) or 0,
        seen=typed.get("sms_seen", ""),
        request_key=str(uuid5(NAMESPACE_URL, f"neutral-{key}")),
    )


def correction_outcome(form: CallForm, now: datetime) -> Outcome:
    """What the form of a correction says: of the call itself, and of what was agreed in it."""
    return Outcome(
        report=call_report(form, now),
        acts=acts_typed(form),
        causes=typed_causes(form),
        errors=unreadable(form),
    )


def exchange_outcome(form: ContactForm) -> Outcome:
    """What the form of an exchange on another channel says."""
    report = ExchangeReport(
        channel=form.channel.data or "",
        result=form.result.data or None,
        note=_text(form.note.data),
        request_key=form.request_key.data or None,
    )
    return Outcome(
        report=report,
        acts=acts_typed(form),
        identity_checked=bool(form.identity_checked.data),
        with_guardian=bool(form.guardian.data),
        causes=typed_causes(form),
        written=written_typed(form),
        errors=unreadable(form),
    )


def written_typed(form: ActsForm) -> Written | None:
    """How what was agreed is to be written, if it is; the next call as the form has it."""
    if not form.written.data:
        return None
    ready = gateways(current_app.extensions["energymed"])
    later = isinstance(form, CallForm) and form.next_step.data == "follow_up"
    return Written(
        form.written_by.data or "",
        form.follow_up_at.moment if later else None,
        form.written_variant.data or "",
        [channel for channel, gateway in ready.items() if gateway is None],
    )


def call_report(form: CallForm, now: datetime) -> CallReport:
    """What the form says of the call itself."""
    details: dict[str, Any] = {name: form[name].data for name in DETAILS if form[name].data}
    if form.identity_checked.data:
        details["identity_checked"] = True
    return CallReport(
        result=form.result.data or "",
        started_at=_started(form, now),
        phone_id=form.phone_id.data,
        details=details,
        note=_text(form.note.data),
        callback_at=form.callback_at.moment,
        callback_by=form.callback_by.data or None,
        next_step=form.next_step.data or None,
        closure=form.closure.data or None,
        follow_up_at=form.follow_up_at.moment,
        follow_up_note=_text(form[_word_for(form)].data),
        request_key=form.request_key.data or None,
        incoming=bool(form.incoming.data),
        seen_contact_id=whole_number(form.seen_contact_id.data),
    )


def _word_for(form: CallForm) -> str:
    """The control with the word for whoever calls next: of the callback, or of the follow-up."""
    return "callback_note" if form.result.data == ResultCode.CALLBACK_SET else "follow_up_note"


def plan_terms(form: ActsForm) -> PlanTerms:
    """The plan's terms as typed; a day of the month without a date begins as soon as can be."""
    day, month = whole_number(form.plan_day.data) or 0, typed_month(form.plan_month.data)
    first = form.plan_first_due_on.data
    if first is None and (day or month):
        first = usual_first_day(today(), day, month)
    monthly = form.plan_frequency.data == Frequency.MONTHLY
    return PlanTerms(
        amount_cents=form.plan_amount.cents or 0,
        instalment_count=form.plan_count.data or 0,
        first_due_on=first or NOT_GIVEN,
        frequency=form.plan_frequency.data,
        method=form.plan_method.data,
        down_payment_cents=form.plan_down_payment.cents or 0,
        down_payment_on=form.plan_down_payment_on.data,
        instalment_cents=form.plan_size.cents or 0,
        day_of_month=day if monthly else 0,
        replaces=bool(form.plan_replaces.data),
    )


def budget_of(form: ActsForm) -> Budget:
    """The household and its amounts as typed; nobody said is one adult."""
    home = Household(
        adults=1 if form.budget_adults.data is None else form.budget_adults.data,
        children=form.budget_children.data or 0,
        half_children=form.budget_half_children.data or 0,
        retired=bool(form.budget_retired.data),
    )
    typed = {line: form[f"budget_{line}"].cents for line in BudgetLine}
    return Budget(home, {line: cents for line, cents in typed.items() if cents is not None})


def instalment_a_month(terms: PlanTerms) -> Cents:
    """What a plan asks a month; nothing while its terms make none."""
    try:
        check_terms(terms)
    except BadInput:
        return 0
    return monthly_cents(terms.regular_cents, terms.frequency)


def guardian_is_there(form: ActsForm) -> bool:
    """Whether the guardian takes part, as the desk or the page of an exchange says."""
    if "guardian" in form:
        return bool(form["guardian"].data)
    told = form["result"].data == ResultCode.REACHED_MANDATED
    return told and form["relation"].data == Relation.GUARDIAN


def acts_typed(form: ActsForm) -> tuple[AgreedAct, ...]:
    """The acts that are ticked, with their terms as typed."""
    ticked = form.acts.data or ()
    return tuple(act_typed(form, kind) for kind in ActKind if kind in ticked)


def act_typed(form: ActsForm, kind: ActKind) -> AgreedAct:
    """An act with its terms as typed."""
    return AgreedAct(kind, TERMS[kind](form) if kind in TERMS else details_of(form, kind))


def _others(typed: MultiDict[str, str]) -> tuple[Agreed, ...]:
    """What was agreed on the other cases that a form has ticked, by the names of its controls."""
    case_ids = filter(None, map(whole_number, typed.getlist("others")))
    return tuple(
        Agreed(
            case_id,
            typed.get(f"other-{case_id}-next") or None,
            typed.get(f"other-{case_id}-closure") or None,
            typed_moment(typed.get(f"other-{case_id}-at")),
        )
        for case_id in case_ids
    )


def _availability(form: CallForm) -> Availability | None:
    unreadable = any(name and name.startswith("wish") for name in form.errors)
    if not form.wishes_shown.data or unreadable:
        return None
    return availability_typed(form.wish_from.data, form.wish_until.data, form.wish_days.data or ())


def unreadable(form: ActsForm) -> tuple[DomainError, ...]:
    """What could not be read, each with the control that it is of."""
    return tuple(BadInput(messages[0], field=name) for name, messages in form.errors.items())


def _text(typed: str | None) -> str | None:
    return (typed or "").strip() or None


def _started(form: CallForm, now: datetime) -> datetime:
    """When the call began (the number was dialled, or the desk opened), as the form carries it."""
    try:
        started = datetime.fromisoformat((form.started_at.data or "").replace("Z", "+00:00"))
    except ValueError:
        return now
    plausible = started.tzinfo is not None and now - LONGEST_CALL <= started <= now
    return started if plausible else now


def _aid_opening(form: ActsForm) -> AidOpening:
    fund_id = whole_number(form.aid_fund.data)
    return AidOpening(
        fund="" if fund_id else form.aid_fund.data,
        consent=form.aid_consent.data,
        body=_text(form.aid_body.data),
        amount_requested_cents=form.aid_amount.cents,
        missing_documents=tuple(form.aid_missing_documents.data or ()),
        fund_id=fund_id,
    )


def _referral(form: ActsForm) -> ReferralRequest:
    body_id = whole_number(form.referral_body.data)
    return ReferralRequest(
        body="" if body_id else form.referral_body.data,
        reason=form.referral_reason.data,
        mode=form.referral_mode.data,
        consent=form.referral_consent.data,
        body_id=body_id,
        appointment_on=form.referral_appointment_on.data,
        consent_text_id=whole_number(form.referral_consent_text.data),
    )


def _cheque_talk(form: ActsForm) -> ChequeTalk:
    return ChequeTalk(
        campaign_year=form.cheque_campaign_year.data,
        declared_status=form.cheque_status.data,
        topics=tuple(form.cheque_topics.data or ()),
        help=form.cheque_help.data,
        eligibility_band=form.cheque_eligibility_band.data or None,
    )


def _budget_study(form: ActsForm) -> BudgetStudy:
    plan = plan_terms(form) if ActKind.PLAN_AGREED in (form.acts.data or ()) else None
    return BudgetStudy(
        budget=budget_of(form),
        band=as_code(BudgetBand, form.budget_band.data),
        instalment_cents=instalment_a_month(plan) if plan else 0,
        kept=bool(form.budget_kept.data),
    )


TERMS: dict[ActKind, Callable[[ActsForm], Any]] = {
    ActKind.PLAN_AGREED: plan_terms,
    ActKind.BUDGET_STUDY: _budget_study,
    ActKind.AID_OPENED: _aid_opening,
    ActKind.REFERRAL: _referral,
    ActKind.ENERGY_CHEQUE_AWARENESS: _cheque_talk,
}
