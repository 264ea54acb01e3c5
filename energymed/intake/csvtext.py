"""Tables in text: encoding, separator, quotes (DOMAIN §13)."""

import codecs
import csv
import io
import re
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.limits import NOT_A_TABLE

DELIMITERS = (";", "\t", ",", "|")
_SAMPLE_RECORDS = 40
_MAX_FIELD = 4 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_LINES = re.compile(r"\r\n|\r|\n")
_FORCED_TEXT = re.compile(r'="([^"]*)"')

Record = tuple[int, list[str]]


class TextTable(NamedTuple):
    """The records of a text file: (line on which it starts, cells)."""

    encoding: str
    delimiter: str
    records: list[Record]


def read_text(data: bytes, file_name: str, score: Callable[[list[str]], int]) -> TextTable:
    """Decode and cut a text file. `score` tells how many fields a row of titles names.

    Raises BadInput when the bytes are no text. The separator is the one under which the titles
    are best recognised, then the one that cuts most rows alike.
    """
    csv.field_size_limit(_MAX_FIELD)
    text, encoding = decode(data)
    text = text.replace("\x00", "")
    sample = text[:100_000]
    if len(_CONTROLS.findall(sample)) * 100 > len(sample):
        raise BadInput(NOT_A_TABLE, file=file_name, what=N_("un fichier binaire"))
    first_line = 1
    if match := _SEP_LINE.match(text):
        text, first_line = text[match.end() :], 2
        delimiter = match[1]
    else:
        delimiter = _sniff(sample, score)
    records = [(line + first_line - 1, cells) for line, cells in _records(text, delimiter)]
    return TextTable(encoding, delimiter, records)


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding name: by BOM, else UTF-8, else UTF-16 by its zeros, else cp1252."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, errors="replace"), name.removesuffix("-sig")
    utf16 = _utf16_without_bom(data)
    if utf16:
        return data.decode(utf16, errors="replace"), utf16
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


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
        rows = [cells for _, cells in islice(_records(sample, delimiter), _SAMPLE_RECORDS)]
        titles = max((score(row) for row in rows), default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        alike = max((widths.count(width) * width for width in set(widths)), default=0)
        if (titles, alike) > best_mark:
            best, best_mark = delimiter, (titles, alike)
    return best


def _records(text: str, delimiter: str) -> list[Record]:
    """Cut by the rules of CSV; when a stray quote breaks them, cut line by line.

    A lone quote would otherwise swallow the following lines without a word.
    """
    try:
        return _strict(text, delimiter)
    except csv.Error:
        lines = enumerate(_LINES.split(text), 1)
        return [(number, _one_line(line, delimiter)) for number, line in lines]


def _strict(text: str, delimiter: str) -> list[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[Record] = []
    start = 1
    forced = '="' in text
    for cells in reader:
        records.append((start, [_unforce(cell) for cell in cells] if forced else cells))
        start = reader.line_num + 1
    return records


def _one_line(line: str, delimiter: str) -> list[str]:
    try:
        rows = _strict(line, delimiter)
    except csv.Error:
        return line.split(delimiter)
    return rows[0][1] if rows else []


def _unforce(cell: str) -> str:
    """A cell written ="00123" to keep its zeros is the text 00123."""
    match = _FORCED_TEXT.fullmatch(cell)
    return match[1] if match else cell
