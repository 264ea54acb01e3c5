"""No order of weekly files, payments, reversals and undos counts a euro twice."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.cases.models import LedgerEntry
from energymed.casework.ledger_corrections import reverse_entry
from energymed.intake.importing.undo import undo
from tests.conftest import empty_database
from tests.exploring import examples
from tests.intake.books import csv_bytes
from tests.intake.importing.test_payments import kinds, said
from tests.intake.imports import PAYMENT_TITLES, Desk

FIRST_WEEK = 40
NUMBERS = st.sets(st.integers(0, 4), min_size=1, max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("week"), st.integers(100, 900)),
        st.tuples(st.just("paid"), NUMBERS),
        st.tuples(st.just("back"), NUMBERS),
        st.tuples(st.just("by hand"), st.integers(0, 4)),
        st.tuples(st.just("undo"), st.just(0)),
    ),
    min_size=2,
    max_size=9,
)


def cents_of(number: int) -> int:
    return 1000 + number


def paid_on(number: int) -> date:
    return date(2026, 10, 1) + timedelta(days=9 * number)


def back_on(number: int) -> date:
    return paid_on(number) + timedelta(days=4)


@dataclass(frozen=True)
class Expected:
    """What the ledger must say: payments that stand, those ever told, and the balance."""

    balance: int
    weeks: int = 1
    as_of: date = date(2026, 10, 4)
    told: frozenset[int] = field(default_factory=frozenset)
    back: frozenset[int] = field(default_factory=frozenset)

    def moved(self, cents: int, on: date) -> int:
        """The balance after a movement, which the last file may have counted."""
        counted = self.weeks >= 2 and on <= self.as_of
        return self.balance if counted else self.balance + cents

    def paid(self, number: int) -> "Expected":
        if number in self.told:
            return self
        balance = self.moved(-cents_of(number), paid_on(number))
        return replace(self, balance=balance, told=self.told | {number})

    def taken_back(self, number: int, on: date) -> "Expected":
        if number not in self.told - self.back:
            return self
        balance = self.moved(cents_of(number), on)
        return replace(self, balance=balance, back=self.back | {number})

    @property
    def repaid(self) -> int:
        return sum(map(cents_of, self.told - self.back))


class Story:
    """Files, reversals by hand and undos on one debt, beside what must come of them."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self.desk, self.session = desk, session
        self.desk.owed(FIRST_WEEK, R1=50_000)
        self.expected = Expected(50_000)
        self.last: tuple[int, Expected] | None = None  # (batch, what was before it)
        self.files = 0

    def step(self, what: str, value: object) -> None:
        before = self.expected
        batch = None
        if what == "week":
            batch = self._week(int(str(value)) * 100)
        elif what == "undo":
            self._undo()
        elif what == "by hand":
            self._by_hand(int(str(value)))
        elif isinstance(value, set):
            batch = self._file(what, sorted(value))
        self.last = (batch, before) if batch else None

    def _week(self, cents: int) -> int | None:
        number = FIRST_WEEK + self.expected.weeks
        batch = self.desk.owed(number, R1=cents).batch
        sunday = date.fromisocalendar(2026, number, 7)
        self.expected = replace(
            self.expected, balance=cents, weeks=self.expected.weeks + 1, as_of=sunday
        )
        return batch

    def _file(self, what: str, numbers: list[int]) -> int | None:
        """Payments, or what takes them back: by their reference or by one of its own."""
        self.files += 1
        lines = [("R0", "01/10/2026", f"{self.files},00", "CB", "x", "")]  # no two files alike
        for number in numbers:
            euros = f"{cents_of(number) / 100:.2f}"
            if what == "paid":
                line = ("R1", f"{paid_on(number):%d/%m/%Y}", euros, "CB", f"REG{number}", "")
                self.expected = self.expected.paid(number)
            elif number % 2:
                line = ("R1", f"{back_on(number):%d/%m/%Y}", euros, "CB", f"REG{number}", "Rejeté")
            else:
                line = ("R1", f"{back_on(number):%d/%m/%Y}", f"-{euros}", "CB", f"REJ{number}", "")
            if what == "back":
                self.expected = self.expected.taken_back(number, back_on(number))
            lines.append(line)
        return self.desk.bring(csv_bytes(*lines, titles=(*PAYMENT_TITLES, "Statut"))).batch

    def _by_hand(self, number: int) -> None:
        if number not in self.expected.told - self.expected.back:
            return
        with transaction() as session:
            key = LedgerEntry.payment_key == f"ref|reg{number}"
            entry = session.scalars(select(LedgerEntry).where(key)).one()
            reverse_entry(Context(session, SYSTEM, self.desk.now), entry.id, reason="essai")
        self.expected = self.expected.taken_back(number, paid_on(number))

    def _undo(self) -> None:
        """The file just imported, and nothing else, is taken back."""
        if self.last:
            batch, self.expected = self.last
            with transaction() as session:
                undo(Context(session, SYSTEM, self.desk.now), batch)


@pytest.mark.slow
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
@pytest.mark.usefixtures("app")
def test_no_order_of_files_reversals_and_undos_counts_a_euro_twice(
    desk: Desk, session: Session, steps: list[tuple[str, object]]
) -> None:
    session.rollback()
    empty_database()
    session.expunge_all()
    story = Story(Desk(session), session)
    for what, value in steps:
        story.step(what, value)
        found = said(session)
        assert found.repaid_cents == story.expected.repaid
        assert found.balance_cents == story.expected.balance
        assert found.balance_cents == sum(cents for _, cents in kinds(found))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_last_weekly_file_ends_every_order_alike(
    desk: Desk, session: Session, order: tuple[int, ...]
) -> None:
    """A payment and a week may come in any order, the rejection after its payment."""
    story = Story(desk, session)
    files = [("paid", {1}), ("paid", {2}), ("week", 450)]
    for at in order:
        story.step(*files[at])
    story.step("back", {1})
    story.step("week", 480)
    found = said(session)
    assert (found.balance_cents, found.repaid_cents) == (48_000, 1002)
