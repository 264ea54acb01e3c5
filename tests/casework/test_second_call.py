"""The second call: a plan, an aid and a referral that run are all taken on in one save."""

from datetime import date, timedelta
from typing import Any

import pytest

from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case
from energymed.cases.transitions import close
from energymed.casework.move_on import Step, check_all, move_all, move_on
from energymed.casework.person_running import person_file
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.mediation.acts import record_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.codes import AidState, InstalmentWord, PlanState
from energymed.mediation.models import AidRequest, Plan, Referral
from energymed.mediation.next_dates import Awaited
from energymed.mediation.next_dates import Step as Next
from energymed.mediation.plans import agree_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.request_codes import ReferralNews, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.rules import PlanTerms
from energymed.mediation.running import Running
from energymed.partners.codes import Closure
from tests.calling.conftest import NOW, Desk
from tests.factories import make_partner, make_user

TODAY = date(2026, 11, 23)
DUE = date(2026, 12, 7)
DAY = timedelta(days=1)


def context(desk: Desk, days: int = 0) -> Context:
    return Context(desk.session, desk.actor, NOW + days * DAY)


@pytest.fixture
def case(desk: Desk) -> Case:
    """A case on which a plan, an aid that waits for a paper, and a referral run."""
    found = desk.case()
    ctx = context(desk)
    agree_plan(ctx, found.id, PlanTerms(10_000, 4, DUE))
    open_aid(ctx, found.id, AidOpening("fsl_energy", True, missing_documents=("income",)))
    refer(ctx, found.id, ReferralRequest("ccas", "budget", "coordinates_given", True))
    desk.session.flush()
    return found


def one(desk: Desk, model: type[Any], case: Case) -> Any:
    return desk.session.query(model).filter_by(case_id=case.id).one()


def running(desk: Desk, case: Case, days: int = 0) -> list[tuple[str, str, date]]:
    """Kind, next step and its day of all that runs with the person."""
    things = person_file(context(desk, days), case, TODAY + days * DAY).running.things
    return [(thing.kind, thing.next.step, thing.next.on) for thing in things if thing.next]


def test_all_that_runs_is_there_the_soonest_first(desk: Desk, case: Case) -> None:
    assert running(desk, case) == [
        (Running.AID, Next.ASK_PAPERS, date(2026, 11, 30)),
        (Running.PLAN, Next.NEXT_INSTALMENT, DUE),
        (Running.REFERRAL, Next.ASK_REFERRAL_NEWS, date(2026, 12, 14)),
    ]


def test_a_late_instalment_comes_after_its_days_of_grace(desk: Desk, case: Case) -> None:
    on_its_last_day = (DUE - TODAY).days + 7
    steps = dict((kind, step) for kind, step, _on in running(desk, case, on_its_last_day))
    assert steps[Running.PLAN] == Next.ASK_PLAN_CONFIRMED
    steps = dict((kind, step) for kind, step, _on in running(desk, case, on_its_last_day + 1))
    assert steps[Running.PLAN] == Next.LATE_INSTALMENT


def test_one_save_takes_all_of_them_on(desk: Desk, case: Case) -> None:
    claim_case(context(desk), case.id)
    plan, aid, referral = (one(desk, model, case) for model in (Plan, AidRequest, Referral))
    steps = (
        Step(Running.INSTALMENT, plan.instalments[0].id, "paid"),
        Step(Running.PLAN, plan.id, "confirmed"),
        Step(Running.AID, aid.id, "complete"),
        Step(Running.REFERRAL, referral.id, "seen"),
    )
    report = desk.report("reached_holder", next_step="close", closure="plan_running")
    record_conversation(context(desk), case.id, Outcome(report=report, steps=steps))
    assert plan.instalments[0].said == InstalmentWord.PAID
    assert (plan.state, plan.confirmed_on) == (PlanState.CONFIRMED, TODAY)
    assert (aid.state, aid.moved_on) == (AidState.COMPLETE, TODAY)
    assert (referral.news, referral.news_on) == (ReferralNews.SEEN, TODAY)


def test_a_step_that_cannot_follow_leaves_the_whole_call_unsaved(desk: Desk, case: Case) -> None:
    claim_case(context(desk), case.id)
    aid = one(desk, AidRequest, case)
    report = desk.report("reached_holder", next_step="close", closure="plan_running")
    outcome = Outcome(report=report, steps=(Step(Running.AID, aid.id, "granted_full"),))
    with pytest.raises(Refused) as refusal:
        record_conversation(context(desk), case.id, outcome)
    assert refusal.value.params["field"] == f"move-aid-{aid.id}"
    assert aid.state == AidState.DOCUMENTS_PENDING


def test_nothing_is_taken_on_in_a_call_that_reached_nobody(desk: Desk, case: Case) -> None:
    claim_case(context(desk), case.id)
    step = Step(Running.REFERRAL, one(desk, Referral, case).id, "seen")
    with pytest.raises(Refused) as refusal:
        record_conversation(
            context(desk), case.id, Outcome(report=desk.report("no_answer"), steps=(step,))
        )
    assert refusal.value.params["field"] == "acts"


