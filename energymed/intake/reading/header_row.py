"""Where the titles of a sheet are, and what each column is called.

Titles may stand on two rows: a group over its columns ("Titulaire" over "Nom" and "Prénom"), or
titles that reach over both rows, which a spreadsheet keeps in one of them and leaves the other
empty.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from energymed.base.text.folding import collapse
from energymed.base.text.sensitive import strip_sensitive
from energymed.intake.rows import Cell, cell_text
from energymed.intake.synonyms import canonical, recognised

ENOUGH = 2  # fields that a row must name to be taken for titles
_LONGEST = 60  # letters of a title
_DATE_DIGITS = 3


class Titles(NamedTuple):
    """The titles, how many fields they name, and the positions of their row and of the data."""

    names: list[str]
    score: int
    at: int
    data_at: int


def find_titles(top: Sequence[Sequence[Cell]], known: frozenset[str]) -> Titles:
    """The titles among the first rows of a sheet.

    `known` holds canonical titles of the partner's profile. The row that names most fields is
    taken; when none names any, the widest row of texts, for a person to map. A NIR or an IBAN
    in it, because the sheet has no titles at all, is cut out.
    """
    rows = [[_text(cell) for cell in cells] for cells in top]
    scores = [recognised(row, known) for row in rows]
    score = max(scores, default=0)
    if score >= ENOUGH:
        at = scores.index(score)
    else:
        widths = [sum(1 for text in row if text) for row in rows]
        at = widths.index(max(widths)) if widths else 0
    if not rows:
        return Titles([], 0, 0, 0)
    names = [strip_sensitive(collapse(cell_text(cell))) for cell in top[at]]
    below = rows[at + 1] if at + 1 < len(rows) else []
    if _is_second_row(names, below, top[at + 1] if below else ()):
        return Titles(_joined(_spread(names), below, names, known), score, at, at + 2)
    above = rows[at - 1] if at else []
    if any(above) and all(cell == "" or isinstance(cell, str) for cell in top[at - 1]):
        names = _joined(_groups(above), names, above, known, grouped=False)
    return Titles(names, score, at, at + 1)


def unique_headers(titles: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give every column its own title: a repeated one gets ' (2)', an empty one 'Colonne 3'.

    Returns the titles and those that were repeated.
    """
    headers: list[str] = []
    repeated: list[str] = []
    taken: set[str] = set()
    for position, title in enumerate(titles, 1):
        name = title or f"Colonne {position}"
        if name in taken:
            if name not in repeated:
                repeated.append(name)
            copy = 2
            while f"{name} ({copy})" in taken:
                copy += 1
            name = f"{name} ({copy})"
        taken.add(name)
        headers.append(name)
    return headers, repeated


def _text(cell: Cell) -> str:
    return collapse(cell) if isinstance(cell, str) else ""


def _at(texts: Sequence[str], at: int) -> str:
    return texts[at] if at < len(texts) else ""


def _spread(groups: list[str]) -> list[str]:
    """Each group over the empty cells that follow it, as merged cells are written."""
    spread: list[str] = []
    for text in groups:
        spread.append(text or (spread[-1] if spread else ""))
    return spread


def _is_second_row(names: list[str], below: list[str], cells: Sequence[Cell]) -> bool:
    """Whether a row only names the columns under titles that reach over several.

    No digit in it, nothing under a title that has a single column, so it is no line of data.
    """
    if any(cell != "" and not isinstance(cell, str) for cell in cells):
        return False
    filled = [at for at, text in enumerate(below) if text]
    if not any(_at(names, at) == "" for at in filled):
        return False
    wide = [
        _at(names, at) == "" or (at + 1 < len(below) and _at(names, at + 1) == "") for at in filled
    ]
    return all(wide) and all(_is_title(below[at]) for at in filled)


def _groups(above: list[str]) -> list[str]:
    """The groups that a row names; a single text is the title of the sheet, a number its date."""
    if sum(1 for text in above if text) < ENOUGH or not all(map(_is_short, above)):
        return []
    return [text if _few_digits(text) else "" for text in _spread(above)]


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST


def _few_digits(text: str) -> bool:
    """'Contact 2' is a group, 'Édité le 12/11/2026' is none."""
    return sum(1 for sign in text if sign.isdigit()) < _DATE_DIGITS


def _is_title(text: str) -> bool:
    return _is_short(text) and not any(sign.isdigit() for sign in text)


def _joined(
    groups: list[str],
    names: list[str],
    upper: list[str],
    known: frozenset[str],
    *,
    grouped: bool = True,
) -> list[str]:
    """One title for each column, from the row of groups and the row below it.

    `groups` are spread, `upper` as written. With `grouped` the group is part of a name that we
    do not know; without, only of one that stands twice.
    """
    several = sum(1 for text in upper if text) >= ENOUGH
    seen: set[str] = set()
    titles: list[str] = []
    for at in range(max(len(upper), len(names))):
        name, own = _at(names, at), _at(upper, at)
        if name:
            title = _with_group(name, _at(groups, at), seen, known, grouped=grouped)
        elif own and (grouped or recognised([own], known) or (several and _is_title(own))):
            title = own
        else:
            title = ""
        seen.add(canonical(title))
        titles.append(title)
    return titles


def _with_group(
    name: str, group: str, seen: set[str], known: frozenset[str], *, grouped: bool
) -> str:
    """The shortest title of a column that says something and was not used before."""
    if not group or group == name:
        return name
    for title in (name, f"{name} {group}", f"{group} {name}"):
        if canonical(title) not in seen and recognised([title], known):
            return title
    return f"{group} – {name}" if grouped or canonical(name) in seen else name
