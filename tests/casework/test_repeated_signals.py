"""Repeated signals whose solution runs: which may close so, one lead at a time, and back again."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput
from energymed.calling.codes import FollowUpKind
from energymed.calling.follow_ups.service import add_follow_up
from energymed.cases import transitions
from energymed.cases.models import Case, Person
from energymed.casework import repeated_signals
from energymed.casework.repeated_signals import close_repeated, may_close, repeated, undo_closing
from energymed.mediation.acts import void_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.codes import Fund, PlanState
from energymed.mediation.models import AidRequest, Plan
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from energymed.partners.codes import Closure
from energymed.partners.models import Partner
from tests.factories import (
    MONDAY_MORNING,
    make_case,
    make_partner,
    make_person,
    make_site,
    make_user,
)

POINT = "26123456789012"
TERMS = PlanTerms(amount_cents=60_000, instalment_count=6, first_due_on=date(2026, 12, 15))


class Home:
    """A household with an earlier case, and the later one that repeats it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.site: Site = make_site(session)
        self.partner: Partner = make_partner(session)
        self.lead: User = make_user(session, "lead", site=self.site)
        self.person: Person = make_person(session, self.site, self.partner)
        self.earlier = self.case(60)
        self.later = self.case(0)
        session.commit()

    def case(self, days_ago: int, **values: Any) -> Case:
        usual: dict[str, Any] = {
            "site": self.site, "partner": self.partner, "person": self.person,
            "delivery_point": POINT, "debt_cents": 60_000,
            "opened_at": MONDAY_MORNING - timedelta(days=days_ago),
        }  # fmt: skip
        return make_case(self.session, **{**usual, **values})

    @property
    def ctx(self) -> Context:
        return Context(self.session, self.lead.as_actor(), MONDAY_MORNING + timedelta(hours=1))

    def agree(self) -> Plan:
        ctx = Context(self.session, SYSTEM, MONDAY_MORNING)
        plan = agree_plan(ctx, self.earlier.id, TERMS)
        self.session.commit()
        return plan

    def found(self) -> list[int]:
        self.session.expire_all()
        return [one.case_id for one in repeated(self.ctx)]


@pytest.fixture
def home(session: Session) -> Home:
    return Home(session)


def test_a_repeat_without_a_solution_goes_on(home: Home) -> None:
    assert home.found() == []
    assert not may_close(home.ctx, home.later)


def test_a_running_plan_lets_the_repeat_close(home: Home) -> None:
    home.agree()
    assert home.found() == [home.later.id]
    assert may_close(home.ctx, home.later)
    assert not may_close(home.ctx, home.earlier)


@pytest.mark.parametrize(
    ("state", "runs"),
    [("agreed", True), ("confirmed", True), ("kept", True), ("proposed", False), ("broken", False),
     ("completed", False), ("cancelled", False)],
)  # fmt: skip
def test_only_a_plan_that_runs_is_a_solution(home: Home, state: str, runs: bool) -> None:
    home.agree().state = PlanState(state)
    home.session.commit()
    assert (home.found() == [home.later.id]) is runs


def test_a_plan_that_was_crossed_out_is_none(home: Home) -> None:
    plan = home.agree()
    void_act(Context(home.session, SYSTEM, MONDAY_MORNING), plan.act_id)
    home.session.commit()
    assert home.found() == []


@pytest.mark.parametrize(
    ("state", "is_open"),
    [("identified", True), ("submitted", True), ("granted_full", True), ("refused", False),
     ("paid_to_supplier", False)],
)  # fmt: skip
def test_an_open_aid_is_a_solution(home: Home, state: str, is_open: bool) -> None:
    ctx = Context(home.session, SYSTEM, MONDAY_MORNING)
    open_aid(ctx, home.earlier.id, AidOpening(fund=Fund.FSL_ENERGY, consent=True))
    home.session.scalars(select(AidRequest)).one().state = state  # type: ignore[assignment]
    home.session.commit()
    assert (home.found() == [home.later.id]) is is_open


