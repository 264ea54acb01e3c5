"""Checking: each code of DESIGN on a line of its own."""

from datetime import date, datetime
from typing import Any

import pytest

from energymed.intake import rules
from energymed.intake.checking.row_checks import check_payments, check_rows
from energymed.intake.codes import ProblemCode
from energymed.intake.mapping.headers import map_headers, suggest
from energymed.intake.rows import Cell, CheckResult, PaymentsResult, Sheet, SheetRow

GOOD: dict[str, Cell] = {
    "Référence": "EDF1", "Référence client": "C1", "PDL": "52385003284764", "Civilité": "Mme",
    "Nom": "DURAND", "Prénom": "Léa", "Téléphone": "06 39 98 45 27", "Email": "Lea@Example.fr",
    "Adresse": "1 rue du Lac", "Complément": "", "Code postal": "26110", "Commune": "Vinsobres",
    "Énergie": "Gaz", "Montant": "12,50", "Date facture": "27/04/2026", "Date coupure": "",
    "Nb relances": "4", "Chèque énergie": "O", "Commentaire": "",
}  # fmt: skip


def sheet_of(*lines: dict[str, Cell]) -> Sheet:
    headers = list(lines[0])
    rows = [SheetRow(at, tuple(line.values())) for at, line in enumerate(lines, 2)]
    return Sheet("f.csv", "0" * 64, 1, "utf-8", ";", None, 1, headers, rows, 0)


def check(*changes: dict[str, Cell], kind: str = "unpaid_bill", **options: Any) -> CheckResult:
    sheet = sheet_of(*[{**GOOD, **change} for change in changes])
    return check_rows(sheet, map_headers(sheet.headers, kind), kind, **options)


def test_a_good_line_is_typed() -> None:
    result = check({})
    (row,) = result.accepted
    assert (row.reference, row.civility, row.last_name, row.first_name) == (
        "EDF1", "Mme", "DURAND", "Léa",
    )  # fmt: skip
    assert (row.debt_cents, row.phones, row.email) == (1250, ("+33639984527",), "lea@example.fr")
    assert (row.energy, row.energy_cheque, row.reminders_count) == ("gas", True, 4)
    assert (row.invoice_date, row.cutoff_date, row.comment) == (date(2026, 4, 27), None, None)
    assert (row.row_number, row.delivery_point, row.postal_code) == (2, "52385003284764", "26110")
    assert result.problems == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Référence": " "}, "missing_reference"),
        ({"Référence": "2,63E+09"}, "missing_reference"),
        ({"Référence": "-"}, "missing_reference"),
        ({"Référence": "12/05/2026"}, "missing_reference"),
        ({"Référence": "12-mai"}, "missing_reference"),
        ({"Référence": "FAUX"}, "missing_reference"),
        ({"Nom": "  "}, "missing_name"),
        ({"Nom": "M. NC"}, "missing_name"),
        ({"Nom": "Mme INCONNUE"}, "missing_name"),
        ({"Nom": "Madame -"}, "missing_name"),
        ({"Nom": "M. Sans"}, None),
        ({"Nom": "Mme", "Prénom": ""}, None),
        ({"Montant": "voir avec M. Durand"}, "bad_amount"),
        ({"Montant": ""}, "bad_amount"),
        ({"Montant": date(2026, 1, 1)}, "bad_amount"),
        ({"Montant": "-35,20"}, "amount_not_positive"),
        ({"Montant": 0.0}, "amount_not_positive"),
        ({"Référence": "R" * 61}, "too_long"),
        ({"Nom": "N" * 121}, "too_long"),
        ({"Adresse": "a" * 251}, "too_long"),
    ],
)
def test_errors_reject_the_line(change: dict[str, Cell], code: str | None) -> None:
    result = check(change)
    if code is None:
        assert len(result.accepted) == 1
        return
    assert (result.accepted, len(result.rejected)) == ([], 1)
    (problem,) = result.problems
    assert (problem.severity, problem.code, problem.row) == ("error", code, 2)
    assert problem.column in GOOD
    assert "%(" not in str(problem)


@pytest.mark.parametrize(
    ("change", "code", "field", "kept"),
    [
        ({"Téléphone": ""}, "no_phone", "phones", ()),
        ({"Téléphone": "06 39 98 45 27 / 06 12"}, "bad_phone", "phones", ("+33639984527",)),
        ({"Date facture": "31/02/2026"}, "bad_date", "invoice_date", None),
        ({"Code postal": "2629O"}, "bad_postal_code", "postal_code", None),
        ({"PDL": "2,14E+13"}, "delivery_point_damaged", "delivery_point", None),
        ({"PDL": 21400000000000.0}, "delivery_point_damaged", "delivery_point", None),
        ({"Commentaire": "x" * 20_000}, "comment_cut", "comment", "x" * 2_000),
        ({"Commentaire": "nir 185057800608436"}, "sensitive_text", "comment", "nir […]"),
        ({"Adresse": "FR7630006000011234567890189"}, "sensitive_text", "address", "[…]"),
        ({"Date coupure": "02/12/2026"}, "cutoff_in_truce", "cutoff_date", date(2026, 12, 2)),
    ],
)
def test_warnings_keep_the_line(change: dict[str, Cell], code: str, field: str, kept: Any) -> None:
    result = check(change)
    (problem,) = result.problems
    assert (problem.severity, problem.code) == ("warning", code)
    assert getattr(result.accepted[0], field) == kept
    assert "%(" not in str(problem)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("06 39 98 45 27 / 06 12", "« 06 12 »"), ("06 00 00 00 00 ou 0639984527", "« 06 00 00"),
        ("0612 ou 0639984527 (0601)", "« 0612, 0601 »"), ("06 12 / 06 13", "« 06 12 / 06 13 »"),
    ],
)  # fmt: skip
def test_a_message_shows_no_number_that_was_read(cell: str, said: str) -> None:
    sentence = str(check({"Téléphone": cell}).problems[0])
    assert said in sentence
    assert "39" not in sentence


