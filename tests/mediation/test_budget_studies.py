"""A budget that was studied: the verdict is kept, the amounts only where the person agrees."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, NotFound
from energymed.mediation.acts import void_act
from energymed.mediation.budget import Budget, BudgetLine, Household
from energymed.mediation.budget_studies import BudgetStudy, get_budget, kept_budget, record_study
from energymed.mediation.codes import BudgetBand
from energymed.mediation.models import Act, HouseholdBudget
from energymed.mediation.queries import of_case
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user
from tests.mediation.conftest import Desk

BUDGET = Budget(Household(1, 1), {BudgetLine.INCOME: 154_321, BudgetLine.RENT: 60_000})
STUDY = BudgetStudy(BUDGET, instalment_cents=2_500)


def studied(
    session: Session, desk: Desk, told: BudgetStudy, key: str | None = None
) -> HouseholdBudget:
    ctx = Context(session, desk.actor, NOW)
    return record_study(ctx, desk.case.id, told, request_key=key)


def test_the_band_alone_is_kept(session: Session, desk: Desk) -> None:
    found = studied(session, desk, STUDY)
    assert (found.band, found.instalment_cents, found.made_on) == ("holds", 2_500, NOW.date())
    assert (found.amounts, found.household, kept_budget(found)) == (None, None, None)
    act = session.get_one(Act, found.act_id)
    assert (act.kind, act.details) == ("budget_study", {})
    told = [str(event.after) for event in session.scalars(select(AuditEvent))]
    assert not any("154321" in text or "60000" in text for text in told)


def test_the_amounts_are_kept_where_the_person_agrees(session: Session, desk: Desk) -> None:
    found = studied(session, desk, replace(STUDY, kept=True))
    session.expire_all()
    assert found.amounts == {"income": 154_321, "rent": 60_000}
    assert kept_budget(found) == BUDGET


def test_no_text_of_a_study_tells_an_amount() -> None:
    assert "154321" not in f"{STUDY} {STUDY!r}"


def test_what_was_seen_elsewhere_is_told_in_a_word(session: Session, desk: Desk) -> None:
    told = BudgetStudy(Budget(), BudgetBand.TIGHT)
    assert studied(session, desk, told).band == "tight"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (BudgetStudy(Budget()), "band"),
        (BudgetStudy(Budget(amounts={BudgetLine.RENT: 50_000})), "band"),
        (BudgetStudy(Budget(), BudgetBand.HOLDS, kept=True), "kept"),
        (BudgetStudy(Budget(Household(0)), BudgetBand.HOLDS), "adults"),
    ],
)
def test_a_study_says_what_was_found(
    session: Session, desk: Desk, told: BudgetStudy, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        studied(session, desk, told)
    assert refusal.value.params["field"] == field
    assert session.scalars(select(Act)).all() == []


def test_the_figures_come_before_the_word(session: Session, desk: Desk) -> None:
    assert studied(session, desk, replace(STUDY, band=BudgetBand.DOES_NOT_HOLD)).band == "holds"


def test_the_thresholds_are_those_of_the_campaign(session: Session, desk: Desk) -> None:
    admin = Context(session, make_user(session, "admin").as_actor(), NOW)
    scope = Scope(kind="unpaid_bill")
    change_rule(admin, scope, "budget_day_cents", 5_000, valid_from=NOW.date(), source="convention")
    assert studied(session, desk, STUDY).band == "does_not_hold"


def test_a_double_click_studies_once(session: Session, desk: Desk) -> None:
    first = studied(session, desk, STUDY, key="k")
    assert studied(session, desk, STUDY, key="k").id == first.id
    other = make_case(session, site=desk.case.site)
    with pytest.raises(Conflict):
        record_study(Context(session, desk.actor, NOW), other.id, STUDY, request_key="k")


def test_a_budget_is_of_its_site_and_stays_crossed_out(session: Session, desk: Desk) -> None:
    found = studied(session, desk, STUDY)
    assert get_budget(Context(session, desk.actor, NOW), found.id) is found
    for number in (found.id, 999_999):
        with pytest.raises(NotFound):
            get_budget(Context(session, desk.stranger, NOW), number)
    void_act(Context(session, desk.actor, NOW), found.act_id)
    (listed,) = of_case(session, desk.case.id).budgets
    assert listed.act.voided_at == NOW
