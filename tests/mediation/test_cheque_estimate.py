"""The energy cheque by income and household: each band on both sides, and nothing beyond them."""

import pytest

from energymed.base.errors import BadInput
from energymed.mediation.budget import Household
from energymed.mediation.cheque_estimate import WHAT_HELPS, Missed, estimate
from energymed.partners.cheque_bands import BAND_DEFAULTS

ALONE, COUPLE, FAMILY = Household(1), Household(2), Household(2, children=2)


@pytest.mark.parametrize(
    ("home", "euros", "band", "amount"),
    [
        (ALONE, 0, "band_1", 194),
        (ALONE, 5_699.99, "band_1", 194),
        (ALONE, 5_700, "band_2", 146),
        (ALONE, 6_800, "band_3", 98),
        (ALONE, 7_850, "band_4", 48),
        (ALONE, 10_999.99, "band_4", 48),
        (ALONE, 11_000, "above", 0),
        (COUPLE, 8_549.99, "band_1", 240),  # 1.5 units
        (COUPLE, 8_550, "band_2", 176),
        (COUPLE, 16_500, "above", 0),
        (FAMILY, 11_969.99, "band_1", 277),  # 2.1 units
        (FAMILY, 11_970, "band_2", 202),
        (Household(1, children=1, half_children=2), 10_259.99, "band_1", 240),  # 1.8 units
        (Household(2, children=1, half_children=2), 11_000, "band_1", 277),  # 2.1 units
    ],
)
def test_what_a_household_may_have(home: Household, euros: float, band: str, amount: int) -> None:
    found = estimate(BAND_DEFAULTS, round(euros * 100), home)
    assert found is not None
    assert (found.band, found.amount_cents) == (band, amount * 100)


def test_a_campaign_whose_bands_nobody_told_estimates_nothing() -> None:
    assert estimate((), 500_000, ALONE) is None


@pytest.mark.parametrize(
    ("cents", "home", "field"),
    [
        (None, ALONE, "rfr"),
        (-1, ALONE, "rfr"),
        (50_000_001, ALONE, "rfr"),
        (1_000, Household(0), "adults"),
        (1_000, Household(1, children=20), "adults"),
        (1_000, Household(2, children=-1), "adults"),
    ],
)
def test_what_cannot_be_is_named(cents: int | None, home: Household, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        estimate(BAND_DEFAULTS, cents, home)
    assert refusal.value.params["field"] == field


def test_each_reason_for_missing_it_has_something_that_helps() -> None:
    assert set(WHAT_HELPS) == set(Missed)
