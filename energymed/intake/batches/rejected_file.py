"""Rejected lines as a workbook: the original columns and why, to mend and import again.

Every cell is written as text, so that nothing is taken for a formula and no zero is lost.
"""

from collections.abc import Callable, Sequence
from io import BytesIO

import xlsxwriter

from energymed.intake.mapping.rejection_column import REASON, without_reason
from energymed.intake.queries import RejectedLine

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _same(text: str) -> str:
    return text


def rejected_workbook(
    headers: Sequence[str],
    rejected: Sequence[RejectedLine],
    title: str = REASON,
    translate: Callable[[str], str] = _same,
) -> bytes:
    """An XLSX with one sheet; `translate` puts the reasons in the reader's language.

    `title` is that of the last column, `reasons.reason_title`.
    """
    headers, cells = without_reason(headers, [line.cells for line in rejected])
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, text in enumerate([*headers, title]):
            sheet.write_string(0, column, text, bold)
        for at, line in enumerate(rejected, 1):
            for column, cell in enumerate(cells[at - 1]):
                sheet.write_string(at, column, cell)
            reasons = [
                translate(problem.message) % problem.params
                for problem in line.problems
                if problem.severity == "error"
            ]
            sheet.write_string(at, len(headers), " ".join(reasons))
    return buffer.getvalue()
