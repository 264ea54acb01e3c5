"""When people answer: the share of calls that reached somebody, by weekday and hour of Paris.

About hours, never about mediators: it helps to plan calls.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from energymed.accounts.scope import scoped
from energymed.base.clock import paris
from energymed.base.context import Context
from energymed.calling.codes import REACHED
from energymed.calling.eligibility.attempts import is_attempt
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.partners.codes import ResultCode

LOOK_BACK = timedelta(days=90)
MIN_CALLS = 10  # calls in an hour of the week before a share says anything
ANSWERED = (*REACHED, ResultCode.CALLBACK_SET, ResultCode.REFUSED, ResultCode.OPPOSED)


@dataclass(frozen=True, slots=True)
class AnswerRate:
    """One hour of the week: calls made, and how many were answered by the person."""

    weekday: int
    hour: int
    calls: int = 0
    answered: int = 0

    @property
    def percent(self) -> int | None:
        """The share answered, in whole percents; None while there are too few calls."""
        return round(100 * self.answered / self.calls) if self.calls >= MIN_CALLS else None

    @property
    def step(self) -> int:
        """How dark the hour is drawn, from 0 to 4."""
        return 0 if self.percent is None else min(4, 1 + self.percent // 20)


def answer_rates(ctx: Context) -> list[AnswerRate]:
    """Every hour of the week in which somebody was called in the last 90 days."""
    statement = scoped(
        select(Contact.started_at, Contact.result)
        .join(Case, Case.id == Contact.case_id)
        .where(is_attempt())
        .where(Contact.started_at > ctx.now - LOOK_BACK, Contact.started_at <= ctx.now),
        Case,
        ctx.actor,
    )
    calls: Counter[tuple[int, int]] = Counter()
    answered: Counter[tuple[int, int]] = Counter()
    for at, result in ctx.session.execute(statement):
        local = paris(at)
        hour = local.weekday(), local.hour
        calls[hour] += 1
        answered[hour] += result in ANSWERED
    return [AnswerRate(*hour, calls[hour], answered[hour]) for hour in sorted(calls)]


def best_hours(hours: list[AnswerRate], most: int = 3) -> list[AnswerRate]:
    """The hours in which people answer most, of those with enough calls."""
    known = [hour for hour in hours if hour.percent]
    return sorted(known, key=lambda hour: (-(hour.percent or 0), hour.weekday, hour.hour))[:most]
