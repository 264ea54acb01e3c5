"""Values that are well formed and false: each kind of fault, as a file of a partner shows it."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.cases.models import Case, Person, Phone
from energymed.intake.batches import imports, pending_batches, uploads
from energymed.intake.batches.preview_store import Summary
from energymed.intake.importing.report import ImportReport
from energymed.intake.importing.undo import undo
from energymed.intake.rows import Cell, shown
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk

TITLES = ("Référence", "Nom", "Prénom", "Téléphone", "Code postal", "Commune", "Montant dû")


def book(*rows: tuple[Cell | None, ...]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def codes(done: ImportReport) -> set[str]:
    return {problem.code for problem in done.problems}


def held(done: ImportReport, code: str) -> list[int]:
    return [problem.row for problem in done.problems if problem.code == code]


def case(session: Session, reference: str = "R1") -> Case:
    session.expire_all()
    return session.scalars(select(Case).where(Case.reference == reference)).one()


def count(session: Session) -> int:
    return len(session.scalars(select(Person.id)).all())


def decided(desk: Desk, content: bytes, kind: str, code: str, choice: str) -> tuple[Summary, int]:
    """The check of a file that waits, with one decision; and its batch."""
    with transaction() as session:
        upload = desk.upload(content, kind=kind)
        ctx = Context(session, SYSTEM, desk.now)
        batch_id = uploads.receive(ctx, upload).id
        pending_batches.decide(ctx, batch_id, code, choice)
    summary = desk.checked(batch_id).summary
    assert summary is not None
    return summary, batch_id


def commit(desk: Desk, batch_id: int) -> ImportReport:
    with transaction() as session:
        return imports.commit(Context(session, SYSTEM, desk.now), batch_id)


# -- a word that says nothing is an empty cell

WITH_CUSTOMER = ("Référence dossier", "Réf client", "Nom", "Prénom", "Téléphone", "Montant dû")
TWO_CUSTOMERS = (("R1", "Morel", "Inès", "0639981122"), ("R2", "Petit", "Paul", "0199001133"))


@pytest.mark.parametrize(
    "word", ["NC", "-", "—", ".", "?", "0", "000000", "N/A", "néant", "inconnu", "non renseigné",
             "null", "idem", "*", "x", "99999999", "123456789"],
)  # fmt: skip
def test_a_word_for_no_reference_joins_nobody(desk: Desk, session: Session, word: str) -> None:
    rows = [(ref, word, last, first, phone, "100") for ref, last, first, phone in TWO_CUSTOMERS]
    done = desk.bring(csv_bytes(*rows, titles=WITH_CUSTOMER))
    assert (done.created, count(session), codes(done)) == (2, 2, {"nothing_said"})
    assert not any(session.scalars(select(Person.customer_reference)))


@pytest.mark.parametrize(
    "number", [2.026111300012346e16, 20261113000123456, 12.05, True, date(2026, 5, 12)]
)
def test_what_a_sheet_made_of_a_reference_joins_nobody(
    desk: Desk, session: Session, number: Cell
) -> None:
    rows = [(ref, number, last, first, phone, 100) for ref, last, first, phone in TWO_CUSTOMERS]
    done = desk.bring(book(WITH_CUSTOMER, *rows), "b.xlsx")
    assert (done.created, count(session), codes(done)) == (2, 2, {"reference_damaged"})


def test_a_number_cut_in_a_text_file_joins_nobody(desk: Desk, session: Session) -> None:
    rows = [(ref, "2,14E+13", *rest, "100") for ref, *rest in TWO_CUSTOMERS]
    done = desk.bring(csv_bytes(*rows, titles=WITH_CUSTOMER))
    assert (done.created, count(session), codes(done)) == (2, 2, {"reference_damaged"})


@pytest.mark.parametrize("reference", [date(2026, 5, 12), True, 12.5, 2.026e16])
def test_a_damaged_reference_of_the_case_rejects_its_line(desk: Desk, reference: Cell) -> None:
    row = (reference, "Morel", "Inès", "0639981122", "26110", "Nyons", 100)
    done = desk.bring(book(TITLES, row), "b.xlsx")
    assert (done.created, done.rejected, codes(done)) == (0, 1, {"reference_damaged"})


@pytest.mark.parametrize("reference", ["NC", "-", "0", "000000", "?", "néant"])
def test_lines_without_a_reference_are_not_one_case(desk: Desk, reference: str) -> None:
    rows = [
        (reference, last, "Léa", phone, "26110", "Nyons", "1")
        for _, last, _, phone in TWO_CUSTOMERS
    ]
    done = desk.bring(csv_bytes(*rows, titles=TITLES))
    assert (done.rejected, codes(done)) == (2, {"missing_reference"})


@pytest.mark.parametrize("name", [date(2026, 5, 12), True, 12.5, 7])
def test_what_a_sheet_made_of_a_name_is_told(desk: Desk, session: Session, name: Cell) -> None:
    done = desk.bring(
        book(
            TITLES,
            ("R1", name, "Inès", "0639981122", "26110", "Nyons", 100),
            ("R2", "Petit", name, "0639981123", "26110", "Nyons", 100),
        ),
        "b.xlsx",
    )
    assert (done.created, done.rejected, codes(done)) == (1, 1, {"name_damaged"})
    assert case(session, "R2").person.first_name is None


def test_a_word_that_says_nothing_overwrites_nothing(desk: Desk, session: Session) -> None:
    titles = (*TITLES, "Adresse", "Email", "Complément d'adresse", "Échéance", "Commentaire")
    known = ("R1", "Morel", "Inès", "0639981122", "26110", "Nyons", "120,50", "1 rue A",
             "i@example.org", "bât 2", "01/10/2026", "chien")  # fmt: skip
    desk.bring(csv_bytes(known, titles=titles), "s46.csv")
    empty = (
        "R1",
        "Morel",
        "-",
        "NC",
        "00000",
        "NC",
        "130,50",
        "néant",
        "nc@nc.fr",
        "0",
        "?",
        "RAS",
    )
    done = desk.bring(csv_bytes(empty, titles=titles), "s47.csv")
    assert (done.updated, codes(done)) == (1, {"nothing_said", "no_phone"})
    told = case(session)
    assert (told.debt_cents, told.address, told.commune) == (13050, "1 rue A", "Nyons")
    assert (told.address_extra, told.due_date, told.comment) == (
        "bât 2",
        date(2026, 10, 1),
        "chien",
    )
    assert (told.person.first_name, told.person.email) == ("Inès", "i@example.org")


def test_payments_without_a_reference_of_their_own_are_two(desk: Desk) -> None:
    desk.owed(46, R1=10000)
    done = desk.payments(("R1", "10/11/2026", 2000, "NC"), ("R1", "11/11/2026", 3000, "NC"))
    assert (done.recorded, done.rejected) == (2, 0)


# -- phones


def test_placeholder_numbers_join_nobody(desk: Desk, session: Session) -> None:
    lines = [
        ("P1", "Morel", "Inès", "0600000000", "26110", "Nyons", "12"),
        ("P2", "Petit", "Paul", "0600000000", "13001", "Marseille", "12"),
        ("P3", "Durand", "Ana", "06 00 00 00 00 / 0639981199", "75001", "Paris", "12"),
        ("P4", "Roux", "Léo", "0101010101", "69003", "Lyon", "12"),
    ]
    done = desk.bring(csv_bytes(*lines, titles=TITLES))
    assert (done.created, codes(done)) == (4, {"bad_phone", "no_phone"})
    assert session.scalars(select(Phone.e164)).all() == ["+33639981199"]
    assert len(set(session.scalars(select(Person.household_id)))) == 4


@pytest.mark.parametrize(
    ("cell", "remarks", "warned"),
    [
        ("06 39 98 11 22 après 18h", ["après 18h"], False),
        ("06 39 98 11 22 poste 12", ["poste 12"], False),
        ("06 39 98 11 22 bât 2", ["bât 2"], False),
        ("06 39 98 11 22 vérifié le 12/11/2026", ["vérifié le 12/11/2026"], False),
        ("06 39 98 11 22 HS", ["HS"], True),
        ("06 39 98 11 22 (fille)", ["fille"], True),
        ("06 39 98 11 22 tuteur", ["tuteur"], True),
        ("06 39 98 11 22 ne pas appeler", ["ne pas appeler"], True),
        ("dom 01 99 00 11 22 mob 06 39 98 11 22", ["dom", "mob"], False),
        ("06 39 98 11 22 Mme 06 39 98 11 33 M.", ["Mme", "M"], False),
    ],
)
def test_what_is_said_beside_a_number_is_kept(
    desk: Desk, session: Session, cell: str, remarks: list[str], warned: bool
) -> None:
    line = ("R1", "Morel", "Inès", cell, "26110", "Nyons", "12")
    done = desk.bring(csv_bytes(line, titles=TITLES))
    assert codes(done) == ({"phone_remark"} if warned else set())
    assert [phone.remark for phone in case(session).person.phones] == remarks


def test_a_remark_that_comes_later_is_kept_and_undone(desk: Desk, session: Session) -> None:
    def bring(phone: str, name: str) -> ImportReport:
        line = ("R1", "Morel", "Inès", phone, "26110", "Nyons", "12")
        return desk.bring(csv_bytes(line, titles=TITLES), name)

    def remarks() -> list[str | None]:
        session.expire_all()
        return [phone.remark for phone in case(session).person.phones]

    bring("06 39 98 11 22 fille", "s46.csv")
    assert bring("0639981122", "s47.csv").unchanged == 1
    assert remarks() == ["fille"]
    done = bring("06 39 98 11 22 tuteur", "s48.csv")
    assert (done.updated, remarks()) == (1, ["tuteur"])
    assert done.batch is not None
    with transaction() as writing:
        undo(Context(writing, SYSTEM, desk.now), done.batch)
    assert remarks() == ["fille"]


# -- dates

DUE = (*TITLES, "Date échéance")


def due(*days: Cell) -> list[tuple[Cell, ...]]:
    return [
        (
            f"R{at}",
            "Petit",
            f"Ana{'bcdefghij'[at]}",
            f"06399811{at:02}",
            "26110",
            "Nyons",
            "12",
            day,
        )
        for at, day in enumerate(days, 1)
    ]


def days_of(session: Session, many: int) -> list[date | None]:
    return [case(session, f"R{at}").due_date for at in range(1, many + 1)]


def test_a_month_first_column_is_read_so(desk: Desk, session: Session) -> None:
    rows = due("11/13/2026", "11/02/2026", "10/27/2026", "12/01/2026")
    done = desk.bring(csv_bytes(*rows, titles=DUE))
    assert (done.created, done.problems) == (4, [])
    assert days_of(session, 4) == [
        date(2026, 11, 13), date(2026, 11, 2), date(2026, 10, 27), date(2026, 12, 1),
    ]  # fmt: skip
    assert [str(note) for note in done.notes] == [
        "« Date échéance » : le mois est lu avant le jour."
    ]
    titles = ("Référence", "Date règlement", "Montant réglé")
    paid = [("R1", "11/13/2026", "2"), ("R2", "11/02/2026", "3"), ("R3", "10/27/2026", "4")]
    done = desk.bring(csv_bytes(*paid, titles=titles), "paiements.csv")
    assert (done.recorded, done.held, len(done.notes)) == (3, 0, 1)


def test_a_column_of_both_orders_is_asked_about(desk: Desk, session: Session) -> None:
    content = csv_bytes(*due("11/13/2026", "13/11/2026", "11/02/2026"), titles=DUE)
    summary, batch_id = decided(desk, content, "unpaid_bill", "date_order", "month_first")
    assert (summary.counts["held"], summary.counts["created"]) == (0, 3)
    commit(desk, batch_id)
    assert days_of(session, 3) == [date(2026, 11, 13), date(2026, 11, 13), date(2026, 11, 2)]


def test_the_command_line_holds_a_day_that_may_be_a_month(desk: Desk) -> None:
    content = csv_bytes(*due("11/13/2026", "13/11/2026", "11/02/2026"), titles=DUE)
    done = desk.bring(content)
    assert (done.created, done.held, held(done, "date_order")) == (2, 1, [4])
    assert "n'est pas sûr" in str(done.notes[0])


@pytest.mark.slow
def test_dates_that_a_french_sheet_swapped_are_asked_about(desk: Desk, session: Session) -> None:
    rows = due("11/13/2026", date(2026, 2, 11), "10/27/2026")
    summary, batch_id = decided(desk, book(DUE, *rows), "unpaid_bill", "date_order", "month_first")
    assert summary.counts["created"] == 3
    commit(desk, batch_id)
    assert days_of(session, 3) == [date(2026, 11, 13), date(2026, 11, 2), date(2026, 10, 27)]
    done = desk.bring(book(DUE, *[(f"X{row[0]}", *row[1:]) for row in rows]), "b.xlsx")
    assert (done.created, held(done, "date_order")) == (2, [3])


def test_a_column_in_doubt_beside_one_that_writes_the_month_first(desk: Desk) -> None:
    rows = [(*row, "11/13/2026") for row in due("11/02/2026", "11/11/2026")]
    done = desk.bring(csv_bytes(*rows, titles=(*DUE, "Date facture")))
    assert (done.created, held(done, "date_order")) == (1, [2])


def test_a_column_that_tells_nothing_is_read_as_french(desk: Desk, session: Session) -> None:
    done = desk.bring(csv_bytes(*due("01/12/2026", "02/12/2026"), titles=DUE))
    assert days_of(session, 2) == [date(2026, 12, 1), date(2026, 12, 2)]
    assert "aucune date ne dit le contraire" in str(done.notes[0])


@pytest.mark.parametrize("day", ["17/11/2062", "17/11/1962", "17/11/62", "01/06/2009", "1/1/2028"])
def test_a_day_that_cannot_be_is_held(desk: Desk, session: Session, day: str) -> None:
    content = csv_bytes(*due(day, "13/11/2026"), titles=DUE)
    summary, batch_id = decided(desk, content, "unpaid_bill", "implausible_date", "without")
    assert (summary.counts["held"], summary.counts["created"]) == (0, 2)
    commit(desk, batch_id)
    assert days_of(session, 2) == [None, date(2026, 11, 13)]
    rows = [(f"X{row[0]}", *row[1:]) for row in due(day, "13/11/2026")]
    done = desk.bring(csv_bytes(*rows, titles=DUE), "g.csv")
    assert (done.created, done.held, codes(done)) == (1, 1, {"implausible_date"})


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("17/11/2062", "future_payment"),
        ("17/11/2008", "implausible_date"),
        ("17/11/1962", "implausible_date"),
    ],
)
def test_a_payment_on_a_day_that_cannot_be_is_held(
    desk: Desk, session: Session, day: str, code: str
) -> None:
    desk.owed(46, R1=10000)
    done = desk.payments(("R1", day, 4000, "REG1"))
    assert (done.recorded, done.held, codes(done)) == (0, 1, {code})
    assert case(session).debt_cents == 10000


@pytest.mark.parametrize(
    ("written", "day", "slot"),
    [
        ("2026-12-12T23:00:00Z", date(2026, 12, 13), None),
        ("2026-12-12T08:30:00Z", date(2026, 12, 12), "09h30"),
        ("2026-12-12T08:30:00+01:00", date(2026, 12, 12), "08h30"),
        ("12/12/2026 23:59:39", date(2026, 12, 13), None),
        ("12/12/2026 23:59:59", date(2026, 12, 12), None),
        ("12/12/2026 08:30", date(2026, 12, 12), "08h30"),
    ],
)
def test_the_day_and_hour_of_a_cutoff_are_those_that_were_meant(
    desk: Desk, session: Session, written: str, day: date, slot: str | None
) -> None:
    titles = ("N° DPI", "Nom", "Mobile", "Date et heure d'intervention")
    desk.bring(csv_bytes(("R1", "ROUX", "0639981101", written), titles=titles), kind="appointment")
    assert (case(session).cutoff_date, case(session).cutoff_slot) == (day, slot)


# -- amounts


def test_computed_cents_are_taken_as_the_sheet_shows_them(desk: Desk, session: Session) -> None:
    rows = [
        (f"R{at}", "Morel", "P", f"06399811{at:02}", "26110", "Nyons", amount)
        for at, amount in enumerate((120.504, 120.505, 33.33333333333333, 23142.019999999997))
    ]
    done = desk.bring(book(TITLES, *rows), "a.xlsx")
    assert held(done, "amount_rounded") == [2, 3, 4]
    found = [case(session, f"R{at}").debt_cents for at in range(4)]
    assert found == [12050, 12051, 3333, 2314202]


@pytest.mark.parametrize(
    ("amounts", "cents"),
    [(("120,505", "12,50"), [12051, 1250]), (("1.234", "12,50"), [123400, 1250]),
     (("1,234", "12.50"), [123400, 1250]), (("1.234", "12.50"), [123, 1250])],
)  # fmt: skip
def test_a_column_tells_its_own_decimal_sign(
    desk: Desk, amounts: tuple[str, ...], cents: list[int]
) -> None:
    rows = [
        (f"R{at}", "Morel", "P", f"06399811{at:02}", "26110", "Nyons", amount)
        for at, amount in enumerate(amounts)
    ]
    assert desk.bring(csv_bytes(*rows, titles=TITLES)).total_cents == sum(cents)


def test_a_lone_amount_of_two_readings_is_refused(desk: Desk) -> None:
    row = ("R1", "Morel", "P", "0639981100", "26110", "Nyons", "120,505")
    assert codes(desk.bring(csv_bytes(row, titles=TITLES))) == {"bad_amount"}


# -- names and places


@pytest.mark.parametrize(
    ("code", "commune", "address", "read"),
    [
        ("26110 NYONS", "", "1 rue A", ("1 rue A", "26110", "NYONS")),
        ("26110,00", "Nyons", "1 rue A", ("1 rue A", "26110", "Nyons")),
        ("", "26110 Nyons", "1 rue A", ("1 rue A", "26110", "Nyons")),
        ("", "", "12 rue des Écoles - 26000 Valence", ("12 rue des Écoles", "26000", "Valence")),
        ("", "VALENCE", "12 rue Bel 26000 Valence", ("12 rue Bel", "26000", "VALENCE")),
        ("26110", "Nyons", "12 rue 26000 Valence", ("12 rue 26000 Valence", "26110", "Nyons")),
    ],
)  # fmt: skip
def test_places_in_one_cell_are_read(
    desk: Desk, session: Session, code: str, commune: str, address: str, read: tuple[str, str, str]
) -> None:
    row = ("R1", "Morel", "P", "0639981100", code, commune, "12", address)
    done = desk.bring(csv_bytes(row, titles=(*TITLES, "Adresse")))
    told = case(session)
    assert (done.problems, (told.address, told.postal_code, told.commune)) == ([], read)


def test_titles_and_particles_are_read(desk: Desk, session: Session) -> None:
    rows = [
        ("R1", "Dr Martin Léa", "0639981101", "1"),
        ("R2", "de La TOUR Jean", "0639981102", "1"),
    ]
    desk.bring(csv_bytes(*rows, titles=("Référence", "Nom et prénom", "Téléphone", "Montant dû")))
    assert case(session, "R1").person.civility == "Dr"
    assert case(session, "R2").person.last_name == "de La TOUR"


# -- what is told


@given(st.sampled_from("\u200b\u00ad\u202a\u2060\ufeffА٣"), st.integers(0, 6))
def test_a_message_never_shows_a_value_that_looks_right(sign: str, at: int) -> None:
    text = f"{'120,50'[:at]}{sign}{'120,50'[at:]}"
    assert f"[U+{ord(sign):04X}]" in shown(text)
