"""An exchange with everything agreed in it, saved in one transaction.

Calling and mediation do not know each other: what joins them is here. An error of a part names
the control of the form that it is about, so that the page can lead there. All that is wrong is
told at once: what hangs on a call that is refused is tried on a stand-in, which goes with it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, Faults, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import whole_number
from energymed.calling.calls.availability_note import note_availability
from energymed.calling.calls.idempotency import recorded_already
from energymed.calling.calls.linked_cases import Agreed, record_others
from energymed.calling.calls.record import record_call, record_contact
from energymed.calling.calls.report import CallReport
from energymed.calling.codes import REACHED
from energymed.calling.eligibility.availability import availability_typed
from energymed.calling.models import Contact
from energymed.cases.queries import get_case
from energymed.mediation.acts import record_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.codes import ACT_KINDS
from energymed.mediation.plans import agree_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.rules import PlanTerms
from energymed.telephony.service import call_of_claim
from energymed.web.mediator.call.act_fields import MAIN, details_of, prefix
from energymed.web.mediator.call.call_form import NOT_KEPT
from energymed.web.mediator.call.controls import instant, typed_moment
from energymed.web.mediator.call.forms import ActsForm, CallForm, ContactForm

LONGEST_CALL = timedelta(hours=12)
DETAILS = ("relation", "message_left", "language", "reported_by", "hung_up_when")
OF_THE_CALL = (
    *NOT_KEPT, *DETAILS, "started_at", "result", "incoming", "identity_checked", "note",
    "callback_at", "next_step", "closure", "follow_up_at", "follow_up_note",
)  # fmt: skip
MISSING_TERM = {
    "amount": N_("Donnez le montant à étaler."),
    "count": N_("Donnez le nombre d'échéances."),
    "first_due_on": N_("Donnez la date de la première échéance."),
}
# a referral comes before the lack of means that asks for one
ORDER = (*MAIN, *(kind for kind in ACT_KINDS if kind not in MAIN))


@dataclass(frozen=True, slots=True)
class Part:
    """One ticked act of the form, with what its service needs."""

    ctx: Context
    case_id: int
    form: ActsForm
    contact: Contact
    kind: str

    @property
    def trace(self) -> dict[str, Any]:
        """What ties the act to its exchange, so that a double click makes one act."""
        return {
            "contact_id": self.contact.id,
            "request_key": self.contact.request_key,
        }


def report_of(form: CallForm, now: datetime) -> CallReport:
    """The form's call as the service takes it."""
    details: dict[str, Any] = {name: form[name].data for name in DETAILS if form[name].data}
    if form.identity_checked.data:
        details["identity_checked"] = True
    return CallReport(
        result=form.result.data or "",
        started_at=_started(form, now),
        phone_id=form.phone_id.data,
        details=details,
        note=_text(form.note.data),
        callback_at=instant(form.callback_at.data),
        next_step=form.next_step.data or None,
        closure=form.closure.data or None,
        follow_up_at=instant(form.follow_up_at.data),
        follow_up_note=_text(form.follow_up_note.data),
        request_key=form.request_key.data or None,
        incoming=bool(form.incoming.data),
        seen_contact_id=whole_number(form.seen_contact_id.data),
        beside=beside(request.form),
    )


def save_call(ctx: Context, case_id: int, form: CallForm) -> Contact:
    """Record the call and its acts, or nothing at all; pressed again, it does nothing more.

    Raises:
        Conflict: saved already, and the form says otherwise now.
        DomainError: with `params["field"]` naming a control of the form where there is one.
    """
    typed = report_of(form, ctx.now)
    known = recorded_already(ctx, case_id, typed)
    if known is not None:
        return known
    faults, contact, reached = _unreadable(form), None, typed.result in REACHED
    with faults:
        if form.acts.data and not reached:
            raise Refused(
                N_("Rien ne peut être convenu sans avoir joint la personne : décochez les actes, "
                   "ou changez le résultat."),
                field="acts",
            )  # fmt: skip
    with faults:
        if form.wishes_shown.data and _readable(form, "wish"):
            days = form.wish_days.data or ()
            availability = availability_typed(form.wish_from.data, form.wish_until.data, days)
            note_availability(ctx, case_id, availability)
    with faults:
        report = as_the_exchange_told(ctx, case_id, typed)
        contact = record_call(ctx, case_id, report)
    contact = contact or _stand_in(ctx, case_id)
    with faults:
        if reached:
            _record_acts(ctx, case_id, form, contact)
    with faults:
        if reached or not faults.found:
            record_others(ctx, contact, others_typed(request.form))
    faults.tell()
    return contact


def beside(form: MultiDict[str, str]) -> str:
    """What a form says besides the call itself: acts, other cases, wishes, ticks of a correction.

    The number is there as it was chosen: the exchange may tell another than none.
    """
    said = {name: form.getlist(name) for name in sorted(form) if name not in OF_THE_CALL}
    return json.dumps(said)


def as_the_exchange_told(ctx: Context, case_id: int, report: CallReport) -> CallReport:
    """Number, beginning and end of the exchange's call; another number chosen wins over it.

    A call that the exchange could not make tells nothing: whoever called dialled by hand.
    """
    call = call_of_claim(ctx, get_case(ctx, case_id))
    if call is None or call.state == "failed" or report.incoming:
        return report
    if report.phone_id not in (None, call.phone_id):
        return report
    return replace(
        report,
        phone_id=call.phone_id,
        started_at=call.answered_at or call.asked_at,
        ended_at=call.ended_at,
    )


