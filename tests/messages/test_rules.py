"""When a person may be written to."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.clock import PARIS, paris
from energymed.calling.eligibility.stopped import Stops
from energymed.messages.rules import Addressee, in_hours, may_write, next_opening, next_try
from energymed.partners.rulebook import MessageRules
from tests.calling.conftest import paris as at

RULES = MessageRules(time(8), time(20), gap_days=7, names_partner=False)
MONDAY = at("2026-11-23 10:00")
FIRST, LAST = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")
ANY_TIME = st.datetimes(FIRST, LAST, timezones=st.just(PARIS))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, None),
        ({"stops": Stops(opposed=True)}, "opposed"),
        ({"stops": Stops(bereaved=True)}, "deceased"),
        ({"stops": Stops(rests_until=date(2026, 11, 24))}, "resting"),
        ({"stops": Stops(rests_until=date(2026, 11, 23))}, None),
        ({"closure": "settled"}, "closed"),
        ({"closure": "unreachable"}, None),
        ({"closure": "wrong_data"}, None),
        ({"waiting": "pending"}, "pending"),
        ({"waiting": "unsure"}, "unsure"),
        ({"last_written_at": at("2026-11-16 10:01")}, "recent"),
        ({"last_written_at": at("2026-11-16 10:00")}, None),
    ],
)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_stops_and_gaps(said: dict[str, Any], reason: str | None, channel: str) -> None:
    assert may_write(RULES, Addressee(**said), channel, MONDAY).reason == reason


@pytest.mark.parametrize(
    ("moment", "postal_code", "opens"),
    [
        ("2026-11-23 07:59", None, "2026-11-23 08:00"),
        ("2026-11-23 20:00", None, "2026-11-24 08:00"),
        ("2026-11-21 20:00", None, "2026-11-23 08:00"),  # Saturday evening
        ("2026-11-22 12:00", None, "2026-11-23 08:00"),  # Sunday
        ("2026-11-11 12:00", None, "2026-11-12 08:00"),
        ("2026-12-26 12:00", "67000", "2026-12-28 08:00"),  # Alsace keeps Saint Stephen's day
    ],
)
def test_a_text_message_waits_for_its_hour(
    moment: str, postal_code: str | None, opens: str
) -> None:
    to = Addressee(postal_code=postal_code)
    found = may_write(RULES, to, "sms", at(moment))
    assert (found.reason, found.opens_at) == ("outside_hours", at(opens))
    assert may_write(RULES, to, "email", at(moment)).reason is None


@pytest.mark.parametrize("moment", ["2026-11-23 08:00", "2026-11-23 19:59", "2026-11-21 12:00"])
def test_a_text_message_may_ring(moment: str) -> None:
    assert may_write(RULES, Addressee(), "sms", at(moment)).reason is None


@given(ANY_TIME)
def test_an_opening_is_always_a_good_hour_and_never_before(moment: datetime) -> None:
    opens = next_opening(RULES, moment, "67000")
    assert opens is not None
    assert opens >= moment
    assert in_hours(RULES, opens, "67000")
    assert paris(opens).weekday() != 6


def test_tries_come_at_growing_gaps_and_end() -> None:
    gaps = []
    for attempts in range(1, 5):
        again = next_try(attempts, MONDAY)
        assert again is not None
        gaps.append((again - MONDAY) // timedelta(minutes=1))
    assert gaps == sorted(set(gaps)) == [1, 5, 15, 60]
    assert next_try(5, MONDAY) is None
