"""Workbooks as Excel, LibreOffice, Google Sheets and exporters write them (xlsx, xls, ods)."""

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from random import Random

import pytest
import xlsxwriter
import xlwt
from openpyxl import Workbook

from energymed.base.errors import BadInput
from energymed.intake.checking.row_checks import check_rows
from energymed.intake.mapping.headers import suggest
from energymed.intake.reading.reader import read
from energymed.intake.rows import CheckResult
from tests.intake.books import LINE, TITLES
from tests.intake.handmade_workbooks import (
    inline,
    ods_cell,
    ods_row,
    ods_texts,
    ods_xml,
    xls_bytes,
    xlsx_xml,
)

DAY = date(2026, 11, 13)
MOMENT = datetime.combine(DAY, time(10, 30))
IN_1900, IN_1904 = 46_339, 44_877  # the same day, counted from either start
DATED = ("Référence", "Nom", "Montant", "Date facture", "Échéance")


def cells(data: bytes, name: str = "f.xlsx") -> list[tuple[object, ...]]:
    return [row.cells for row in read(data, name).rows]


def checked(data: bytes, name: str = "f.xlsx") -> CheckResult:
    sheet = read(data, name)
    return check_rows(sheet, suggest(sheet.headers, "unpaid_bill"), "unpaid_bill")


# -- dates


