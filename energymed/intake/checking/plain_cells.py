"""One cell at a time of a column written plainly; what is written in any other way is a DOUBT."""

from collections.abc import Callable, Sequence
from typing import Any

from energymed.base.dates import parse_date
from energymed.base.text.folding import collapse, tidy_lines
from energymed.base.text.sensitive import remove_sensitive
from energymed.intake.checking import rules
from energymed.intake.checking.row_parser import is_nothing
from energymed.intake.rows import Cell, cell_text

Column = Sequence[Any]

DOUBT: Any = object()  # a cell that is not written plainly; its line is read by itself


def one_line(cell: Cell, field: str) -> Any:
    """A text that a person wrote, on one line; None when there is none."""
    text = collapse(cell_text(cell))
    if len(text) > rules.MAX_LENGTHS.get(field, rules.LONGEST) or remove_sensitive(text)[1]:
        return DOUBT
    return text or None


def prose(field: str) -> Callable[[Cell], Any]:
    """A text that a person wrote, for a field; None when there is none."""
    return lambda cell: one_line(cell, field)


def own_text(field: str) -> Callable[[Cell], Any]:
    """A text of the partner's own, in which nothing is looked for; None when there is none."""
    longest = rules.MAX_LENGTHS.get(field, rules.LONGEST)

    def clean(cell: Cell) -> Any:
        text = collapse(cell if type(cell) is str else cell_text(cell))
        return DOUBT if len(text) > longest else text or None

    return clean


def meant(field: str, rule: Callable[[str], Any]) -> Callable[[Cell], Any]:
    """What a text means by a rule, which also answers for an empty one."""
    read = own_text(field)

    def clean(cell: Cell) -> Any:
        text = read(cell)
        return text if text is DOUBT else rule(text or "")

    return clean


def postal_code(cell: Cell) -> Any:
    """Five digits; None when there are none."""
    text = own_text("postal_code")(cell)
    return (rules.postal_code(text) or DOUBT) if text and text is not DOUBT else text


def place(cell: Cell) -> tuple[Any, Any]:
    """Postal code and commune of one cell, each None when it is not there."""
    text = one_line(cell, "postal_commune")
    if not text or text is DOUBT:
        return text, text
    written, commune = rules.code_and_commune(text)
    code = (rules.postal_code(written) or DOUBT) if written else None
    return code, commune or None


def day_in(cell: Cell) -> Any:
    """A date; None for an empty cell."""
    if is_nothing(cell):
        return None
    try:
        return parse_date(cell)
    except ValueError:
        return DOUBT


def comments(cells: Column) -> Column:
    """A column of free texts, their lines kept."""
    return [_comment(cell) if cell != "" else None for cell in cells]


def _comment(cell: Cell) -> Any:
    text = tidy_lines(cell_text(cell))
    if len(text) > rules.MAX_COMMENT or remove_sensitive(text)[1]:
        return DOUBT
    return text or None
