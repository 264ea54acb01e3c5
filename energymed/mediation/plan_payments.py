"""Plans follow their payments: which instalments are settled, what is kept, broken or completed.

Worked out from the whole ledger every time, so that neither the order of files nor an undo leaves
a trace: `payment_cover` has the rules.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.cases.codes import PAID_BY_HOUSEHOLD
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation.codes import InstalmentState, PlanState
from energymed.mediation.models import Instalment, Plan
from energymed.mediation.moves import set_plan_state
from energymed.mediation.payment_cover import (
    Expected,
    Moved,
    Payment,
    Tolerance,
    cover,
    holds_from,
    plan_state_of,
    state_of,
)
from energymed.mediation.states import FOLLOWED_PLANS, NOT_IN_FORCE
from energymed.partners.rulebook import load_instalment_tolerance

Tolerances = Callable[[Instalment], Tolerance]
KnownUntil = Mapping[tuple[int, int], date]  # {(partner, site): day of its latest payments file}


@dataclass(frozen=True, slots=True)
class Heard:
    """Instalments that are settled now and were not, and those that are not any more."""

    settled: list[Instalment] = field(default_factory=list)
    unsettled: list[Instalment] = field(default_factory=list)


def hear_payments(ctx: Context, case_ids: Collection[int], known_until: KnownUntil) -> Heard:
    """Let the plans of these cases, and of all cases of their references, follow their payments.

    A payment is booked to the latest case of a reference, so a plan hears of those on the others
    too; those from the day on which another plan began are that plan's.
    """
    heard = Heard()
    tolerance = tolerances(ctx.session)
    for some in chunks(sorted(set(case_ids)), PIECE):
        plans = _plans_of(ctx.session, some)
        payments = _payments(ctx.session, [plan.id for plan in plans])
        for plan, since, until in _each_with_ends(plans):
            case = plan.case
            known = known_until.get((case.partner_id, case.site_id))
            if known and until:
                known = min(known, until)
            told = _Told(since, until, known, payments[plan.id])
            _follow(ctx, plan, told, tolerance, heard)
    ctx.session.flush()
    return heard


def overdue_cases(
    session: Session, partner_id: int, site_id: int, before: date, *, missed: bool = False
) -> set[int]:
    """Cases of a partner at a site with an instalment due before a day that nothing confirms.

    Those that are known to be missed only where asked for.
    """
    open_states = {InstalmentState.DUE, InstalmentState.DECLARED_PAID}
    states = open_states | {InstalmentState.MISSED} if missed else open_states
    statement = (
        select(Plan.case_id)
        .join(Plan.case)
        .join(Plan.instalments)
        .where(Case.partner_id == partner_id, Case.site_id == site_id)
        .where(Plan.state.in_(FOLLOWED_PLANS), Instalment.state.in_(states))
        .where(Instalment.due_on < before)
    )
    return set(session.scalars(statement))


def tolerances(session: Session) -> Tolerances:
    """The tolerance that is in force on the day of an instalment; each is read once."""
    known: dict[tuple[int, str, date], Tolerance] = {}

    def of(instalment: Instalment) -> Tolerance:
        case, on = instalment.plan.case, instalment.due_on
        key = (case.partner_id, case.campaign_kind, on)
        if key not in known:
            found = load_instalment_tolerance(session, on, partner_id=key[0], kind=key[1])
            known[key] = Tolerance(*found)
        return known[key]

    return of


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a plan's payments; `since` the day it began and `until` it was replaced."""

    since: date
    until: date | None
    known_until: date | None
    payments: Sequence[Payment]

    def own(self) -> list[Payment]:
        """The payments that are for this plan."""
        return [
            each
            for each in self.payments
            if each.on >= self.since and (self.until is None or each.on < self.until)
        ]


def _follow(ctx: Context, plan: Plan, told: _Told, tolerance: Tolerances, heard: Heard) -> None:
    today = paris_date(ctx.now)
    expected = [_expected(each, tolerance(each)) for each in plan.instalments]
    covers = cover(expected, told.own())
    paid = zip(plan.instalments, covers, strict=True)
    moved = [(each.confirmed_on, by.settled_on) for each, by in paid]
    for instalment, wanted, covered in zip(plan.instalments, expected, covers, strict=True):
        instalment.paid_cents, instalment.confirmed_on = covered.cents, covered.settled_on
        before = instalment.state
        state = state_of(wanted, covered, instalment.said, today, told.known_until)
        if state == before:
            continue
        instalment.state = state
        if state == InstalmentState.CONFIRMED:
            heard.settled.append(instalment)
        elif before == InstalmentState.CONFIRMED:
            heard.unsettled.append(instalment)
        _record(ctx, "instalment.marked", instalment, before, state)
    late = any(
        today > wanted.last_day and covered.settled_on is None
        for wanted, covered in zip(expected, covers, strict=True)
    )
    _follow_instalments(ctx, plan, moved, late=late, replaced=told.until is not None)


