"""The directory from a file: every line is looked at first, then written when somebody says so.

A line is known again by its kind, place and name. A column that is not there changes nothing; an
empty cell says that nothing is known. Lines that are wrong are left out, and told.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError, Faults
from energymed.base.i18n import N_
from energymed.base.places import commune_key, department
from energymed.base.text.folding import collapse, fold, header_key
from energymed.casework.directory_cells import read_cell, titles_of
from energymed.intake.reading.reader import read
from energymed.intake.rows import cell_text
from energymed.mediation.directory import (
    SIDES,
    AnyRow,
    BodyDetails,
    add_entry,
    checked,
    details_of,
    rows_of,
    save_entry,
)
from energymed.partners.codes import Certainty

MAX_BYTES = 256 * 1024
MAX_LINES = 1000
NEEDED = ("kind", "name")


class LineState(Code):
    """What a line of the file would do."""

    NEW = "new", N_("nouveau")
    CHANGED = "changed", N_("modifié")
    SAME = "same", N_("inchangé")
    WRONG = "wrong", N_("à corriger")


@dataclass(slots=True)
class DirectoryLine:
    """One line: what it says as typed, what it would write, what it changes, what is wrong.

    `changes` is {field: (before, after)} of a row that is known.
    """

    number: int
    said: dict[str, str]
    state: LineState = LineState.WRONG
    details: BodyDetails | None = None
    row: AnyRow | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    problems: list[DomainError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at. `seen` is what it would do: it is asked again before it is done.

    `unknown` are titles that nothing reads.
    """

    side: str
    lines: list[DirectoryLine]
    unknown: list[str]
    seen: str

    def count(self, state: str) -> int:
        """How many lines would do this."""
        return sum(line.state == state for line in self.lines)

    @property
    def to_write(self) -> int:
        """How many lines would write something."""
        return self.count(LineState.NEW) + self.count(LineState.CHANGED)


def look_at_file(ctx: Context, side: str, data: bytes, file_name: str) -> Looked:
    """Every line of the file with what it would do; nothing is written.

    Raises:
        BadInput: no table, too long, or the columns of kind and name are not there.
    """
    if side not in SIDES:
        raise BadInput(N_("Choisissez dans la liste."), field="side")
    titles = titles_of(side)
    known = {header_key(each): name for name, some in titles.items() for each in some}
    sheet = read(
        data, file_name, max_bytes=MAX_BYTES, max_rows=MAX_LINES, known_headers=list(known)
    )
    columns: dict[str, int] = {}
    for at, header in enumerate(sheet.headers):
        name = known.get(header_key(header))
        if name is not None:
            columns.setdefault(name, at)
    if not set(NEEDED) <= set(columns):
        raise BadInput(N_("Les colonnes « Type » et « Nom » sont nécessaires."))
    judge = _Judge(ctx, side, file_name)
    lines = []
    for number, cells in sheet.rows:
        said = {name: collapse(cell_text(cells[at])) for name, at in columns.items()}
        lines.append(judge.look_at(DirectoryLine(number, said)))
    unknown = [each for at, each in enumerate(sheet.headers) if at not in columns.values()]
    return Looked(side, lines, unknown, _fingerprint(lines))


def write_file(ctx: Context, side: str, data: bytes, file_name: str, *, seen: str) -> Looked:
    """Write what is new or changed in the file that was looked at; wrong lines are left out.

    Raises:
        Conflict: it would do something else by now: somebody has changed the directory since.
        BadInput: as `look_at_file`.
    """
    looked = look_at_file(ctx, side, data, file_name)
    if looked.seen != seen:
        raise Conflict(N_("L'annuaire a changé entre-temps : regardez les lignes à nouveau."))
    for line in looked.lines:
        if line.details is None:
            continue
        if line.state == LineState.NEW:
            add_entry(ctx, line.details)
        elif line.state == LineState.CHANGED and line.row is not None:
            save_entry(ctx, line.row.id, line.details, seen=line.row.version)
    return looked


def _fingerprint(lines: list[DirectoryLine]) -> str:
    """What all lines would do, to which version of which row."""
    told = [
        f"{line.number}:{line.state}:{line.row.id if line.row else ''}:"
        f"{line.row.version if line.row else ''}"
        for line in lines
    ]
    return b64encode(hashlib.sha256("|".join(told).encode()).digest()).decode("ascii")


Key = tuple[str, str, str, str]


class _Judge:
    """Looks at the lines of one file, which may not name the same row twice."""

    def __init__(self, ctx: Context, side: str, file_name: str) -> None:
        self.ctx, self.side = ctx, SIDES[side]
        self.numbers: dict[Key, int] = {}
        self.known: dict[Key, AnyRow] = {}
        self.ended: dict[tuple[Key, date | None], AnyRow] = {}
        today = paris_date(ctx.now)
        for row in rows_of(ctx.session, side):
            key = _key(row.kind, row.department, row.commune, row.name)
            self.ended[key, row.valid_until] = row
            if row.valid_until is None or row.valid_until >= today:
                self.known[key] = row
        self.usual = {"certainty": Certainty.C, "source": f"Fichier « {file_name} »"[:200]}

    def look_at(self, line: DirectoryLine) -> DirectoryLine:
        """Find out what a line would do, or all that is wrong with it."""
        faults, values = Faults(), dict[str, Any]()
        for name, text in line.said.items():
            with faults:
                values[name] = read_cell(name, text, self.side.kinds)
        if not faults.found:
            with faults:
                self._judge(line, values)
        line.problems = faults.found
        if line.problems:
            line.state, line.details = LineState.WRONG, None
        return line

    def _judge(self, line: DirectoryLine, values: dict[str, Any]) -> None:
        key = _key(values["kind"], values.get("department"), values.get("commune"), values["name"])
        first = self.numbers.setdefault(key, line.number)
        if first != line.number:
            raise BadInput(N_("Le même est déjà à la ligne %(line)s."), line=first)
        # what has ended is another row, unless the line says that it ended on that day
        line.row = self.known.get(key) or self.ended.get((key, values.get("valid_until")))
        if line.row is None:
            usual = {name: value for name, value in self.usual.items() if not values.get(name)}
            line.details = checked(self.ctx, self.side.details(**{**values, **usual}))
            line.state = LineState.NEW
            return
        before = details_of(line.row)
        kept = {each.name: getattr(before, each.name) for each in fields(before)}
        # a name in other letters, a source that nobody gives: as they are known
        kept |= {name: value for name, value in values.items() if name not in ("name", "commune")}
        for name in self.usual:
            kept[name] = values.get(name) or getattr(before, name)
        line.details = checked(self.ctx, self.side.details(**kept))
        line.changes = dict(_differences(before, line.details))
        line.state = LineState.CHANGED if line.changes else LineState.SAME


def _differences(before: BodyDetails, after: BodyDetails) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for each in fields(after):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new:
            yield each.name, (old, new)


def _key(kind: str, code: str | None, commune: str | None, name: str) -> Key:
    place = department(code) or "" if code else ""
    return str(kind), place, commune_key(commune), fold(name)