def test_a_damaged_only_phone_is_bad_and_leaves_none() -> None:
    assert [p.code for p in check({"Téléphone": "6,40E+08"}).problems] == ["bad_phone", "no_phone"]
    assert [p.code for p in check({"Téléphone": "inconnu"}).problems] == ["no_phone"]


def test_every_code_has_a_sentence() -> None:
    assert all(code.label for code in ProblemCode)


def test_cells_of_spreadsheets() -> None:
    change: dict[str, Cell] = {
        "Référence": 4512.0, "Téléphone": 639984527.0, "Code postal": 1000.0, "Montant": 308.21,
        "PDL": 2385003284764.0, "Date facture": 46339.0, "Nb relances": 4.0,
        "Date coupure": datetime(2026, 6, 1, 13, 30),  # noqa: DTZ001  # as a spreadsheet gives it
    }  # fmt: skip
    (row,) = check(change).accepted
    assert (row.reference, row.phones, row.postal_code) == ("4512", ("+33639984527",), "01000")
    assert (row.debt_cents, row.delivery_point) == (30821, "02385003284764")
    assert (row.invoice_date, row.reminders_count) == (date(2026, 11, 13), 4)
    assert (row.cutoff_date, row.cutoff_slot) == (date(2026, 6, 1), "13h30")


def test_what_looks_like_code_is_only_text() -> None:
    names: list[Cell] = ['=HYPERLINK("http://example.test";"clic")', "<script>alert(1)</script>"]
    for name in names:
        (row,) = check({"Nom": name}).accepted
        assert row.last_name == name


def test_the_truce_concerns_cut_offs_of_energy() -> None:
    december: dict[str, Cell] = {"Date coupure": "02/12/2026"}
    assert check(december, kind="cutoff_notice").problems[0].code == "cutoff_in_truce"
    assert check(december, kind="appointment").problems == []
    assert check({**december, "Énergie": "Eau"}).problems == []
    assert check(december, truce=((12, 15), (1, 31))).problems == []
    assert [rules.in_truce(date(2026, *day)) for day in ((10, 31), (11, 1), (3, 31), (4, 1))] == [
        False, True, True, False,
    ]  # fmt: skip
    june = (6, 1), (6, 30)
    around = [date(2026, *day) for day in ((5, 31), (6, 1), (6, 30), (7, 1))]
    assert [rules.in_truce(day, *june) for day in around] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_mission_without_a_debt_reads_no_amount() -> None:
    (row,) = check({"Montant": "n'importe"}, kind="cutoff_notice").accepted
    assert row.debt_cents is None


def test_the_same_line_again_is_a_duplicate() -> None:
    result = check({}, {"Référence": "EDF2"}, {"Téléphone": "0639984527"})
    assert [row.reference for row in result.accepted] == ["EDF1", "EDF2"]
    assert [(d.row_number, d.first_row) for d in result.duplicates] == [(4, 2)]
    assert result.rows == 3


def test_the_same_reference_with_another_content_rejects_all() -> None:
    result = check({}, {"Montant": "1,00"}, {}, {"Référence": "EDF2"})
    assert [row.reference for row in result.accepted] == ["EDF2"]
    assert [row.row_number for row in result.rejected] == [2, 3, 4]
    assert {p.code for p in result.problems} == {"conflicting_duplicate"}
    assert "2, 3, 4" in str(result.problems[0])
    assert result.total_debt_cents == 1250


def test_a_bad_line_repeated_is_rejected_once_and_one_without_reference_each_time() -> None:
    bad = check({"Montant": "x"}, {"Montant": "x"})
    assert (len(bad.rejected), len(bad.duplicates)) == (1, 1)
    nameless = check({"Référence": ""}, {"Référence": ""})
    assert (len(nameless.rejected), len(nameless.duplicates)) == (2, 0)


def test_a_rejected_line_comes_back_without_what_must_not_be_kept() -> None:
    line: dict[str, Cell] = {
        **GOOD, "Montant": "", "NIR": "185057800608436",
        "Commentaire": "FR7630006000011234567890189", "Nb relances": 4.0,
    }  # fmt: skip
    sheet = sheet_of(line)
    result = check_rows(sheet, map_headers(sheet.headers, "unpaid_bill"), "unpaid_bill")
    raw = dict(zip(sheet.headers, result.rejected[0].raw, strict=True))
    assert (raw["NIR"], raw["Commentaire"], raw["Nb relances"]) == ("", "[…]", "4")
    assert raw["PDL"] == GOOD["PDL"]
    assert [p.severity for p in result.rejected[0].problems] == ["error", "warning"]


