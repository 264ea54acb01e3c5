"""Why there are arrears: one main cause, others beside it, said otherwise with a trace."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound
from energymed.mediation.cause_help import HELPS
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.causes import Causes, as_said, note_causes, standing_causes
from energymed.mediation.codes import Cause
from energymed.partners.codes import CampaignKind
from energymed.web.mediator.call.act_fields import OFFERED
from tests.calling.conftest import NOW
from tests.mediation.conftest import Desk


def said(session: Session, desk: Desk, main: str | None, *others: str) -> list[CaseCause]:
    """Note causes as the desk's mediator."""
    return note_causes(Context(session, desk.actor, NOW), desk.case.id, Causes(main, others))


def test_the_main_cause_comes_first_with_who_noted_it(session: Session, desk: Desk) -> None:
    found = said(session, desk, "income_drop", "price_rise", "separation")
    assert [(each.cause, each.main) for each in found] == [
        ("income_drop", True), ("price_rise", False), ("separation", False),
    ]  # fmt: skip
    assert {(each.user_id, each.noted_at) for each in found} == {(desk.actor.user_id, NOW)}
    assert as_said(found) == Causes("income_drop", ("price_rise", "separation"))


def test_a_cause_said_otherwise_stays_on_file(session: Session, desk: Desk) -> None:
    first = {each.cause: each.id for each in said(session, desk, "income_drop", "price_rise")}
    found = said(session, desk, "price_rise", "separation")
    assert [(each.cause, each.main) for each in found] == [
        ("price_rise", True), ("separation", False)
    ]  # fmt: skip
    gone = session.scalars(select(CaseCause).where(CaseCause.withdrawn_at.is_not(None))).all()
    assert {each.id for each in gone} == set(first.values())
    assert {each.withdrawn_by_id for each in gone} == {desk.actor.user_id}
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "case.causes").order_by(AuditEvent.id.desc())
    ).first()
    assert event is not None
    assert event.before == {"main": "income_drop", "others": ["price_rise"]}
    assert event.after == {"main": "price_rise", "others": ["separation"]}


def test_the_same_again_changes_nothing(session: Session, desk: Desk) -> None:
    first = [each.id for each in said(session, desk, "forgotten")]
    assert [each.id for each in said(session, desk, "forgotten")] == first
    events = select(AuditEvent).where(AuditEvent.action == "case.causes")
    assert len(session.scalars(events).all()) == 1
    assert said(session, desk, None) == []


@pytest.mark.parametrize(
    ("main", "others", "field"),
    [
        (None, ("price_rise",), "main_cause"), ("illness", (), "causes"),
        ("forgotten", ("illness",), "causes"), ("not_said", ("forgotten",), "causes"),
        ("forgotten", ("not_said",), "causes"),
    ],
)  # fmt: skip
def test_causes_that_cannot_stand(
    session: Session, desk: Desk, main: str | None, others: tuple[str, ...], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        said(session, desk, main, *others)
    assert refusal.value.params["field"] == field
    assert standing_causes(session, desk.case.id) == []


def test_a_foreign_case_has_none(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        note_causes(Context(session, desk.stranger, NOW), desk.case.id, Causes("forgotten"))


def test_the_database_holds_one_main_cause(session: Session, desk: Desk) -> None:
    for cause in ("forgotten", "contested"):
        session.add(CaseCause(case_id=desk.case.id, cause=cause, main=True, noted_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.once
def test_ticks_become_causes() -> None:
    assert Causes.of((), "") == Causes()
    assert Causes.of(("forgotten",), None) == Causes("forgotten")
    assert Causes.of(("price_rise", "forgotten"), "forgotten") == Causes(
        "forgotten", ("price_rise",)
    )
    assert Causes.of(("price_rise", "forgotten"), None) == Causes(None, ("price_rise", "forgotten"))
    assert Causes.of((), "forgotten") == Causes("forgotten")


@pytest.mark.once
def test_every_cause_has_help_that_the_desk_offers() -> None:
    assert set(HELPS) == set(Cause)
    offered = set(OFFERED[CampaignKind.UNPAID_BILL])
    for cause, help_ in HELPS.items():
        assert help_.acts, cause
        assert set(help_.acts) <= offered, cause
