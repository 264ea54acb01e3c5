"""Merged cells: a sheet keeps their value in the first one, a person sees it in all of them."""

from collections.abc import Sequence

from energymed.base.errors import BadInput
from energymed.intake.reading.file_safety import DAMAGED
from energymed.intake.rows import Cell

Merged = Sequence[tuple[int, int, int, int]]  # first row and column, last row and column

_MOST_CELLS = 2_000_000  # in all merges of a sheet; in a sound one they do not overlap


def fill_down(rows: list[list[Cell]], merged: Merged, data_at: int, file_name: str) -> int:
    """Give the value of cells merged downwards to each line that has a cell of its own.

    Rows above `data_at` are titles. Returns how many cells were filled; raises BadInput for
    merges that no spreadsheet makes.
    """
    down = [
        (first, column, min(last, len(rows) - 1))
        for first, column, last, _ in merged
        if data_at <= first < last and first < len(rows)
    ]
    if sum(last - first for first, _, last in down) > _MOST_CELLS:
        raise BadInput(DAMAGED, file=file_name)
    own = {
        row for first, _, last in down for row in range(first, last + 1) if any_filled(rows[row])
    }
    filled = 0
    for first, column, last in down:
        value = rows[first][column] if column < len(rows[first]) else ""
        if value == "":
            continue
        for at in range(first + 1, last + 1):
            row = rows[at]
            if at not in own or (column < len(row) and row[column] != ""):
                continue
            row.extend([""] * (column + 1 - len(row)))
            row[column] = value
            filled += 1
    return filled


def any_filled(row: Sequence[Cell]) -> bool:
    """Whether a row has a cell by itself."""
    return any(cell != "" for cell in row)


def spread_titles(names: list[str], merged: Merged, at: int) -> list[str]:
    """The titles of row `at`, each over all the columns that it is merged over."""
    spread = list(names)
    for first, column, last, end in merged:
        if first <= at <= last and column < len(names) and names[column]:
            end = min(end, column + len(names))
            spread.extend([""] * (end + 1 - len(spread)))
            for place in range(column + 1, end + 1):
                spread[place] = spread[place] or names[column]
    return spread