def xlsx_dated(*, since_1904: bool) -> bytes:
    """One day as a date, the same as a bare number, and again as texts."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"date_1904": since_1904}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, DATED)
        sheet.write_row(1, 0, ("A1", "W", 1))
        sheet.write_datetime(1, 3, DAY, book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number(1, 4, IN_1904 if since_1904 else IN_1900)
        sheet.write_row(2, 0, ("A2", "Y", 2, "13/11/2026", "2026-11-13"))
    return buffer.getvalue()


def xls_dated(*, since_1904: bool) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    sheet = book.add_sheet("A")
    for at, title in enumerate(DATED):
        sheet.write(0, at, title)
    serial = IN_1904 if since_1904 else IN_1900
    for at, value in enumerate(("A1", "W", 1, serial, serial)):
        style = xlwt.easyxf(num_format_str="DD/MM/YYYY") if at == 3 else xlwt.Style.default_style
        sheet.write(1, at, value, style)
    for at, text in enumerate(("A2", "Y", "2", "13/11/2026", "2026-11-13")):
        sheet.write(2, at, text)
    return xls_bytes(book)


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("made", [xlsx_dated, xls_dated])
def test_days_counted_from_1900_and_from_1904(made: Callable[..., bytes], since_1904: bool) -> None:
    rows = checked(made(since_1904=since_1904)).accepted
    assert {(row.invoice_date, row.due_date) for row in rows} == {(DAY, DAY)}
    assert [row.debt_cents for row in rows] == [100, 200]


def test_only_columns_of_days_are_counted_anew() -> None:
    """An amount in a workbook of 1904 stays what it is."""
    row = cells(xlsx_dated(since_1904=True))[0]
    assert (row[2], row[4]) == (1, IN_1900)


def test_days_and_hours_in_one_cell() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Référence", "Nom", "Date coupure", "Heure"))
        sheet.write_row(1, 0, ("A1", "X"))
        when = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_datetime(1, 2, MOMENT, when)
        sheet.write_datetime(1, 3, time(9, 30), book.add_format({"num_format": "hh:mm"}))
    assert cells(buffer.getvalue()) == [("A1", "X", MOMENT, time(9, 30))]


# -- xlsx


def test_formulas_give_what_they_last_gave() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_formula(1, 0, '="EDF"&1', None, "EDF1")
        sheet.write_formula(1, 1, "=UPPER(Z1)", None, "DURAND")
        sheet.write_formula(1, 4, "=SUM(Z1:Z9)", None, 23142.019999999997)
    (row,) = checked(buffer.getvalue()).accepted
    assert (row.reference, row.last_name, row.debt_cents) == ("EDF1", "DURAND", 2314202)


def test_a_formula_that_nobody_worked_out_is_an_empty_cell() -> None:
    book = Workbook()
    table = book.active
    assert table is not None
    table.append(TITLES)
    table.append(("EDF1", "DURAND", "Léa", "", "=1+1"))
    buffer = io.BytesIO()
    book.save(buffer)
    (rejected,) = checked(buffer.getvalue()).rejected
    assert [one.code for one in rejected.problems] == ["bad_amount", "no_phone"]


def test_texts_in_cells_without_styles_addresses_or_shared_strings() -> None:
    assert cells(xlsx_xml([inline(*TITLES), inline(*LINE)])) == [LINE]


def test_shared_texts_with_styles_sounds_breaks_and_escapes() -> None:
    shared = (
        "<si><t>Référence</t></si><si><t>Nom</t></si><si><t>Commentaire</t></si>"
        '<si><r><rPr><b/></rPr><t xml:space="preserve">DU </t></r><r><t>RAND</t></r>'
        '<rPh sb="0" eb="1"><t>dyu</t></rPh></si>'
        '<si><t xml:space="preserve"> un&#10;deux_x000D_ &amp; &lt;trois&gt; </t></si><si/>'
    )
    book = xlsx_xml(
        [
            '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>',
            '<c r="A2"><v>12</v></c><c r="B2" t="s"><v>3</v></c><c r="C2" t="s"><v>4</v></c>',
            '<c r="A3"><v>13</v></c><c r="B3" t="s"><v>3</v></c><c r="C3" t="s"><v>5</v></c>',
        ],
        shared=shared,
    )
    read_cells = cells(book)
    assert read_cells == [(12, "DU RAND", " un\ndeux\r & <trois> "), (13, "DU RAND", "")]
    sheet = read(book, "f.xlsx")
    result = check_rows(sheet, suggest(sheet.headers, "cutoff_notice"), "cutoff_notice")
    assert [row.comment for row in result.accepted] == ["un\ndeux\n& <trois>", None]


def test_strict_office_open_xml_with_iso_dates() -> None:
    titles = inline("Référence", "Nom", "Montant", "Date facture")
    row = inline("A1", "DURAND") + '<c><v>12.5</v></c><c t="d"><v>2026-11-13</v></c>'
    (line,) = checked(xlsx_xml([titles, row], strict=True)).accepted
    assert (line.invoice_date, line.debt_cents) == (DAY, 1250)


def test_errors_and_ticks() -> None:
    row = (
        '<c t="e"><v>#REF!</v></c><c t="e"><f>NA()</f><v>#N/A</v></c><c t="b"><v>1</v></c>'
        '<c t="str"><f>A9</f><v>#N/A</v></c><c><v>3</v></c>'
    )
    titles = inline("Référence", "Nom", "Chèque énergie", "Téléphone", "Montant")
    book = xlsx_xml([titles, row, inline("A2", "Y", "VRAI", "#N/A", "4")])
    assert cells(book) == [("", "", True, "", 3), ("A2", "Y", "VRAI", "", "4")]
    result = checked(book)
    assert [one.code for one in result.rejected[0].problems if one.severity == "error"] == [
        "missing_reference", "missing_name",
    ]  # fmt: skip
    assert result.accepted[0].energy_cheque is True


def test_long_numbers_that_became_floats() -> None:
    titles = inline("Référence", "Nom", "Montant", "PDL", "Téléphone", "CP")
    row = (
        "<c><v>123456789012345</v></c>" + inline("W") + "<c><v>12.300000000000001</v></c>"
        "<c><v>1234567890123</v></c><c><v>639984527</v></c><c><v>1000</v></c>"
    )
    damaged = (
        "<c><v>2</v></c>" + inline("Y") + "<c><v>5</v></c><c><v>1.2345678901234567E+19</v></c>"
        "<c><v>6.4E+12</v></c>"
    )
    result = checked(xlsx_xml([titles, row, damaged]))
    first, second = result.accepted
    assert (first.reference, first.debt_cents) == ("123456789012345", 1230)
    assert (first.delivery_point, first.postal_code) == ("01234567890123", "01000")
    assert first.phones == ("+33639984527",)
    assert (second.delivery_point, second.phones) == (None, ())
    assert {one.code for one in result.problems} == {
        "bad_phone", "no_phone", "delivery_point_damaged",
    }  # fmt: skip


def test_numbers_kept_as_texts_by_an_apostrophe() -> None:
    """Excel keeps the apostrophe apart from the text; a converter writes it into the text."""
    book = Workbook()
    table = book.active
    assert table is not None
    table.append(TITLES)
    table.append(("00123", "DURAND", "Léa", "0639984527", "12,50"))
    table.append(("'00124", "MARTIN", "Zoé", "'0639984528", "'1 234,50"))
    for cell in table[2]:
        cell.number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)
    rows = checked(buffer.getvalue()).accepted
    assert [row.reference for row in rows] == ["00123", "00124"]
    assert [row.phones for row in rows] == [("+33639984527",), ("+33639984528",)]
    assert [row.debt_cents for row in rows] == [1250, 123450]


def test_percentages_are_numbers_and_hidden_rows_are_read() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, (*TITLES, "Part"))
        for at in (1, 2, 3):
            sheet.write_row(at, 0, (f"EDF{at}", *LINE[1:]))
            sheet.write_number(at, 5, 0.2, book.add_format({"num_format": "0 %"}))
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.autofilter("A1:F4")
    assert [(row[0], row[5]) for row in cells(buffer.getvalue())] == [
        ("EDF1", 0.2), ("EDF2", 0.2), ("EDF3", 0.2),
    ]  # fmt: skip


# -- xls


def test_a_workbook_of_excel_97() -> None:
    book = xlwt.Workbook(encoding="cp1252")
    hidden, sheet = book.add_sheet("Codes"), book.add_sheet("Dossiers")
    hidden.visibility = 1
    for at, title in enumerate((*TITLES, "Chèque énergie", "Échéance")):
        hidden.write(0, at, title)
        sheet.write(2, at, title)
        hidden.write(1, at, "caché")
    sheet.write_merge(0, 0, 0, 6, "Liste des impayés")
    for at, value in enumerate(("EDF1", "DURAND", "Léa", 639984527, 12.5, True)):
        sheet.write(3, at, value)
    sheet.row(3).set_cell_error(6, 0x2A)  # #N/A
    found = read(xls_bytes(book), "f.xls")
    assert (found.sheet_name, found.header_row_number) == ("Dossiers", 3)
    assert list(found.rows) == [(4, ("EDF1", "DURAND", "Léa", 639984527, 12.5, True, ""))]


# -- ods


def test_an_ods_of_libreoffice() -> None:
    titles = ("Référence", "Nom", "Prénom", "Montant", "Date facture", "Échéance",
              "Chèque énergie", "Taux", "Commentaire")  # fmt: skip
    comment = (
        '<table:table-cell office:value-type="string"><office:annotation><dc:creator>Moi'
        "</dc:creator><text:p>note du chef</text:p></office:annotation><text:p>un</text:p>"
        "<text:p>deux</text:p></table:table-cell>"
    )
    first = (
        ods_texts("A1")
        + '<table:table-cell office:value-type="string" table:number-columns-repeated="2">'
        "<text:p>DU<text:s/>RAND<text:s text:c='2'/>X</text:p></table:table-cell>"
        + ods_cell("currency", "308,21 €", value="308.21", currency="EUR")
        + ods_cell("date", "13/11/26", date_value="2026-11-13")
        + ods_cell("date", "13/11/26 10:30", date_value="2026-11-13T10:30:00")
        + ods_cell("boolean", "VRAI", boolean_value="true")
        + ods_cell("percentage", "20 %", value="0.2")
        + comment
    )
    blank = "<table:table-cell/>"
    repeated = ods_texts("B", "Y") + blank + ods_cell("float", "12,50", value="12.5")
    table = (
        f"<table:table-header-rows>{ods_row(ods_texts(*titles))}</table:table-header-rows>"
        + ods_row(first)
        + ods_row("", times=2_000)
        + ods_row(repeated, times=3)
        + ods_row("", times=1_046_000)
    )
    sheet = read(ods_xml(table), "f.ods")
    rows = list(sheet.rows)
    assert rows[0].cells == (
        "A1", "DU RAND  X", "DU RAND  X", 308.21, DAY, MOMENT, True, 0.2,
        "un\ndeux",
    )  # fmt: skip
    assert [row.number for row in rows] == [2, 2003, 2004, 2005]
    assert rows[3].cells[:4] == ("B", "Y", "", 12.5)
    assert (sheet.ignored, sheet.headers) == (2_000, list(titles))


def test_an_error_in_an_ods_is_an_empty_cell() -> None:
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" '
        'office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    table = ods_row(ods_texts("Référence", "Nom", "Montant")) + ods_row(ods_texts("A1") + error)
    assert cells(ods_xml(table), "f.ods") == [("A1", "", "")]


def test_covered_cells_of_merged_titles_in_an_ods() -> None:
    upper = (
        '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>'
        "Référence</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>'
        "Client</text:p></table:table-cell><table:covered-table-cell/>"
    )
    lower = "<table:covered-table-cell/>" + ods_texts("Nom", "Téléphone")
    table = ods_row(upper) + ods_row(lower) + ods_row(ods_texts("A1", "X", "0639984527"))
    sheet = read(ods_xml(table), "f.ods")
    assert sheet.headers == ["Référence", "Nom", "Téléphone"]
    assert [row.cells for row in sheet.rows] == [("A1", "X", "0639984527")]


@pytest.mark.slow
def test_a_workbook_damaged_anywhere_is_refused_or_read_and_never_a_crash() -> None:
    random = Random(2)
    for source in (xlsx_dated(since_1904=True), xlsx_dated(since_1904=False)):
        for _ in range(150):
            data = bytearray(source)
            for _ in range(random.randint(1, 8)):
                data[random.randrange(len(data))] = random.randrange(256)
            with suppress(BadInput):
                list(read(bytes(data), "f.xlsx").rows)
