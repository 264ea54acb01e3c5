"""The demo's clock: at any hour of any day it shows a time at which people may be called."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from energymed.base.clock import at_paris, paris
from energymed.base.dates import is_public_holiday, is_working_day
from energymed.calling.eligibility.rules import in_hours
from energymed.demo.clock import ENOUGH, first_shift_s, is_open, later_shift_s, next_start
from tests.calling.eligibility.test_rules import RULES  # those of a new installation

INSTANTS = st.integers(0, 4 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
SATURDAY_NIGHT = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)


def shown(real: datetime, shift_s: int) -> datetime:
    return real + timedelta(seconds=shift_s)


@given(INSTANTS)
@example(SATURDAY_NIGHT)
@example(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC))  # the hour that is not
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # the hour that comes twice
@example(datetime(2026, 5, 1, 8, 0, tzinfo=UTC))  # a holiday, and a bridge of four days
@example(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # the new year in Paris
@example(datetime(2026, 11, 30, 9, 0, 0, 999_999, tzinfo=UTC))
def test_a_new_demo_starts_at_ten_on_a_working_day(real: datetime) -> None:
    at = shown(real, first_shift_s(real))
    local = paris(at)
    assert is_working_day(local.date())
    assert local.replace(microsecond=0, tzinfo=None).time() == time(10)
    assert 0 <= (local.date() - paris(real).date()).days <= 4
    assert in_hours(RULES, at)


@given(INSTANTS, st.timedeltas(timedelta(days=-1), timedelta(days=400)))
@example(SATURDAY_NIGHT, timedelta(0))
def test_a_demo_started_again_is_never_set_back_and_always_open(
    real: datetime, shift: timedelta
) -> None:
    before = int(shift.total_seconds())
    after = later_shift_s(real, before)
    at = shown(real, after)
    assert after >= before
    assert is_open(at)
    assert in_hours(RULES, at)
    assert in_hours(RULES, at + ENOUGH - timedelta(seconds=1))
    assert not is_public_holiday(paris(at).date())
    assert at - shown(real, before) < timedelta(days=6)  # the longest pause: feasts and week-ends
    assert later_shift_s(real, after) == after


@pytest.mark.parametrize(
    ("clock", "goes_on_at"),
    [
        ("2026-11-30 08:59:59", "2026-11-30 10:00"),
        ("2026-11-30 09:00:00", "2026-11-30 09:00"),
        ("2026-11-30 12:00:00", "2026-11-30 12:00"),
        ("2026-11-30 12:00:01", "2026-11-30 13:30"),
        ("2026-11-30 13:29:59", "2026-11-30 13:30"),
        ("2026-11-30 18:30:00", "2026-11-30 18:30"),
        ("2026-11-30 18:30:01", "2026-12-01 10:00"),
        ("2026-12-04 19:30:00", "2026-12-07 10:00"),
        ("2026-12-24 19:30:00", "2026-12-28 10:00"),
        ("2027-05-07 23:59:59", "2027-05-10 10:00"),  # 8 May is a Saturday
    ],
)
def test_it_goes_on_where_it_was_or_to_the_next_start(clock: str, goes_on_at: str) -> None:
    at, wanted = (
        at_paris(moment.date(), moment.time())
        for moment in (datetime.fromisoformat(clock), datetime.fromisoformat(goes_on_at))
    )
    assert shown(at, later_shift_s(at, 0)) == wanted
    assert is_open(at) or next_start(at) == wanted
