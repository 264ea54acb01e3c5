"""Computing the indicators of a scope, with the year before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from energymed.base.spreadsheets import Kind
from energymed.reporting.case_rows import case_rows
from energymed.reporting.definitions import INDICATORS, SHARES, files_imported
from energymed.reporting.scope import Scope

FILES = "files_imported"


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed indicator. `value` is a count, cents, or a share from 0 to 1.

    `terms` are a share's numerator and denominator; `before` is the value of N-1. `value` is
    None for a share whose denominator is 0.
    """

    code: str
    label: str
    unit: Kind
    value: float | None
    terms: tuple[int, int] | None = None
    before: float | None = None

    @property
    def change(self) -> float | None:
        """Change against N-1: 0.05 is +5 %, of a share +5 points; blank when N-1 is 0."""
        if not self.before or self.value is None:
            return None
        return self.value - self.before if self.unit == Kind.SHARE else self.value / self.before - 1


def compute(session: Session, scope: Scope) -> dict[str, Figure]:
    """Every indicator of the scope, in the order of the definitions; two statements."""
    return _figures(totals(session, INDICATORS, scope))


def compute_with_year_before(session: Session, scope: Scope, today: date) -> dict[str, Figure]:
    """The same, each with its value of N-1: while a period runs, of the same days."""
    figures = compute(session, scope)
    earlier = scope.period.compared_with(today)
    if earlier is None:
        return figures
    before = compute(session, replace(scope, period=earlier))
    return {code: replace(figure, before=before[code].value) for code, figure in figures.items()}


def totals(session: Session, codes: Iterable[str], scope: Scope) -> dict[str, int]:
    """{code: figure}: for each the sum of what the cases weigh, all in one pass."""
    found = dict.fromkeys(codes, 0)
    of_cases = [code for code in found if code != FILES]
    if of_cases:
        row = case_rows(scope).c
        sums = (func.coalesce(func.sum(INDICATORS[code].weight(row)), 0) for code in of_cases)
        values = session.execute(select(*sums)).one()
        found.update(zip(of_cases, map(int, values), strict=True))
    if FILES in found:
        found[FILES] = int(session.scalar(files_imported(scope)) or 0)
    return found


def total(session: Session, code: str, scope: Scope) -> int:
    """One figure."""
    return totals(session, (code,), scope)[code]


def weights(code: str, scope: Scope) -> Select[*tuple[Any, ...]]:
    """Select of (case_id, weight) that makes a figure: the cases that weigh something in it."""
    row = case_rows(scope).c
    weight = INDICATORS[code].weight(row)
    return select(row.case_id, weight.label("weight")).where(weight != 0)


def _figures(values: dict[str, int]) -> dict[str, Figure]:
    figures = {
        code: Figure(code, indicator.label, indicator.unit, values[code])
        for code, indicator in INDICATORS.items()
    }
    for code, share in SHARES.items():
        terms = values[share.numerator], values[share.denominator]
        value = terms[0] / terms[1] if terms[1] else None
        figures[code] = Figure(code, share.label, Kind.SHARE, value, terms)
    return figures
