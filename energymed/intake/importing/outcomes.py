"""What became of each line, kept with its batch: for the screen, the rejects' file, the undo."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.db.bulk import insert_rows
from energymed.intake.models import Batch, BatchRow
from energymed.intake.rows import Problem, RejectedRow

Before = dict[str, Any]


def outcome_row(
    batch: Batch,
    number: int,
    reference: str | None,
    outcome: str,
    case_ids: dict[int, int],
    before: dict[int, Before],
) -> dict[str, Any]:
    """The values of a `BatchRow`; `case_ids` and `before` are by line number."""
    return {
        "batch_id": batch.id,
        "row_number": number,
        "reference": reference,
        "outcome": outcome,
        "case_id": case_ids.get(number),
        "before": before.get(number) or None,
        "raw": None,
    }


def write_rows(
    session: Session,
    batch: Batch,
    rows: list[dict[str, Any]],
    rejected: Iterable[RejectedRow],
    problems: Iterable[Problem],
) -> None:
    """Keep the outcome of each line; the cells themselves for rejected lines only."""
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for problem in problems:
        told[problem.row].append(
            {
                "severity": problem.severity,
                "code": problem.code,
                "column": problem.column,
                "params": problem.params,
            }
        )
    everything = rows + [
        {**outcome_row(batch, one.row_number, one.reference, "rejected", {}, {}), "raw": one.raw}
        for one in rejected
    ]
    for row in everything:
        found = told.get(row["row_number"])
        row["problems"] = {"items": found} if found else None
    if everything:
        everything.sort(key=lambda row: int(row["row_number"]))
        insert_rows(session, BatchRow, everything)
