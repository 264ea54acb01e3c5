"""The queue of a mediator: what may be called now, in which order, and what waits and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from energymed.accounts.actor import Actor
from energymed.accounts.scope import scoped
from energymed.base.clock import paris_date
from energymed.calling.models import Contact, FollowUp
from energymed.calling.people import same_human
from energymed.calling.rules import Attempt, Callee, Verdict, may_call, next_allowed
from energymed.calling.wishes import wishes_of
from energymed.cases.cutoff import scheduled_at
from energymed.cases.models import Case, Person, Phone
from energymed.partners.rulebook import CallingRules, load_calling_rules

FAR = date.max
FAR_OFF = datetime.max.replace(tzinfo=UTC)
LOOK_BACK = 366  # days; longer than any period or gap of the rules


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that may be called now; `reason` is why it is in the queue."""

    case_id: int
    household_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Cases that wait for one reason, and when the first of them opens (None: never)."""

    reason: str
    count: int
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueView:
    """A mediator's queue: ready in calling order, held back by reason, and waiting for a time.

    The reasons of `held` are those of `rules.REASONS`, the reasons of `later` those of
    `codes.WAITING_REASONS`; both tell when the first of them opens.
    """

    ready: list[Ready]
    held: list[Held]
    later: list[Held]

    @property
    def ready_by_reason(self) -> dict[str, int]:
        """How many are ready, by why they are in the queue."""
        return dict(Counter(ready.reason for ready in self.ready))

    @property
    def opens_at(self) -> datetime | None:
        """When the next held or waiting case opens."""
        return min(
            (each.opens_at for each in self.held + self.later if each.opens_at), default=None
        )


def view_queue(session: Session, actor: Actor, now: datetime) -> QueueView:
    """The queue of `actor` at `now`: three queries and one for each campaign in it."""
    ready, held = [], []
    judged = _judged(session, _queued(actor, now), now)
    for row, verdict in sorted(judged, key=lambda pair: _order(pair[0], now)):
        if verdict.allowed:
            ready.append(Ready(row.id, row.household_id, _reason(row)))
        else:
            held.append(verdict)
    return QueueView(ready, _grouped(held), _later(session, actor, now))


def verdict_on(session: Session, case_id: int, now: datetime) -> Verdict:
    """Do the rules allow a call on this case at `now`, whatever its state?

    A case in call does not stand in its own way; another of its household does. When it opens,
    nothing else stands in the way any more.
    """
    (row,) = session.execute(_facts().where(Case.id == case_id)).all()
    attempts, rules = _known(session, [row], now)
    of_case = rules[row.partner_id, row.campaign_kind]
    verdict = _verdict(row, of_case, attempts, now)
    if verdict.allowed or verdict.opens_at is None:
        return verdict
    opens_at = next_allowed(of_case, _callee(row, attempts, now), verdict.opens_at)
    return replace(verdict, opens_at=opens_at)


def past_cutoff(kind: str, day: date | None, slot: str | None, now: datetime) -> bool:
    """True when a cut-off notice comes too late: the intervention may have begun (DOMAIN §2)."""
    return kind == "cutoff_notice" and day is not None and scheduled_at(day, slot) <= now


def _judged(
    session: Session, statement: Select[*tuple[object, ...]], now: datetime
) -> list[tuple[Row[*tuple[object, ...]], Verdict]]:
    """Each row with its verdict; attempts and rules are read for all rows at once."""
    rows = session.execute(statement).all()
    attempts, rules = _known(session, rows, now)
    return [
        (row, _verdict(row, rules[row.partner_id, row.campaign_kind], attempts, now))
        for row in rows
    ]


def recent_attempts(
    session: Session, person_ids: Iterable[int], now: datetime, *, days: int = LOOK_BACK
) -> dict[int, tuple[Attempt, ...]]:
    """The outbound calls to the given people, oldest first, in one query.

    Calls about another partner's case count too: it is the same person whose phone rings.
    """
    called = aliased(Person)
    statement = (
        select(Person.id, Contact.started_at, Contact.result)
        .join(called, same_human(Person, called))
        .join(Contact, Contact.person_id == called.id)
        .where(Person.id.in_(list(person_ids)), Contact.call_of_id.is_(None))
        .where(Contact.channel == "call_out", Contact.voided_at.is_(None))
        .where(Contact.started_at > now - timedelta(days=days))
        .order_by(Contact.started_at)
    )
    found: dict[int, list[Attempt]] = {}
    for person_id, at, result in session.execute(statement):
        found.setdefault(person_id, []).append(Attempt(at, str(result)))
    return {person_id: tuple(attempts) for person_id, attempts in found.items()}


def _facts() -> Select[*tuple[object, ...]]:
    """What order and rules need to know of cases, one row a case."""
    other, other_person = aliased(Case), aliased(Person)
    same_home = other_person.household_id == Person.household_id
    household_busy = exists().where(
        other.person_id == other_person.id, same_home, other.state == "in_call", other.id != Case.id
    )
    bereaved = exists().where(same_home, other_person.deceased_at.is_not(None))
    stopped = aliased(Phone)
    number_stopped = exists().where(stopped.e164 == Phone.e164, stopped.status == "opposed")
    dialable = exists().where(Phone.person_id == Person.id, Phone.status == "ok", ~number_stopped)
    promised = (
        select(func.min(FollowUp.due_at))
        .where(FollowUp.case_id == Case.id, FollowUp.kind == "callback", FollowUp.state == "open")
        .scalar_subquery()
    )
    return select(
        Case.id, Case.person_id, Case.partner_id, Case.campaign_kind, Case.queue_reason,
        Case.waiting_reason, Case.cutoff_date, Case.cutoff_slot, Case.due_date, Case.opened_at,
        Case.postal_code, Person.household_id, Person.opposed_at, Person.rests_until, Person.wishes,
        bereaved.label("bereaved"), dialable.label("dialable"),
        household_busy.label("household_busy"), promised.label("promised_at"),
    ).join(Person, Person.id == Case.person_id)  # fmt: skip


def _queued(actor: Actor, now: datetime) -> Select[*tuple[object, ...]]:
    """The actor's queued cases, those whose time to wait is over, and those for whoever is free."""
    over = and_(Case.state == "waiting", Case.next_action_at <= now)
    mine = and_(Case.assigned_to_id == actor.user_id, or_(Case.state == "queued", over))
    return scoped(_facts().where(or_(mine, and_(Case.for_anyone, over))), Case, actor)


