"""An aid that the supplier received is counted once, whichever comes first: it or the files."""

from datetime import date, timedelta

import pytest
from hypothesis import given
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
from tests.casework.test_ledger_corrections import lead, take_back
from tests.intake.imports import Desk

FILED = date(2026, 11, 2)
TODAY = date(2026, 11, 23)


@pytest.fixture
def desk(session: Session) -> Desk:
    """A debt of 100 € that one file has told."""
    made = Desk(session)
    made.owed(46, R1=10000)
    return made


def aid(desk: Desk, session: Session, cents: int, filed_on: date = FILED) -> None:
    desk.now += timedelta(minutes=1)
    case = session.scalars(select(Case)).one()
    ctx = Context(session, SYSTEM, desk.now)
    record_aid_payment(
        ctx, case, cents=cents, paid_on=TODAY, key="aid:1", source="fsl", filed_on=filed_on
    )
    session.commit()


def stands(session: Session) -> tuple[int | None, int, int]:
    """Balance, repaid, and decreases that nothing explains."""
    session.expire_all()
    said = read_ledger(session, session.scalars(select(Case)).one())
    pairs = [(entry.kind, entry.amount_cents) for entry in said.entries]
    return said.balance_cents, said.repaid_cents, rules.unexplained(pairs)


@pytest.mark.parametrize(
    ("told", "noted", "after"),
    [
        (4000, 6000, (4000, 6000, 0)),  # the file had counted all of it
        (4000, 5999, (4000, 5999, 1)),  # and something else besides
        (4000, 6001, (3999, 6001, 0)),  # and all but a cent
        (7000, 6000, (4000, 6000, 0)),  # half of it
        (9999, 6000, (4000 - 1 + 1, 6000, 0)),  # one cent of it
        (10000, 6000, (4000, 6000, 0)),  # nothing of it
        (12000, 6000, (6000, 6000, 0)),  # a charge came besides
    ],
)
def test_the_file_first(
    desk: Desk, session: Session, told: int, noted: int, after: tuple[int, int, int]
) -> None:
    desk.owed(47, R1=told)
    aid(desk, session, noted)
    assert stands(session) == after


@pytest.mark.parametrize("told", [4000, 4001, 3999, 10000, 7000])
def test_the_aid_first_and_the_file_has_its_word(desk: Desk, session: Session, told: int) -> None:
    aid(desk, session, 6000)
    assert stands(session) == (4000, 6000, 0)
    desk.owed(47, R1=told)
    assert stands(session)[:2] == (told, 6000)


@pytest.mark.parametrize("filed_on", [date(2026, 11, 23), date(2026, 11, 24)])
def test_what_a_file_told_before_the_request_is_no_aid(
    desk: Desk, session: Session, filed_on: date
) -> None:
    desk.owed(47, R1=4000)
    day = session.scalars(
        select(LedgerEntry.on_date).where(LedgerEntry.kind == "reported_decrease")
    ).one()
    before, after = day, day + timedelta(days=1)
    aid(desk, session, 6000, before if filed_on == TODAY else after)
    owed = 4000 if filed_on == TODAY else -2000
    assert stands(session)[0] == owed


def test_told_twice_it_is_booked_once(desk: Desk, session: Session) -> None:
    desk.owed(47, R1=4000)
    aid(desk, session, 6000)
    aid(desk, session, 6000)
    assert stands(session) == (4000, 6000, 0)


def test_the_next_file_leaves_nothing_counted_twice(desk: Desk, session: Session) -> None:
    desk.owed(47, R1=7000)
    aid(desk, session, 6000)
    desk.owed(48, R1=4000)
    assert stands(session) == (4000, 6000, 0)


@pytest.mark.parametrize("noted", [3000, 6000, 9000])
def test_an_aid_taken_back_gives_the_file_its_decrease_again(
    desk: Desk, session: Session, noted: int
) -> None:
    desk.owed(47, R1=4000)
    aid(desk, session, noted)
    take_back(desk, session, "aid_payment")
    assert stands(session) == (4000, 0, 6000)


@pytest.mark.parametrize("noted", [3000, 6000, 9000])
def test_an_aid_that_stands_again_explains_again(desk: Desk, session: Session, noted: int) -> None:
    desk.owed(47, R1=4000)
    aid(desk, session, noted)
    before = stands(session)
    take_back(desk, session, "aid_payment")
    take_back(desk, session, "aid_payment")  # the entry that took it back
    assert stands(session) == before
    noted_first = session.scalars(
        select(LedgerEntry.id).where(LedgerEntry.kind == "aid_payment").order_by(LedgerEntry.id)
    ).all()[0]
    reverse_entry(lead(desk, session), noted_first, reason="Banque, 23/11")
    session.commit()
    assert stands(session) == (4000, 0, 6000)


def undone(desk: Desk, session: Session, report: ImportReport) -> None:
    desk.now += timedelta(minutes=1)
    assert report.batch is not None
    undo(Context(session, SYSTEM, desk.now), report.batch)
    session.commit()


@pytest.mark.parametrize("told", [3999, 4000, 4001, 7000, 9999, 10000, 12000])
@pytest.mark.parametrize("aid_first", [True, False])
def test_a_file_undone_leaves_the_aid_alone_to_count(
    desk: Desk, session: Session, told: int, *, aid_first: bool
) -> None:
    if aid_first:
        aid(desk, session, 6000)
    report = desk.owed(47, R1=told)
    if not aid_first:
        aid(desk, session, 6000)
    undone(desk, session, report)
    assert stands(session) == (4000, 6000, 0)
    assert not session.scalars(out_of_balance()).all()
    desk.owed(48, R1=4000)
    assert stands(session) == (4000, 6000, 0)


