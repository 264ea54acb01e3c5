"""Claims: one case goes to one mediator, atomically, for the time of a lease.

On SQLite the write transaction is exclusive. On PostgreSQL the case and its household are locked
with SKIP LOCKED, so that two mediators who press at once get two different households.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import SYSTEM, Actor
from energymed.base.clock import paris_date
from energymed.base.errors import Conflict, Refused
from energymed.base.i18n import N_
from energymed.calling.queue import view_queue
from energymed.cases import moves
from energymed.cases.models import Case, Household, Person
from energymed.cases.queries import get_case
from energymed.partners.rulebook import load_calling_rules

CLAIMABLE = ("queued", "waiting")


def claim_next(session: Session, actor: Actor, *, now: datetime) -> Case | None:
    """Give the actor the next case of their queue; the one they hold already, if they do.

    Returns:
        The case, or None when nothing may be called now.
    """
    held = held_case(session, actor)
    if held is not None:
        _extend(session, held, now)
        return held
    for ready in view_queue(session, actor, now).ready:
        case = _take(session, actor, ready.case_id, ready.household_id, now)
        if case is not None:
            return case
    return None


def claim_case(session: Session, actor: Actor, case_id: int, *, now: datetime) -> Case:
    """Open one case by hand (the person called back, a lead steps in).

    Raises:
        Conflict: somebody else is on the phone with this case or household.
        Refused: it is closed, or the actor holds another case.
    """
    held = held_case(session, actor)
    if held is not None and held.id == case_id:
        _extend(session, held, now)
        return held
    if held is not None:
        raise Refused(N_("Terminez d'abord l'appel ouvert."))
    case = get_case(session, actor, case_id)
    if case.state == "closed":
        raise Refused(N_("Ce dossier est clos."))
    if case.state == "to_assign" and actor.user_id is not None:
        moves.assign(session, actor, case, actor.user_id, now=now)
    taken = _take(session, actor, case.id, case.person.household_id, now)
    if taken is None:
        raise Conflict(N_("Un collègue est déjà en ligne avec ce foyer."))
    return taken


def held_case(session: Session, actor: Actor) -> Case | None:
    """The case that the actor has in call, if any."""
    return session.scalar(
        select(Case).where(Case.claimed_by_id == actor.user_id, Case.state == "in_call").limit(1)
    )


def renew(session: Session, actor: Actor, case_id: int, *, now: datetime) -> datetime:
    """Lengthen the lease while the page is open; gives its new end.

    Raises:
        Conflict: the lease lapsed and the case went back, or to somebody else.
    """
    case = get_case(session, actor, case_id, lock=True)
    if case.state != "in_call" or case.claimed_by_id != actor.user_id:
        raise Conflict(N_("Ce dossier est retourné dans la file. Votre saisie est conservée."))
    return _extend(session, case, now)


def release(session: Session, actor: Actor, case_id: int, *, now: datetime) -> None:
    """Give the case back without a result; does nothing when the actor does not hold it."""
    case = get_case(session, actor, case_id, lock=True)
    if case.state == "in_call" and case.claimed_by_id == actor.user_id:
        moves.release(session, actor, case, now=now)


def put_in_queue(session: Session, actor: Actor, case_id: int, *, now: datetime) -> Case:
    """Let a waiting case wait no longer: it is in its mediator's queue at once.

    Raises:
        Refused: it does not wait.
    """
    case = get_case(session, actor, case_id, lock=True)
    if case.state != "waiting":
        raise Refused(N_("Ce dossier n'attend pas."))
    moves.enqueue(session, actor, case, case.waiting_reason or "retry", now=now)
    return case


def release_lapsed(session: Session, *, now: datetime) -> int:
    """Put the cases whose lease is over back into their queues; returns how many."""
    lapsed = session.scalars(
        select(Case)
        .where(Case.state == "in_call", Case.claimed_until < now)
        .with_for_update(skip_locked=True)
    ).all()
    for case in lapsed:
        moves.release(session, SYSTEM, case, now=now)
    return len(lapsed)


def _take(
    session: Session, actor: Actor, case_id: int, household_id: int, now: datetime
) -> Case | None:
    """Claim one case if it and its household are still free."""
    household = session.scalar(
        select(Household).where(Household.id == household_id).with_for_update(skip_locked=True)
    )
    if household is None or _in_call(session, household_id):
        return None
    case = session.scalar(
        select(Case)
        .where(Case.id == case_id, Case.state.in_(CLAIMABLE))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if case is None or actor.user_id is None:
        return None
    if case.waiting_reason:
        case.queue_reason = case.waiting_reason
    moves.claim(session, actor, case, actor.user_id, until=_lease_end(session, case, now), now=now)
    return case


def _in_call(session: Session, household_id: int) -> bool:
    statement = (
        select(Case.id)
        .join(Person, Person.id == Case.person_id)
        .where(Person.household_id == household_id, Case.state == "in_call")
    )
    return session.scalar(statement.limit(1)) is not None


def _extend(session: Session, case: Case, now: datetime) -> datetime:
    case.claimed_until = _lease_end(session, case, now)
    session.flush()
    return case.claimed_until


def _lease_end(session: Session, case: Case, now: datetime) -> datetime:
    rules = load_calling_rules(
        session, paris_date(now), partner_id=case.partner_id, kind=case.campaign_kind
    )
    return now + timedelta(minutes=rules.lease_minutes)
