"""Computing the indicators of a scope, with the year before, and the cases behind a figure."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Actor
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Kind
from energymed.cases.models import Case
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.scope import Scope


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
        """Change against N-1 as a share (0.05 is +5 %); blank when N-1 is 0."""
        if not self.before or self.value is None:
            return None
        return self.value / self.before - 1


def compute(session: Session, scope: Scope) -> dict[str, Figure]:
    """Every indicator of the scope, in the order of the definitions."""
    values = {code: total(session, code, scope) for code in INDICATORS}
    figures = {
        code: Figure(code, indicator.label, indicator.unit, values[code])
        for code, indicator in INDICATORS.items()
    }
    for code, share in SHARES.items():
        terms = values[share.numerator], values[share.denominator]
        value = terms[0] / terms[1] if terms[1] else None
        figures[code] = Figure(code, share.label, Kind.SHARE, value, terms)
    return figures


def compute_with_year_before(session: Session, scope: Scope) -> dict[str, Figure]:
    """The same, each with its value of the year before."""
    figures = compute(session, scope)
    earlier = scope.period.year_before
    if earlier is None:
        return figures
    before = compute(session, Scope(earlier, scope.partner_id, scope.kind, scope.site_id))
    return {
        code: Figure(f.code, f.label, f.unit, f.value, f.terms, before[code].value)
        for code, f in figures.items()
    }


def total(session: Session, code: str, scope: Scope) -> int:
    """One figure: the sum of the weights of its rows."""
    rows = INDICATORS[code].rows(scope).subquery()
    return int(session.scalar(select(func.coalesce(func.sum(rows.c.weight), 0))) or 0)


def cases_behind(actor: Actor, code: str, scope: Scope) -> Select[Case]:
    """Select of the cases that make a figure, within what the actor may see, by reference.

    A share opens the cases of its numerator.

    Raises:
        NotFound: no such indicator.
    """
    code = SHARES[code].numerator if code in SHARES else code
    if code not in INDICATORS:
        raise NotFound(N_("Indicateur inconnu : %(code)s."), code=code)
    rows = INDICATORS[code].rows(scope).subquery()
    statement = (
        select(Case)
        .where(Case.id.in_(select(rows.c.case_id)))
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.partner, innerjoin=True))
        .order_by(Case.reference, Case.id)
    )
    return scoped(statement, Case, actor)
