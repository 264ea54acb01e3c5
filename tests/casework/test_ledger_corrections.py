"""What a lead corrects in a ledger: each entry has its way back, and the files keep their word."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.codes import LedgerKind
from energymed.cases.models import Case, LedgerEntry
from energymed.casework.ledger_corrections import Adjustment, adjust_debt, reverse_entry, reversible
from energymed.intake.importing.undo import undo
from tests.factories import make_site, make_user
from tests.intake.importing.test_payments import kinds, said
from tests.intake.imports import Desk

TODAY = date(2026, 11, 23)


@pytest.fixture
def desk(session: Session) -> Desk:
    """A partner 'edf' and a site 'valence' with one debt of 100 €."""
    made = Desk(session)
    made.owed(46, R1=10000)
    return made


def lead(desk: Desk, session: Session) -> Context:
    desk.now += timedelta(minutes=1)
    user = make_user(session, "lead", site=desk.site)
    session.commit()
    return Context(session, user.as_actor(), desk.now)


def entry(session: Session, kind: str) -> LedgerEntry:
    """The last entry of a kind."""
    return session.scalars(
        select(LedgerEntry).where(LedgerEntry.kind == kind).order_by(LedgerEntry.id.desc())
    ).all()[0]


def take_back(desk: Desk, session: Session, kind: str, on: date | None = None) -> None:
    ctx = lead(desk, session)
    reverse_entry(ctx, entry(session, kind).id, reason="Banque, 23/11", on=on)
    session.commit()


def adjust(desk: Desk, session: Session, kind: LedgerKind, cents: int, on: date = TODAY) -> None:
    ctx = lead(desk, session)
    case = session.scalars(select(Case)).one()
    adjust_debt(ctx, case.id, Adjustment(kind, cents, on, "EDF, Mme Roy, 23/11"))
    session.commit()


def money(session: Session) -> tuple[int | None, int]:
    found = said(session)
    return found.balance_cents, found.repaid_cents


def test_a_payment_is_reversed_with_a_reason(desk: Desk, session: Session) -> None:
    desk.payments(("R1", "16/11/2026", 4000, "REG1"))
    take_back(desk, session, "payment")
    assert money(session) == (10000, 0)
    reversal = entry(session, "reversal")
    assert (reversal.source, reversal.on_date) == ("Banque, 23/11", date(2026, 11, 16))
    assert reversal.reverses_id == entry(session, "payment").id
    assert reversal.user_id is not None
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "ledger.reversed")).one()
    assert event.after is not None
    assert event.after["debt_cents"] == 10000


def test_a_file_does_not_bring_it_back(desk: Desk, session: Session) -> None:
    paid = ("R1", "16/11/2026", 4000, "REG1")
    desk.payments(paid)
    take_back(desk, session, "payment")
    report = desk.payments(paid, ("R1", "17/11/2026", 100, "REG2"))
    assert (report.recorded, report.duplicates) == (1, 1)
    assert money(session) == (9900, 100)


def test_a_reversal_is_taken_back_the_same_way(desk: Desk, session: Session) -> None:
    desk.payments(("R1", "16/11/2026", 4000, "REG1"))
    for _again in range(2):
        take_back(desk, session, "payment")
        assert money(session) == (10000, 0)
        take_back(desk, session, "reversal")
        assert money(session) == (6000, 4000)
        with pytest.raises(Refused, match="en annule une autre"):
            take_back(desk, session, "reversal")
        session.rollback()


@pytest.mark.parametrize(
    ("on", "balance"), [(None, 6000), (date(2026, 11, 22), 6000), (date(2026, 11, 23), 10000)]
)
def test_the_last_file_has_its_word_on_a_reversal(
    desk: Desk, session: Session, on: date | None, balance: int
) -> None:
    """The file of week 47 counts until Sunday 22: a bounce on Monday is news, the rest is not."""
    desk.owed(47, R1=6000)
    desk.payments(("R1", "16/11/2026", 4000, "REG1"))
    assert money(session) == (6000, 4000)
    take_back(desk, session, "payment", on)
    assert money(session) == (balance, 0)
    desk.owed(48, R1=10000)
    assert money(session) == (10000, 0)


@pytest.mark.parametrize(
    ("kind", "cents"),
    [(LedgerKind.WRITE_OFF, -3000), (LedgerKind.CORRECTION, -3000), (LedgerKind.CORRECTION, 500)],
)
def test_an_adjustment_moves_the_balance_and_is_not_repaid(
    desk: Desk, session: Session, kind: LedgerKind, cents: int
) -> None:
    adjust(desk, session, kind, cents)
    assert money(session) == (10000 + cents, 0)
    take_back(desk, session, kind)
    assert money(session) == (10000, 0)
    assert entry(session, kind).amount_cents == -cents


def test_an_adjustment_that_a_file_came_after_leaves_that_files_word(
    desk: Desk, session: Session
) -> None:
    adjust(desk, session, LedgerKind.WRITE_OFF, -3000)
    desk.owed(48, R1=7000)
    take_back(desk, session, LedgerKind.WRITE_OFF)
    assert money(session) == (7000, 0)
    assert kinds(said(session))[-1] == ("reported_decrease", -3000)


def test_what_makes_no_sense_is_refused(desk: Desk, session: Session) -> None:
    for kind, cents, on, said_of in (
        (LedgerKind.CORRECTION, 0, TODAY, "plus grand que zéro"),
        (LedgerKind.WRITE_OFF, 100, TODAY, "plus grand que zéro"),
        (LedgerKind.WRITE_OFF, -10001, TODAY, "plus que ce qui est dû"),
        (LedgerKind.CORRECTION, 100, TODAY + timedelta(days=1), "pas encore venu"),
    ):
        with pytest.raises(BadInput, match=said_of):
            adjust(desk, session, kind, cents, on)
        session.rollback()
    desk.payments(("R1", "16/11/2026", 4000, "REG1"))
    for on, said_of in ((TODAY + timedelta(days=1), "pas encore venu"),
                        (date(2026, 11, 15), "avant le règlement")):  # fmt: skip
        with pytest.raises(BadInput, match=said_of):
            take_back(desk, session, "payment", on)
        session.rollback()
    with pytest.raises(BadInput, match="pourquoi"):
        reverse_entry(lead(desk, session), entry(session, "payment").id, reason="  ")
    assert money(session) == (6000, 4000)


def test_what_a_file_says_is_owed_goes_with_the_file(desk: Desk, session: Session) -> None:
    with pytest.raises(Refused, match="fichier"):
        take_back(desk, session, "opening")


def test_nothing_is_taken_back_twice(desk: Desk, session: Session) -> None:
    desk.payments(("R1", "16/11/2026", 4000, "REG1"))
    take_back(desk, session, "payment")
    with pytest.raises(Refused, match="déjà annulée"):
        take_back(desk, session, "payment")


def test_another_site_sees_nothing(desk: Desk, session: Session) -> None:
    desk.payments(("R1", "16/11/2026", 4000, "REG1"))
    desk.site = make_site(session)
    with pytest.raises(NotFound):
        take_back(desk, session, "payment")


def test_a_file_whose_payment_was_taken_back_by_hand_is_not_undone(
    desk: Desk, session: Session
) -> None:
    batch_id = desk.payments(("R1", "16/11/2026", 4000, "REG1")).batch
    assert batch_id is not None
    take_back(desk, session, "payment")
    actor = lead(desk, session).actor
    with pytest.raises(Refused, match="annulée à la main sur le dossier R1"), transaction() as s:
        undo(Context(s, actor, desk.now), batch_id)
    take_back(desk, session, "reversal")
    with transaction() as writing:
        undo(Context(writing, actor, desk.now), batch_id)
    assert money(session) == (10000, 0)
    entries = said(session).entries
    assert reversible(session, entries) == set()


def test_a_payment_that_a_later_file_took_back_is_undone_after_it(
    desk: Desk, session: Session
) -> None:
    first = desk.payments(("R1", "16/11/2026", 4000, "REG1")).batch
    desk.payments(("R1", "20/11/2026", -4000, "REJ1"))
    assert first is not None
    with pytest.raises(Refused, match="importé depuis"), transaction() as writing:
        undo(Context(writing, lead(desk, session).actor, desk.now), first)


def test_a_write_off_taken_back_opens_again_what_it_had_closed(
    desk: Desk, session: Session
) -> None:
    case = session.scalars(select(Case)).one()
    paid = lead(desk, session)
    record_aid_payment(paid, case, cents=6000, paid_on=TODAY, key="fsl|1", source="FSL")
    session.commit()
    adjust(desk, session, LedgerKind.WRITE_OFF, -4000)
    assert (case.state, case.closure, case.debt_cents) == ("closed", "settled", 0)
    take_back(desk, session, "write_off")
    session.refresh(case)
    assert (case.state, case.debt_cents) == ("to_assign", 4000)
