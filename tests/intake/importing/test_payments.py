"""Payments: booked once, on the right case, in whatever order the files come."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.cases import ledger, transitions
from energymed.cases.ledger import LedgerSummary
from energymed.cases.models import Case
from energymed.intake.batches import pending_batches, uploads
from energymed.intake.models import Batch
from energymed.intake.queries import rejected_lines
from tests.conftest import empty_database
from tests.exploring import examples
from tests.factories import make_partner, make_site
from tests.intake.books import csv_bytes
from tests.intake.imports import PAYMENT_TITLES, Desk


def said(session: Session, reference: str = "R1") -> LedgerSummary:
    session.expire_all()
    case = session.scalars(
        select(Case).where(Case.reference == reference).order_by(Case.id.desc())
    ).first()
    assert case is not None
    told = ledger.read_ledger(session, case)
    assert told.balance_cents == case.debt_cents
    return told


def kinds(told: LedgerSummary) -> list[tuple[str, int]]:
    return [(entry.kind, entry.amount_cents) for entry in told.entries]


def test_a_payment_lowers_the_balance(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    report = desk.payments(("R1", "11/11/2026", 2000, "REG1"))
    assert (report.rows, report.recorded, report.total_cents) == (1, 1, 2000)
    told = said(session)
    assert (told.balance_cents, told.repaid_cents) == (4599, 2000)
    payment = told.entries[-1]
    assert (payment.on_date, payment.method) == (date(2026, 11, 11), "CB")
    assert payment.source == "reglements.csv"


def test_a_payment_explains_the_decrease_of_the_files(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    desk.owed(47, R1=3959)
    desk.payments(("R1", "11/11/2026", 6599, "REG1"))
    assert kinds(said(session))[1:] == [
        ("reported_decrease", -2640),
        ("payment", -6599),
        ("reported_decrease", 2640),
        ("new_charge", 3959),
    ]


def test_a_payment_after_the_file_is_that_decrease_when_the_next_says_so(
    desk: Desk, session: Session
) -> None:
    desk.owed(46, R1=10000)
    desk.owed(47, R1=6000)
    desk.payments(("R1", "23/11/2026", 4000, "REG1"))
    assert said(session).balance_cents == 2000
    desk.owed(48, R1=6000)
    told = said(session)
    assert (told.balance_cents, told.repaid_cents) == (6000, 4000)
    assert kinds(told)[-1] == ("reported_decrease", 4000)


def test_a_covered_payment_is_not_taken_back_twice(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    desk.owed(47, R1=6000)
    desk.payments(("R1", "20/11/2026", 1000, "REG1"))
    desk.owed(48, R1=8000)
    assert kinds(said(session))[-1] == ("new_charge", 2000)


def test_an_unchanged_file_counts_as_a_statement(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    desk.owed(47, R1=6599)
    desk.payments(("R1", "20/11/2026", 1000, "REG1"))
    told = said(session)
    assert (told.balance_cents, told.repaid_cents) == (6599, 1000)


def test_a_payment_told_by_two_files_is_booked_once(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    first = ("R1", "11/11/2026", 2000, "REG1")
    desk.payments(first)
    report = desk.payments(first, ("R1", "12/11/2026", 300, "REG2"))
    assert (report.recorded, report.duplicates, report.total_cents) == (1, 1, 300)
    assert said(session).repaid_cents == 2300


def test_without_a_reference_day_amount_and_method_name_it(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    desk.payments(("R1", "11/11/2026", 2000, ""))
    report = desk.payments(("R1", "11/11/2026", 2000, ""), ("R1", "12/11/2026", 2000, ""))
    assert (report.recorded, report.duplicates) == (1, 1)


def test_a_payment_told_otherwise_is_rejected(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    desk.payments(("R1", "11/11/2026", 2000, "REG1"))
    report = desk.payments(("R1", "11/11/2026", 2100, "REG1"))
    assert [str(problem) for problem in report.problems] == [
        "Ce règlement est déjà enregistré, avec un autre montant ou un autre jour (11/11/2026)."
    ]
    assert said(session).repaid_cents == 2000


def test_an_old_payment_does_not_enter_a_reopened_case(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    desk.payments(("R1", "11/11/2026", 2000, "REG1"))
    transitions.close(
        Context(session, SYSTEM, desk.now), session.scalars(select(Case)).one(), "settled"
    )
    session.commit()
    desk.owed(47, R1=5000)
    report = desk.payments(("R1", "11/11/2026", 2000, "REG1"), ("R1", "20/11/2026", 100, "REG2"))
    assert (report.recorded, report.duplicates) == (1, 1)
    assert said(session).balance_cents == 4900


def test_a_closed_case_takes_its_payment(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    transitions.close(
        Context(session, SYSTEM, desk.now), session.scalars(select(Case)).one(), "promise"
    )
    session.commit()
    assert desk.payments(("R1", "20/11/2026", 6599, "REG1")).recorded == 1
    assert said(session).balance_cents == 0


def test_a_payment_beyond_the_debt_is_an_overpayment(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=5000)
    desk.payments(("R1", "11/11/2026", 6000, "REG1"))
    assert said(session).balance_cents == -1000


def test_unknown_and_foreign_references_are_rejected(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=5000)
    desk.site = make_site(session)
    session.commit()
    report = desk.payments(("R1", "11/11/2026", 100, "A"), ("R0", "11/11/2026", 100, "B"))
    assert [problem.code for problem in report.problems] == ["other_site", "unknown_reference"]
    assert (report.rejected, report.total_cents) == (2, 0)


def test_another_partners_reference_is_unknown(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=5000)
    desk.partner = make_partner(session)
    session.commit()
    report = desk.payments(("R1", "11/11/2026", 100, "A"))
    assert [problem.code for problem in report.problems] == ["unknown_reference"]


def test_again_books_nothing(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    content = csv_bytes(("R1", "11/11/2026", "20,00", "CB", "REG1"), titles=PAYMENT_TITLES)
    first = desk.bring(content)
    again = desk.bring(content, again=True)
    assert (again.batch, again.recorded, again.duplicates, again.total_cents) == (
        first.batch, 0, 1, 0,
    )  # fmt: skip
    assert said(session).repaid_cents == 2000


FILES = st.lists(
    st.one_of(
        st.tuples(st.just("week"), st.integers(100, 900)),
        st.tuples(
            st.just("payments"),
            st.sets(st.integers(0, 5), min_size=1, max_size=4),
        ),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=FILES)
@pytest.mark.usefixtures("app")
def test_no_order_of_files_counts_a_euro_twice(
    desk: Desk, session: Session, files: list[tuple[str, object]]
) -> None:
    """Six payments exist; any file may tell any of them, and tell them again."""
    session.rollback()
    empty_database()
    session.expunge_all()
    fresh = Desk(session)
    fresh.owed(40, R1=50000)
    told: set[int] = set()
    for number, (kind, value) in enumerate(files, 41):
        if kind == "week":
            fresh.owed(number, R1=int(str(value)) * 100)
            assert said(session).balance_cents == int(str(value)) * 100
        elif isinstance(value, set):
            days = {n: date(2026, 10, 1) + timedelta(days=10 * n) for n in value}
            told |= value
            fresh.payments(
                *(("R1", f"{days[n]:%d/%m/%Y}", 1000 + n, f"REG{n}") for n in sorted(value)),
                ("R0", "01/10/2026", number, "unknown"),  # no two files alike
            )
        statement = said(session)
        assert statement.repaid_cents == sum(1000 + n for n in told)
        assert statement.balance_cents == sum(cents for _, cents in kinds(statement))


def test_a_payment_of_a_day_to_come_is_held(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    report = desk.payments(("R1", "17/11/2062", 2000, "REG1"), ("R9", "11/11/2026", 1, "REG2"))
    assert (report.rows, report.recorded, report.rejected, report.held) == (2, 0, 1, 1)
    assert report.as_dict()["held"] == 1
    assert [str(problem) for problem in report.problems if problem.reference == "R1"] == [
        "Le règlement est daté du 17/11/2062, un jour qui n'est pas encore venu."
    ]
    assert said(session).repaid_cents == 0
    batch = session.get_one(Batch, report.batch)
    assert (batch.held, batch.left_aside) == (1, 2)
    (held, rejected) = rejected_lines(session, batch)
    assert (held.cells[0], rejected.cells[0]) == ("R1", "R9")


def test_a_lead_may_accept_what_is_held(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    content = csv_bytes(("R1", "17/11/2062", "20,00", "CB", "REG1"), titles=PAYMENT_TITLES)
    with transaction() as writing:
        ctx = Context(writing, SYSTEM, desk.now)
        batch = uploads.receive(ctx, desk.upload(content))
        pending_batches.decide(ctx, batch.id, "future_payment", "accept")
    summary = desk.checked(batch.id).summary
    assert summary is not None
    assert (summary.counts["recorded"], summary.counts["held"]) == (1, 0)