PAID: dict[str, Cell] = {
    "Référence dossier": "EDF1", "Date règlement": "13/11/2026", "Montant réglé": "14,70",
    "Mode de paiement": "CB", "Référence règlement": "REG1",
}  # fmt: skip


def pay(*changes: dict[str, Cell]) -> PaymentsResult:
    sheet = sheet_of(*[{**PAID, **change} for change in changes])
    return check_payments(sheet, map_headers(sheet.headers, "payments"))


def test_a_payment_is_typed() -> None:
    (row,) = pay({}).accepted
    assert (row.reference, row.paid_on, row.amount_cents) == ("EDF1", date(2026, 11, 13), 1470)
    assert (row.method, row.payment_reference) == ("CB", "REG1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Référence dossier": ""}, "missing_reference"),
        ({"Montant réglé": "?"}, "bad_amount"),
        ({"Montant réglé": "0,00"}, "amount_not_positive"),
        ({"Date règlement": "31/02/2026"}, "bad_date"),
        ({"Date règlement": ""}, "bad_date"),
        ({"Référence règlement": "R" * 61}, "too_long"),
    ],
)
def test_errors_reject_a_payment(change: dict[str, Cell], code: str) -> None:
    result = pay(change)
    assert (result.accepted, len(result.rejected)) == ([], 1)
    assert [(p.severity, p.code) for p in result.problems] == [("error", code)]


def test_payments_told_twice_count_once() -> None:
    result = pay({}, {}, {"Référence dossier": "EDF2"}, {"Référence règlement": "REG2"})
    assert (len(result.accepted), len(result.duplicates), result.total_cents) == (3, 1, 4410)
    unnamed: dict[str, Cell] = {"Référence règlement": ""}
    result = pay(unnamed, unnamed, {**unnamed, "Montant réglé": "1,00"})
    assert (len(result.accepted), len(result.duplicates)) == (2, 1)


def test_one_payment_with_two_amounts_is_a_conflict() -> None:
    result = pay({}, {"Montant réglé": "15,00"})
    assert {p.code for p in result.problems} == {"conflicting_duplicate"}
    assert (result.accepted, len(result.rejected)) == ([], 2)


def in_one_cell(*cells: Cell) -> CheckResult:
    titles = ("Référence", "Nom", "CP Ville", "Téléphone", "Élec", "Gaz")
    sheet = sheet_of(dict(zip(titles, ("R1", "DURAND", *cells), strict=True)))
    added = {"amount": "Élec", "amount_2": "Gaz"}
    return check_rows(sheet, suggest(sheet.headers, "unpaid_bill", added), "unpaid_bill")


@pytest.mark.parametrize(
    ("cell", "code", "commune"),
    [
        ("26290 DONZERE", "26290", "DONZERE"), ("Donzère (26290)", "26290", "Donzère"),
        ("1000 BOURG-EN-BRESSE", "01000", "BOURG-EN-BRESSE"), ("26290", "26290", None),
        ("F-26290 Donzère", "26290", "Donzère"), ("DONZERE", None, "DONZERE"), ("", None, None),
        ("26290 DONZERE CEDEX 2", "26290", "DONZERE CEDEX 2"),
    ],
)  # fmt: skip
def test_a_postal_code_and_its_commune_in_one_cell(
    cell: str, code: str | None, commune: str | None
) -> None:
    (row,) = in_one_cell(cell, "0639980001", "1,00", "").accepted
    assert (row.postal_code, row.commune) == (code, commune)


def test_a_wrong_code_in_such_a_cell_is_told() -> None:
    (problem,) = in_one_cell("99999 X", "0639980001", "1,00", "").problems
    assert (problem.code, problem.column) == ("bad_postal_code", "CP Ville")


@pytest.mark.parametrize(
    ("elec", "gas", "cents"),
    [("100,00", "20,50", 12050), ("100,00", "", 10000), ("-", "20,50", 2050), ("30", "-5", 2500)],
)
def test_amounts_of_several_columns_are_added_up(elec: str, gas: str, cents: int) -> None:
    (row,) = in_one_cell("", "0639980001", elec, gas).accepted
    assert row.debt_cents == cents


@pytest.mark.parametrize(
    ("elec", "gas", "code", "column", "said"),
    [
        ("12,00", "abc", "bad_amount", "Gaz", "« abc »"),
        ("", "", "bad_amount", "Élec", "« – »"),
        ("5,00", "-5,00", "amount_not_positive", "Élec", "« 5,00 + -5,00 »"),
    ],
)
def test_a_sum_that_cannot_be_is_rejected(
    elec: str, gas: str, code: str, column: str, said: str
) -> None:
    (problem,) = in_one_cell("", "0639980001", elec, gas).problems
    assert (problem.code, problem.column) == (code, column)
    assert said in str(problem)
