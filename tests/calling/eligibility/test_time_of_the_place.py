"""Time is that of the place (DOMAIN §8): in every zone of France, over changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.zones import OVERSEAS, at_local, differs, local, zone_of
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.rules import (
    Attempt,
    Callee,
    calling_hours,
    in_hours,
    may_call,
    next_allowed,
    next_opening,
    retry_at,
)
from energymed.cases.cutoff import scheduled_at
from energymed.messages import rules as message_rules
from energymed.partners.rulebook import MessageRules
from tests.calling.eligibility.test_rules import RULES

CODES = st.one_of(
    st.sampled_from([f"{start}00" for start in OVERSEAS] + ["97133", "97150"]),
    st.sampled_from(["26000", "67000", "57000", "75001", "20000", "", "99999"]),
    st.none(),
)
INSTANTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2027-12-31"),
    timezones=st.just(UTC),
)  # two years: four changes of the clocks of Paris and of Miquelon
BOUNDS = time(8, 0), time(20, 0)


@given(at=INSTANTS, code=CODES)
def test_nobody_is_ever_called_outside_the_hours_of_the_place(
    at: datetime, code: str | None
) -> None:
    there = local(at, code)
    if may_call(RULES, Callee(postal_code=code), at).allowed:
        assert BOUNDS[0] <= there.time() < BOUNDS[1]
        assert there.weekday() < 6
        assert any(start <= there.time() < end for start, end in calling_hours(RULES))


@given(at=INSTANTS, code=CODES)
def test_the_next_opening_is_the_first_instant_that_is_allowed(
    at: datetime, code: str | None
) -> None:
    opens = next_opening(RULES, at, code)
    assert opens is not None
    assert opens >= at
    assert in_hours(RULES, opens, code)
    if opens > at:
        assert not in_hours(RULES, opens - timedelta(minutes=1), code)
        assert local(opens, code).time() in {start for start, _end in calling_hours(RULES)}


@given(at=INSTANTS, code=CODES)
def test_one_attempt_a_day_is_one_a_day_of_the_place(at: datetime, code: str | None) -> None:
    again = next_allowed(RULES, Callee(postal_code=code, attempts=(Attempt(at, "no_answer"),)), at)
    assert again is not None
    assert local(again, code).date() > local(at, code).date()


@given(at=INSTANTS, code=CODES)
def test_a_retry_is_in_the_hours_of_the_place(at: datetime, code: str | None) -> None:
    again = retry_at(RULES, at, "no_answer", Callee(postal_code=code))
    assert again is not None
    assert in_hours(RULES, again, code)


@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), hour=st.integers(4, 23), code=CODES)
def test_a_time_of_the_place_comes_back_as_it_was(day: date, hour: int, code: str | None) -> None:
    assert local(at_local(day, time(hour), code), code).replace(tzinfo=None) == datetime.combine(
        day, time(hour)
    )


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("97110", "America/Guadeloupe"), ("97200", "America/Martinique"),
        ("97300", "America/Cayenne"), ("97400", "Indian/Reunion"), ("97500", "America/Miquelon"),
        ("97600", "Indian/Mayotte"), ("97700", "America/St_Barthelemy"),
        ("97800", "America/Marigot"), ("98600", "Pacific/Wallis"), ("98713", "Pacific/Tahiti"),
        ("98800", "Pacific/Noumea"), ("98000", "Europe/Paris"), ("26000", "Europe/Paris"),
        ("97133", "America/Guadeloupe"), ("97150", "America/Guadeloupe"),
    ],
)  # fmt: skip
def test_zones(code: str, zone: str) -> None:
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert zone_of(code).utcoffset(at.replace(tzinfo=None)) == ZoneInfo(zone).utcoffset(
        at.replace(tzinfo=None)
    )


@pytest.mark.parametrize(
    ("code", "paris", "allowed"),
    [
        ("97400", "05:59", False), ("97400", "06:00", True),  # 9:00 in La Réunion, in winter
        ("97400", "15:59", True), ("97400", "16:00", False),
        ("97110", "13:59", False), ("97110", "14:00", True),  # 9:00 in Guadeloupe
        ("97110", "23:59", True),
        ("26000", "08:59", False), ("26000", "09:00", True),
    ],
)  # fmt: skip
def test_both_sides_of_the_hours(code: str, paris: str, allowed: bool) -> None:
    at = datetime.fromisoformat(f"2026-11-23T{paris}+01:00")
    assert may_call(RULES, Callee(postal_code=code), at).allowed is allowed


def test_holidays_are_those_of_the_place() -> None:
    abolition = at_local(date(2026, 5, 27), time(10), "97110")  # Guadeloupe, a Wednesday
    verdict = may_call(RULES, Callee(postal_code="97110"), abolition)
    assert verdict.reason == NoCallReason.PUBLIC_HOLIDAY
    assert may_call(RULES, Callee(postal_code="97400"), at_local(
        date(2026, 5, 27), time(10), "97400"
    )).allowed  # fmt: skip
    second_christmas_day = at_local(date(2025, 12, 26), time(10), "67000")
    assert may_call(RULES, Callee(postal_code="67000"), second_christmas_day).reason == (
        NoCallReason.PUBLIC_HOLIDAY
    )
    # still Christmas Day in Papeete when Paris has the 26th
    late = datetime(2026, 12, 26, 3, 0, tzinfo=UTC)
    assert may_call(RULES, Callee(postal_code="98713"), late).reason == NoCallReason.PUBLIC_HOLIDAY


def test_an_intervention_and_a_text_message_keep_the_clocks_of_the_place() -> None:
    assert scheduled_at(date(2026, 11, 25), "14h-16h", "97400") == datetime(
        2026, 11, 25, 10, 0, tzinfo=UTC
    )
    limits = MessageRules(*BOUNDS, gap_days=7, names_partner=False)
    eight = at_local(date(2026, 11, 24), time(8), "97300")
    assert not message_rules.in_hours(limits, eight - timedelta(minutes=1), "97300")
    assert message_rules.in_hours(limits, eight, "97300")


@given(at=INSTANTS)
def test_two_times_are_shown_only_where_they_differ(at: datetime) -> None:
    assert not differs(at, "26000")
    assert not differs(at, None)
    assert differs(at, "97400")
    assert differs(at, "98713")
