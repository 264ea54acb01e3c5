"""Tables in text: encoding, separator, quotes (DOMAIN §13)."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import all_visible, visible
from energymed.intake.reading.cell_escapes import has_odd_cells, plain_texts
from energymed.intake.reading.child_process import run_beside
from energymed.intake.reading.file_safety import NOT_A_TABLE
from energymed.intake.reading.text_process import (
    MAX_LINE,
    Record,
    careful,
    lines_of,
    one_record,
    strict,
)

DELIMITERS = (";", "\t", ",", "|")
_SAMPLE_RECORDS = 40
_SAMPLE_CELLS = 500  # of a record, to know the separator
SAMPLE_BYTES = 100_000
MAX_LINES = 1_048_576  # as many as the longest sheet of a workbook has
SHORT = 64 * 1024  # bytes that are cut before another process has started
_CHILD = Path(__file__).with_name("text_process.py")
_CHILD_SECONDS = 20
_CHILD_MEMORY = 1024**3
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAIN = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_SEP_LINE = re.compile(r'"?sep=([^\r\n"\w\s]|\t| )', re.IGNORECASE)
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")

LONG_LINE = N_(
    "Une ligne de « %(file)s » est trop longue (plus de %(limit)s caractères) : ses fins de ligne "
    "manquent ou un guillemet n'est pas fermé. Enregistrez à nouveau le fichier."
)
MANY_LINES = N_("« %(file)s » a plus de %(limit)s lignes : importez-le en plusieurs fois.")
UNREADABLE = N_(
    "« %(file)s » demande trop de temps ou de mémoire pour être lu : des guillemets n'y sont "
    "peut-être pas fermés. Enregistrez-le à nouveau depuis le tableur."
)


class TextTable(NamedTuple):
    """A text file cut into records."""

    encoding: str
    delimiter: str
    records: "Records"


class Records:
    """The records of a text in UTF-8, (line on which each starts, its cells), cut anew each time.

    Cut by the rules of CSV; where a stray quote breaks them, that line by itself (see
    `text_process.careful`).
    """

    def __init__(self, data: bytes, delimiter: str, first_line: int, file_name: str) -> None:
        self.data = data
        self.delimiter = delimiter
        self.first_line = first_line
        self.file_name = file_name
        self.careful = False
        self.odd = has_odd_cells(data)
        self.numbered = False  # cut before: the first cell is the number of the line

    def look_through(self) -> None:
        """Have a long text read beside this process first, and cut there if it breaks the rules.

        Raises BadInput when that takes too much, TryLater when others are being read.
        """
        if len(self.data) <= SHORT:
            return
        cut = run_beside(
            _CHILD, self.data, self.delimiter, str(self.first_line),
            seconds=_CHILD_SECONDS, memory=_CHILD_MEMORY,
            failure=BadInput(UNREADABLE, file=self.file_name),
        )  # fmt: skip
        if cut:
            self.data, self.numbered = cut, True

    def cut_carefully(self) -> None:
        """From now on, a record that breaks the rules is cut by itself."""
        self.look_through()
        self.careful = True

    def __iter__(self) -> Iterator[Record]:
        """Raises csv.Error at the record that breaks the rules, unless `careful`."""
        csv.field_size_limit(2 * MAX_LINE if self.numbered else MAX_LINE)
        records = self._numbered() if self.numbered else self._cut()
        if self.odd:
            return ((number, plain_texts(cells)) for number, cells in records)
        return records

    def _cut(self) -> Iterator[Record]:
        cut = careful if self.careful else strict
        lines = lines_of(self.data, self.first_line)
        return cut(lines, self.delimiter, self.first_line)

    def _numbered(self) -> Iterator[Record]:
        rows = csv.reader(lines_of(self.data, 1), delimiter=self.delimiter)
        return ((int(number), cells) for number, *cells in rows)


def read_text(data: bytes, file_name: str, score: Callable[[list[str]], int]) -> TextTable:
    """Decode and cut a text file. `score` tells how many fields a row of titles names.

    Raises BadInput when the bytes are no text, or no text that a table could be. The separator is
    the one under which the titles are best recognised, then the one that cuts most rows alike.
    """
    csv.field_size_limit(MAX_LINE)
    encoding, codec = encoding_of(data)
    if codec.startswith("utf-16") and len(data) % 2:
        data = data[:-1]  # half a letter, of a line end added in bytes
    start = data[:SAMPLE_BYTES].decode(codec, errors="replace").replace("\x00", "")
    if len(_CONTROLS.findall(start)) * 100 > len(start):
        raise BadInput(NOT_A_TABLE, file=file_name, what=N_("un fichier binaire"))
    data = _visible_text(data, codec)
    _check_lines(data, file_name)
    sample = data[:SAMPLE_BYTES].decode("utf-8", errors="ignore")
    match = _SEP_LINE.match(sample)
    delimiter = match[1] if match else _sniff(sample, score)
    records = Records(data, delimiter, 2 if match else 1, file_name)
    return TextTable(encoding, delimiter, records)


def _visible_text(data: bytes, codec: str) -> bytes:
    """The text in UTF-8, without anything that cannot be seen; most are so already."""
    if codec.startswith("utf-8"):
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            data.decode("utf-8")
            letters = data.translate(None, _PLAIN).decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if all_visible("".join(set(letters))):
                return data
    return visible(data.decode(codec, errors=_AS_CP1252)).encode("utf-8")


def _check_lines(data: bytes, file_name: str) -> None:
    """Raise BadInput when a line is too long, or there are too many, for any table."""
    start, end = 0, len(data)
    while start + MAX_LINE < end:
        piece = data[start : start + MAX_LINE]
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        if last < 0:
            raise BadInput(LONG_LINE, file=file_name, limit=MAX_LINE)
        start += last + 1
    ends = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    if ends > MAX_LINES:
        raise BadInput(MANY_LINES, file=file_name, limit=MAX_LINES)


def encoding_of(data: bytes) -> tuple[str, str]:
    """Name to tell and codec: by BOM, else UTF-8, else UTF-16 by its zeros, else cp1252.

    A text of two files put together is UTF-8 where it is, and read as cp1252 where it is not.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name.removesuffix("-sig"), name
    found = _utf16_without_bom(data)
    if found is None:
        try:
            data.decode("utf-8")
            found = "utf-8"
        except UnicodeDecodeError:
            found = "utf-8" if _mostly_utf8(data) else "cp1252"
    return found, found


