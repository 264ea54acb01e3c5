"""Commit: what stands in the database after a file."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import Refused
from energymed.cases import transitions
from energymed.cases.models import Case, Household, LedgerEntry, Person, Phone
from energymed.intake import queries
from energymed.intake.batches.rejected_file import rejected_file
from energymed.intake.importing import commit
from energymed.intake.models import Batch, BatchRow
from energymed.intake.reading.reader import read
from tests.factories import make_partner, make_user
from tests.intake.books import LINE, TITLES, csv_bytes
from tests.intake.imports import Desk

R1 = ("R1", "DURAND", "06 39 98 45 27", "12,50")
R2 = ("R2", "PETIT", "06 39 98 45 28", "80,00")


def one_case(session: Session, reference: str = "R1") -> Case:
    return session.scalars(
        select(Case).where(Case.reference == reference).order_by(Case.id.desc())
    ).first() or pytest.fail(reference)


def test_the_same_bytes_are_refused_naming_the_first(desk: Desk) -> None:
    first = desk.week(46, R1)
    with pytest.raises(Refused, match=rf"23/11/2026.*2026-S46.*lot {first.batch}"):
        desk.week(46, R1)


def test_again_changes_nothing(desk: Desk, session: Session) -> None:
    content = csv_bytes(LINE, ("R9", "", "", "", "x"))
    first = desk.bring(content)
    desk.bring(csv_bytes((*LINE[:4], "99,00")))
    again = desk.bring(content, again=True)
    assert (again.batch, again.rows, again.unchanged, again.rejected) == (first.batch, 2, 1, 1)
    assert (again.created, again.updated, again.missing_from_file) == (0, 0, 0)
    assert again.problems == first.problems
    assert one_case(session, "EDF1").debt_cents == 9900
    assert session.scalar(select(func.count(Batch.id))) == 2


def test_a_closed_case_that_comes_back_is_a_new_one(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    first = one_case(session)
    transitions.close(Context(session, SYSTEM, desk.now), first, "settled")
    session.commit()
    assert desk.week(47, R1).created == 1
    again = one_case(session)
    assert again.id != first.id
    assert again.person_id == first.person_id
    assert again.debt_cents == again.opening_debt_cents == 1250


def test_people_phones_and_households(desk: Desk, session: Session) -> None:
    desk.week(
        46,
        R1,
        ("R3", "Durand", "0639984527", "1,00"),  # the same person, another reference
        ("R4", "VOISIN", "0639984527", "2,00"),  # somebody else in the household
        R2,
    )
    counts = [session.scalar(select(func.count(m.id))) for m in (Case, Person, Household, Phone)]
    assert counts == [4, 3, 2, 3]
    assert one_case(session, "R1").person_id == one_case(session, "R3").person_id


def test_a_new_name_and_a_new_phone_update(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    report = desk.week(47, ("R1", "DURAND-PETIT", "06 39 98 00 01", "12,50"))
    assert report.updated == 1
    person = one_case(session).person
    assert (person.last_name, person.name_key) == ("DURAND-PETIT", "durand petit lea")
    assert [phone.e164 for phone in person.phones] == ["+33639984527", "+33639980001"]


def test_an_open_form_notices_a_change(desk: Desk, session: Session) -> None:
    desk.week(46, R1, R2)
    desk.week(47, (*R1[:3], "99,00"), R2)
    assert (one_case(session).version, one_case(session, "R2").version) == (2, 1)


def test_missing_then_back(desk: Desk, session: Session) -> None:
    desk.week(46, R1, R2)
    report = desk.week(47, R1)
    assert report.missing_from_file == 1
    missing = one_case(session, "R2")
    assert missing.missing_since_batch_id == report.batch
    assert missing.debt_cents == 8000  # perhaps paid: never booked as paid
    assert desk.week(48, R1, R2).missing_from_file == 0
    session.expire_all()
    assert missing.missing_since_batch_id is None


def test_a_rejected_line_is_not_missing(desk: Desk) -> None:
    desk.week(46, R1, R2)
    report = desk.week(47, R1, ("R2", "PETIT", "", "abc"))
    assert (report.rejected, report.missing_from_file) == (1, 0)


def test_the_lines_are_kept_with_their_problems(desk: Desk, session: Session) -> None:
    desk.week(46, R1, R1, ("R9", "NOM", "123", "abc"))
    batch = session.scalars(select(Batch)).one()
    rows = session.scalars(queries.lines(batch)).all()
    assert [row.outcome for row in rows] == ["created", "duplicate", "rejected"]
    assert [row.raw for row in rows] == [None, None, ["R9", "NOM", "Léa", "123", "abc", "46"]]
    assert [problem.code for problem in queries.problems(session, batch)] == [
        "bad_amount", "bad_phone", "no_phone",
    ]  # fmt: skip
    assert (batch.rows, batch.created, batch.duplicates, batch.rejected) == (3, 1, 1, 1)
    assert (batch.week, batch.state, batch.total_cents) == ("2026-W46", "committed", 1250)


def test_rejected_lines_come_back_to_be_mended(desk: Desk, session: Session) -> None:
    desk.bring(csv_bytes(LINE, ("=1+1", "NOM", "Léa", "0639980001", "abc")))
    batch = session.scalars(select(Batch)).one()
    content = rejected_file("xlsx", batch.headers, queries.rejected_lines(session, batch))
    sheet = read(content, "rejets.xlsx")
    assert sheet.headers == [*TITLES, "Motif du rejet"]
    assert sheet.rows[0].cells[:5] == ("=1+1", "NOM", "Léa", "0639980001", "abc")
    assert "« abc »" in str(sheet.rows[0].cells[5])


def test_one_event_tells_of_the_import(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "batch.committed")).one()
    assert event.after is not None
    assert (event.after["created"], event.after["total_cents"]) == (1, 1250)


def test_a_failure_in_the_middle_leaves_nothing(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(commit, "_write_rows", fail)
    with pytest.raises(OSError, match="power cut"):
        desk.week(46, R1, R2)
    for model in (Batch, BatchRow, Case, Person, Phone, Household, LedgerEntry):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    monkeypatch.undo()
    assert desk.week(46, R1, R2).created == 2


def test_batches_are_seen_within_bounds(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    own = make_user(session, "lead", site=desk.site).as_actor()
    other = make_user(session, "partner", partner=make_partner(session)).as_actor()
    assert len(session.scalars(queries.batches(own, state="committed")).all()) == 1
    assert session.scalars(queries.batches(other)).all() == []


def test_a_long_name_or_path_is_only_a_name(desk: Desk, session: Session) -> None:
    desk.bring(csv_bytes(LINE), "C:\\dossier\\..\\" + "é" * 300 + ".csv")
    batch = session.scalars(select(Batch)).one()
    assert len(batch.file_name) == 200
    assert batch.file_name.endswith("é.csv")
