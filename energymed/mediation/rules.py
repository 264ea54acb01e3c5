"""Payment plans as arithmetic: amounts that sum to the cent, dates on working days. Pure.

Source: DOMAIN §7. A real plan: 1 720.75 € = a first payment + 11 × 143.40 €: by their number,
instalments are equal and the odd cents go to the first payment, or to the first instalment when
there is none; by their size, all are of that size and the last one takes the rest.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from energymed.base.dates import FIRST_YEAR, LAST_YEAR, next_working_day
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.mediation.codes import Frequency, PaymentMethod

MOST_PAYMENTS = 400  # that are worth drawing up, whatever a partner grants (`plan_limits`)
LEAST_REST_CENTS = 100  # a smaller rest is added to the instalment before: nobody pays three cents
END_OF_MONTH = 31
DAYS = {Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}
NOT_GIVEN = date.min
FIRST_COMES_FIRST = N_("Le premier versement doit précéder la première échéance.")
HOW_MANY = N_("Le nombre d'échéances va de 1 à %(most)s.")


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What the household agrees to. Amounts in cents; 0 and `NOT_GIVEN` are nothing given.

    Either `instalment_count` or `instalment_cents` is given. `first_due_on` is the day of the first
    instalment. A first payment (down payment) has its own earlier day, `down_payment_on`; without
    one it falls on `first_due_on`, and the instalments follow one period later. `day_of_month` is
    the day that was agreed where a month is too short for it on `first_due_on` (31: the last day of
    every month). `replaces`: it takes the place of the plan that the case has.
    """

    amount_cents: Cents
    instalment_count: int
    first_due_on: date
    frequency: Frequency = Frequency.MONTHLY
    method: PaymentMethod = PaymentMethod.DIRECT_DEBIT
    down_payment_cents: Cents = 0
    down_payment_on: date | None = None
    instalment_cents: Cents = 0
    day_of_month: int = 0
    replaces: bool = False

    @property
    def rest_cents(self) -> Cents:
        """What the instalments pay, the first payment aside."""
        return self.amount_cents - self.down_payment_cents

    @property
    def regular_cents(self) -> Cents:
        """What an instalment is, the odd cents aside; of terms that were checked."""
        if self.instalment_cents:
            return min(self.instalment_cents, self.rest_cents)
        return self.rest_cents // self.instalment_count


@dataclass(frozen=True, slots=True)
class ScheduledPayment:
    """One payment of the schedule; number 0 is the first payment (down payment)."""

    number: int
    due_on: date
    amount_cents: Cents


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
    payments = [
        ScheduledPayment(number, next_working_day(agreed_day(terms, number), postal_code), cents)
        for number, cents in _amounts(terms)
    ]
    if len(payments) > 1 and payments[0].due_on >= payments[1].due_on:
        raise BadInput(FIRST_COMES_FIRST, field="down_payment_on")
    return payments


def count_of(terms: PlanTerms) -> int:
    """How many instalments the terms make, the first payment aside; 0 where nothing is said."""
    size = terms.instalment_cents
    if size <= 0:
        return terms.instalment_count
    count, left = divmod(max(terms.rest_cents, 0), size)
    return count if count and left < LEAST_REST_CENTS else count + 1


def _amounts(terms: PlanTerms) -> list[tuple[int, Cents]]:
    """(number, cents) of each payment."""
    count, down = count_of(terms), terms.down_payment_cents
    amounts = [terms.regular_cents] * count
    odd = terms.rest_cents - sum(amounts)
    if terms.instalment_cents:
        amounts[-1] += odd  # negative where the last one is smaller
    elif down:
        down += odd
    else:
        amounts[0] += odd
    return [*([(0, down)] if down else []), *enumerate(amounts, 1)]


def check_terms(terms: PlanTerms) -> None:
    """Refuse terms that make no plan.

    Raises:
        BadInput: with `params["field"]` naming the form field.
    """
    amount, down, faults = terms.amount_cents, terms.down_payment_cents, Faults()
    faults.when(not amount, BadInput(N_("Donnez le montant à étaler."), field="amount"))
    faults.when(
        amount < 0, BadInput(N_("Le montant de l'échéancier doit être positif."), field="amount")
    )
    faults.when(
        down < 0 or (amount > 0 and terms.rest_cents <= 0),
        BadInput(N_("Le premier versement doit être inférieur au montant."), field="down_payment"),
    )
    with faults:
        _check_number(terms)
    faults.when(
        terms.frequency not in (Frequency.MONTHLY, *DAYS),
        BadInput(N_("Choisissez une périodicité."), field="frequency"),
    )
    with faults:
        _check_days(terms)
    faults.tell()


def _check_number(terms: PlanTerms) -> None:
    if terms.instalment_cents < 0:
        raise BadInput(N_("Le montant doit être positif."), field="size")
    if terms.instalment_cents and terms.instalment_count:
        raise BadInput(
            N_("Donnez le nombre d'échéances ou le montant de chacune, pas les deux."), field="size"
        )
    if not terms.instalment_cents and not terms.instalment_count:
        raise BadInput(N_("Donnez le nombre d'échéances."), field="count")
    field = "size" if terms.instalment_cents else "count"
    if not 1 <= count_of(terms) <= MOST_PAYMENTS:
        raise BadInput(HOW_MANY, field=field, most=MOST_PAYMENTS)
    if 0 < terms.rest_cents < count_of(terms):
        raise BadInput(N_("Les échéances seraient de moins d'un centime."), field=field)


def _check_days(terms: PlanTerms) -> None:
    first, down_on, day = terms.first_due_on, terms.down_payment_on, terms.day_of_month
    if first == NOT_GIVEN:
        raise BadInput(N_("Donnez la date de la première échéance."), field="first_due_on")
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise BadInput(N_("Cette date n'existe pas."), field="first_due_on")
    if terms.down_payment_cents and down_on and down_on >= first:
        raise BadInput(FIRST_COMES_FIRST, field="down_payment_on")
    if not 0 <= day <= END_OF_MONTH or (day and first != day_in_month(first, day)):
        raise BadInput(
            N_("La date et le jour du mois ne vont pas ensemble : gardez l'un des deux."),
            field="first_due_on",
        )


def day_in_month(start: date, day: int, months: int = 0) -> date:
    """A day of the month that comes `months` after `start`'s; the last where it is shorter."""
    total = start.month - 1 + months
    year, month = start.year + total // 12, total % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def agreed_day(terms: PlanTerms, number: int) -> date:
    """The day of payment `number`, before it moves to a working day."""
    if number == 0 and terms.down_payment_on:
        return terms.down_payment_on
    periods = number if terms.down_payment_cents and not terms.down_payment_on else number - 1
    if terms.frequency in DAYS:
        return terms.first_due_on + timedelta(days=DAYS[terms.frequency] * periods)
    day = terms.day_of_month or terms.first_due_on.day
    return day_in_month(terms.first_due_on, day, periods)
