"""Recording what happened: calls from the desk, corrections, and every other channel."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Faults, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.free_text import kept
from energymed.calling.calls.call_correction import undo_effects, undo_parts
from energymed.calling.calls.contacts import add_contact, last_standing_call, why_not_corrected
from energymed.calling.calls.drafts import delete_draft
from energymed.calling.calls.effects import apply_effect
from energymed.calling.calls.exchange_effects import apply_exchange
from energymed.calling.calls.idempotency import (
    contents_of,
    form_hash,
    known_contact,
    recorded_already,
)
from energymed.calling.calls.linked_cases import move_parts, parts_of
from energymed.calling.calls.report import (
    CallReport,
    ExchangeReport,
    check_exchange,
    check_report,
    check_required,
    details_kept,
    leaves_message,
)
from energymed.calling.codes import CALLS, REACHED, Channel
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.stopped import stops_of
from energymed.calling.follow_ups.callbacks import check_callback
from energymed.calling.models import Contact
from energymed.calling.queries import last_call
from energymed.calling.queue.claim_checks import check_holding
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Phone
from energymed.cases.needs import NO_MESSAGE
from energymed.cases.queries import get_case
from energymed.partners.codes import ResultCode
from energymed.partners.rulebook import CallingRules


def record_call(ctx: Context, case_id: int, report: CallReport) -> Contact:
    """Record one call of the desk with its single result and do what the result says.

    The same `request_key` a second time gives back the first contact. Only whoever has the case
    may; a lease that lapsed does not lose the call as long as nobody else took the case.

    Raises:
        BadInput: what the result requires is missing, with `params["field"]`.
        Conflict: the actor has not the case (`check_holding`), it was closed or another call was
            recorded meanwhile, or this very call was saved already and reads otherwise.
    """
    known = recorded_already(ctx, case_id, report)
    if known is not None:
        return known
    case = get_case(ctx, case_id)
    check_call(ctx, case, report)
    contact = record_held(ctx, case, report)
    delete_draft(ctx, case_id)
    return contact


def check_call(ctx: Context, case: Case, report: CallReport) -> None:
    """Refuse what `record_call` would refuse, all at once, with nothing written."""
    check_holding(ctx, case)
    _check_seen(ctx.session, case, report)
    faults, promised = Faults(), report.callback_at
    with faults:
        _rules(ctx.session, case, report, ctx.now)
    with faults:
        _check_message(ctx, case, report)
    with faults:
        _phone_of(ctx.session, case, report)
    with faults:
        if report.result == ResultCode.CALLBACK_SET and promised is not None:
            check_callback(ctx.session, case, promised, "callback_at")
    faults.tell()


def record_held(ctx: Context, case: Case, report: CallReport) -> Contact:
    """`record_call` on a case that the actor has, locked; what was typed of it stays.

    Raises:
        BadInput: what the campaign requires of the result is missing, with `params["field"]`.
    """
    rules = _rules(ctx.session, case, report, ctx.now)
    contact = _new_contact(ctx, case, report, _times(report, ctx.now))
    apply_effect(ctx, case, contact, report, rules)
    return contact


def correct_call(ctx: Context, contact_id: int, report: CallReport) -> Contact:
    """Replace today's result of a call; the first one stays on file, crossed out.

    The call keeps its times; only what was said of it changes. What it settled on other cases of
    the person stays while there was a conversation, and is taken back when there was none.

    Raises:
        NotFound: unknown or of another site.
        Refused: not of today, not the last of its case, somebody else's, or the case is in call
            or went on since, or another case that is to be taken back did.
    """
    former = ctx.session.get(Contact, contact_id)
    if former is None:
        raise NotFound(N_("Cet appel n'existe pas."))
    known = corrected_already(ctx, former, report)
    if known is not None:
        return known
    report, case = _as_called(report, former), get_case(ctx, former.case_id)
    rules = check_correction(ctx, former, report)
    parts = parts_of(ctx.session, former)
    undo_effects(ctx, case, former)
    if report.result not in REACHED:
        undo_parts(ctx, parts)
    former.voided_at = ctx.now
    audit.record(
        ctx,
        "contact.corrected",
        former,
        before={"result": former.result},
        after={"result": report.result},
    )
    times = (former.started_at, former.ended_at or former.started_at)
    contact = _new_contact(ctx, case, report, times)
    contact.corrects_id, contact.user_id = former.id, former.user_id
    if report.result in REACHED:
        move_parts(ctx, parts, contact)
    apply_effect(ctx, case, contact, report, rules)
    return contact


def corrected_already(ctx: Context, former: Contact, report: CallReport) -> Contact | None:
    """What the same press of the button made, if it was pressed before; the case is locked.

    Raises:
        Conflict: the form was saved already and says otherwise.
    """
    case, report = get_case(ctx, former.case_id, lock=True), _as_called(report, former)
    return known_contact(
        ctx.session, case, report.request_key, contents_of(report), report.phone_id
    )


def check_correction(ctx: Context, former: Contact, report: CallReport) -> CallingRules:
    """Refuse what `correct_call` would, writing nothing; gives the campaign's rules."""
    case = get_case(ctx, former.case_id, lock=True)
    ctx.session.refresh(former)
    _check_correctable(ctx, case, former)
    if not _says_again(report, former):
        _check_message(ctx, case, report)
    return _rules(ctx.session, case, report, ctx.now)


