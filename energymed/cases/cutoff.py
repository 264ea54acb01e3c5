"""Planned interventions: was the customer told before the time? (DOMAIN §2, §11)."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.zones import at_local
from energymed.cases.models import Case
from energymed.cases.told_models import CutoffTold
from energymed.partners.codes import CampaignKind

EARLIEST, AFTERNOON = time(8, 0), time(13, 0)
EARLIEST_OF_A_RANGE = 6  # "RDV 2 - 14h" is no range
# what a range begins with: "13-17", "8 à 12 h", "13.30-17.00", "1330-1700"
_RANGE = re.compile(
    r"(?<![\d.:])(\d{1,2})(?:[.h:]?([0-5]\d))?\s*(?:[-–/]|à)\s*(\d{1,2})(?:[.h:]?[0-5]\d)?(?!\d)",
    re.IGNORECASE,
)
# a time with its mark: "13h30", "09:00", "14 h"
_MARKED = re.compile(r"(?<!\d)(\d{1,2})\s*[h:]\s*([0-5]\d(?!\s*h))?(?!\d)", re.IGNORECASE)
_LONE = re.compile(r"^\s*(\d{1,2})(?:[.:]?([0-5]\d))?\s*$")
_AFTERNOON = re.compile(r"apr[eè]s[\s-]?midi|\bpm\b", re.IGNORECASE)


def scheduled_at(day: date, slot: str | None, postal_code: str | None) -> datetime:
    """When an intervention may begin there: the slot's first hour ("13h-17h"), else 8:00."""
    return at_local(day, hour_of(slot or "") or EARLIEST, postal_code)


def hour_of(slot: str) -> time | None:
    """The first hour that a slot names, at the place; None for one that names none."""
    for found in _RANGE.finditer(slot):
        if EARLIEST_OF_A_RANGE <= int(found.group(1)) < int(found.group(3)) <= 23:
            return _time(found)
    for shape in (_MARKED, _LONE):
        for found in shape.finditer(slot):
            if int(found.group(1)) <= 23:
                return _time(found)
    return AFTERNOON if _AFTERNOON.search(slot) else None


def _time(found: re.Match[str]) -> time:
    return time(int(found.group(1)), int(found.group(2) or 0))


class Planned(Protocol):
    """What has an intervention: a case, or its row as the rules read it."""

    @property
    def campaign_kind(self) -> CampaignKind:
        """The mission."""

    @property
    def cutoff_date(self) -> date | None:
        """The day of the intervention."""

    @property
    def cutoff_slot(self) -> str | None:
        """Its hours, as the partner writes them."""

    @property
    def postal_code(self) -> str | None:
        """Where."""


def intervention_at(case: Planned) -> datetime | None:
    """When the intervention of a cut-off notice may begin."""
    if case.campaign_kind != CampaignKind.CUTOFF_NOTICE or case.cutoff_date is None:
        return None
    return scheduled_at(case.cutoff_date, case.cutoff_slot, case.postal_code)


def past_cutoff(case: Planned, at: datetime) -> bool:
    """True when a cut-off notice comes too late: the intervention may have begun (DOMAIN §2)."""
    begins = intervention_at(case)
    return begins is not None and begins <= at


def mark_told(
    ctx: Context, case: Case, told_at: datetime | None, *, contact_id: int | None = None
) -> None:
    """Note when the customer was told, and whether that was in time; None takes it back.

    Args:
        contact_id: the call that told them; None when an act says so.
    """
    stood = case.told_at, case.told_in_time
    case.told_at, case.told_by_contact_id = told_at, contact_id
    _compare(ctx.session, case, stood, ctx.recorded_at)


def _compare(
    session: Session, case: Case, stood: tuple[datetime | None, bool | None], now: datetime
) -> None:
    """Whether the customer was told before the intervention; what changes is known from now on."""
    if case.told_at is None or case.cutoff_date is None:
        case.told_in_time = None
    else:
        case.told_in_time = case.told_at < scheduled_at(
            case.cutoff_date, case.cutoff_slot, case.postal_code
        )
    if (case.told_at, case.told_in_time) != stood:
        known = {"told_at": case.told_at, "in_time": case.told_in_time, "recorded_at": now}
        session.add(CutoffTold(case_id=case.id, **known))


def tell_anew(session: Session, case_ids: Iterable[int], now: datetime) -> None:
    """Work out anew whether customers were told in time: their interventions have moved."""
    for some in chunks(case_ids, PIECE):
        told = select(Case).where(among(session, Case.id, some), Case.told_at.is_not(None))
        moved = session.scalars(told, execution_options={"populate_existing": True})
        for case in moved.all():
            _compare(session, case, (case.told_at, case.told_in_time), now)
    session.flush()
