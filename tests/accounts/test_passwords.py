"""Which passwords are accepted."""

import pytest

from energymed.accounts.passwords import LONGEST, SHORTEST, check_password
from energymed.base.errors import BadInput

LONG = "lampe vitre sentier gomme "


@pytest.mark.parametrize("length", [SHORTEST, LONGEST])
def test_the_bounds_are_within(length: int) -> None:
    check_password((LONG * 6)[:length])


@pytest.mark.parametrize("length", [0, SHORTEST - 1, LONGEST + 1])
def test_beyond_the_bounds_is_refused(length: int) -> None:
    with pytest.raises(BadInput, match="caractères"):
        check_password((LONG * 6)[:length])


@pytest.mark.parametrize(
    "password",
    ["motdepasse2026", "123456789012", "azertyuiop12", "passwordpassword", "energymed2026!",
     "aaaaaaaaaaaaaaa", "pimmsmediation"],
)  # fmt: skip
def test_what_anybody_tries_is_refused(password: str) -> None:
    with pytest.raises(BadInput, match="facile"):
        check_password(password)


def test_ones_own_words_are_tried_too() -> None:
    mine = ["Yvonne Charpentier", "y.charpentier@pdp.example", "Portes de Provence"]
    with pytest.raises(BadInput, match="facile"):
        check_password("Charpentier2026", mine)
    check_password("quatre chevaux lisent dehors", mine)


def test_no_sign_nor_capital_is_asked() -> None:
    check_password("vitre gomme sentier lampe")
