"""Where the titles are: merged, on two rows, on one of several sheets, far to the right."""

import io

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font

from energymed.intake.mapping.headers import suggest
from energymed.intake.reading.reader import read
from tests.intake.books import LINE, TITLES, xlsx_bytes

GROUPED = ["Référence", "Nom", "Prénom", "Fixe", "Mobile", "Montant dû"]
DATA = ("A1", "DURAND", "Léa", "0465710001", "0639984527", 12.5)


def merged_book() -> bytes:
    """A banner, then titles over two rows: groups, and titles merged downwards."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Impayés")
        sheet.merge_range("A1:H1", "Impayés de la semaine 46")
        sheet.merge_range("A3:A4", "Référence")
        sheet.merge_range("B3:C3", "Titulaire")
        sheet.merge_range("D3:E3", "Téléphone")
        sheet.merge_range("F3:F4", "Montant dû")
        sheet.merge_range("G3:H3", "Payeur")
        sheet.write_row("B4", ("Nom", "Prénom", "Fixe", "Mobile"))
        sheet.write_row("G4", ("Nom", "Prénom"))
        sheet.write_row("A5", (*DATA, "MARTIN", "Zoé"))
    return buffer.getvalue()


def test_merged_titles_and_a_row_of_groups() -> None:
    sheet = read(merged_book(), "f.xlsx")
    assert sheet.headers == [*GROUPED, "Nom Payeur", "Prénom Payeur"]
    assert list(sheet.rows) == [(5, (*DATA, "MARTIN", "Zoé"))]
    fields = suggest(sheet.headers, "unpaid_bill").fields
    assert fields == {
        "reference": "Référence", "last_name": "Nom", "first_name": "Prénom",
        "phone_1": "Mobile", "phone_2": "Fixe", "amount": "Montant dû",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "headers"),
    [
        # groups above, every title below
        (["Client;;;Dette;", "Référence;Nom;Tél;Montant;Échéance"],
         ["Référence", "Nom", "Tél", "Montant", "Échéance"]),
        # titles that reach over both rows are kept in the upper one
        (["Référence;Client;;Montant", ";Nom;Tél;"], ["Référence", "Nom", "Tél", "Montant"]),
        # most titles above, the second row only divides one of them
        (["Référence;Nom;Montant dû;;Tél", ";;principal;frais;"],
         ["Référence", "Nom", "Montant dû – principal", "Montant dû – frais", "Tél"]),
        # the same words under two groups
        (["Référence;Zone 1;;Zone 2;;Montant", ";Zorglub;Nom;Zorglub;Nom;"],
         ["Référence", "Zone 1 – Zorglub", "Nom", "Zone 2 – Zorglub", "Zone 2 – Nom", "Montant"]),
        # a title of the sheet and its date are no groups
        (["Liste;;Édité le 12/11/2026;;", "Référence;Nom;Zorglub;Zorglub;Montant"],
         ["Référence", "Nom", "Zorglub", "Zorglub (2)", "Montant"]),
        (["Liste des impayés;;;", "Référence;Nom;Nom;Montant"],
         ["Référence", "Nom", "Nom (2)", "Montant"]),
    ],
)  # fmt: skip
def test_titles_on_two_rows_of_a_text(rows: list[str], headers: list[str]) -> None:
    data = ";".join(f"v{at}" for at in range(len(headers)))
    sheet = read("\n".join([*rows, data, ""]).encode(), "f.csv")
    assert sheet.headers == headers
    assert [row.number for row in sheet.rows] == [3]


def test_a_line_of_data_is_no_second_row_of_titles() -> None:
    data = "Référence;Nom;;Commentaire;\nA1;DURAND;Léa;absente;\n;;;suite 2;x\n"
    sheet = read(data.encode(), "f.csv")
    assert [row.number for row in sheet.rows] == [2, 3]
    assert sheet.headers == ["Référence", "Nom", "Colonne 3", "Commentaire", "Colonne 5"]


def test_titles_of_several_lines_and_of_no_letters() -> None:
    data = 'Référence;"Nom du\nclient";"Montant\r\n impayé (€)";2026\nA1;X;1;y\n'
    sheet = read(data.encode(), "f.csv")
    assert sheet.headers == ["Référence", "Nom du client", "Montant impayé (€)", "2026"]


def test_columns_beyond_z() -> None:
    """The reference in A, the amount in BZ, and everything between is data of the partner's."""
    titles = ("Référence", "Nom", *(f"Donnée {at}" for at in range(75)), "Montant")
    rows = [titles, ("A1", "X", *range(75), 12.5), ("A2", "Y", *[""] * 75, 3)]
    sheet = read(xlsx_bytes({"A": rows}), "f.xlsx")
    assert (len(sheet.headers), sheet.headers[-1]) == (78, "Montant")
    assert [row.cells[-1] for row in sheet.rows] == [12.5, 3]
    assert suggest(sheet.headers, "unpaid_bill").fields["amount"] == "Montant"


