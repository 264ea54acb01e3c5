"""Delicate words of a note warn; ordinary ones do not (DOMAIN §12)."""

import pytest

from energymed.base.text.delicate_words import delicate_words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Paiera le 5, échéancier de 4 fois.", []),
        ("Dit être malade, hospitalisée en mai.", ["malade", "hospitalisée"]),
        ("Sort de PRISON", ["PRISON"]),
        ("L'épouse, d'origine étrangère", ["étrangère"]),
        ("malade malade", ["malade"]),
        ("Handicapé ; dépressif", ["Handicapé", "dépressif"]),
        ("", []),
    ],
)
def test_words_that_make_one_think(text: str, found: list[str]) -> None:
    assert delicate_words(text) == found
