"""How many calls a day a load of cases is: each once in ten working days, or before its cut-off."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

from sqlalchemy import select

from energymed.accounts.scope import scoped
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.dates import is_working_day
from energymed.base.zones import local_date
from energymed.calling.assignment.transfer import WITH_SOMEBODY
from energymed.calling.eligibility.rules import is_morning
from energymed.cases.cutoff import scheduled_at
from energymed.cases.models import Case
from energymed.partners.codes import CampaignKind

ROUND_DAYS = 10  # working days in which every case is to be called once


def working_days_left(day: date, slot: str | None, postal_code: str | None, now: datetime) -> int:
    """Working days on which somebody can still be told of an intervention, today included.

    Its own day counts when it begins in the afternoon. Between one and ten.
    """
    at = scheduled_at(day, slot, postal_code)
    last = day - timedelta(days=1 if is_morning(at, postal_code) else 0)
    today = local_date(now, postal_code)
    ahead = min((last - today).days + 1, 3 * ROUND_DAYS)
    working = sum(
        is_working_day(today + timedelta(days=more), postal_code) for more in range(ahead)
    )
    return min(ROUND_DAYS, max(1, working))


def calls_per_day(cases: int, before_cutoff: Iterable[int] = ()) -> int:
    """Calls a day for so many cases, of which some have only these working days left."""
    days_left = list(before_cutoff)
    usual = Fraction(cases - len(days_left), ROUND_DAYS)
    return ceil(usual + sum(Fraction(1, days) for days in days_left))


def urgent_days_left(cases: Iterable[Case], now: datetime) -> list[int]:
    """Working days left of each cut-off notice among these that nobody was told of."""
    return [
        working_days_left(case.cutoff_date, case.cutoff_slot, case.postal_code, now)
        for case in cases
        if case.campaign_kind == CampaignKind.CUTOFF_NOTICE
        and case.told_at is None
        and case.cutoff_date is not None
        and case.cutoff_date >= local_date(now, case.postal_code)
    ]


def urgent_days_by_mediator(ctx: Context) -> dict[int, list[int]]:
    """{mediator: working days left of each cut-off notice that they hold}, in one query."""
    statement = scoped(
        select(Case.assigned_to_id, Case.cutoff_date, Case.cutoff_slot, Case.postal_code),
        Case,
        ctx.actor,
    ).where(
        Case.state.in_(WITH_SOMEBODY),
        Case.campaign_kind == CampaignKind.CUTOFF_NOTICE,
        Case.told_at.is_(None),
        Case.cutoff_date >= paris_date(ctx.now),
    )
    found: dict[int, list[int]] = {}
    for user_id, day, slot, code in ctx.session.execute(statement):
        if user_id is not None and day is not None:
            found.setdefault(user_id, []).append(working_days_left(day, slot, code, ctx.now))
    return found
