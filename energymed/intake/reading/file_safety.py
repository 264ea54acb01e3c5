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
from energymed.intake.reading.sheet_extent import OdsExtent, XlsxExtent

MAX_MEGABYTES = 25  # of a file by the web; the command line takes more
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
MAX_ROWS = 50_000
MAX_UNPACKED = 400 * 1024 * 1024  # 50 000 lines of 22 columns unpack to about 40 MB
MAX_MEMBERS = 2_000
_CHUNK = 1024 * 1024

NOT_A_TABLE = N_(
    "« %(file)s » est %(what)s, pas un tableau. Formats acceptés : CSV, TXT, XLSX, XLS, ODS."
)
BOMB = N_("« %(file)s » se décompresse en un volume anormal : le fichier n'a pas été ouvert.")
DAMAGED = N_("« %(file)s » est abîmé ou incomplet : le tableau n'a pas pu être ouvert.")

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
    """Let a ZIP through only if it is an xlsx or ods workbook of an ordinary size.

    Every member is unpacked here up to the ceiling, whatever size the archive declares.
    Raises BadInput: no workbook, damaged, a volume out of proportion, cells scattered so far
    apart that the sheet would fill the memory.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _refuse_other_archives(archive, file_name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        RuntimeError,
        struct.error,
    ) as error:
        raise BadInput(DAMAGED, file=file_name) from error
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > max_unpacked:
        raise BadInput(BOMB, file=file_name)
    left = max_unpacked
    for member in members:
        extent = (OdsExtent if member.filename == "content.xml" else XlsxExtent)(file_name)
        for chunk in _unpack(data, member, file_name):
            left -= len(chunk)
            if left < 0:
                raise BadInput(BOMB, file=file_name)
            extent.see(chunk)


def _refuse_other_archives(archive: zipfile.ZipFile, file_name: str) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return
    what = N_("une archive ZIP")
    if "mimetype" in names:
        with archive.open("mimetype") as handle:
            if b"opendocument.spreadsheet" in handle.read(200):
                return
    if "xl/workbook.bin" in names:
        what = N_("un classeur XLSB")
    elif "word/document.xml" in names or "content.xml" in names:
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
