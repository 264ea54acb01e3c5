"""The ledger in the database: statements, bookings, reversals, aids."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, NotFound
from energymed.cases import ledger
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.ledger import Entry
from energymed.cases.models import Case, LedgerEntry
from energymed.cases.queries import latest_by_reference
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_site, make_user

DAY = date(2026, 11, 20)


def aid(session: Session, case: Case, cents: int, key: str = "aid|1") -> None:
    record_aid_payment(
        Context(session, SYSTEM, MONDAY_MORNING),
        case,
        cents=cents,
        paid_on=DAY,
        key=key,
        source="FSL",
    )


def test_a_case_without_a_debt_has_no_balance(session: Session) -> None:
    case = make_case(session, debt_cents=None, campaign_kind="cutoff_notice")
    said = ledger.read_ledger(session, case)
    assert (said.balance_cents, said.repaid_cents, said.entries) == (None, 0, [])


def test_booking_moves_the_mirrored_balance(session: Session) -> None:
    case = make_case(session, debt_cents=9000)
    entries = [
        Entry(case.id, "payment", -2500, DAY, "r.csv", "CB", "ref|1"),
        Entry(case.id, "new_charge", 500, DAY, "r.csv"),
    ]
    ledger.book(session, entries, now=MONDAY_MORNING)
    session.expire_all()
    said = ledger.read_ledger(session, case)
    assert said.balance_cents == case.debt_cents == 7000
    assert said.repaid_cents == 2500
    assert [entry.kind for entry in said.entries] == ["opening", "payment", "new_charge"]


def test_a_reversal_cancels_and_frees_the_payment(session: Session) -> None:
    case = make_case(session, debt_cents=9000)
    entry = Entry(case.id, "payment", -2500, DAY, "r.csv", payment_key="ref|1")
    ledger.book(session, [entry], now=MONDAY_MORNING)
    booked = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "payment")).all()
    ledger.reverse(session, booked, source="r.csv", now=MONDAY_MORNING)
    ledger.book(session, [entry], now=MONDAY_MORNING)
    session.expire_all()
    said = ledger.read_ledger(session, case)
    assert (said.balance_cents, said.repaid_cents) == (6500, 2500)
    assert [e.amount_cents for e in said.entries] == [9000, -2500, 2500, -2500]
    assert {e.on_date for e in said.entries[1:]} == {DAY}


def test_an_aid_told_twice_is_booked_once(session: Session) -> None:
    case = make_case(session, debt_cents=9000)
    aid(session, case, 4000)
    aid(session, case, 4000)
    assert case.debt_cents == 5000
    assert ledger.read_ledger(session, case).repaid_cents == 4000
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "ledger.aid_paid")).one()
    assert event.after == {"debt_cents": 5000}


def test_an_aid_needs_a_debt_and_an_amount(session: Session) -> None:
    with pytest.raises(BadInput):
        aid(session, make_case(session, debt_cents=None), 100)
    with pytest.raises(BadInput):
        aid(session, make_case(session), 0)


def test_the_latest_case_of_a_reference_within_bounds(session: Session) -> None:
    site, partner = make_site(session), make_partner(session)
    make_case(
        session, site=site, partner=partner, reference="R1", state="closed", closure="settled"
    )
    latest = make_case(session, site=site, partner=partner, reference="R1")
    other = make_user(session, "lead")
    found = latest_by_reference(Context(session, SYSTEM), partner_id=partner.id, reference=" R1 ")
    assert found.id == latest.id
    with pytest.raises(NotFound):
        latest_by_reference(
            Context(session, other.as_actor()), partner_id=partner.id, reference="R1"
        )
