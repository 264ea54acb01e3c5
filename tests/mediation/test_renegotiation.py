"""Plans that take another one's place, that wait for the partner, and that need a guardian."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.codes import MandateKind
from energymed.cases.mandates import MandateSaid, end_mandate, note_mandate
from energymed.cases.models import LedgerEntry
from energymed.mediation.acts import void_act
from energymed.mediation.models import Plan
from energymed.mediation.plan_payments import hear_payments
from energymed.mediation.plans import agree_plan, move_plan, proposed_plan, read_plan, running_plan
from energymed.mediation.rules import PlanTerms
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.mediation.conftest import Desk

TODAY = NOW.date()
TERMS = PlanTerms(10_000, 4, date(2026, 12, 7))
ANEW = replace(TERMS, amount_cents=7_000, first_due_on=date(2027, 1, 7), replaces=True)
LONG = replace(TERMS, instalment_count=13)  # the mediator grants twelve alone, of ten euros
LATER = NOW + timedelta(days=20)


def agreed(session: Session, desk: Desk, terms: PlanTerms = TERMS, at: Any = NOW) -> Plan:
    return agree_plan(Context(session, desk.actor, at), desk.case.id, terms)


def pay(session: Session, desk: Desk, on: date, cents: int) -> None:
    session.add(
        LedgerEntry(
            case_id=desk.case.id, kind="payment", amount_cents=-cents, on_date=on,
            recorded_at=NOW, source="essai",
        )
    )  # fmt: skip
    session.flush()


def hear(session: Session, desk: Desk, at: Any) -> None:
    hear_payments(Context(session, desk.actor, at), [desk.case.id], {})


def test_a_new_plan_takes_the_place_of_the_one_that_runs(session: Session, desk: Desk) -> None:
    former = agreed(session, desk)
    move_plan(Context(session, desk.actor, NOW), former.id, "confirmed")
    pay(session, desk, date(2026, 12, 7), 2_500)
    pay(session, desk, date(2027, 1, 7), 1_750)
    new = agreed(session, desk, ANEW, LATER)
    assert (former.state, former.ended_on) == ("renegotiated", LATER.date())
    assert (new.state, new.replaces_plan_id, new.replaced_state) == (
        "agreed", former.id, "confirmed",
    )  # fmt: skip
    assert running_plan(session, desk.case.id) is new
    hear(session, desk, NOW + timedelta(days=60))
    assert [str(each.state) for each in former.instalments] == ["confirmed", "due", "due", "due"]
    assert [str(each.state) for each in new.instalments] == ["confirmed", "due", "due", "due"]
    assert (former.state, new.state) == ("renegotiated", "kept")
    actions = set(session.scalars(select(AuditEvent.action)))
    assert {"plan.renegotiated", "plan.agreed"} <= actions


def test_what_was_paid_on_the_day_of_the_new_plan_is_for_it(session: Session, desk: Desk) -> None:
    former = agreed(session, desk)
    new = agreed(session, desk, ANEW, LATER)
    pay(session, desk, LATER.date() - timedelta(1), 2_500)
    pay(session, desk, LATER.date(), 1_750)
    hear(session, desk, LATER)
    assert former.instalments[0].confirmed_on == LATER.date() - timedelta(1)
    assert new.instalments[0].confirmed_on == LATER.date()
    assert former.instalments[1].state == "due"


@pytest.mark.parametrize("state", ["agreed", "confirmed", "kept"])
def test_a_new_plan_taken_back_lets_the_former_run_again(
    session: Session, desk: Desk, state: str
) -> None:
    former = agreed(session, desk)
    former.state = state
    new = agreed(session, desk, ANEW)
    assert former.state == "renegotiated"
    void_act(Context(session, desk.actor, NOW), new.act_id)
    assert (former.state, former.ended_on) == (state, None)
    assert (new.state, new.replaced_state) == ("cancelled", None)
    assert "plan.taken_up" in set(session.scalars(select(AuditEvent.action)))


def test_a_plan_that_was_replaced_is_not_taken_back(session: Session, desk: Desk) -> None:
    former = agreed(session, desk)
    agreed(session, desk, ANEW)
    with pytest.raises(Refused):
        void_act(Context(session, desk.actor, NOW), former.act_id)
    with pytest.raises(Refused, match="ne court plus"):
        read_plan(Context(session, desk.actor, NOW), former.id)


def test_a_new_plan_that_is_cancelled_later_leaves_the_former_as_it_ended(
    session: Session, desk: Desk
) -> None:
    former, new = agreed(session, desk), agreed(session, desk, ANEW)
    move_plan(Context(session, desk.actor, LATER), new.id, "cancelled")
    assert former.state == "renegotiated"


def test_beyond_what_the_mediator_grants_a_plan_waits_for_the_partner(
    session: Session, desk: Desk
) -> None:
    plan = agreed(session, desk, LONG)
    assert (plan.state, plan.agreed_on, plan.confirmed_on) == ("proposed", TODAY, None)
    assert (proposed_plan(session, desk.case.id), running_plan(session, desk.case.id)) == (
        plan, None,
    )  # fmt: skip
    pay(session, desk, date(2026, 12, 7), 5_000)
    hear(session, desk, LATER)
    assert {str(each.state) for each in plan.instalments} == {"due"}
    move_plan(Context(session, desk.actor, LATER), plan.id, "confirmed")
    assert (plan.state, plan.confirmed_on) == ("confirmed", LATER.date())
    hear(session, desk, LATER)
    assert (plan.state, str(plan.instalments[0].state)) == ("kept", "confirmed")


def test_the_former_goes_on_until_the_partner_consents(session: Session, desk: Desk) -> None:
    former = agreed(session, desk)
    new = agreed(session, desk, replace(LONG, replaces=True), NOW + timedelta(days=1))
    assert (former.state, new.state, new.replaced_state) == ("agreed", "proposed", None)
    pay(session, desk, date(2026, 12, 7), 2_500)
    move_plan(Context(session, desk.actor, LATER), new.id, "confirmed")
    assert (former.state, former.ended_on) == ("renegotiated", LATER.date())
    pay(session, desk, LATER.date(), 5_000)
    hear(session, desk, LATER)
    assert [str(each.state) for each in former.instalments] == ["confirmed", "due", "due", "due"]
    assert new.instalments[0].confirmed_on == LATER.date()  # not by what the former had


def test_the_partner_that_says_no_ends_the_proposal_alone(session: Session, desk: Desk) -> None:
    former = agreed(session, desk)
    new = agreed(session, desk, replace(LONG, replaces=True))
    move_plan(Context(session, desk.actor, NOW), new.id, "cancelled")
    assert (former.state, new.state) == ("agreed", "cancelled")


def test_a_proposal_gives_way_to_another_plan(session: Session, desk: Desk) -> None:
    waiting = agreed(session, desk, LONG)
    with pytest.raises(Refused, match="attend l'accord") as refusal:
        agreed(session, desk)
    assert refusal.value.params["field"] == "replaces"
    new = agreed(session, desk, replace(TERMS, replaces=True))
    assert (waiting.state, new.state, new.replaces_plan_id) == ("cancelled", "agreed", None)


def test_nothing_says_of_itself_that_it_replaces(session: Session, desk: Desk) -> None:
    agreed(session, desk)
    with pytest.raises(Refused, match="court déjà") as refusal:
        agreed(session, desk, replace(ANEW, replaces=False))
    assert refusal.value.params["field"] == "replaces"


def test_a_former_plan_that_ended_meanwhile_stays_as_it_ended(session: Session, desk: Desk) -> None:
    former = agreed(session, desk)
    new = agreed(session, desk, replace(LONG, replaces=True))
    move_plan(Context(session, desk.actor, NOW), former.id, "cancelled")
    move_plan(Context(session, desk.actor, NOW), new.id, "confirmed")
    assert (former.state, new.replaced_state) == ("cancelled", None)


def test_the_limits_are_those_of_the_day_and_of_the_campaign(session: Session, desk: Desk) -> None:
    admin = Context(session, make_user(session, "admin").as_actor(), NOW)
    scope = Scope(kind="unpaid_bill")
    change_rule(admin, scope, "plan_count_alone", 3, valid_from=TODAY, source="convention")
    assert agreed(session, desk).state == "proposed"
    change_rule(
        admin, scope, "plan_count_most", 3, valid_from=TODAY + timedelta(1), source="convention"
    )
    agreed(session, desk, replace(TERMS, replaces=True))
    with pytest.raises(BadInput, match="4 échéances"):
        agreed(session, desk, replace(TERMS, replaces=True), NOW + timedelta(days=1))


def test_a_plan_by_size_is_kept_with_its_last_instalment(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk, replace(TERMS, instalment_count=0, instalment_cents=3_000))
    assert plan.instalment_count == 4
    assert [each.amount_cents for each in plan.instalments] == [3_000, 3_000, 3_000, 1_000]


# --- an adult under tutelle


def under_tutelle(session: Session, desk: Desk, until: date | None = None) -> int:
    said = MandateSaid(MandateKind.TUTELLE, "UDAF 26", TODAY, until)
    return note_mandate(Context(session, desk.actor, NOW), desk.case.id, said).id


def test_under_tutelle_nobody_agrees_alone(session: Session, desk: Desk) -> None:
    mandate = under_tutelle(session, desk)
    with pytest.raises(Refused, match="sous tutelle"):
        agreed(session, desk)
    ctx = Context(session, desk.actor, NOW)
    assert agree_plan(ctx, desk.case.id, TERMS, with_guardian=True).state == "agreed"
    end_mandate(ctx, mandate)
    assert agreed(session, desk, replace(TERMS, replaces=True)).state == "agreed"


@pytest.mark.parametrize(("days", "refused"), [(0, True), (1, False)])
def test_a_measure_holds_to_its_last_day(
    session: Session, desk: Desk, days: int, refused: bool
) -> None:
    under_tutelle(session, desk, until=TODAY)
    at = NOW + timedelta(days=days)
    if refused:
        with pytest.raises(Refused, match="sous tutelle"):
            agreed(session, desk, at=at)
    else:
        assert agreed(session, desk, at=at).state == "agreed"


@pytest.mark.parametrize("kind", [kind for kind in MandateKind if kind != MandateKind.TUTELLE])
def test_who_is_not_under_tutelle_agrees(session: Session, desk: Desk, kind: MandateKind) -> None:
    note_mandate(Context(session, desk.actor, NOW), desk.case.id, MandateSaid(kind))
    assert agreed(session, desk).state == "agreed"


def test_an_aid_pays_no_instalment(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    record_aid_payment(
        Context(session, desk.actor, NOW), desk.case, cents=2_500, paid_on=TODAY, key="a",
        source="FSL",
    )  # fmt: skip
    hear(session, desk, LATER)
    assert plan.instalments[0].state == "due"


def test_another_sites_plan_is_not_written_of(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    for number in (plan.id, 999_999):
        with pytest.raises(NotFound):
            read_plan(Context(session, desk.stranger, NOW), number)
