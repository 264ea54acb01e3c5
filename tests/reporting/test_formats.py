"""The three files of a return, read back: the same lines, typed, and no cell that calculates."""

import csv
import json
from dataclasses import asdict, replace
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from energymed.intake.reading.cell_escapes import plain_cell
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.formats import MEDIA_TYPES, WRITERS, as_csv, as_json, as_xlsx
from energymed.reporting.indicators import Figure
from energymed.reporting.lines import ReturnLine
from energymed.reporting.scope import Scope
from tests.reporting.makers import NOVEMBER

SCOPE = Scope(NOVEMBER, partner_id=1)
# DESIGN, Partner's return: the order and the words are a contract with those who read the file
TITLES = [
    "Référence dossier", "Mission", "Reçu le", "Premier contact", "Dernier contact", "Appels",
    "Dernier résultat", "État", "Clôture", "Clos le", "Actes", "Aides", "Échéancier – montant",
    "Échéancier – échéances", "Échéancier – première échéance", "Échéancier – état",
    "Dette à l'ouverture", "Promis", "Confirmé", "Solde", "Promis pour le", "Payé le (déclaré)",
    "Suspension – état", "Suspension – jusqu'au", "Actions demandées", "Réclamation – état",
    "Réclamation – écrite le", "Réclamation – réponse attendue le",
    "Réclamation – médiateur jusqu'au",
]  # fmt: skip
FULL = ReturnLine(
    reference="0042",
    mission="unpaid_bill",
    received_on=date(2026, 10, 5),
    first_contact_on=date(2026, 11, 10),
    last_contact_on=date(2026, 11, 23),
    call_attempts=2,
    last_result="reached_holder",
    state="closed",
    closure="plan_running",
    closed_on=date(2026, 11, 23),
    acts="aid_opened|plan_agreed",
    aids="ccas:submitted",
    plan_amount_cents=172_075,
    plan_instalments=12,
    plan_first_due_on=date(2027, 1, 4),
    plan_state="agreed",
    opening_cents=172_075,
    promised_cents=172_075,
    confirmed_cents=5,
    balance_cents=-1_205,
    promised_on=date(2026, 12, 4),
    hold_state="granted",
    hold_until=date(2026, 12, 23),
    supplier_actions="power:asked|debit_date:granted",
    dispute_state="asked",
    complaint_on=date(2026, 11, 2),
    complaint_answer_by=date(2027, 1, 2),
    complaint_mediator_by=date(2027, 11, 2),
)
BARE = ReturnLine(
    "0043", "appointment", date(2026, 11, 1), None, None, 0, None, "queued", None, None, "", "",
    None, None, None, None, None, None, 0, None,
)  # fmt: skip
BALANCE = TITLES.index("Solde")
HARMFUL = ["=1+1", "+33639980001", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']
AWKWARD = ["A;B", 'A"B"C', "A\nB", "A\r\nB", "É œ €", "A\u2028B", "'déjà", " =1+1", "00012", "1e5"]


def figures() -> dict[str, Figure]:
    """Made-up figures with a year before; amounts end in 50 cents."""
    found = {
        code: Figure(code, each.label, each.unit, number * 100 + 50, before=number * 100)
        for number, (code, each) in enumerate(INDICATORS.items())
    }
    for code, share in SHARES.items():
        found[code] = Figure(code, share.label, "share", 0.25, (1, 4), before=None)
    return found


def read_csv(lines: list[ReturnLine]) -> list[list[str]]:
    text = as_csv(lines, {}, SCOPE).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def read_sheet(lines: list[ReturnLine], number: int = 0) -> Worksheet:
    book = load_workbook(BytesIO(as_xlsx(lines, figures(), SCOPE)))
    assert book.sheetnames == ["Dossiers", "Indicateurs"]
    return book.worksheets[number]


def civil(value: object) -> object:
    """A cell's date (openpyxl reads a cell of dates as datetimes, one of text never)."""
    return value.date() if isinstance(value, datetime) else value


def words(cell: Any) -> str:
    """A cell's text; openpyxl leaves the sheet's own way of writing a carriage return."""
    return str(cell.value).replace("_x000D_", "\r")


def read_json(lines: list[ReturnLine]) -> Any:
    return json.loads(as_json(lines, figures(), SCOPE))


def test_the_csv_is_for_a_french_spreadsheet() -> None:
    content = as_csv([FULL, BARE], {}, SCOPE)
    assert content.startswith("\ufeffRéférence dossier;Mission;".encode())
    assert content.count(b"\r\n") == 3 == content.count(b"\n")
    assert read_csv([FULL, BARE]) == [
        TITLES,
        ["'0042", "unpaid_bill", "05/10/2026", "10/11/2026", "23/11/2026", "2", "reached_holder",
         "closed", "plan_running", "23/11/2026", "aid_opened|plan_agreed", "ccas:submitted",
         "1720,75", "12", "04/01/2027", "agreed", "1720,75", "1720,75", "0,05", "-12,05",
         "04/12/2026", "", "granted", "23/12/2026", "power:asked|debit_date:granted", "asked",
         "02/11/2026", "02/01/2027", "02/11/2027"],
        ["'0043", "appointment", "01/11/2026", "", "", "0", "", "queued", "", "", "", "",
         "", "", "", "", "", "", "0,00", "", *[""] * 9],
    ]  # fmt: skip


def test_the_sheet_of_cases_is_typed() -> None:
    sheet = read_sheet([FULL, BARE])
    rows = [[civil(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == TITLES
    day = date(2026, 11, 23)
    assert rows[1] == [
        "0042", "unpaid_bill", date(2026, 10, 5), date(2026, 11, 10), day, 2,
        "reached_holder", "closed", "plan_running", day, "aid_opened|plan_agreed",
        "ccas:submitted", 1720.75, 12, date(2027, 1, 4), "agreed", 1720.75, 1720.75, 0.05,
        -12.05, date(2026, 12, 4), None, "granted", date(2026, 12, 23),
        "power:asked|debit_date:granted", "asked", date(2026, 11, 2), date(2027, 1, 2),
        date(2027, 11, 2),
    ]  # fmt: skip
    assert [cell for cell in rows[2] if cell is not None] == [
        "0043", "appointment", date(2026, 11, 1), 0, "queued", 0,
    ]  # fmt: skip
    shown = {cell.number_format for cell in sheet[2]}
    assert shown == {"@", "dd/mm/yyyy", "#,##0", "#,##0.00 €"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:AC3")


def test_the_sheet_of_indicators_has_each_with_n1_and_its_change() -> None:
    sheet = read_sheet([FULL], 1)
    rows = [list(row[:4]) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["Indicateur – 2026-11", "N", "N-1", "Évolution"]
    assert [row[0] for row in rows[1:]] == [figure.label for figure in figures().values()]
    by_label = {row[0]: row[1:] for row in rows}
    assert by_label["Fichiers importés"] == [50, 0, None]  # N-1 is 0: no change
    assert by_label["Dossiers confiés"] == [150, 100, 0.5]
    number = list(INDICATORS).index("debt_total_cents")
    assert by_label["Montant total des dettes"][:2] == [number + 0.5, number]
    assert by_label["Part apurée"] == [0.25, None, None]
    assert len(sheet._charts) == 1


def test_the_json_has_the_lines_in_cents_and_iso_dates() -> None:
    said = read_json([FULL, BARE])
    assert list(said) == ["period", "from", "to", "indicators", "cases"]
    assert (said["period"], said["from"], said["to"]) == ("2026-11", "2026-11-01", "2026-11-30")
    assert said["indicators"] == {code: figure.value for code, figure in figures().items()}
    assert [list(case) for case in said["cases"]] == [list(asdict(FULL))] * 2
    first = said["cases"][0]
    assert (first["reference"], first["plan_amount_cents"], first["balance_cents"]) == (
        "0042", 172_075, -1_205,
    )  # fmt: skip
    assert (first["received_on"], first["plan_first_due_on"]) == ("2026-10-05", "2027-01-04")
    assert said["cases"][1]["balance_cents"] is None


def test_the_three_carry_the_same_lines() -> None:
    lines = [FULL, BARE, replace(FULL, reference="0044", confirmed_cents=123_456)]
    sheet = list(read_sheet(lines).iter_rows(min_row=2, values_only=True))
    table = read_csv(lines)[1:]
    cases = read_json(lines)["cases"]
    for line, of_csv, of_sheet, of_json in zip(lines, table, sheet, cases, strict=True):
        assert plain_cell(of_csv[0]) == of_sheet[0] == of_json["reference"] == line.reference
        cents = [line.confirmed_cents, of_json["confirmed_cents"], round(float(of_sheet[18]) * 100),
                 int(of_csv[18].replace(",", ""))]  # fmt: skip
        assert set(cents) == {line.confirmed_cents}


@pytest.mark.parametrize("text", HARMFUL)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    line = replace(FULL, reference=text, acts=text)
    row = read_csv([line])[1]
    assert (row[0], row[10]) == (f"'{text}", f"'{text}")
    sheet = read_sheet([line])
    for cell in (sheet["A2"], sheet["K2"]):
        assert (cell.data_type, words(cell)) == ("s", text)
    assert read_json([line])["cases"][0]["reference"] == text


@pytest.mark.parametrize("text", ["0042", "2000000000012345", "12-05", "1E5", "DEC-24"])
def test_a_reference_survives_a_double_click(text: str) -> None:
    assert read_csv([replace(FULL, reference=text)])[1][0] == f"'{text}"


@pytest.mark.parametrize("text", AWKWARD)
def test_separators_quotes_and_line_breaks_survive(text: str) -> None:
    line = replace(FULL, reference=text)
    table = read_csv([line, BARE])
    assert [plain_cell(row[0]) for row in table[1:]] == [text, "0043"]
    assert {len(row) for row in table} == {len(TITLES)}
    assert read_json([line])["cases"][0]["reference"] == text
    cell = read_sheet([line])["A2"]
    assert (cell.data_type, words(cell)) == ("s", text)


def test_a_negative_amount_stays_a_number_in_the_csv() -> None:
    assert read_csv([FULL])[1][BALANCE] == "-12,05"
    assert read_csv([replace(FULL, balance_cents=-5)])[1][BALANCE] == "-0,05"


@pytest.mark.parametrize("file_format", sorted(WRITERS))
def test_the_same_data_gives_the_same_bytes(file_format: str) -> None:
    made = [WRITERS[file_format]([FULL, BARE], figures(), SCOPE) for _turn in range(2)]
    assert made[0] == made[1]
    assert file_format in MEDIA_TYPES


@pytest.mark.parametrize("file_format", sorted(WRITERS))
def test_a_return_without_a_case_is_a_file_all_the_same(file_format: str) -> None:
    content = WRITERS[file_format]([], figures(), SCOPE)
    if file_format == "csv":
        assert read_csv([]) == [TITLES]
    elif file_format == "json":
        assert json.loads(content)["cases"] == []
    else:
        assert [list(row) for row in read_sheet([]).iter_rows(values_only=True)] == [TITLES]
