"""What is inside a backup: lines of JSON, compressed, and closed for one key (`base.age`).

The first line says what it is (product, version, revision, moment); then come the files of the
installation's folder and the tables, each with a line that begins it and its rows; the last line
has how many rows each part has, their SHA-256, and that of all of it. Once opened with `age -d` and
`gunzip` it can be read by eye.
"""

import base64
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from energymed.base.age.seal import (
    Damaged,
    Key,
    Lock,
    NotAge,
    Opener,
    Sealer,
    WrongKey,
    read_head,
)
from energymed.base.codes import as_code
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.operations.codes import Holds, Part
from energymed.operations.snapshot import Row, Shape

PRODUCT, FORMAT = "energymed", 1
_LEVEL = 6
_AT_A_TIME = 1_000  # rows
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

NO_BACKUP = N_("%(file)s n'est pas une sauvegarde d'energymed.")
WRONG_KEY = N_("Cette clé (ou cette phrase secrète) n'ouvre pas %(file)s.")
DAMAGED = N_("%(file)s est abîmé ou tronqué : prenez une autre sauvegarde.")
NEWER = N_(
    "%(file)s vient d'une version plus récente d'energymed (%(version)s) : "
    "restaurez-le avec celle-là."
)


@dataclass(slots=True)
class Count:
    """What a part came to. `rows`: lines below the one that begins it."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, lines: bytes, rows: int) -> None:
        """Take some lines into account."""
        self.rows += rows
        self.digest.update(lines)

    def told(self) -> dict[str, object]:
        """As the last line has it."""
        return {"rows": self.rows, "sha256": self.digest.hexdigest()}


class Writer:
    """Writes a backup. `counts`: {table: rows}, once written."""

    def __init__(self, below: BinaryIO, lock: Lock, head: Mapping[str, object]) -> None:
        self._sealer = Sealer(below, lock)
        self._packed = gzip.GzipFile("", "wb", _LEVEL, self._sealer, mtime=0)
        self._whole, self._parts = Count(), dict[str, Count]()
        self.counts: dict[str, int] = {}
        self._line({"part": Part.HEAD, "product": PRODUCT, "format": FORMAT, **head})

    def put_file(self, name: str, content: bytes) -> None:
        """A small file of the installation's folder."""
        self._line({"part": Part.FILE, "name": name})
        rows = [(base64.b64encode(content).decode(),)]
        self._parts[f"file {name}"] = self._rows(rows)

    def put_table(self, shape: Shape, rows: Iterable[Row]) -> None:
        """A table and its rows."""
        self._line({"part": Part.TABLE, "name": shape.name, "columns": shape.columns})
        count = self._rows(_portable(shape, rows))
        self._parts[f"table {shape.name}"] = count
        self.counts[shape.name] = count.rows

    def end(self, counters: Mapping[str, int]) -> None:
        """The last line; then nothing more."""
        told = {name: count.told() for name, count in self._parts.items()}
        whole = self._whole.digest.hexdigest()
        self._line({"part": Part.END, "parts": told, "counters": counters, "sha256": whole})
        self._packed.close()
        self._sealer.close()

    def _line(self, said: Mapping[str, object]) -> None:
        self._put(_encode(said).encode() + b"\n", self._whole)

    def _rows(self, rows: Iterable[Row]) -> Count:
        count, each = Count(), iter(rows)
        while some := list(islice(each, _AT_A_TIME)):
            lines = "".join(f"{_encode(row)}\n" for row in some).encode()
            count.add(lines, len(some))
            self._put(lines, self._whole)
        return count

    def _put(self, lines: bytes, count: Count) -> None:
        count.digest.update(lines)
        self._packed.write(lines)


