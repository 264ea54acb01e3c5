"""One address is one key, however files write it; another is another."""

import pytest

from energymed.base.text.addresses import address_key

KEY = address_key("12 avenue de la Gare", "26000", "Valence")


@pytest.mark.parametrize(
    "written",
    [
        "12, AV. DE LA GARE", "012 avenue gare", "12 Ave de la gare", "  12  avenue, de la GARE ",
        "12 àvénue de la gare",
    ],
)  # fmt: skip
def test_one_address_is_known_however_it_is_written(written: str) -> None:
    assert address_key(written, "26000", "VALENCE CEDEX") == KEY


@pytest.mark.parametrize(
    ("address", "postal_code"),
    [
        ("14 avenue de la Gare", "26000"), ("12 avenue de la Gare", "26100"),
        ("12 bis avenue de la Gare", "26000"), ("12 rue de la Gare", "26000"),
    ],
)  # fmt: skip
def test_another_address_is_another(address: str, postal_code: str) -> None:
    assert address_key(address, postal_code, "Valence") not in (KEY, None)


def test_the_commune_stands_in_for_a_missing_code() -> None:
    assert address_key("12 rue X", None, "Bourg-lès-Valence") == "bourg les valence 12 rue x"


@pytest.mark.parametrize(
    ("address", "postal_code", "commune"),
    [(None, "26000", "Valence"), ("", "26000", None), ("de la", "26000", None),
     ("000", "26000", None), ("12 rue X", None, None), ("12 rue X", "", " - ")],
)  # fmt: skip
def test_half_an_address_is_none(
    address: str | None, postal_code: str | None, commune: str | None
) -> None:
    assert address_key(address, postal_code, commune) is None
