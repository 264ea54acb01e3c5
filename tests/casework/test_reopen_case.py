"""A closed case is opened again by a person, with a reason that stays; stops win."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases import transitions
from energymed.cases.codes import ReopenReason
from energymed.cases.models import Case, CaseMove, Person
from energymed.casework.reopen_case import reopen_case, reopenings
from energymed.partners.codes import CampaignKind, Closure
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

WHY = ReopenReason.CALLED_BACK


@pytest.fixture
def case(session: Session) -> Case:
    made = make_case(session, assigned_to=make_user(session))
    session.commit()
    return made


@pytest.fixture
def ctx(session: Session, case: Case) -> Context:
    assert case.assigned_to is not None
    made = Context(session, case.assigned_to.as_actor(), NOW)
    transitions.close(made, case, Closure.ADVISED)
    return made


def test_it_is_back_in_its_mediators_queue_with_the_reason(ctx: Context, case: Case) -> None:
    reopen_case(ctx, case.id, WHY)
    assert (case.state, case.queue_reason, case.closure, case.closed_at) == (
        "queued", "follow_up", None, None,
    )  # fmt: skip
    (move,) = reopenings(ctx.session, case.id)
    assert (move.reopen_reason, move.actor_id, move.at) == (WHY, ctx.actor.user_id, NOW)
    with pytest.raises(Refused, match="n'est pas clos"):  # pressed twice
        reopen_case(ctx, case.id, WHY)


def test_of_nobody_or_of_somebody_who_left_it_is_to_be_assigned(ctx: Context, case: Case) -> None:
    lead = make_user(ctx.session, "lead", site=case.site).as_actor()
    assert case.assigned_to is not None
    case.assigned_to.active = False
    reopen_case(Context(ctx.session, lead, NOW), case.id, WHY)
    assert (case.state, case.assigned_to_id) == ("to_assign", None)
    transitions.close(ctx, case, Closure.ADVISED)
    with pytest.raises(Refused, match="chef d'équipe"):  # followed by nobody: a lead's
        reopen_case(ctx, case.id, WHY)


def test_a_reason_is_needed(ctx: Context, case: Case) -> None:
    with pytest.raises(BadInput) as refusal:
        reopen_case(ctx, case.id, None)
    assert refusal.value.params["field"] == "reopen_reason"


@pytest.mark.parametrize("mark", ["opposed_at", "deceased_at"])
def test_a_stop_wins(ctx: Context, case: Case, mark: str) -> None:
    setattr(case.person, mark, NOW)
    ctx.session.flush()
    with pytest.raises(Refused, match="plus jamais"):
        reopen_case(ctx, case.id, WHY)


def test_so_does_a_death_in_the_household(ctx: Context, case: Case) -> None:
    other = make_case(ctx.session, site=case.site, partner=case.partner)
    person = ctx.session.get_one(Person, other.person_id)
    person.household_id, person.deceased_at = case.person.household_id, NOW
    ctx.session.flush()
    with pytest.raises(Refused, match="Décès"):
        reopen_case(ctx, case.id, WHY)


def test_a_reference_that_was_sent_anew_stays_closed(ctx: Context, case: Case) -> None:
    values = {"site": case.site, "partner": case.partner, "person": case.person}
    other = make_case(ctx.session, reference=case.reference, **values)
    with pytest.raises(Refused, match="renvoyé cette référence"):
        reopen_case(ctx, case.id, WHY)
    transitions.close(ctx, other, Closure.ADVISED)
    assert reopen_case(ctx, case.id, WHY).state == "queued"


@pytest.mark.parametrize(("owed", "opens"), [(1, True), (0, False), (-1, False), (None, True)])
def test_what_would_close_again_by_itself_stays_closed(
    ctx: Context, case: Case, owed: int | None, opens: bool
) -> None:
    case.debt_cents = owed
    if opens:
        assert reopen_case(ctx, case.id, WHY).state == "queued"
        return
    with pytest.raises(Refused, match="se refermerait"):
        reopen_case(ctx, case.id, WHY)


@pytest.mark.parametrize(("days", "opens"), [(1, True), (-1, False)])
def test_so_does_a_notice_whose_time_has_come(
    ctx: Context, case: Case, days: int, opens: bool
) -> None:
    case.campaign_kind, case.debt_cents = CampaignKind.CUTOFF_NOTICE, None
    case.cutoff_date = date(2026, 11, 23) + timedelta(days=days)
    if opens:
        assert reopen_case(ctx, case.id, WHY).state == "queued"
        return
    with pytest.raises(Refused, match="se refermerait"):
        reopen_case(ctx, case.id, WHY)


def test_another_sites_case_does_not_exist(ctx: Context, case: Case) -> None:
    stranger = Context(ctx.session, make_user(ctx.session).as_actor(), NOW)
    with pytest.raises(NotFound):
        reopen_case(stranger, case.id, WHY)
    moves = select(CaseMove).where(CaseMove.reopen_reason.is_not(None))
    assert ctx.session.scalars(moves).all() == []
