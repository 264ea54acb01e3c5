"""Failed sign-ins: ten in a quarter of an hour lock, whoever the address belongs to."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import SignInTries
from energymed.accounts.sign_in_tries import forget_old_tries, judge_try, unlock
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
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
    assert (row.user_id, "nobody" in row.account_key) == (None, False)


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
