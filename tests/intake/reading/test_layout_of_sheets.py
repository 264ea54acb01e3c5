"""What a workbook hides and merges: lines to decide, columns told, values for each line."""

import io

import pytest
import xlsxwriter
import xlwt
from openpyxl import Workbook

from energymed.intake.checking.row_checks import check_payments, check_rows
from energymed.intake.codes import ProblemCode, RowOutcome
from energymed.intake.mapping.headers import suggest
from energymed.intake.reading.reader import read
from energymed.intake.rows import CheckResult, Sheet
from tests.intake.handmade_workbooks import ods_texts, ods_xml, xls_bytes

TITLES = ("Référence", "Nom", "Téléphone", "Montant")
ROWS = (
    ("H0", "Morel", "0639981100", 100),
    ("H1", "Petit", "0639981101", 101),
    ("H2", "Serre", "0639981102", 102),
    ("H3", "Blanc", "0639981103", 103),
)
HIDDEN = (2, 4)  # rows of the sheet, from 0


def xlsx_hidden() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((TITLES, *ROWS)):
            sheet.write_row(at, 0, row)
        for at in HIDDEN:
            sheet.set_row(at, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
    return buffer.getvalue()


def openpyxl_hidden() -> bytes:
    book = Workbook()
    sheet = book.active
    for row in (TITLES, *ROWS):
        sheet.append(row)
    for at in HIDDEN:
        sheet.row_dimensions[at + 1].hidden = True
    sheet.column_dimensions["C"].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls_hidden() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for at, row in enumerate((TITLES, *ROWS)):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    for at in HIDDEN:
        sheet.row(at).hidden = True
    sheet.col(2).hidden = True
    return xls_bytes(book)


def ods_hidden() -> bytes:
    """As LibreOffice filters: 'filter' for its rows, 'collapse' for those hidden by hand."""
    rows = [ods_texts(*map(str, row)) for row in (TITLES, *ROWS)]
    states = {2: "filter", 4: "collapse"}
    said = "".join(
        f'<table:table-row table:visibility="{states.get(at, "visible")}">{row}</table:table-row>'
        for at, row in enumerate(rows)
    )
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/><table:table-column/>'
    )
    return ods_xml(columns + said)


def checked(sheet: Sheet, **decisions: str) -> CheckResult:
    return check_rows(
        sheet, suggest(sheet.headers, "unpaid_bill"), "unpaid_bill", decisions=decisions
    )


@pytest.mark.parametrize("made", [xlsx_hidden, openpyxl_hidden, xls_hidden, ods_hidden])
def test_hidden_lines_wait_for_a_decision(made) -> None:  # type: ignore[no-untyped-def]
    sheet = read(made(), "f")
    assert sheet.hidden == {3, 5}
    told = " ".join(map(str, sheet.notes))
    assert "à la main : 3, 5." in told
    assert "Colonnes masquées" in told
    assert "Téléphone" in told
    result = checked(sheet)
    assert [row.reference for row in result.accepted] == ["H0", "H2"]
    assert [(row.row_number, row.outcome) for row in result.rejected] == [
        (3, RowOutcome.HELD), (5, RowOutcome.HELD),
    ]  # fmt: skip
    assert {problem.code for problem in result.problems} == {ProblemCode.HIDDEN_ROW}
    assert all(row.phones for row in result.accepted)  # a hidden column is read
    taken = checked(sheet, hidden_row="accept")
    assert [row.reference for row in taken.accepted] == ["H0", "H1", "H2", "H3"]
    assert not taken.problems


