"""The yearly campaigns of the energy cheque: which one runs on a day, what may be talked of. Pure.

Two dates end it (DOMAIN §4): a cheque may still be spent while its protections have ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from energymed.partners.codes import Certainty


@dataclass(frozen=True, slots=True)
class ChequeCampaign:
    """One year's campaign; every day named is within, `late_after` aside.

    `ask_until`: until when a household that got none may ask for its cheque. A cheque issued after
    `late_after` may be spent until `late_spend_until`. What the attestation opens holds until
    `protections_end`.
    """

    year: int
    sent_from: date
    sent_until: date
    ask_until: date | None
    spend_until: date
    late_after: date | None
    late_spend_until: date | None
    protections_end: date
    certainty: Certainty
    source: str

    @property
    def last_spent_on(self) -> date:
        """The last day on which one of its cheques may be spent."""
        return self.late_spend_until or self.spend_until

    def protects(self, day: date) -> bool:
        """Whether what its attestation opens holds on a day."""
        return self.sent_from <= day <= self.protections_end


@dataclass(frozen=True, slots=True)
class ChequeCampaigns:
    """All campaigns known, the latest first."""

    known: tuple[ChequeCampaign, ...]

    @classmethod
    def of(cls, campaigns: Iterable[ChequeCampaign]) -> "ChequeCampaigns":
        """In their order."""
        return cls(tuple(sorted(campaigns, key=lambda one: one.sent_from, reverse=True)))

    def running(self, day: date) -> ChequeCampaign | None:
        """The campaign of a day: the last one whose sending has begun; None before the first."""
        return next((one for one in self.known if one.sent_from <= day), None)

    def of_year(self, year: int | None) -> ChequeCampaign | None:
        """The campaign of a year, if it is known."""
        return next((one for one in self.known if one.year == year), None)

    def talked_of(self, day: date) -> tuple[int, ...]:
        """The years of which one may talk: the running one, and those whose cheques are spent."""
        running = self.running(day)
        begun = (one for one in self.known if one.sent_from <= day)
        return tuple(one.year for one in begun if one is running or day <= one.last_spent_on)


# DOMAIN §4; days of "spring" are our own reading (P)
CHEQUE_DEFAULTS = (
    ChequeCampaign(
        year=2024, sent_from=date(2024, 4, 1), sent_until=date(2024, 5, 31), ask_until=None,
        spend_until=date(2025, 3, 31), late_after=date(2024, 9, 1),
        late_spend_until=date(2026, 3, 31), protections_end=date(2025, 4, 30),
        certainty=Certainty.B, source="source secondaire, envoi au printemps, jours choisis",
    ),
    ChequeCampaign(
        year=2025, sent_from=date(2025, 11, 3), sent_until=date(2025, 11, 21),
        ask_until=date(2026, 2, 28), spend_until=date(2027, 3, 31), late_after=None,
        late_spend_until=None, protections_end=date(2026, 4, 30), certainty=Certainty.B,
        source="source secondaire",
    ),
    ChequeCampaign(
        year=2026, sent_from=date(2026, 4, 1), sent_until=date(2026, 5, 31),
        ask_until=date(2026, 12, 31), spend_until=date(2027, 3, 31), late_after=None,
        late_spend_until=None, protections_end=date(2027, 4, 30), certainty=Certainty.C,
        source="une seule source, jours et fins choisis",
    ),
)  # fmt: skip
