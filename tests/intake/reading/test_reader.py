"""Reading: every accepted format, and one clear sentence for everything else."""

import random
import struct
from pathlib import Path

import pytest

from energymed.base.errors import BadInput
from energymed.intake.reading import file_safety
from energymed.intake.reading.reader import read
from tests.intake.books import (
    LINE,
    TITLES,
    csv_bytes,
    lying_archive,
    xlsx_bytes,
    zip_bytes,
)


@pytest.mark.parametrize(
    ("codec", "bom", "seen"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("cp1252", b"", "cp1252"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("sep", [";", "\t", ",", "|"])
def test_every_encoding_and_separator(codec: str, bom: bytes, seen: str, sep: str) -> None:
    line = ("EDF1", "ŒUVRARD", "Zoé", "0639984527", "12.50")
    sheet = read(bom + csv_bytes(line, encoding=codec, sep=sep), "f.csv")
    assert (sheet.encoding, sheet.delimiter) == (seen, sep)
    assert sheet.headers == list(TITLES)
    assert list(sheet.rows) == [(2, line)]


def test_a_comma_in_names_does_not_beat_the_true_separator() -> None:
    sheet = read(csv_bytes(("EDF1", "a, b, c, d, e, f, g", "x,y", "", "12,50")), "f.csv")
    assert sheet.delimiter == ";"


def test_the_line_that_names_the_separator_is_obeyed_and_counted() -> None:
    sheet = read(b"sep=,\r\n" + csv_bytes(("EDF1", "a", "b", "", "1"), sep=","), "f.csv")
    assert sheet.delimiter == ","
    assert [sheet.header_row_number, sheet.rows[0].number] == [2, 3]


def test_mixed_line_ends_zero_bytes_and_forced_texts() -> None:
    data = 'Référence;Nom;Montant\rA1;DU\x00RAND;1\n="0012";X;2\r\nA3;Y;3'.encode()
    sheet = read(data, "f.csv")
    assert [row.cells[0] for row in sheet.rows] == ["A1", "0012", "A3"]
    assert sheet.rows[0].cells[1] == "DURAND"


def test_a_quoted_line_break_stays_in_its_cell_and_moves_the_next_line_number() -> None:
    data = 'Référence;Nom;Commentaire\nA1;X;"un\ndeux; trois"\nA2;Y;fin\n'.encode()
    sheet = read(data, "f.csv")
    assert sheet.rows[0].cells == ("A1", "X", "un\ndeux; trois")
    assert [row.number for row in sheet.rows] == [2, 4]


def test_a_stray_quote_swallows_no_line() -> None:
    data = 'Référence;Nom;Montant\nA1;"LE GRAND;1\nA2;Y;2\nA3;"bien";3\n'.encode()
    sheet = read(data, "f.csv")
    assert [row.cells for row in sheet.rows] == [
        ("A1", '"LE GRAND', "1"),
        ("A2", "Y", "2"),
        ("A3", "bien", "3"),
    ]


def test_blank_and_total_lines_below_the_titles_are_ignored() -> None:
    empty = ("",) * 5
    data = csv_bytes(
        LINE, empty, ("EDF2", "TOTAL", "Jean", "", "3"), ("", "", "Sous-total", "", "15,50 €"),
        ("", "", "", "", ""), ("Nombre de dossiers", 2, "", "", ""), empty, empty,
    )  # fmt: skip
    sheet = read(b";;;;\r\nListe de la semaine\r\n" + data, "f.csv")
    assert [row.cells[0] for row in sheet.rows] == ["EDF1", "EDF2"]
    assert sheet.ignored == 4  # two blank lines between filled ones, two totals
    assert sheet.header_row_number == 3


def test_rows_are_cut_or_filled_to_the_titles() -> None:
    sheet = read("Référence;Nom;Montant\nA1;X\nA2;Y;2;;;\n".encode(), "f.csv")
    assert [row.cells for row in sheet.rows] == [("A1", "X", ""), ("A2", "Y", "2")]


def test_a_workbook_is_read_where_its_titles_are() -> None:
    rows = [("Dossiers fragiles",), (), ("Confidentiel",), TITLES, LINE, (), ("Total", 1)]
    book = xlsx_bytes({"Lisez-moi": [("Ne pas diffuser",)], "Dossiers": rows})
    sheet = read(book, "n'importe.csv")  # the content decides, not the name
    assert (sheet.sheet_name, sheet.header_row_number) == ("Dossiers", 4)
    assert list(sheet.rows) == [(5, LINE)]
    assert (sheet.encoding, sheet.delimiter, sheet.ignored) == (None, None, 2)


def test_a_hidden_sheet_counts_only_when_no_visible_one_has_titles() -> None:
    other = ("CACHE", *LINE[1:])
    both = xlsx_bytes({"A": [TITLES, LINE], "B": [(*TITLES, "Email"), other]}, hidden=("B",))
    assert read(both, "f.xlsx").rows[0].cells == LINE
    only = xlsx_bytes({"A": [("Sommaire",)], "B": [TITLES, other]}, hidden=("B",))
    assert read(only, "f.xlsx").sheet_name == "B"


def test_repeated_and_empty_titles_get_a_name_of_their_own() -> None:
    sheet = read("Référence;Nom;Nom;;Montant\nA1;X;Y;z;1\n".encode(), "f.csv")
    assert sheet.headers == ["Référence", "Nom", "Nom (2)", "Colonne 4", "Montant"]
    assert sheet.repeated == ["Nom"]


def test_titles_of_the_partner_profile_are_found() -> None:
    data = b"Extraction du mardi;;\nZorglub;Bulgroz;Truc\nA1;X;1\n"
    sheet = read(data, "f.csv", known_headers=["ZORGLUB", "bulgroz", "truc"])
    assert sheet.headers == ["Zorglub", "Bulgroz", "Truc"]


def test_reads_from_a_path_with_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(csv_bytes(LINE))
    sheet = read(path)
    assert sheet.file_name == "liste.csv"
    assert (len(sheet.sha256), sheet.size_bytes) == (64, path.stat().st_size)


ODS = b"application/vnd.oasis.opendocument.spreadsheet"
NOISE = random.Random(7).randbytes(4096)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "est vide"),
        (b"\xef\xbb\xbf \r\n\r\n", "est vide"),
        (csv_bytes(), "aucune ligne sous ses en-têtes (Référence dossier, Nom"),
        (csv_bytes(("TOTAL", "", "", "", "0,00")), "aucune ligne sous ses en-têtes"),
        (xlsx_bytes({"A": [TITLES]}), "aucune ligne sous ses en-têtes"),
        (xlsx_bytes({"A": []}), "aucune cellule remplie"),
        (b"%PDF-1.7\n%abc", "un document PDF"),
        (b"\xff\xd8\xff\xe0" + NOISE, "une image"),
        (b"\x89PNG\r\n\x1a\n" + NOISE, "une image"),
        (b"MZ\x90\x00\x03\x00" + NOISE, "un programme"),
        (b"\x7fELF" + NOISE, "un programme"),
        (b"\x1f\x8b\x08" + NOISE, "une archive compressée"),
        (b"  <!DOCTYPE html><html><table>", "une page web"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "une page web"),
        (bytes(range(1, 32)) * 30 + NOISE, "un fichier binaire"),
        (zip_bytes({"a.txt": b"a"}), "une archive ZIP"),
        (zip_bytes({"xl/workbook.bin": b"a"}), "un classeur XLSB"),
        (zip_bytes({"word/document.xml": b"<a/>"}), "un document texte"),
        (b"PK\x03\x04" + NOISE, "abîmé"),
        (zip_bytes({"xl/workbook.xml": b"<workbook"}), "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "abîmé"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "mot de passe",
        ),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(data, "liste.csv")
    assert said in str(refused.value)
    assert "liste.csv" in str(refused.value)


def test_a_page_in_a_name_is_not_a_page() -> None:
    line = ("EDF1", "<script>alert(1)</script>", "x", "", "1")
    assert read(csv_bytes(line), "f.csv").rows[0].cells == line


def test_a_text_that_starts_like_a_program_is_a_text() -> None:
    data = b"MZ;Nom;Montant\nA1;X;1\n"
    assert read(data, "f.csv").rows[0].cells == ("A1", "X", "1")


def test_limits_of_size_and_lines() -> None:
    with pytest.raises(BadInput, match="la limite est de 25 Mo"):
        read(b"a;b\n" * (30 * 1024 * 256), "gros.csv")
    lines = csv_bytes(*[(f"E{at}", *LINE[1:]) for at in range(11)])
    with pytest.raises(BadInput, match="plus de 10 lignes"):
        read(lines, "f.csv", max_rows=10)
    assert len(read(lines, "f.csv", max_rows=None, max_bytes=None).rows) == 11


def test_a_large_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "gros.csv"
    with path.open("wb") as handle:
        handle.truncate(30 * 1024 * 1024)
    with pytest.raises(BadInput, match="30,0 Mo"):
        read(path)
    with pytest.raises(BadInput, match="ne peut pas être lu"):
        read(tmp_path / "absent.csv")


def test_bombs_are_refused() -> None:
    member = "xl/worksheets/sheet1.xml"
    honest = zip_bytes({"xl/workbook.xml": b"<workbook/>", member: b" " * 5_000_000})
    with pytest.raises(BadInput, match="volume anormal"):
        file_safety.check_archive(honest, "bombe.xlsx", 4_000_000)
    lying = lying_archive(member, b" " * 5_000_000, declared=1_000)
    with pytest.raises(BadInput, match="volume anormal"):
        file_safety.check_archive(lying, "bombe.xlsx", 4_000_000)
    many = zip_bytes({"xl/workbook.xml": b"", **{f"a{at}": b"" for at in range(2_001)}})
    with pytest.raises(BadInput, match="volume anormal"):
        file_safety.check_archive(many, "bombe.xlsx")


def test_two_cells_at_the_corners_do_not_fill_the_memory() -> None:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>'
    book = zip_bytes({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": rows})
    with pytest.raises(BadInput, match="ligne 1048576 et la colonne 16384"):
        file_safety.check_archive(book, "large.xlsx")


REPEATED_ROWS = (
    b'<table:table-row table:number-rows-repeated="1048576">'
    b'<table:table-cell table:number-columns-repeated="30"/>'
    b'<table:table-cell office:value-type="float"/></table:table-row>'
)
REPEATED_CELLS = (
    b"<table:table-row>"
    b'<table:table-cell office:value-type="float" table:number-columns-repeated="90000000"/>'
)


@pytest.mark.parametrize("content", [REPEATED_ROWS, REPEATED_CELLS])
def test_a_filled_cell_repeated_without_end_is_refused(content: bytes) -> None:
    book = zip_bytes({"mimetype": ODS, "content.xml": b"<table:table>" + content})
    with pytest.raises(BadInput, match="s'étend jusqu'à"):
        file_safety.check_archive(book, "f.ods")


def test_empty_cells_repeated_to_the_edge_are_ordinary() -> None:
    edge = b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
    edge += b'table:number-columns-repeated="16384"/></table:table-row>'
    file_safety.check_archive(zip_bytes({"mimetype": ODS, "content.xml": edge}), "f.ods")


@pytest.mark.slow
def test_a_damaged_xls_cannot_take_the_server_down() -> None:
    """A table of sectors that points at itself makes the library ask for memory without end."""
    sample = Path(__file__).parents[2] / "samples" / "suez-impayes-2026-S46.xls"
    data = bytearray(sample.read_bytes())
    fat_sector = struct.unpack_from("<I", data, 76)[0]
    fat = 512 * (fat_sector + 1)
    for at in range(128):
        struct.pack_into("<I", data, fat + 4 * at, at)
    with pytest.raises(BadInput, match="abîmé"):
        read(bytes(data), "boucle.xls")
