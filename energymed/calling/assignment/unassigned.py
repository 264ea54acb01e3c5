"""The pile: the cases that have no mediator yet, filtered, searched and sorted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Actor, Context
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.queries import SORTS, matches


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases of the pile; amounts in cents, empty for all. `text` is searched for."""

    partner_id: int | None = None
    site_id: int | None = None
    kind: str | None = None
    commune: str | None = None
    least_cents: int | None = None
    most_cents: int | None = None
    cutoff_before: date | None = None
    text: str = ""


def to_assign(actor: Actor, chosen: CaseFilter, sort: str = "") -> Select[Case]:
    """Select of the cases without a mediator that the filter keeps, by cut-off then age.

    Args:
        sort: another order, one of `cases.queries.SORTS`, with a minus for descending.
    """
    statement = (
        scoped(select(Case), Case, actor)
        .join(Person, Person.id == Case.person_id)
        .where(Case.state == CaseState.TO_ASSIGN)
        .options(contains_eager(Case.person), joinedload(Case.partner, innerjoin=True))
    )
    if chosen.least_cents is not None:
        statement = statement.where(Case.debt_cents >= chosen.least_cents)
    if chosen.most_cents is not None:
        statement = statement.where(Case.debt_cents <= chosen.most_cents)
    if chosen.cutoff_before is not None:
        statement = statement.where(Case.cutoff_date <= chosen.cutoff_before)
    if chosen.text:
        statement = statement.where(matches(chosen.text))
    equal = {
        Case.partner_id: chosen.partner_id,
        Case.site_id: chosen.site_id,
        Case.campaign_kind: chosen.kind,
        Case.commune: chosen.commune,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    return in_order(statement, sort, (Case.cutoff_date.nulls_last(), Case.opened_at, Case.id))


def in_order(statement: Select[Case], sort: str, otherwise: Sequence[Any]) -> Select[Case]:
    """A select of cases and their people, sorted by one of `SORTS`, or by the columns otherwise."""
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        return statement.order_by(*otherwise)
    order = column.desc() if sort.startswith("-") else column.asc()
    return statement.order_by(order.nulls_last(), Case.id)


def waiting_communes(ctx: Context) -> list[str]:
    """Communes of the cases to be assigned, for the filter."""
    statement = (
        select(Case.commune)
        .where(Case.state == CaseState.TO_ASSIGN, Case.commune.is_not(None))
        .distinct()
        .order_by(Case.commune)
    )
    return [str(commune) for commune in ctx.session.scalars(scoped(statement, Case, ctx.actor))]
