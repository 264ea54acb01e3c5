"""Rejected lines as a file: the original columns and why, to mend and import again.

Every cell is a text, so that nothing is taken for a formula and no zero is lost.
"""

from collections.abc import Callable, Sequence

from energymed.base.spreadsheets import WRITERS, Column
from energymed.intake.codes import Severity
from energymed.intake.mapping.rejection_column import REASON, without_reason
from energymed.intake.queries import RejectedLine


def _same(text: str) -> str:
    return text


def rejected_file(
    file_format: str,
    headers: Sequence[str],
    rejected: Sequence[RejectedLine],
    title: str = REASON,
    translate: Callable[[str], str] = _same,
) -> bytes:
    """The lines as csv or xlsx; `translate` puts the reasons in the reader's language.

    `title` is that of the last column, `rejection_column.reason_title`.
    """
    headers, texts = without_reason(headers, [line.cells for line in rejected])
    columns = [Column(header) for header in (*headers, title)]
    rows = (
        [*cells, _reasons(line, translate)] for line, cells in zip(rejected, texts, strict=True)
    )
    return WRITERS[file_format](columns, rows)


def _reasons(line: RejectedLine, translate: Callable[[str], str]) -> str:
    errors = (problem for problem in line.problems if problem.severity == Severity.ERROR)
    said = ((translate(problem.message), problem.params) for problem in errors)
    return " ".join(text % params if params else text for text, params in said)
