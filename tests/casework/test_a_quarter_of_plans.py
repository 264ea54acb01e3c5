"""Three months of weekly and payments files over five hundred plans, each verdict worked out twice.

The second time here, slowly and plainly, from the ledger and the plan alone: in whole cents, one
payment after the other, without the rules' own code.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from energymed.base.clock import at_paris
from energymed.base.context import Context
from energymed.cases import transitions
from energymed.cases.models import Case, LedgerEntry
from energymed.casework.import_batch import receive_and_import
from energymed.intake.batches.uploads import Upload
from energymed.mediation.models import Instalment, Plan
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.rules import PlanTerms
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user
from tests.intake.books import TITLES, csv_bytes
from tests.intake.imports import PAYMENT_TITLES

PLANS, WEEKS = 500, 13
TOLERATED_DAYS, TOLERATED_CENTS = 7, 100
ANEW_IN_WEEK = 6  # some plans are renegotiated then, others agreed after the first was broken
MONDAY = NOW.date()
# how a household pays an instalment: days late (None: never), cents short
HABITS = (
    ((0, 0),) * 5, ((0, 0), (2, 0), (7, 0)), ((8, 0), (0, 0)), ((0, 100), (0, 0)), ((0, 101),),
    ((None, 0),), ((0, 0), (0, 0), (None, 0)), ((-4, 0),), ((12, 0), (3, 40)), ((21, 0), (None, 0)),
)  # fmt: skip


def typed(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


@dataclass
class Quarter:
    """A partner's three months: what households do, and the files that tell of it."""

    desk: Desk
    lead: Context
    random: Random = field(default_factory=lambda: Random(15))
    owed: dict[str, int] = field(default_factory=dict)
    to_come: list[tuple[date, date, str, int]] = field(default_factory=list)  # told on, paid on…
    paid: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def session(self) -> Session:
        return self.desk.session

    def at(self, day: date) -> Context:
        return Context(self.session, self.lead.actor, at_paris(day, time(10)))

    def bring(self, content: bytes, name: str, day: date) -> None:
        upload = Upload(self.desk.partner, self.desk.site, content, name)
        receive_and_import(self.at(day), upload, again=False)
        self.session.expire_all()

    def weekly_file(self, day: date) -> None:
        """What the partner's books say is owed: they know payments before the file of them."""
        rows = []
        for reference, opening in self.owed.items():
            left = opening - sum(cents for on, cents in self.paid[reference] if on < day)
            if left > 0:
                number = int(reference[1:])
                rows.append((reference, f"NOM{number}", "Camille", f"06 39 98 {number // 100:02d} "
                             f"{number % 100:02d}", typed(left), day.isoformat()))  # fmt: skip
        self.bring(csv_bytes(*rows, titles=(*TITLES, "Envoi")), "impayes.csv", day)

    def payments_file(self, day: date) -> None:
        """Payments that the partner knows by now, and has not told of yet."""
        told = [one for one in self.to_come if one[0] <= day]
        self.to_come = [one for one in self.to_come if one[0] > day]
        rows = [
            (reference, on.strftime("%d/%m/%Y"), typed(cents), "CB", f"{reference}/{at}/{day}")
            for at, (_told, on, reference, cents) in enumerate(told)
        ]
        nobody = ("NOBODY", day.strftime("%d/%m/%Y"), "1,00", "CB", f"{day}")
        self.bring(csv_bytes(*rows, nobody, titles=PAYMENT_TITLES), "reglements.csv", day)

    def agree(self, case: Case, day: date, *, replaces: bool = False) -> None:
        """A plan by number or by size, and what the household will make of it."""
        random = self.random
        amount = min(self.owed[case.reference], case.debt_cents or 0)
        if amount < 5_000:
            return
        first = day + timedelta(random.choice((0, 3, 7)))
        frequency = random.choice(("weekly", "weekly", "weekly", "fortnightly", "monthly"))
        terms = PlanTerms(amount, random.randint(2, 8), first, frequency, replaces=replaces)
        if random.random() < 0.4:
            size = random.randint(2_000, 4_000)
            terms = PlanTerms(amount, 0, first, frequency, instalment_cents=size, replaces=replaces)
        plan = agree_plan(self.at(day), case.id, terms)
        if plan.state == "agreed" and random.random() < 0.5:
            move_plan(self.at(day), plan.id, "confirmed")
        self.live(case.reference, plan, day)

    def live(self, reference: str, plan: Plan, day: date) -> None:
        """The payments of a household on its plan; those of a former one are not made any more."""
        self.to_come = [one for one in self.to_come if one[2] != reference or one[1] < day]
        self.paid[reference] = [one for one in self.paid[reference] if one[0] < day]
        habit = self.random.choice(HABITS)
        for at, instalment in enumerate(plan.instalments):
            late, short = habit[at % len(habit)]
            cents = instalment.amount_cents - short
            if late is None or cents <= 0:
                continue
            on = max(instalment.due_on + timedelta(late), day)
            told = on + timedelta(self.random.choice((1, 3, 9)))
            self.to_come.append((told, on, reference, cents))
            self.paid[reference].append((on, cents))

    def renegotiate(self, day: date) -> None:
        """Some go on with another plan; where the first one was broken, beside it."""
        plans = self.session.scalars(select(Plan).order_by(Plan.id)).all()
        for plan in plans[::7]:
            case = plan.case
            if plan.state in ("agreed", "confirmed", "kept", "broken") and case.state != "closed":
                self.agree(case, day, replaces=plan.state != "broken")