# -- which sheet


def test_a_hidden_sheet_is_neither_read_nor_told() -> None:
    book = xlsx_bytes(
        {"Saisie": [TITLES, LINE], "Base": [(*TITLES, "Email"), (*LINE, "a@b.fr")]},
        hidden=("Base",),
    )
    sheet = read(book, "f.xlsx")
    assert (sheet.sheet_name, sheet.other_sheets) == ("Saisie", [])


def test_of_several_sheets_alike_the_fullest_is_read_and_the_others_are_told() -> None:
    book = xlsx_bytes(
        {
            "Lisez-moi": [("Une ligne par dossier",)],
            "Modèle": [TITLES],
            "Exemple": [TITLES, LINE],
            "Électricité": [TITLES, LINE, ("EDF2", *LINE[1:]), ("EDF3", *LINE[1:])],
            "Gaz": [TITLES, ("GAZ1", *LINE[1:])],
            "Synthèse": [("Commune", "Nombre"), ("Valence", 4)],
        }
    )
    sheet = read(book, "f.xlsx")
    assert (sheet.sheet_name, len(sheet.rows)) == ("Électricité", 3)
    assert sheet.other_sheets == ["Exemple", "Gaz"]


def test_the_sheet_with_the_best_titles_goes_before_a_longer_one() -> None:
    book = xlsx_bytes(
        {"Journal": [("Nom", "Date")] + [("X", at) for at in range(50)], "Liste": [TITLES, LINE]}
    )
    assert read(book, "f.xlsx").sheet_name == "Liste"


# -- around the table


def test_thousands_of_empty_rows_with_a_style() -> None:
    book = Workbook()
    table = book.active
    assert table is not None
    table.append(TITLES)
    table.append(LINE)
    for at in range(3, 6_000):
        table.cell(at, 1).font = Font(bold=True)
    table.cell(6_000, 30).value = " "
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read(buffer.getvalue(), "f.xlsx")
    assert list(sheet.rows) == [(2, LINE)]
    assert (sheet.ignored, sheet.headers) == (0, list(TITLES))


def test_a_table_that_starts_in_the_middle_of_the_sheet() -> None:
    rows = [(), ("", "Partenaire", "EDF"), (), ("", "", *TITLES), ("", "", *LINE)]
    sheet = read(xlsx_bytes({"A": rows}), "f.xlsx")
    assert sheet.headers == ["Colonne 1", "Colonne 2", *TITLES]
    assert list(sheet.rows) == [(5, ("", "", *LINE))]


def test_a_note_far_beside_the_table_makes_no_columns() -> None:
    near, far = (*LINE, "vu"), (*LINE, *[""] * 20, "vu avec Jean")
    sheet = read(xlsx_bytes({"A": [TITLES, near, far]}), "f.xlsx")
    assert sheet.headers == [*TITLES, "Colonne 6"]
    assert [row.cells[5] for row in sheet.rows] == ["vu", ""]
