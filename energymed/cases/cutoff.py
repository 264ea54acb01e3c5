"""Planned interventions: was the customer told before the time? (DOMAIN §2, §11)."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.cases.models import Case
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


def scheduled_at(day: date, slot: str | None) -> datetime:
    """When an intervention may begin: the slot's first hour ("13h-17h"), else 8:00 in Paris."""
    return at_paris(day, hour_of(slot or "") or EARLIEST)


def hour_of(slot: str) -> time | None:
    """The first hour that a slot names, in Paris; None for one that names none."""
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


def past_cutoff(kind: CampaignKind, day: date | None, slot: str | None, at: datetime) -> bool:
    """True when a cut-off notice comes too late: the intervention may have begun (DOMAIN §2)."""
    return kind == CampaignKind.CUTOFF_NOTICE and day is not None and scheduled_at(day, slot) <= at


def mark_told(case: Case, told_at: datetime | None, *, contact_id: int | None = None) -> None:
    """Note when the customer was told, and whether that was in time; None takes it back.

    Args:
        contact_id: the call that told them; None when an act says so.
    """
    case.told_at, case.told_by_contact_id = told_at, contact_id
    _compare(case)


def _compare(case: Case) -> None:
    """Whether the customer was told before the intervention."""
    if case.told_at is None or case.cutoff_date is None:
        case.told_in_time = None
    else:
        case.told_in_time = case.told_at < scheduled_at(case.cutoff_date, case.cutoff_slot)


def tell_anew(session: Session, case_ids: Iterable[int]) -> None:
    """Work out anew whether customers were told in time: their interventions have moved."""
    for some in chunks(case_ids, PIECE):
        told = select(Case).where(among(session, Case.id, some), Case.told_at.is_not(None))
        moved = session.scalars(told, execution_options={"populate_existing": True})
        for case in moved.all():
            _compare(case)
    session.flush()
