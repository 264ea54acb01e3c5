"""Cases that a later file no longer names: listed, asked about, closed as settled, or kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.base.db.bulk import among
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.service import add_follow_up, close_case, finish_follow_up
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.intake.batches import missing_cases
from energymed.intake.batches.missing_cases import Chosen, MissingSearch
from energymed.mediation.models import Plan
from energymed.mediation.states import RUNNING_PLANS
from energymed.partners.codes import Closure

ANSWER_WITHIN = timedelta(days=7)
NINE = time(9, 0)
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MissingFilter:
    """Which missing cases to list, by what the rooms know of them.

    `contact` is "never", "recent" (within 30 days) or "old", `plan` "yes" or "no"; `asked_at` the
    instant of one asking.
    """

    search: MissingSearch
    contact: str
    plan: str
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the cases of a page, by their ids: last contacts, running plans."""

    contacts: dict[int, datetime]
    plans: set[int]


def listed(ctx: Context, chosen: MissingFilter) -> Select[Case]:
    """Select of the missing cases that a filter lets through, in its order."""
    statement = missing_cases.missing_cases(ctx, chosen.search)
    last = _last_contact()
    if chosen.contact == "never":
        statement = statement.where(last.is_(None))
    elif chosen.contact:
        recent = last >= ctx.now - RECENT
        old = last < ctx.now - RECENT
        statement = statement.where(recent if chosen.contact == "recent" else old)
    if chosen.plan:
        running = Case.id.in_(select(Plan.case_id).where(Plan.state.in_(RUNNING_PLANS)))
        statement = statement.where(running if chosen.plan == "yes" else ~running)
    if chosen.asked_at is not None:
        statement = statement.where(Case.missing_asked_at == chosen.asked_at)
    return WITH_CONTACTS.order(statement, chosen.search.sort)


def beside(session: Session, case_ids: Sequence[int]) -> Beside:
    """Last contacts and running plans of these cases, in two queries."""
    contacts = session.execute(
        select(Contact.case_id, func.max(Contact.started_at))
        .where(Contact.voided_at.is_(None), among(session, Contact.case_id, case_ids))
        .group_by(Contact.case_id)
    )
    plans = session.scalars(
        select(Plan.case_id)
        .where(Plan.state.in_(RUNNING_PLANS))
        .where(among(session, Plan.case_id, case_ids))
    )
    return Beside({row[0]: row[1] for row in contacts}, set(plans))


def partners_in(ctx: Context, chosen: MissingFilter) -> list[int]:
    """Ids of the partners whose cases are in the list: one partner never sees another's."""
    found = listed(ctx, chosen).order_by(None).subquery()
    return list(ctx.session.scalars(select(found.c.partner_id).distinct()))


def ask(ctx: Context, case_ids: Sequence[int], *, seen: datetime | None = None) -> Chosen:
    """Mark the partner as asked about these cases; the lead follows up on the answer in a week.

    One follow-up for each partner, on the first of its cases: it stands for all of them. Cases
    asked about since the list was `seen` are passed over.
    """
    chosen = missing_cases.take(ctx, case_ids, seen=seen)
    marks = missing_cases.mark_asked(ctx, chosen.cases)
    of_partner: dict[int, list[Case]] = defaultdict(list)
    for case in chosen.cases:
        of_partner[case.partner_id].append(case)
    due = at_paris(next_working_day(paris_date(ctx.now) + ANSWER_WITHIN), NINE)
    for cases in of_partner.values():
        kind, mine = FollowUpKind.PARTNER_ANSWER, ctx.actor.user_id
        follow_up = add_follow_up(ctx, cases[0], kind, due, case_count=len(cases), for_user_id=mine)
        for case in cases:
            marks[case.id].follow_up_id = follow_up.id
    return chosen


def settle(ctx: Context, case_ids: Sequence[int]) -> Chosen:
    """Close these cases as settled, on the partner's word; nothing is booked as paid."""
    chosen = missing_cases.take(ctx, case_ids)
    for case in chosen.cases:
        close_case(ctx, case, Closure.SETTLED, for_good=False)
    return chosen


def keep_open(ctx: Context, case_ids: Sequence[int]) -> Chosen:
    """Take the mark off these cases."""
    chosen = missing_cases.take(ctx, case_ids)
    missing_cases.keep_open(ctx, chosen.cases)
    return chosen


def undo_decision(ctx: Context, at: datetime) -> int:
    """Undo an asking or a keeping of this instant, with the follow-ups that it made."""
    done = missing_cases.undo_decision(ctx, at)
    for follow_up_id in {mark.follow_up_id for mark in done if mark.follow_up_id}:
        finish_follow_up(ctx, follow_up_id, FollowUpState.CANCELLED)
    return len(done)


def _last_contact() -> ScalarSelect[datetime]:
    return (
        select(func.max(Contact.started_at))
        .where(and_(Contact.case_id == Case.id, Contact.voided_at.is_(None)))
        .correlate(Case)
        .scalar_subquery()
    )


WITH_CONTACTS = replace(
    missing_cases.MISSING, sorts={**missing_cases.MISSING.sorts, "contact": _last_contact()}
)
