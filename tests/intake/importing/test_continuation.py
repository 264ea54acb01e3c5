"""Rejected lines that come back: part of the file they were cut from, and of nothing else."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import Refused
from energymed.cases.models import Case
from energymed.intake.importing import continuation
from energymed.intake.importing.report import ImportReport
from energymed.intake.importing.undo import undo
from energymed.intake.mapping.rejection_column import reason_columns
from energymed.intake.models import Batch, BatchRow
from tests.intake.imports import Desk
from tests.intake.rejects import mended, rejects, saved

R1 = ("R1", "DURAND", "06 39 98 45 27", "12,50")
R2 = ("R2", "PETIT", "06 39 98 45 28", "80,00")
BAD = ("R3", "MARTINEZ", "06 39 98 45 29", "abc")
WORSE = ("R4", "LEFEVRE", "06 39 98 45 30", "def")


def batch_of(session: Session, report: ImportReport) -> Batch:
    session.expire_all()
    return session.get_one(Batch, report.batch)


def test_mended_lines_continue_their_file(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, R2, BAD)
    second = desk.bring(mended(rejects(session, first)), "corrige.csv")
    batch = batch_of(session, second)
    assert batch.continues_id == first.batch
    assert batch.week == "2026-W46"
    assert (second.created, second.rejected, second.missing_from_file) == (1, 0, 0)
    root = batch_of(session, first)
    assert [one.id for one in continuation.continuations(Context(session, SYSTEM), root)] == [
        batch.id
    ]
    assert continuation.accepted_since(session, root) == 1


def test_the_next_week_is_compared_with_the_whole_family(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, R2, BAD)
    desk.bring(mended(rejects(session, first)))
    third = desk.week(47, R1)
    assert third.missing_from_file == 2
    missing = session.scalars(
        select(Case.reference).where(Case.missing_since_batch_id == third.batch)
    )
    assert sorted(missing) == ["R2", "R3"]


def test_a_case_whose_line_was_rejected_last_week_is_missed_too(desk: Desk) -> None:
    desk.week(46, R1, R2)
    assert desk.week(47, R1, (*R2[:3], "abc")).missing_from_file == 0
    assert desk.week(48, R1).missing_from_file == 1


def test_a_continuation_of_a_continuation(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, BAD, WORSE)
    rows = [[cell if cell != "abc" else "5,00" for cell in row] for row in rejects(session, first)]
    second = desk.bring(saved(rows))
    again = rejects(session, second)
    assert sum("Motif du rejet" in title for title in again[0]) == 1
    assert reason_columns(again[0])[0].batch_id == second.batch
    third = desk.bring(mended(again))
    assert batch_of(session, third).continues_id == second.batch
    root = batch_of(session, first)
    assert continuation.family(session, root.id) == [first.batch, second.batch, third.batch]
    assert continuation.accepted_since(session, root) == 2
    assert desk.week(47, R1).missing_from_file == 2


def test_the_title_survives_small_changes(desk: Desk, session: Session) -> None:
    rows = rejects(session, first := desk.week(46, R1, BAD))
    rows[0][-1] = f" MOTIF DU REJET  (LOT {first.batch} ) "
    assert batch_of(session, desk.bring(mended(rows))).continues_id == first.batch


def test_a_title_without_its_number_is_known_by_its_lines(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, BAD)
    desk.week(47, R1, ("R9", "AUTRE", "06 39 98 45 99", "x"))
    rows = rejects(session, first)
    rows[0][-1] = "Motif du rejet"
    assert batch_of(session, desk.bring(mended(rows))).continues_id == first.batch


@pytest.mark.parametrize("lines", [[R1, R2], [R1, R2, ("R7", "NEUF", "06 39 98 45 77", "1,00")]])
def test_a_whole_file_with_our_title_is_no_continuation(
    desk: Desk, session: Session, lines: list[tuple[str, ...]]
) -> None:
    first = desk.week(46, R1, R2, BAD)
    titles = rejects(session, first)[0]
    rows = [[ref, name, "Léa", phone, amount, "47", ""] for ref, name, phone, amount in lines]
    report = desk.bring(saved([titles, *rows]))
    assert batch_of(session, report).continues_id is None


def test_another_partners_number_is_no_continuation(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, BAD)
    rows = rejects(session, first)
    rows[0][-1] = f"Motif du rejet (lot {(first.batch or 0) + 1000})"
    assert batch_of(session, desk.bring(mended(rows))).continues_id is None


def test_the_title_is_enough_once_the_cells_are_gone(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, BAD)
    rows = rejects(session, first)
    with transaction() as writing:
        writing.execute(update(BatchRow).values(raw=None))
    assert batch_of(session, desk.bring(mended(rows))).continues_id == first.batch


def test_lines_that_come_late_do_not_hide_a_case_from_the_next_week(
    desk: Desk, session: Session
) -> None:
    first = desk.week(46, R1, R2, (*BAD[:3], "abc"))
    desk.week(47, R1, ("R3", "MARTINEZ", "06 39 98 45 29", "60,00"))
    late = desk.bring(mended(rejects(session, first)))
    assert (late.created, late.updated) == (0, 1)
    assert desk.week(48, R1).missing_from_file == 1


def test_a_file_with_a_standing_continuation_is_not_undone(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, BAD)
    second = desk.bring(mended(rejects(session, first)), "corrige.csv")
    with pytest.raises(Refused, match=rf"corrige\.csv.*lot {second.batch}.*suite"):
        _undo(desk, first)
    _undo(desk, second)
    assert continuation.accepted_since(session, batch_of(session, first)) == 0
    _undo(desk, first)
    assert session.scalars(select(Case)).all() == []


def test_the_continuation_of_an_undone_file_waits_for_it(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, BAD)
    content = mended(rejects(session, first))
    _undo(desk, first)
    with pytest.raises(Refused, match=rf"lot {first.batch}.*annulé"):
        desk.bring(content)
    again = desk.week(46, R1, BAD)
    assert batch_of(session, desk.bring(content)).continues_id == again.batch


def test_payments_continue_too(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    content = (
        "Référence dossier;Date règlement;Montant réglé;Mode de paiement;Référence règlement\r\n"
        "R1;20/11/2026;5,00;CB;REG001\r\nR1;20/11/2026;abc;CB;REG002\r\n"
    ).encode()
    first = desk.bring(content, "reglements.csv")
    second = desk.bring(mended(rejects(session, first), "4,00"))
    assert (second.recorded, batch_of(session, second).continues_id) == (1, first.batch)


def _undo(desk: Desk, report: ImportReport) -> None:
    assert report.batch is not None
    with transaction() as session:
        undo(Context(session, SYSTEM, desk.now), report.batch)
