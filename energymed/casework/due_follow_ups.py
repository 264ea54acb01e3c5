"""What runs with people and falls due makes a follow-up, once; what moved on ends it.

The next dates of `mediation.next_dates` say what is due. Late instalments have their own
(`due_work`): each instalment is checked by itself, with its payments.
"""

from collections.abc import Collection, Iterable
from datetime import date, time, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.eligibility.stopped import never_called_among
from energymed.calling.follow_ups.service import NOT_BY_CALL, add_follow_up, end_by_itself
from energymed.calling.models import FollowUp
from energymed.cases.models import Case
from energymed.mediation.next_dates import Step
from energymed.mediation.open_things import OpenThing, open_things
from energymed.partners.rulebook import load_waiting_rules

MORNING = time(9, 0)
# how each step is done; what merely waits for a payment that is on its way makes none
FOLLOWED: dict[Step, FollowUpKind] = {
    Step.LIST_PAPERS: FollowUpKind.DOCUMENTS,
    Step.ASK_PAPERS: FollowUpKind.DOCUMENTS,
    Step.ASK_DECISION: FollowUpKind.AID_DECISION,
    Step.PROTECTION_ENDS: FollowUpKind.AID_DECISION,
    Step.PROTECTION_ENDED: FollowUpKind.AID_DECISION,
    **dict.fromkeys(
        (
            Step.RENEGOTIATE, Step.ASK_CONSENT, Step.ASK_REFERRAL_NEWS, Step.HOLD_ENDS,
            Step.WRITE_COMPLAINT, Step.ASK_COMPLAINT_ANSWER, Step.GO_TO_MEDIATOR,
            Step.ASK_MEDIATOR, Step.ASK_PROMISE, Step.ASK_EXTENSION, Step.ASK_DECLARED,
            Step.ASK_PAPER_SENT, Step.ASK_FILED, Step.AFTER_REFUSAL,
        ),
        FollowUpKind.ASK_PERSON,
    ),
    **dict.fromkeys(
        (
            Step.ASK_PLAN_CONSENT, Step.ASK_PLAN_CONFIRMED, Step.FILE_AID, Step.FILE_AGAIN,
            Step.ASK_AID_PAYMENT, Step.ASK_HOLD_ANSWER, Step.ASK_ACTION_DONE,
            Step.MEDIATOR_TOO_LATE, Step.LAST_ASK_PAYMENT,
        ),
        FollowUpKind.ASK_OTHERS,
    ),
}  # fmt: skip
MADE_HERE = tuple(dict.fromkeys(FOLLOWED.values()))
_LONGEST = timedelta(days=60)  # the longest `wait_again` that a rule may say


def cases_to_follow(session: Session, today: date) -> list[int]:
    """Ids of the cases whose follow-ups are not as what runs says; reads alone."""
    things = open_things(session, today)
    of_acts = _follow_ups_of_acts(session, today)
    wanted = {thing.case_id for thing in _unfollowed(session, things, of_acts, today)}
    return sorted(wanted | {each.case_id for each, _on in _moved(session, things, of_acts, today)})


def follow_cases(ctx: Context, case_ids: Collection[int]) -> None:
    """Make the follow-ups of what is due on these cases, end those of what moved on."""
    today, session = paris_date(ctx.now), ctx.session
    things = open_things(session, today, [among(session, Case.id, case_ids)])
    of_acts = _follow_ups_of_acts(session, today, case_ids)
    _end(ctx, _moved(session, things, of_acts, today))
    for thing in _unfollowed(session, things, of_acts, today):
        case, kind = session.get_one(Case, thing.case_id), FOLLOWED[thing.next.step]
        of_acts.append(
            add_follow_up(ctx, case, kind, at_paris(today, MORNING), act_id=thing.act_id)
        )


def end_moved(ctx: Context, case_id: int) -> None:
    """End the follow-ups of what has just moved on, on one case."""
    today, session = paris_date(ctx.now), ctx.session
    of_acts = _follow_ups_of_acts(session, today, [case_id])
    if any(each.state == FollowUpState.OPEN for each in of_acts):
        things = open_things(session, today, [Case.id == case_id])
        _end(ctx, _moved(session, things, of_acts, today))


def is_about(thing: OpenThing, follow_up: FollowUp) -> bool:
    """Whether this follow-up tells of the thing as it stands now, be it open or ended.

    One that was made before the thing last moved, and has ended, tells of what was before.
    """
    if not _tells_of(follow_up, thing):
        return False
    made = paris_date(follow_up.created_at)
    return follow_up.state == FollowUpState.OPEN or made >= thing.next.on