def test_a_hidden_line_does_not_spoil_the_visible_one_of_its_reference() -> None:
    book = Workbook()
    for row in (TITLES, ROWS[0], ("H0", "Morel", "0639981100", 999)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    result = checked(read(buffer.getvalue(), "f.xlsx"))
    assert [row.debt_cents for row in result.accepted] == [10000]
    assert [row.outcome for row in result.rejected] == [RowOutcome.HELD]


def test_hidden_payments_wait_as_well() -> None:
    book = Workbook()
    for row in (("Référence", "Date paiement", "Montant payé"), ("H0", "13/11/2026", 5),
                ("H1", "13/11/2026", 6)):  # fmt: skip
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read(buffer.getvalue(), "f.xlsx")
    mapping = suggest(sheet.headers, "payments")
    result = check_payments(sheet, mapping)
    assert [row.reference for row in result.accepted] == ["H0"]
    assert [row.outcome for row in result.rejected] == [RowOutcome.HELD]
    taken = check_payments(sheet, mapping, {"hidden_row": "accept"})
    assert [row.reference for row in taken.accepted] == ["H0", "H1"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told(state: str) -> None:
    book = Workbook()
    for row in (TITLES, ROWS[0]):
        book.active.append(row)
    other = book.create_sheet("Ancien")
    for row in (TITLES, ROWS[1], ROWS[2]):
        other.append(row)
    other.sheet_state = state
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read(buffer.getvalue(), "f.xlsx")
    assert len(sheet.rows) == 1
    assert list(map(str, sheet.notes)) == ["Feuilles masquées dans le classeur, non lues : Ancien."]


# -- merged cells


def xlsx_merged() -> bytes:
    book = Workbook()
    sheet = book.active
    for row in (
        TITLES,
        ("A1", "Morel", "0639981122", 100),
        ("A2", "", "", 50),
        ("A3", "Roux", "", 7),
    ):
        sheet.append([value or None for value in row])
    for place in ("B2:B3", "C2:C3", "B6:B9"):
        sheet.merge_cells(place)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls_merged() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for column, title in enumerate(TITLES):
        sheet.write(0, column, title)
    sheet.write_merge(1, 2, 1, 1, "Morel")
    sheet.write_merge(1, 2, 2, 2, "0639981122")
    for at, (reference, amount) in enumerate((("A1", 100), ("A2", 50), ("A3", 7)), 1):
        sheet.write(at, 0, reference)
        sheet.write(at, 3, amount)
    sheet.write(3, 1, "Roux")
    return xls_bytes(book)


def ods_merged() -> bytes:
    def spans(text: str) -> str:
        return (
            '<table:table-cell table:number-columns-spanned="1" table:number-rows-spanned="2" '
            f'office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        )

    def row(cells: str) -> str:
        return f"<table:table-row>{cells}</table:table-row>"

    covered = "<table:covered-table-cell/>" * 2
    return ods_xml(
        row(ods_texts(*TITLES))
        + row(ods_texts("A1") + spans("Morel") + spans("0639981122") + ods_texts("100"))
        + row(ods_texts("A2") + covered + ods_texts("50"))
        + row(ods_texts("A3", "Roux", "", "7"))
    )


@pytest.mark.parametrize("made", [xlsx_merged, xls_merged, ods_merged])
def test_cells_merged_downwards_hold_for_each_line(made) -> None:  # type: ignore[no-untyped-def]
    sheet = read(made(), "f")
    result = checked(sheet)
    assert [(row.reference, row.last_name, row.debt_cents) for row in result.accepted] == [
        ("A1", "Morel", 10000), ("A2", "Morel", 5000), ("A3", "Roux", 700),
    ]  # fmt: skip
    assert result.accepted[0].phones == result.accepted[1].phones == ("+33639981122",)
    assert result.accepted[2].phones == ()
    assert "(cellules complétées : 2)" in str(sheet.notes[0])


def test_a_title_merged_sideways_names_each_of_its_columns() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(("Référence", "Nom", "Téléphone", None, "Montant"))
    sheet.append(("A1", "Morel", "0639981122", "0639981123", 100))
    sheet.merge_cells("C1:D1")
    sheet["D2"] = "0639981123"
    buffer = io.BytesIO()
    book.save(buffer)
    read_sheet = read(buffer.getvalue(), "f.xlsx")
    assert read_sheet.headers[2:4] == ["Téléphone", "Téléphone (2)"]
