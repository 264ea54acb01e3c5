"""Signals repeated while the solution of the earlier case runs: found, closed as repeated, undone.

A repeat may close so (DOMAIN §15) when the earlier case of the same holder, at the same site, has
a running plan or an open aid, and the debt did not rise over what that case still owes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select

from energymed.accounts.scope import check_author, scoped
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.same_name import same_name
from energymed.calling.codes import FollowUpState
from energymed.calling.follow_ups.service import close_case
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, CaseMove
from energymed.cases.queries import sent_anew
from energymed.cases.repeats import Again, Signal, look_back, look_back_on, signal_of
from energymed.mediation.queries import solved_cases, solved_of
from energymed.partners.codes import Closure
from energymed.partners.rulebook import SignalRules, load_signal_rules

MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Repeated:
    """A case that may close as repeated, and the earlier one whose solution runs."""

    case_id: int
    earlier: Signal


@dataclass(frozen=True, slots=True)
class Closed:
    """Cases closed as repeated, and references of those passed over: in call, or no longer such."""

    cases: list[Case]
    in_call: list[str]
    gone: list[str]


def solution_of(signal: Signal, again: Again, solved: Collection[int]) -> Signal | None:
    """The earlier case because of which a signal may close as repeated, of those `solved`."""
    for one in again.earlier_cases:
        if one.id in solved and _same_holder(signal, one) and not _rose(signal, one):
            return one
    return None


def may_close(ctx: Context, case: Case) -> bool:
    """Whether a case may close as repeated now."""
    signal, rules = signal_of(case), _rules(ctx, case.campaign)
    (again,) = look_back(ctx.session, [signal], rules)
    return closable(ctx, signal, again)


def closable(ctx: Context, signal: Signal, again: Again) -> bool:
    """`may_close` of a case whose household was looked at already; one query where it repeats."""
    ids = [one.id for one in again.earlier_cases if one.id is not None]
    return bool(ids) and solution_of(signal, again, solved_of(ctx.session, ids)) is not None


def repeated(ctx: Context, *which: ColumnElement[bool]) -> list[Repeated]:
    """The open cases within the actor's bounds that may close as repeated, the oldest first.

    Not those on which something is promised or to be done: that is kept first.
    """
    ids = ctx.session.scalars(_candidates(ctx).where(*which).order_by(Case.id)).all()
    told = look_back_on(ctx.session, ids, lambda campaign: _rules(ctx, campaign))
    earlier = {one.id for _signal, again in told.values() for one in again.earlier_cases}
    solved = solved_of(ctx.session, [one for one in earlier if one is not None])
    pairs = [(one, solution_of(*told[one], solved)) for one in ids]
    return [Repeated(case_id, earlier) for case_id, earlier in pairs if earlier is not None]


def close_repeated(ctx: Context, case_ids: Collection[int]) -> Closed:
    """Close these cases as repeated, each looked at anew under its lock.

    Cases out of the actor's bounds are left aside without a word.

    Raises:
        BadInput: too many at once.
    """
    if len(case_ids) > MOST_AT_ONCE:
        raise BadInput(
            N_("Plus de %(most)s dossiers d'un coup : filtrez la liste."), most=MOST_AT_ONCE
        )
    found = ctx.session.scalars(
        scoped(select(Case), Case, ctx.actor)
        .where(among(ctx.session, Case.id, case_ids))
        .order_by(Case.id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).all()
    free = [case for case in found if case.state != CaseState.IN_CALL]
    still = {one.case_id for one in repeated(ctx, among(ctx.session, Case.id, case_ids))}
    closing = [case for case in free if case.id in still]
    for case in closing:
        close_case(ctx, case, Closure.REPEATED, for_good=False)
    return Closed(
        cases=closing,
        in_call=[case.reference for case in found if case.state == CaseState.IN_CALL],
        gone=[case.reference for case in free if case.id not in still],
    )


def undo_closing(ctx: Context, at: datetime) -> int:
    """Put back the cases that were closed as repeated at this instant; how many.

    One that moved since, or whose reference the partner has sent again, stays as it is.

    Raises:
        Refused: somebody else closed them, and the actor is no lead.
    """
    closed = (
        scoped(transitions.last_moves(), Case, ctx.actor)
        .where(CaseMove.at == at, Case.closure == Closure.REPEATED)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )
    found = ctx.session.execute(closed).all()
    back = [(case, move) for case, move in found if not sent_anew(ctx.session, case)]
    for case, move in back:
        check_author(ctx.actor, move.actor_id)
        transitions.put_back(ctx, case, move)
    return len(back)


def _candidates(ctx: Context) -> Select[int]:
    """Open cases at a home of which a case has a solution that runs, and nothing else to do."""
    solved = solved_cases().subquery()
    there = select(Case.delivery_point, Case.address_key).where(
        Case.id.in_(select(solved.c.case_id))
    )
    homes = scoped(there, Case, ctx.actor).subquery()
    to_do = select(FollowUp.case_id).where(FollowUp.state == FollowUpState.OPEN)
    return scoped(select(Case.id), Case, ctx.actor).where(
        Case.state != CaseState.CLOSED,
        Case.id.not_in(to_do),
        or_(
            Case.delivery_point.in_(select(homes.c.delivery_point)),
            Case.address_key.in_(select(homes.c.address_key)),
        ),
    )


def _same_holder(later: Signal, earlier: Signal) -> bool:
    """A solution is a person's: who lives there now is not bound by whoever left."""
    return later.site_id == earlier.site_id and same_name(later.name_key, earlier.name_key)


def _rose(later: Signal, earlier: Signal) -> bool:
    """Whether more is owed than on the earlier case, whose payments are counted."""
    return (later.debt_cents or 0) > (earlier.debt_cents or 0)


def _rules(ctx: Context, campaign: tuple[int, str]) -> SignalRules:
    partner_id, kind = campaign
    return load_signal_rules(ctx.session, paris_date(ctx.now), partner_id=partner_id, kind=kind)
