"""Plans side by side while the person listens: which ones, and from which day on. Pure."""

from dataclasses import replace
from datetime import date, timedelta

from energymed.mediation.rules import PlanTerms, count_of, day_in_month

USUAL = (2, 3, 6, 10)
LADDER = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 24, 30, 36)
USUAL_DAY = 5  # of the month, where nobody said another
LEAD = timedelta(days=10)  # a supplier needs that long to set up a first payment


def counts_beside(count: int) -> tuple[int, ...]:
    """Four numbers of instalments to choose from: the usual ones, or this one and its neighbours.

    A number that is among the usual ones leaves them where they are: nothing moves under a hand
    that goes from one to the other.
    """
    if count < 1 or count in USUAL:
        return USUAL
    fewer = [each for each in LADDER if each < count][-1:]
    more = [each for each in LADDER if each > count][:2]
    return (*fewer, count, *more)


def usual_first_day(today: date, day: int = 0, first_of_month: date | None = None) -> date:
    """The first day of payment: a day of the month, of a given month or as soon as can be.

    `day` 0 is the usual one. As soon as can be is `LEAD` from today.
    """
    day = day or USUAL_DAY
    if first_of_month is not None:
        return day_in_month(first_of_month, day)
    soon = day_in_month(today, day)
    return soon if soon >= today + LEAD else _from_next_month(today, day)


def _from_next_month(today: date, day: int) -> date:
    later = day_in_month(today, day, 1)
    return later if later >= today + LEAD else day_in_month(today, day, 2)


def beside(terms: PlanTerms) -> list[PlanTerms]:
    """The same terms in other numbers of instalments, the one of the terms among them."""
    return [
        replace(terms, instalment_count=count, instalment_cents=0)
        for count in counts_beside(count_of(terms))
    ]
