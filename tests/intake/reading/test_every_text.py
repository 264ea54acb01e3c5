"""Text files as the world writes them: each is read as a person would read it."""

import pytest

from energymed.intake.batches.rejected_file import rejected_file
from energymed.intake.checking.row_checks import check_rows
from energymed.intake.mapping.headers import suggest
from energymed.intake.queries import RejectedLine
from energymed.intake.reading.reader import read
from energymed.intake.rows import CheckResult, Sheet

TITLES = "Référence;Nom;Téléphone;Montant\r\n"
LINE = "A1;DURAND;06 39 98 45 27;12,50\r\n"
CELLS = ("A1", "DURAND", "06 39 98 45 27", "12,50")


def cells(data: bytes) -> list[tuple[object, ...]]:
    return [row.cells for row in read(data, "f.csv").rows]


def checked(data: bytes) -> tuple[Sheet, CheckResult]:
    sheet = read(data, "f.csv")
    return sheet, check_rows(sheet, suggest(sheet.headers, "unpaid_bill"), "unpaid_bill")


# -- as programs save them


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter"),
    [
        ("\ufeff" + TITLES + LINE, "utf-8", ";"),  # Excel, "CSV UTF-8"
        (TITLES + LINE, "cp1252", ";"),  # Excel, "CSV (séparateur : point-virgule)"
        ("\ufeff" + (TITLES + LINE).replace(";", "\t"), "utf-16-le", "\t"),  # "Texte Unicode"
        ("\ufeff" + TITLES + LINE, "utf-16-be", ";"),
        ((TITLES + LINE).replace(";", "\t"), "utf-16-le", "\t"),
        (TITLES + LINE, "utf-16-be", ";"),
        ("sep=;\r\n" + TITLES + LINE, "utf-16-le", ";"),
        ((TITLES + LINE).replace(";", "\t"), "cp1252", "\t"),  # "Texte (séparateur : tabulation)"
    ],
)
def test_as_excel_saves_text(data: str, encoding: str, delimiter: str) -> None:
    sheet = read(data.encode(encoding), "f.csv")
    assert sheet.headers == ["Référence", "Nom", "Téléphone", "Montant"]
    assert [row.cells for row in sheet.rows] == [CELLS]
    assert sheet.delimiter == delimiter


def test_the_euro_and_the_oe_of_windows() -> None:
    data = (TITLES + "A1;LE CŒUR;;1 234,50 €\r\n").encode("cp1252")
    assert cells(data) == [("A1", "LE CŒUR", "", "1 234,50 €")]


def test_as_google_sheets_saves_it() -> None:
    """Commas, LF, no mark; what holds a comma is quoted, a tick is TRUE."""
    data = 'Référence,Nom,Montant,Chèque énergie\nA1,"DURAND, Léa","1 234,50",TRUE\nA2,B,2,FALSE'
    sheet, result = checked(data.encode())
    assert sheet.delimiter == ","
    assert [row.debt_cents for row in result.accepted] == [123450, 200]
    assert [row.energy_cheque for row in result.accepted] == [True, False]


def test_as_libreoffice_saves_it_with_every_text_quoted() -> None:
    data = '"Référence","Nom","Montant"\n"A1","LE ""GRAND""",12.5\n"A2","",""\n'
    assert cells(data.encode()) == [("A1", 'LE "GRAND"', "12.5"), ("A2", "", "")]


def test_a_file_of_two_programs_is_right_in_both_parts() -> None:
    """Lines added with an old program at the end of a UTF-8 file do not spoil the others."""
    data = (TITLES + "A1;HÉLÈNE;;1\r\n").encode() + "A2;ZOÉ;;2\r\n".encode("cp1252")
    sheet = read(data, "f.csv")
    assert [row.cells[1] for row in sheet.rows] == ["HÉLÈNE", "ZOÉ"]
    assert (sheet.encoding, sheet.headers[0]) == ("utf-8", "Référence")


# -- separators


@pytest.mark.parametrize(
    ("first", "sep"),
    [("sep=;", ";"), ("SEP=,", ","), ("sep=\t", "\t"), ('"sep=;"', ";"), ("sep=;;;;", ";"),
     ("sep=|", "|"), ("sep=^", "^")],
)  # fmt: skip
def test_the_line_that_names_the_separator(first: str, sep: str) -> None:
    data = f"{first}\r\n" + (TITLES + LINE.replace(",", ".")).replace(";", sep)
    sheet = read(data.encode(), "f.csv")
    assert (sheet.delimiter, sheet.header_row_number, len(sheet.headers)) == (sep, 2, 4)
    assert sheet.rows[0].number == 3


@pytest.mark.parametrize("first", ["sep=", "sep=\r", 'sep="', "sep=A"])
def test_a_separator_that_is_none_is_not_obeyed(first: str) -> None:
    sheet = read((f"{first}\r\n" + TITLES + LINE).encode(), "f.csv")
    assert sheet.delimiter == ";"
    assert [row.cells for row in sheet.rows] == [CELLS]


