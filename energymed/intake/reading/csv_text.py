"""Tables in text: encoding, separator, quotes (DOMAIN §13)."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.reading.cell_escapes import has_odd_cells, plain_texts
from energymed.intake.reading.file_safety import NOT_A_TABLE

DELIMITERS = (";", "\t", ",", "|")
_SAMPLE_RECORDS = 40
SAMPLE_BYTES = 100_000
_MAX_FIELD = 4 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_LINES = 200  # of one cell: a longer one is a quote that was never closed
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_SEP_LINE = re.compile(r'"?sep=([^\r\n"\w\s]|\t| )', re.IGNORECASE)
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")

Record = tuple[int, list[str]]


class TextTable(NamedTuple):
    """A text file cut into records."""

    encoding: str
    delimiter: str
    records: "Records"


class Records:
    """The records of a text file, (line on which each starts, its cells), cut anew each time.

    Cut by the rules of CSV; where a stray quote breaks them, `careful` cuts that line by itself: a
    lone quote would otherwise swallow the following lines without a word.
    """

    def __init__(self, data: bytes, encoding: str, delimiter: str, first_line: int) -> None:
        self.data = data
        self.encoding = encoding
        self.delimiter = delimiter
        self.first_line = first_line
        self.careful = False
        self.odd = has_odd_cells(data)

    def __iter__(self) -> Iterator[Record]:
        """Raises csv.Error at the record that breaks the rules, unless `careful`."""
        lines = self._lines()
        for _ in range(1, self.first_line):
            next(lines, None)
        cut = _careful if self.careful else _strict
        records = cut(lines, self.delimiter, self.first_line)
        if self.odd:
            return ((number, plain_texts(cells)) for number, cells in records)
        return records

    def _lines(self) -> Iterator[str]:
        text = io.TextIOWrapper(
            io.BytesIO(self.data), encoding=self.encoding, errors=_AS_CP1252, newline=""
        )
        return (line.replace("\x00", "") for line in text) if b"\x00" in self.data else text


def read_text(data: bytes, file_name: str, score: Callable[[list[str]], int]) -> TextTable:
    """Decode and cut a text file. `score` tells how many fields a row of titles names.

    Raises BadInput when the bytes are no text. The separator is the one under which the titles
    are best recognised, then the one that cuts most rows alike.
    """
    csv.field_size_limit(_MAX_FIELD)
    encoding, codec = encoding_of(data)
    if codec.startswith("utf-16") and len(data) % 2:
        data = data[:-1]  # half a letter, of a line end added in bytes
    sample = data[:SAMPLE_BYTES].decode(codec, errors="replace").replace("\x00", "")
    if len(_CONTROLS.findall(sample)) * 100 > len(sample):
        raise BadInput(NOT_A_TABLE, file=file_name, what=N_("un fichier binaire"))
    match = _SEP_LINE.match(sample)
    delimiter = match[1] if match else _sniff(sample, score)
    return TextTable(encoding, delimiter, Records(data, codec, delimiter, 2 if match else 1))


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
        records = _strict(iter(lines), delimiter)
        return [cells for _, cells in islice(records, _SAMPLE_RECORDS)]
    except csv.Error:
        return [_one_line(line.rstrip("\r\n"), delimiter) for line in lines[:_SAMPLE_RECORDS]]


def _strict(lines: Iterator[str], delimiter: str, first_line: int = 1) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = first_line
    for cells in reader:
        end = reader.line_num + first_line
        if end - start > _MOST_LINES:
            raise csv.Error("a quote that was never closed")
        yield start, cells
        start = end


def _careful(lines: Iterator[str], delimiter: str, first_line: int) -> Iterator[Record]:
    """Where a record breaks the rules, its first line is a record of its own."""
    number = first_line
    ahead: deque[str] = deque()
    while ahead or (ahead := deque(islice(lines, 1))):
        reader = csv.reader(_reread(ahead, lines), delimiter=delimiter, strict=True)
        try:
            cells, size = next(reader), reader.line_num
        except csv.Error:
            cells, size = _one_line(ahead[0].rstrip("\r\n"), delimiter), 1
        yield number, cells
        for _ in range(size):
            ahead.popleft()
        number += size


def _reread(ahead: deque[str], lines: Iterator[str]) -> Iterator[str]:
    """The lines that one record may take; those read from `lines` are kept in `ahead`."""
    for at in range(_MOST_LINES):
        if at == len(ahead):
            ahead.extend(islice(lines, 1))
        if at == len(ahead):
            return
        yield ahead[at]


def _one_line(line: str, delimiter: str) -> list[str]:
    """A line whose quotes mean nothing, but for those around a whole cell."""
    try:
        rows = list(_strict(iter([line]), delimiter))
    except csv.Error:
        return [_unquoted(cell) for cell in line.split(delimiter)]
    return rows[0][1] if rows else []


def _unquoted(cell: str) -> str:
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell
