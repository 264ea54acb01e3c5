"""Workbooks and texts made to harm: one clear sentence or a right reading, no other error."""

import base64
import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from openpyxl import Workbook

from energymed.base.errors import BadInput
from energymed.intake.reading import file_safety, workbooks
from energymed.intake.reading.reader import read
from energymed.intake.rows import Sheet
from tests.intake.books import LINE, TITLES, csv_bytes, xlsx_bytes, zip_bytes
from tests.intake.handmade_workbooks import inline, ods_row, ods_texts, ods_xml, xls_bytes, xlsx_xml

pytestmark = [pytest.mark.slow, pytest.mark.once]
GOOD = xlsx_bytes({"Feuil1": [TITLES, LINE]})
ODS = ods_xml(ods_row(ods_texts(*TITLES)) + ods_row(ods_texts(*LINE)))
ENTITIES = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]>'
SECRET = "zq-a-line-of-a-file-beside"


def members(book: bytes) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(book: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """A workbook with a piece of one part replaced."""
    parts = members(book)
    assert old in parts[name]
    return zip_bytes({**parts, name: parts[name].replace(old, new, 1)})


def answer(data: bytes, name: str = "liste.xlsx") -> Sheet | str:
    """What comes of a file: the sheet that was read, or the sentence of the refusal."""
    try:
        sheet = read(data, name)
    except BadInput as refused:
        said = str(refused)
        assert name in said
        assert "\n" not in said
        return said
    assert all(len(row.cells) == len(sheet.headers) for row in sheet.rows)
    return sheet


# -- entities


@pytest.mark.parametrize("book", [GOOD, ODS], ids=["xlsx", "ods"])
@pytest.mark.parametrize("said", ["&a9;", "&outside;", "&unknown;"])
def test_entities_are_never_followed(book: bytes, said: str, tmp_path: Path) -> None:
    """A billion laughs, a file beside and an unknown one: none gives a text of its own."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    outside = f'<!ENTITY outside SYSTEM "{secret.as_uri()}">'
    types = LAUGHS.replace("]>", f"{outside}]>")
    part, mark = (
        ("xl/sharedStrings.xml", b"<sst") if book is GOOD else ("content.xml", b"<office:d")
    )
    bomb = changed(book, part, mark, types.encode() + mark)
    bomb = changed(bomb, part, b"DURAND", said.encode())
    found = answer(bomb)
    if isinstance(found, str):
        assert "abîmé" in found
    else:
        told = "".join(str(cell) for row in found.rows for cell in row.cells)
        assert SECRET not in told
        assert "hahaha" not in told


# -- parts that lack, or lie


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels",
             "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels"],
)  # fmt: skip
def test_a_part_that_lacks(part: str) -> None:
    found = answer(zip_bytes({name: xml for name, xml in members(GOOD).items() if name != part}))
    if isinstance(found, str):
        assert any(word in found for word in ("abîmé", "une archive ZIP", "aucune cellule"))
    else:
        assert part in ("xl/styles.xml", "[Content_Types].xml", "_rels/.rels")
        assert [row.cells for row in found.rows] == [LINE]


@pytest.mark.parametrize("index", [b"9999", b"-1", b"99999999999999999999", b"x", b"1.5", b"NaN"])
def test_a_shared_text_out_of_range(index: bytes) -> None:
    found = answer(changed(GOOD, "xl/worksheets/sheet1.xml", b"<v>5</v>", b"<v>%s</v>" % index))
    if isinstance(found, str):
        assert "abîmé" in found
    else:
        assert found.rows[0].cells[1:] == LINE[1:]


@pytest.mark.parametrize(
    "ref", ["A1:XFD1048576", "A1:A1048577", "B2:A1", "A1:A1", "A1:", "x", "A1:B2 A1:B2", ""]
)
def test_merged_cells_that_reach_everywhere_or_nowhere(ref: str) -> None:
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
    found = answer(changed(GOOD, "xl/worksheets/sheet1.xml", b"</sheetData>", merged.encode()))
    assert isinstance(found, Sheet) or "abîmé" in found or "fusion" in found or "étend" in found


def test_merged_cells_that_cross_each_other() -> None:
    merges = "".join(f'<mergeCell ref="A{at}:B{at + 2}"/>' for at in range(2, 200))
    tail = f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
    lines = [(f"EDF{at}", *LINE[1:]) for at in range(200)]
    book = xlsx_bytes({"A": [TITLES, *lines]})
    found = answer(changed(book, "xl/worksheets/sheet1.xml", b"</sheetData>", tail))
    assert isinstance(found, Sheet)
    assert len(found.rows) == 200


# -- sizes


def test_the_widest_sheet_there_is() -> None:
    wide = xlsx_bytes({"A": [(*TITLES, *map(str, range(16_384 - len(TITLES)))), LINE]})
    assert "plus de 500 colonnes" in str(answer(wide))


def test_a_million_rows_declared_and_three_real_ones() -> None:
    told = changed(GOOD, "xl/worksheets/sheet1.xml", b'ref="A1:E2"', b'ref="A1:E1048576"')
    found = answer(told)
    assert isinstance(found, Sheet)
    assert list(found.rows) == [(2, LINE)]
    empty = "".join(f'<row r="{at}"/>' for at in (3, 1_048_576))
    far = changed(
        GOOD, "xl/worksheets/sheet1.xml", b"</sheetData>", empty.encode() + b"</sheetData>"
    )
    found = answer(far)
    assert isinstance(found, Sheet)
    assert list(found.rows) == [(2, LINE)]


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/media/image1.png"])
def test_a_bomb_is_refused_before_it_is_unpacked(
    member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in the workbook it lies: the library does not even see it."""
    monkeypatch.setattr(file_safety.check_archive, "__defaults__", (3_000_000,))
    monkeypatch.setattr(workbooks, "run_beside", lambda *_a, **_k: pytest.fail("was opened"))
    bomb = zip_bytes({**members(GOOD), member: b" " * 5_000_000})
    assert len(bomb) < 20_000
    assert "volume anormal" in str(answer(bomb))


@pytest.mark.parametrize("letters", [32_767, 40_000])
def test_a_cell_of_more_letters_than_excel_writes(letters: int) -> None:
    rows = [inline(*TITLES), inline("EDF1", "D" * letters, *LINE[2:])]
    found = answer(xlsx_xml(rows))
    assert isinstance(found, Sheet)
    assert found.rows[0].cells[1] == "D" * letters


# -- values


@pytest.mark.parametrize(
    "value", ["NaN", "INF", "-INF", "1E400", "1e-400", "2958466", "-1", "1E10", "", "1,5", "0x10"]
)
@pytest.mark.parametrize("style", ["", ' s="1"'], ids=["number", "date"])
def test_numbers_and_days_beyond_what_there_is(value: str, style: str) -> None:
    """A day past 9999 or before 1900, a number that is none: a cell, or a sentence."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append((*TITLES, "Date de facture"))
    sheet.append((*LINE, datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)))
    out = io.BytesIO()
    book.save(out)
    day = b'<c r="F2" s="1" t="n"><v>46349</v></c>'
    found = answer(
        changed(out.getvalue(), "xl/worksheets/sheet1.xml", day,
                f'<c r="F2"{style} t="n"><v>{value}</v></c>'.encode())
    )  # fmt: skip
    assert isinstance(found, str) or found.rows[0].cells[0] == "EDF1"


def test_a_formula_is_what_it_last_gave_and_never_its_text() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, LINE)
        sheet.write_formula(1, 1, '=WEBSERVICE("http://example.org")', value="DURAND")
        sheet.write_formula(1, 2, "=cmd|' /C calc'!A0", value="")
    found = answer(out.getvalue())
    assert isinstance(found, Sheet)
    assert found.rows[0].cells[:3] == ("EDF1", "DURAND", "")


# -- archives


@pytest.mark.parametrize("name", ["/etc/cron.d/x", "../../../x.xml", "..\\..\\x", "C:/x", "a\x00b"])
def test_a_name_that_leads_elsewhere_is_only_a_name(name: str, tmp_path: Path) -> None:
    before = set(tmp_path.parent.rglob("*"))
    found = answer(zip_bytes({**members(GOOD), name: b"x"}))
    assert isinstance(found, Sheet)
    assert set(tmp_path.parent.rglob("*")) == before


def test_an_archive_cut_anywhere_is_refused() -> None:
    for part in range(1, 10):
        assert "abîmé" in str(answer(GOOD[: len(GOOD) * part // 10]))
    assert "abîmé" in str(answer(GOOD[:-1]))


def test_two_parts_of_one_name_are_one_sheet_or_a_sentence() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    found = answer(out.getvalue())
    assert isinstance(found, str) or [row.cells for row in found.rows] == [LINE]


@pytest.mark.parametrize("flag", [1, 0x41])
def test_a_part_under_a_password(flag: int) -> None:
    data = bytearray(GOOD)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + place, flag)
            at = data.find(mark, at + 4)
    assert "abîmé" in str(answer(bytes(data)))


# -- kinds


def xls_of_one_line() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for row, cells in enumerate((TITLES, LINE)):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    return xls_bytes(book)


@pytest.mark.parametrize(
    "made", [lambda: GOOD, lambda: ODS, xls_of_one_line, lambda: csv_bytes(LINE)]
)
@pytest.mark.parametrize(
    "name", ["a.csv", "a.xls", "a.xlsx", "a.xlsm", "a.ods", "a.pdf", "a", ".."]
)
def test_the_name_of_a_file_proves_nothing(made: Callable[[], bytes], name: str) -> None:
    found = answer(made(), name)
    assert isinstance(found, Sheet)
    assert [row.cells for row in found.rows] == [LINE]


def test_macros_are_left_asleep() -> None:
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with_macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    book = changed(GOOD, "[Content_Types].xml", kind, with_macros)
    program = base64.b64decode("0M8R4KGxGuE=") + b"\x00" * 4_000
    found = answer(zip_bytes({**members(book), "xl/vbaProject.bin": program}), "liste.xlsm")
    assert isinstance(found, Sheet)
    assert [row.cells for row in found.rows] == [LINE]


# -- texts


def test_one_line_of_twelve_megabytes() -> None:
    assert "est trop longue" in str(
        answer(csv_bytes(("EDF1", "D" * 12_000_000, "", "", "1")), "f.csv")
    )


def test_quotes_without_end() -> None:
    """120 kB that open a cell on each line and close none: each line is its own."""
    lines = "".join(f'EDF{at};"LE GRAND;Léa;;12,50\n' for at in range(3_600))
    data = f"{';'.join(TITLES)}\n{lines}".encode()
    assert len(data) > 100_000
    found = answer(data, "f.csv")
    assert isinstance(found, Sheet)
    assert len(found.rows) == 3_600
    assert found.rows[-1].cells[1] == '"LE GRAND'


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("cut", [1, 3])
def test_half_letters_of_utf_16_without_a_mark(codec: str, cut: int) -> None:
    found = answer(csv_bytes(LINE, ("EDF2", "😀", "", "", "1"), encoding=codec)[:-cut], "f.csv")
    assert isinstance(found, Sheet)
    assert found.rows[0].cells == LINE
