"""A word that says nothing is an empty cell; a cut number is no identity."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.text.nothing import Kind, damaged, lost_digits, says_nothing

NOTHING = (
    "-", "—", "–", "_", ".", "…", "?", "/", "*", "***", "....", "-/-", "0", "000", "00 000", "0,00",
    "NC", "nc", "N/C", "n.c.", "N C", "NA", "N/A", "#N/A", "ND", "N.D.", "NR", "n/r", "S/O",
    "néant", "NÉANT", "Neant", "aucun", "Aucune", "aucun(e)", "aucun mail", "inconnu", "Inconnu(e)",
    "adresse inconnue", "tél inconnu", "sans", "sans objet", "sans téléphone", "rien", "vide",
    "(vide)", "non renseigné", "Non renseignée", "non renseigné(e)", "non communiqué(e)",
    "NON COMMUNIQUE", "non connu", "non précisé", "non fournie", "non disponible", "pas communiqué",
    "pas de téléphone", "pas de mail", "pas de prénom", "pas d'adresse", "à compléter",
    "A RENSEIGNER", "à définir", "en attente", "null", "NULL", "<null>", "none", "None", "nil",
    "nan", "NaN", "#REF!", "#VALEUR!", "#DIV/0!", "#####", "Err:502", "idem", "x", "X", "xxx",
    "unknown", "undefined", "(blank)", "00/00/0000", "nc@nc.fr", "pasdemail@example.org",
    "aucun@example.org", " NC ", "N\u00a0C",
)  # fmt: skip
SOMETHING = (
    "12 rue des Écoles", "R1", "NC1", "0012", "10", "Nyons", "Y", "pas de réponse", "non payé",
    "sans emploi", "pas de chauffage depuis mardi", "ines@example.org", "non", "Ω",
    "en cours de bail", "@Ana", "Refait", "A", "connu", "né", "Xavier", "0x1",
)  # fmt: skip
PEOPLE = (
    "Na",
    "NA",
    "Nil",
    "Sans",
    "SANS",
    "Nan",
    "Null",
    "Vide",
    "So",
    "Ras",
    "Rien",
    "Xing",
    "Ng",
)


@pytest.mark.parametrize("cell", NOTHING)
def test_words_that_say_nothing(cell: str) -> None:
    assert says_nothing(cell)


@pytest.mark.parametrize("cell", SOMETHING)
def test_a_value_is_no_word_for_nothing(cell: str) -> None:
    assert not says_nothing(cell)
    assert not says_nothing(cell, Kind.IDENTITY)


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_loses_a_short_name(name: str) -> None:
    assert not says_nothing(name, Kind.NAME)


@pytest.mark.parametrize(
    "cell",
    ["-", "NC", "nr", "N/A", "N.A.", "x", "xx", "Inconnu", "néant", "null", "NULL", "None", "NaN",
     "(null)", "#N/A", "pas de prénom", "S/O", "0", "Non communiqué"],
)  # fmt: skip
def test_what_no_person_is_called(cell: str) -> None:
    assert says_nothing(cell, Kind.NAME)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("non", Kind.PHONE), ("liste rouge", Kind.PHONE), ("absent", Kind.PHONE),
        ("VRAI", Kind.IDENTITY), ("Faux", Kind.IDENTITY), ("TRUE", Kind.IDENTITY),
        ("99999999", Kind.IDENTITY), ("123456789", Kind.IDENTITY), ("0123456789", Kind.IDENTITY),
        ("01/01/1900", Kind.DATE), ("00/01/1900", Kind.DATE), ("30/12/1899", Kind.DATE),
        ("1899-12-30 00:00:00", Kind.DATE), ("1900-01-01T00:00:00", Kind.DATE),
        ("31/12/9999", Kind.DATE), ("01/01/0001", Kind.DATE), ("jj/mm/aaaa", Kind.DATE),
    ],
)  # fmt: skip
def test_what_says_nothing_in_one_kind_of_column_only(cell: str, kind: Kind) -> None:
    assert says_nothing(cell, kind)
    if kind is not Kind.DATE or cell[0] != "j":
        assert not says_nothing(cell, Kind.TEXT)


@pytest.mark.parametrize("cell", ["111111", "222222", "12345", "1234567"])
def test_a_counter_of_the_partner_is_an_identity(cell: str) -> None:
    assert not says_nothing(cell, Kind.IDENTITY)


@given(st.sampled_from(NOTHING), st.sampled_from(["", " ", "  "]), st.sampled_from(list(Kind)))
def test_blanks_around_change_nothing(cell: str, blank: str, kind: Kind) -> None:
    assert says_nothing(blank + cell + blank, kind) == says_nothing(cell, kind)


@given(st.text(alphabet="-–—_.?/*… 0\u00a0", min_size=1, max_size=30), st.sampled_from(list(Kind)))
def test_signs_and_zeros_say_nothing_anywhere(cell: str, kind: Kind) -> None:
    assert says_nothing(cell, kind)


@given(st.from_regex(r"[A-Z]{1,3}[1-9][0-9]{1,9}", fullmatch=True))
def test_a_code_is_an_identity(code: str) -> None:
    assert not says_nothing(code, Kind.IDENTITY)


@given(st.text(max_size=80), st.sampled_from(list(Kind)))
def test_any_text_is_judged(cell: str, kind: Kind) -> None:
    assert isinstance(says_nothing(cell, kind), bool)


@pytest.mark.parametrize(
    "cell",
    ["2,14E+13", "2.14E13", "2.02611E+16", "1E+15", "21,4E+12", "2,14 E+13", "2e-05", 2.14e16,
     10**15, -(10**16), 2.026111300012346e16, float("inf"), float("nan"), "2026111300012340000"],
)  # fmt: skip
def test_numbers_that_a_sheet_has_cut(cell: str | float) -> None:
    assert lost_digits(cell)
    assert damaged(cell)


@pytest.mark.parametrize(
    "cell",
    ["3E12", "E12", "12345", "0012345", "52385003284764", 52385003284764.0, 999_999_999_999_999,
     "20261113000123461", "1000000000000000", "R1E+"],
)  # fmt: skip
def test_numbers_that_are_whole(cell: str | float) -> None:
    assert not lost_digits(cell)


@given(st.integers(min_value=10**15, max_value=10**30))
def test_a_number_cell_beyond_fifteen_digits_is_cut(number: int) -> None:
    assert lost_digits(number)
    assert lost_digits(float(number))


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_a_number_cell_of_fifteen_digits_is_whole(number: int) -> None:
    assert not lost_digits(number)


@pytest.mark.parametrize(
    "cell",
    [True, date(2026, 5, 12), datetime(2026, 5, 12, 1, tzinfo=UTC), time(12, 5), 12.5,
     "12/05/2026", "2026-05-12", "2026-05-12 00:00:00", "12-mai", "12-MAI", "05-déc.", "1-févr",
     "mai-26", "août-05", "12-May-26", "Feb-12"],
)  # fmt: skip
def test_what_a_spreadsheet_made_of_a_reference(cell: object) -> None:
    assert damaged(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "12-05",
        "R1",
        12345,
        12345.0,
        "",
        "12/05/123456",
        "2026-13-01",
        "32/05/2026",
        "12-mairie",
        "mai-2026001",
        "EDF-12",
        "maison-12",
        "2026-0512",
        "40-mai",
    ],
)
def test_references_that_came_through(cell: object) -> None:
    assert not damaged(cell)
