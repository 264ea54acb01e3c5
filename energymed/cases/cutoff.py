"""Planned interventions: was the customer told before the time? (DOMAIN §2, §11)."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.bulk import PIECE, among
from energymed.base.chunks import chunks
from energymed.base.clock import at_paris
from energymed.cases.models import Case

EARLIEST = time(8, 0)
# "13h30", "09:00", and the first of two hours that share one letter: "13-17h", "8 à 12 h"
_HOUR = re.compile(
    r"(\d{1,2})\s*(?:[h:]\s*(\d{2}(?!\s*h))?|(?=[-–/àa]\s*\d{1,2}\s*[h:]))", re.IGNORECASE
)


def scheduled_at(day: date, slot: str | None) -> datetime:
    """When an intervention may begin: the slot's first hour ("13h-17h"), else 8:00 in Paris."""
    found = _HOUR.search(slot or "")
    if found is None or int(found.group(1)) > 23 or int(found.group(2) or 0) > 59:
        return at_paris(day, EARLIEST)
    return at_paris(day, time(int(found.group(1)), int(found.group(2) or 0)))


def past_cutoff(kind: str, day: date | None, slot: str | None, at: datetime) -> bool:
    """True when a cut-off notice comes too late: the intervention may have begun (DOMAIN §2)."""
    return kind == "cutoff_notice" and day is not None and scheduled_at(day, slot) <= at


def mark_told(case: Case, told_at: datetime | None) -> None:
    """Note when the customer was told, and whether that was in time; None takes it back."""
    case.told_at = told_at
    if told_at is None or case.cutoff_date is None:
        case.told_in_time = None
    else:
        case.told_in_time = told_at < scheduled_at(case.cutoff_date, case.cutoff_slot)


def tell_anew(session: Session, case_ids: Iterable[int]) -> None:
    """Work out anew whether customers were told in time: their interventions have moved."""
    for some in chunks(case_ids, PIECE):
        told = select(Case).where(among(session, Case.id, some), Case.told_at.is_not(None))
        moved = session.scalars(told, execution_options={"populate_existing": True})
        for case in moved.all():
            mark_told(case, case.told_at)
    session.flush()
