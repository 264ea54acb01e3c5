"""The ledger's rules: what a weekly file and a confirmed payment do to a debt (ADR 3).

A weekly file is a *statement*: after it the balance equals what it says. A lower amount is a
`reported_decrease`, which explains nothing; a higher one a `new_charge`. A payment that the last
file already counted explains such a decrease; any other lowers the balance until the next file.
A payment taken back is the same the other way round: it explains a charge, or raises the balance.
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

    `unexplained_cents` (≥ 0) are the decreases that no payment has explained yet, `charged_cents`
    (≥ 0) the charges that no reversal has; `fresh_cents` the payments booked since the last
    statement that it had not counted, less those taken back; `statements` how many weekly files
    have told of the case, `as_of` the date of the latest of them.
    """

    balance_cents: Cents
    unexplained_cents: Cents = 0
    charged_cents: Cents = 0
    fresh_cents: Cents = 0
    statements: int = 0
    as_of: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the last file already counted a payment, or its reversal, of that day.

        A single file cannot have: its amount is the debt as it was given to us.
        """
        return self.statements >= 2 and self.as_of is not None and day <= self.as_of


def opened(cents: Cents, as_of: date) -> Account:
    """The account after the first file: the debt as it was given to us."""
    return Account(balance_cents=cents, statements=1, as_of=as_of)


def statement(account: Account, cents: Cents, as_of: date) -> tuple[tuple[Movement, ...], Account]:
    """A weekly file says that `cents` are owed at `as_of`: the movements, and the account after."""
    movements = stated(account, cents)
    after = _moved(account, movements)
    return movements, replace(after, fresh_cents=0, statements=account.statements + 1, as_of=as_of)


def stated(account: Account, cents: Cents) -> tuple[Movement, ...]:
    """The movements of a weekly file that says that `cents` are owed.

    What came since the last file turns out to be what this one tells: payments the decrease that
    was unexplained, reversals the charge. They had moved the balance a second time: an amount that
    goes the other way first takes that back.
    """
    gap = cents - account.balance_cents
    if gap < 0:
        explained = min(-gap, account.charged_cents, max(0, -account.fresh_cents))
        return _kept((CHARGE, -explained), (DECREASE, gap + explained))
    explained = min(gap, account.unexplained_cents, max(0, account.fresh_cents))
    return _kept((DECREASE, explained), (CHARGE, gap - explained))


def confirmed_payment(
    account: Account, cents: Cents, paid_on: date
) -> tuple[tuple[Movement, ...], Account]:
    """A payment of `cents` (> 0) that the partner confirms: the movements, and the account after.

    Already counted by the last file: it explains as much of the unexplained decreases, and what
    is left must have been a charge that the files hid; the balance does not move.
    """
    return told(account, LedgerKind.PAYMENT, -cents, counted=account.covers(paid_on))


def reversed_payment(
    account: Account, cents: Cents, on: date
) -> tuple[tuple[Movement, ...], Account]:
    """A payment of `cents` (> 0) is taken back that day: the movements, and the account after.

    Already counted by the last file: it explains as much of the charges, and what is left is a
    decrease that has lost its payment; the balance does not move.
    """
    return told(account, LedgerKind.REVERSAL, cents, counted=account.covers(on))


def aid_explains(
    entries: Iterable[tuple[LedgerKind, Cents, date]], cents: Cents, filed_on: date
) -> Cents:
    """How much of an aid of `cents` the weekly files had counted already, in positive cents.

    Somebody notes an aid when they hear of it, so that its day says little: it explains decreases
    that no payment has explained and that files told since the request was filed. Before that day
    no fund paid. What is left lowers the balance until the next file.

    Args:
        entries: (kind, signed cents, day) of all movements of the case.
    """
    known = list(entries)
    open_ones = unexplained((kind, amount) for kind, amount, _day in known)
    since = unexplained((kind, amount) for kind, amount, day in known if day >= filed_on)
    return min(cents, open_ones, since)


def told(
    account: Account, kind: LedgerKind, cents: Cents, *, counted: bool
) -> tuple[tuple[Movement, ...], Account]:
    """A movement of signed `cents` that the last file had `counted` already, or not.

    One that it had counted comes with what the files called it, so that the balance stays.
    """
    if not counted:
        movements = _kept((kind, cents))
        after = _moved(account, movements)
        return movements, replace(after, fresh_cents=account.fresh_cents + repaid([(kind, cents)]))
    if cents < 0:
        explained = min(-cents, account.unexplained_cents)
        movements = _kept((kind, cents), (DECREASE, explained), (CHARGE, -cents - explained))
    else:
        explained = min(cents, account.charged_cents)
        movements = _kept((kind, cents), (CHARGE, -explained), (DECREASE, explained - cents))
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


def reversal_key(key: str) -> str:
    """The name under which a payment is taken back once; `key` is that of the line that says so."""
    return f"back|{key}"


def taken_back(entries: Iterable[tuple[int, int | None]]) -> set[int]:
    """Ids of the entries that do not stand: another, that stands, takes them back.

    `entries` are (id, id of the entry that it takes back) of a whole ledger.
    """
    taken: set[int] = set()
    for entry_id, reverses_id in sorted(entries, reverse=True):  # later ones take back earlier ones
        if reverses_id is not None and entry_id not in taken:
            taken.add(reverses_id)
    return taken


def balance(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """What is owed, in cents: the sum of all (kind, signed cents)."""
    return sum(cents for _, cents in movements)


def repaid(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """What the partner confirmed as repaid, in positive cents: payments and aids less reversals."""
    return -sum(cents for kind, cents in movements if kind in REPAID)


def unexplained(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """Decreases that no payment has explained, in positive cents."""
    return max(0, -sum(cents for kind, cents in movements if kind == DECREASE))


def charged(movements: Iterable[tuple[LedgerKind, Cents]]) -> Cents:
    """Charges that no reversal has explained, in positive cents."""
    return max(0, sum(cents for kind, cents in movements if kind == CHARGE))


def _kept(*movements: tuple[LedgerKind, Cents]) -> tuple[Movement, ...]:
    return tuple(Movement(kind, cents) for kind, cents in movements if cents)


def _moved(account: Account, movements: tuple[Movement, ...]) -> Account:
    pairs = [(movement.kind, movement.amount_cents) for movement in movements]
    return replace(
        account,
        balance_cents=account.balance_cents + balance(pairs),
        unexplained_cents=account.unexplained_cents - _sum_of(DECREASE, pairs),
        charged_cents=account.charged_cents + _sum_of(CHARGE, pairs),
    )


def _sum_of(kind: LedgerKind, movements: list[tuple[LedgerKind, Cents]]) -> Cents:
    return sum(cents for each, cents in movements if each == kind)
