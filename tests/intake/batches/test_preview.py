"""Checks: worked out once, kept while they hold, gone with the decision about the file."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import Refused
from energymed.base.progress import Cancelled
from energymed.intake.batches import (
    imports,
    pending_batches,
    preview_builder,
    preview_store,
    uploads,
)
from energymed.intake.importing.undo import undo
from energymed.intake.models import Batch, BatchPreview, PreviewRow
from tests.factories import make_partner
from tests.intake.books import LINE, csv_bytes
from tests.intake.imports import PAYMENT_TITLES, Desk

R1 = ("R1", "DURAND", "06 39 98 45 27", "12,50")
LINES = (
    LINE,
    ("EDF2", "PETIT", "Ali", "", "3,00"),
    ("EDF3", "ROUX", "Ida", "06 39 98 45 29", "abc"),
    LINE,
    ("EDF5", "", "Zoé", "nc", "7,00"),
)


def received(desk: Desk, content: bytes, **given: str) -> Batch:
    with transaction() as session:
        batch = uploads.receive(Context(session, SYSTEM, desk.now), desk.upload(content, **given))
    return batch


def standing(desk: Desk, batch: Batch) -> bool:
    return preview_store.current_summary(desk.session, batch, desk.now) is not None


def test_every_line_is_kept_with_what_becomes_of_it(desk: Desk, session: Session) -> None:
    batch = received(desk, csv_bytes(*LINES))
    shown = desk.checked(batch.id).summary
    assert shown is not None
    assert (shown.counts["rows"], shown.counts["created"], shown.counts["total_cents"]) == (
        5, 2, 1550,
    )  # fmt: skip
    rows = session.scalars(preview_store.preview_rows(batch)).all()
    assert [(row.row_number, row.outcome, row.codes) for row in rows] == [
        (2, "created", " "), (3, "created", " no_phone "), (4, "rejected", " bad_amount "),
        (5, "duplicate", " "), (6, "rejected", " missing_name no_phone "),
    ]  # fmt: skip
    assert (rows[0].name, rows[0].amount_cents, rows[3].first_row) == ("Léa DURAND", 1250, 2)
    phoneless = session.scalars(preview_store.preview_rows(batch, code="no_phone"))
    assert [row.row_number for row in phoneless] == [3, 6]
    assert not session.scalars(preview_store.preview_rows(batch, code="phone")).all()


def test_the_summary_reads_back_as_it_was_written(desk: Desk) -> None:
    desk.week(46, R1)
    batch = received(desk, csv_bytes(*LINES))
    found = preview_builder.build_preview(Context(desk.session, SYSTEM, desk.now), batch.id)
    assert [one.reference for one in found.summary.missing] == ["R1"]
    assert desk.checked(batch.id).summary == found.summary


def test_a_check_holds_until_something_it_rests_on_changes(desk: Desk) -> None:
    batch = received(desk, csv_bytes(*LINES))
    assert not standing(desk, batch)
    desk.checked(batch.id)
    assert standing(desk, batch)
    with transaction() as session:
        pending_batches.decide(
            Context(session, SYSTEM, desk.now), batch.id, "no_phone", "leave_out"
        )
    assert not standing(desk, batch)
    desk.checked(batch.id)
    done = desk.week(46, R1)
    assert not standing(desk, batch)
    desk.checked(batch.id)
    with transaction() as session:
        undo(Context(session, SYSTEM, desk.now), done.batch or 0)
    assert not standing(desk, batch)
    desk.checked(batch.id)
    desk.now += timedelta(hours=2)
    assert not standing(desk, batch)


def test_what_changed_meanwhile_is_not_covered_by_an_older_check(desk: Desk) -> None:
    batch = received(desk, csv_bytes(*LINES))
    found = preview_builder.build_preview(Context(desk.session, SYSTEM, desk.now), batch.id)
    with transaction() as session:
        pending_batches.decide(
            Context(session, SYSTEM, desk.now), batch.id, "no_phone", "leave_out"
        )
    with transaction() as session:
        preview_builder.save_preview(Context(session, SYSTEM, desk.now), batch.id, found)
    assert not standing(desk, batch)


@pytest.mark.parametrize("imported", [True, False])
def test_nothing_of_a_check_outlives_the_decision(
    desk: Desk, session: Session, imported: bool
) -> None:
    batch = received(desk, csv_bytes(*LINES))
    desk.checked(batch.id)
    with transaction() as writing:
        if imported:
            imports.commit(Context(writing, SYSTEM, desk.now), batch.id)
        else:
            pending_batches.discard(Context(writing, SYSTEM, desk.now), batch.id)
    for model in (BatchPreview, PreviewRow):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_payments_are_checked_too(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    lines = [("R1", "20/11/2026", "5,00", "CB", "p1"), ("R7", "20/11/2026", "5,00", "CB", "p2")]
    batch = received(desk, csv_bytes(*lines, titles=PAYMENT_TITLES), kind="payments")
    summary = desk.checked(batch.id).summary
    assert summary is not None
    assert (summary.counts["recorded"], summary.counts["rejected"]) == (1, 1)
    rows = session.scalars(preview_store.preview_rows(batch)).all()
    assert [(row.outcome, row.codes) for row in rows] == [
        ("recorded", " "), ("rejected", " unknown_reference "),
    ]  # fmt: skip
    assert rows[0].case_id is not None


def test_a_file_that_cannot_be_imported_is_told_once(desk: Desk, session: Session) -> None:
    for week in (46, 47):
        desk.week(week, *[(f"R{at}", "DURAND", f"06 39 98 45 2{at}", "1,00") for at in range(5)])
    desk.partner = make_partner(session, "engie")
    session.commit()
    lines = [(f"R{at}", "DURAND", "Léa", f"06 39 98 45 2{at}", "1,00") for at in range(5)]
    batch = received(desk, csv_bytes(*lines), kind="unpaid_bill")
    summary = desk.checked(batch.id).summary
    assert summary is not None
    assert summary.refusal is not None
    message, params = summary.refusal
    assert "autre partenaire" in str(Refused(message, **params)).replace("\n", " ")


def test_a_check_that_is_stopped_leaves_nothing(desk: Desk, session: Session) -> None:
    batch = received(desk, csv_bytes(*LINES))

    def stop(done: int, total: int) -> None:
        assert (done, total) == (3, 5)  # lines that share a reference come last
        raise Cancelled

    with pytest.raises(Cancelled):
        preview_builder.build_preview(Context(session, SYSTEM, desk.now), batch.id, tick=stop)
    assert not standing(desk, batch)
