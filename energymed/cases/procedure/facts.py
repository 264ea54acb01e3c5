"""What the legal clock is told of a case, and its words for what may happen. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from energymed.cases.codes import SupplyState
from energymed.partners.codes import Energy

GAS_POINT = "GI"  # how the delivery point of a gas network may begin; a power point is 14 digits


class Step(StrEnum):
    """What a supplier may do next."""

    REDUCTION = "reduction"
    CUT = "cut"


class Why(StrEnum):
    """Why a step may not come yet; of several, the first one listed here is told."""

    FSL = "fsl"
    SIXTY_DAYS = "sixty_days"
    TRUCE = "truce"
    SECOND_LETTER = "second_letter"
    FIRST_LETTER = "first_letter"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Supply:
    """What is known of a supply; None for what is not.

    Args:
        since: since when it is limited, cut or terminated.
        due_on: when the bill was due.
        planned_on: the day of an intervention that was announced.
        cheque_until: the last day on which the protections of the attested cheque hold.
        fsl_aided: an FSL has aided this person for a bill of this supplier.
        fsl_filed_on, fsl_decided_on: of the latest request that was filed.
        written, voice: contacts of ours since the power was reduced, in writing and by voice.
    """

    energy: Energy | None = None
    state: SupplyState = SupplyState.UNKNOWN
    since: date | None = None
    first_letter_on: date | None = None
    second_letter_on: date | None = None
    due_on: date | None = None
    planned_on: date | None = None
    main_residence: bool | None = None
    communicating_meter: bool | None = None
    cheque_until: date | None = None
    fsl_aided: bool = False
    fsl_filed_on: date | None = None
    fsl_decided_on: date | None = None
    written: int = 0
    voice: int = 0

    @property
    def may_be_main(self) -> bool:
        """Whether it is to be taken for a main residence: what is not said to be a second home."""
        return self.main_residence is not False

    def cheque_holds(self, day: date) -> bool:
        """Whether the attested cheque protects on a day."""
        return self.cheque_until is not None and day <= self.cheque_until


def known_energy(told: Energy | None, delivery_point: str | None, usual: str) -> Energy | None:
    """What is supplied: as the file says, else the delivery point, else the mission's usual one."""
    if told is not None:
        return told
    if (delivery_point or "").startswith(GAS_POINT):
        return Energy.GAS
    return Energy(usual) if usual else None


def is_never_cut(energy: Energy | None, main_residence: bool | None) -> bool:
    """Water at what may be a main residence is never cut nor throttled, all year (DOMAIN §3)."""
    return energy == Energy.WATER and main_residence is not False


def due_day(due_date: date | None, invoice_date: date | None, days: int) -> date | None:
    """When a bill was due: `days` after its issue, or on the date on it if that is later."""
    issued = invoice_date + timedelta(days=days) if invoice_date else None
    return max((day for day in (due_date, issued) if day), default=None)
