"""What runs on many cases at once is what runs on each; nothing promised is without a next date."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.cases.models import Case
from energymed.casework.due_follow_ups import FOLLOWED
from energymed.casework.move_on import Step as Move
from energymed.casework.move_on import move_on
from energymed.casework.work_tray import Group, TrayFilter, tray
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.next_dates import OF_MONEY, WAITING_ACTS, Step
from energymed.mediation.open_things import open_things
from energymed.mediation.plans import agree_plan
from energymed.mediation.queries import CaseMediation, of_case
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.request_codes import ReferralNews, RequestState
from energymed.mediation.requests import MOVES
from energymed.mediation.rules import PlanTerms
from energymed.mediation.running import RunningThing, running_of
from energymed.mediation.states import AID_MOVES, ENDED_PLANS, PLAN_MOVES
from tests.calling.conftest import NOW, Desk
from tests.exploring import examples

Deed = Callable[[Context, Case], object]
# what only payments draw, or what nobody's step ends
_PLANS_END = {state for state, moves in PLAN_MOVES.items() if not moves} - {"broken"}


def act(kind: str, **details: Any) -> Deed:
    return lambda ctx, case: record_act(ctx, case.id, kind, details)


def later(ctx: Context, days: int) -> date:
    return paris_date(ctx.now) + timedelta(days=days)


DEEDS: list[Deed] = [
    lambda ctx, case: agree_plan(ctx, case.id, PlanTerms(30_000, 3, later(ctx, 10))),
    lambda ctx, case: open_aid(ctx, case.id, AidOpening("ccas", consent=True)),
    lambda ctx, case: open_aid(ctx, case.id, AidOpening("fsl_energy", consent=False)),
    lambda ctx, case: refer(
        ctx, case.id, ReferralRequest("pcb", "budget", "coordinates_given", consent=True)
    ),
    act("hold_asked", asked_of="supplier", subjects=["cut"], reason="aid_pending"),
    act("supplier_action", actions=["duplicate_bill", "self_reading"]),
    act("dispute", subject="reading", forwarded_to="supplier"),
    lambda ctx, case: record_act(
        ctx,
        case.id,
        "dispute",
        {"subject": "amount", "forwarded_to": "supplier", "complaint_on": paris_date(ctx.now)},
    ),
    lambda ctx, case: record_act(
        ctx,
        case.id,
        "pays_full",
        {"promised_on": later(ctx, 5), "amount_cents": 60_000, "method": "transfer"},
    ),
    lambda ctx, case: record_act(ctx, case.id, "extension", {"new_due_on": later(ctx, 20)}),
    lambda ctx, case: record_act(ctx, case.id, "paid_already", {"declared_on": later(ctx, 0)}),
    act("attestation_to_send", supplier="EDF"),
    lambda ctx, case: record_act(
        ctx,
        case.id,
        "dispute",
        {"subject": "holder", "forwarded_to": "mne", "complaint_on": paris_date(ctx.now)},
    ),
]


def running(ctx: Context, case: Case) -> list[RunningThing]:
    found = {case.id: of_case(ctx.session, case.id)}
    return running_of(ctx.session, ctx.actor, found, [case], paris_date(ctx.now))


def move_something(ctx: Context, case: Case, choice: int) -> None:
    """One of the moves that are offered, with whatever it asks for."""
    moves = [move for thing in running(ctx, case) for move in thing.moves]
    if not moves:
        return
    move = moves[choice % len(moves)]
    step = Move(move.kind, move.record_id, move.to, amount_cents=5_000)
    move_on(ctx, replace(step, refusal_reason="above_ceiling", missing_documents=("bill",)))


def void_something(ctx: Context, case: Case, choice: int) -> None:
    acts = [each for each in of_case(ctx.session, case.id).acts if each.voided_at is None]
    if acts:
        void_act(ctx, acts[choice % len(acts)].id)


def has_closed_end(mediation: CaseMediation, record: Any) -> bool:
    """Whether nothing more is expected of it: its state has no way on, or says so."""
    name = type(record).__name__
    if name == "Plan":
        return record.state in (*ENDED_PLANS, "completed") or record.state in _PLANS_END
    if name == "AidRequest":
        return not AID_MOVES[record.state]
    if name == "Referral":
        known = (ReferralNews.TAKEN_UP, ReferralNews.NOT_GONE, ReferralNews.ENDED)
        return record.news in known or not record.consent or record.no_news_count > 1
    if name == "PartnerRequest":
        answered = record.kind != "hold" and record.state == RequestState.GRANTED
        return answered or not MOVES[record.kind][record.state]
    answered_by = [
        each.id
        for each in mediation.acts
        if each.voided_at is None and each.kind in (*OF_MONEY, "plan_agreed")
    ]
    return record.kept is not None or (
        record.kind in OF_MONEY and record.id < max(answered_by, default=0)
    )


def check(ctx: Context, case: Case) -> None:
    today = paris_date(ctx.now)
    mediation = of_case(ctx.session, case.id)
    things = running(ctx, case)
    # on many cases at once as on one
    light = open_things(ctx.session, today, [Case.id == case.id])
    assert {(each.kind, each.record_id, each.next) for each in light} == {
        (each.kind, each.record.id, each.next) for each in things
    }
    # nothing promised, filed or granted is without a next date or a closed end
    with_next = {(type(each.record).__name__, each.record.id) for each in things}
    waiting = [act for act in mediation.acts if act.kind in WAITING_ACTS]
    for record in (
        *mediation.plans, *mediation.aids, *mediation.referrals, *mediation.requests, *waiting,
    ):  # fmt: skip
        act_of = record if record in waiting else record.act
        if act_of.voided_at is None and not has_closed_end(mediation, record):
            assert (type(record).__name__, record.id) in with_next, record
    # what is due is in the tray on that day, once each
    entries = tray(ctx, TrayFilter()).entries
    told = [(each.thing.kind, each.thing.record_id) for each in entries if each.thing]
    assert sorted(told) == sorted((each.kind, each.record_id) for each in light)
    groups = {(e.thing.kind, e.thing.record_id): e.group for e in entries if e.thing}
    for each in light:
        due = each.next.on <= today
        assert (groups[each.kind, each.record_id] in (Group.LATE, Group.TODAY)) == due


DOINGS = st.lists(
    st.tuples(
        st.sampled_from(["deed", "move", "move", "void"]),
        st.integers(0, 40),
        st.integers(0, 50),  # days that pass
    ),
    min_size=1,
    max_size=9,
)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(doings=DOINGS, look=st.integers(0, 120))
def test_nothing_is_ever_without_a_next_date_or_a_closed_end(
    session: Session, desk: Desk, doings: list[tuple[str, int, int]], look: int
) -> None:
    """Over random acts and moves on a case, on the day of each and on some later day."""
    case, at = desk.case(debt_cents=60_000), NOW
    for what, choice, days in doings:
        ctx = Context(session, desk.actor, at)
        try:
            with session.begin_nested():
                if what == "deed":
                    DEEDS[choice % len(DEEDS)](ctx, case)
                elif what == "move":
                    move_something(ctx, case, choice)
                else:
                    void_something(ctx, case, choice)
        except DomainError:
            pass  # it may not be done now, and changes nothing
        session.expire_all()
        check(ctx, case)
        at += timedelta(days=days)
    check(Context(session, desk.actor, at + timedelta(days=look)), case)
    session.rollback()


def test_each_step_names_who_is_awaited_in_words() -> None:
    assert all(step.label for step in Step)
    assert set(FOLLOWED) < set(Step)
