"""Decisions about a kind of problem: what becomes of its lines, and nothing else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Refused
from energymed.cases.models import Case, Phone
from energymed.intake.batches import imports, pending_batches, preview_store, uploads
from energymed.intake.batches.preview_store import Summary
from energymed.intake.checking.decisions import CHOICES, choices, decided
from energymed.intake.importing.report import ImportReport
from energymed.intake.models import Batch, BatchRow
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk

TITLES = ("Référence", "Nom", "Téléphone", "Montant", "Date de facture", "Envoi")
KNOWN = ("R1", "DURAND", "06 39 98 45 27", "12,50")


def waiting(desk: Desk, *lines: tuple[str, ...]) -> int:
    """A file that waits; a line is (reference, name, phone, amount, invoice date)."""
    rows = [(*line, *[""] * (5 - len(line)), "x") for line in lines]
    with transaction() as session:
        upload = desk.upload(csv_bytes(*rows, titles=TITLES), kind="unpaid_bill")
        return uploads.receive(Context(session, SYSTEM, desk.now), upload).id


def decide(desk: Desk, batch_id: int, code: str, choice: str) -> Summary:
    with transaction() as session:
        pending_batches.decide(Context(session, SYSTEM, desk.now), batch_id, code, choice)
    summary = desk.checked(batch_id).summary
    assert summary is not None
    return summary


def commit(desk: Desk, batch_id: int) -> ImportReport:
    with transaction() as session:
        return imports.commit(Context(session, SYSTEM, desk.now), batch_id)


def outcomes(session: Session, batch_id: int) -> dict[int, str]:
    rows = session.scalars(select(BatchRow).where(BatchRow.batch_id == batch_id))
    return {row.row_number: row.outcome for row in rows}


def test_the_usual_choice_is_what_happens_without_a_decision() -> None:
    for code, sound in CHOICES.items():
        assert decided({code: "other"}, code, next(iter(sound)), "unpaid_bill") == {}


@pytest.mark.parametrize(
    ("kind", "code"),
    [("payments", "conflicting_duplicate"), ("cutoff_notice", "amount_not_positive"),
     ("unpaid_bill", "bad_amount"), ("unpaid_bill", "nothing")],
)  # fmt: skip
def test_where_no_choice_is_sound_none_is_taken(kind: str, code: str) -> None:
    assert choices(code, kind) == {}
    with pytest.raises(BadInput, match="n'existe pas"):
        decided({}, code, "keep", kind)


def test_of_conflicting_lines_the_newest_counts(desk: Desk, session: Session) -> None:
    batch_id = waiting(
        desk,
        ("R1", "DURAND", "0639984527", "30,00", "05/11/2026"),
        ("R1", "DURAND", "0639984527", "10,00", "01/09/2026"),
        ("R2", "PETIT", "0639984528", "5,00"),
        ("R2", "PETIT", "0639984528", "7,00"),
        ("R1", "DURAND", "0639984527", "abc", "07/11/2026"),
    )
    summary = decide(desk, batch_id, "conflicting_duplicate", "newest")
    assert summary.concerned == {"conflicting_duplicate": 2}
    done = commit(desk, batch_id)
    assert (done.created, done.duplicates, done.rejected) == (2, 2, 1)
    assert outcomes(session, batch_id) == {
        2: "created", 3: "duplicate", 4: "duplicate", 5: "created", 6: "rejected",
    }  # fmt: skip
    debts = session.execute(select(Case.reference, Case.debt_cents)).all()
    assert {row.reference: row.debt_cents for row in debts} == {"R1": 3000, "R2": 700}


def test_lines_that_cannot_be_used_stay_rejected_even_when_the_newest_counts(desk: Desk) -> None:
    batch_id = waiting(desk, ("R1", "", "0639984527", "3,00"), ("R1", "", "0639984527", "4,00"))
    summary = decide(desk, batch_id, "conflicting_duplicate", "newest")
    assert [(one.code, one.count) for one in summary.groups] == [("missing_name", 2)]


def test_zero_settles_what_is_known_and_nothing_else(desk: Desk, session: Session) -> None:
    desk.week(46, KNOWN)
    batch_id = waiting(
        desk, ("R1", "DURAND", "0639984527", "0,00"), ("R9", "PETIT", "0639984528", "0"),
        ("R8", "ROUX", "0639984529", "-3,00"),
    )  # fmt: skip
    before = desk.checked(batch_id).summary
    assert before is not None
    assert [(one.code, one.count) for one in before.groups] == [("amount_not_positive", 3)]
    summary = decide(desk, batch_id, "amount_not_positive", "settled")
    assert summary.concerned == {"amount_not_positive": 1}
    assert [(one.code, one.count) for one in summary.groups] == [("amount_not_positive", 2)]
    done = commit(desk, batch_id)
    assert (done.created, done.updated, done.rejected) == (0, 1, 2)
    assert session.scalars(select(Case.debt_cents)).all() == [0]


def test_a_new_number_is_kept_beside_the_known_ones_or_left(desk: Desk, session: Session) -> None:
    desk.week(46, KNOWN)
    batch_id = waiting(desk, ("R1", "DURAND", "06 39 98 45 28", "12,50"))
    before = desk.checked(batch_id).summary
    assert before is not None
    assert before.concerned == {"new_phone": 1}
    summary = decide(desk, batch_id, "new_phone", "ignore")
    assert (summary.concerned, summary.counts["unchanged"]) == ({}, 1)
    commit(desk, batch_id)
    assert session.scalars(select(Phone.e164)).all() == ["+33639984527"]


def test_somebody_whom_no_number_reaches_gains_the_new_one_all_the_same(
    desk: Desk, session: Session
) -> None:
    desk.week(46, KNOWN)
    session.scalars(select(Phone)).one().status = "wrong"
    session.commit()
    batch_id = waiting(desk, ("R1", "DURAND", "06 39 98 45 28", "12,50"))
    decide(desk, batch_id, "new_phone", "ignore")
    commit(desk, batch_id)
    assert session.scalars(select(Phone.e164).order_by(Phone.id)).all() == [
        "+33639984527", "+33639984528",
    ]  # fmt: skip


def test_lines_with_a_warning_may_be_left_out(desk: Desk, session: Session) -> None:
    batch_id = waiting(desk, ("R1", "DURAND", "", "3,00"), ("R2", "PETIT", "0639984528", "4,00"))
    summary = decide(desk, batch_id, "no_phone", "leave_out")
    assert [(one.code, one.severity) for one in summary.groups] == [("no_phone", "error")]
    assert outcomes_of(desk, batch_id) == ["rejected", "created"]
    done = commit(desk, batch_id)
    assert (done.created, done.rejected) == (1, 1)
    (rejected,) = session.scalars(select(BatchRow).where(BatchRow.outcome == "rejected"))
    assert rejected.raw is not None


def test_a_decision_leaves_a_trace_and_waits_no_longer_than_its_file(
    desk: Desk, session: Session
) -> None:
    batch_id = waiting(desk, ("R1", "DURAND", "", "3,00"))
    decide(desk, batch_id, "no_phone", "leave_out")
    decide(desk, batch_id, "no_phone", "leave_out")
    decide(desk, batch_id, "no_phone", "keep")
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "batch.decided").order_by(AuditEvent.id)
    ).all()
    assert [event.after for event in events] == [{"no_phone": "leave_out"}, None]
    commit(desk, batch_id)
    with pytest.raises(Refused, match="déjà été traité"):
        decide(desk, batch_id, "no_phone", "leave_out")


def outcomes_of(desk: Desk, batch_id: int) -> list[str]:
    batch = desk.session.get_one(Batch, batch_id)
    return [row.outcome for row in desk.session.scalars(preview_store.preview_rows(batch))]
