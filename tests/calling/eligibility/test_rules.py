"""When a person may be called (DOMAIN §8), read like the specification."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from energymed.base.clock import at_paris
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.rules import (
    Attempt,
    Callee,
    Verdict,
    in_hours,
    may_call,
    may_leave_voicemail,
    next_opening,
    retry_at,
)
from energymed.calling.eligibility.stopped import Stops
from energymed.partners.rulebook import CallingRules

RULES = CallingRules(
    windows=((time(9, 0), time(12, 30)), (time(13, 30), time(19, 0))),
    weekdays=frozenset(range(5)),
    earliest=time(8, 0),
    latest=time(20, 0),
    attempts_per_day=1,
    attempts_per_period=4,
    period_days=30,
    half_days=2,
    refusal_rest_days=60,
    voicemail_gap_days=7,
    lease_minutes=15,
)
STRASBOURG, NANCY = "67000", "54000"


def paris(text: str) -> datetime:
    """'2026-11-23 10:00', a Monday, as the clocks of Paris show it."""
    moment = datetime.fromisoformat(text)
    return at_paris(moment.date(), moment.time())


NOW = paris("2026-11-23 10:00")


def attempts(*moments: str, result: str = "no_answer") -> tuple[Attempt, ...]:
    return tuple(Attempt(paris(moment), result) for moment in moments)


def test_somebody_never_called_may_be_called_in_the_hours() -> None:
    assert may_call(RULES, Callee(), NOW) == Verdict()
    assert may_call(RULES, Callee(), NOW).allowed


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 12:30", "2026-11-23 13:30"),
        ("2026-11-23 13:29", "2026-11-23 13:30"),
        ("2026-11-23 19:00", "2026-11-24 09:00"),
        ("2026-11-27 19:30", "2026-11-30 09:00"),  # Friday evening to Monday
        ("2026-11-28 10:00", "2026-11-30 09:00"),  # Saturday
        ("2026-11-29 10:00", "2026-11-30 09:00"),  # Sunday
        ("2026-03-27 19:00", "2026-03-30 09:00"),  # over the change of the clocks
        ("2026-10-23 19:00", "2026-10-26 09:00"),
    ],
)
def test_outside_the_hours_it_says_when_calls_begin_again(moment: str, opens: str) -> None:
    assert may_call(RULES, Callee(), paris(moment)) == Verdict("outside_hours", paris(opens))


@pytest.mark.parametrize(
    ("moment", "opens", "place"),
    [
        ("2026-12-25 10:00", "2026-12-28 09:00", "26000"),  # Christmas, a Friday
        ("2026-05-01 20:00", "2026-05-04 09:00", "26000"),
        ("2025-12-26 10:00", "2025-12-29 09:00", "67000"),  # Alsace
    ],
)
def test_a_public_holiday_is_named(moment: str, opens: str, place: str) -> None:
    verdict = may_call(RULES, Callee(postal_code=place), paris(moment))
    assert verdict == Verdict("public_holiday", paris(opens))


@pytest.mark.parametrize("moment", ["09:00", "12:29", "13:30", "18:59"])
def test_the_first_minute_is_inside_and_the_last_outside(moment: str) -> None:
    assert may_call(RULES, Callee(), paris(f"2026-11-23 {moment}")).allowed


def test_alsace_moselle_has_two_more_holidays() -> None:
    good_friday = paris("2026-04-03 10:00")
    assert may_call(RULES, Callee(postal_code=NANCY), good_friday).allowed
    assert not may_call(RULES, Callee(postal_code=STRASBOURG), good_friday).allowed
    assert next_opening(RULES, good_friday, STRASBOURG) == paris("2026-04-07 09:00")


def test_a_campaign_never_widens_the_hours_beyond_the_bounds() -> None:
    eager = replace(RULES, windows=((time(6, 0), time(22, 0)),), weekdays=frozenset(range(7)))
    allowed = [hour for hour in range(24) if in_hours(eager, paris(f"2026-11-23 {hour:02d}:00"))]
    assert allowed == list(range(8, 20))
    assert not in_hours(eager, paris("2026-11-29 10:00"))  # Sunday
    assert in_hours(eager, paris("2026-11-28 10:00"))  # Saturday, as that campaign asks
    assert not in_hours(eager, paris("2026-12-25 10:00"))


def test_one_attempt_a_day() -> None:
    called = Callee(attempts=attempts("2026-11-23 09:05"))
    assert may_call(RULES, called, NOW) == Verdict("attempted_today", paris("2026-11-24 09:00"))
    assert may_call(RULES, called, paris("2026-11-24 09:00")).allowed


def test_the_day_is_the_one_of_paris() -> None:
    late = replace(RULES, windows=((time(9, 0), time(12, 0)),))
    called = Callee(attempts=(Attempt(paris("2026-11-23 00:30"), "no_answer"),))  # 22nd in UTC
    assert may_call(late, called, NOW).reason == "attempted_today"


def test_a_busy_line_may_be_tried_once_more_the_same_day_a_little_later() -> None:
    busy = Callee(attempts=attempts("2026-11-23 09:30", result="busy"))
    assert may_call(RULES, busy, NOW) == Verdict("attempted_today", paris("2026-11-23 10:15"))
    assert may_call(RULES, busy, paris("2026-11-23 10:15")).allowed
    twice = Callee(attempts=attempts("2026-11-23 09:30", "2026-11-23 10:20", result="busy"))
    verdict = may_call(RULES, twice, paris("2026-11-23 15:00"))
    assert verdict == Verdict("attempted_today", paris("2026-11-24 09:00"))


def test_a_line_busy_at_the_end_of_a_window_opens_with_the_next_one() -> None:
    noon = Callee(attempts=attempts("2026-11-23 12:10", result="busy"))
    evening = Callee(attempts=attempts("2026-11-23 18:40", result="busy"))
    assert may_call(RULES, noon, paris("2026-11-23 12:20")).opens_at == paris("2026-11-23 13:30")
    assert may_call(RULES, evening, paris("2026-11-23 18:50")).opens_at == paris("2026-11-24 09:00")


def test_four_attempts_in_thirty_days() -> None:
    moments = ("2026-11-02 10:00", "2026-11-05 15:00", "2026-11-10 10:00", "2026-11-16 15:00")
    four = Callee(attempts=attempts(*moments))
    verdict = may_call(RULES, four, NOW)
    assert verdict == Verdict("attempts_exhausted", paris("2026-12-02 09:00"))
    assert may_call(RULES, four, paris("2026-12-01 15:00")).reason == "attempts_exhausted"
    assert may_call(RULES, four, paris("2026-12-02 15:00")).allowed


def test_the_last_attempt_is_in_the_other_half_day() -> None:
    mornings = ("2026-11-16 10:00", "2026-11-17 11:00", "2026-11-18 12:15")
    three = Callee(attempts=attempts(*mornings))
    assert may_call(RULES, three, NOW) == Verdict("other_half_day", paris("2026-11-23 13:30"))
    assert may_call(RULES, three, paris("2026-11-23 13:30")).allowed
    mixed = Callee(attempts=attempts("2026-11-16 10:00", "2026-11-17 15:00", "2026-11-18 09:00"))
    assert may_call(RULES, mixed, NOW).allowed
    two = Callee(attempts=attempts(*mornings[:2]))
    assert may_call(RULES, two, NOW).allowed


def test_three_afternoons_wait_for_the_next_morning() -> None:
    afternoons = ("2026-11-16 14:00", "2026-11-17 15:00", "2026-11-18 16:00")
    three = Callee(attempts=attempts(*afternoons))
    friday = paris("2026-11-20 15:00")
    assert may_call(RULES, three, friday) == Verdict("other_half_day", paris("2026-11-23 09:00"))


def test_a_campaign_of_mornings_only_is_not_asked_for_another_half_day() -> None:
    mornings_only = replace(RULES, windows=((time(9, 0), time(12, 0)),))
    three = Callee(attempts=attempts("2026-11-16 10:00", "2026-11-17 11:00", "2026-11-18 11:15"))
    assert may_call(mornings_only, three, NOW).allowed
    assert retry_at(mornings_only, NOW, "no_answer") == paris("2026-11-24 09:00")


def test_one_long_window_still_has_two_half_days() -> None:
    whole = replace(RULES, windows=((time(10, 0), time(18, 0)),))
    assert retry_at(whole, NOW, "no_answer") == paris("2026-11-24 13:00")


def test_sixty_days_of_rest_after_a_refusal() -> None:
    resting = Callee(stops=Stops(rests_until=date(2027, 1, 22)))
    verdict = may_call(RULES, resting, NOW)
    assert verdict == Verdict("resting", paris("2027-01-22 09:00"))
    assert may_call(RULES, resting, paris("2027-01-22 09:00")).allowed


@pytest.mark.parametrize(
    ("callee", "reason"),
    [
        (Callee(stops=Stops(opposed=True)), "opposed"),
        (Callee(stops=Stops(bereaved=True)), "deceased"),
        (Callee(stops=Stops(dialable=False)), "no_phone"),
    ],
)
def test_a_stop_is_for_ever_and_no_callback_passes_over_it(callee: Callee, reason: str) -> None:
    assert may_call(RULES, callee, NOW) == Verdict(reason)
    assert may_call(RULES, replace(callee, callback_due=True), NOW) == Verdict(reason)


def test_a_promised_callback_passes_over_the_counts_but_not_over_hours_or_rest() -> None:
    four = attempts("2026-11-02 10:00", "2026-11-05 10:00", "2026-11-10 10:00", "2026-11-23 09:05")
    promised = Callee(attempts=four, callback_due=True)
    assert may_call(RULES, promised, NOW).allowed
    assert may_call(RULES, promised, paris("2026-11-23 13:00")).reason == "outside_hours"
    resting = replace(promised, stops=Stops(rests_until=date(2026, 12, 24)))
    assert may_call(RULES, resting, NOW).reason == "resting"


def test_one_voicemail_in_seven_days_which_does_not_forbid_calling() -> None:
    left = attempts("2026-11-18 15:00", result="voicemail_left")
    assert not may_leave_voicemail(RULES, left, NOW)
    assert may_call(RULES, Callee(attempts=left), NOW).allowed
    assert may_leave_voicemail(RULES, left, NOW + timedelta(days=3))
    assert may_leave_voicemail(RULES, attempts("2026-11-20 10:00"), NOW)


@pytest.mark.parametrize(
    ("moment", "result", "again"),
    [
        ("2026-11-23 10:00", "no_answer", "2026-11-24 13:30"),
        ("2026-11-23 15:00", "no_answer", "2026-11-24 09:00"),
        ("2026-11-27 15:00", "third_party", "2026-11-30 09:00"),
        ("2026-12-24 10:00", "voicemail_none", "2026-12-28 13:30"),
        ("2026-11-23 10:00", "busy", "2026-11-23 10:45"),
        ("2026-11-23 12:10", "busy", "2026-11-23 13:30"),
        ("2026-11-23 18:40", "busy", "2026-11-24 09:00"),
    ],
)
def test_a_retry_is_in_another_half_day_a_busy_line_the_same_day(
    moment: str, result: str, again: str
) -> None:
    assert retry_at(RULES, paris(moment), result) == paris(again)


def test_every_reason_has_a_sentence() -> None:
    assert all(NoCallReason.labels().values())
