"""Taking back what a call result did, for a correction within the day.

The audit trail tells what was marked, and what was there before: the events of the person who
recorded the call, at the very instant of its recording.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base.audit import AuditEvent
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.models import Contact, FollowUp
from energymed.calling.people import everywhere
from energymed.cases import moves
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Person, Phone
from energymed.cases.stops import lift_stops


@dataclass(frozen=True, slots=True)
class Former:
    """The call to be corrected and the instant at which it was recorded.

    `apart` are the other cases that were talked about in it: what was agreed there stays.
    """

    session: Session
    actor: Actor
    contact: Contact
    recorded_at: datetime
    recorded_by: int | None
    now: datetime
    apart: frozenset[int]


def take_back_effects(
    session: Session, actor: Actor, case: Case, contact: Contact, *, now: datetime
) -> None:
    """Undo the marks, closures and follow-ups of a call result.

    Raises:
        Refused: the partner has sent the reference anew since, or the case was closed by others.
    """
    recorded = session.scalars(
        select(AuditEvent).where(
            AuditEvent.entity == "contact",
            AuditEvent.entity_id == contact.id,
            AuditEvent.action == "contact.recorded",
        )
    ).one()
    parts = select(Contact.case_id).where(Contact.call_of_id == contact.id)
    apart = frozenset(session.scalars(parts))
    former = Former(session, actor, contact, recorded.at, recorded.actor_id, now, apart)
    _unmark_person(former, case)
    _unmark_phones(former)
    _reopen(former, case)
    _restore_follow_ups(former)
    session.flush()


def _events(former: Former, action: str) -> Iterator[AuditEvent]:
    """What was marked by this call."""
    statement = select(AuditEvent).where(
        AuditEvent.action == action,
        AuditEvent.at == former.recorded_at,
        AuditEvent.actor_id == former.recorded_by,
    )
    yield from former.session.scalars(statement).all()


def _unmark_person(former: Former, case: Case) -> None:
    for event in _events(former, "person.opposed"):
        former.session.get_one(Person, event.entity_id).opposed_at = None
    for event in _events(former, "person.deceased"):
        former.session.get_one(Person, event.entity_id).deceased_at = None
    lift_stops(former.session, former.contact.id)
    for event in _events(former, "person.rests"):
        before = (event.before or {}).get("rests_until")
        rested = former.session.get_one(Person, event.entity_id)
        rested.rests_until = date.fromisoformat(before) if before else None
    if case.told_at is not None and case.told_at == former.contact.started_at:
        mark_told(case, None)


def _unmark_phones(former: Former) -> None:
    for event in _events(former, "phone.marked"):
        phone = former.session.get(Phone, event.entity_id)
        if phone is not None:
            phone.status = str((event.before or {}).get("status", "ok"))


def _reopen(former: Former, case: Case) -> None:
    """Open again what this call closed; the case itself must be open afterwards."""
    person_ids = [person.id for person in everywhere(former.session, case.person)]
    closed_by_it = (
        select(Case)
        .where(Case.person_id.in_(person_ids), Case.closed_at == former.recorded_at)
        .order_by(Case.id)
        .with_for_update()
    )
    for closed in former.session.scalars(closed_by_it).all():
        if closed.id in former.apart:
            continue
        if _sent_anew(former.session, closed):
            raise Refused(
                N_("Le partenaire a renvoyé cette référence depuis : l'appel ne se corrige plus.")
            )
        moves.reopen(former.session, former.actor, closed, now=former.now)
    if case.state == "closed":
        raise Refused(N_("Ce dossier a été clos depuis : l'appel ne se corrige plus."))


def _sent_anew(session: Session, case: Case) -> bool:
    newer = select(Case.id).where(
        Case.partner_id == case.partner_id,
        Case.campaign_kind == case.campaign_kind,
        Case.reference == case.reference,
        Case.state != "closed",
    )
    return session.scalar(newer) is not None


def _restore_follow_ups(former: Former) -> None:
    """Cancel those that the call made, open again those that it settled."""
    for event in _events(former, "follow_up.added"):
        made = former.session.get(FollowUp, event.entity_id)
        if made is not None and made.state == "open" and made.case_id not in former.apart:
            made.state, made.done_at = "cancelled", former.now
    for action in ("follow_up.done", "follow_up.cancelled"):
        for event in _events(former, action):
            settled = former.session.get(FollowUp, event.entity_id)
            if settled is None or settled.case_id in former.apart:
                continue
            if settled.done_at == former.recorded_at:
                settled.state, settled.done_at = "open", None