def test_trailing_separators_make_no_columns() -> None:
    data = TITLES.replace("\r", ";;;\r") + LINE.replace("\r", ";;;\r") + LINE.replace("A1", "A2")
    sheet = read(data.encode(), "f.csv")
    assert len(sheet.headers) == 4
    assert [len(row.cells) for row in sheet.rows] == [4, 4]
    assert not sheet.shifted


def test_a_lone_column_is_not_cut_by_the_commas_in_it() -> None:
    sheet = read(b"Montant\n12,50\n13,50\n14,50\n", "f.csv")
    assert (sheet.headers, sheet.rows[0].cells) == (["Montant"], ("12,50",))
    sheet = read("Nom\nDURAND, Léa\nMARTIN, Zoé\n".encode(), "f.csv")
    assert (sheet.headers, sheet.rows[1].cells) == (["Nom"], ("MARTIN, Zoé",))


def test_a_line_cut_in_too_many_cells_is_rejected_and_loses_nothing() -> None:
    """A decimal comma that nobody quoted must not turn 12,50 € into 12 €."""
    data = (TITLES + "A1;DURAND;0639984527;12.50\r\nA2;MARTIN;0639984528;12#50\r\n").replace(
        ";", ","
    )
    sheet, result = checked(data.replace("#", ",").encode())
    assert [row.reference for row in result.accepted] == ["A1"]
    (rejected,) = result.rejected
    assert rejected.raw == ["A2", "MARTIN", "0639984528", "12,50"]
    assert [problem.code for problem in rejected.problems] == ["too_many_cells"]
    assert rejected.problems[0].reference == "A2"
    assert "plus de cellules que d'en-têtes" in rejected.problems[0].message
    assert sheet.shifted == {3}


def test_a_column_that_nobody_titled_is_kept_to_be_seen() -> None:
    data = TITLES.replace("\r", ";;\r") + LINE.replace("\r", ";à rappeler;\r") + "A2;B;;1;;\r\n"
    sheet = read(data.encode(), "f.csv")
    assert sheet.headers[4:] == ["Colonne 5"]
    assert [row.cells[4] for row in sheet.rows] == ["à rappeler", ""]


# -- lines


def test_mixed_line_ends() -> None:
    data = "Référence;Nom;Montant\rA1;X;1\nA2;Y;2\r\nA3;Z;3\n\rA4;W;4"
    sheet = read(data.encode(), "f.csv")
    assert [row.cells[0] for row in sheet.rows] == ["A1", "A2", "A3", "A4"]
    assert sheet.ignored == 1


def test_null_bytes_are_nothing() -> None:
    data = (TITLES + "A1;DU\0RAND;06 39 98\0 45 27;12,50\r\n").encode() + b"\0" * 4_000
    assert cells(data) == [CELLS]


def test_half_a_letter_at_the_end_of_utf_16_is_no_line() -> None:
    assert cells((TITLES + LINE).encode("utf-16") + b"\n") == [CELLS]


def test_thousands_of_empty_lines_count_for_nothing() -> None:
    data = TITLES + LINE + ";;;\r\n" * 60_000 + " ;\t; ;\u00a0\r\n\x1a"
    sheet = read(data.encode(), "f.csv")
    assert [row.cells for row in sheet.rows] == [CELLS]
    assert sheet.ignored == 0


def test_titles_repeated_on_every_printed_page_are_no_lines() -> None:
    data = "Impayés\r\n" + TITLES + LINE + TITLES + LINE.replace("A1", "A2")
    sheet = read(data.encode(), "f.csv")
    assert [row.cells[0] for row in sheet.rows] == ["A1", "A2"]
    assert sheet.ignored == 1


# -- quotes


def test_quoted_breaks_doubled_quotes_empty_quotes_and_json() -> None:
    data = (
        'Référence;Nom;Commentaire\nA1;"";"un\r\ndeux; ""trois"""\n'
        'A2;"X";"{""a"": [1, 2], ""b"": ""c;d""}"\nA3;Y;{"a": 1}\n'
    )
    sheet = read(data.encode(), "f.csv")
    assert [row.cells for row in sheet.rows] == [
        ("A1", "", 'un\r\ndeux; "trois"'),
        ("A2", "X", '{"a": [1, 2], "b": "c;d"}'),
        ("A3", "Y", '{"a": 1}'),
    ]
    assert [row.number for row in sheet.rows] == [2, 4, 5]


def test_a_stray_quote_spoils_its_own_line_only() -> None:
    """Cells of several lines before and after it stay whole."""
    data = (
        'Référence;Nom;Commentaire\nA1;X;"un\ndeux"\nA2;"LE GRAND;x\n'
        'A3;Y;"a ""b"" c"\nA4;RUE 12" Z;"d\ne;f"\nA5;"LE "PETIT"";"g;h"\nA6;W;fin\n'
    )
    sheet = read(data.encode(), "f.csv")
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("A1", "X", "un\ndeux")),
        (4, ("A2", '"LE GRAND', "x")),
        (5, ("A3", "Y", 'a "b" c')),
        (6, ("A4", 'RUE 12" Z', "d\ne;f")),
        (8, ("A5", 'LE "PETIT"', '"g;h"')),
        (9, ("A6", "W", "fin")),
    ]
    assert sheet.shifted == {8}


