"""Planned interventions: when they may begin, and whether the customer was told before."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from energymed.base.clock import PARIS
from energymed.base.context import SYSTEM, Context
from energymed.cases.cutoff import mark_told, past_cutoff, scheduled_at
from energymed.cases.models import Case
from energymed.partners.codes import CampaignKind

TUESDAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("slot", "hour", "minute"),
    [
        ("13h-17h", 13, 0),
        ("08h-12h", 8, 0),
        ("8H30 - 12H", 8, 30),
        ("09:15-11:00", 9, 15),
        ("entre 14 h et 16 h", 14, 0),
        ("13-17h", 13, 0),
        ("13 - 17 h", 13, 0),
        ("8 à 12 h", 8, 0),
        ("10/12h", 10, 0),
        ("9h 12h", 9, 0),
        ("créneau 2 (13h-17h)", 13, 0),
        ("00h", 0, 0),
        ("après-midi", 13, 0),
        ("Apres midi", 13, 0),
        ("PM", 13, 0),
        ("13-17", 13, 0),
        ("13.30-17.00", 13, 30),
        ("1330-1700", 13, 30),
        ("13h30-17h", 13, 30),
        ("14", 14, 0),
        ("RDV 2 - 14h", 14, 0),
        ("le 12/11 à 14h", 14, 0),
    ],
)
def test_an_intervention_may_begin_at_the_slots_first_hour(
    slot: str, hour: int, minute: int
) -> None:
    expected = datetime(2026, 11, 10, hour, minute, tzinfo=UTC).timestamp() - 3600
    assert scheduled_at(TUESDAY, slot, None).timestamp() == expected


@pytest.mark.parametrize("slot", [None, "", "matin", "26h", "10h75", "journée 2"])
def test_without_an_hour_it_may_begin_at_eight(slot: str | None) -> None:
    assert scheduled_at(TUESDAY, slot, None) == datetime(2026, 11, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "in_utc"),
    [
        (date(2026, 3, 28), 12),  # winter time
        (date(2026, 3, 29), 11),  # the night's change is past at that hour
        (date(2026, 10, 24), 11),
        (date(2026, 10, 25), 12),
    ],
)
def test_the_hour_is_that_of_paris_on_that_day(day: date, in_utc: int) -> None:
    expected = datetime(day.year, day.month, day.day, in_utc, tzinfo=UTC)
    assert scheduled_at(day, "13h-17h", None) == expected


def ctx_of(at: datetime) -> Context:
    """A use case whose session is never flushed: these cases are in no database."""
    return Context(Session(), SYSTEM, at)


@pytest.mark.parametrize(
    ("told", "in_time"),
    [
        (datetime(2026, 11, 9, 15, tzinfo=UTC), True),
        (datetime(2026, 11, 10, 11, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 10, 12, tzinfo=UTC), False),  # 13:00 in Paris, they are at the door
        (datetime(2026, 11, 11, 8, tzinfo=UTC), False),
    ],
)
def test_told_in_time_is_told_before_the_first_hour(told: datetime, in_time: bool) -> None:
    case = Case(cutoff_date=TUESDAY, cutoff_slot="13h-17h")
    mark_told(ctx_of(told), case, told)
    assert (case.told_at, case.told_in_time) == (told, in_time)


def test_nobody_can_say_in_time_of_a_date_that_is_not_known() -> None:
    told = datetime(2026, 11, 9, 15, tzinfo=UTC)
    case = Case(cutoff_date=None, cutoff_slot="13h-17h")
    mark_told(ctx_of(told), case, told)
    assert (case.told_at, case.told_in_time) == (told, None)


def test_what_was_told_can_be_taken_back() -> None:
    case = Case(cutoff_date=TUESDAY, cutoff_slot=None)
    at = datetime(2026, 11, 9, 15, tzinfo=UTC)
    mark_told(ctx_of(at), case, at)
    mark_told(ctx_of(at), case, None)
    assert (case.told_at, case.told_in_time) == (None, None)


@pytest.mark.parametrize(("minute", "past"), [(59, False), (0, True)])
def test_a_notice_comes_too_late_from_the_very_minute_on(minute: int, past: bool) -> None:
    at = datetime(2026, 11, 10, 13 if past else 12, minute, tzinfo=PARIS)
    case = Case(
        campaign_kind=CampaignKind.CUTOFF_NOTICE, cutoff_date=TUESDAY, cutoff_slot="13h-17h"
    )
    assert past_cutoff(case, at) is past
    case.campaign_kind = CampaignKind.UNPAID_BILL
    assert not past_cutoff(case, at)
