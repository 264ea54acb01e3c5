"""A household's budget: units, the rest to live on, and the verdict on both sides of each line."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.errors import BadInput
from energymed.mediation.budget import (
    CHARGES,
    MOST_A_MONTH,
    RESOURCES,
    Budget,
    BudgetLine,
    BudgetRules,
    Household,
    check_budget,
    monthly_cents,
    rules_from,
    study,
)
from energymed.mediation.codes import BudgetBand
from energymed.partners.rulebook import DEFAULTS

RULES = rules_from({code: value for code, (value, _source) in DEFAULTS.items()})
NO_FLOOR = replace(RULES, floor_cents=0, retired_floor_cents=0)
DAY = 21_280  # 7 € a day and unit, in a month of 30.4 days
HOLDS, TIGHT, NOT = BudgetBand.HOLDS, BudgetBand.TIGHT, BudgetBand.DOES_NOT_HOLD


def budget(income: int, home: Household | None = None, **amounts: int) -> Budget:
    lines = {BudgetLine(line): cents for line, cents in amounts.items()}
    return Budget(home or Household(), {BudgetLine.INCOME: income, **lines})


def verdict(told: Budget, rules: BudgetRules = NO_FLOOR, instalment: int = 0) -> BudgetBand | None:
    return study(told, rules, instalment).band


@pytest.mark.parametrize(
    ("home", "units"),
    [
        (Household(), "1"), (Household(2), "1.5"), (Household(1, 1), "1.5"),
        (Household(2, 2), "2.1"), (Household(1, 0, 1), "1.25"), (Household(2, 0, 1), "1.65"),
        (Household(1, 1, 2), "1.8"), (Household(1, 0, 2), "1.4"),
    ],
)  # fmt: skip
def test_a_child_in_alternating_custody_counts_half(home: Household, units: str) -> None:
    assert home.units == Fraction(units)


def test_what_is_left_to_live_on() -> None:
    told = budget(150_000, Household(1, 1), rent=60_000, energy=12_000, instalments=5_000)
    found = study(told, RULES, 4_000)
    assert (found.resources_cents, found.rest_cents, found.after_cents) == (150_000, 73_000, 69_000)
    assert found.after_per_unit_cents == 46_000
    assert found.after_per_unit_day_cents == 1_513  # 15.1315… € a day
    assert (found.energy_percent, found.energy_high) == (8, False)


@pytest.mark.parametrize(
    ("after", "band"),
    [(DAY, HOLDS), (DAY - 1, TIGHT), (DAY * 9 // 10, TIGHT), (DAY * 9 // 10 - 1, NOT), (0, NOT),
     (-1, NOT)],
)  # fmt: skip
def test_the_rest_to_live_on_by_unit_and_day(after: int, band: BudgetBand) -> None:
    assert verdict(budget(100_000, rent=100_000 - after)) == band
    assert verdict(budget(100_000, rent=90_000 - after), instalment=10_000) == band
    two = Household(2)  # 1.5 units
    assert verdict(budget(900_000, two, rent=900_000 - DAY * 3 // 2)) == HOLDS
    assert verdict(budget(900_000, two, rent=900_000 - DAY * 3 // 2 + 1)) == TIGHT


@pytest.mark.parametrize(
    ("left", "home", "band"),
    [
        (65_169, Household(), HOLDS), (65_168, Household(), TIGHT),
        (58_653, Household(), TIGHT), (58_652, Household(), NOT),  # 90 % is 586.521 €
        (104_360, Household(retired=True), HOLDS), (104_359, Household(retired=True), TIGHT),
        (97_754, Household(2), HOLDS), (97_753, Household(2), TIGHT),  # 1.5 × is 977.535 €
    ],
)  # fmt: skip
def test_instalments_leave_the_minimum_income(left: int, home: Household, band: BudgetBand) -> None:
    rules = replace(RULES, day_cents=0)
    assert verdict(budget(left + 30_000, home, instalments=10_000), rules, 20_000) == band


def test_the_nearer_line_gives_the_verdict() -> None:
    assert verdict(budget(65_169), RULES) == HOLDS
    assert verdict(budget(65_169, rent=65_169 - DAY + 1), RULES) == TIGHT
    assert verdict(budget(65_168, rent=65_168 - DAY), RULES) == TIGHT
    assert verdict(budget(50_000), RULES) == NOT


def test_without_resources_nobody_knows() -> None:
    found = study(Budget(amounts={BudgetLine.RENT: 50_000}), RULES, 5_000)
    assert (found.band, found.energy_percent, found.energy_high) == (None, None, False)


@pytest.mark.parametrize(("energy", "high"), [(8_000, False), (8_001, True)])
def test_energy_effort_is_told_above_its_share(energy: int, high: bool) -> None:
    assert study(budget(100_000, energy=energy), RULES).energy_high is high


@pytest.mark.parametrize(("cents", "asks"), [(7_500, ()), (7_501, (BudgetLine.PHONE,))])
def test_above_a_guideline_one_asks_why(cents: int, asks: tuple[BudgetLine, ...]) -> None:
    told = budget(200_000, Household(2), phone=cents)  # 50 € by unit
    assert study(told, RULES).asks == asks
    assert verdict(told) == HOLDS  # asked, not refused
    silent = replace(RULES, ask_above=dict.fromkeys(RULES.ask_above, 0))
    assert study(told, silent).asks == ()


@pytest.mark.parametrize(
    ("frequency", "cents"), [("monthly", 1_000), ("fortnightly", 2_167), ("weekly", 4_334)]
)
def test_an_instalment_a_month_is_never_rounded_down(frequency: str, cents: int) -> None:
    assert monthly_cents(1_000, frequency) == cents


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Budget(Household(0)), "adults"), (Budget(Household(21)), "adults"),
        (Budget(Household(1, -1)), "children"), (Budget(Household(1, 0, 21)), "half_children"),
        (budget(-1), "income"), (budget(MOST_A_MONTH + 1), "income"),
    ],
)  # fmt: skip
def test_what_cannot_be_names_its_field(told: Budget, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_budget(told)
    assert refusal.value.params["field"] == field


def test_the_bounds_are_possible() -> None:
    check_budget(budget(MOST_A_MONTH, Household(20, 20, 20), rent=0))


cents = st.integers(0, 500_000)
homes = st.builds(Household, st.integers(1, 6), st.integers(0, 6), st.integers(0, 4), st.booleans())
budgets = st.builds(Budget, homes, st.dictionaries(st.sampled_from(list(BudgetLine)), cents))


@given(budgets, cents, cents)
def test_a_larger_instalment_never_makes_a_better_verdict(
    told: Budget, one: int, more: int
) -> None:
    ranks = {None: 0, HOLDS: 0, TIGHT: 1, NOT: 2}
    assert ranks[verdict(told, RULES, one)] <= ranks[verdict(told, RULES, one + more)]


@given(budgets, cents)
def test_every_line_counts_once(told: Budget, instalment: int) -> None:
    found = study(told, RULES, instalment)
    comes = sum(told.amounts.get(line, 0) for line in RESOURCES)
    goes = sum(told.amounts.get(line, 0) for line in CHARGES)
    assert found.after_cents == comes - goes - instalment
    assert set(RESOURCES) | set(CHARGES) == set(BudgetLine)
    assert not set(RESOURCES) & set(CHARGES)
