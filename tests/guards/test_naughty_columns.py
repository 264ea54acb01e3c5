"""Whatever stands in any column of a file: each line is accounted for, and nothing runs."""

import csv
import io
from collections.abc import Iterable

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.cases.models import Case, LedgerEntry
from energymed.intake import queries
from energymed.intake.batches import imports, uploads
from energymed.intake.batches.rejected_file import rejected_file
from energymed.intake.codes import FileKind
from energymed.intake.fields import MORE_AMOUNTS, WHOLES, fields_of
from energymed.intake.importing.report import ImportReport
from energymed.intake.mapping.headers import suggest
from energymed.intake.models import Batch
from tests.guards.naughty import LARGE, SENSITIVE, SMALL
from tests.intake.books import csv_bytes, xlsx_bytes
from tests.intake.imports import Desk, phone_of

pytestmark = pytest.mark.slow

GOOD = {
    "customer_reference": "C{n}", "contract_number": "K{n}", "delivery_point": "",
    "civility": "Mme", "first_name": "Léa", "email": "lea{n}@example.org",
    "address": "{n} rue des Lilas", "postal_code": "26000", "commune": "Valence",
    "energy": "Électricité", "amount": "12,50", "invoice_date": "02/11/2026",
    "due_date": "16/11/2026", "reminders_count": "1", "cutoff_date": "30/11/2026",
    "cutoff_slot": "matin", "supplier": "EDF", "energy_cheque": "oui", "paid_on": "20/11/2026",
    "method": "CB", "payment_reference": "P{n}", "supply_state": "Limité", "limited_kva": "1",
    "limited_since": "02/11/2026", "first_letter_on": "01/09/2026",
    "second_letter_on": "01/10/2026", "main_residence": "oui", "communicating_meter": "oui",
    "comment": "à rappeler",
}  # fmt: skip
ENDS = ("created", "updated", "unchanged", "recorded", "rejected", "held", "duplicates")
LONG = 40_000  # a cell of Excel has 32 767 letters, a line of a text 100 000
RUNS = tuple("=+-@\t\r")


@pytest.fixture
def desk(session: Session) -> Desk:
    """A partner and a site."""
    return Desk(session)


def fields(kind: FileKind) -> list[str]:
    """What a file of the kind has a column for: no whole beside its parts, and one amount."""
    return [field for field in fields_of(kind) if field not in (*WHOLES, *MORE_AMOUNTS)]


def lines(kind: FileKind, texts: Iterable[str], *, begin: int = 1) -> list[tuple[str, ...]]:
    """Lines that are right but for one cell: every text in every column."""
    made = []
    for text in texts:
        for field in fields(kind):
            n = begin + len(made)
            good = {name: value.format(n=n) for name, value in GOOD.items()}
            good |= {"reference": f"EDF{n}", "last_name": f"NOM{_letters(n)}",
                     "phone_1": phone_of(f"E{n}")}  # fmt: skip
            good[field] = text
            made.append(tuple(good.get(name, "") for name in fields(kind)))
    return made


def titles(kind: FileKind) -> tuple[str, ...]:
    """What its columns are called."""
    labels = {**fields_of(kind), "rejection": "Motif de rejet"}
    return tuple(labels[field] for field in fields(kind))