def _as_called(report: CallReport, former: Contact) -> CallReport:
    """Who called is not for a correction to say."""
    return replace(report, incoming=former.channel == Channel.CALL_IN)


def record_contact(
    ctx: Context,
    case_id: int,
    channel: str,
    *,
    note: str | None = None,
    result: str | None = None,
    request_key: str | None = None,
    beside: str | None = None,
) -> Contact:
    """Record an exchange on another channel (`ExchangeReport`), once for each `request_key`.

    It does to person, address and case what its result says (`exchange_effects`).

    Raises:
        BadInput: unknown channel, a result that does not fit it, or too long a note.
        Conflict: this form was saved already and says otherwise.
        Refused: the note holds what must never be kept.
    """
    report = ExchangeReport(channel, result, note, request_key, beside)
    check_exchange(report)
    known = recorded_already(ctx, case_id, report)
    if known is not None:
        return known
    case = get_case(ctx, case_id)
    called = report.channel in CALLS
    contact = add_contact(
        ctx,
        case,
        Channel(report.channel),
        result=report.result if called else None,
        exchange_result=None if called else report.result,
        details={},
        note=kept(report.note),
        started_at=ctx.now,
        ended_at=ctx.now,
        request_key=report.request_key,
        form_hash=form_hash(ctx.session, report.request_key, contents_of(report)),
    )
    apply_exchange(ctx, case, contact)
    return contact


def _rules(session: Session, case: Case, report: CallReport, now: datetime) -> CallingRules:
    """The campaign's rules; refuses a report that lacks what they or its result require."""
    rules = rules_of(session, case.campaign, now)
    faults = Faults()
    with faults:
        check_report(report, now)
    with faults:
        if report.result in rules.results:
            check_required(report, rules.results[report.result].requires)
    faults.tell()
    return rules


def _check_message(ctx: Context, case: Case, report: CallReport) -> None:
    """Refuse a message that was left for somebody who said that none is safe (`cases.needs`)."""
    if not leaves_message(report):
        return
    if stops_of(ctx.session, case.person).no_message_on(paris_date(ctx.now)):
        on_voicemail = report.result == ResultCode.VOICEMAIL_LEFT
        raise Refused(NO_MESSAGE, field="result" if on_voicemail else "message_left")


def _says_again(report: CallReport, former: Contact) -> bool:
    """Whether a correction tells of the message that the call told of, perhaps before the word."""
    left = former.details.get("message_left")
    return (report.result, report.details.get("message_left")) == (former.result, left)


def _times(report: CallReport, now: datetime) -> tuple[datetime, datetime]:
    """Beginning and end: as the exchange told them, else from the first figure until now."""
    started = min(report.started_at, now)
    return started, max(started, min(report.ended_at or now, now))


def _check_seen(session: Session, case: Case, report: CallReport) -> None:
    """The other tab, or a colleague after a lapse, has recorded a call that this page ignores."""
    if report.seen_contact_id is not None and last_call(session, case.id) > report.seen_contact_id:
        raise Conflict(
            N_("Un appel a été enregistré sur ce dossier depuis l'ouverture de cette page : voyez "
               "l'historique. Si le vôtre est un autre appel, enregistrez de nouveau.")
        )  # fmt: skip


def _new_contact(
    ctx: Context, case: Case, report: CallReport, times: tuple[datetime, datetime]
) -> Contact:
    return add_contact(
        ctx,
        case,
        Channel.CALL_IN if report.incoming else Channel.CALL_OUT,
        phone=_phone_of(ctx.session, case, report),
        result=report.result,
        details=details_kept(report),
        note=kept(report.note),
        started_at=times[0],
        ended_at=times[1],
        request_key=report.request_key,
        form_hash=form_hash(ctx.session, report.request_key, contents_of(report)),
    )


def _phone_of(session: Session, case: Case, report: CallReport) -> Phone | None:
    phone = session.get(Phone, report.phone_id) if report.phone_id else None
    if report.phone_id and (phone is None or phone.person_id != case.person_id):
        raise BadInput(N_("Ce numéro n'est pas de ce dossier."), field="phone_id")
    return phone


def _check_correctable(ctx: Context, case: Case, contact: Contact) -> None:
    refusal = why_not_corrected(ctx, contact, last_standing_call(ctx.session, case.id))
    if refusal is not None:
        raise Refused(refusal)
    if case.state == CaseState.IN_CALL:
        raise Refused(N_("Ce dossier est en appel : terminez l'appel avant de corriger."))
