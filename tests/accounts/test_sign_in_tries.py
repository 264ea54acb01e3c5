"""Failed sign-ins: ten in a quarter of an hour lock, whoever the address belongs to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import SignInTries
from energymed.accounts.sign_in_tries import (
    MOST_FROM_ONE_PLACE,
    forget_old_tries,
    judge_code,
    judge_try,
    place_key,
    unlock,
)
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user

SECOND, QUARTER = timedelta(seconds=1), timedelta(minutes=15)


def fail(session: Session, email: str, times: int, at: datetime = NOW) -> None:
    for _ in range(times):
        assert judge_try(session, email, False, at) is False


def test_nine_failures_do_not_lock_and_ten_do(session: Session) -> None:
    user = make_user(session)
    fail(session, user.email, 9)
    assert judge_try(session, user.email, True, NOW) is True
    fail(session, user.email, 10)
    assert judge_try(session, user.email, True, NOW) is False
    assert session.scalars(select(AuditEvent.action)).all() == ["user.locked"]


def test_a_lock_lasts_a_quarter_of_an_hour(session: Session) -> None:
    user = make_user(session)
    fail(session, user.email, 10)
    assert judge_try(session, user.email, True, NOW + QUARTER - SECOND) is False
    assert judge_try(session, user.email, True, NOW + QUARTER) is True


def test_after_a_lock_the_count_begins_anew(session: Session) -> None:
    user = make_user(session)
    fail(session, user.email, 10)
    fail(session, user.email, 9, NOW + QUARTER)
    assert judge_try(session, user.email, True, NOW + QUARTER) is True


@pytest.mark.parametrize(("later", "locked"), [(QUARTER - SECOND, True), (QUARTER, False)])
def test_only_failures_within_a_quarter_of_an_hour_count(
    session: Session, later: timedelta, locked: bool
) -> None:
    user = make_user(session)
    fail(session, user.email, 9)
    fail(session, user.email, 1, NOW + later)
    assert judge_try(session, user.email, True, NOW + later) is not locked


def test_an_address_without_an_account_is_counted_alike(session: Session) -> None:
    fail(session, "nobody@example.org", 10)
    row = session.scalars(select(SignInTries)).one()
    assert row.locked_until == NOW + QUARTER
    assert (row.user_id, "nobody" in row.tried) == (None, False)


def test_capitals_and_blanks_are_the_same_address(session: Session) -> None:
    user = make_user(session)
    fail(session, f" {user.email.upper()} ", 10)
    assert judge_try(session, user.email, True, NOW) is False


def test_another_account_is_not_locked(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    fail(session, user.email, 10)
    assert judge_try(session, other.email, True, NOW) is True


def test_an_administrator_unlocks_with_a_trace(session: Session) -> None:
    user = make_user(session)
    ctx = Context(session, SYSTEM, NOW)
    assert unlock(ctx, user) is False
    fail(session, user.email, 10)
    assert unlock(ctx, user) is True
    assert judge_try(session, user.email, True, NOW) is True
    assert session.scalars(select(AuditEvent.action)).all() == ["user.locked", "user.unlocked"]


def test_what_counts_no_longer_is_forgotten(session: Session) -> None:
    fail(session, "nobody@example.org", 1)
    forget_old_tries(session, NOW + 2 * QUARTER - SECOND)
    assert len(session.scalars(select(SignInTries)).all()) == 1
    forget_old_tries(session, NOW + 2 * QUARTER)
    assert session.scalars(select(SignInTries)).all() == []


HERE, THERE = "192.0.2.7", "198.51.100.9"


def fail_from(session: Session, place: str, times: int, at: datetime = NOW) -> None:
    """As many wrong passwords from one place, each for another address."""
    for number in range(times):
        assert judge_try(session, f"{place}-{number}@example.org", False, at, place=place) is False


def test_a_place_is_locked_at_fifty_failures_whoever_they_are_for(session: Session) -> None:
    user = make_user(session)
    fail_from(session, HERE, MOST_FROM_ONE_PLACE - 1)
    assert judge_try(session, user.email, True, NOW, place=HERE) is True
    fail_from(session, HERE, 1)
    assert judge_try(session, user.email, True, NOW, place=HERE) is False
    assert judge_try(session, user.email, True, NOW, place=THERE) is True
    assert session.scalars(select(AuditEvent.action)).all() == ["sign_in.place_locked"]


def test_the_lock_of_a_place_lasts_a_quarter_of_an_hour(session: Session) -> None:
    user = make_user(session)
    fail_from(session, HERE, MOST_FROM_ONE_PLACE)
    assert judge_try(session, user.email, True, NOW + QUARTER - SECOND, place=HERE) is False
    assert judge_try(session, user.email, True, NOW + QUARTER, place=HERE) is True


def test_who_is_refused_for_the_place_is_unlocked_with_it(session: Session) -> None:
    user = make_user(session)
    fail_from(session, HERE, MOST_FROM_ONE_PLACE)
    ctx = Context(session, SYSTEM, NOW)
    assert unlock(ctx, user) is False, "nobody tried this account from there"
    assert judge_try(session, user.email, True, NOW, place=HERE) is False
    assert unlock(ctx, user) is True
    assert judge_try(session, user.email, True, NOW, place=HERE) is True


def test_trying_from_a_locked_place_locks_nobody_out_elsewhere(session: Session) -> None:
    user = make_user(session)
    fail_from(session, HERE, MOST_FROM_ONE_PLACE)
    for _ in range(20):
        assert judge_try(session, user.email, False, NOW, place=HERE) is False
    assert judge_try(session, user.email, True, NOW, place=THERE) is True


def test_the_right_password_does_not_forget_what_the_place_did(session: Session) -> None:
    user = make_user(session)
    fail_from(session, HERE, MOST_FROM_ONE_PLACE - 1)
    assert judge_try(session, user.email, True, NOW, place=HERE) is True
    fail_from(session, HERE, 1)
    assert judge_try(session, user.email, True, NOW, place=HERE) is False


def test_no_network_address_is_kept(session: Session) -> None:
    fail_from(session, HERE, 1)
    for row in session.scalars(select(SignInTries)):
        assert HERE not in f"{row.tried} {row.place}"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("unix:", "unix:", True),
    ],
)
def test_a_home_with_many_addresses_is_one_place(
    session: Session, one: str, other: str, same: bool
) -> None:
    assert (place_key(session, one) == place_key(session, other)) is same


def test_codes_are_counted_apart_and_the_password_does_not_begin_anew(session: Session) -> None:
    user = make_user(session)
    for _ in range(9):
        assert judge_code(session, user, False, NOW) is False
    assert judge_try(session, user.email, True, NOW) is True
    assert judge_code(session, user, False, NOW) is False
    assert judge_code(session, user, True, NOW) is False
    assert judge_code(session, user, True, NOW + QUARTER) is True
    assert session.scalars(select(AuditEvent.action)).all() == ["user.locked"]


def test_the_right_code_forgets_the_count(session: Session) -> None:
    user = make_user(session)
    for _ in range(9):
        judge_code(session, user, False, NOW)
    assert judge_code(session, user, True, NOW) is True
    assert judge_code(session, user, False, NOW) is False
    assert judge_code(session, user, True, NOW) is True


def test_an_administrator_unlocks_the_codes_too(session: Session) -> None:
    user = make_user(session)
    for _ in range(10):
        judge_code(session, user, False, NOW)
    assert unlock(Context(session, SYSTEM, NOW), user) is True
    assert judge_code(session, user, True, NOW) is True


def test_tries_in_two_processes_are_counted_together(app: Flask, session: Session) -> None:
    """As many at once as lock: none is lost."""
    email = make_user(session).email
    session.commit()
    session.close()

    def process(_number: int) -> bool:
        with app.app_context():
            try:
                with transaction() as writing:
                    return judge_try(writing, email, False, NOW, place=HERE)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(process, range(10))) == [False] * 10
    counts = session.execute(select(SignInTries.failures, SignInTries.locked_until)).all()
    assert {tuple(row) for row in counts} == {(10, None), (10, NOW + QUARTER)}
    session.rollback()
    assert judge_try(session, email, True, NOW) is False
