"""What a campaign of the energy cheque gives, by income and household. Pure (DOMAIN §4).

The tax reference income (revenu fiscal de référence) is divided by the household's consumption
units; each band gives three amounts: for one unit, below two, two and more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from energymed.base.money import Cents

ONE, TWO = Fraction(1), Fraction(2)


@dataclass(frozen=True, slots=True)
class ChequeBand:
    """A band of incomes: `below_cents` a year and unit, and what it gives by household size."""

    rank: int
    below_cents: Cents
    one_cents: Cents
    few_cents: Cents
    many_cents: Cents

    def amount_cents(self, units: Fraction) -> Cents:
        """The amount of a household of so many consumption units."""
        if units <= ONE:
            return self.one_cents
        return self.few_cents if units < TWO else self.many_cents


def band_of(bands: Sequence[ChequeBand], income_cents: Cents, units: Fraction) -> ChequeBand | None:
    """The band of a yearly income; None above the last one.

    Args:
        bands: of one campaign, by rank.
    """
    return next((band for band in bands if income_cents < band.below_cents * units), None)


_EUROS = (
    (1, 5_700, 194, 240, 277),
    (2, 6_800, 146, 176, 202),
    (3, 7_850, 98, 113, 126),
    (4, 11_000, 48, 63, 76),
)
BAND_DEFAULTS = tuple(
    ChequeBand(rank, below * 100, one * 100, few * 100, many * 100)
    for rank, below, one, few, many in _EUROS
)
