"""From door to door: commune, street, number."""

import pytest

from energymed.calling.walking_order import walking_key

WALK = [
    ("Crest", "1 rue du Pont"),
    ("Valence", "Résidence les Lilas"),
    ("Valence", "rue du Lac"),
    ("Valence", "3 rue du Lac"),
    ("Valence", "3 bis, r. du Lac"),
    ("Valence", "3 ter rue du Lac"),
    ("Valence", "012 rue du Lac"),
    ("Valence", "2 rue Pasteur"),
]


@pytest.mark.parametrize("start", range(len(WALK)))
def test_doors_follow_one_another(start: int) -> None:
    mixed = [*WALK[start:], *WALK[:start]][::-1]
    assert sorted(mixed, key=lambda each: walking_key(*each)) == WALK


def test_nothing_known_comes_first() -> None:
    assert walking_key(None, None) == ("", "", 0, "")