def others_typed(form: MultiDict[str, str]) -> list[Agreed]:
    """What was agreed on the other cases that a form has ticked, by the names of its controls."""
    agreed = []
    for text in form.getlist("others"):
        if (case_id := whole_number(text)) is not None:
            name = f"other-{case_id}"
            agreed.append(
                Agreed(
                    case_id,
                    form.get(f"{name}-next") or None,
                    form.get(f"{name}-closure") or None,
                    typed_moment(form.get(f"{name}-at")),
                )
            )
    return agreed


def save_contact(ctx: Context, case_id: int, form: ContactForm) -> Contact:
    """Record an exchange on another channel and its acts, or nothing at all.

    Raises:
        DomainError: with `params["field"]` naming a control of the form where there is one.
    """
    faults, contact = _unreadable(form), None
    with faults:
        if form.channel.data == "call_in" and not form.identity_checked.data:
            raise BadInput(
                N_("Vérifiez l'identité avant de parler de la dette, puis cochez-le."),
                field="identity_checked",
            )
    with faults:
        contact = record_contact(
            ctx,
            case_id,
            form.channel.data or "",
            note=_text(form.note.data),
            result=form.result.data or None,
            request_key=form.request_key.data or None,
            beside=beside(request.form),
        )
    contact = contact or _stand_in(ctx, case_id)
    with faults:
        _record_acts(ctx, case_id, form, contact)
    faults.tell()
    return contact


def plan_terms(form: ActsForm) -> PlanTerms:
    """The plan's terms as typed.

    Raises:
        BadInput: something of the plan is missing.
    """
    given = {
        "amount": form.plan_amount.cents,
        "count": form.plan_count.data,
        "first_due_on": form.plan_first_due_on.data,
    }
    faults = Faults()
    for name, value in given.items():
        with faults:
            if value is None:
                raise BadInput(MISSING_TERM[name], field=name)
    faults.tell()
    return PlanTerms(
        amount_cents=form.plan_amount.cents or 0,
        instalment_count=form.plan_count.data,
        first_due_on=form.plan_first_due_on.data,
        frequency=form.plan_frequency.data,
        method=form.plan_method.data,
        down_payment_cents=form.plan_down_payment.cents or 0,
        down_payment_on=form.plan_down_payment_on.data,
    )


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


def _record_acts(ctx: Context, case_id: int, form: ActsForm, contact: Contact) -> None:
    ticked, faults = set(form.acts.data or ()), Faults()
    for kind in ORDER:
        if kind == "no_capacity" and "referral" in ticked and faults.found:
            continue  # the referral that it asks for may be what was refused
        if kind in ticked and _readable(form, prefix(kind)):
            with faults, _named(prefix(kind)):
                ACTS.get(kind, _plain_act)(Part(ctx, case_id, form, contact, kind))
    faults.tell()


def _unreadable(form: ActsForm) -> Faults:
    """What the form could not read; nothing that hangs on it is judged."""
    faults = Faults()
    for name, said in form.errors.items():
        faults.found.append(BadInput(said[0], field=name))
    return faults


def _readable(form: ActsForm, start: str) -> bool:
    return not any(name and name.startswith(start) for name in form.errors)


def _stand_in(ctx: Context, case_id: int) -> Contact:
    """A conversation in place of one that is refused; both are taken back in the end."""
    return record_contact(ctx, case_id, "call_in", result="reached_holder")


@contextmanager
def _named(start: str) -> Iterator[None]:
    """Let an error of a part name the form's control: "amount" of the plan is "plan_amount"."""
    try:
        yield
    except DomainError as error:
        for each in (error, *error.more):
            field = each.params.get("field")
            each.params["field"] = f"{start}_{field}" if field else "acts"
        raise


def _plan(part: Part) -> None:
    agree_plan(
        part.ctx,
        part.case_id,
        plan_terms(part.form),
        **part.trace,
    )


def _aid(part: Part) -> None:
    opening = AidOpening(
        fund=part.form.aid_fund.data,
        consent=part.form.aid_consent.data,
        body=_text(part.form.aid_body.data),
        amount_requested_cents=part.form.aid_amount.cents,
        missing_documents=tuple(part.form.aid_missing_documents.data or ()),
    )
    open_aid(part.ctx, part.case_id, opening, **part.trace)


def _referral(part: Part) -> None:
    asked = ReferralRequest(
        body=part.form.referral_body.data,
        reason=part.form.referral_reason.data,
        mode=part.form.referral_mode.data,
        consent=part.form.referral_consent.data,
    )
    refer(part.ctx, part.case_id, asked, **part.trace)


def _cheque(part: Part) -> None:
    talk = ChequeTalk(
        campaign_year=part.form.cheque_campaign_year.data,
        declared_status=part.form.cheque_status.data,
        topics=tuple(part.form.cheque_topics.data or ()),
        help=part.form.cheque_help.data,
        eligibility_band=part.form.cheque_eligibility_band.data or None,
    )
    give_awareness(part.ctx, part.case_id, talk, **part.trace)


def _plain_act(part: Part) -> None:
    answers = details_of(part.form, part.kind)
    record_act(part.ctx, part.case_id, part.kind, answers, **part.trace)


ACTS: dict[str, Callable[[Part], None]] = {
    "plan_agreed": _plan,
    "aid_opened": _aid,
    "referral": _referral,
    "energy_cheque_awareness": _cheque,
}
