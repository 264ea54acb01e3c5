"""The file of rejected lines in tests: opened, corrected and saved as a person does."""

import csv
import io

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from energymed.intake import queries
from energymed.intake.batches.rejected_file import rejected_file
from energymed.intake.importing.report import ImportReport
from energymed.intake.mapping.rejection_column import reason_title
from energymed.intake.models import Batch


def rejects(session: Session, report: ImportReport) -> list[list[str]]:
    """The file of rejected lines as a person opens it: titles, then lines."""
    session.expire_all()
    batch = session.get_one(Batch, report.batch)
    title = reason_title(batch.id, str)
    content = rejected_file("xlsx", batch.headers, queries.rejected_lines(session, batch), title)
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def saved(rows: list[list[str]]) -> bytes:
    """The lines as a text file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def mended(rows: list[list[str]], amount: str = "55,00") -> bytes:
    """The same lines with every amount that cannot be read replaced."""
    return saved([[amount if cell in ("abc", "def") else cell for cell in row] for row in rows])
