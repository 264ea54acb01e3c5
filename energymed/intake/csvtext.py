"""Tables in text: encoding, separator, quotes (DOMAIN §13)."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.limits import NOT_A_TABLE

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
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_FORCED_MARKS = (b'="', b'=\0"', b'=\0\0\0"')  # in one, two and four bytes a letter
_FORCED_TEXT = re.compile(r'="([^"]*)"')

Record = tuple[int, list[str]]


class TextTable(NamedTuple):
    """A text file cut into records."""

    encoding: str
    delimiter: str
    records: "Records"


class Records:
    """The records of a text file, (line on which each starts, its cells), cut anew each time.

    Cut by the rules of CSV; when a stray quote breaks them, line by line: a lone quote would
    otherwise swallow the following lines without a word.
    """

    def __init__(self, data: bytes, encoding: str, delimiter: str, first_line: int) -> None:
        self.data = data
        self.encoding = encoding
        self.delimiter = delimiter
        self.first_line = first_line
        self.by_line = False
        self.forced = any(mark in data for mark in _FORCED_MARKS)

    def __iter__(self) -> Iterator[Record]:
        """Raises csv.Error at the record that breaks the rules, unless cut line by line."""
        lines = self._lines()
        for _ in range(1, self.first_line):
            next(lines, None)
        if self.by_line:
            pieces = (_one_line(line.rstrip("\r\n"), self.delimiter) for line in lines)
            records: Iterator[Record] = enumerate(pieces, self.first_line)
        else:
            records = _strict(lines, self.delimiter, self.first_line)
        if self.forced:
            return ((number, [_unforce(cell) for cell in cells]) for number, cells in records)
        return records

    def _lines(self) -> Iterator[str]:
        text = io.TextIOWrapper(
            io.BytesIO(self.data), encoding=self.encoding, errors="replace", newline=""
        )
        return (line.replace("\x00", "") for line in text) if b"\x00" in self.data else text


def read_text(data: bytes, file_name: str, score: Callable[[list[str]], int]) -> TextTable:
    """Decode and cut a text file. `score` tells how many fields a row of titles names.

    Raises BadInput when the bytes are no text. The separator is the one under which the titles
    are best recognised, then the one that cuts most rows alike.
    """
    csv.field_size_limit(_MAX_FIELD)
    encoding, codec = encoding_of(data)
    sample = data[:SAMPLE_BYTES].decode(codec, errors="replace").replace("\x00", "")
    if len(_CONTROLS.findall(sample)) * 100 > len(sample):
        raise BadInput(NOT_A_TABLE, file=file_name, what=N_("un fichier binaire"))
    match = _SEP_LINE.match(sample)
    delimiter = match[1] if match else _sniff(sample, score)
    return TextTable(encoding, delimiter, Records(data, codec, delimiter, 2 if match else 1))


def encoding_of(data: bytes) -> tuple[str, str]:
    """Name to tell and codec: by BOM, else UTF-8, else UTF-16 by its zeros, else cp1252."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name.removesuffix("-sig"), name
    found = _utf16_without_bom(data)
    if found is None:
        try:
            data.decode("utf-8")
            found = "utf-8"
        except UnicodeDecodeError:
            found = "cp1252"
    return found, found


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
    best, best_mark = DELIMITERS[0], (-1, -1)
    for delimiter in DELIMITERS:
        rows = _first_rows(sample, delimiter)
        titles = max((score(row) for row in rows), default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        alike = max((widths.count(width) * width for width in set(widths)), default=0)
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
        yield start, cells
        start = reader.line_num + first_line


def _one_line(line: str, delimiter: str) -> list[str]:
    try:
        rows = list(_strict(iter([line]), delimiter))
    except csv.Error:
        return line.split(delimiter)
    return rows[0][1] if rows else []


def _unforce(cell: str) -> str:
    """A cell written ="00123" to keep its zeros is the text 00123."""
    match = _FORCED_TEXT.fullmatch(cell)
    return match[1] if match else cell
