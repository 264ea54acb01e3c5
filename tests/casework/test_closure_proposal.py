"""The closure follows from what is on file and what is agreed, and never says more than that."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.closure_needs import check_closure
from energymed.casework.closure_proposal import Proposal, propose_closure
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.codes import ActKind, VoidReason
from energymed.mediation.plans import agree_plan
from energymed.mediation.referrals import ReferralRequest
from energymed.mediation.rules import NOT_GIVEN, PlanTerms
from energymed.partners.codes import Closure
from tests.exploring import examples
from tests.factories import MONDAY_MORNING, make_case, make_user

DAY = date(2026, 11, 23)
TERMS = PlanTerms(79_206, 6, date(2026, 12, 15))
LONG = PlanTerms(60_000, 30, date(2026, 12, 15))
ACTS: dict[str, AgreedAct] = {
    "plan": AgreedAct(ActKind.PLAN_AGREED, TERMS),
    "long plan": AgreedAct(ActKind.PLAN_AGREED, LONG),
    "half a plan": AgreedAct(ActKind.PLAN_AGREED, PlanTerms(79_206, 0, NOT_GIVEN)),
    "aid": AgreedAct(ActKind.AID_OPENED, AidOpening("fsl_energy", consent=True)),
    "half an aid": AgreedAct(ActKind.AID_OPENED, AidOpening("", consent=False)),
    "promise": AgreedAct(
        ActKind.PAYS_FULL, {"promised_on": date(2026, 12, 4), "amount_cents": 60_000}
    ),
    "half a promise": AgreedAct(ActKind.PAYS_FULL, {}),
    "delay": AgreedAct(ActKind.EXTENSION, {"new_due_on": date(2026, 12, 4)}),
    "paid": AgreedAct(ActKind.PAID_ALREADY, {"declared_on": DAY}),
    "paid a part": AgreedAct(ActKind.PAID_ALREADY, {"declared_on": DAY, "amount_cents": 79_205}),
    "paid to the cent": AgreedAct(
        ActKind.PAID_ALREADY, {"declared_on": DAY, "amount_cents": 79_206}
    ),
    "dispute": AgreedAct(ActKind.DISPUTE, {"reason": "Relève", "forwarded_to": "mne"}),
    "referral": AgreedAct(
        ActKind.REFERRAL, ReferralRequest("ccas", "budget", "appointment_made", consent=True)
    ),
    "refusal": AgreedAct(ActKind.REFUSES_SOLUTION, {}),
    "information": AgreedAct(ActKind.INFO_GIVEN, {"topics": ["bill"]}),
    "advice": AgreedAct(ActKind.ENERGY_ADVICE, {"topics": ["heating"]}),
    "alert": AgreedAct(ActKind.ALERT, {}),
}


@pytest.fixture
def case(session: Session) -> Case:
    made = make_case(session, assigned_to=make_user(session), debt_cents=79_206)
    session.commit()
    return made


@pytest.fixture
def ctx(session: Session, case: Case) -> Context:
    assert case.assigned_to is not None
    return Context(session, case.assigned_to.as_actor(), MONDAY_MORNING)


def proposed(ctx: Context, case: Case, *names: str) -> str | None:
    found = propose_closure(ctx, case, [ACTS[name] for name in names])
    return found.closure if found else None


@pytest.mark.parametrize(
    ("names", "closure"),
    [
        ((), None),
        (("alert",), None),
        (("plan",), "plan_running"),
        (("half a plan",), None),
        (("aid",), "aid_pending"),
        (("half an aid",), None),
        (("promise",), "promise"),
        (("half a promise",), None),
        (("delay",), "promise"),
        (("paid",), "settled"),
        (("paid to the cent",), "settled"),
        (("paid a part",), "promise"),
        (("dispute",), "disputed"),
        (("referral",), "referred"),
        (("refusal",), "refused"),
        (("information",), "informed_only"),
        (("advice",), "advised"),
        (("advice", "referral", "aid", "plan"), "plan_running"),
        (("advice", "referral", "aid"), "aid_pending"),
        (("advice", "referral", "promise"), "promise"),
    ],
)
def test_what_is_agreed_tells(
    ctx: Context, case: Case, names: tuple[str, ...], closure: str | None
) -> None:
    assert proposed(ctx, case, *names) == closure


def test_the_reason_says_what_was_agreed(ctx: Context, case: Case) -> None:
    found = propose_closure(ctx, case, [ACTS["plan"]])
    assert isinstance(found, Proposal)
    assert found.reason.params == {"day": DAY, "count": 6, "each_cents": 13_201}
    agree_plan(ctx, case.id, TERMS)
    later = Context(ctx.session, ctx.actor, MONDAY_MORNING + timedelta(days=14))
    assert propose_closure(later, case) == found, "of the day on which it was agreed"


def test_what_is_on_file_counts_until_it_is_crossed_out(ctx: Context, case: Case) -> None:
    aid = open_aid(ctx, case.id, AidOpening("ccas", consent=True))
    promise = {"promised_on": DAY, "amount_cents": 500, "method": "card"}
    record_act(ctx, case.id, ActKind.PAYS_FULL, promise)
    assert proposed(ctx, case) == "aid_pending"
    void_act(ctx, aid.act_id, VoidReason.TYPING)
    assert proposed(ctx, case) == "promise"


@pytest.mark.parametrize(("owed", "closure"), [(1, None), (0, "settled"), (-1, "settled")])
def test_nothing_owed_is_settled(ctx: Context, case: Case, owed: int, closure: str | None) -> None:
    case.debt_cents = owed
    assert proposed(ctx, case) == closure


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.sampled_from(sorted(ACTS)), max_size=5), owed=st.sampled_from([0, 79_206]))
def test_one_that_would_be_refused_is_never_proposed(
    ctx: Context, case: Case, names: set[str], owed: int
) -> None:
    case.debt_cents = owed
    acts: list[Any] = [ACTS[name] for name in sorted(names)]
    found = propose_closure(ctx, case, acts)
    if found is not None:
        check_closure(ctx, case, found.closure, acts)


@pytest.mark.parametrize(("debt", "part"), [(None, False), (79_206, True)])
def test_nobody_paid_a_part_of_what_is_not_known(
    session: Session, case: Case, debt: int | None, part: bool
) -> None:
    case.debt_cents = debt
    ctx = Context(session, case.assigned_to.as_actor(), MONDAY_MORNING)  # type: ignore[union-attr]
    found = propose_closure(ctx, case, [ACTS["paid a part"]])
    assert found is not None
    assert ("partie" in found.reason.sentence, found.closure) == (part, Closure.PROMISE)
