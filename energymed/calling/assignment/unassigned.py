"""The cases that have no mediator yet, filtered, searched and sorted."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db.list_query import ListQuery
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.queries import SORTS
from energymed.cases.search import searched


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which unassigned cases; amounts in cents, empty for all. `text` is searched for."""

    partner_id: int | None = None
    site_id: int | None = None
    kind: str | None = None
    commune: str | None = None
    least_cents: int | None = None
    most_cents: int | None = None
    cutoff_before: date | None = None
    text: str = ""


def unassigned_cases(ctx: Context, chosen: CaseFilter) -> Select[Case]:
    """Select of the cases without a mediator that the filter keeps, by cut-off then age."""
    statement = (
        scoped(select(Case), Case, ctx.actor)
        .join(Person, Person.id == Case.person_id)
        .where(Case.state == CaseState.TO_ASSIGN)
        .options(contains_eager(Case.person), joinedload(Case.partner, innerjoin=True))
    )
    return searched(ctx, UNASSIGNED.apply(statement, chosen), chosen.text)


UNASSIGNED = ListQuery(
    sorts=SORTS,
    otherwise=(Case.cutoff_date.nulls_last(), Case.opened_at),
    ties=(Case.id,),
    filters={
        "partner_id": lambda partner_id: Case.partner_id == partner_id,
        "site_id": lambda site_id: Case.site_id == site_id,
        "kind": lambda kind: Case.campaign_kind == kind,
        "commune": lambda commune: Case.commune == commune,
        "least_cents": lambda cents: Case.debt_cents >= cents,
        "most_cents": lambda cents: Case.debt_cents <= cents,
        "cutoff_before": lambda day: Case.cutoff_date <= day,
    },
)


def unassigned_communes(ctx: Context) -> list[str]:
    """Communes of the cases to be assigned, for the filter."""
    statement = (
        select(Case.commune)
        .where(Case.state == CaseState.TO_ASSIGN, Case.commune.is_not(None))
        .distinct()
        .order_by(Case.commune)
    )
    return [str(commune) for commune in ctx.session.scalars(scoped(statement, Case, ctx.actor))]
