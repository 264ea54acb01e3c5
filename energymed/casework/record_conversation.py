"""Saving a call, or an exchange on another channel, with everything that was agreed in it.

All that is wrong is told at once, each error naming what it is about, and nothing is written
before everything is found right. Saved again with the same request key, it is one conversation.
"""

import json
from dataclasses import asdict, dataclass, replace

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, Faults, Refused
from energymed.base.i18n import N_
from energymed.calling.calls.drafts import delete_draft
from energymed.calling.calls.idempotency import recorded_already
from energymed.calling.calls.linked_cases import Agreed, check_others, record_others
from energymed.calling.calls.person_marks import check_note, note_availability
from energymed.calling.calls.record import check_call, record_contact, record_held
from energymed.calling.calls.report import CallReport, ExchangeReport, check_exchange
from energymed.calling.codes import REACHED, UNREACHED, WRITTEN, Channel, ExchangeResult, Relation
from energymed.calling.eligibility.availability import Availability
from energymed.calling.eligibility.stopped import ADDRESS_IS_WRONG, REFUSALS, stops_of
from energymed.calling.models import Contact
from energymed.calling.queue.automatic_closures import close_paid
from energymed.calling.reached import tells_reached
from energymed.cases.models import Case
from energymed.cases.needs import NO_MESSAGE
from energymed.cases.queries import get_case
from energymed.casework.agreed_acts import AgreedAct, check_acts, record_acts
from energymed.casework.agreed_in_writing import Way, Written, check_written, write_down
from energymed.casework.closure_needs import check_closure
from energymed.casework.closure_proposal import propose_closure
from energymed.casework.move_on import Step, check_all, move_all
from energymed.mediation.causes import Causes, check_causes, note_causes
from energymed.messages.service import MessageRequest, write_message
from energymed.partners.codes import ResultCode
from energymed.telephony.codes import DialState
from energymed.telephony.service import call_of_claim


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one form says of a conversation.

    `availability` is None where nobody asked when the person wishes to be called, `causes` where
    the page did not ask for them. `errors` are the fields that could not be read, each with
    `params["field"]`. `steps` take on what runs with the person. `with_guardian`: the person's
    guardian takes part, where the report does not say so itself. `written`: the person gets in
    writing what was agreed. `message`: the neutral text message to somebody who was not reached.
    """

    report: CallReport | ExchangeReport
    acts: tuple[AgreedAct, ...] = ()
    others: tuple[Agreed, ...] = ()
    steps: tuple[Step, ...] = ()
    availability: Availability | None = None
    identity_checked: bool = False
    with_guardian: bool = False
    causes: Causes | None = None
    written: Written | None = None
    message: MessageRequest | None = None
    errors: tuple[DomainError, ...] = ()


def record_conversation(ctx: Context, case_id: int, outcome: Outcome) -> Contact:
    """Record the conversation with its acts, or nothing at all; a second press does nothing more.

    A case that closes without a word on how closes as its acts propose.

    Raises:
        Conflict: saved already, and the form says otherwise now; or the case is not the actor's.
        DomainError: the first of what is wrong, the others in `more`.
        NotFound: the case is unknown or of another site.
    """
    outcome = _closed_as_proposed(ctx, case_id, outcome)
    report = replace(outcome.report, beside=said_beside(outcome))
    known = recorded_already(ctx, case_id, report)
    if known is not None:
        return known
    case = get_case(ctx, case_id)
    if not _says_reached(report):
        outcome = replace(outcome, causes=None, written=None)  # nobody has said any
    if isinstance(report, ExchangeReport):
        return _record_exchange(ctx, case, report, outcome)
    return _record_call(ctx, case, _as_the_exchange_told(ctx, case, report), outcome)


def _closed_as_proposed(ctx: Context, case_id: int, outcome: Outcome) -> Outcome:
    """With the closure that the acts propose, where the case closes and nobody says how."""
    report = outcome.report
    if not isinstance(report, CallReport) or report.next_step != "close" or report.closure:
        return outcome
    if not _says_reached(report):
        return outcome
    found = propose_closure(ctx, get_case(ctx, case_id), outcome.acts)
    return replace(outcome, report=replace(report, closure=found.closure)) if found else outcome


def _record_call(ctx: Context, case: Case, report: CallReport, outcome: Outcome) -> Contact:
    _check_call(ctx, case, report, outcome)
    if outcome.availability is not None:
        note_availability(ctx, case.id, outcome.availability)
    way = _way(ctx, case, outcome)
    _write_to_unreached(ctx, case, report, outcome)
    contact = record_held(ctx, case, report)
    record_agreed(ctx, contact, outcome)
    if way is not None:
        write_down(ctx, contact, way)
    record_others(ctx, contact, outcome.others)
    delete_draft(ctx, case.id)
    if case.debt_cents is not None and case.debt_cents <= 0:
        close_paid(ctx, [case.id])  # it was paid while somebody spoke with the person
    return contact


def _write_to_unreached(ctx: Context, case: Case, report: CallReport, outcome: Outcome) -> None:
    """Queue the neutral message that was read and ticked; one who was reached gets none."""
    if outcome.message is None or report.result not in UNREACHED:
        return
    if not outcome.message.seen:  # saved before its preview came
        raise BadInput(N_("Lisez d'abord le SMS, puis enregistrez."), field="neutral_sms")
    try:
        write_message(ctx, case.id, outcome.message)
    except DomainError as error:
        error.params["field"] = "neutral_sms"
        raise


def _check_call(ctx: Context, case: Case, report: CallReport, outcome: Outcome) -> None:
    faults, reached = unreadable(outcome), report.result in REACHED
    with faults:
        check_reached(outcome, report)
    with faults:
        if outcome.availability is not None:
            check_note(ctx, case, outcome.availability)
    with faults:
        check_call(ctx, case, report)
    with faults:
        if reached:
            check_acts(ctx, case, outcome.acts, with_guardian=guardian_speaks(outcome))
    with faults:
        if outcome.causes is not None:
            check_causes(outcome.causes)
    with faults:
        _way(ctx, case, outcome)
    with faults:
        check_all(ctx, outcome.steps)
    with faults:
        if reached and report.next_step == "close":
            check_closure(ctx, case, report.closure, outcome.acts)
    for other in outcome.others if reached else ():
        with faults:
            if other.next_step == "close":
                told = get_case(ctx, other.case_id)
                check_closure(ctx, told, other.closure, outcome.acts, of_another=True)
    with faults:
        if reached or not faults.found:
            check_others(ctx, case, report, outcome.others)
    faults.tell()


def _record_exchange(ctx: Context, case: Case, report: ExchangeReport, outcome: Outcome) -> Contact:
    faults = unreadable(outcome)
    with faults:
        check_exchange(report)
    with faults:
        _check_written(ctx, case, report)
    with faults:
        _check_spoken_with(report, outcome)
    with faults:
        check_acts(ctx, case, outcome.acts, with_guardian=outcome.with_guardian)
    with faults:
        if outcome.causes is not None:
            check_causes(outcome.causes)
    with faults:
        _way(ctx, case, outcome)
    with faults:
        check_all(ctx, outcome.steps)
    faults.tell()
    way = _way(ctx, case, outcome)
    contact = record_contact(ctx, case.id, **asdict(report))
    record_agreed(ctx, contact, outcome)
    if way is not None:
        write_down(ctx, contact, way)
    return contact


def _way(ctx: Context, case: Case, outcome: Outcome) -> Way | None:
    """How what was agreed is written, where it is to be; as things stand before the save."""
    if outcome.written is None:
        return None
    return check_written(ctx, case, outcome.written, outcome.acts)


def _check_written(ctx: Context, case: Case, report: ExchangeReport) -> None:
    """Refuse what was written to whom nobody writes, or to where they are known not to be."""
    if report.result != ExchangeResult.SENT:
        return
    stops = stops_of(ctx.session, case.person)
    if stops.for_good:
        raise Refused(REFUSALS[stops.for_good], field="channel")
    if stops.no_message_on(paris_date(ctx.now)):
        raise Refused(NO_MESSAGE, field="channel")
    if report.channel == Channel.LETTER and case.address_is_wrong:
        raise Refused(ADDRESS_IS_WRONG, field="channel")


def _check_spoken_with(report: ExchangeReport, outcome: Outcome) -> None:
    """Refuse what nobody may have agreed to, and a talk with somebody who was not identified."""
    if not _says_reached(report):
        check_reached(outcome, report)
    elif report.channel not in WRITTEN and not outcome.identity_checked:
        raise BadInput(
            N_("Vérifiez l'identité avant de parler de la dette, puis cochez-le."),
            field="identity_checked",
        )


def check_reached(outcome: Outcome, report: CallReport | ExchangeReport) -> None:
    """Refuse acts and steps where the person was not reached."""
    if (outcome.acts or outcome.steps) and not _says_reached(report):
        raise Refused(
            N_("Rien ne peut être convenu sans avoir joint la personne : décochez les actes, "
               "ou changez le résultat."),
            field="acts",
        )  # fmt: skip


def _says_reached(report: CallReport | ExchangeReport) -> bool:
    channel = report.channel if isinstance(report, ExchangeReport) else Channel.CALL_OUT
    return tells_reached(channel, report.result)


def record_agreed(ctx: Context, contact: Contact, outcome: Outcome) -> None:
    """Write the acts and causes that a contact tells of."""
    record_acts(
        ctx,
        contact.case_id,
        outcome.acts,
        contact_id=contact.id,
        key=contact.request_key,
        with_guardian=guardian_speaks(outcome),
    )
    if outcome.causes is not None:
        note_causes(ctx, contact.case_id, outcome.causes, contact_id=contact.id)
    move_all(ctx, outcome.steps)


def guardian_speaks(outcome: Outcome) -> bool:
    """Whether somebody agrees who may for an adult under tutelle (DOMAIN §9)."""
    report = outcome.report
    if not isinstance(report, CallReport):
        return outcome.with_guardian
    told = report.details.get("relation") == Relation.GUARDIAN
    return told and report.result == ResultCode.REACHED_MANDATED


def as_call(outcome: Outcome) -> CallReport:
    """The report of a conversation that is a call."""
    assert isinstance(outcome.report, CallReport)
    return outcome.report


def unreadable(outcome: Outcome) -> Faults:
    """What could not be read, to which more may be added."""
    faults = Faults()
    faults.found.extend(outcome.errors)
    return faults


def _as_the_exchange_told(ctx: Context, case: Case, report: CallReport) -> CallReport:
    """Number, beginning and end of the exchange's call; another number chosen wins over it.

    A call that the exchange could not make tells nothing: whoever called dialled by hand.
    """
    call = call_of_claim(ctx, case)
    if call is None or call.state == DialState.FAILED or report.incoming:
        return report
    if report.phone_id not in (None, call.phone_id):
        return report
    return replace(
        report,
        phone_id=call.phone_id,
        started_at=call.answered_at or call.asked_at,
        ended_at=call.ended_at,
    )


def said_beside(outcome: Outcome) -> str:
    """What is said besides the report itself, in one text: another text is another form.

    The number is there as it was chosen: the exchange may tell another than none.
    """
    availability = outcome.availability
    said = {
        "number": getattr(outcome.report, "phone_id", None),
        "acts": [[act.kind, act.terms] for act in outcome.acts],
        "others": outcome.others,
        "availability": availability.kept() if availability else None,
        "identity_checked": outcome.identity_checked,
        **({"with_guardian": True} if outcome.with_guardian else {}),
        "causes": outcome.causes,
        **({"written": outcome.written.by} if outcome.written else {}),
        **({"message": asdict(outcome.message)} if outcome.message else {}),
        **({"steps": [asdict(step) for step in outcome.steps]} if outcome.steps else {}),
        "unreadable": [error.params.get("field") for error in outcome.errors],
    }
    return json.dumps(said, default=str)
