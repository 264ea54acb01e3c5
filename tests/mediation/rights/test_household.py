"""What a household may be told as: ages, amounts, children."""

import pytest

from energymed.base.errors import BadInput, DomainError
from energymed.mediation.rights.household import (
    MOST_A_MONTH,
    OLDEST,
    OLDEST_CHILD,
    YOUNGEST,
    Adult,
    Home,
    ages_told,
    check,
)


@pytest.mark.parametrize(
    ("text", "ages"),
    [("", ()), (" ", ()), ("3", (3,)), ("3, 8", (3, 8)), ("3 et 8", (3, 8)), ("3/8;0", (3, 8, 0))],
)
def test_the_ages_of_children_are_read_as_one_writes_them(text: str, ages: tuple[int, ...]) -> None:
    assert ages_told(text) == ages


@pytest.mark.parametrize("text", ["trois", "-3", "3,5,x", "٣", "100", ", ".join("1" * 13)])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        ages_told(text)
    assert refused.value.params["field"] == "children"


@pytest.mark.parametrize(
    "home",
    [
        Home((Adult(YOUNGEST),)),
        Home((Adult(OLDEST), Adult(40)), children=(OLDEST_CHILD,)),
        Home((Adult(40, work_cents=MOST_A_MONTH),), rent_cents=MOST_A_MONTH),
    ],
)
def test_what_can_be_passes(home: Home) -> None:
    check(home)


@pytest.mark.parametrize(
    ("home", "field"),
    [
        (Home((Adult(YOUNGEST - 1),)), "age"),
        (Home((Adult(OLDEST + 1),)), "age"),
        (Home((Adult(40), Adult(YOUNGEST - 1))), "partner_age"),
        (Home((Adult(40, work_cents=MOST_A_MONTH + 1),)), "work"),
        (Home((Adult(40, pension_cents=-1),)), "pension"),
        (Home((Adult(40), Adult(40, other_cents=-1))), "partner_other"),
        (Home((Adult(40),), children=(OLDEST_CHILD + 1,)), "children"),
        (Home((Adult(40),), rent_cents=-1), "rent"),
    ],
)
def test_what_cannot_be_is_refused_at_its_control(home: Home, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        check(home)
    assert refused.value.params["field"] == field
