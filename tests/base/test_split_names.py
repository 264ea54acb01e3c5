"""A name in one column, as utilities write it."""

import pytest

from energymed.base.text.names import civility, split_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mme MOREAU Isabelle", ("Mme", "MOREAU", "Isabelle")),
        ("PERRIN Michel", (None, "PERRIN", "Michel")),
        ("Isabelle MOREAU", (None, "MOREAU", "Isabelle")),
        ("M. ou Mme HENRY Isabelle", ("M. ou Mme", "HENRY", "Isabelle")),
        ("M. et Mme DUPONT Jean et Marie", ("M. et Mme", "DUPONT", "Jean et Marie")),
        ("Monsieur et Madame LE GOFF Yann", ("M. et Mme", "LE GOFF", "Yann")),
        ("M/Mme D'ANGELO Zoé", ("M. ou Mme", "D'ANGELO", "Zoé")),
        ("Mr BEN-YOUSSEF Karim", ("M.", "BEN-YOUSSEF", "Karim")),
        ("Mlle ÉMERY Ève", ("Mme", "ÉMERY", "Ève")),
        ("de LA TOUR Anne-Marie", (None, "de LA TOUR", "Anne-Marie")),
        ("DUPONT née MARTIN Jeanne", (None, "DUPONT née MARTIN", "Jeanne")),
        ("MOREAU I.", (None, "MOREAU", "I.")),
        ("Moreau, Isabelle", (None, "Moreau", "Isabelle")),
        ("Jean Le Goff", (None, "Le Goff", "Jean")),
        ("Le Goff Jean", (None, "Le Goff", "Jean")),
        ("Isabelle Moreau", (None, "Moreau", "Isabelle")),
        ("MOREAU ISABELLE", (None, "MOREAU", "ISABELLE")),
        ("LE GOFF JEAN", (None, "LE GOFF", "JEAN")),
        ("MOREAU", (None, "MOREAU", None)),
        ("", (None, "", None)),
        ("Mme", (None, "Mme", None)),
    ],
)
def test_splits_a_name(text: str, parts: tuple[str | None, str, str | None]) -> None:
    assert split_name(text) == parts


def test_the_title_of_the_column_settles_names_without_capitals() -> None:
    assert split_name("Moreau Isabelle", surname_first=True)[1:] == ("Moreau", "Isabelle")
    assert split_name("Le Goff Anne Marie", surname_first=True)[1:] == ("Le Goff", "Anne Marie")
    assert split_name("Anne Marie Le Goff", surname_first=False)[1:] == ("Le Goff", "Anne Marie")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Monsieur", "M."), ("MR", "M."), ("madame", "Mme"), ("Mlle", "Mme"),
        ("M. ou Mme", "M. ou Mme"), ("Mme et M.", "M. et Mme"), ("Maître", "Maître"), ("", None),
    ],
)  # fmt: skip
def test_titles_have_one_spelling(text: str, code: str | None) -> None:
    assert civility(text) == code
