"""The days of a procedure that are drawn on a line."""

from datetime import date

import pytest

from energymed.cases.codes import SupplyState
from energymed.cases.procedure.days import DayKind, ProcedureDays, StretchKind, days_of
from energymed.cases.procedure.facts import Supply
from energymed.cases.procedure.outlook import outlooks
from energymed.partners.codes import Energy
from energymed.partners.procedure_rules import ProcedureRules, WinterTruce

pytestmark = pytest.mark.once

RULES = ProcedureRules(WinterTruce((11, 1), (3, 31)))
NOVEMBER, JUNE = date(2026, 11, 23), date(2026, 6, 1)
HOME = Supply(energy=Energy.ELECTRICITY, main_residence=True)


def drawn(supply: Supply, today: date) -> ProcedureDays:
    return days_of(supply, outlooks(supply, RULES, today), RULES, today)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 10, 31), date(2026, 11, 1), date(2027, 3, 31)),
        (date(2026, 11, 1), date(2026, 11, 1), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2026, 11, 1), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 11, 1), date(2028, 3, 31)),
    ],
)
def test_the_truce_that_runs_or_comes_next(today: date, first: date, last: date) -> None:
    (truce,) = drawn(HOME, today).stretches
    assert (truce.kind, truce.first, truce.last) == (StretchKind.TRUCE, first, last)


def test_letters_then_what_may_come() -> None:
    gas = Supply(energy=Energy.GAS, first_letter_on=date(2026, 5, 2),
                 second_letter_on=date(2026, 5, 25), due_on=date(2025, 1, 1))  # fmt: skip
    assert drawn(gas, JUNE).days == [
        (DayKind.FIRST_LETTER, date(2026, 5, 2)),
        (DayKind.SECOND_LETTER, date(2026, 5, 25)),
        (DayKind.MAY_BE_CUT, date(2026, 6, 14)),
    ]  # a bill of 17 months ago says nothing of what comes next


def test_what_protects_until_when() -> None:
    aided = Supply(energy=Energy.ELECTRICITY, fsl_filed_on=date(2026, 11, 2),
                   cheque_until=date(2027, 4, 30), planned_on=date(2026, 12, 8))  # fmt: skip
    line = drawn(aided, NOVEMBER)
    assert {each.kind: each.last for each in line.stretches} == {
        StretchKind.TRUCE: date(2027, 3, 31),
        StretchKind.CHEQUE: date(2027, 4, 30),
        StretchKind.FSL: date(2027, 1, 2),
    }
    assert (DayKind.ANNOUNCED, date(2026, 12, 8)) in line.days


def test_a_second_home_has_no_truce_and_water_no_line() -> None:
    away = Supply(energy=Energy.GAS, main_residence=False)
    assert drawn(away, NOVEMBER).stretches == []
    assert drawn(Supply(energy=Energy.WATER), NOVEMBER) == ProcedureDays()


def test_since_when_power_is_reduced() -> None:
    limited = Supply(energy=Energy.ELECTRICITY, state=SupplyState.LIMITED, since=date(2026, 11, 2))
    assert (DayKind.REDUCED, date(2026, 11, 2)) in drawn(limited, NOVEMBER).days