@pytest.mark.parametrize(("cents", "repeats"), [(59_999, True), (60_000, True), (60_001, False)])
def test_a_debt_that_rose_is_another_matter(home: Home, cents: int, repeats: bool) -> None:
    home.agree()
    home.later.debt_cents = cents
    home.session.commit()
    assert (home.found() == [home.later.id]) is repeats


def test_a_new_tenant_is_not_bound_by_the_plan_of_the_former(home: Home) -> None:
    home.agree()
    home.later.person = make_person(home.session, home.site, home.partner, name_key="petit leo")
    home.session.commit()
    assert home.found() == []
    assert not may_close(home.ctx, home.later)


def test_what_is_promised_is_kept_first(home: Home) -> None:
    home.agree()
    at = MONDAY_MORNING + timedelta(days=2)
    add_follow_up(home.ctx, home.later, FollowUpKind.CALLBACK, at)
    home.session.commit()
    assert home.found() == []


def test_closing_is_traced_and_taken_back(home: Home) -> None:
    home.agree()
    with transaction() as session:
        ctx = Context(session, home.lead.as_actor(), MONDAY_MORNING + timedelta(hours=1))
        assert len(close_repeated(ctx, [home.later.id, home.earlier.id]).cases) == 1
    home.session.expire_all()
    assert (home.later.state, home.later.closure) == ("closed", Closure.REPEATED)
    assert home.earlier.state == "to_assign"
    event = home.session.scalars(select(AuditEvent).where(AuditEvent.action == "case.closed")).one()
    assert (event.after or {})["closure"] == "repeated"
    assert undo_closing(home.ctx, ctx.now) == 1
    home.session.commit()
    assert (home.later.state, home.later.closure) == ("to_assign", None)
    assert undo_closing(home.ctx, ctx.now) == 0
    assert home.found() == [home.later.id]


def test_a_second_lead_finds_it_closed(home: Home) -> None:
    home.agree()
    assert len(close_repeated(home.ctx, [home.later.id]).cases) == 1
    second = close_repeated(home.ctx, [home.later.id])
    assert (second.cases, second.gone) == ([], [home.later.reference])


def test_one_in_call_is_left_to_whoever_talks(home: Home) -> None:
    home.agree()
    home.later.state, home.later.claimed_by_id = "in_call", home.lead.id  # type: ignore[assignment]
    home.session.commit()
    done = close_repeated(home.ctx, [home.later.id])
    assert (done.cases, done.in_call) == ([], [home.later.reference])


def test_a_lead_of_another_site_closes_nothing(home: Home) -> None:
    home.agree()
    other = make_user(home.session, "lead")
    ctx = Context(home.session, other.as_actor(), MONDAY_MORNING)
    assert repeated(ctx) == []
    done = close_repeated(ctx, [home.later.id])
    assert (done.cases, done.in_call, done.gone) == ([], [], [])
    assert home.later.state == "to_assign"


def test_what_moved_since_is_not_put_back(home: Home) -> None:
    home.agree()
    at = home.ctx.now
    close_repeated(home.ctx, [home.later.id])
    transitions.reopen(home.ctx, home.later)
    later = Context(home.session, home.ctx.actor, at + timedelta(minutes=1))
    transitions.close(later, home.later, Closure.REPEATED)
    assert undo_closing(home.ctx, at) == 0


def test_a_reference_that_came_again_stays_closed(home: Home) -> None:
    home.agree()
    close_repeated(home.ctx, [home.later.id])
    home.case(0, reference=home.later.reference)
    assert undo_closing(home.ctx, home.ctx.now) == 0
    assert home.later.state == "closed"


def test_too_many_at_once_are_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_signals, "MOST_AT_ONCE", 1)
    with pytest.raises(BadInput, match="Plus de 1"):
        close_repeated(home.ctx, [1, 2])
