"""The rejected lines of a file as CSV: the original columns and why, to mend and import again."""

import csv
import io
import re
from collections.abc import Callable, Sequence

from energymed.intake.mapping.rejection_column import without_reason
from energymed.intake.queries import RejectedLine

# what a spreadsheet would run; a number or a phone that begins with + or - is left as it is
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s.,()/]*$)")


def rejected_csv(
    headers: Sequence[str],
    rejected: Sequence[RejectedLine],
    *,
    reason: str,
    sentence: Callable[[RejectedLine], str],
) -> bytes:
    """`;` between cells, UTF-8 with BOM as spreadsheets expect; `reason` titles the last column."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    kept, texts = without_reason(headers, [line.cells for line in rejected])
    writer.writerow([*map(harmless, kept), reason])
    for line, cells in zip(rejected, texts, strict=True):
        writer.writerow([*map(harmless, cells), sentence(line)])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe in front of what a spreadsheet would take for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