class Reader:
    """Reads a backup from its first line to its last; the last one judges the whole of it.

    Raises:
        Refused: no backup of ours, another key, a newer version, a byte that was changed.
    """

    def __init__(self, below: BinaryIO, key: Key, name: str) -> None:
        self._name = name
        self._lines = self._judged_lines(below, key)
        self._whole, self._parts = Count(), dict[str, Count]()
        self._ahead = b""
        self._next()
        self.head = self._judged_head()
        self.counters: dict[str, int] = {}

    def files(self) -> dict[str, bytes]:
        """The files of the folder, which come before the tables."""
        found = {}
        while (begun := self._begun(Part.FILE)) is not None:
            rows = [row for some in self._rows(f"file {begun['name']}") for row in some]
            found[str(begun["name"])] = base64.b64decode(rows[0][0])
        return found

    def tables(self) -> Iterator[tuple[Shape, Iterator[list[Row]]]]:
        """Each table with its rows, some at a time, all of them to be taken before the next table.

        At the end the whole is judged.
        """
        while (begun := self._begun(Part.TABLE)) is not None:
            columns = tuple((name, self._holds(kind)) for name, kind in begun["columns"])
            shape = Shape(str(begun["name"]), columns)
            yield shape, _raw(shape, self._rows(f"table {shape.name}"))
        self._judge_end()

    def _judged_lines(self, below: BinaryIO, key: Key) -> Iterator[bytes]:
        try:
            opened = io.BufferedReader(Opener(below, read_head(below), key))
            yield from io.BufferedReader(gzip.GzipFile(fileobj=opened))
        except NotAge as error:
            raise Refused(NO_BACKUP, file=self._name) from error
        except WrongKey as error:
            raise Refused(WRONG_KEY, file=self._name) from error
        except gzip.BadGzipFile as error:  # closed for this key, and no backup
            raise Refused(NO_BACKUP, file=self._name) from error
        except (Damaged, EOFError, zlib.error) as error:
            raise Refused(DAMAGED, file=self._name) from error

    def _next(self) -> bytes:
        """The line that is next, with the one after it in sight."""
        line, self._ahead = self._ahead, next(self._lines, b"")
        return line

    def _judged_head(self) -> dict[str, Any]:
        head = self._said()
        if head.get("part") != Part.HEAD or head.get("product") != PRODUCT:
            raise Refused(NO_BACKUP, file=self._name)
        if head.get("format") != FORMAT:
            raise Refused(NEWER, file=self._name, version=head.get("version"))
        return head

    def _said(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._ahead)
        except ValueError as error:
            raise Refused(NO_BACKUP, file=self._name) from error
        self._whole.digest.update(self._next())
        return found

    def _begun(self, kind: Part) -> dict[str, Any] | None:
        """The line that begins the next part, if it is of this kind."""
        if not self._ahead.startswith(f'{{"part":"{kind}"'.encode()):
            return None
        return self._said()

    def _rows(self, part: str) -> Iterator[list[Row]]:
        count = self._parts[part] = Count()
        while self._ahead.startswith(b"["):
            lines: list[bytes] = []
            while self._ahead.startswith(b"[") and len(lines) < _AT_A_TIME:
                lines.append(self._next())
            count.add(b"".join(lines), len(lines))
            self._whole.digest.update(b"".join(lines))
            yield json.loads(b"[" + b",".join(lines) + b"]")

    def _judge_end(self) -> None:
        whole = self._whole.digest.hexdigest()
        told = {name: count.told() for name, count in self._parts.items()}
        end = json.loads(self._ahead or b"{}")
        over = (Part.END, told, whole) == (end.get("part"), end.get("parts"), end.get("sha256"))
        if not over or (self._next() and self._ahead):
            raise Refused(DAMAGED, file=self._name)
        self.counters = {str(name): int(last) for name, last in end["counters"].items()}

    def _holds(self, kind: str) -> Holds:
        found = as_code(Holds, kind)
        if found is None:
            raise Refused(NEWER, file=self._name, version=self.head.get("version"))
        return found


def _portable(shape: Shape, rows: Iterable[Row]) -> Iterable[Row]:
    """Rows as JSON can have them."""
    places = _of_bytes(shape)
    return (_changed(row, places, _as_text) for row in rows) if places else rows


def _raw(shape: Shape, rows: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Rows as the database takes them."""
    places = _of_bytes(shape)
    for some in rows:
        yield [_changed(row, places, base64.b64decode) for row in some] if places else some


def _of_bytes(shape: Shape) -> list[int]:
    return [at for at, (_, holds) in enumerate(shape.columns) if holds is Holds.BYTES]


def _changed(row: Row, places: Sequence[int], change: Callable[[Any], Any]) -> Row:
    values = list(row)
    for at in places:
        values[at] = None if values[at] is None else change(values[at])
    return values


def _as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()
