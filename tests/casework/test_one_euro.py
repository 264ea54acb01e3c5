"""One euro is never counted twice, in whatever order files, aids and their undoing come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.cases import rules
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.ledger import out_of_balance, read_ledger
from energymed.cases.models import Case, LedgerEntry
from energymed.casework.ledger_corrections import reverse_entry
from energymed.intake.importing.report import ImportReport
from energymed.intake.importing.undo import undo
from tests.casework.test_ledger_corrections import lead
from tests.exploring import examples
from tests.intake.imports import Desk

OWED = 10_000
FILED = date(2026, 11, 2)
WEEK, PAID, REJECTED, AID, UNDO = "week", "paid", "rejected", "aid", "undo"
WEEK_47 = 47  # until the 22nd: these files had counted the payments of the first day only
COUNTED, FRESH = "16/11/2026", "23/11/2026"
Step = tuple[str, int]
numbers = count(1)


@dataclass
class Done:
    """A step that stands, with what takes it back and what it counts as repaid."""

    step: Step
    take_back: Callable[[], None]
    repaid: int = 0


@dataclass
class Account:
    """One case that its partner, its lead and time happen to; `done` are the steps that stand.

    All its payments are of the one `day`: the weekly files had counted it, or not.
    """

    desk: Desk
    session: Session
    day: str
    reference: str = field(default_factory=lambda: f"R{next(numbers)}")
    done: list[Done] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk.owed(WEEK_47, sent=next(numbers), **{self.reference: OWED})

    @property
    def case(self) -> Case:
        return self.session.scalars(select(Case).where(Case.reference == self.reference)).one()

    @property
    def stands(self) -> tuple[int | None, int, int, int]:
        """Balance, repaid, and decreases and charges that nothing explains."""
        self.session.expire_all()
        said = read_ledger(self.session, self.case)
        pairs = [(entry.kind, entry.amount_cents) for entry in said.entries]
        return said.balance_cents, said.repaid_cents, rules.unexplained(pairs), rules.charged(pairs)

    def take(self, step: Step) -> None:
        """Let a step happen; one that cannot is passed over."""
        kind, cents = step
        if kind == WEEK:
            report = self.desk.owed(WEEK_47, sent=next(numbers), **{self.reference: cents})
            self.done.append(Done(step, lambda: self._undo(report)))
        elif kind == PAID and cents not in self._cents(PAID):  # each known by its amount
            self._payments(step, cents, cents)
        elif kind == REJECTED:
            paid, back = self._cents(PAID), self._cents(REJECTED)
            if left := [each for each in paid if each not in back]:
                self._payments((REJECTED, left[-1]), -left[-1], -left[-1])
        elif kind == AID:
            self._aid(step)
        elif kind == UNDO:
            self._undo_last_file()

    def take_all_back(self) -> None:
        """Everything that stands, the last first."""
        while self.done:
            self.done.pop().take_back()

    def _cents(self, kind: str) -> list[int]:
        return [each.step[1] for each in self.done if each.step[0] == kind]

    def _payments(self, step: Step, cents: int, repaid: int) -> None:
        report = self.desk.payments((self.reference, self.day, cents, f"REG{next(numbers)}"))
        self.done.append(Done(step, lambda: self._undo(report), repaid))

    def _aid(self, step: Step) -> None:
        self.desk.now += timedelta(minutes=1)
        key = f"aid:{next(numbers)}"
        record_aid_payment(
            Context(self.session, SYSTEM, self.desk.now), self.case, cents=step[1],
            paid_on=self.desk.now.date(),  # the clock goes on from example to example
            key=key, source="fsl", filed_on=FILED,
        )  # fmt: skip
        self.session.commit()
        named = LedgerEntry.payment_key.startswith(f"{key}|filed|", autoescape=True)
        noted = select(LedgerEntry.id).where(LedgerEntry.kind == "aid_payment", named)
        entry_id = self.session.scalars(noted).one()
        self.done.append(Done(step, lambda: self._reverse(entry_id), step[1]))

    def _undo_last_file(self) -> None:
        files = [each for each in self.done if each.step[0] != AID]
        if files:
            files[-1].take_back()
            self.done.remove(files[-1])

    def _undo(self, report: ImportReport) -> None:
        self.desk.now += timedelta(minutes=1)
        assert report.batch is not None
        undo(Context(self.session, SYSTEM, self.desk.now), report.batch)
        self.session.commit()

    def _reverse(self, entry_id: int) -> None:
        reverse_entry(lead(self.desk, self.session), entry_id, reason="Jamais versée")
        self.session.commit()


def _is_fair(account: Account) -> None:
    """What was last said is owed, less at most what came since; each euro is repaid once."""
    balance, repaid, _unexplained, _charged = account.stands
    assert repaid == sum(each.repaid for each in account.done)
    said, since = OWED, [0]
    for each in account.done:
        if each.step[0] == WEEK:
            said, since = each.step[1], [0]
        since.append(each.repaid)
    least = said - sum(cents for cents in since if cents > 0)
    assert balance is not None
    assert least <= balance <= said - sum(cents for cents in since if cents < 0)
    if since == [0]:
        assert balance == said


amounts = st.sampled_from([500, 1000, 3000, 4000, 6000, 6001, 9000, 12_000])
paid = st.integers(1, 9000)
steps = st.lists(
    st.one_of(
        st.tuples(st.just(WEEK), amounts),
        st.tuples(st.just(PAID), paid),
        st.tuples(st.just(REJECTED), st.just(0)),
        st.tuples(st.just(AID), amounts),
        st.tuples(st.just(UNDO), st.just(0)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture
def desk(session: Session) -> Desk:
    """One desk for all examples: each has a case of its own."""
    return Desk(session)


@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@example(COUNTED, [(WEEK, 4000), (PAID, 6000), (AID, 6000), (UNDO, 0)])
@example(COUNTED, [(WEEK, 4000), (PAID, 6000), (AID, 6000), (REJECTED, 0)])
@example(COUNTED, [(WEEK, 4000), (AID, 6000), (PAID, 6000), (UNDO, 0), (UNDO, 0)])
@given(st.sampled_from([COUNTED, FRESH]), steps)
def test_a_euro_is_counted_once_and_what_is_undone_was_never_there(
    desk: Desk, session: Session, day: str, told: list[Step]
) -> None:
    account = Account(desk, session, day)
    for step in told:
        account.take(step)
        _is_fair(account)
    without = Account(desk, session, day)
    for each in account.done:
        without.take(each.step)
    assert account.stands == without.stands
    account.take_all_back()
    assert account.stands == (OWED, 0, 0, 0)
    assert not session.scalars(out_of_balance()).all()
