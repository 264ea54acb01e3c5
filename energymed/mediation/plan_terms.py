"""The terms that make the payments of a plan, worked out from them, so that they can be mended.

A plan keeps its payments, on working days; what was agreed (the 5th of each month) is what makes
the same payments again. Pure, but for the rows that it reads.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from energymed.base.errors import BadInput
from energymed.mediation.models import Plan
from energymed.mediation.rules import END_OF_MONTH, PlanTerms, ScheduledPayment, schedule

MOST_DAYS_MOVED = 4  # Easter: a Friday and the three days after it, or 1 and 2 January and a Sunday


def terms_of(plan: Plan, postal_code: str | None = None) -> PlanTerms:
    """The terms of a plan as it was agreed; its payments as days and amounts where none fit."""
    payments = [
        ScheduledPayment(each.number, each.due_on, each.amount_cents) for each in plan.instalments
    ]
    plain = PlanTerms(
        amount_cents=plan.amount_cents,
        instalment_count=plan.instalment_count,
        first_due_on=plan.first_due_on,
        frequency=plan.frequency,
        method=plan.method,
        down_payment_cents=plan.down_payment_cents,
        down_payment_on=payments[0].due_on if plan.down_payment_cents else None,
        replaces=plan.replaces_plan_id is not None,
    )
    return next(
        (terms for terms in _guesses(plain, payments) if _makes(terms, payments, postal_code)),
        plain,
    )


def _guesses(plain: PlanTerms, payments: list[ScheduledPayment]) -> Iterator[PlanTerms]:
    """By their number and by their size; each day that may have moved to the one on file."""
    regular = next(each.amount_cents for each in payments if each.number == 1)
    sizes = [(plain.instalment_count, 0), (0, regular)]
    downs = _days_before(plain.down_payment_on) if plain.down_payment_on else [None]
    for (count, size), day, first, down_on in product(
        sizes, (0, END_OF_MONTH), _days_before(plain.first_due_on), downs
    ):
        yield replace(
            plain, instalment_count=count, instalment_cents=size, first_due_on=first,
            down_payment_on=down_on, day_of_month=day,
        )  # fmt: skip


def _makes(terms: PlanTerms, payments: list[ScheduledPayment], postal_code: str | None) -> bool:
    try:
        return schedule(terms, postal_code) == payments
    except BadInput:
        return False


def _days_before(day: date) -> list[date]:
    return [day - timedelta(days=moved) for moved in range(MOST_DAYS_MOVED + 1)]
