"""Taking back what a call result did, for a correction within the day.

The audit trail tells what was moved, and where it stood before: the events of the person who
recorded the call, from that of its recording on and at that very instant. What is marked on people
and numbers is worked out anew (`calling.calls.lifted_stops`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.audit import AuditEvent
from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Actor, Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.calls.lifted_stops import take_back_stops
from energymed.calling.calls.spoken_language import speaks_as_before
from energymed.calling.codes import CALLS, FollowUpState, NoCallReason
from energymed.calling.eligibility.stopped import (
    FOR_GOOD,
    people_freed_with,
    people_stopped_with,
)
from energymed.calling.models import Contact, FollowUp
from energymed.cases import transitions
from energymed.cases.codes import WAITING_REASONS
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Person
from energymed.cases.queries import get_case, sent_anew

MOVES = ("case.closed", "case.waiting", "case.queued")


@dataclass(frozen=True, slots=True)
class Former:
    """The call to be corrected (or a part of it, or the job that followed) and its first event.

    `apart` are the other cases that were talked about in it: each has its own part. `only` is the
    case of a part.
    """

    session: Session
    actor: Actor
    recorded: AuditEvent
    now: datetime
    apart: frozenset[int] = frozenset()
    only: int | None = None

    def concerns(self, case_id: int) -> bool:
        """Whether what was done to this case was done by this call itself."""
        return case_id not in self.apart if self.only is None else case_id == self.only


def take_back_effects(ctx: Context, case: Case, contact: Contact) -> None:
    """Undo the marks, closures and follow-ups of a call result; the case is as while it was called.

    Raises:
        Refused: the partner has sent the reference anew since, or the case was closed by others.
    """
    parts = select(Contact.case_id).where(Contact.call_of_id == contact.id)
    apart = frozenset(ctx.session.scalars(parts))
    former = Former(ctx.session, ctx.actor, _recording(ctx.session, contact), ctx.now, apart)
    freed = take_back_stops(ctx, case.person, contact.id, _said(former))
    speaks_as_before(ctx, case.person, contact)
    _untell(former, case)
    for other in _closed_by(former, case):
        _put_back(former, other)
        _let_wait(former, other)
    _open_again(former, freed)
    _put_back(former, case)
    # given back without a result it waits for its time again, as from a claim (`queue.claims`)
    case.next_action_at = _waited_until(former, case) or case.next_action_at
    _restore_follow_ups(former)
    ctx.session.flush()


def take_back_parts(ctx: Context, parts: Sequence[Contact]) -> None:
    """Undo what a call settled on other cases of the person: there was no conversation.

    Raises:
        Refused: one of these cases went on since, with `params["reference"]`.
    """
    for part in parts:
        case = get_case(ctx, part.case_id, lock=True)
        recorded = _recording(ctx.session, part)
        _check_untouched(ctx.session, case, part, recorded)
        former = Former(ctx.session, ctx.actor, recorded, ctx.now, only=case.id)
        _untell(former, case)
        _put_back(former, case)
        _let_wait(former, case)
        _restore_follow_ups(former)
        part.voided_at = ctx.now
        audit.record(
            ctx, "contact.voided", part, before={"result": part.result, "part_of": part.call_of_id}
        )
        ctx.session.flush()


def _recording(session: Session, contact: Contact) -> AuditEvent:
    return session.scalars(
        select(AuditEvent).where(
            AuditEvent.entity == "contact",
            AuditEvent.entity_id == contact.id,
            AuditEvent.action == "contact.recorded",
        )
    ).one()


def _events(former: Former, *actions: str) -> Iterator[AuditEvent]:
    """What this call did, in the order in which it was done."""
    statement = select(AuditEvent).where(
        AuditEvent.action.in_(actions),
        AuditEvent.at == former.recorded.at,
        AuditEvent.actor_id == former.recorded.actor_id,
        AuditEvent.id >= former.recorded.id,
    )
    yield from former.session.scalars(statement.order_by(AuditEvent.id)).all()


def _said(former: Former) -> list[date]:
    """What this call wrote on people: since when, or until when, they are not called."""
    rests = [event.after or {} for event in _events(former, "person.rests")]
    return [former.recorded.at, *(date.fromisoformat(each["rests_until"]) for each in rests)]


def _untell(former: Former, case: Case) -> None:
    if case.told_at == former.recorded.at:
        mark_told(case, None)


def _closed_by(former: Former, case: Case) -> list[Case]:
    """The other cases of the person, and of a household after a death, that this call closed."""
    person_ids = people_stopped_with(former.session, case.person, NoCallReason.DECEASED)
    closed_by_it = (
        select(Case)
        .where(Case.person_id.in_(person_ids), Case.closed_at == former.recorded.at)
        .where(Case.id != case.id)
        .order_by(Case.id)
        .with_for_update()
    )
    found = former.session.scalars(closed_by_it).all()
    return [closed for closed in found if former.concerns(closed.id)]


def _open_again(former: Former, freed: Sequence[Person]) -> None:
    """The cases of a later file that were closed because its people were not to be called.

    The job closed them (`queue.automatic_closures`); what it did is taken back in the same way.
    """
    closing = and_(
        AuditEvent.entity == Case.__tablename__,
        AuditEvent.entity_id == Case.id,
        AuditEvent.action == "case.closed",
        AuditEvent.actor_id.is_(None),
        AuditEvent.at == Case.closed_at,
    )
    today = at_paris(paris_date(former.recorded.at), time.min)
    closed_since = (
        select(Case, AuditEvent)
        .join(AuditEvent, closing)
        .where(Case.person_id.in_(people_freed_with(former.session, freed)))
        .where(Case.closure.in_(FOR_GOOD), Case.closed_at >= today)
        .order_by(Case.id.desc())
        .with_for_update(of=Case)
    )
    for case, closed in former.session.execute(closed_since).all():
        if not sent_anew(former.session, case):
            job = Former(former.session, former.actor, closed, former.now, only=case.id)
            _put_back(job, case)
            _let_wait(job, case)
            _restore_follow_ups(job)


def _put_back(former: Former, case: Case) -> None:
    """Into the queue, for what it was there for before this call."""
    stood = _stood(former, case)
    reason = str(stood.get("reason") or "follow_up")
    if case.state != "closed":
        if stood:
            transitions.enqueue(Context(former.session, former.actor, former.now), case, reason)
        return
    if case.closed_at != former.recorded.at:
        raise Refused(N_("Ce dossier a été clos depuis : l'appel ne se corrige plus."))
    if sent_anew(former.session, case):
        raise Refused(
            N_("Le partenaire a renvoyé cette référence depuis : l'appel ne se corrige plus.")
        )
    transitions.reopen(Context(former.session, former.actor, former.now), case, reason=reason)


def _let_wait(former: Former, case: Case) -> None:
    """A case that waited for a time that is still to come waits for it again."""
    until, reason = _waited_until(former, case), case.queue_reason
    if case.state == "queued" and until and until > former.now and reason in WAITING_REASONS:
        transitions.wait(
            Context(former.session, former.actor, former.now), case, str(reason), until
        )


def _waited_until(former: Former, case: Case) -> datetime | None:
    until = _stood(former, case).get("until")
    return datetime.fromisoformat(until) if until else None


def _stood(former: Former, case: Case) -> dict[str, Any]:
    """Where the case stood before this call moved it; nothing when it did not."""
    for event in _events(former, *MOVES):
        if event.entity_id == case.id:
            return event.before or {}
    return {}


def _check_untouched(session: Session, case: Case, part: Contact, recorded: AuditEvent) -> None:
    """A part is taken back only while nothing was built on it."""
    later = select(Contact.id).where(
        Contact.case_id == case.id,
        Contact.id > part.id,
        Contact.channel.in_(CALLS),
        Contact.voided_at.is_(None),
    )
    closed = case.state == "closed"
    if (
        case.state == "in_call"
        or (closed and (case.closed_at != recorded.at or sent_anew(session, case)))
        or session.scalar(later.limit(1)) is not None
    ):
        raise Refused(
            N_("Le dossier %(reference)s, réglé dans le même appel, a continué depuis : cet appel "
               "ne peut plus devenir un appel sans conversation."),
            reference=case.reference,
        )  # fmt: skip


def _restore_follow_ups(former: Former) -> None:
    """Cancel those that the call made, open again those that it settled or put off."""
    for event in _events(former, "follow_up.postponed"):
        put_off = former.session.get(FollowUp, event.entity_id)
        due_at = datetime.fromisoformat(str((event.before or {}).get("due_at")))
        if put_off is not None and former.concerns(put_off.case_id):
            before, put_off.due_at = put_off.due_at, due_at
            _note(former, "follow_up.postponed", put_off, {"due_at": before.isoformat()})
    for event in _events(former, "follow_up.added"):
        made = former.session.get(FollowUp, event.entity_id)
        if made is not None and made.state == "open" and former.concerns(made.case_id):
            made.state, made.done_at = FollowUpState.CANCELLED, former.now
            _note(former, "follow_up.cancelled", made, {"state": "open"})
    for event in _events(former, "follow_up.done", "follow_up.cancelled"):
        settled = former.session.get(FollowUp, event.entity_id)
        if settled is None or not former.concerns(settled.case_id):
            continue
        if settled.done_at == former.recorded.at:
            state, settled.state, settled.done_at = settled.state, FollowUpState.OPEN, None
            _note(former, "follow_up.reopened", settled, {"state": state})


def _note(former: Former, action: str, follow_up: FollowUp, before: dict[str, str]) -> None:
    audit.record(
        Context(former.session, former.actor, former.now), action, follow_up, before=before
    )
