"""Acts through the services: what each requires, what it leaves, who may."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.errors import BadInput, DomainError, NotFound, Refused
from energymed.mediation import queries
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.models import Act, Plan
from energymed.mediation.plans import agree_plan, mark_instalment, move_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

TERMS = PlanTerms(10_000, 4, date(2026, 12, 7))
CCAS = ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
TALK = ChequeTalk(2025, "received_unused", ("preassignment", "expiry"))


@pytest.fixture
def desk(session: Session):  # type: ignore[no-untyped-def]
    mediator = make_user(session)
    case = make_case(session, assigned_to=mediator)
    session.commit()
    return mediator.as_actor(), case


def test_a_plan_is_agreed_then_confirmed_then_completed(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    plan = agree_plan(session, actor, case.id, TERMS, now=NOW)
    assert (plan.state, plan.agreed_on, plan.confirmed_on) == ("agreed", date(2026, 11, 23), None)
    assert [i.amount_cents for i in plan.instalments] == [2_500] * 4
    move_plan(session, actor, plan.id, "confirmed", now=NOW)
    for instalment in plan.instalments:
        mark_instalment(session, actor, instalment.id, "confirmed", now=NOW)
    assert plan.state == "completed"
    actions = set(session.scalars(select(AuditEvent.action)))
    assert {"plan.agreed", "plan.confirmed", "instalment.marked", "plan.completed"} <= actions


def test_a_double_click_makes_one_plan(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    first = agree_plan(session, actor, case.id, TERMS, now=NOW, request_key="k")
    again = agree_plan(session, actor, case.id, TERMS, now=NOW, request_key="k")
    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(Plan)) == 1


def test_one_running_plan_at_a_time(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    plan = agree_plan(session, actor, case.id, TERMS, now=NOW)
    with pytest.raises(Refused, match="court déjà"):
        agree_plan(session, actor, case.id, TERMS, now=NOW)
    move_plan(session, actor, plan.id, "cancelled", now=NOW)
    assert agree_plan(session, actor, case.id, TERMS, now=NOW).id != plan.id


def test_over_indebtedness_suspends_new_plans(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    act = record_act(session, actor, case.id, "overindebtedness", {"stage": "admissible"}, now=NOW)
    with pytest.raises(Refused, match="surendettement"):
        agree_plan(session, actor, case.id, TERMS, now=NOW)
    void_act(session, actor, act.id, now=NOW)
    assert agree_plan(session, actor, case.id, TERMS, now=NOW).state == "agreed"


def test_a_cancelled_plan_does_not_move_again(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    plan = agree_plan(session, actor, case.id, TERMS, now=NOW)
    move_plan(session, actor, plan.id, "cancelled", now=NOW)
    with pytest.raises(Refused):
        move_plan(session, actor, plan.id, "confirmed", now=NOW)
    with pytest.raises(Refused):
        mark_instalment(session, actor, plan.instalments[0].id, "confirmed", now=NOW)


def test_passed_instalments_are_due_once_their_day_is_over(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    plan = agree_plan(session, actor, case.id, TERMS, now=NOW)
    first = plan.instalments[0]
    assert queries.instalments_due(session, first.due_on) == []
    assert queries.instalments_due(session, first.due_on + timedelta(days=1)) == [first]
    mark_instalment(session, actor, first.id, "declared_paid", now=NOW)
    assert queries.instalments_due(session, first.due_on + timedelta(days=1)) == []


def test_an_aid_goes_from_opening_to_payment(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    opening = AidOpening("fsl_energy", consent=True, missing_documents=("income",))
    aid = open_aid(session, actor, case.id, opening, now=NOW)
    assert (aid.state, aid.missing_documents) == ("documents_pending", ["income"])
    move_aid(session, actor, aid.id, "complete", AidStep(), now=NOW)
    move_aid(session, actor, aid.id, "submitted", AidStep(), now=NOW)
    assert aid.protects_until == date(2027, 1, 23)
    assert queries.protection(session, case.id, date(2026, 12, 1)) == date(2027, 1, 23)
    with pytest.raises(BadInput) as refusal:
        move_aid(session, actor, aid.id, "granted_partial", AidStep(), now=NOW)
    assert refusal.value.params["field"] == "amount"
    step = AidStep(amount_cents=6_000, loan_part_cents=1_000)
    move_aid(session, actor, aid.id, "granted_partial", step, now=NOW)
    assert (aid.grant_part_cents, aid.loan_part_cents) == (5_000, 1_000)
    move_aid(session, actor, aid.id, "paid_to_supplier", AidStep(amount_cents=6_000), now=NOW)
    assert (aid.paid_cents, aid.paid_on) == (6_000, date(2026, 11, 23))


def test_a_fund_decides_only_on_what_was_submitted(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    aid = open_aid(session, actor, case.id, AidOpening("ccas", consent=False), now=NOW)
    assert aid.state == "identified"
    with pytest.raises(Refused):
        move_aid(session, actor, aid.id, "granted_full", AidStep(amount_cents=1), now=NOW)


def test_a_referral_needs_consent_and_counts_once_per_body(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    without = ReferralRequest("ccas", "budget", "file_transmitted", consent=False)
    with pytest.raises(Refused) as refusal:
        refer(session, actor, case.id, without, now=NOW)
    assert refusal.value.params["field"] == "consent"
    refer(session, actor, case.id, CCAS, now=NOW)
    with pytest.raises(Refused, match="déjà orienté"):
        refer(session, actor, case.id, CCAS, now=NOW)


def test_cheque_awareness_needs_a_topic_and_counts_once_a_year(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    with pytest.raises(BadInput):
        give_awareness(session, actor, case.id, ChequeTalk(2025, "used", ()), now=NOW)
    give_awareness(session, actor, case.id, TALK, now=NOW)
    with pytest.raises(Refused):
        give_awareness(session, actor, case.id, TALK, now=NOW)


def test_an_act_is_voided_the_same_day_only_and_stays_on_file(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    act = record_act(session, actor, case.id, "info_given", {"topics": ["bill"]}, now=NOW)
    with pytest.raises(Refused):
        void_act(session, actor, act.id, now=NOW + timedelta(days=1))
    void_act(session, actor, act.id, now=NOW)
    assert session.get_one(Act, act.id).voided_at == NOW


@pytest.mark.parametrize("text", ["NIR 2 85 05 78 006 084 91", "FR76 3000 6000 0112 3456 7890 189"])
def test_numbers_that_are_never_kept_are_refused(session: Session, desk, text: str) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    details = {"reason": text, "forwarded_to": "mne"}
    with pytest.raises(Refused):
        record_act(session, actor, case.id, "dispute", details, now=NOW)


def test_another_sites_case_does_not_exist(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    _actor, case = desk
    stranger = make_user(session).as_actor()
    attempts = (
        lambda: agree_plan(session, stranger, case.id, TERMS, now=NOW),
        lambda: refer(session, stranger, case.id, CCAS, now=NOW),
        lambda: give_awareness(session, stranger, case.id, TALK, now=NOW),
        lambda: open_aid(session, stranger, case.id, AidOpening("ccas", consent=True), now=NOW),
        lambda: record_act(session, stranger, case.id, "info_given", {}, now=NOW),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def test_what_a_kind_requires_is_asked(session: Session, desk) -> None:  # type: ignore[no-untyped-def]
    actor, case = desk
    with pytest.raises(DomainError):
        record_act(session, actor, case.id, "pays_full", {"method": "card"}, now=NOW)
    with pytest.raises(DomainError):
        record_act(session, actor, case.id, "referral", {}, now=NOW)
