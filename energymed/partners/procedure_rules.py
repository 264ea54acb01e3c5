"""The dated rules of the unpaid-bill procedure (DOMAIN §3): what a new installation starts with,
and their values on a day. Pure.

Durations are in the unit that their code names. The law gives them, so that they are the same for
every campaign (`rule_shapes.FOR_EVERYBODY`), but for what a supplier makes its own practice.
"""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

_DECREE = "Décret 2008-780 modifié par 2023-133 ; certitude %s (DOMAIN §3)"
_CODE = "Code de la consommation ; certitude A (DOMAIN §3)"

PROCEDURE_DEFAULTS: dict[str, tuple[Any, str]] = {
    "due_days": (14, _DECREE % "B"),
    "first_letter_days": (15, _DECREE % "B"),
    "first_letter_protected_days": (30, _DECREE % "B"),
    "second_letter_days": (20, _DECREE % "B"),
    "least_contacts": (2, _DECREE % "A-"),
    "least_written_contacts": (1, _DECREE % "A-"),
    "least_voice_contacts": (1, _DECREE % "A-"),
    "limited_days": (60, _DECREE % "A-"),
    "fsl_months": (2, "CASF, art. L115-3 ; certitude A- (DOMAIN §3)"),
    "fsl_notice_days": (20, _DECREE % "A-"),
    "social_services_days": (5, _DECREE % "A-"),
    "oldest_bill_months": (14, "Code de la consommation, art. L224-11 ; certitude A (DOMAIN §3)"),
    "claim_years": (2, "Code de la consommation, art. L218-2 ; certitude A (DOMAIN §3)"),
    "appeal_months": (2, "Code de justice administrative, art. R421-1 ; certitude A"),
    "complaint_months": (2, "Code de l'énergie, art. L122-1 ; certitude A (DOMAIN §3)"),
    "mne_months": (10, "Code de l'énergie, art. L122-1 ; certitude A (DOMAIN §3)"),
    "supplier_cuts": (True, "la loi ; une pratique plus douce se note par campagne (DOMAIN §3)"),
    "usual_energy": ("", "choix du produit (docs/choices.md)"),
}


LEAP_YEAR = 2024
LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class WinterTruce:
    """First and last day of the truce as (month, day); it may run over the new year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def covers(self, day: date) -> bool:
        """True when `day` lies in the truce."""
        asked = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= asked <= self.last
        return asked >= self.first or asked <= self.last

    def ends_after(self, day: date) -> date:
        """The last day of the truce that `day` lies in."""
        end = _last(day.year, self.last)
        return end if end >= day else _last(day.year + 1, self.last)

    def began(self, day: date) -> date:
        """The first day of the truce that `day` lies in."""
        start = _first(day.year, self.first)
        return start if start <= day else _first(day.year - 1, self.first)

    def begins_after(self, day: date) -> date:
        """The first day of the next truce after a `day` outside one."""
        start = _first(day.year, self.first)
        return start if start > day else _first(day.year + 1, self.first)

    @property
    def is_endless(self) -> bool:
        """Whether there is no day outside it."""
        return self.covers(_last(LEAP_YEAR, self.last) + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class ProcedureRules:
    """What holds on a day for the cases of a campaign.

    `supplier_cuts`: False where a supplier leaves homes at reduced power and cuts none, which is
    its practice and not the law. `usual_energy`: of a campaign whose files name none, or "".
    """

    truce: WinterTruce
    due_days: int = 14
    first_letter_days: int = 15
    first_letter_protected_days: int = 30
    second_letter_days: int = 20
    least_contacts: int = 2
    least_written_contacts: int = 1
    least_voice_contacts: int = 1
    limited_days: int = 60
    fsl_months: int = 2
    fsl_notice_days: int = 20
    social_services_days: int = 5
    oldest_bill_months: int = 14
    claim_years: int = 2
    appeal_months: int = 2
    complaint_months: int = 2
    mne_months: int = 10
    supplier_cuts: bool = True
    usual_energy: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any], truce: WinterTruce) -> Self:
        """From the values of the rules by code."""
        return cls(truce, **{code: values[code] for code in PROCEDURE_DEFAULTS})


def _first(year: int, month_day: tuple[int, int]) -> date:
    """That day, or the one after where the year has no 29 February."""
    return date(year, 3, 1) if _is_missing(year, month_day) else date(year, *month_day)


def _last(year: int, month_day: tuple[int, int]) -> date:
    """That day, or the one before where the year has no 29 February."""
    return date(year, 2, 28) if _is_missing(year, month_day) else date(year, *month_day)


def _is_missing(year: int, month_day: tuple[int, int]) -> bool:
    return month_day == LEAP_DAY and not isleap(year)