def _letters(n: int) -> str:
    return "".join(chr(65 + n // 26**at % 26) for at in range(4))


def text_file(kind: FileKind, rows: list[tuple[str, ...]]) -> bytes:
    """The lines as a program writes them: what needs quotes has them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(titles(kind))
    writer.writerows(rows)
    return out.getvalue().encode()


def through(desk: Desk, content: bytes, name: str, kind: FileKind) -> ImportReport:
    """Tried, received, looked at and imported: what the last two say is the same."""
    ctx = Context(desk.session, SYSTEM, desk.now)
    upload = desk.upload(content, name, kind=kind)
    tried = imports.dry_run(ctx, upload).as_dict()
    with transaction() as session:
        ctx = Context(session, SYSTEM, desk.now)
        batch_id = uploads.receive(ctx, upload).id
    desk.checked(batch_id)
    with transaction() as session:
        ctx = Context(session, SYSTEM, desk.now)
        done = imports.commit(ctx, batch_id)
    assert {**done.as_dict(), "batch": None} == tried
    return done


def accounted(desk: Desk, report: ImportReport, sent: int) -> None:
    """Each line ends somewhere, and the money is that of the cases opened."""
    assert report.rows + report.ignored == sent
    assert sum(getattr(report, name) for name in ENDS) == report.rows
    aside = queries.rejected_lines(desk.session, desk.session.get_one(Batch, report.batch))
    assert len(aside) == report.rejected + report.held
    if report.kind == FileKind.PAYMENTS:
        return
    assert desk.session.scalar(select(func.count()).select_from(Case)) == report.created
    owed = desk.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)))
    assert owed == report.total_cents


def nothing_runs(desk: Desk, report: ImportReport) -> None:
    """The files of rejected lines hold texts only, and every line."""
    batch = desk.session.get_one(Batch, report.batch)
    aside = queries.rejected_lines(desk.session, batch)
    text = rejected_file("csv", batch.headers, aside).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) == 1 + len(aside)
    assert [cell for row in rows for cell in row if cell.startswith(RUNS)] == []
    book = load_workbook(io.BytesIO(rejected_file("xlsx", batch.headers, aside)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert book.worksheets[0].max_row == 1 + len(aside)
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # 'n' is also an empty one
    assert [cell.value for cell in cells if cell.data_type == "n" and cell.value is not None] == []


@pytest.mark.parametrize("kind", list(FileKind))
def test_every_column_of_our_files_has_a_title_that_is_known(kind: FileKind) -> None:
    assert set(suggest([*titles(kind)], kind).fields) == set(fields(kind))


@pytest.mark.parametrize("kind", list(FileKind))
def test_every_text_in_every_column_is_accounted_for(desk: Desk, kind: FileKind) -> None:
    every = (
        1 if kind in (FileKind.UNPAID_BILL, FileKind.PAYMENTS) else 5
    )  # the columns are the same
    # the control signs after the others: a file that begins with so many of them is no text
    rows = lines(kind, (*SENSITIVE, *reversed(SMALL))[::every])
    report = through(desk, text_file(kind, rows), "f.csv", kind)
    accounted(desk, report, len(rows))
    nothing_runs(desk, report)


@pytest.mark.once
def test_the_same_in_a_workbook(desk: Desk) -> None:
    kind = FileKind.UNPAID_BILL
    rows = lines(kind, (*SMALL, *SENSITIVE)[::3])
    report = through(desk, xlsx_bytes({"A": [titles(kind), *rows]}), "f.xlsx", kind)
    accounted(desk, report, len(rows))
    nothing_runs(desk, report)


@pytest.mark.parametrize("kind", list(FileKind))
def test_a_cell_of_more_letters_than_a_workbook_holds(desk: Desk, kind: FileKind) -> None:
    rows = lines(kind, [text[:LONG] for text in LARGE if "\n" not in text])
    report = through(desk, text_file(kind, rows), "f.csv", kind)
    accounted(desk, report, len(rows))
    nothing_runs(desk, report)


def test_a_title_may_be_anything(desk: Desk) -> None:
    """Columns nobody knows are only that, whatever they are called."""
    known = ("Référence dossier", "Nom", "Montant")
    odd = [text for text in (*SMALL, *SENSITIVE) if not set(text) & set(';"\r\n')]
    for at in range(0, len(odd), 40):
        titles = (*known, *odd[at : at + 40])
        rows = [
            (f"EDF{at}{n}", f"NOM{_letters(at + n)}", "12,50", *["x"] * (len(titles) - 3))
            for n in range(9)
        ]
        report = desk.bring(
            csv_bytes(*rows, titles=titles), f"f{at}.csv", kind=FileKind.UNPAID_BILL
        )
        assert (report.created, report.rejected) == (9, 0)
        nothing_runs(desk, report)
