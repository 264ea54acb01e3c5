"""Grants that were never paid: asked about a last time, then they are noted as such."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.cases.models import Case
from energymed.casework.due_follow_ups import end_moved
from energymed.mediation.aids import AidStep, move_aid
from energymed.mediation.codes import AidState
from energymed.mediation.models import Act, AidRequest
from energymed.mediation.next_dates import grant_ends
from energymed.mediation.states import DECISIONS
from energymed.partners.rulebook import load_waiting_rules
from energymed.partners.waiting_rules import WaitingRules


def let_grants_go(ctx: Context) -> int:
    """Note as never paid the grants whose term is over; gives how many.

    One that is paid after all is still noted as paid: its state says how.
    """
    over = grants_over(ctx)
    for aid_id in over:
        aid = move_aid(ctx, aid_id, AidState.NEVER_PAID, AidStep())
        end_moved(ctx, aid.case_id)
    return len(over)


def grants_over(ctx: Context) -> list[int]:
    """Ids of the grants whose term is over, and that nobody paid; reads alone."""
    return [row.id for row in _over(ctx)]


def _over(ctx: Context) -> Iterator[Any]:
    today = paris_date(ctx.now)
    statement = (
        select(AidRequest.id, AidRequest.moved_on, Case.partner_id, Case.campaign_kind)
        .join(AidRequest.act)
        .join(Case, Case.id == AidRequest.case_id)
        .where(AidRequest.state.in_(DECISIONS), Act.voided_at.is_(None))
        .order_by(AidRequest.id)
    )
    rules: dict[tuple[int, str], WaitingRules] = {}
    for row in ctx.session.execute(statement):
        key = (row.partner_id, row.campaign_kind)
        if key not in rules:
            rules[key] = load_waiting_rules(ctx.session, today, partner_id=key[0], kind=key[1])
        if today > grant_ends(row.moved_on, rules[key]):
            yield row
