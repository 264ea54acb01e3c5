"""What a column holds by the shape of its values."""

from datetime import date

import pytest

from energymed.intake.mapping.value_shapes import guess_fields, in_doubt, samples, shape_of
from energymed.intake.rows import Cell


@pytest.mark.parametrize(
    ("shape", "cells"),
    [
        ("phone", ["06 39 98 45 27", "0465710002", "+33 6 39 98 00 01", ""]),
        ("phone", ["06 39 98 00 01 / 04 65 71 00 02", "0639980003"]),
        ("phone", [639984527.0, 639980001.0]),
        ("amount", ["12,50", "1 234,56 €", "80,00", "-5,00"]),
        ("amount", [12.5, 80.0, 1234.56]),
        ("amount", ["12 €", "80 €"]),
        ("postal_code", ["26110", "26290", "07000"]),
        ("postal_code", [26110.0, 26290.0]),
        ("postal_commune", ["26290 DONZERE", "26110 Nyons", "26000 VALENCE CEDEX"]),
        ("postal_commune", ["Donzère (26290)", "Nyons 26110"]),
        ("date", ["27/04/2026", "2026-04-28", "1er mars 2026"]),
        ("date", [date(2026, 4, 27), date(2026, 5, 3)]),
        ("birth_date", ["27/04/1961", "03/12/1948", "11/01/1990"]),
        ("email", ["lea@example.fr", "zoe@example.fr"]),
        ("delivery_point", ["52385003284764", "52385003284765"]),
        ("delivery_point", [52385003284764.0]),
        ("delivery_point", ["GI123456", "GI123457"]),
        ("private", ["1 84 05 26 110 042 55", "2 79 11 26 110 042 36"]),
        ("private", ["FR7630006000011234567890189"]),
        ("civility", ["Mme", "M.", "M. ou Mme", "Mme"]),
        ("energy", ["Gaz", "Électricité", "Gaz"]),
        ("full_name", ["Mme MOREAU Isabelle", "DURAND Léa", "Jean-Luc LE GOFF"]),
        ("reference", ["EDF-1", "EDF-2", "EDF-3"]),
        ("reference", [4512.0, 4513.0]),
        (None, ["Gaz", "x", "12"]),
        (None, ["", "-", " "]),
        (None, ["12", "12", "3"]),
        (None, ["VALENCE", "NYONS", "DONZERE"]),
    ],
)
def test_shapes(shape: str | None, cells: list[Cell]) -> None:
    assert shape_of(cells) == shape


def test_four_cells_in_five_are_enough() -> None:
    assert shape_of(["12,50", "12,60", "12,70", "12,80", "?"]) == "amount"
    assert shape_of(["12,50", "12,60", "12,70", "abc", "abc"]) is None


def test_samples_are_few_different_and_fit_to_be_seen() -> None:
    cells: list[Cell] = ["", "Gaz", "Gaz", "-", "NIR 1 84 05 26 110 042 55", 12.0, "Eau"]
    assert samples(cells) == ["Gaz", "NIR […]", "12"]


def test_a_shape_feeds_a_free_field() -> None:
    shapes = {"A": "reference", "B": "full_name", "C": "phone", "D": "phone", "E": "amount",
              "F": "date", "G": None, "H": "birth_date"}  # fmt: skip
    assert guess_fields(shapes, "unpaid_bill", ()) == {
        "phone_1": "C", "phone_2": "D", "reference": "A", "full_name": "B", "amount": "E",
    }  # fmt: skip
    assert guess_fields(shapes, "cutoff_notice", ("phone_1", "last_name", "reference")) == {
        "phone_2": "C", "phone_3": "D", "cutoff_date": "F",
    }  # fmt: skip


def test_a_payment_has_its_own_fields() -> None:
    shapes = {"A": "reference", "B": "phone", "C": "amount", "D": "date", "E": "postal_code"}
    assert guess_fields(shapes, "payments", ()) == {
        "reference": "A", "amount": "C", "paid_on": "D",
    }  # fmt: skip


def test_of_two_alike_a_person_chooses() -> None:
    shapes = {"HT": "amount", "TTC": "amount", "CP": "postal_code"}
    assert guess_fields(shapes, "unpaid_bill", ("postal_commune",)) == {}


@pytest.mark.parametrize(
    ("field", "cells", "doubt"),
    [
        ("amount", ["27/04/2026", "x"], True),
        ("amount", ["12,50", "12"], False),
        ("phone_1", ["26110", "26290"], True),
        ("due_date", ["27/04/2026", ""], False),
        ("last_name", ["12", "13"], True),
        ("postal_commune", ["DONZERE", "26290 DONZERE"], False),
        ("reference", ["2,1E+13", "3,2E+9", "R1"], True),
        ("comment", ["27/04/2026"], False),
        ("amount", ["", ""], False),
    ],
)
def test_values_that_contradict_a_field(field: str, cells: list[Cell], doubt: bool) -> None:
    assert in_doubt(field, cells) is doubt
