"""Whom calls do not reach: the next way that the campaign's cascade proposes; visits planned.

Nothing is sent by itself: a text message, a letter or a visit is for a person to decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from energymed.accounts.scope import scoped
from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.calling.codes import Channel, FollowUpKind, FollowUpState
from energymed.calling.eligibility.attempts import is_call
from energymed.calling.eligibility.cascade import IN_VAIN, Tried, next_way, tried, ways_to
from energymed.calling.eligibility.stopped import REFUSALS, never_called, rests, stops_of
from energymed.calling.follow_ups.pauses import paused
from energymed.calling.follow_ups.service import add_follow_up, settle_follow_ups
from energymed.calling.models import Contact, FollowUp, WayDeclined
from energymed.calling.walking_order import Place, walking_key
from energymed.cases.codes import CaseState
from energymed.cases.max_future import check_max_future
from energymed.cases.models import Case, Person
from energymed.cases.needs import left_no_message
from energymed.cases.queries import get_case
from energymed.partners.cascade_rules import CascadeRules
from energymed.partners.codes import Closure
from energymed.partners.rulebook import load_cascade_rules

MORNING = time(9, 0)
OPEN_VISIT = and_(FollowUp.kind == FollowUpKind.VISIT, FollowUp.state == FollowUpState.OPEN)
_AT_REST = (CaseState.TO_ASSIGN, CaseState.QUEUED, CaseState.WAITING)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another way to reach the person of a case, after so many calls in vain."""

    case: Case
    way: Channel
    calls: int


def proposal(
    ctx: Context,
    case: Case,
    contacts: Sequence[Contact],
    declined: Sequence[WayDeclined] | None = None,
) -> Proposal | None:
    """What the cascade proposes on a case, whose contacts are given; stops and pauses win.

    What was `declined` on it is read when it is not given (`declines_of`).

    Also on one that was given up as unreachable: somebody may open it again for that.
    """
    given_up = case.state == CaseState.CLOSED and case.closure == Closure.UNREACHABLE
    if case.state not in _AT_REST and not given_up:
        return None
    stops, today = stops_of(ctx.session, case.person), paris_date(ctx.now)
    if stops.contact_reason(today):
        return None
    held = select(Case.id).where(Case.id == case.id, _left_alone(ctx))
    if ctx.session.scalar(held) is not None:
        return None
    ways = ways_to(case, in_writing=not stops.no_message_on(today))
    if declined is None:
        declined = declines_of(ctx.session, [case.id]).get(case.id, ())
    known = tried(contacts, declined)
    return _proposal(case, known, _rules(ctx, case.campaign), ways)


def proposals(ctx: Context, *, everybody: bool = False) -> list[Proposal]:
    """The open cases, one's own or the site's, on which the cascade proposes something.

    By commune, then by name; a fixed number of statements, and one for each campaign.
    """
    wanted = (
        scoped(select(Case), Case, ctx.actor)
        .join(Person, Person.id == Case.person_id)
        .where(Case.state.in_(_AT_REST), _called_in_vain(), ~_left_alone(ctx))
        .where(~never_called(), ~rests(paris_date(ctx.now)))
        .options(
            joinedload(Case.person).selectinload(Person.phones),
            joinedload(Case.partner),
            joinedload(Case.assigned_to),
        )
        .order_by(Case.commune, Person.name_key, Case.id)
    )
    if not everybody:
        wanted = wanted.where(Case.assigned_to_id == ctx.actor.user_id)
    cases = ctx.session.scalars(wanted).all()
    return _of_cases(ctx, cases)


def _of_cases(ctx: Context, cases: Sequence[Case]) -> list[Proposal]:
    ids = [case.id for case in cases]
    known, declined = _contacts(ctx.session, ids), declines_of(ctx.session, ids)
    rules = {campaign: _rules(ctx, campaign) for campaign in {case.campaign for case in cases}}
    people = {case.person_id for case in cases}
    silent = left_no_message(ctx.session, people, paris_date(ctx.now))
    found = []
    for case in cases:
        ways = ways_to(case, in_writing=case.person_id not in silent)
        so_far = tried(known.get(case.id, ()), declined.get(case.id, ()))
        found.append(_proposal(case, so_far, rules[case.campaign], ways))
    return [each for each in found if each is not None]


