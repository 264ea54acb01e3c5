"""Payment plans as arithmetic: amounts that sum to the cent, dates on working days. Pure.

Source: DOMAIN §7. A real plan: 1 720.75 € = a first payment + 11 × 143.40 €: instalments are
equal and the odd cents go to the first payment, or to the first instalment when there is none.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from energymed.base.dates import next_working_day
from energymed.base.errors import BadInput
from energymed.base.i18n import N_

MAX_INSTALMENTS = 36
SMALLEST_INSTALMENT_CENTS = 100
DAYS = {"weekly": 7, "fortnightly": 14}


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What the household agrees to. Amounts in cents; `first_due_on` is the first instalment's.

    `down_payment_on` is the day of the first payment when there is one.
    """

    amount_cents: int
    instalment_count: int
    first_due_on: date
    frequency: str = "monthly"
    method: str = "direct_debit"
    down_payment_cents: int = 0
    down_payment_on: date | None = None


@dataclass(frozen=True, slots=True)
class ScheduledPayment:
    """One payment of the schedule; number 0 is the first payment (down payment)."""

    number: int
    due_on: date
    amount_cents: int


def schedule(terms: PlanTerms, postal_code: str | None = None) -> list[ScheduledPayment]:
    """The payments of a plan, in order; their amounts sum exactly to the planned amount.

    Args:
        postal_code: of the household, for the public holidays of its region.

    Raises:
        BadInput: terms that cannot be scheduled.
    """
    check_terms(terms)
    each, odd = divmod(terms.amount_cents - terms.down_payment_cents, terms.instalment_count)
    payments = []
    if terms.down_payment_cents:
        day = next_working_day(terms.down_payment_on or terms.first_due_on, postal_code)
        payments.append(ScheduledPayment(0, day, terms.down_payment_cents + odd))
        odd = 0
    for number in range(1, terms.instalment_count + 1):
        day = next_working_day(_nth(terms.first_due_on, terms.frequency, number - 1), postal_code)
        payments.append(ScheduledPayment(number, day, each + (odd if number == 1 else 0)))
    return payments


def check_terms(terms: PlanTerms) -> None:
    """Refuse terms that make no plan.

    Raises:
        BadInput: with `params["field"]` naming the form field.
    """
    rest = terms.amount_cents - terms.down_payment_cents
    if terms.amount_cents <= 0:
        raise BadInput(N_("Le montant de l'échéancier doit être positif."), field="amount")
    if terms.down_payment_cents < 0 or rest <= 0:
        raise BadInput(
            N_("Le premier versement doit être inférieur au montant."), field="down_payment"
        )
    if not 1 <= terms.instalment_count <= MAX_INSTALMENTS:
        raise BadInput(
            N_("Le nombre d'échéances va de 1 à %(most)s."), field="count", most=MAX_INSTALMENTS
        )
    if rest // terms.instalment_count < SMALLEST_INSTALMENT_CENTS:
        raise BadInput(N_("Les échéances seraient de moins d'un euro."), field="count")
    if terms.frequency not in ("monthly", *DAYS):
        raise BadInput(N_("Choisissez une périodicité."), field="frequency")
    down_on = terms.down_payment_on
    if terms.down_payment_cents and down_on and down_on >= terms.first_due_on:
        raise BadInput(
            N_("Le premier versement doit précéder la première échéance."), field="down_payment_on"
        )


def _nth(first: date, frequency: str, index: int) -> date:
    """The date of the instalment `index` (from 0), before moving it to a working day."""
    if frequency in DAYS:
        return first + timedelta(days=DAYS[frequency] * index)
    months = first.month - 1 + index
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the last day where the month is shorter."""
    total = day.month - 1 + months
    year, month = day.year + total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