def _follow_instalments(
    ctx: Context, plan: Plan, moved: Moved, *, late: bool, replaced: bool
) -> None:
    before = plan.state
    if before == PlanState.RENEGOTIATED:  # its instalments go on hearing of what was paid before
        return
    state = plan_state_of(
        before,
        [each.state for each in plan.instalments],
        late=late,
        confirmed=plan.confirmed_on is not None,
        replaced=replaced,
    )
    if state == before:
        return
    ended = state in (PlanState.COMPLETED, PlanState.BROKEN)
    set_plan_state(ctx, plan, state, holds_from(state, moved, paris_date(ctx.now)))
    plan.ended_on = paris_date(ctx.now) if ended else None
    _record(ctx, f"plan.{state}", plan, before, state)


def _record(ctx: Context, action: str, entity: Instalment | Plan, before: str, after: str) -> None:
    cause = {"batch": ctx.batch_id} if ctx.batch_id else {}
    audit.record(ctx, action, entity, before={"state": before}, after={"state": after, **cause})


def _plans_of(session: Session, case_ids: Sequence[int]) -> list[Plan]:
    """The plans in force of these cases' references, their cases locked."""
    told, own = aliased(Case), aliased(Case)
    of_reference = (
        select(own.id)
        .join(told, _same_reference(own, told))
        .join(Plan, Plan.case_id == own.id)
        .where(among(session, told.id, case_ids), Plan.state.not_in(NOT_IN_FORCE))
    )
    found = sorted(set(session.scalars(of_reference)))
    if not found:
        return []
    session.execute(
        select(Case.id).where(among(session, Case.id, found)).order_by(Case.id).with_for_update()
    )
    plans = (
        select(Plan)
        .where(among(session, Plan.case_id, found), Plan.state.not_in(NOT_IN_FORCE))
        .options(
            joinedload(Plan.case, innerjoin=True),
            selectinload(Plan.instalments).selectinload(Instalment.confirmations),
        )
        .order_by(Plan.agreed_on, Plan.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(plans))


def _same_reference(one: type[Case], other: type[Case]) -> ColumnElement[bool]:
    return and_(
        one.partner_id == other.partner_id,
        one.campaign_kind == other.campaign_kind,
        one.reference == other.reference,
        one.site_id == other.site_id,
    )


def _each_with_ends(plans: Sequence[Plan]) -> Iterator[tuple[Plan, date, date | None]]:
    """Each plan with its first day, and that of the next one of its reference."""
    of_reference: dict[tuple[object, ...], list[Plan]] = defaultdict(list)
    for plan in plans:
        case = plan.case
        key = (case.partner_id, case.campaign_kind, case.reference, case.site_id)
        of_reference[key].append(plan)
    for together in of_reference.values():
        begins = _begins(together)
        order = sorted(range(len(together)), key=begins.__getitem__)
        begun = [begins[at] for at in order]
        for at, since, until in zip(order, begun, [*begun[1:], None], strict=True):
            yield together[at], since, until


def _begins(together: Sequence[Plan]) -> list[date]:
    """The first day of each plan: one that the partner had to consent to began with its consent,
    and until then the one whose place it took went on."""
    ends = {plan.id: plan.ended_on for plan in together if plan.state == PlanState.RENEGOTIATED}
    return [
        max(plan.agreed_on or date.min, ends.get(plan.replaces_plan_id or 0) or date.min)
        for plan in together
    ]


def _payments(session: Session, plan_ids: Sequence[int]) -> dict[int, list[Payment]]:
    """{plan id: what the household paid on any case of its reference, a sum for each day}."""
    found: dict[int, list[Payment]] = defaultdict(list)
    if not plan_ids:
        return found
    own, booked = aliased(Case), aliased(Case)
    statement = (
        select(Plan.id, LedgerEntry.on_date, func.sum(-LedgerEntry.amount_cents))
        .join(own, own.id == Plan.case_id)
        .join(booked, _same_reference(booked, own))
        .join(LedgerEntry, LedgerEntry.case_id == booked.id)
        .where(among(session, Plan.id, plan_ids), LedgerEntry.kind.in_(PAID_BY_HOUSEHOLD))
        .group_by(Plan.id, LedgerEntry.on_date)
    )
    for plan_id, on, cents in session.execute(statement):
        found[plan_id].append(Payment(on, int(cents)))
    return found


def _expected(instalment: Instalment, tolerance: Tolerance) -> Expected:
    told = instalment.confirmation
    return Expected(
        due_on=instalment.due_on,
        cents=instalment.amount_cents,
        tolerance=tolerance,
        told_on=told.paid_on if told else None,
    )
