"""Payment plans as arithmetic: amounts that sum to the cent, dates on working days. Pure.

Source: DOMAIN §7. A real plan: 1 720.75 € = a first payment + 11 × 143.40 €: instalments are
equal and the odd cents go to the first payment, or to the first instalment when there is none.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from energymed.base.dates import FIRST_YEAR, LAST_YEAR, add_months, next_working_day
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.mediation.codes import Frequency, PaymentMethod

MAX_INSTALMENTS = 36
SMALLEST_INSTALMENT_CENTS = 100
DAYS = {Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}
NOT_GIVEN = date.min
FIRST_COMES_FIRST = N_("Le premier versement doit précéder la première échéance.")


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What the household agrees to. Amounts in cents; 0 and `NOT_GIVEN` are nothing given.

    `first_due_on` is the day of the first instalment. A first payment (down payment) has its own
    earlier day, `down_payment_on`; without one it falls on `first_due_on`, and the instalments
    follow one period later.
    """

    amount_cents: int
    instalment_count: int
    first_due_on: date
    frequency: Frequency = Frequency.MONTHLY
    method: PaymentMethod = PaymentMethod.DIRECT_DEBIT
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

    Monthly payments keep their day of the month (the last day where the month is shorter); a day
    that is not worked moves to the next one that is, and the following payment starts again from
    the day that was agreed, so that moves never add up.

    Args:
        postal_code: of the household, for the public holidays of its region.

    Raises:
        BadInput: terms that cannot be scheduled.
    """
    check_terms(terms)
    each, odd = divmod(terms.amount_cents - terms.down_payment_cents, terms.instalment_count)
    numbers = range(0 if terms.down_payment_cents else 1, terms.instalment_count + 1)
    payments = [
        ScheduledPayment(
            number,
            next_working_day(_agreed_day(terms, number), postal_code),
            (each if number else terms.down_payment_cents) + (odd if number == numbers[0] else 0),
        )
        for number in numbers
    ]
    if len(payments) > 1 and payments[0].due_on >= payments[1].due_on:
        raise BadInput(FIRST_COMES_FIRST, field="down_payment_on")
    return payments


def check_terms(terms: PlanTerms) -> None:
    """Refuse terms that make no plan.

    Raises:
        BadInput: with `params["field"]` naming the form field.
    """
    amount, count, faults = terms.amount_cents, terms.instalment_count, Faults()
    down, rest = terms.down_payment_cents, amount - terms.down_payment_cents
    faults.when(not amount, BadInput(N_("Donnez le montant à étaler."), field="amount"))
    faults.when(
        amount < 0, BadInput(N_("Le montant de l'échéancier doit être positif."), field="amount")
    )
    faults.when(
        down < 0 or (amount > 0 and rest <= 0),
        BadInput(N_("Le premier versement doit être inférieur au montant."), field="down_payment"),
    )
    faults.when(not count, BadInput(N_("Donnez le nombre d'échéances."), field="count"))
    faults.when(
        count and not 1 <= count <= MAX_INSTALMENTS,
        BadInput(
            N_("Le nombre d'échéances va de 1 à %(most)s."), field="count", most=MAX_INSTALMENTS
        ),
    )
    faults.when(
        1 <= count <= MAX_INSTALMENTS and 0 < rest < count * SMALLEST_INSTALMENT_CENTS,
        BadInput(N_("Les échéances seraient de moins d'un euro."), field="count"),
    )
    faults.when(
        terms.frequency not in (Frequency.MONTHLY, *DAYS),
        BadInput(N_("Choisissez une périodicité."), field="frequency"),
    )
    with faults:
        _check_days(terms)
    faults.tell()


def _check_days(terms: PlanTerms) -> None:
    first, down_on = terms.first_due_on, terms.down_payment_on
    if first == NOT_GIVEN:
        raise BadInput(N_("Donnez la date de la première échéance."), field="first_due_on")
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise BadInput(N_("Cette date n'existe pas."), field="first_due_on")
    if terms.down_payment_cents and down_on and down_on >= first:
        raise BadInput(FIRST_COMES_FIRST, field="down_payment_on")


def _agreed_day(terms: PlanTerms, number: int) -> date:
    """The day of payment `number`, before it moves to a working day."""
    if number == 0 and terms.down_payment_on:
        return terms.down_payment_on
    periods = number if terms.down_payment_cents and not terms.down_payment_on else number - 1
    if terms.frequency in DAYS:
        return terms.first_due_on + timedelta(days=DAYS[terms.frequency] * periods)
    return add_months(terms.first_due_on, periods)