# --- the same, worked out anew


def settled_days(amounts: Sequence[int], payments: Sequence[tuple[date, int]]) -> list[date | None]:
    """The day on which each instalment is settled: money goes to the oldest that is not yet."""
    found: list[date | None] = [None] * len(amounts)
    missing, at = list(amounts), 0
    for on, cents in sorted(payments):
        left = cents
        while left and at < len(amounts):
            part = min(left, missing[at])
            missing[at] -= part
            left -= part
            if missing[at] <= TOLERATED_CENTS:
                found[at] = on
                at += 1
    return found


def verdict(
    plan: Plan, entries: Sequence[LedgerEntry], today: date, until: date | None
) -> tuple[str, list[str]]:
    """(state of the plan, states of its instalments), by what its reference's ledgers say."""
    assert plan.agreed_on is not None
    by_day: dict[date, int] = defaultdict(int)
    for entry in entries:
        of_plan = plan.agreed_on <= entry.on_date < (until or date.max)
        if entry.kind == "payment" and of_plan:
            by_day[entry.on_date] -= entry.amount_cents
    rows: list[Instalment] = sorted(plan.instalments, key=lambda one: one.number)
    days = settled_days([one.amount_cents for one in rows], list(by_day.items()))
    last_days = [one.due_on + timedelta(TOLERATED_DAYS) for one in rows]
    known = today if until is None else min(today, until)
    states = [
        "confirmed" if day else "missed" if last < known else "due"
        for day, last in zip(days, last_days, strict=True)
    ]
    if all(days):
        state = "completed"
    elif "missed" in states or (until and plan.state == "broken"):
        state = "broken"
    elif any(days) and not any(
        day is None and last < today for day, last in zip(days, last_days, strict=True)
    ):
        state = "kept"
    else:
        state = "confirmed" if plan.confirmed_on else "agreed"
    return state, states


def worked_out_anew(quarter: Quarter, today: date) -> Iterator[tuple[Plan, str, list[str]]]:
    """Each plan with what its state and those of its instalments ought to be."""
    session = quarter.session
    entries: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry, reference in session.execute(
        select(LedgerEntry, Case.reference).join(Case, Case.id == LedgerEntry.case_id)
    ):
        entries[reference].append(entry)
    plans: dict[str, list[Plan]] = defaultdict(list)
    statement = select(Plan).options(selectinload(Plan.instalments)).order_by(Plan.id)
    for plan in session.scalars(statement):
        if plan.state != "proposed":
            plans[plan.case.reference].append(plan)
    for reference, together in plans.items():
        ends = [later.agreed_on for later in together[1:]] + [None]
        for plan, until in zip(together, ends, strict=True):
            replaced = any(later.replaces_plan_id == plan.id for later in together)
            state, states = verdict(plan, entries[reference], today, until)
            yield plan, "renegotiated" if replaced else state, states


@pytest.fixture
def quarter(desk: Desk) -> Quarter:
    lead = make_user(desk.session, "lead", site=desk.site)
    desk.session.commit()
    quarter = Quarter(desk, Context(desk.session, lead.as_actor(), NOW))
    quarter.owed = {f"R{at}": quarter.random.randint(6_000, 20_000) for at in range(1, PLANS + 1)}
    quarter.weekly_file(MONDAY)
    cases = desk.session.scalars(select(Case).order_by(Case.id)).all()
    for at, case in enumerate(cases):
        case.assigned_to_id, case.state, case.queue_reason = desk.user.id, "queued", "new"
        desk.session.flush()
        quarter.agree(case, MONDAY)
        if at % 3 == 0:  # the reference comes back by the next file, as another case
            transitions.close(quarter.at(MONDAY), case, "plan_running")
    desk.session.commit()
    return quarter


@pytest.mark.slow
def test_every_verdict_of_a_quarter_is_what_the_ledger_says(quarter: Quarter) -> None:
    seen: set[str] = set()
    for week in range(1, WEEKS + 1):
        day = MONDAY + timedelta(7 * week)
        if week == ANEW_IN_WEEK:
            quarter.renegotiate(day - timedelta(3))
        quarter.weekly_file(day)
        quarter.payments_file(day + timedelta(1))
        for plan, state, states in worked_out_anew(quarter, day + timedelta(1)):
            found = [str(one.state) for one in plan.instalments]
            assert (str(plan.state), found) == (state, states), (week, plan.id)
            seen |= {state, *states}
    assert len(quarter.session.scalars(select(Plan.id)).all()) > PLANS
    assert seen == {
        "agreed", "confirmed", "kept", "broken", "completed", "renegotiated", "due", "missed",
    }  # fmt: skip
