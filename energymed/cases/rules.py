"""The ledger's rules: what a weekly file and a confirmed payment do to a debt (ADR 3).

A weekly file is a *statement*: after it the balance equals what it says. A lower amount is a
`reported_decrease`, which explains nothing; a higher one a `new_charge`. A payment that the last
file already counted explains such a decrease; any other lowers the balance until the next file.
Positive cents add to the debt, negative ones lower it; a negative balance is an overpayment
(« trop-perçu »), kept as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from energymed.base.money import Cents
from energymed.base.text.folding import fold
from energymed.cases.codes import REPAID, LedgerKind

CHARGE, DECREASE = LedgerKind.NEW_CHARGE, LedgerKind.REPORTED_DECREASE


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry to be: its kind and signed cents, never zero."""

    kind: LedgerKind
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class Account:
    """Where a case's debt stands between two files.

    `unexplained_cents` (≥ 0) are the decreases that no payment has explained yet; `fresh_cents`
    (≥ 0) the payments booked since the last statement that it had not counted; `statements` how
    many weekly files have told of the case, `as_of` the date of the latest of them.
    """

    balance_cents: Cents
    unexplained_cents: Cents = 0
    fresh_cents: Cents = 0
    statements: int = 0
    as_of: date | None = None

    def covers(self, paid_on: date) -> bool:
        """Whether the last file already counted a payment of that day.

        A single file cannot have: its amount is the debt as it was given to us.
        """
        return self.statements >= 2 and self.as_of is not None and paid_on <= self.as_of


def opened(cents: Cents, as_of: date) -> Account:
    """The account after the first file: the debt as it was given to us."""
    return Account(balance_cents=cents, statements=1, as_of=as_of)


def statement(account: Account, cents: Cents, as_of: date) -> tuple[tuple[Movement, ...], Account]:
    """A weekly file says that `cents` are owed at `as_of`: the movements, and the account after.

    An amount above the balance first takes back unexplained decreases, as far as payments came
    since the last file: those payments were the decrease, and lowered the debt a second time.
    """
    gap = cents - account.balance_cents
    if gap < 0:
        movements = _kept((DECREASE, gap))
    else:
        explained = min(gap, account.unexplained_cents, account.fresh_cents)
        movements = _kept((DECREASE, explained), (CHARGE, gap - explained))
    after = _moved(account, movements)
    return movements, replace(after, fresh_cents=0, statements=account.statements + 1, as_of=as_of)


def confirmed_payment(
    account: Account, cents: Cents, paid_on: date, kind: LedgerKind = LedgerKind.PAYMENT
) -> tuple[tuple[Movement, ...], Account]:
    """A payment of `cents` (> 0) that the partner confirms: the movements, and the account after.

    Already counted by the last file: it explains as much of the unexplained decreases, and what
    is left must have been a charge that the files hid; the balance does not move.
    """
    if not account.covers(paid_on):
        movements = _kept((kind, -cents))
        after = _moved(account, movements)
        return movements, replace(after, fresh_cents=account.fresh_cents + cents)
    explained = min(cents, account.unexplained_cents)
    movements = _kept((kind, -cents), (DECREASE, explained), (CHARGE, cents - explained))
    return movements, _moved(account, movements)


def payment_key(
    paid_on: date, cents: Cents, method: str | None = None, payment_reference: str | None = None
) -> str:
    """The name under which a payment of a case is booked once, whatever file tells of it.

    The partner's own reference, else day, amount and method: two payments alike in all three
    and without a reference are taken for one.
    """
    if payment_reference:
        return f"ref|{fold(payment_reference)}"
    return f"{paid_on.isoformat()}|{cents}|{fold(method or '')}"


def balance(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """What is owed, in cents: the sum of all (kind, signed cents)."""
    return sum(cents for _, cents in movements)


def repaid(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """What the partner confirmed as repaid, in positive cents: payments and aids paid."""
    return -sum(cents for kind, cents in movements if kind in REPAID)


def unexplained(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """Decreases that no payment has explained, in positive cents."""
    return max(0, -sum(cents for kind, cents in movements if kind == DECREASE))


def _kept(*movements: tuple[LedgerKind, Cents]) -> tuple[Movement, ...]:
    return tuple(Movement(kind, cents) for kind, cents in movements if cents)


def _moved(account: Account, movements: tuple[Movement, ...]) -> Account:
    pairs = [(movement.kind, movement.amount_cents) for movement in movements]
    decreased = sum(cents for kind, cents in pairs if kind == DECREASE)
    return replace(
        account,
        balance_cents=account.balance_cents + balance(pairs),
        unexplained_cents=account.unexplained_cents - decreased,
    )
