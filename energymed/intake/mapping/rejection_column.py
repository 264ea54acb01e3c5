"""The column that our own files of rejected lines add: why, and of which batch they are."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from energymed.base.i18n import N_
from energymed.intake.synonyms import canonical

REASON = N_("Motif du rejet")
REASON_OF = N_("Motif du rejet (lot %(batch)s)")
# in the languages of the screen, whatever a spreadsheet did to spaces and capitals
_OURS = tuple(canonical(title) for title in (REASON, "Reason for rejection"))
_NUMBER = re.compile(r"\b(?:lot|batch)\W*(\d{1,9})\W*$", re.IGNORECASE)


class ReasonColumn(NamedTuple):
    """A reason column: its header, and the batch that it names when it still does."""

    header: str
    batch_id: int | None


def reason_title(batch_id: int, translate: Callable[[str], str]) -> str:
    """The title of the last column in the file of rejected lines of a batch."""
    return translate(REASON_OF) % {"batch": batch_id}


def reason_columns(headers: Iterable[str]) -> list[ReasonColumn]:
    """The columns that our own files of rejected lines add, the highest batch first."""
    found = []
    for header in headers:
        title = canonical(header)
        if any(title == ours or title.startswith(f"{ours} ") for ours in _OURS):
            number = _NUMBER.search(header)
            found.append(ReasonColumn(header, int(number[1]) if number else None))
    return sorted(found, key=lambda column: column.batch_id or 0, reverse=True)


def is_ours(header: str) -> bool:
    """Whether we have added this column: a partner's own « Motif de rejet » names no batch."""
    return any(column.batch_id is not None for column in reason_columns([header]))


def without_reason(
    headers: Sequence[str], lines: Iterable[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """Headers and cells without our column: a line rejected twice says only why it is now."""
    ours = {column.header for column in reason_columns(headers)}
    kept = [at for at, header in enumerate(headers) if header not in ours]
    return (
        [headers[at] for at in kept],
        [[cells[at] if at < len(cells) else "" for at in kept] for cells in lines],
    )
