"""The queue of a mediator: what may be called now, in which order, and what waits and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from energymed.accounts.actor import Actor
from energymed.accounts.scope import scoped
from energymed.base.clock import paris_date
from energymed.calling.models import Contact
from energymed.calling.results import NOT_THE_PERSON
from energymed.calling.rules import Attempt, Callee, Verdict, may_call
from energymed.cases.models import Case, Person, Phone
from energymed.partners.rulebook import CallingRules, load_calling_rules

FAR = date.max


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
    """A mediator's queue: ready in calling order, and held back by reason."""

    ready: list[Ready]
    held: list[Held]

    @property
    def ready_by_reason(self) -> dict[str, int]:
        """How many are ready, by why they are in the queue."""
        return dict(Counter(ready.reason for ready in self.ready))

    @property
    def opens_at(self) -> datetime | None:
        """When the next held case opens."""
        return min((held.opens_at for held in self.held if held.opens_at), default=None)


def view_queue(session: Session, actor: Actor, now: datetime) -> QueueView:
    """The queue of `actor` at `now`, in a fixed number of queries."""
    rows = session.execute(_waiting_cases(actor, now)).all()
    attempts = recent_attempts(session, {row.person_id for row in rows}, now)
    rules = _rules(session, rows, now)
    ready, held = [], []
    for row in sorted(rows, key=lambda row: _order(row, paris_date(now))):
        verdict = _verdict(row, rules[row.partner_id, row.campaign_kind], attempts, now)
        if verdict.allowed:
            ready.append(Ready(row.id, row.household_id, _reason(row)))
        else:
            held.append(verdict)
    return QueueView(ready, _grouped(held))


def recent_attempts(
    session: Session, person_ids: Iterable[int], now: datetime, *, days: int = 60
) -> dict[int, tuple[Attempt, ...]]:
    """The outbound attempts of the given people that count, oldest first, in one query."""
    statement = (
        select(Contact.person_id, Contact.started_at, Contact.result)
        .where(Contact.person_id.in_(list(person_ids)))
        .where(Contact.channel == "call_out", Contact.voided_at.is_(None))
        .where(Contact.result.not_in(NOT_THE_PERSON))
        .where(Contact.started_at > now - timedelta(days=days))
        .order_by(Contact.started_at)
    )
    found: dict[int, list[Attempt]] = {}
    for person_id, at, result in session.execute(statement):
        found.setdefault(person_id, []).append(Attempt(at, str(result)))
    return {person_id: tuple(attempts) for person_id, attempts in found.items()}


def _waiting_cases(actor: Actor, now: datetime) -> Select[*tuple[object, ...]]:
    """The actor's queued cases and those whose time to wait is over."""
    other, other_person = aliased(Case), aliased(Person)
    household_busy = exists().where(
        other.person_id == other_person.id,
        other_person.household_id == Person.household_id,
        other.state == "in_call",
        other.id != Case.id,
    )
    dialable = exists().where(Phone.person_id == Person.id, Phone.status == "ok")
    statement = (
        select(
            Case.id, Case.person_id, Case.partner_id, Case.campaign_kind, Case.queue_reason,
            Case.waiting_reason, Case.next_action_at, Case.cutoff_date, Case.due_date,
            Case.opened_at, Case.postal_code, Person.household_id, Person.opposed_at,
            Person.deceased_at, Person.rests_until,
            dialable.label("dialable"), household_busy.label("household_busy"),
        )
        .join(Person, Person.id == Case.person_id)
        .where(Case.assigned_to_id == actor.user_id)
        .where(
            or_(
                Case.state == "queued",
                and_(Case.state == "waiting", Case.next_action_at <= now),
            )
        )
    )  # fmt: skip
    return scoped(statement, Case, actor)


def _rules(
    session: Session, rows: Sequence[Row[*tuple[object, ...]]], now: datetime
) -> dict[tuple[int, str], CallingRules]:
    campaigns = {(row.partner_id, row.campaign_kind) for row in rows}
    return {
        (partner_id, kind): load_calling_rules(
            session, paris_date(now), partner_id=partner_id, kind=kind
        )
        for partner_id, kind in campaigns
    }


def _verdict(
    row: Row[*tuple[object, ...]],
    rules: CallingRules,
    attempts: dict[int, tuple[Attempt, ...]],
    now: datetime,
) -> Verdict:
    if row.household_busy:
        return Verdict("household_in_call")
    too_late = row.cutoff_date is not None and row.cutoff_date < paris_date(now)
    if row.campaign_kind == "cutoff_notice" and too_late:
        return Verdict("too_late")
    callee = Callee(
        dialable=row.dialable,
        opposed=row.opposed_at is not None,
        deceased=row.deceased_at is not None,
        rests_until=row.rests_until,
        postal_code=row.postal_code,
        attempts=attempts.get(row.person_id, ()),
        callback_due=_reason(row) == "callback",
    )
    return may_call(rules, callee, now)


def _reason(row: Row[*tuple[object, ...]]) -> str:
    return str(row.queue_reason or row.waiting_reason or "new")


def _order(row: Row[*tuple[object, ...]], today: date) -> tuple[object, ...]:
    """Callback due; cut-off soonest; missed instalment; then by deadline, then by age."""
    reason = _reason(row)
    coming = row.cutoff_date if row.cutoff_date and row.cutoff_date >= today else None
    if reason == "callback":
        rank, first = 0, paris_date(row.next_action_at) if row.next_action_at else today
    elif coming:
        rank, first = 1, coming
    elif reason == "instalment":
        rank, first = 2, today
    else:
        rank, first = 3, row.due_date or FAR
    return rank, first, row.opened_at, row.id


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