@pytest.mark.parametrize(("first", "after"), [(7000, (4000, 6000, 0)), (2000, (2000, 6000, 2000))])
def test_an_earlier_decrease_still_explains(
    desk: Desk, session: Session, first: int, after: tuple[int, int, int]
) -> None:
    desk.owed(47, R1=first)
    second = desk.owed(48, R1=1000)
    aid(desk, session, 6000)
    undone(desk, session, second)
    assert stands(session) == after


def test_a_decrease_of_before_the_request_explains_nothing_more(
    desk: Desk, session: Session
) -> None:
    desk.owed(47, R1=7000)
    second = desk.owed(48, R1=1000)
    days = session.scalars(
        select(LedgerEntry.on_date).where(LedgerEntry.kind == "reported_decrease")
    ).all()
    aid(desk, session, 6000, max(days))
    assert stands(session) == (1000, 6000, 3000)
    undone(desk, session, second)
    assert stands(session) == (1000, 6000, 3000)


@pytest.mark.parametrize("told", [4000, 7000])
def test_an_aid_taken_back_after_the_undo_was_never_there(
    desk: Desk, session: Session, told: int
) -> None:
    report = desk.owed(47, R1=told)
    aid(desk, session, 6000)
    undone(desk, session, report)
    take_back(desk, session, "aid_payment")
    assert stands(session) == (10000, 0, 0)


@pytest.mark.parametrize("told", [4000, 7000])
def test_a_file_undone_after_the_aid_was_taken_back(
    desk: Desk, session: Session, told: int
) -> None:
    report = desk.owed(47, R1=told)
    aid(desk, session, 6000)
    take_back(desk, session, "aid_payment")
    undone(desk, session, report)
    assert stands(session) == (10000, 0, 0)


@pytest.mark.parametrize("noted", [5999, 6000, 6001])
@pytest.mark.parametrize("paid", [1000, 6000, 9000])
def test_payments_undone_leave_their_decrease_to_the_aid(
    desk: Desk, session: Session, paid: int, noted: int
) -> None:
    desk.owed(47, R1=4000)
    report = desk.payments(("R1", "16/11/2026", paid, "REG1"))
    aid(desk, session, noted)
    assert stands(session)[0] == 4000 - noted + min(noted, max(0, 6000 - paid))
    undone(desk, session, report)
    assert stands(session) == (4000 - max(0, noted - 6000), noted, max(0, 6000 - noted))
    take_back(desk, session, "aid_payment")
    assert stands(session) == (4000, 0, 6000)


def test_payments_undone_leave_nothing_to_an_aid_filed_after_the_decrease(
    desk: Desk, session: Session
) -> None:
    desk.owed(47, R1=4000)
    report = desk.payments(("R1", "16/11/2026", 6000, "REG1"))
    aid(desk, session, 6000, TODAY + timedelta(days=9))
    undone(desk, session, report)
    assert stands(session) == (-2000, 6000, 6000)


def test_payments_undone_after_a_file_leave_it_its_word(desk: Desk, session: Session) -> None:
    desk.owed(47, R1=4000)
    desk.payments(("R1", "16/11/2026", 6000, "REG1"))
    aid(desk, session, 6000)
    desk.owed(48, R1=3000)
    report = desk.payments(("R1", "17/11/2026", 500, "REG2"))
    undone(desk, session, report)
    assert stands(session)[0] == 3000


def test_a_payment_that_a_file_takes_back_leaves_its_decrease_to_the_aid(
    desk: Desk, session: Session
) -> None:
    desk.owed(47, R1=4000)
    desk.payments(("R1", "16/11/2026", 6000, "REG1"))
    aid(desk, session, 6000)
    report = desk.payments(("R1", "20/11/2026", -6000, "REJ1"))
    assert stands(session) == (4000, 6000, 0)
    undone(desk, session, report)
    assert stands(session) == (-2000, 12000, 0)


def test_a_payment_taken_back_by_hand_leaves_its_decrease_to_the_aid(
    desk: Desk, session: Session
) -> None:
    desk.owed(47, R1=4000)
    desk.payments(("R1", "16/11/2026", 6000, "REG1"))
    aid(desk, session, 6000)
    take_back(desk, session, "payment")
    assert stands(session) == (4000, 6000, 0)
    take_back(desk, session, "reversal")
    assert stands(session) == (-2000, 12000, 0)


def test_an_aid_of_before_is_known_by_the_name_of_what_it_explained(
    desk: Desk, session: Session
) -> None:
    desk.owed(47, R1=9000)
    report = desk.payments(("R1", "16/11/2026", 500, "REG1"))
    aid(desk, session, 6000)
    noted = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "aid_payment")).one()
    explains = session.scalars(
        select(LedgerEntry).where(LedgerEntry.payment_key.contains("|explains|"))
    ).one()
    noted.payment_key, explains.payment_key = "aid:1", f"aid:1|explains|{FILED}"
    session.commit()
    aid(desk, session, 6000)  # booked once
    undone(desk, session, report)
    assert stands(session) == (4000, 6000, 0)


CENTS = st.integers(1, 50_000)


@given(st.lists(CENTS, max_size=4), CENTS)
def test_no_more_is_explained_than_was_told_or_paid(told: list[int], cents: int) -> None:
    entries = [(rules.DECREASE, -amount, TODAY) for amount in told]
    explained = rules.aid_explains(entries, cents, FILED)
    assert explained == min(cents, sum(told))
    again = [*entries, (rules.DECREASE, explained, TODAY)]
    assert explained + rules.aid_explains(again, 50_000 * 5, FILED) == sum(told)
