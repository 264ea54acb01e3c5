"""Lines read column by column say exactly what they say when read one by one."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.intake.checking import row_checks
from energymed.intake.checking.fast_path import fast_rows
from energymed.intake.checking.row_fields import columns_of
from energymed.intake.mapping.headers import map_headers, suggest
from energymed.intake.rows import Cell, CheckResult, Sheet, SheetRow

AT_NINE = datetime(2027, 6, 1, 9)  # noqa: DTZ001  # as a spreadsheet gives it
TODAY = date(2026, 11, 29)
CELLS: dict[str, list[Cell]] = {
    "Référence": ["EDF1", "EDF2", "EDF-3/4", "2E9", "2.1E9", "", " EDF1 ", 4512.0, "R" * 61, "é-1",
                  "NC", "00000000", "000", "1" * 8, "1" * 9, "123456789", 2.0e16, 12.5, "2,14E+13",
                  date(2026, 5, 12), True, "214000000000000000", "A-0"],
    "Référence client": ["C1", "", " ", "C 1", 12.0, "C" * 61, "NC", "-", "0", "x",
                         2.026e16, "2,14E+13", date(2026, 5, 1), "99999999", "N/A"],
    "PDL": ["52385003284764", "5238500328476", "52385000000000", "", 2385003284764.0, "GI123456",
            "NC", "-", "00000000000000", 2.14e13, True, date(2026, 1, 1)],
    "Civilité": ["Mme", "M.", "", "M. ou Mme", "Docteur", "M" * 21, "NC", "-"],
    "Nom": ["DURAND", "Le Goff", "D'ARC-ROUX", "Madame Roux", "Mme", "MARTIN", "", "R2", "-", 7.0,
            "NC", "X", "Inconnu", "non renseigné", "Na", "NULL", "sans nom", 12.5, True, "12/05",
            date(2026, 5, 1), "Dr Martin", "²", "de La TOUR"],
    "Prénom": ["Léa", "Jean-Luc", "", "1 84 05 26 110 042", "L" * 121, "-", "nc", "Nil", 3.0, True,
               date(2026, 5, 1), "NaN"],
    "Téléphone": ["06 39 98 45 27", "0639984512", "+33639984512", "0033 6 39 98 45 12", "", "nc",
                  "0596123456", "0162000000", "0800123456", "06.39.98.45.12 / 0465714444",
                  612345678.0, "6,12E+08", True,
                  "06 39 98 45 12 HS", "06 39 98 45 12 après 18h", "-", "néant", "0600000000"],
    "Mobile": ["", "0639984512", "0690001234", "0712345679", "NC", "06 39 98 45 12 fille"],
    "Email": ["Lea@Example.fr", "", "sans", "a@b", " x@y.fr ", "é@exemple.fr",
              "nc@nc.fr", "x@y.fr", "-"],
    "Adresse": ["1 rue du Lac", "12 bis rue 3", "Résidence A", "", "rue  des  Lys ", "9 FR76 x",
                "FR7630006000011234567890189", "a" * 251,
                "néant", "0", "12 rue des Écoles - 26000 Valence", "12345", "1 rue, 26000 Nulle"],
    "Code postal": ["26110", "1000", "97110", "", "2A004", "F-26110", 26110.0,
                    "26110 NYONS", "26110,00", "00000", "NC"],
    "Commune": ["Vinsobres", "", "St 2", "NC", "26110 NYONS", "26110", "Valence"],
    "Énergie": ["Gaz", "", "élec", "Eau", "?", "NC"],
    "Montant": ["12,50", "12", "0,00", "-3,00", "1 234,50", "1.234,50", 12.5, True, "", "abc",
                date(2026, 1, 1), "120,505", 120.505, "1,234", "1.234", "12,5", "NC", "-", "x"],
    "Date facture": ["27/04/2026", "", " - ", "31/02/2026", 46339.0, date(2026, 4, 27),
                     "11/13/2026", "11/02/2026", date(2026, 2, 11), "01/01/1900", "12/10/2062",
                     "12/10/1962"],
    "Date coupure": ["", "01/06/2027", "01/12/2026", AT_NINE, "06/15/2027", "05/06/2027", "NC"],
    "Nb relances": ["4", "", "beaucoup", 2.0, "0", "-", "NC"],
    "Chèque énergie": ["O", "non", "", 1.0, True, "x", "0", "NC"],
    "État fourniture": ["", "Normale", "Limité", "COUPÉ", "résilié", "non coupé", "?", "NC"],
    "Puissance réduite": ["", "1", "1 kVA", 1.0, "99", "x", "0"],
    "Limité depuis": ["", "04/05/2026", "NC", "31/02/2026", date(2026, 5, 4), "non"],
    "Date résiliation": ["", "05/06/2026", "-"],
    "Date 1re relance": ["", "04/05/2026", 46339.0, "abc", "11/13/2026"],
    "Résidence principale": ["", "O", "RS", "Principale", "secondaire", True, "0", "?"],
    "Linky": ["", "oui", "Non communicant", "Linky", "N", 1.0],
    "Commentaire": ["", "-", "RAS", "a\r\nb ", "NIR 1 84 05 26 110 042 55", "c" * 2001],
}  # fmt: skip
LINES = st.lists(
    st.tuples(*(st.one_of(st.just(cells[0]), st.sampled_from(cells)) for cells in CELLS.values())),
    min_size=1,
    max_size=6,
)


def sheet_of(lines: list[tuple[Cell, ...]], headers: list[str]) -> Sheet:
    rows = [SheetRow(at, cells) for at, cells in enumerate(lines, 2)]
    return Sheet("f.csv", "0" * 64, 1, "utf-8", ";", None, 1, headers, rows, 0)


def one_by_one(sheet: Sheet, kind: str, mapping: Any, **options: Any) -> CheckResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_checks, "fast_rows", lambda rows, *_, **__: [None] * len(rows))
        return row_checks.check_rows(sheet, mapping, kind, **options)


@pytest.mark.slow
@given(
    LINES,
    st.sampled_from(["unpaid_bill", "cutoff_notice", "appointment"]),
    st.sampled_from([{}, {"today": TODAY}]),
    st.dictionaries(
        st.sampled_from(["date_order", "implausible_date"]),
        st.sampled_from(["day_first", "month_first"]),
    ),
    st.sampled_from(["without", "accept", None]),
)
def test_both_ways_agree(
    lines: list[tuple[Cell, ...]],
    kind: str,
    options: dict[str, Any],
    decisions: dict[str, str],
    implausible: str | None,
) -> None:
    sheet = sheet_of(lines, list(CELLS))
    mapping = map_headers(sheet.headers, kind)
    if "implausible_date" in decisions and implausible:
        decisions["implausible_date"] = implausible
    else:
        decisions.pop("implausible_date", None)
    options = {**options, "decisions": decisions}
    fast = row_checks.check_rows(sheet, mapping, kind, **options)
    assert fast == one_by_one(sheet, kind, mapping, **options)


@given(
    st.lists(
        st.sampled_from(
            [
                "M. ou Mme HENRY Isabelle",
                "DURAND Léa",
                "Jean Le Goff",
                "LE GOFF",
                "",
                "Mme",
                "12",
                "NC",
                "Na",
                "M. 12",
                "non renseigné",
                "Dr Roux",
                "de La TOUR Jean",
            ]
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["Nom et prénom", "Prénom Nom", "Titulaire"]),
)
def test_a_single_name_column_agrees(names: list[str], title: str) -> None:
    lines: list[tuple[Cell, ...]] = [
        (f"R{at}", name, "0639984512", "12,00") for at, name in enumerate(names)
    ]
    sheet = sheet_of(lines, ["Référence", title, "Téléphone", "Montant"])
    mapping = map_headers(sheet.headers, "unpaid_bill")
    assert row_checks.check_rows(sheet, mapping, "unpaid_bill") == one_by_one(
        sheet, "unpaid_bill", mapping
    )


@pytest.mark.parametrize("title", CELLS)
def test_each_way_of_writing_each_cell_agrees(title: str) -> None:
    """Alone in its file, and beside all the others of its column."""
    at = list(CELLS).index(title)
    lines = []
    for number, cell in enumerate(CELLS[title]):
        line = [f"R{number}", *(cells[0] for cells in list(CELLS.values())[1:])]
        line[at] = cell
        lines.append(tuple(line))
    mapping = map_headers(list(CELLS), "unpaid_bill")
    for some in (lines, *([line] for line in lines)):
        sheet = sheet_of(some, list(CELLS))
        fast = row_checks.check_rows(sheet, mapping, "unpaid_bill", today=TODAY)
        assert fast == one_by_one(sheet, "unpaid_bill", mapping, today=TODAY)


def test_a_line_of_a_weekly_file_is_plain() -> None:
    line = (
        "EDF1", "C1", "52385003284764", "Mme", "LE GOFF", "Léa", "06 39 98 45 12", "",
        "lea@example.fr", "12 rue du Lac", "26110", "Vinsobres", "Gaz", "12,50", "27/04/2026", "",
        "4", "O", "Normale", "", "", "", "04/05/2026", "O", "Linky", "",
    )  # fmt: skip
    sheet = sheet_of([line], list(CELLS))
    mapping = map_headers(sheet.headers, "unpaid_bill")
    (row,) = fast_rows(sheet.rows, columns_of(sheet, mapping), "unpaid_bill", surname_first=None)
    assert row is not None
    assert (row.phones, row.debt_cents, row.last_name) == (("+33639984512",), 1250, "LE GOFF")


def test_nothing_is_nothing() -> None:
    assert fast_rows([], {}, "unpaid_bill", surname_first=None) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["26290 DONZERE", "Donzère (26290)", "26290", "Donzère", "", "99999 X",
                 "1000 BOURG",
                 "97110 Pointe-à-Pitre", "26290 DONZERE CEDEX 2", "d" * 121, 26290.0, "NC", "-"]
            ),
            st.sampled_from(["06 39 98 45 12", "0596123456", "0639984512 / 0465714444"]),
            st.sampled_from(["12,00", "", "-", "abc", -3.0, "0", True, date(2026, 1, 1), "NC",
                             "120,505", 33.333]),
            st.sampled_from(["12,00", "", " ", "-12,00", 4.5]),
            st.sampled_from(["", "1,00"]),
        ),
        min_size=1,
        max_size=5,
    )
)  # fmt: skip
def test_columns_split_or_added_up_agree(lines: list[tuple[Cell, ...]]) -> None:
    titles = ["Référence", "Nom", "CP Ville", "Téléphone", "Élec", "Gaz", "Frais"]
    rows: list[tuple[Cell, ...]] = [(f"R{at}", "DURAND", *line) for at, line in enumerate(lines)]
    sheet = sheet_of(rows, titles)
    added = {"amount": "Élec", "amount_2": "Gaz", "amount_3": "Frais"}
    mapping = suggest(titles, "unpaid_bill", added)
    assert mapping.fields["postal_commune"] == "CP Ville"
    assert row_checks.check_rows(sheet, mapping, "unpaid_bill") == one_by_one(
        sheet, "unpaid_bill", mapping
    )
