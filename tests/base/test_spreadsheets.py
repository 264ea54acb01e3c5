"""The one writer of spreadsheets: nothing runs, nothing is turned into something else."""

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from energymed.base.spreadsheets import WRITERS, Column, Kind, Row, Value, as_csv, as_xlsx

RUNS = ("=1+1", "+33639980001", "-2+3", "-12,50", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")')
TURNED = (
    "0042", "00", "06 39 98 00 01", "200000000001", "12-05", "1/2", "2026-11-13", "12:5", "1E5",
    "2,14E+13", "12-mai", "DEC-24", "mars1", "sept. 26", "12MARS", "3 SEPT 26", "1/2/3",
)  # fmt: skip
STAY = (
    "", "0", "42", "12345678901", "0,5", "1234,56", "13/11/2026", "R-2026-001", "12 rue", "E5",
    "A0042", "12 maisons", "MARSEILLE1", "JANVIER", "déc-oct", "1 234",
    "'déjà", "A;B", 'A"B', "A\nB", " =1+1", "http://example.org",
)  # fmt: skip
DAY = date(2026, 11, 3)


def cells(columns: list[Column], *rows: Row) -> list[list[str]]:
    text = as_csv(columns, rows).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def written(value: Value, kind: Kind = Kind.TEXT) -> str:
    return cells([Column("T", kind)], [value])[1][0] if value not in (None, "") else ""


def sheet_cell(value: Value, kind: Kind = Kind.TEXT) -> Any:
    sheet = load_workbook(BytesIO(as_xlsx([Column("T", kind)], [[value]]))).active
    assert sheet is not None
    return sheet["A2"]


def test_a_csv_is_for_a_french_spreadsheet() -> None:
    columns = [Column("Réf."), Column("Dû", Kind.CENTS), Column("Le", Kind.DATE)]
    content = as_csv(columns, [["A;1", 123456, DAY]])
    assert content == '\ufeffRéf.;Dû;Le\r\n"A;1";1234,56;03/11/2026\r\n'.encode()


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE])
@pytest.mark.parametrize("text", RUNS)
def test_no_text_runs(text: str, kind: Kind) -> None:
    assert written(text, kind) == f"'{text}"
    cell = sheet_cell(text, kind)
    assert (cell.data_type, str(cell.value).replace("_x000D_", "\r")) == ("s", text)


@pytest.mark.parametrize("text", TURNED)
def test_no_text_for_people_is_turned_into_another(text: str) -> None:
    assert written(text) == f"'{text}"
    assert written(text, Kind.CODE) == text
    cell = sheet_cell(text)
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")


@pytest.mark.parametrize("text", STAY)
def test_any_other_text_is_as_it_is(text: str) -> None:
    assert written(text) == written(text, Kind.CODE) == text
    assert sheet_cell(text).value == (text or None)
    assert sheet_cell(text).hyperlink is None


def test_a_title_does_not_run_either() -> None:
    assert cells([Column("=1+1"), Column("Nom")]) == [["'=1+1", "Nom"]]
    sheet = load_workbook(BytesIO(as_xlsx([Column("=1+1")], []))).active
    assert sheet is not None
    assert (sheet["A1"].data_type, sheet["A1"].value, sheet.freeze_panes) == ("s", "=1+1", "A2")


@pytest.mark.parametrize(
    ("kind", "value", "text", "shown", "shape"),
    [
        (Kind.CENTS, 123456, "1234,56", 1234.56, "#,##0.00 €"),
        (Kind.CENTS, -5, "-0,05", -0.05, "#,##0.00 €"),
        (Kind.CENTS, 0, "0,00", 0, "#,##0.00 €"),
        (Kind.COUNT, 123456, "123456", 123456, "#,##0"),
        (Kind.COUNT, -5, "-5", -5, "#,##0"),
        (Kind.SHARE, 0.125, "0,1250", 0.125, "0.0 %"),
        (Kind.DATE, DAY, "03/11/2026", "2026-11-03 00:00:00", "dd/mm/yyyy"),
    ],
)
def test_a_number_is_what_its_column_says(
    kind: Kind, value: Value, text: str, shown: object, shape: str
) -> None:
    assert written(value, kind) == text
    cell = sheet_cell(value, kind)
    assert (cell.value if kind != Kind.DATE else str(cell.value)) == shown
    assert cell.number_format == shape


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_an_empty_cell(kind: Kind) -> None:
    assert cells([Column("A"), Column("T", kind)], ["x", None])[1] == ["x", ""]
    assert sheet_cell(None, kind).value is None


@pytest.mark.parametrize("file_format", sorted(WRITERS))
def test_the_same_table_gives_the_same_bytes(file_format: str) -> None:
    columns = [Column("Réf."), Column("Dû", Kind.CENTS)]
    made = {WRITERS[file_format](columns, [["A", 1], ["0042", None]]) for _turn in range(2)}
    assert len(made) == 1


@pytest.mark.parametrize("file_format", sorted(WRITERS))
def test_a_row_has_a_cell_for_each_column(file_format: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        WRITERS[file_format]([Column("A"), Column("B")], [["only one"]])
