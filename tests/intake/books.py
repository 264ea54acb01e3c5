"""Builders of small files for the intake tests."""

import io
import struct
import zipfile
import zlib
from typing import Any

import xlsxwriter

TITLES = ("Référence dossier", "Nom", "Prénom", "Téléphone", "Montant")
LINE = ("EDF1", "DURAND", "Léa", "06 39 98 45 27", "12,50")


def csv_bytes(
    *lines: tuple[Any, ...],
    titles: tuple[str, ...] = TITLES,
    encoding: str = "utf-8",
    sep: str = ";",
) -> bytes:
    """Titles and lines as a text file, nothing quoted."""
    rows = [sep.join(str(cell) for cell in line) for line in (titles, *lines)]
    return "\r\n".join(rows).encode(encoding)


def xlsx_bytes(sheets: dict[str, list[tuple[Any, ...]]], hidden: tuple[str, ...] = ()) -> bytes:
    """A workbook; sheets named in `hidden` are hidden."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
        for name in hidden:
            book.get_worksheet_by_name(name).hide()
    return buffer.getvalue()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """A compressed archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def lying_archive(name: str, content: bytes, declared: int) -> bytes:
    """An archive with a workbook's name whose one large member declares a false size."""
    honest = zip_bytes({"xl/workbook.xml": b"<workbook/>", name: content})
    true_size, crc = struct.pack("<I", len(content)), struct.pack("<I", zlib.crc32(content))
    false_crc = struct.pack("<I", zlib.crc32(content[:declared]))
    return honest.replace(true_size, struct.pack("<I", declared)).replace(crc, false_crc)
