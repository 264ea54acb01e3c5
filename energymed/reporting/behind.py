"""The cases behind a figure, each with what it weighs: together they are the figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Actor
from energymed.base.db.chunks import chunks
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.cases.models import Case, Person
from energymed.reporting.definitions import INDICATORS, SHARES, Indicator
from energymed.reporting.indicators import weights
from energymed.reporting.scope import Scope

BEHIND = ListQuery(
    sorts={
        "reference": Case.reference,
        "name": Person.name_key,
        "opening": Case.opening_debt_cents,
        "balance": Case.debt_cents,
        "weight": literal_column("weight"),
    },
    usual="reference",
    ties=(Case.id,),
)


@dataclass(frozen=True, slots=True)
class Behind:
    """{case: what it weighs in the indicator}, in the order that was asked for."""

    indicator: Indicator
    weights: dict[int, int]

    @property
    def total(self) -> int:
        """The figure."""
        return sum(self.weights.values())

    @property
    def all_weigh_one(self) -> bool:
        """Whether what a case weighs tells nothing, as the figure counts cases."""
        return set(self.weights.values()) <= {1}


def indicator_of(code: str) -> Indicator:
    """The indicator of a code; of a share its numerator, whose cases it opens.

    Raises:
        NotFound: no such indicator.
    """
    code = SHARES[code].numerator if code in SHARES else code
    if code not in INDICATORS:
        raise NotFound(N_("Indicateur inconnu : %(code)s."), code=code)
    return INDICATORS[code]


def behind(session: Session, actor: Actor, code: str, scope: Scope, sort: str = "") -> Behind:
    """The cases that make a figure, within what the actor may see; one statement.

    Raises:
        NotFound: no such indicator.
    """
    indicator = indicator_of(code)
    rows = weights(indicator.code, scope).subquery()
    statement = (
        select(Case.id, rows.c.weight.label("weight"))
        .join(rows, rows.c.case_id == Case.id)
        .join(Person, Person.id == Case.person_id)
    )
    found = session.execute(BEHIND.order(scoped(statement, Case, actor), sort))
    return Behind(indicator, {case_id: int(weight) for case_id, weight in found})


def load_cases(session: Session, case_ids: Sequence[int]) -> list[Case]:
    """These cases with person and partner, in this order."""
    whole = (joinedload(Case.person, innerjoin=True), joinedload(Case.partner, innerjoin=True))
    found: dict[int, Case] = {}
    for some in chunks(case_ids):
        statement = select(Case).where(Case.id.in_(some)).options(*whole)
        found |= {case.id: case for case in session.scalars(statement)}
    return [found[case_id] for case_id in case_ids]
