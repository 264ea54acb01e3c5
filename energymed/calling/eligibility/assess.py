"""What order and rules need to know of cases, and what the rules say of each.

Statements that every claim sends are put together once: that costs more than sending them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from energymed.base.clock import paris_date
from energymed.base.db import UTCDateTime, read_rows
from energymed.calling.eligibility.availability import wishes_of
from energymed.calling.eligibility.next_slot import next_in_its_rules
from energymed.calling.eligibility.rules import Attempt, Callee, Verdict, may_call
from energymed.calling.eligibility.same_person import phone_is_busy, same_people
from energymed.calling.models import Contact, FollowUp
from energymed.cases.cutoff import past_cutoff, scheduled_at
from energymed.cases.models import Case, Person, Phone
from energymed.partners.rulebook import CallingRules, load_calling_rules

FAR = date.max
FAR_OFF = datetime.max.replace(tzinfo=UTC)
LOOK_BACK = 366  # days; longer than any period or gap of the rules


@dataclass(frozen=True, slots=True)
class Judged:
    """A case's row of `facts`, what the rules say of it now, and the rules themselves."""

    row: Row[*tuple[object, ...]]
    verdict: Verdict
    rules: CallingRules


def verdict_on(session: Session, case_id: int, now: datetime) -> Verdict:
    """Do the rules allow a call on this case at `now`, whatever its state?

    A case in call does not stand in its own way; another of its household does. When it opens,
    nothing else stands in the way any more.
    """
    (row,) = session.execute(facts().where(Case.id == case_id)).all()
    attempts, rules = _known(session, [row], now)
    of_case = rules[row.partner_id, row.campaign_kind]
    verdict = _verdict(row, of_case, attempts, now)
    if verdict.allowed or verdict.opens_at is None:
        return verdict
    campaign = (row.partner_id, row.campaign_kind)
    opens_at = next_in_its_rules(session, campaign, _callee(row, attempts, now), verdict.opens_at)
    return replace(verdict, opens_at=opens_at)


def judged(
    session: Session, rows: Sequence[Row[*tuple[object, ...]]], now: datetime
) -> Iterator[Judged]:
    """Rows of `facts` with verdicts, in calling order; attempts and rules are read at once."""
    attempts, rules = _known(session, rows, now)
    for row in sorted(rows, key=lambda row: calling_order(row, now)):
        of_case = rules[row.partner_id, row.campaign_kind]
        yield Judged(row, _verdict(row, of_case, attempts, now), of_case)


def recent_attempts(
    session: Session, person_ids: Iterable[int], now: datetime, *, days: int = LOOK_BACK
) -> dict[int, tuple[Attempt, ...]]:
    """The outbound calls to the given people, oldest first, in one query.

    Calls about another partner's case, or from another site, count too: it is the same person whose
    phone rings.
    """
    found: dict[int, list[Attempt]] = {}
    asked = {"people": list(person_ids), "since": now - timedelta(days=days)}
    for person_id, at, result in read_rows(session, _attempts(), asked):
        found.setdefault(person_id, []).append(Attempt(at, str(result)))
    return {person_id: tuple(attempts) for person_id, attempts in found.items()}


@cache
def _attempts() -> Select[int, datetime, str | None]:
    same = same_people(Person.id.in_(bindparam("people", expanding=True))).subquery()
    return (
        select(same.c.one, Contact.started_at, Contact.result)
        .join(Contact, Contact.person_id == same.c.other)
        .where(Contact.call_of_id.is_(None))
        .where(Contact.channel == "call_out", Contact.voided_at.is_(None))
        .where(Contact.started_at > bindparam("since", type_=UTCDateTime()))
        .order_by(Contact.started_at)
    )


def promised_at(case_id: Any) -> Any:
    """When the person of a case was promised a call, as a scalar subquery."""
    return (
        select(func.min(FollowUp.due_at))
        .where(FollowUp.case_id == case_id, FollowUp.kind == "callback", FollowUp.state == "open")
        .scalar_subquery()
    )


@cache
def facts() -> Select[*tuple[object, ...]]:
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
    return select(
        Case.id, Case.person_id, Case.partner_id, Case.campaign_kind, Case.queue_reason,
        Case.waiting_reason, Case.cutoff_date, Case.cutoff_slot, Case.due_date, Case.opened_at,
        Case.postal_code, Person.household_id, Person.opposed_at, Person.rests_until, Person.wishes,
        bereaved.label("bereaved"), dialable.label("dialable"),
        or_(household_busy, phone_is_busy(Person.id, Case.id)).label("household_busy"),
        promised_at(Case.id).label("promised_at"),
    ).join(Person, Person.id == Case.person_id)  # fmt: skip


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
        callback_due=reason_of(row) == "callback" and (row.promised_at or FAR_OFF) <= now,
        wishes=wishes_of(row.wishes),
    )


def reason_of(row: Row[*tuple[object, ...]]) -> str:
    """Why a case is in the queue (QUEUE_REASONS)."""
    return str(row.queue_reason or row.waiting_reason or "new")


def calling_order(row: Row[*tuple[object, ...]], now: datetime) -> tuple[object, ...]:
    """Callback due; cut-off soonest; missed instalment; then by deadline, then by age."""
    reason = reason_of(row)
    coming = row.cutoff_date is not None and row.cutoff_date >= paris_date(now)
    deadline = row.due_date or FAR
    if reason == "callback":
        return 0, row.promised_at or now, row.opened_at, row.id
    if coming:
        return 1, scheduled_at(row.cutoff_date, row.cutoff_slot), row.opened_at, row.id
    return 2 if reason == "instalment" else 3, deadline, row.opened_at, row.id