def declines_of(session: Session, case_ids: Sequence[int]) -> dict[int, list[WayDeclined]]:
    """The ways that were declined on these cases and not taken back, by case, in their order."""
    found: dict[int, list[WayDeclined]] = {}
    wanted = (
        select(WayDeclined)
        .where(among(session, WayDeclined.case_id, case_ids), WayDeclined.taken_back_at.is_(None))
        .options(joinedload(WayDeclined.declined_by))
    )
    for each in session.scalars(wanted.order_by(WayDeclined.declined_at, WayDeclined.id)):
        found.setdefault(each.case_id, []).append(each)
    return found


def plan_visit(ctx: Context, case_id: int, on: date | None) -> FollowUp:
    """Plan a visit for a day; the one planned before is replaced.

    Raises:
        BadInput: no day, one that has passed or is too far, or no address, with `params["field"]`.
        Refused: nobody is to turn to the person, or they are not at that address.
        NotFound: unknown or of another site.
    """
    case = get_case(ctx, case_id, lock=True)
    today = paris_date(ctx.now)
    stop = stops_of(ctx.session, case.person).contact_reason(today)
    if stop is not None:
        raise Refused(REFUSALS[stop])
    if on is None:
        raise BadInput(N_("Donnez le jour de la visite."), field="on")
    if on < today:
        raise BadInput(N_("Ce jour est déjà passé."), field="on")
    check_max_future(on, today, "on")
    if Channel.VISIT not in ways_to(case):
        raise Refused(N_("Sans adresse sûre, pas de visite : notez d'abord la bonne adresse."))
    settle_follow_ups(ctx, case, (FollowUpKind.VISIT,), FollowUpState.CANCELLED)
    return add_follow_up(ctx, case, FollowUpKind.VISIT, at_paris(on, MORNING))


def planned_visits(ctx: Context, *, everybody: bool = False) -> Sequence[FollowUp]:
    """The visits that are planned, one's own or the site's: by day, then as one walks.

    Those of people who are not to be turned to any more are left out.
    """
    wanted = (
        scoped(select(FollowUp).join(Case, Case.id == FollowUp.case_id), Case, ctx.actor)
        .join(Person, Person.id == Case.person_id)
        .where(OPEN_VISIT, ~never_called(), ~rests(paris_date(ctx.now)))
        .options(
            joinedload(FollowUp.case).joinedload(Case.person).selectinload(Person.phones),
            joinedload(FollowUp.case).joinedload(Case.partner),
            joinedload(FollowUp.assigned_to),
        )
    )
    if not everybody:
        wanted = wanted.where(FollowUp.assigned_to_id == ctx.actor.user_id)
    return sorted(ctx.session.scalars(wanted), key=_walked)


def _walked(visit: FollowUp) -> tuple[date, Place, int]:
    place = walking_key(visit.case.commune, visit.case.address)
    return paris_date(visit.due_at), place, visit.id


def _rules(ctx: Context, campaign: tuple[int, str]) -> CascadeRules:
    partner_id, kind = campaign
    return load_cascade_rules(ctx.session, paris_date(ctx.now), partner_id=partner_id, kind=kind)


def _proposal(
    case: Case, known: Tried, rules: CascadeRules, ways: Sequence[Channel]
) -> Proposal | None:
    way = next_way(rules, known, ways)
    return Proposal(case, way, known.calls) if way else None


def _contacts(session: Session, case_ids: Sequence[int]) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = {}
    wanted = select(Contact).where(among(session, Contact.case_id, case_ids))
    for contact in session.scalars(wanted):
        found.setdefault(contact.case_id, []).append(contact)
    return found


def _called_in_vain() -> ColumnElement[bool]:
    """Condition on `Case`: somebody called at least once in vain."""
    return exists().where(Contact.case_id == Case.id, is_call(), Contact.result.in_(IN_VAIN))


def _left_alone(ctx: Context) -> ColumnElement[bool]:
    """Condition on `Case`: it is paused, or a visit is planned already."""
    planned: Any = aliased(FollowUp)
    visit = exists().where(
        planned.case_id == Case.id,
        planned.kind == FollowUpKind.VISIT,
        planned.state == FollowUpState.OPEN,
    )
    return paused(Case.id, ctx.now) | visit
