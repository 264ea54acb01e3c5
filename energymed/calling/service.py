"""Recording what happened: calls from the desk, corrections, and every other channel."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.drafts import delete_draft
from energymed.calling.effects import apply_effect
from energymed.calling.followups import close_open_follow_ups
from energymed.calling.models import CHANNELS, Contact, FollowUp
from energymed.calling.report import CallReport, check_report
from energymed.cases import moves
from energymed.cases.models import Case, Phone
from energymed.cases.queries import get_case

ANSWERED_BY_A_CALL = ("callback", "other", "interpreter")


def record_call(
    session: Session, actor: Actor, case_id: int, report: CallReport, *, now: datetime
) -> Contact:
    """Record one outbound call with its single result and do what the result says.

    The same `request_key` a second time gives back the first contact. A lease that lapsed does
    not lose the call as long as nobody else took the case.

    Raises:
        BadInput: what the result requires is missing, with `params["field"]`.
        Conflict: somebody else has the case in call, or it was closed meanwhile.
    """
    known = _known(session, report.request_key)
    if known is not None:
        return known
    check_report(report, now)
    case = get_case(session, actor, case_id, lock=True)
    _check_claim(case, actor)
    contact = _new_contact(session, actor, case, report, now)
    close_open_follow_ups(session, actor, case, now=now, kinds=ANSWERED_BY_A_CALL)
    apply_effect(session, actor, case, contact, report, now)
    delete_draft(session, actor, case_id)
    return contact


def correct_call(
    session: Session, actor: Actor, contact_id: int, report: CallReport, *, now: datetime
) -> Contact:
    """Replace today's result of a call; the first one stays on file, crossed out.

    Raises:
        NotFound: unknown or of another site.
        Refused: not of today, not the last of its case, or the case is in call.
    """
    known = _known(session, report.request_key)
    if known is not None:
        return known
    check_report(report, now)
    former = _correctable(session, actor, contact_id, now)
    case = get_case(session, actor, former.case_id, lock=True)
    if case.state == "in_call":
        raise Refused(N_("Ce dossier est en appel : terminez l'appel avant de corriger."))
    _take_back_effects(session, actor, case, former, now)
    former.voided_at = now
    audit.record(
        session, actor, "contact.corrected", former, now=now,
        before={"result": former.result}, after={"result": report.result},
    )  # fmt: skip
    contact = _new_contact(session, actor, case, report, now)
    contact.corrects_id = former.id
    apply_effect(session, actor, case, contact, report, now)
    return contact


def record_contact(
    session: Session,
    actor: Actor,
    case_id: int,
    channel: str,
    *,
    now: datetime,
    note: str | None = None,
    result: str | None = None,
    request_key: str | None = None,
) -> Contact:
    """Record an exchange on another channel: SMS, e-mail, letter, visit, incoming call.

    An incoming call has a result as well (reached_holder or reached_mandated).

    Raises:
        BadInput: unknown channel, or a result that does not fit it.
    """
    known = _known(session, request_key)
    if known is not None:
        return known
    incoming = channel == "call_in"
    if channel not in CHANNELS or channel == "call_out":
        raise BadInput(N_("Choisissez le canal."), field="channel")
    if incoming and result not in ("reached_holder", "reached_mandated"):
        raise BadInput(N_("Dites qui a appelé."), field="result")
    case = get_case(session, actor, case_id, lock=True)
    contact = Contact(
        case_id=case.id,
        person_id=case.person_id,
        user_id=actor.user_id,
        channel=channel,
        result=result if incoming else None,
        details={},
        note=note or None,
        started_at=now,
        ended_at=now,
        request_key=request_key,
    )
    session.add(contact)
    audit.record(session, actor, "contact.recorded", contact, now=now, after={"channel": channel})
    session.flush()
    return contact


def _known(session: Session, request_key: str | None) -> Contact | None:
    if not request_key:
        return None
    return session.scalar(select(Contact).where(Contact.request_key == request_key))


def _check_claim(case: Case, actor: Actor) -> None:
    if case.state == "closed":
        raise Conflict(N_("Ce dossier a été clos entre-temps. Votre saisie est conservée."))
    if case.state == "in_call" and case.claimed_by_id != actor.user_id:
        raise Conflict(
            N_("Un collègue a repris ce dossier entre-temps. Votre saisie est conservée.")
        )


def _new_contact(
    session: Session, actor: Actor, case: Case, report: CallReport, now: datetime
) -> Contact:
    phone = session.get(Phone, report.phone_id) if report.phone_id else None
    if report.phone_id and (phone is None or phone.person_id != case.person_id):
        raise BadInput(N_("Ce numéro n'est pas de ce dossier."), field="phone_id")
    contact = Contact(
        case_id=case.id,
        person_id=case.person_id,
        user_id=actor.user_id,
        phone=phone,
        channel="call_out",
        result=report.result,
        details={name: value for name, value in report.details.items() if value},
        note=report.note or None,
        started_at=min(report.started_at, now),
        ended_at=now,
        request_key=report.request_key,
    )
    session.add(contact)
    audit.record(
        session, actor, "contact.recorded", contact, now=now,
        after={"channel": "call_out", "result": report.result},
    )  # fmt: skip
    session.flush()
    return contact


def _correctable(session: Session, actor: Actor, contact_id: int, now: datetime) -> Contact:
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound(N_("Cet appel n'existe pas."))
    get_case(session, actor, contact.case_id)
    if contact.channel != "call_out" or contact.voided_at is not None:
        raise Refused(N_("Cet appel ne se corrige plus."))
    if paris_date(contact.ended_at or contact.started_at) != paris_date(now):
        raise Refused(N_("Un appel se corrige le jour même."))
    later = session.scalar(
        select(Contact.id).where(
            Contact.case_id == contact.case_id,
            Contact.id > contact.id,
            Contact.channel == "call_out",
            Contact.voided_at.is_(None),
        )
    )
    if later is not None:
        raise Refused(N_("Un autre appel a suivi : corrigez le dernier."))
    return contact


def _take_back_effects(
    session: Session, actor: Actor, case: Case, contact: Contact, now: datetime
) -> None:
    """Undo what the former result did; its own instant tells which marks are its."""
    at = contact.ended_at
    person = case.person
    if contact.result == "opposed" and person.opposed_at == at:
        person.opposed_at = None
        for phone in person.phones:
            phone.status = "ok" if phone.status == "opposed" else phone.status
    if contact.result == "deceased" and person.deceased_at == at:
        person.deceased_at = None
    if contact.result == "refused":
        person.rests_until = None
    if contact.result in ("wrong_number", "invalid_number") and contact.phone is not None:
        contact.phone.status = "ok"
    closed_then = select(Case).where(Case.person_id == person.id, Case.closed_at == at)
    for closed in session.scalars(closed_then):
        moves.reopen(session, actor, closed, now=now)
    follow_ups = select(FollowUp).where(
        FollowUp.case_id == case.id, FollowUp.created_at == at, FollowUp.state == "open"
    )
    for follow_up in session.scalars(follow_ups):
        follow_up.state, follow_up.done_at = "cancelled", now
    session.flush()