def _mostly_utf8(data: bytes) -> bool:
    """Whether more letters are well written in UTF-8 than bytes are not UTF-8 at all."""
    text = data.decode("utf-8", errors="ignore")
    letters = len(text) - len(text.encode("ascii", errors="ignore"))
    return letters > len(data) - len(text.encode("utf-8"))


def _cp1252_bytes(error: UnicodeError) -> tuple[str, int]:
    """The bytes that a codec cannot read, as Windows would show them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if not error.encoding.startswith("utf-8"):
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


_AS_CP1252 = "energymed.cp1252"
codecs.register_error(_AS_CP1252, _cp1252_bytes)


def _utf16_without_bom(data: bytes) -> str | None:
    """Western text in UTF-16 has a zero in nearly every other byte, always on the same side."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    if half and even > half * 0.7 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _sniff(sample: str, score: Callable[[list[str]], int]) -> str:
    """Separators that do not cut the titles are no separators, whatever else they cut."""
    best, best_mark = DELIMITERS[0], (-1, -1)
    for delimiter in DELIMITERS:
        rows = _first_rows(sample, delimiter)
        scores = [score(row) for row in rows]
        titles = max(scores, default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        alike = max((widths.count(width) * width for width in set(widths)), default=0)
        if titles and len(rows[scores.index(titles)]) == 1:
            alike = 0
        if (titles, alike) > best_mark:
            best, best_mark = delimiter, (titles, alike)
    return best


def _first_rows(sample: str, delimiter: str) -> list[list[str]]:
    lines = _LINES.findall(sample)
    try:
        records = strict(iter(lines), delimiter)
        rows = [cells for _, cells in islice(records, _SAMPLE_RECORDS)]
    except csv.Error:
        rows = [one_record(line, delimiter) for line in lines[:_SAMPLE_RECORDS]]
    return [cells[:_SAMPLE_CELLS] for cells in rows]