def test_a_quote_never_closed_does_not_swallow_the_rest() -> None:
    lines = "".join(f"A{at};NOM;1\n" for at in range(2, 1_000))
    sheet = read(f'Référence;Nom;Montant\nA1;"NOM;1\n{lines}'.encode(), "f.csv")
    assert len(sheet.rows) == 999
    closed = read(f'Référence;Nom;Montant\nA1;"NOM;1\n{lines}A1000;NOM";1\n'.encode(), "f.csv")
    assert len(closed.rows) == 1_000


# -- cells


def test_texts_forced_upon_a_spreadsheet() -> None:
    data = TITLES + '="00123";D;\'0639984527;\'12,50\r\n’00124;L\'11;="0639984528";1\r\n'
    assert cells(data.encode()) == [
        ("00123", "D", "0639984527", "12,50"),
        ("00124", "L'11", "0639984528", "1"),
    ]
    for codec in ("utf-16", "cp1252"):
        data = TITLES + "'00123;D;'0639984527;12,50\r\n"
        assert cells(data.encode(codec)) == [("00123", "D", "0639984527", "12,50")]


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#VALEUR!", "#DIV/0!", "#NOM?", "#NAME?", "#NOMBRE!", "Err:502",
              "########"],
)  # fmt: skip
def test_an_error_of_a_spreadsheet_is_no_value(error: str) -> None:
    data = (
        TITLES + f"{error};DURAND;;1\r\nA2;{error};{error};1\r\nA3;MARTIN N° #4;;1\r\n"
    ).encode()
    assert cells(data) == [
        ("", "DURAND", "", "1"), ("A2", "", "", "1"), ("A3", "MARTIN N° #4", "", "1"),
    ]  # fmt: skip
    _, result = checked(data)
    codes = [
        [one.code for one in row.problems if one.severity == "error"] for row in result.rejected
    ]
    assert codes == [["missing_reference"], ["missing_name"]]


def test_hard_spaces_everywhere() -> None:
    data = (
        "Référence\u00a0;\u00a0Nom;Prénom;Téléphone\u202f;Montant\u00a0€\n"
        "A1;LE\u00a0GOFF\u00a0;Zoé;06\u00a039\u202f98\u00a045\u00a027;1\u202f234,50\u00a0€\n"
    )
    _, result = checked(data.encode())
    (row,) = result.accepted
    assert (row.last_name, row.phones, row.debt_cents) == ("LE GOFF", ("+33639984527",), 123450)


def test_percent_signs_are_only_signs() -> None:
    data = "Référence;Nom;Montant;% réglé;Commentaire\nA1;W;50 %;20%;100 %(s) %d\nA2;Y;5;;5 %\n"
    _, result = checked(data.encode())
    (rejected,) = result.rejected
    assert str(rejected.problems[0]) == "Le montant « 50 % » ne peut pas être lu."
    assert rejected.raw[3:] == ["20%", "100 %(s) %d"]
    assert [row.comment for row in result.accepted] == ["5 %"]


def test_numbers_and_dates_kept_as_texts_and_serials() -> None:
    data = (
        "Référence;Nom;Montant;Date facture;Échéance;PDL\n"
        "0012;W;1.234,50;46339;13/11/2026;01234567890123\n"
        "0013;Y;12.5;2026-11-13 00:00:00;13 nov. 2026;2,14E+13\n"
    )
    _, result = checked(data.encode())
    assert [row.reference for row in result.accepted] == ["0012", "0013"]
    assert {str(row.invoice_date) for row in result.accepted} == {"2026-11-13"}
    assert {str(row.due_date) for row in result.accepted} == {"2026-11-13"}
    assert [row.delivery_point for row in result.accepted] == ["01234567890123", None]


def test_what_we_gave_back_to_mend_comes_in_as_it_was() -> None:
    """The apostrophe that keeps our own files from being run is taken off again."""
    texts = (
        "=R5", "@SUM", "-abc", "-12,50", "+33639980001", "0042", "2000000000012345", "12-05",
        "1E5", "13/11/2026", "L'ÉTÉ",
    )  # fmt: skip
    titles = [f"Colonne {at}" for at in range(len(texts))]
    content = rejected_file("csv", titles, [RejectedLine(2, list(texts), [])])
    assert b"'=R5;'@SUM;'-abc;'-12,50;'+33639980001;'0042;'2000000000012345;'12-05;'1E5" in content
    assert b";13/11/2026;L'" in content
    for file_format in ("csv", "xlsx"):
        again = rejected_file(file_format, titles, [RejectedLine(2, list(texts), [])])
        assert read(again, f"f.{file_format}").rows[0].cells[: len(texts)] == texts
