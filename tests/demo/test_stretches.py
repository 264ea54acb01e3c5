"""The past on paper: whatever the day, nothing in it is to come, and no month is left out."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from energymed.base.clock import paris_date
from energymed.base.dates import is_working_day, next_working_day
from energymed.base.invented_people import DROME, invent
from energymed.calling.eligibility.rules import in_hours
from energymed.demo.draft import CALLS_AT_MOST, CaseDraft, Totals, draft_unpaid
from energymed.demo.missions import DIJON_EDF, DIJON_ENEDIS, MISSIONS, PORTES_EDF, Mission
from energymed.demo.network import NetworkTotals, draft_network
from energymed.demo.stretches import WEEKS, Stretch, last_week, past_of, this_week
from energymed.partners.codes import CampaignKind
from tests.calling.eligibility.test_rules import RULES

DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31)).map(next_working_day)
AWKWARD = [
    date(2026, 1, 2), date(2026, 1, 12), date(2026, 1, 19), date(2026, 2, 23), date(2026, 4, 7),
    date(2026, 5, 4), date(2026, 11, 30), date(2027, 1, 4), date(2028, 12, 29),
]  # fmt: skip


@given(DAYS)
@example(date(2027, 1, 4))
@example(date(2026, 1, 2))
@example(date(2028, 1, 3))
def test_the_year_ends_before_the_weeks_since_and_those_before_last_week(today: date) -> None:
    year, since = past_of(today)
    assert year.whole
    assert since.year == year.year + 1
    assert year.last_day < since.received_on(WEEKS.start)
    assert since.last_day < today
    assert last_week(today) <= this_week(today) <= today
    if since.weeks:
        assert since.received_on(since.weeks[-1]) < last_week(today)
    received = [stretch.received_on(week) for stretch in (year, since) for week in stretch.weeks]
    received += [last_week(today), this_week(today)]
    assert all(is_working_day(day) for day in received)
    gaps = [later - earlier for earlier, later in pairwise(received)]
    assert max(gaps) <= timedelta(days=28)  # the feasts: no month passes without a file
    assert min(gaps) > timedelta(0)


@pytest.mark.slow
@pytest.mark.parametrize("today", AWKWARD, ids=str)
def test_nothing_that_was_drafted_is_to_come(today: date) -> None:
    for stretch in past_of(today):
        unpaid = draft_unpaid(Random(1), DIJON_EDF, stretch, DROME, [1, 2], 0)
        _is_over(unpaid, stretch)
    for stretch in (past_of(today)[0], past_of(today)[1].with_next_week()):
        for mission in DIJON_ENEDIS[:2]:
            _is_over(draft_network(Random(1), mission, stretch, DROME, [1, 2], 0), stretch)


def _is_over(cases: Sequence[CaseDraft], stretch: Stretch) -> None:
    for case in cases:
        calls = [call.at for call in case.calls]
        days = [paris_date(at) for at in calls]
        assert len(set(days)) == len(days) <= CALLS_AT_MOST
        assert all(in_hours(RULES, at) for at in calls)
        contacts = [*calls, *(at for _channel, at in case.others)]
        assert min(contacts) >= case.received_at
        assert paris_date(max(contacts)) <= stretch.last_day
        assert case.paid_on is None or case.paid_on <= stretch.last_day
        assert 0 <= case.paid_cents <= case.debt_cents or case.debt_cents == 0


@pytest.mark.parametrize("totals", [PORTES_EDF, DIJON_EDF])
def test_a_whole_year_adds_up_to_what_was_published(totals: Totals) -> None:
    year, _since = past_of(date(2026, 11, 30))
    cases = draft_unpaid(Random(7), totals, year, DROME, [1, 2, 3], 0)
    assert len(cases) == totals.cases
    assert sum(len(case.calls) for case in cases) == totals.calls
    assert sum(case.debt_cents for case in cases) == totals.debt_cents
    assert sum(case.paid_cents for case in cases) == totals.cleared_cents
    for act, count in totals.acts.items():
        assert sum(act in case.acts for case in cases) == count


@pytest.mark.parametrize("weeks", [0, 1, 5, 6, 7, 49])
def test_a_part_of_a_year_has_as_much_as_its_weeks(weeks: int) -> None:
    stretch = Stretch(2026, range(2, 2 + weeks), date(2026, 12, 31))
    part = PORTES_EDF.of(stretch)
    cases = draft_unpaid(Random(7), PORTES_EDF, stretch, DROME, [1], 0)
    assert part.cases == len(cases) == 75 * weeks
    assert part.calls == sum(len(case.calls) for case in cases) >= part.cases
    assert sum(case.debt_cents for case in cases) == part.debt_cents


def test_the_people_of_a_network_are_the_same_in_the_next_year() -> None:
    year, since = past_of(date(2026, 3, 2))
    calls = DIJON_ENEDIS[0]
    before = draft_network(Random(1), calls, year, DROME, [1], 0)
    after = draft_network(Random(1), calls, since, DROME, [1], 50_000, before)
    assert [case.person for case in after] == [case.person for case in before[: len(after)]]
    assert after[0].delivery_point == before[0].delivery_point
    assert not {case.reference for case in before} & {case.reference for case in after}
    assert all(case.kind == CampaignKind.CUTOFF_NOTICE for case in after)


def _numbers(mission: Mission) -> list[range]:
    """The serial numbers of its people, of the published year and of a year as full as can be."""
    if isinstance(mission.year, NetworkTotals):
        return [range(mission.numbers[0], mission.numbers[0] + mission.year.cases)]
    most = mission.year.cases_a_week * 51
    starts = zip(mission.numbers, (mission.year.cases, most), strict=True)
    return [range(first, first + count) for first, count in starts]


def test_nobody_shares_a_number_with_somebody_of_another_mission() -> None:
    spans = sorted(
        ((span.start, span.stop) for mission in MISSIONS for span in _numbers(mission)),
    )
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert spans[-1][1] <= 50_000
    ends = [0, 1, 7_999, 9_999, 10_000, 19_999, 29_999, 30_000, 49_999]
    phones = [phone for number in ends for phone in invent(Random(1), number).phones]
    assert len(set(phones)) == len(phones)
