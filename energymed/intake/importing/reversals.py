"""Which payment a line of a payments file takes back: the one that it names, or the only one."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from energymed.cases import rules
from energymed.intake.codes import ProblemCode
from energymed.intake.rows import PaymentRow


class Payment(NamedTuple):
    """A payment of a reference, booked or about to be: its case, and its key on that case."""

    case_id: int
    key: str
    cents: int
    paid_on: date


@dataclass(slots=True)
class KnownPayments:
    """The payments of one reference at the file's site; `taken`: the keys of those taken back."""

    by_key: dict[str, Payment] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def add(self, payment: Payment) -> None:
        """One more payment, which stands."""
        self.by_key[payment.key] = payment

    def taken_back_by(self, row: PaymentRow, *, latest: bool = False) -> Payment | ProblemCode:
        """The payment that `row` takes back, standing or not; else why none can be told.

        It is named by its own reference, or by its day, amount and method. Else, unless the line
        has the reference of another, it is the only one of that amount which stands, not later
        than the line; of several, with `latest`, the last one.
        """
        amount = row.amount_cents
        if row.payment_reference:
            named = self.by_key.get(
                rules.payment_key(row.paid_on, amount, row.method, row.payment_reference)
            )
            if named is not None:
                same = named.cents == amount
                return named if same else ProblemCode.REVERSAL_UNMATCHED
            if row.taken_back and row.taken_back.own_payment:
                return ProblemCode.REVERSAL_UNMATCHED
        alike = self.by_key.get(rules.payment_key(row.paid_on, amount, row.method))
        if alike is not None:
            return alike
        fitting = [
            payment
            for payment in self.by_key.values()
            if payment.key not in self.taken
            and payment.cents == amount
            and payment.paid_on <= row.on
        ]
        if not fitting:
            return ProblemCode.REVERSAL_UNMATCHED
        if len(fitting) > 1 and not latest:
            return ProblemCode.REVERSAL_AMBIGUOUS
        return max(fitting, key=lambda payment: (payment.paid_on, payment.key))
