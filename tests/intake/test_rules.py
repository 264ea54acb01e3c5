"""Values of a customer file, one rule at a time."""

from collections.abc import Callable

import pytest

from energymed.base import places
from energymed.intake import rules


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        (rules.energy_code, "Électricité + Gaz", "both"),
        (rules.energy_code, "ELEC", "electricity"),
        (rules.energy_code, "Gaz naturel", "gas"),
        (rules.energy_code, "E", "electricity"),
        (rules.energy_code, "Dual", "both"),
        (rules.energy_code, "Eau potable", "water"),
        (rules.energy_code, "Réseau de chaleur", "heat"),
        (rules.energy_code, "fioul", None),
        (rules.energy_code, "", None),
        (rules.yes_no, "Oui", True),
        (rules.yes_no, "N", False),
        (rules.yes_no, "1", True),
        (rules.yes_no, "False", False),
        (rules.yes_no, "peut-être", None),
        (rules.yes_no, "", None),
        (places.postal_code, "26110", "26110"),
        (places.postal_code, "1000", "01000"),
        (places.postal_code, "F-26110", "26110"),
        (places.postal_code, "26 110", "26110"),
        (places.postal_code, "97400", "97400"),
        (places.postal_code, "99999", None),
        (places.postal_code, "00100", None),
        (places.postal_code, "2A004", None),
        (rules.delivery_point, "52385003284764", "52385003284764"),
        (rules.delivery_point, "523 850 032 847 64", "52385003284764"),
        (rules.delivery_point, "1234567890123", "01234567890123"),
        (rules.delivery_point, "gi123456", "GI123456"),
        (rules.delivery_point, "5238500328476", "05238500328476"),
        (rules.delivery_point, "12345", None),
        (rules.delivery_point, "2.14E+13", None),
        (rules.email, "Lea@Example.FR", "lea@example.fr"),
        (rules.email, "a b@c.fr", None),
        (rules.email, "", None),
        (rules.small_count, "4", 4),
        (rules.small_count, "4.0", 4),
        (rules.small_count, "2 relances", 2),
        (rules.small_count, "beaucoup", None),
    ],
)
def test_reads_a_value(rule: Callable[[str], object], text: str, value: object) -> None:
    assert rule(text) == value
