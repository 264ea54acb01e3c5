"""Lists as spreadsheets: nothing runs, no zero is lost, amounts and dates are real ones."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from energymed.web.shared.downloads import as_csv, as_xlsx, asked_form, download

FORMULAS = ("=1+1", "+33639980001", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_csv_opens_in_a_french_spreadsheet() -> None:
    content = as_csv(["Réf.", "Dû", "Le"], [["A;1", 123456, date(2026, 11, 3)], [None, -5, None]])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert cells(content) == [
        ["Réf.", "Dû", "Le"], ["A;1", "1234,56", "03/11/2026"], ["", "-0,05", ""]
    ]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_holds_no_formula(text: str) -> None:
    (_titles, (cell,)) = cells(as_csv(["Nom"], [[text]]))
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", [*FORMULAS, "http://example.org", "007", "1 234"])
def test_a_workbook_keeps_text_as_text(text: str) -> None:
    sheet = load_workbook(BytesIO(as_xlsx(["Nom"], [[text]]))).active
    assert sheet is not None
    cell = sheet["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).replace("_x000D_", "\r") == text
    assert cell.hyperlink is None


def test_a_workbook_has_real_amounts_and_dates() -> None:
    content = as_xlsx(["Dû", "Le", "Rien"], [[123456, date(2026, 11, 3), None]])
    sheet = load_workbook(BytesIO(content)).active
    assert sheet is not None
    amount, day, nothing = next(sheet.iter_rows(min_row=2))
    assert (amount.value, amount.number_format) == (1234.56, "#,##0.00")
    assert (str(day.value), day.number_format) == ("2026-11-03 00:00:00", "dd/mm/yyyy")
    assert nothing.value is None
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(("form", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_a_download_is_kept_as_a_file_and_nowhere_else(app: Flask, form: str, start: bytes) -> None:
    answer = download(form, "courriers", ["Nom"], [["Zoé"]])
    assert answer.get_data().startswith(start)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=courriers.{form}"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "form"), [("", "csv"), ("?form=xlsx", "xlsx"), ("?form=exe", "csv")]
)
def test_an_unknown_form_is_csv(app: Flask, query: str, form: str) -> None:
    with app.test_request_context(f"/{query}"):
        assert asked_form() == form
