"""A closure needs what it says: on file, or agreed in the same conversation (DOMAIN §10)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.errors import Refused
from energymed.calling.calls.linked_cases import Agreed
from energymed.calling.calls.report import NOT_CHOSEN, CallReport
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.closure_needs import ACTS, HOLDS, SENTENCES, check_closure
from energymed.casework.correct_call import correct_call
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.codes import ActKind, Fund, PlanState
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from energymed.partners.codes import CampaignKind, Closure
from energymed.web.mediator.call.act_fields import may_hold
from energymed.web.mediator.call.forms import CONVERSATION_CLOSURES
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_person, make_user

TERMS = PlanTerms(amount_cents=10_000, instalment_count=2, first_due_on=date(2026, 12, 15))
AID = AidOpening(fund=Fund.FSL_ENERGY, consent=True)
DAY = date(2026, 11, 20)
PLAN = AgreedAct(ActKind.PLAN_AGREED, TERMS)
PAID = AgreedAct(ActKind.PAID_ALREADY, {"declared_on": DAY})
FREE = sorted(set(CONVERSATION_CLOSURES) - set(HOLDS))


@pytest.fixture
def case(session: Session) -> Case:
    made = make_case(session, assigned_to=make_user(session))
    session.commit()
    return made


@pytest.fixture
def ctx(session: Session, case: Case) -> Context:
    assert case.assigned_to is not None
    return Context(session, case.assigned_to.as_actor(), MONDAY_MORNING)


def holds(ctx: Context, case: Case, closure: str, *acts: AgreedAct, **how: Any) -> bool:
    error = None
    try:
        check_closure(ctx, case, closure, acts, **how)
    except Refused as refused:
        error = refused
    if error is not None:
        assert (error.message, error.params["field"]) == (SENTENCES[Closure(closure)], "closure")
    return error is None


def test_every_closure_of_the_menu_with_a_need_says_it() -> None:
    assert HOLDS.keys() == SENTENCES.keys()
    assert ACTS.keys() <= HOLDS.keys() <= set(CONVERSATION_CLOSURES)
    assert not set(CONVERSATION_CLOSURES) & set(NOT_CHOSEN)


@pytest.mark.parametrize("closure", sorted(HOLDS))
def test_none_holds_on_a_case_without_anything(ctx: Context, case: Case, closure: str) -> None:
    assert not holds(ctx, case, closure)


@pytest.mark.parametrize("closure", FREE)
def test_the_others_need_nothing(ctx: Context, case: Case, closure: str) -> None:
    assert holds(ctx, case, closure)


@pytest.mark.parametrize(
    ("closure", "act"),
    [
        ("plan_running", PLAN),
        ("aid_pending", AgreedAct(ActKind.AID_OPENED, AID)),
        ("referred", AgreedAct(ActKind.REFERRAL, {})),
        ("promise", AgreedAct(ActKind.PAYS_FULL, {"promised_on": DAY, "amount_cents": 5_000})),
        ("promise", AgreedAct(ActKind.EXTENSION, {"new_due_on": DAY})),
        ("promise", PAID),
        ("settled", PAID),
        ("disputed", AgreedAct(ActKind.DISPUTE, {"reason": "Relève", "forwarded_to": "mne"})),
    ],
)
def test_what_the_conversation_agrees_counts(
    ctx: Context, case: Case, closure: str, act: AgreedAct
) -> None:
    assert holds(ctx, case, closure, act)
    assert not holds(ctx, case, closure, AgreedAct(ActKind.ENERGY_ADVICE, {"topics": ["heating"]}))


@pytest.mark.parametrize(("cents", "settled"), [(9_999, False), (10_000, True)])
def test_a_declared_payment_settles_when_it_is_of_the_whole_debt(
    ctx: Context, case: Case, cents: int, settled: bool
) -> None:
    act = AgreedAct(ActKind.PAID_ALREADY, {"declared_on": DAY, "amount_cents": cents})
    assert holds(ctx, case, "settled", act) is settled


@pytest.mark.parametrize(("owed", "settled"), [(1, False), (0, True), (-5, True), (None, False)])
def test_a_zero_balance_settles(ctx: Context, case: Case, owed: int | None, settled: bool) -> None:
    case.debt_cents = owed
    assert holds(ctx, case, "settled") is settled


def test_what_is_on_file_counts_until_it_is_crossed_out_or_over(ctx: Context, case: Case) -> None:
    plan = agree_plan(ctx, case.id, TERMS)
    assert holds(ctx, case, "plan_running")
    plan.state = PlanState.BROKEN
    assert not holds(ctx, case, "plan_running")
    aid = open_aid(ctx, case.id, AID)
    assert holds(ctx, case, "aid_pending")
    void_act(ctx, aid.act_id)
    assert not holds(ctx, case, "aid_pending")
    act = record_act(ctx, case.id, ActKind.PAID_ALREADY, {"declared_on": DAY})
    assert holds(ctx, case, "settled")
    void_act(ctx, act.id)
    assert not holds(ctx, case, "settled")


def test_a_plan_is_of_one_debt_an_aid_is_of_the_person(ctx: Context, case: Case) -> None:
    both = (PLAN, AgreedAct(ActKind.AID_OPENED, AID))
    assert holds(ctx, case, "aid_pending", *both, of_another=True)
    with pytest.raises(Refused) as refused:
        check_closure(ctx, case, "plan_running", both, of_another=True)
    assert refused.value.params["reference"] == case.reference


def report(case: Case, closure: str, **given: Any) -> CallReport:
    return CallReport(
        "reached_holder", MONDAY_MORNING, phone_id=case.person.phones[0].id,
        details={"identity_checked": True}, next_step="close", closure=closure, **given,
    )  # fmt: skip


def test_a_conversation_that_closes_so_is_refused_whole(ctx: Context, case: Case) -> None:
    claim_case(ctx, case.id)
    with pytest.raises(Refused):
        record_conversation(ctx, case.id, Outcome(report(case, "plan_running")))
    assert case.state == "in_call"
    record_conversation(ctx, case.id, Outcome(report(case, "plan_running"), acts=(PLAN,)))
    assert case.closure == Closure.PLAN_RUNNING


def test_so_is_another_case_of_the_person(ctx: Context, case: Case, session: Session) -> None:
    partner = make_partner(session)
    household = {"household_id": case.person.household_id, "name_key": case.person.name_key}
    person = make_person(session, case.site, partner, phones=())
    person.household_id, person.name_key = household["household_id"], str(household["name_key"])
    twin = make_case(session, site=case.site, partner=partner, person=person)
    claim_case(ctx, case.id)
    outcome = Outcome(report(case, "advised"), others=(Agreed(twin.id, "close", "settled"),))
    with pytest.raises(Refused) as refused:
        record_conversation(ctx, case.id, outcome)
    assert refused.value.params["reference"] == twin.reference


def test_so_is_a_correction(ctx: Context, case: Case) -> None:
    claim_case(ctx, case.id)
    call = record_conversation(ctx, case.id, Outcome(report(case, "advised")))
    later = Context(ctx.session, ctx.actor, MONDAY_MORNING + timedelta(minutes=5))
    with pytest.raises(Refused):
        correct_call(later, call.id, Outcome(report(case, "referred")))
    correct_call(later, call.id, Outcome(report(case, "self_solved")))
    assert case.closure == Closure.SELF_SOLVED


@pytest.mark.parametrize("closure", ["lost_after_contact", "intervention_avoided"])
def test_what_is_not_for_a_person_to_say_is_refused(ctx: Context, case: Case, closure: str) -> None:
    claim_case(ctx, case.id)
    with pytest.raises(Exception, match="découle"):
        record_conversation(ctx, case.id, Outcome(report(case, closure)))


def test_a_mission_offers_what_its_acts_allow() -> None:
    notice = {one for one in CONVERSATION_CLOSURES if may_hold(one, CampaignKind.CUTOFF_NOTICE)}
    assert not notice & {"plan_running", "settled"}
    assert {"aid_pending", "promise", "referred", "informed_only", "advised"} <= notice
    meter = {one for one in CONVERSATION_CLOSURES if may_hold(one, CampaignKind.APPOINTMENT)}
    assert not meter & {"plan_running", "aid_pending", "promise", "settled"}
    assert all(may_hold(one, CampaignKind.UNPAID_BILL) for one in CONVERSATION_CLOSURES)


def test_what_is_no_closure_is_judged_elsewhere(session: Session, case: Case) -> None:
    check_closure(Context(session, SYSTEM), case, None)
    check_closure(Context(session, SYSTEM), case, "nothing such")
