"""Hours and days as one says them: 10 h 30, and the weekday of a day to be there or to call."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from energymed.base.text.typed import typed
from energymed.web.shared.filters import clock, meeting, meeting_day
from tests.factories import MONDAY_MORNING as NOW

AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)  # a Tuesday, half past ten in Paris


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AT, "mar. 1 déc. à 10 h 30"),
        (AT.replace(minute=0), "mar. 1 déc. à 10 h"),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "jeu. 31 déc. à 23 h 59"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "ven. 1 janv. 2027 à 0 h"),  # in Paris
        (None, "—"),
    ],
)
def test_a_moment_to_be_there_has_its_weekday(app: Flask, at: datetime | None, said: str) -> None:
    with time_machine.travel(NOW, tick=False), app.test_request_context():
        assert typed(meeting(at)) == said


def test_a_reader_of_english_has_a_clock(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert clock(AT) == "10:30"


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 12, 31), "jeu. 31 déc."), (date(2027, 1, 1), "ven. 1 janv. 2027")],
)
def test_the_year_is_told_when_it_is_another(app: Flask, day: date, said: str) -> None:
    with time_machine.travel(NOW, tick=False), app.test_request_context():
        assert meeting_day(day) == said