def _later(session: Session, actor: Actor, now: datetime) -> list[Held]:
    """The actor's cases whose time has not come, by what they wait for."""
    statement = (
        select(Case.waiting_reason, func.count(), func.min(Case.next_action_at))
        .where(Case.state == "waiting", Case.next_action_at > now)
        .where(Case.assigned_to_id == actor.user_id)
        .group_by(Case.waiting_reason)
        .order_by(func.min(Case.next_action_at))
    )
    rows = session.execute(scoped(statement, Case, actor))
    return [Held(str(reason), count, opens_at) for reason, count, opens_at in rows]


def _known(
    session: Session, rows: Sequence[Row[*tuple[object, ...]]], now: datetime
) -> tuple[dict[int, tuple[Attempt, ...]], dict[tuple[int, str], CallingRules]]:
    """Attempts by person and rules by campaign, for all rows at once."""
    campaigns = {(row.partner_id, row.campaign_kind) for row in rows}
    rules = {
        (partner_id, kind): load_calling_rules(
            session, paris_date(now), partner_id=partner_id, kind=kind
        )
        for partner_id, kind in campaigns
    }
    return recent_attempts(session, {row.person_id for row in rows}, now), rules


def _verdict(
    row: Row[*tuple[object, ...]],
    rules: CallingRules,
    attempts: dict[int, tuple[Attempt, ...]],
    now: datetime,
) -> Verdict:
    if row.household_busy:
        return Verdict("household_in_call")
    if past_cutoff(row.campaign_kind, row.cutoff_date, row.cutoff_slot, now):
        return Verdict("too_late")
    return may_call(rules, _callee(row, attempts, now), now)


def _callee(
    row: Row[*tuple[object, ...]], attempts: dict[int, tuple[Attempt, ...]], now: datetime
) -> Callee:
    return Callee(
        dialable=row.dialable,
        opposed=row.opposed_at is not None,
        deceased=row.bereaved,
        rests_until=row.rests_until,
        postal_code=row.postal_code,
        attempts=attempts.get(row.person_id, ()),
        callback_due=_reason(row) == "callback" and (row.promised_at or FAR_OFF) <= now,
        wishes=wishes_of(row.wishes),
    )


def _reason(row: Row[*tuple[object, ...]]) -> str:
    return str(row.queue_reason or row.waiting_reason or "new")


def _order(row: Row[*tuple[object, ...]], now: datetime) -> tuple[object, ...]:
    """Callback due; cut-off soonest; missed instalment; then by deadline, then by age."""
    reason = _reason(row)
    coming = row.cutoff_date is not None and row.cutoff_date >= paris_date(now)
    deadline = row.due_date or FAR
    if reason == "callback":
        return 0, row.promised_at or now, row.opened_at, row.id
    if coming:
        return 1, scheduled_at(row.cutoff_date, row.cutoff_slot), row.opened_at, row.id
    return 2 if reason == "instalment" else 3, deadline, row.opened_at, row.id


def _grouped(verdicts: list[Verdict]) -> list[Held]:
    counts = Counter(verdict.reason for verdict in verdicts)
    return [
        Held(
            str(reason),
            count,
            min((v.opens_at for v in verdicts if v.reason == reason and v.opens_at), default=None),
        )
        for reason, count in counts.most_common()
    ]
