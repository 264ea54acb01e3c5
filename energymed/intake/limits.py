"""What a file is by its first bytes, and whether it is safe to open.

A name proves nothing: the content decides. A workbook is a ZIP archive, so it is unpacked once
here with a ceiling before the reading library, which has none, sees it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

MAX_BYTES = 25 * 1024 * 1024
MAX_ROWS = 50_000
MAX_UNPACKED = 400 * 1024 * 1024  # 50 000 lines of 22 columns unpack to about 40 MB
MAX_CELLS = 24_000_000  # the reading library lays out the whole rectangle in memory
MAX_MEMBERS = 2_000
_CHUNK = 1024 * 1024

NOT_A_TABLE = N_(
    "« %(file)s » est %(what)s, pas un tableau. Formats acceptés : CSV, TXT, XLSX, XLS, ODS."
)
BOMB = N_("« %(file)s » se décompresse en un volume anormal : le fichier n'a pas été ouvert.")
DAMAGED = N_("« %(file)s » est abîmé ou incomplet : le tableau n'a pas pu être ouvert.")
TOO_WIDE = N_(
    "Dans « %(file)s », la feuille s'étend jusqu'à la colonne %(column)s et la ligne %(row)s : "
    "supprimez ce qui est hors du tableau."
)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("un document PDF")),
    (b"\xff\xd8\xff", N_("une image")),
    (b"\x89PNG", N_("une image")),
    (b"GIF8", N_("une image")),
    (b"II*\x00", N_("une image")),
    (b"BM", N_("une image")),
    (b"MZ", N_("un programme")),
    (b"\x7fELF", N_("un programme")),
    (b"\x1f\x8b", N_("une archive compressée")),
    (b"7z\xbc\xaf\x27\x1c", N_("une archive compressée")),
    (b"Rar!", N_("une archive compressée")),
    (b"BZh", N_("une archive compressée")),
    (b"{\\rtf", N_("un document texte")),
    (b"SQLite format 3", N_("une base de données")),
)
_TEXT_LIKE_MAGIC = (b"BM", b"MZ", b"BZh")  # two or three letters that a text may start with
_WEB_PAGE = re.compile(rb"\s*(?:<!doctype|<html|<head|<body|<table|<\?xml|<svg)", re.IGNORECASE)
_VALUE_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*[^/>]>')
_ODS_REPEAT = re.compile(
    rb'<table:table-cell[^>]*number-columns-repeated="(\d{4,})"[^>]*office:value-type'
    rb'|<table:table-cell[^>]*office:value-type[^>]*number-columns-repeated="(\d{4,})"'
)
_ODS_ROWS = re.compile(
    rb'<table:table-row[^>]*number-rows-repeated="(\d{5,})"[^>]*>(.*?)</table:table-row>', re.DOTALL
)


def kind_of(data: bytes, file_name: str) -> str:
    """'zip' or 'ole' for workbooks, 'text' for all that may be a table in text.

    Raises BadInput naming what the file really is (an image, a program, a web page…).
    """
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    for magic, what in _MAGIC:
        if data.startswith(magic) and not (magic in _TEXT_LIKE_MAGIC and _is_plain(data)):
            raise BadInput(NOT_A_TABLE, file=file_name, what=what)
    if _WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")[:200]):
        raise BadInput(NOT_A_TABLE, file=file_name, what=N_("une page web ou un document XML"))
    return "text"


def _is_plain(data: bytes) -> bool:
    return b"\x00" not in data[:4096]


def refuse_encrypted(data: bytes, file_name: str) -> None:
    """Raise BadInput for a workbook under a password (an OLE file that wraps the real one)."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise BadInput(
            N_("« %(file)s » est protégé par un mot de passe : enregistrez-le sans protection."),
            file=file_name,
        )


def check_archive(data: bytes, file_name: str, max_unpacked: int = MAX_UNPACKED) -> None:
    """Let a ZIP through only if it is an xlsx, xlsb or ods workbook of an ordinary size.

    Every member is unpacked here up to the ceiling, whatever size the archive declares.
    Raises BadInput: no workbook, damaged, a volume out of proportion, cells scattered so far
    apart that the sheet would fill the memory.
    """
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
        raise BadInput(DAMAGED, file=file_name) from error
    _refuse_other_archives({member.filename for member in members}, data, file_name)
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > max_unpacked:
        raise BadInput(BOMB, file=file_name)
    left = max_unpacked
    for member in members:
        is_sheet = "worksheets/" in member.filename or member.filename == "content.xml"
        extent = _Extent(file_name, ods=member.filename == "content.xml")
        for chunk in _unpack(data, member, file_name):
            left -= len(chunk)
            if left < 0:
                raise BadInput(BOMB, file=file_name)
            if is_sheet:
                extent.see(chunk)


def _refuse_other_archives(names: set[str], data: bytes, file_name: str) -> None:
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return
    if "content.xml" in names and b"opendocument.spreadsheet" in data[:200]:
        return
    what = N_("une archive ZIP")
    if "word/document.xml" in names or "content.xml" in names:
        what = N_("un document texte")
    raise BadInput(NOT_A_TABLE, file=file_name, what=what)


def _unpack(data: bytes, member: zipfile.ZipInfo, file_name: str) -> Iterator[bytes]:
    """Unpack a member piece by piece, trusting the stream and not the declared size."""
    header = data[member.header_offset : member.header_offset + 30]
    if len(header) < 30 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadInput(DAMAGED, file=file_name)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = member.header_offset + 30 + name_length + extra_length
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not engine.eof:
            yield engine.decompress(packed, _CHUNK)
            packed = engine.unconsumed_tail
    except zlib.error as error:
        raise BadInput(DAMAGED, file=file_name) from error


class _Extent:
    """How far the filled cells of one sheet reach, from the pieces of its XML."""

    def __init__(self, file_name: str, *, ods: bool) -> None:
        self.file_name = file_name
        self.ods = ods
        self.column, self.row, self.rest = b"A", 1, b""

    def see(self, chunk: bytes) -> None:
        """Look at one more piece; raise BadInput as soon as the rectangle is too large."""
        piece = self.rest + chunk
        self.rest = piece[-200:]
        if self.ods:
            self._see_repeats(piece)
            return
        for column, row in _VALUE_CELL.findall(piece):
            self.row = max(self.row, int(row))
            if (len(column), column) > (len(self.column), self.column):
                self.column = column
        if self.row * _column_number(self.column) > MAX_CELLS:
            self._refuse(self.column.decode(), self.row)

    def _see_repeats(self, piece: bytes) -> None:
        for groups in _ODS_REPEAT.findall(piece):
            self._refuse(next(group for group in groups if group).decode(), self.row)
        for count, cells in _ODS_ROWS.findall(piece):
            if b"office:value-type" in cells:
                self._refuse("A", int(count))

    def _refuse(self, column: str, row: int) -> None:
        raise BadInput(TOO_WIDE, file=self.file_name, column=column, row=row)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
