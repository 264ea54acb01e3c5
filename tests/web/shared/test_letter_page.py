"""What every letter of the house has: its days as one writes them."""

from datetime import date

import pytest

from energymed.web.shared.letters.page import long_day


@pytest.mark.once
@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 30), "30 novembre 2026"), (date(2026, 12, 1), "1er décembre 2026"),
        (date(2026, 12, 2), "2 décembre 2026"), (date(2026, 12, 11), "11 décembre 2026"),
    ],
)  # fmt: skip
def test_the_first_of_a_month_is_an_ordinal(day: date, written: str) -> None:
    assert long_day(day) == written
