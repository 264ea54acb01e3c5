"""A correction takes the place of an act on its day: indicators follow, frozen returns do not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, NotFound, Refused
from energymed.base.files import read_file
from energymed.base.periods import parse_period
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.correct_act import correct_act, void_act
from energymed.mediation.acts import note_kept, record_act
from energymed.mediation.aids import AidOpening, AidStep, aid_of, move_aid, open_aid
from energymed.mediation.budget import Budget, Household
from energymed.mediation.budget_studies import BudgetStudy, record_study
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.codes import ActKind, AidState, BudgetBand, PlanState, VoidReason
from energymed.mediation.models import Act, ChequeAwareness, HouseholdBudget, Plan, Referral
from energymed.mediation.plans import agree_plan, move_plan, running_plan
from energymed.mediation.referrals import ReferralRequest, note_news, refer
from energymed.mediation.request_codes import ReferralNews, RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import RequestStep, move_request, note_avoided
from energymed.mediation.rules import PlanTerms
from energymed.reporting.deliveries import deliver
from energymed.reporting.indicators import compute
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

TODAY = NOW.date()
MUCH_LATER = NOW + timedelta(days=90)
FIRST = date(2026, 12, 15)
TERMS = PlanTerms(9_000, 3, FIRST)
WHY = VoidReason.TYPING
CCAS = ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
PROMISE = {"promised_on": date(2026, 12, 4), "amount_cents": 5_000, "method": "card"}


@pytest.fixture
def case(session: Session) -> Case:
    made = make_case(session, assigned_to=make_user(session))
    session.commit()
    return made


@pytest.fixture
def then(session: Session, case: Case) -> Context:
    assert case.assigned_to is not None
    return Context(session, case.assigned_to.as_actor(), NOW)


@pytest.fixture
def later(then: Context) -> Context:
    return Context(then.session, then.actor, MUCH_LATER)


def right(kind: ActKind, terms: Any) -> AgreedAct:
    return AgreedAct(kind, terms)


def promise(**changed: Any) -> AgreedAct:
    return right(ActKind.PAYS_FULL, {**PROMISE, **changed})


def test_it_keeps_the_day_the_exchange_and_who_agreed(then: Context, case: Case) -> None:
    contact = Contact(case_id=case.id, person_id=case.person_id, channel="letter", started_at=NOW)
    then.session.add(contact)
    then.session.flush()
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE, contact_id=contact.id)
    lead = make_user(then.session, "lead", site=case.site).as_actor()
    ctx = Context(then.session, lead, MUCH_LATER)
    made = correct_act(ctx, act.id, promise(promised_on=date(2026, 12, 11)), WHY)
    assert (made.acted_on, made.created_at, made.contact_id, made.user_id, made.corrects_id) == (
        TODAY, NOW, contact.id, then.actor.user_id, act.id,
    )  # fmt: skip
    assert made.details["promised_on"] == "2026-12-11"
    assert (act.voided_at, act.voided_by_id, act.void_reason) == (MUCH_LATER, lead.user_id, WHY)
    events = then.session.scalars(select(AuditEvent).where(AuditEvent.actor_id == lead.user_id))
    assert {event.at for event in events} == {MUCH_LATER}, "the trail tells when it was written"


@pytest.mark.parametrize(("day", "taken"), [(TODAY, True), (TODAY - timedelta(days=1), False)])
def test_what_was_possible_on_its_day_still_is(
    then: Context, later: Context, case: Case, day: date, taken: bool
) -> None:
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE)
    if taken:
        assert correct_act(later, act.id, promise(promised_on=day), WHY).voided_at is None
        return
    with pytest.raises(BadInput) as refusal:
        correct_act(later, act.id, promise(promised_on=day), WHY)
    assert refusal.value.params["field"] == "pays_full_promised_on"


@pytest.mark.parametrize(("cents", "taken"), [(10_000, True), (10_001, False)])
def test_a_promise_is_held_against_what_was_owed_then(
    then: Context, later: Context, case: Case, cents: int, taken: bool
) -> None:
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE)
    case.debt_cents = 0
    if taken:
        made = correct_act(later, act.id, promise(amount_cents=cents), WHY)
        assert made.details["amount_cents"] == cents
        return
    with pytest.raises(Refused, match="dépasse la dette"):
        correct_act(later, act.id, promise(amount_cents=cents), WHY)


def test_a_plan_is_agreed_on_its_day_and_to_be_confirmed_again(
    then: Context, later: Context, case: Case
) -> None:
    former = agree_plan(then, case.id, TERMS)
    move_plan(then, former.id, PlanState.CONFIRMED)
    made = correct_act(
        later, former.act_id, right(ActKind.PLAN_AGREED, PlanTerms(8_000, 4, FIRST)), WHY
    )
    plan = then.session.scalars(select(Plan).where(Plan.act_id == made.id)).one()
    assert (plan.agreed_on, plan.amount_cents, plan.state, plan.confirmed_on) == (
        TODAY, 8_000, "agreed", None,
    )  # fmt: skip
    assert (former.state, former.ended_on) == ("cancelled", paris_date(MUCH_LATER))


def test_the_plan_whose_place_it_took_stays_replaced(
    then: Context, later: Context, case: Case
) -> None:
    first = agree_plan(then, case.id, TERMS)
    anew = PlanTerms(6_000, 3, FIRST, replaces=True)
    wrong = agree_plan(then, case.id, anew)
    agreed = right(ActKind.PLAN_AGREED, PlanTerms(6_600, 3, FIRST))
    made = correct_act(later, wrong.act_id, agreed, WHY)
    plan = running_plan(then.session, case.id)
    assert plan is not None
    assert (plan.act_id, plan.replaces_plan_id, plan.replaced_state) == (
        made.id, first.id, "agreed",
    )  # fmt: skip
    assert (first.state, first.ended_on) == ("renegotiated", TODAY)
    with pytest.raises(Refused, match="a pris la place"):
        correct_act(later, first.act_id, agreed, WHY)
    with pytest.raises(Refused, match="a pris la place"):
        void_act(later, first.act_id, WHY)


def test_a_plan_waiting_to_replace_it_is_not_lost(
    then: Context, later: Context, case: Case
) -> None:
    plan = agree_plan(then, case.id, TERMS)
    waiting = agree_plan(then, case.id, PlanTerms(9_000, 3, FIRST, replaces=True))
    plan.state, waiting.state = PlanState.AGREED, PlanState.PROPOSED
    with pytest.raises(Refused, match="attend l'accord"):
        correct_act(later, plan.act_id, right(ActKind.PLAN_AGREED, TERMS), WHY)
    assert plan.act.voided_at is None


def test_a_plan_struck_out_after_another_came_does_not_run_beside_it(
    then: Context, later: Context, case: Case
) -> None:
    first = agree_plan(then, case.id, TERMS)
    wrong = agree_plan(then, case.id, PlanTerms(6_000, 3, FIRST, replaces=True))
    move_plan(then, wrong.id, PlanState.CANCELLED)
    third = agree_plan(then, case.id, TERMS)
    void_act(later, wrong.act_id, WHY)
    assert (first.state, third.state) == ("renegotiated", "agreed")


@pytest.mark.parametrize("do", ["correct", "void"])
def test_a_plan_that_was_paid_says_what_to_do_instead(
    then: Context, later: Context, case: Case, do: str
) -> None:
    plan = agree_plan(then, case.id, TERMS)
    plan.instalments[0].paid_cents = 1
    with pytest.raises(Refused, match="Annulez-le, ou convenez"):
        if do == "void":
            void_act(later, plan.act_id, WHY)
        else:
            correct_act(later, plan.act_id, right(ActKind.PLAN_AGREED, TERMS), WHY)


def test_a_broken_plan_is_crossed_out_whole(then: Context, later: Context, case: Case) -> None:
    plan = agree_plan(then, case.id, TERMS)
    plan.state = PlanState.BROKEN
    void_act(later, plan.act_id, WHY)
    assert plan.state == "cancelled"


def test_an_aid_keeps_the_steps_that_were_taken(then: Context, later: Context, case: Case) -> None:
    aid = open_aid(then, case.id, AidOpening("ccas", consent=True))
    for state in (AidState.COMPLETE, AidState.SUBMITTED):
        move_aid(then, aid.id, state, AidStep())
    move_aid(then, aid.id, AidState.GRANTED_FULL, AidStep(amount_cents=4_000))
    fsl = right(ActKind.AID_OPENED, AidOpening("fsl_energy", consent=True))
    made = aid_of(later, correct_act(later, aid.act_id, fsl, WHY))
    assert (made.fund, made.state, made.opened_on, made.submitted_on) == (
        "fsl_energy", "granted_full", TODAY, TODAY,
    )  # fmt: skip
    assert (made.amount_granted_cents, made.protects_until) == (4_000, date(2027, 1, 23))
    assert aid.state == "withdrawn"
    move_aid(later, made.id, AidState.PAID_TO_SUPPLIER, AidStep(amount_cents=4_000))
    with pytest.raises(Refused, match="chef d'équipe l'annule"):
        correct_act(later, made.act_id, fsl, WHY)
    with pytest.raises(Refused, match="chef d'équipe l'annule"):
        void_act(later, made.act_id, WHY)


def test_the_papers_of_an_aid_that_waits_are_those_of_the_correction(
    then: Context, later: Context, case: Case
) -> None:
    aid = open_aid(then, case.id, AidOpening("ccas", True, missing_documents=("income",)))
    opening = AidOpening("ccas", True, missing_documents=("bill",))
    made = correct_act(later, aid.act_id, right(ActKind.AID_OPENED, opening), WHY)
    assert aid_of(later, made).missing_documents == ["bill"]


@pytest.mark.parametrize("body", ["ccas", "pcb"])
def test_a_referral_keeps_its_day(then: Context, later: Context, case: Case, body: str) -> None:
    act_id = refer(then, case.id, CCAS).act_id
    request = ReferralRequest(
        body, "aid_request", "appointment_made", consent=True, appointment_on=TODAY
    )
    made = correct_act(later, act_id, right(ActKind.REFERRAL, request), WHY)
    found = then.session.scalars(select(Referral).where(Referral.act_id == made.id)).one()
    assert (found.body, found.reason, found.referred_on) == (body, "aid_request", TODAY)


def test_a_talk_and_a_budget_keep_theirs(then: Context, later: Context, case: Case) -> None:
    talk = give_awareness(then, case.id, ChequeTalk(2025, "used", ("expiry",)))
    anew = ChequeTalk(2026, "unknown", ("eligibility",))
    made = correct_act(later, talk.act_id, right(ActKind.ENERGY_CHEQUE_AWARENESS, anew), WHY)
    told = select(ChequeAwareness).where(ChequeAwareness.act_id == made.id)
    assert then.session.scalars(told).one().given_on == TODAY
    nothing = Budget(Household(), {})
    found = record_study(then, case.id, BudgetStudy(nothing, BudgetBand.TIGHT, 3_000))
    study = right(ActKind.BUDGET_STUDY, BudgetStudy(nothing, BudgetBand.HOLDS))
    made = correct_act(later, found.act_id, study, WHY)
    kept = then.session.scalars(
        select(HouseholdBudget).where(HouseholdBudget.act_id == made.id)
    ).one()
    assert (kept.band, kept.instalment_cents, kept.made_on) == ("holds", 3_000, TODAY)


def test_pressed_twice_it_is_one_correction(then: Context, later: Context, case: Case) -> None:
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE)
    made = [correct_act(later, act.id, promise(), WHY, request_key="k").id for _click in range(2)]
    assert made[0] == made[1]
    with pytest.raises(Refused, match="déjà barré"):  # another tab
        correct_act(later, act.id, promise(), WHY, request_key="other")
    assert len(then.session.scalars(select(Act.id)).all()) == 2


@pytest.mark.parametrize(
    ("corrected", "reason", "field"),
    [
        (promise(), None, "void_reason"),
        (right(ActKind.REFUSES_SOLUTION, {}), WHY, "acts"),
        (promise(amount_cents=None), WHY, "pays_full_amount_cents"),
    ],
)
def test_what_cannot_be_is_refused(
    then: Context, later: Context, case: Case,
    corrected: AgreedAct, reason: VoidReason | None, field: str,
) -> None:  # fmt: skip
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE)
    with pytest.raises(DomainError) as refusal:
        correct_act(later, act.id, corrected, reason)
    assert refusal.value.params["field"] == field


def test_another_sites_act_does_not_exist(then: Context, case: Case) -> None:
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE)
    stranger = Context(then.session, make_user(then.session).as_actor(), NOW)
    for do in (void_act, lambda ctx, act_id, why: correct_act(ctx, act_id, promise(), why)):
        with pytest.raises(NotFound):
            do(stranger, act.id, WHY)


def test_indicators_of_the_past_follow_and_a_frozen_return_does_not(
    then: Context, later: Context, case: Case
) -> None:
    plan = agree_plan(then, case.id, TERMS)
    lead = make_user(then.session, "lead", site=case.site).as_actor()
    november = parse_period("2026-11")

    def hand_over(at: Any) -> Any:
        where = {"partner_id": case.partner_id, "site_id": case.site_id}
        ctx = Context(then.session, lead, at)
        return deliver(ctx, period=november, file_format="csv", **where)

    def negotiated() -> Mapping[str, Any]:
        figures = compute(then.session, Scope(november, partner_id=case.partner_id))
        return {name: figures[name] for name in ("plans_negotiated", "aids_created")}

    before, frozen = negotiated(), hand_over(NOW)
    content = read_file(then.session, frozen.sha256)
    correct_act(
        later, plan.act_id, right(ActKind.PLAN_AGREED, PlanTerms(8_000, 4, FIRST)), WHY
    )  # fmt: skip
    assert negotiated() == before, "in November, and once"
    amended = hand_over(MUCH_LATER)
    assert (amended.amends_id, amended.changes_summary) == (frozen.id, "1 / +0 / -0")
    assert read_file(then.session, frozen.sha256) == content
    assert "80,00" in read_file(then.session, amended.sha256).decode("utf-8-sig")
    standing = select(Act).where(Act.voided_at.is_(None))
    void_act(later, then.session.scalars(standing).one().id, WHY)
    assert negotiated() != before


HOLD = {"subjects": ["reminders"], "asked_of": "supplier", "reason": "children"}
ACTIONS = {"actions": ["power", "tariff"]}
COMPLAINT = {"subject": "amount", "forwarded_to": "supplier"}


def requests_of(ctx: Context, act: Act) -> dict[str, PartnerRequest]:
    found = ctx.session.scalars(select(PartnerRequest).where(PartnerRequest.act_id == act.id))
    return {each.subject: each for each in found}


def test_a_hold_that_was_granted_and_avoided_a_cut_stays_so(
    then: Context, later: Context, case: Case
) -> None:
    act = record_act(then, case.id, ActKind.HOLD_ASKED, HOLD)
    hold = requests_of(then, act)[""]
    answered = Context(then.session, then.actor, NOW + timedelta(days=2))
    until = TODAY + timedelta(days=40)
    move_request(answered, hold.id, RequestState.GRANTED, RequestStep(until=until))
    note_avoided(answered, hold.id, TODAY + timedelta(days=2), "Courriel du réseau")
    made = correct_act(later, act.id, right(act.kind, {**HOLD, "reason": "dispute"}), WHY)
    stands = requests_of(later, made)[""]
    assert (stands.state, stands.state_on, stands.until, stands.avoided_on) == (
        RequestState.GRANTED, TODAY + timedelta(days=2), until, TODAY + timedelta(days=2),
    )  # fmt: skip
    assert stands.avoided_source == "Courriel du réseau"
    assert made.details["reason"] == "dispute"


def test_the_answers_to_actions_follow_their_subject(
    then: Context, later: Context, case: Case
) -> None:
    act = record_act(then, case.id, ActKind.SUPPLIER_ACTION, ACTIONS)
    move_request(then, requests_of(then, act)["power"].id, RequestState.GRANTED)
    move_request(then, requests_of(then, act)["tariff"].id, RequestState.REFUSED)
    corrected = right(act.kind, {"actions": ["power", "self_reading"]})
    made = correct_act(later, act.id, corrected, WHY)
    assert {subject: each.state for subject, each in requests_of(later, made).items()} == {
        "power": RequestState.GRANTED, "self_reading": RequestState.ASKED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "written"), [({}, 3), ({"complaint_on": TODAY - timedelta(days=1)}, -1)]
)
def test_a_complaint_written_since_stays_written(
    then: Context, later: Context, case: Case, told: dict[str, Any], written: int
) -> None:
    act = record_act(then, case.id, ActKind.DISPUTE, COMPLAINT)
    day = TODAY + timedelta(days=3)
    sent = Context(then.session, then.actor, NOW + timedelta(days=3))
    move_request(sent, requests_of(then, act)["amount"].id, RequestState.ASKED, RequestStep(day))
    corrected = right(act.kind, {**COMPLAINT, "subject": "reading", **told})
    made = correct_act(later, act.id, corrected, WHY)
    stands = requests_of(later, made)["reading"]
    assert (stands.state, stands.asked_on) == (
        RequestState.ASKED, TODAY + timedelta(days=written),
    )  # fmt: skip


def test_a_complaint_not_answered_takes_the_day_that_is_corrected(
    then: Context, later: Context, case: Case
) -> None:
    act = record_act(then, case.id, ActKind.DISPUTE, COMPLAINT)
    told = {**COMPLAINT, "complaint_on": TODAY - timedelta(days=9)}
    made = correct_act(later, act.id, right(act.kind, told), WHY)
    stands = requests_of(later, made)["amount"]
    assert (stands.state, stands.asked_on) == (RequestState.ASKED, TODAY - timedelta(days=9))


@pytest.mark.parametrize("body", ["ccas", "cms"])
def test_the_news_of_a_referral_stay(then: Context, later: Context, case: Case, body: str) -> None:
    referral = refer(then, case.id, CCAS)
    note_news(then, referral.id, ReferralNews.TAKEN_UP)
    corrected = replace(CCAS, body=body, reason="housing")
    made = correct_act(later, referral.act_id, right(ActKind.REFERRAL, corrected), WHY)
    stands = then.session.scalars(select(Referral).where(Referral.act_id == made.id)).one()
    assert (stands.body, stands.news, stands.news_on) == (body, ReferralNews.TAKEN_UP, TODAY)


def test_a_word_that_was_kept_stays_kept(then: Context, later: Context, case: Case) -> None:
    act = record_act(then, case.id, ActKind.PAYS_FULL, PROMISE)
    note_kept(then, act.id, WordKept.KEPT)
    made = correct_act(later, act.id, promise(method="cheque"), WHY)
    assert (made.kept, made.kept_on) == (WordKept.KEPT, TODAY)


def test_an_answer_noted_by_mistake_is_taken_back_with_its_act(
    then: Context, later: Context, case: Case
) -> None:
    act = record_act(then, case.id, ActKind.HOLD_ASKED, HOLD)
    move_request(then, requests_of(then, act)[""].id, RequestState.REFUSED)
    made = correct_act(later, act.id, right(act.kind, HOLD), WHY, anew=True)
    stands = requests_of(later, made)[""]
    assert (stands.state, stands.state_on) == (RequestState.ASKED, TODAY)
