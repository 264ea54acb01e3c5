"""The team's dashboard: who does what, and what needs somebody. Counts, never money or rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.models import User
from energymed.accounts.queries import mediators
from energymed.accounts.scope import scoped
from energymed.base.clock import day_bounds, paris_date
from energymed.base.context import Actor, Context
from energymed.calling.assignment.transfer import LATE_AFTER
from energymed.calling.eligibility.attempts import is_call
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.models import Contact, FollowUp, Presence
from energymed.calling.presence.states import states_of
from energymed.cases.codes import CaseState
from energymed.cases.cutoff import scheduled_at
from energymed.cases.models import Case
from energymed.partners.codes import CampaignKind

LAPSES_WITHIN = timedelta(minutes=3)
TOLD_WITHIN = timedelta(hours=48)
MOST = 20


@dataclass(slots=True)
class TeamMember:
    """One person of the team. `held` is the case they have in call; `late` counts missed callbacks.

    `presence` is what they do instead of calling; `here` says that they signed in or called today.

    A lead is a member while they have a case in call.
    """

    user: User
    states: dict[CaseState, int] = field(default_factory=dict)
    callbacks_today: int = 0
    late: int = 0
    calls_today: int = 0
    held: Case | None = None
    lapses: bool = False
    presence: Presence | None = None
    here: bool = False

    @property
    def waiting(self) -> int:
        """Cases that are with this mediator."""
        return self.states.get(CaseState.QUEUED, 0) + self.states.get(CaseState.WAITING, 0)

    @property
    def available(self) -> bool:
        """Whether they are there for calls just now and have nobody on the line."""
        return self.here and self.held is None and self.presence is None


@dataclass(frozen=True, slots=True)
class TeamAlerts:
    """What needs somebody now, each with how many there are in all.

    `never`: cases that wait while no moment is left at which their person may be called.
    """

    late: Sequence[FollowUp]
    late_count: int
    untold: Sequence[Case]
    untold_count: int
    never: Sequence[Case]
    never_count: int


def team_dashboard(ctx: Context) -> list[TeamMember]:
    """Every mediator of the actor's site and whoever else has a case in call, by name, in six
    queries."""
    members = _members(ctx)
    start, end = day_bounds(paris_date(ctx.now))
    states = select(Case.assigned_to_id, Case.state, func.count()).where(
        Case.assigned_to_id.in_(members), Case.state != CaseState.CLOSED
    )
    for user_id, state, count in ctx.session.execute(
        states.group_by(Case.assigned_to_id, Case.state)
    ):
        members[user_id].states[state] = count
    _count_callbacks(ctx.session, members, ctx.now)
    calls = select(Contact.user_id, func.count()).where(
        Contact.user_id.in_(members),
        is_call(),
        Contact.started_at >= start,
        Contact.started_at < end,
    )
    for user_id, count in ctx.session.execute(calls.group_by(Contact.user_id)):
        members[user_id].calls_today = count
    _note_presence(ctx, members)
    return list(members.values())


def _note_presence(ctx: Context, members: Mapping[int | None, TeamMember]) -> None:
    """What each does just now, and who is here at all."""
    for user_id, presence in states_of(ctx, members).items():
        members[user_id].presence = presence
    today = paris_date(ctx.now)
    for member in members.values():
        signed_in = member.user.last_sign_in_at
        member.here = member.calls_today > 0 or (
            signed_in is not None and paris_date(signed_in) == today
        )


def _count_callbacks(
    session: Session, members: Mapping[int | None, TeamMember], now: datetime
) -> None:
    """Promised calls of today and before, and those among them that nobody tried."""
    _start, end = day_bounds(paris_date(now))
    late = func.count().filter(FollowUp.due_at < now - LATE_AFTER)
    promised = select(FollowUp.assigned_to_id, func.count(), late).join(
        Case, Case.id == FollowUp.case_id
    )
    callbacks = promised.where(
        FollowUp.assigned_to_id.in_(members),
        OPEN_CALLBACK,
        FollowUp.due_at < end,
        Case.state != CaseState.CLOSED,
    )
    for user_id, count, missed in session.execute(callbacks.group_by(FollowUp.assigned_to_id)):
        members[user_id].callbacks_today, members[user_id].late = count, missed


def _members(ctx: Context) -> dict[int | None, TeamMember]:
    """Every member by name, with what each has in call."""
    found = {user.id: TeamMember(user) for user in mediators(ctx)}
    in_call = scoped(select(Case).where(Case.state == CaseState.IN_CALL), Case, ctx.actor).options(
        joinedload(Case.person, innerjoin=True), joinedload(Case.claimed_by)
    )
    for case in ctx.session.scalars(in_call):
        if case.claimed_by is None:
            continue
        member = found.setdefault(case.claimed_by.id, TeamMember(case.claimed_by))
        member.held = case
        member.lapses = (
            case.claimed_until is not None and case.claimed_until < ctx.now + LAPSES_WITHIN
        )
    by_name = sorted(found.values(), key=lambda member: (member.user.name, member.user.id))
    return {member.user.id: member for member in by_name}


def team_alerts(ctx: Context) -> TeamAlerts:
    """Promised calls that nobody tried for half an hour, and cut-offs that nobody was told of."""
    late, never = _late(ctx.actor, ctx.now), _never(ctx.actor)
    untold = _untold(ctx)
    return TeamAlerts(
        late=ctx.session.scalars(late.limit(MOST)).all(),
        late_count=ctx.session.scalar(select(func.count()).select_from(late.subquery())) or 0,
        untold=untold[:MOST],
        untold_count=len(untold),
        never=ctx.session.scalars(never.limit(MOST)).all(),
        never_count=ctx.session.scalar(select(func.count()).select_from(never.subquery())) or 0,
    )


def _never(actor: Actor) -> Select[Case]:
    statement = (
        select(Case)
        .where(Case.state == CaseState.WAITING, Case.next_action_at.is_(None))
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.assigned_to))
        .order_by(Case.id)
    )
    return scoped(statement, Case, actor)


def _late(actor: Actor, now: datetime) -> Select[FollowUp]:
    statement = (
        select(FollowUp)
        .join(Case, Case.id == FollowUp.case_id)
        .where(OPEN_CALLBACK)
        .where(FollowUp.due_at < now - LATE_AFTER)
        .where(Case.state.not_in((CaseState.CLOSED, CaseState.IN_CALL)))
        .options(
            joinedload(FollowUp.case, innerjoin=True).joinedload(Case.person, innerjoin=True),
            joinedload(FollowUp.assigned_to),
        )
        .order_by(FollowUp.due_at, FollowUp.id)
    )
    return scoped(statement, Case, actor)


def _untold(ctx: Context) -> list[Case]:
    """Cut-off notices whose intervention comes within 48 hours, the soonest first."""
    overseas = timedelta(days=1)  # where it is another day than in Paris
    days = (paris_date(ctx.now) - overseas, paris_date(ctx.now + TOLD_WITHIN) + overseas)
    statement = (
        select(Case)
        .where(Case.campaign_kind == CampaignKind.CUTOFF_NOTICE, Case.state != CaseState.CLOSED)
        .where(Case.told_at.is_(None), Case.cutoff_date.between(*days))
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.assigned_to))
    )
    coming = []
    for case in ctx.session.scalars(scoped(statement, Case, ctx.actor)):
        if case.cutoff_date is None:
            continue
        at = scheduled_at(case.cutoff_date, case.cutoff_slot, case.postal_code)
        if ctx.now < at <= ctx.now + TOLD_WITHIN:
            coming.append((at, case.id, case))
    return [case for _, _, case in sorted(coming, key=lambda one: one[:2])]
