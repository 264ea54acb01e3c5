"""What may be said of a right from three reckonings."""

from datetime import date

import pytest

from energymed.mediation.rights.answers import (
    OTHER_RULES,
    Likelihood,
    Right,
    judge,
    question,
)
from energymed.mediation.rights.household import Adult, Home, Special

ALONE = Home((Adult(40, work_cents=100_000, pension_cents=1, other_cents=0),), rent_cents=45_050)


def _reckoned(*amounts: float) -> list[dict[str, float]]:
    return [dict.fromkeys(Right, amount) for amount in amounts]


def _said(home: Home, *amounts: float, postal_code: str = "26000") -> dict[Right, Likelihood]:
    answers = judge(home, postal_code, _reckoned(*amounts))
    return {each.right: each.likelihood for each in answers}


@pytest.mark.parametrize(
    ("amounts", "likelihood"),
    [
        ((0, 0, 0), Likelihood.UNLIKELY),
        ((1, 300, 5), Likelihood.PROBABLE),
        ((300, 1, 0), Likelihood.CANNOT_SAY),
        ((300, 0, 0), Likelihood.CANNOT_SAY),
    ],
)
def test_nothing_is_claimed_where_the_three_do_not_agree(
    amounts: tuple[float, ...], likelihood: Likelihood
) -> None:
    assert _said(ALONE, *amounts) == dict.fromkeys(Right, likelihood)


def test_of_students_only_the_minimum_of_the_old_is_reckoned() -> None:
    student = Home(ALONE.adults, special=frozenset({Special.STUDENT}))
    unsaid = dict.fromkeys(Right, Likelihood.CANNOT_SAY)
    assert _said(student, 0, 0, 0) == {**unsaid, Right.ASPA: Likelihood.UNLIKELY}


def test_of_the_self_employed_nothing_is_said() -> None:
    own = Home(ALONE.adults, special=frozenset({Special.SELF_EMPLOYED}))
    assert set(_said(own, 9, 9, 9).values()) == {Likelihood.CANNOT_SAY}


@pytest.mark.parametrize("place", OTHER_RULES)
def test_where_other_rules_hold_nothing_is_said(place: str) -> None:
    assert set(_said(ALONE, 9, 9, 9, postal_code=f"{place}00").values()) == {Likelihood.CANNOT_SAY}


def test_reunion_is_reckoned() -> None:
    assert set(_said(ALONE, 9, 9, 9, postal_code="97400").values()) == {Likelihood.PROBABLE}


def test_the_engine_is_asked_about_a_tenth_less_and_a_tenth_more() -> None:
    asked = question(ALONE, date(2026, 11, 30))
    assert asked["month"] == "2026-11"
    homes = asked["homes"]
    assert isinstance(homes, list)
    assert [home["adults"][0]["work"] for home in homes] == [900.0, 1000.0, 1100.0]
    assert [home["zone"] for home in homes] == [1, 2, 3]
    assert {home["rent"] for home in homes} == {450.5}
