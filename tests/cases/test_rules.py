"""The ledger's rules: statements, payments, and no euro counted twice in any order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.cases import rules
from energymed.cases.rules import Account, Movement

S46, S47, S48 = date(2026, 11, 15), date(2026, 11, 22), date(2026, 11, 29)


def test_a_lower_amount_is_a_decrease_that_explains_nothing() -> None:
    movements, after = rules.statement(rules.opened(6599, S46), 3959, S47)
    assert movements == (Movement("reported_decrease", -2640),)
    assert (after.balance_cents, after.unexplained_cents, after.statements) == (3959, 2640, 2)


def test_a_higher_amount_is_a_new_charge() -> None:
    movements, after = rules.statement(rules.opened(6599, S46), 8000, S47)
    assert movements == (Movement("new_charge", 1401),)
    assert after.balance_cents == 8000


def test_the_same_amount_moves_nothing() -> None:
    movements, after = rules.statement(rules.opened(6599, S46), 6599, S47)
    assert movements == ()
    assert after == Account(6599, statements=2, as_of=S47)


def test_a_payment_before_the_second_file_lowers_the_balance() -> None:
    opened = rules.opened(6599, S46)
    movements, paid = rules.confirmed_payment(opened, 6599, date(2026, 11, 11))
    assert movements == (Movement("payment", -6599),)
    movements, after = rules.statement(paid, 3959, S47)
    assert movements == (Movement("new_charge", 3959),)
    assert after.balance_cents == 3959


def test_a_payment_that_the_last_file_counted_explains_its_decrease() -> None:
    _, told = rules.statement(rules.opened(6599, S46), 3959, S47)
    movements, after = rules.confirmed_payment(told, 6599, date(2026, 11, 11))
    assert movements == (
        Movement("payment", -6599),
        Movement("reported_decrease", 2640),
        Movement("new_charge", 3959),
    )
    assert (after.balance_cents, after.unexplained_cents, after.fresh_cents) == (3959, 0, 0)


@pytest.mark.parametrize(("days", "covered"), [(-1, True), (0, True), (1, False)])
def test_a_file_has_counted_the_payments_up_to_its_own_day(days: int, covered: bool) -> None:
    _, told = rules.statement(rules.opened(10000, S46), 6000, S47)
    movements, after = rules.confirmed_payment(told, 4000, S47 + timedelta(days=days))
    if covered:
        assert movements == (Movement("payment", -4000), Movement("reported_decrease", 4000))
        assert (after.balance_cents, after.unexplained_cents, after.fresh_cents) == (6000, 0, 0)
    else:
        assert movements == (Movement("payment", -4000),)
        assert (after.balance_cents, after.unexplained_cents, after.fresh_cents) == (
            2000,
            4000,
            4000,
        )


def test_a_payment_on_the_day_of_the_only_file_was_not_counted_by_it() -> None:
    movements, after = rules.confirmed_payment(rules.opened(10000, S46), 4000, S46)
    assert (movements, after.balance_cents) == ((Movement("payment", -4000),), 6000)


def test_a_payment_after_the_last_file_turns_out_to_be_its_decrease() -> None:
    _, told = rules.statement(rules.opened(10000, S46), 6000, S47)
    _, paid = rules.confirmed_payment(told, 4000, S47 + timedelta(days=1))
    assert (paid.balance_cents, paid.fresh_cents) == (2000, 4000)
    movements, after = rules.statement(paid, 6000, S48)
    assert movements == (Movement("reported_decrease", 4000),)
    assert (after.balance_cents, after.unexplained_cents) == (6000, 0)


def test_only_as_much_is_taken_back_as_was_paid_since() -> None:
    _, told = rules.statement(rules.opened(10000, S46), 6000, S47)
    _, paid = rules.confirmed_payment(told, 1000, S48)
    movements, _ = rules.statement(paid, 9000, S48)
    assert movements == (Movement("reported_decrease", 1000), Movement("new_charge", 3000))


def test_a_payment_beyond_the_debt_leaves_an_overpayment() -> None:
    _, after = rules.confirmed_payment(rules.opened(5000, S46), 6000, S46)
    assert after.balance_cents == -1000


@pytest.mark.parametrize(("days", "counted"), [(-1, True), (0, True), (1, False)])
def test_a_file_has_counted_the_reversals_up_to_its_own_day(days: int, counted: bool) -> None:
    _, paid = rules.confirmed_payment(rules.opened(10000, S46), 4000, S46)
    _, told = rules.statement(paid, 10000, S47)
    movements, after = rules.reversed_payment(told, 4000, S47 + timedelta(days=days))
    if counted:
        assert movements == (Movement("reversal", 4000), Movement("new_charge", -4000))
        assert (after.balance_cents, after.charged_cents) == (10000, 0)
    else:
        assert movements == (Movement("reversal", 4000),)
        assert (after.balance_cents, after.fresh_cents) == (14000, -4000)


def test_a_reversal_after_the_last_file_turns_out_to_be_its_charge() -> None:
    _, paid = rules.confirmed_payment(rules.opened(10000, S46), 4000, S46)
    _, told = rules.statement(paid, 10000, S47)
    _, back = rules.reversed_payment(told, 4000, S47 + timedelta(days=1))
    movements, after = rules.statement(back, 10000, S48)
    assert movements == (Movement("new_charge", -4000),)
    assert (after.balance_cents, after.charged_cents) == (10000, 0)


def test_a_payment_that_lost_its_money_leaves_its_decrease_unexplained() -> None:
    _, told = rules.statement(rules.opened(10000, S46), 6000, S47)
    _, paid = rules.confirmed_payment(told, 4000, S46)
    movements, after = rules.reversed_payment(paid, 4000, S46)
    assert movements == (Movement("reversal", 4000), Movement("reported_decrease", -4000))
    assert after == told


def test_what_is_taken_back_and_what_stands_again() -> None:
    assert rules.taken_back([(1, None), (2, 1)]) == {1}
    assert rules.taken_back([(3, 2), (1, None), (2, 1)]) == {2}
    assert rules.taken_back([(1, None), (2, 1), (3, 2), (4, 1)]) == {1, 2}


@pytest.mark.parametrize("kind", ["payment", "aid_payment"])
def test_repaid_is_what_the_partner_confirmed(kind: str) -> None:
    movements = [("opening", 9000), (kind, -2000), ("reported_decrease", -3000)]
    assert rules.repaid(movements) == 2000
    assert rules.balance(movements) == 4000
    assert rules.unexplained(movements) == 3000


def test_a_payment_has_one_name() -> None:
    day = date(2026, 11, 11)
    assert rules.payment_key(day, 1470, "CB", "REG 2611") == rules.payment_key(
        day, 1, None, "reg-2611"
    )
    assert rules.payment_key(day, 1470, "Chèque") == "2026-11-11|1470|cheque"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.integers(1, 50_000)),
        st.tuples(st.just("payment"), st.integers(1, 20_000), st.integers(0, 60)),
        st.tuples(st.just("back"), st.integers(0, 5), st.integers(0, 30)),
    ),
    max_size=14,
)


@given(first=st.integers(1, 50_000), steps=STEPS)
def test_any_order_adds_up(first: int, steps: list[tuple[object, ...]]) -> None:
    account = rules.opened(first, S46)
    booked = [("opening", first)]
    last_said: int | None = first
    standing: list[tuple[int, int]] = []  # (cents, day) of payments not taken back
    for week, step in enumerate(steps, 1):
        if step[0] == "file":
            cents = int(str(step[1]))
            movements, account = rules.statement(account, cents, S46 + timedelta(weeks=week))
            last_said = cents
        elif step[0] == "payment":
            cents, after = int(str(step[1])), int(str(step[2]))
            standing.append((cents, after))
            day = S46 + timedelta(days=after)
            last_said = last_said if account.covers(day) else None
            movements, account = rules.confirmed_payment(account, cents, day)
        elif standing:
            cents, after = standing.pop(int(str(step[1])) % len(standing))
            day = S46 + timedelta(days=after + int(str(step[2])))
            last_said = last_said if account.covers(day) else None
            movements, account = rules.reversed_payment(account, cents, day)
        else:
            continue
        booked += [(one.kind, one.amount_cents) for one in movements]
        assert account.balance_cents == rules.balance(booked)
        assert account.unexplained_cents == rules.unexplained(booked)
        assert account.charged_cents == rules.charged(booked)
        assert last_said is None or account.balance_cents == last_said
    assert rules.repaid(booked) == sum(cents for cents, _ in standing)


@given(
    amounts=st.lists(st.integers(1, 50_000), min_size=2, max_size=6),
    payments=st.lists(st.tuples(st.integers(1, 20_000), st.integers(0, 5)), max_size=5),
)
def test_files_first_or_payments_between_end_alike(
    amounts: list[int], payments: list[tuple[int, int]]
) -> None:
    """Each payment is made in the week before file `n`, and told either then or at the end."""
    weeks = [S46 + timedelta(weeks=n) for n in range(len(amounts))]

    def pay(account: Account, cents: int, week: int) -> Account:
        return rules.confirmed_payment(account, cents, weeks[week] - timedelta(days=2))[1]

    dated = [(cents, 1 + at % (len(amounts) - 1)) for cents, at in payments]
    late = early = rules.opened(amounts[0], weeks[0])
    for week in range(1, len(amounts)):
        late = rules.statement(late, amounts[week], weeks[week])[1]
        for cents, paid_before in dated:
            if paid_before == week:
                early = pay(early, cents, week)
        early = rules.statement(early, amounts[week], weeks[week])[1]
    for cents, week in dated:
        late = pay(late, cents, week)
    assert late.balance_cents == early.balance_cents == amounts[-1]