def is_followed(thing: OpenThing, follow_up: FollowUp, today: date, again: int) -> bool:
    """Whether this follow-up answers for the thing: open, or ended a short while ago."""
    is_open = follow_up.state == FollowUpState.OPEN
    return is_about(thing, follow_up) and (is_open or today <= asked_again(follow_up, again))


def asked_again(follow_up: FollowUp, again: int) -> date:
    """The last day on which a follow-up that is done still answers for what it is about."""
    done = paris_date(follow_up.done_at or follow_up.created_at)
    return done + timedelta(days=again)


def _tells_of(follow_up: FollowUp, thing: OpenThing) -> bool:
    if follow_up.act_id != thing.act_id:
        return False
    step = thing.next.step
    if follow_up.kind == FollowUpKind.INSTALMENT:  # of a plan that is broken, what broke it
        return step in (Step.LATE_INSTALMENT, Step.RENEGOTIATE)
    return follow_up.kind == FOLLOWED.get(step)


def _unfollowed(
    session: Session, things: Iterable[OpenThing], of_acts: Collection[FollowUp], today: date
) -> list[OpenThing]:
    """What is due and has no follow-up, one for each act and way of doing it.

    Nobody turns to a person who is never called again: what needs them makes none.
    """
    by_act: dict[int, list[FollowUp]] = {}
    for follow_up in of_acts:
        if follow_up.act_id is not None:
            by_act.setdefault(follow_up.act_id, []).append(follow_up)
    again = load_waiting_rules(session, today).again
    found: dict[tuple[int, FollowUpKind], OpenThing] = {}
    for thing in things:
        kind = FOLLOWED.get(thing.next.step)
        if kind is None or thing.next.on > today:
            continue
        known = by_act.get(thing.act_id, ())
        if not any(is_followed(thing, each, today, again) for each in known):
            found.setdefault((thing.act_id, kind), thing)
    asked = {thing.case_id for (_act, kind), thing in found.items() if kind not in NOT_BY_CALL}
    stopped = never_called_among(session, asked) if asked else {}
    left = [
        thing
        for (_act, kind), thing in found.items()
        if kind in NOT_BY_CALL or thing.case_id not in stopped
    ]
    return sorted(left, key=lambda thing: (thing.next.on, thing.act_id))


def _moved(
    session: Session, things: Iterable[OpenThing], of_acts: Collection[FollowUp], today: date
) -> list[tuple[FollowUp, bool]]:
    """Open follow-ups of what is not due any more, and whether it still runs; those that ask a
    person who is never called again, as if it ran no more."""
    by_act: dict[int, list[OpenThing]] = {}
    for thing in things:
        by_act.setdefault(thing.act_id, []).append(thing)
    still = [
        each for each in of_acts if each.state == FollowUpState.OPEN and each.kind in MADE_HERE
    ]
    asked = {each.case_id for each in still if each.kind not in NOT_BY_CALL}
    stopped = never_called_among(session, asked) if asked else {}
    found = []
    for follow_up in still:
        if follow_up.case_id in stopped and follow_up.kind not in NOT_BY_CALL:
            found.append((follow_up, False))
            continue
        left = by_act.get(follow_up.act_id or 0, [])
        if not any(each.next.on <= today and _tells_of(follow_up, each) for each in left):
            found.append((follow_up, bool(left)))
    return found


def _end(ctx: Context, moved: Iterable[tuple[FollowUp, bool]]) -> None:
    for follow_up, runs_on in moved:
        state = FollowUpState.DONE if runs_on else FollowUpState.CANCELLED
        end_by_itself(ctx, follow_up, state)


def _follow_ups_of_acts(
    session: Session, today: date, case_ids: Collection[int] | None = None
) -> list[FollowUp]:
    """Follow-ups of what runs that are open, or ended a short while ago."""
    lately = at_paris(today - _LONGEST, time.min)
    statement = (
        select(FollowUp)
        .join(FollowUp.case)
        .options(contains_eager(FollowUp.case))
        .where(FollowUp.act_id.is_not(None))
        .where(
            or_(
                FollowUp.state == FollowUpState.OPEN,
                and_(FollowUp.done_at >= lately, FollowUp.settled_by_payment.is_(False)),
            )
        )
        .order_by(FollowUp.id)
    )
    if case_ids is not None:
        statement = statement.where(among(session, FollowUp.case_id, case_ids))
    return list(session.scalars(statement))
