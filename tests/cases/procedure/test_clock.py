"""The first day of a step, against a simulation that walks day by day and knows no bounds."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from energymed.cases.codes import SupplyState
from energymed.cases.procedure.clock import (
    barred_on,
    earliest,
    free_days_after,
    next_step,
)
from energymed.cases.procedure.facts import Step, Supply, Why, due_day, known_energy
from energymed.cases.procedure.outlook import lines_of
from energymed.partners.codes import Energy
from energymed.partners.procedure_rules import ProcedureRules, WinterTruce

pytestmark = pytest.mark.once

DAY = timedelta(days=1)
WINTER = WinterTruce((11, 1), (3, 31))
RULES = ProcedureRules(WINTER)
POWER, GAS, WATER = Energy.ELECTRICITY, Energy.GAS, Energy.WATER
CUT, REDUCTION = Step.CUT, Step.REDUCTION
LIMITED = SupplyState.LIMITED


class Walk:
    """The law told day by day."""

    def __init__(
        self, supply: Supply, energy: Energy | None, step: Step, rules: ProcedureRules
    ) -> None:
        self.supply, self.energy, self.step, self.rules = supply, energy, step, rules
        self.home = supply.main_residence is not False and energy != WATER

    def reasons(self, day: date) -> set[Why]:
        """What stands in the way on a day."""
        found = set()
        if self.in_winter(day) and (self.step == CUT or self.attested(day)):
            found.add(Why.TRUCE)
        if self.fsl(day):
            found.add(Why.FSL)
        if self.supply.state == LIMITED:
            if self.step == CUT and self.sixty(day):
                found.add(Why.SIXTY_DAYS)
            return found
        return found | set(self.letters(day))

    def in_winter(self, day: date) -> bool:
        """Whether the truce protects this home on a day."""
        (first_month, first_day), (last_month, last_day) = (
            self.rules.truce.first,
            self.rules.truce.last,
        )
        code, first, last = (
            m * 100 + d
            for m, d in ((day.month, day.day), (first_month, first_day), (last_month, last_day))
        )
        within = first <= code <= last if first <= last else code >= first or code <= last
        return self.home and within

    def attested(self, day: date) -> bool:
        """Whether the cheque protects on a day."""
        return self.supply.cheque_until is not None and day <= self.supply.cheque_until

    def protected(self, day: date) -> bool:
        """Whether the home is a protected one on a day."""
        return self.supply.fsl_aided or self.attested(day)

    def fsl(self, day: date) -> bool:
        """Whether a filed request, or the notice after it, still runs on a day."""
        filed = self.supply.fsl_filed_on
        if filed is None:
            return False
        year, month = filed.year, filed.month
        for _month in range(self.rules.fsl_months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = date(year, month, min(filed.day, monthrange(year, month)[1]))
        decided = self.supply.fsl_decided_on
        if decided is not None and decided < end:
            end = decided
        return (day - end).days < self.rules.fsl_notice_days

    def sixty(self, day: date) -> bool:
        """Whether the days at reduced power are not yet over on a day."""
        since, supply = self.supply.since, self.supply
        if since is None or self.energy != POWER or supply.communicating_meter is not True:
            return False
        if not self.protected(since):
            return False
        passed, at = 0, since
        while at < day:
            passed += not self.in_winter(at)
            at += DAY
        return passed < self.rules.limited_days

    def letters(self, day: date) -> Iterator[Why]:
        """The letters that are not yet long enough ago on a day."""
        supply, rules = self.supply, self.rules
        start = supply.first_letter_on or supply.due_on
        wait = rules.first_letter_days
        if start is not None and self.protected(start):
            wait = rules.first_letter_protected_days
        both = wait + rules.second_letter_days
        first, second = supply.first_letter_on, supply.second_letter_on
        if second and (day - second).days < rules.second_letter_days:
            yield Why.SECOND_LETTER
        if first and (day - first).days < both:
            yield Why.FIRST_LETTER
        unknown = not (first or second or supply.planned_on)
        if unknown and supply.due_on and (day - supply.due_on).days < both:
            yield Why.DUE

    def first_day(self, today: date) -> date:
        """The first day on which nothing stands in the way."""
        day = today
        while self.reasons(day):
            day += DAY
        return day


DAYS = st.dates(date(2023, 6, 1), date(2029, 3, 31))
TRUCES = st.sampled_from(
    [WINTER, WinterTruce((10, 15), (4, 15)), WinterTruce((1, 10), (2, 29)),
     WinterTruce((2, 29), (4, 1)), WinterTruce((11, 1), (2, 29)), WinterTruce((6, 1), (6, 1))]
)  # fmt: skip
BEFORE = st.one_of(st.none(), st.integers(0, 500))  # days before today


@st.composite
def situations(draw: st.DrawFn) -> tuple[Supply, Energy | None, Step, ProcedureRules, date]:
    """A supply, one of its energies, a step that may come to it, the rules and the day."""
    today = draw(DAYS)

    def ago() -> date | None:
        days = draw(BEFORE)
        return None if days is None else today - timedelta(days=days)

    cheque = draw(st.one_of(st.none(), st.integers(-500, 500)))
    filed = ago()
    supply = Supply(
        energy=draw(st.sampled_from([None, *Energy])),
        state=draw(st.sampled_from(list(SupplyState))),
        since=ago(),
        first_letter_on=ago(),
        second_letter_on=ago(),
        due_on=ago(),
        planned_on=draw(st.one_of(st.none(), st.just(today))),
        main_residence=draw(st.sampled_from([None, True, False])),
        communicating_meter=draw(st.sampled_from([None, True, False])),
        cheque_until=None if cheque is None else today + timedelta(days=cheque),
        fsl_aided=draw(st.booleans()),
        fsl_filed_on=filed,
        fsl_decided_on=filed + timedelta(days=draw(st.integers(0, 90)))
        if filed and draw(st.booleans())
        else None,
    )
    energy, line = draw(st.sampled_from(lines_of(supply)))
    step = next_step(line, energy) or CUT
    rules = ProcedureRules(draw(TRUCES), limited_days=draw(st.sampled_from([1, 60, 400])))
    return line, energy, step, rules, today


@given(situations())
@example((Supply(due_on=date(2024, 2, 26)), None, CUT, RULES, date(2024, 2, 26)))  # both at once
def test_the_first_day_is_that_of_a_walk_day_by_day(
    found: tuple[Supply, Energy | None, Step, ProcedureRules, date],
) -> None:
    supply, energy, step, rules, today = found
    walk = Walk(supply, energy, step, rules)
    first = walk.first_day(today)
    told = earliest(supply, energy, step, rules, today)
    assert told.day == first
    if first == today:
        assert told.why is None
    else:
        # what is told stands in the way on the eve, and is the first of all that do
        barred = walk.reasons(first - DAY)
        assert told.why == next(why for why in Why if why in barred)
    for day in (first, first - DAY, today):
        said = barred_on(supply, energy, step, rules, day)
        assert said == next((why for why in Why if why in walk.reasons(day)), None)


@given(DAYS, st.integers(1, 400), TRUCES)
@example(date(2026, 10, 15), 17, WINTER)  # the last of them is the eve of the truce
@example(date(2026, 10, 15), 18, WINTER)
@example(date(2024, 2, 1), 60, WINTER)
def test_free_days_are_counted_as_they_pass(start: date, days: int, truce: WinterTruce) -> None:
    day, left = start, days
    while left:
        left -= not truce.covers(day)
        day += DAY
    assert free_days_after(start, days, truce) == day
    assert free_days_after(start, days, None) == start + timedelta(days=days)


def test_days_stand_still_from_november_to_march_and_go_on_in_april() -> None:
    # 17 days of October, then 43 from the first of April
    assert free_days_after(date(2026, 10, 15), 60, WINTER) == date(2027, 5, 14)
    # begun in the truce: counted from the first of April on
    assert free_days_after(date(2026, 12, 24), 60, WINTER) == date(2027, 5, 31)
    # over before it
    assert free_days_after(date(2026, 9, 2), 60, WINTER) == date(2026, 11, 1)
    assert free_days_after(date(2026, 9, 1), 60, WINTER) == date(2026, 10, 31)


SINCE = date(2026, 5, 4)
AT_HOME = Supply(energy=POWER, state=LIMITED, since=SINCE, communicating_meter=True)
PROTECTED = replace(AT_HOME, cheque_until=SINCE)
LETTER = date(2026, 6, 1)
AS_USUAL = Supply(energy=POWER, state=SupplyState.NORMAL)


@pytest.mark.parametrize(
    ("supply", "energy", "step", "first", "why"),
    [
        # 60 days at 1 kVA: the cheque held on the day of the limitation, or the FSL has aided
        (PROTECTED, POWER, CUT, SINCE + timedelta(days=60), Why.SIXTY_DAYS),
        (replace(AT_HOME, fsl_aided=True), POWER, CUT, SINCE + timedelta(days=60), Why.SIXTY_DAYS),
        # its protections had ended the day before; or an older meter; or nobody knows
        (replace(AT_HOME, cheque_until=SINCE - DAY), POWER, CUT, SINCE, None),
        (replace(PROTECTED, communicating_meter=False), POWER, CUT, SINCE, None),
        (replace(PROTECTED, communicating_meter=None), POWER, CUT, SINCE, None),
        # the second letter
        (replace(AS_USUAL, second_letter_on=LETTER), POWER, REDUCTION, date(2026, 6, 21),
         Why.SECOND_LETTER),
        (replace(AS_USUAL, second_letter_on=LETTER), GAS, CUT, date(2026, 6, 21),
         Why.SECOND_LETTER),
        # the first letter: 15 + 20 days, 30 + 20 for a protected home
        (replace(AS_USUAL, first_letter_on=LETTER), POWER, REDUCTION, date(2026, 7, 6),
         Why.FIRST_LETTER),
        (replace(AS_USUAL, first_letter_on=LETTER, cheque_until=LETTER), POWER, REDUCTION,
         date(2026, 7, 21), Why.FIRST_LETTER),
        (replace(AS_USUAL, first_letter_on=LETTER, cheque_until=LETTER - DAY), POWER, REDUCTION,
         date(2026, 7, 6), Why.FIRST_LETTER),
        # a second letter that came too early helps nobody
        (replace(AS_USUAL, first_letter_on=LETTER, second_letter_on=LETTER + DAY), POWER, REDUCTION,
         date(2026, 7, 6), Why.FIRST_LETTER),
        (replace(AS_USUAL, due_on=LETTER), POWER, REDUCTION, date(2026, 7, 6), Why.DUE),
        # FSL: two months at most, then twenty days' notice
        (replace(AS_USUAL, fsl_filed_on=LETTER), POWER, REDUCTION, date(2026, 8, 21), Why.FSL),
        (replace(AS_USUAL, fsl_filed_on=date(2025, 12, 31)), POWER, REDUCTION, date(2026, 3, 20),
         Why.FSL),
        (replace(AS_USUAL, fsl_filed_on=LETTER, fsl_decided_on=date(2026, 6, 10)), POWER, REDUCTION,
         date(2026, 6, 30), Why.FSL),
        # a decision after the two months prolongs nothing
        (replace(AS_USUAL, fsl_filed_on=LETTER, fsl_decided_on=date(2026, 9, 10)), POWER, REDUCTION,
         date(2026, 8, 21), Why.FSL),
        (replace(PROTECTED, fsl_filed_on=SINCE), POWER, CUT, date(2026, 7, 24), Why.FSL),
    ],
)  # fmt: skip
def test_each_rule_on_both_sides_of_its_day(
    supply: Supply, energy: Energy, step: Step, first: date, why: Why | None
) -> None:
    began = min(filter(None, (supply.since, supply.first_letter_on, supply.second_letter_on,
                              supply.due_on, supply.fsl_filed_on)))  # fmt: skip
    assert earliest(supply, energy, step, RULES, began).day == first
    assert earliest(supply, energy, step, RULES, began).why == why
    assert barred_on(supply, energy, step, RULES, first) is None
    assert barred_on(supply, energy, step, RULES, first - DAY) == why
    assert earliest(supply, energy, step, RULES, first).why is None


@pytest.mark.parametrize(
    ("day", "cut", "reduced", "reduced_with_cheque"),
    [
        (date(2026, 10, 31), True, True, True), (date(2026, 11, 1), False, True, False),
        (date(2027, 3, 31), False, True, False), (date(2027, 4, 1), True, True, True),
        (date(2028, 2, 29), False, True, False),
    ],
)  # fmt: skip
def test_the_truce_on_both_sides_of_its_days(
    day: date, cut: bool, reduced: bool, reduced_with_cheque: bool
) -> None:
    attested = replace(AS_USUAL, cheque_until=date(2028, 4, 30))
    second_home = replace(attested, main_residence=False)
    for energy in (POWER, GAS, Energy.HEAT, None):
        assert (barred_on(AS_USUAL, energy, CUT, RULES, day) is None) == cut
    assert (barred_on(AS_USUAL, POWER, REDUCTION, RULES, day) is None) == reduced
    assert (barred_on(attested, POWER, REDUCTION, RULES, day) is None) == reduced_with_cheque
    assert barred_on(second_home, POWER, CUT, RULES, day) is None
    assert barred_on(second_home, POWER, REDUCTION, RULES, day) is None


def test_a_cheque_whose_protections_end_in_the_truce_protects_to_that_day() -> None:
    end = date(2027, 1, 15)
    supply = replace(AS_USUAL, cheque_until=end)
    assert barred_on(supply, POWER, REDUCTION, RULES, end) == Why.TRUCE
    assert barred_on(supply, POWER, REDUCTION, RULES, end + DAY) is None
    assert earliest(supply, POWER, REDUCTION, RULES, date(2026, 12, 1)).day == end + DAY


def test_a_truce_without_an_end_leaves_no_day() -> None:
    always = replace(RULES, truce=WinterTruce((1, 1), (12, 31)))
    assert always.truce.is_endless
    assert not WINTER.is_endless
    found = earliest(AS_USUAL, GAS, CUT, always, date(2026, 6, 1))
    assert (found.day, found.why) == (None, Why.TRUCE)
    assert free_days_after(date(2026, 6, 1), 3, always.truce) == date(2026, 6, 4)


@pytest.mark.parametrize(
    ("supply", "energy", "step"),
    [
        (AS_USUAL, POWER, REDUCTION), (replace(AS_USUAL, communicating_meter=False), POWER, CUT),
        (AS_USUAL, GAS, CUT), (AS_USUAL, Energy.HEAT, CUT), (AS_USUAL, None, CUT),
        (AS_USUAL, WATER, None), (replace(AS_USUAL, main_residence=False), WATER, CUT),
        (AT_HOME, POWER, CUT), (replace(AS_USUAL, state=SupplyState.CUT), POWER, None),
        (replace(AS_USUAL, state=SupplyState.TERMINATED), GAS, None),
    ],
)  # fmt: skip
def test_what_comes_next(supply: Supply, energy: Energy | None, step: Step | None) -> None:
    assert next_step(supply, energy) == step


def test_only_electricity_is_ever_limited() -> None:
    both = replace(AT_HOME, energy=Energy.BOTH)
    (power, limited), (gas, usual) = lines_of(both)
    assert (power, limited.state, gas, usual.state) == (POWER, LIMITED, GAS, SupplyState.NORMAL)
    assert [line[0] for line in lines_of(replace(AT_HOME, energy=None))] == [POWER]
    for energy in (GAS, WATER, Energy.HEAT):
        ((told, line),) = lines_of(replace(AT_HOME, energy=energy))
        assert (told, line.state, line.since) == (energy, SupplyState.NORMAL, None)
        assert next_step(line, told) != REDUCTION


def test_a_bill_is_due_a_fortnight_after_its_issue_or_on_its_later_date() -> None:
    issued = date(2026, 5, 1)
    assert due_day(None, issued, 14) == date(2026, 5, 15)
    assert due_day(date(2026, 5, 14), issued, 14) == date(2026, 5, 15)
    assert due_day(date(2026, 5, 16), issued, 14) == date(2026, 5, 16)
    assert due_day(date(2026, 5, 16), None, 14) == date(2026, 5, 16)
    assert due_day(None, None, 14) is None


def test_what_is_supplied_is_known_from_the_file_then_the_point_then_the_mission() -> None:
    assert known_energy(WATER, "GI123456", "electricity") == WATER
    assert known_energy(None, "GI123456", "electricity") == GAS
    assert known_energy(None, "38260742728468", "electricity") == POWER
    assert known_energy(None, "38260742728468", "") is None
