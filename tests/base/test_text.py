"""One spelling for comparing, and what must never be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.text.folding import collapse, header_key, name_key, strip_accents, tidy_lines
from energymed.base.text.sensitive import remove_sensitive


def test_a_person_has_one_key_however_written() -> None:
    assert name_key("LE-GOFF", "Zoé") == name_key("Le Goff", "ZOE") == "le goff zoe"
    assert name_key("ŒUVRARD") == "oeuvrard"
    assert name_key("D'ANGELO", None) == "d angelo"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("N° dossier", "n dossier"),
        ("Solde dû (€)", "solde du"),
        ("  Réf.\u00a0Dossier ", "ref dossier"),
    ],
)
def test_titles_compare_without_accents_case_or_punctuation(header: str, key: str) -> None:
    assert header_key(header) == key


def test_blanks_and_invisible_signs() -> None:
    assert collapse("  Le\u00a0\u202f Goff\u200b\t\r\n x\x00 ") == "Le Goff x"
    assert tidy_lines(" un \r\ndeux\x07\r trois \n") == "un\ndeux\ntrois"
    assert strip_accents("Éloïse Œuf") == "Eloise OEuf"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("nir 1 85 05 78 006 084 36 vu", "nir […] vu"),
        ("185057800608436", "[…]"),
        ("2 85 05 2A 006 084", "[…]"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189 merci", "IBAN […] merci"),
        ("FR7630006000011234567890189", "[…]"),
        ("BE68 5390 0754 7034 fin", "[…] fin"),
        ("CB 4539 1488 0343 6467 ok", "CB […] ok"),
        ("4539148803436467", "[…]"),
        ("378282246310005", "[…]"),
        ("Née le 12/03/1980 à Lyon", "Née le […] à Lyon"),
        ("né(e) le : 1er mars 1980.", "né(e) le […]."),
        ("DDN 12.03.80", "DDN […]"),
        ("date de naissance : 1980-03-12", "date de naissance […]"),
    ],
)
def test_removes_numbers_and_births_that_are_never_kept(text: str, cleaned: str) -> None:
    assert remove_sensitive(text) == (cleaned, True)


@pytest.mark.parametrize(
    "text",
    [
        "ne répond pas le matin", "PDL 52385003284764", "rappeler 06 39 98 00 01 et 04 65 71 00 02",
        "EDF2631810800", "contrat 748171740", "le 13/11/2026 à 10:30, 1 234,56 €",
        "bail signé le 12/03/2020, donnée le 12/03/2020", "Renée le 12/03/2020", "né à Lyon",
        "carte 4970 1012 3456 7890", "06 39 98 45 27 06 39 98 45 28",
    ],
)  # fmt: skip
def test_leaves_ordinary_texts_alone(text: str) -> None:
    assert remove_sensitive(text) == (text, False)


@given(st.text(max_size=60))
def test_nothing_is_left_to_remove_after_removal(text: str) -> None:
    cleaned, _ = remove_sensitive(text)
    assert remove_sensitive(cleaned) == (cleaned, False)