@pytest.mark.parametrize(
    ("to", "field"),
    [("granted_full", "amount"), ("refused", "refusal_reason")],
)
def test_what_a_step_lacks_is_named(desk: Desk, case: Case, to: str, field: str) -> None:
    aid, ctx = one(desk, AidRequest, case), context(desk)
    for state in (AidState.COMPLETE, AidState.SUBMITTED):
        move_aid(ctx, aid.id, state, AidStep())
    with pytest.raises(BadInput) as refusal:
        check_all(ctx, [Step(Running.AID, aid.id, to)])
    assert refusal.value.params["field"] == f"move-aid-{aid.id}-{field}"


def test_a_submitted_aid_is_asked_about_before_its_protection_ends(desk: Desk, case: Case) -> None:
    aid, ctx = one(desk, AidRequest, case), context(desk)
    for state in (AidState.COMPLETE, AidState.SUBMITTED):
        move_aid(ctx, aid.id, state, AidStep())
    assert aid.protects_until == date(2027, 1, 23)
    thing = next(
        thing for thing in person_file(ctx, case, TODAY).running.things
        if thing.kind == Running.AID
    )  # fmt: skip
    assert thing.next is not None
    assert (thing.next.on, thing.next.awaited) == (date(2027, 1, 7), Awaited.FUND)


def test_a_closed_cases_plan_is_seen_from_the_other_case(desk: Desk, case: Case) -> None:
    close(context(desk), case, Closure.PLAN_RUNNING)
    later = desk.case(person=case.person, partner=make_partner(desk.session))
    file = person_file(context(desk), later, TODAY)
    assert [thing.case.id for thing in file.running.things] == [case.id] * 3
    assert file.running.of(later) == []
    assert [each.id for each in file.running.cases] == [later.id, case.id]
    assert file.mediation.plans == []


def test_what_is_owed_is_told_for_each_partner_when_there_are_several(
    desk: Desk, case: Case
) -> None:
    assert person_file(context(desk), case, TODAY).running.owed == []
    other = desk.case(person=case.person, partner=make_partner(desk.session))
    owed = person_file(context(desk), case, TODAY).running.owed
    assert [(each.partner, each.cents) for each in owed] == [
        (case.partner.name, case.debt_cents), (other.partner.name, other.debt_cents)
    ]  # fmt: skip


def test_a_promise_waits_until_it_is_said_to_be_kept_or_not(desk: Desk, case: Case) -> None:
    promised = desk.case()
    details = {"promised_on": date(2026, 11, 30), "amount_cents": 5_000, "method": "transfer"}
    act = record_act(context(desk), promised.id, "pays_full", details)
    assert running(desk, promised) == [(Running.WORD, Next.ASK_PROMISE, date(2026, 12, 3))]
    move_on(context(desk), Step(Running.WORD, act.id, WordKept.NOT_KEPT))
    assert running(desk, promised) == []


def test_a_later_plan_answers_a_promise(desk: Desk) -> None:
    promised = desk.case()
    details = {"promised_on": date(2026, 11, 30), "amount_cents": 5_000, "method": "transfer"}
    record_act(context(desk), promised.id, "pays_full", details)
    agree_plan(context(desk), promised.id, PlanTerms(10_000, 4, DUE))
    assert [kind for kind, _step, _on in running(desk, promised)] == [Running.PLAN]


def test_another_sites_record_does_not_exist(desk: Desk, case: Case) -> None:
    stranger = Context(desk.session, make_user(desk.session).as_actor(), NOW)
    step = Step(Running.REFERRAL, one(desk, Referral, case).id, "seen")
    with pytest.raises(NotFound):
        check_all(stranger, [step])
    with pytest.raises(NotFound):
        move_on(stranger, step)


def test_pressed_twice_or_by_two_it_is_noted_once(desk: Desk, case: Case) -> None:
    hold = record_act(
        context(desk), case.id, "hold_asked",
        {"asked_of": "supplier", "subjects": ["reminders"], "reason": "aid_pending"},
    )  # fmt: skip
    request = desk.session.query(PartnerRequest).filter_by(act_id=hold.id).one()
    plan = one(desk, Plan, case)
    steps = (
        Step(Running.INSTALMENT, plan.instalments[0].id, "paid"),
        Step(Running.PLAN, plan.id, "confirmed"),
        Step(Running.AID, one(desk, AidRequest, case).id, "complete"),
        Step(Running.REFERRAL, one(desk, Referral, case).id, "seen"),
        Step(Running.REQUEST, request.id, "granted"),
    )
    for days in (0, 1):
        check_all(context(desk, days), steps)
        move_all(context(desk, days), steps)
    plan.state = PlanState.KEPT
    check_all(context(desk, 1), steps)
    move_all(context(desk, 1), steps)
    assert (plan.confirmed_on, request.state_on) == (TODAY, TODAY)
    assert one(desk, AidRequest, case).moved_on == TODAY


def test_what_another_noted_otherwise_is_told(desk: Desk, case: Case) -> None:
    aid = one(desk, AidRequest, case)
    move_aid(context(desk), aid.id, AidState.WITHDRAWN, AidStep())
    with pytest.raises(Refused):
        check_all(context(desk), [Step(Running.AID, aid.id, "complete")])
