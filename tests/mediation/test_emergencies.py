"""Emergencies: the lines that are known, how they are edited, and the alert of one press."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.models import Case
from energymed.mediation.codes import ActKind, AlertAction, Emergency
from energymed.mediation.emergencies import (
    EmergencyText,
    emergency_lines,
    get_emergency,
    note_alert,
    save_emergency,
    seed_emergencies,
)
from energymed.mediation.emergency_models import EmergencyLine
from energymed.mediation.emergency_seeds import EMERGENCY_SEEDS, PUBLIC_NUMBER
from energymed.mediation.models import Act
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

TODAY, DAY = NOW.date(), timedelta(days=1)
TEXT = EmergencyText("Restez calme.", "Le CCAS", "04 65 71 00 00", TODAY)
KEY = "7f0c6b9e-0000-4000-8000-000000000034"


@pytest.fixture
def ctx(session: Session) -> Context:
    return Context(session, make_user(session, "admin").as_actor(), NOW)


@pytest.fixture
def case(session: Session) -> Case:
    case = make_case(session, assigned_to=make_user(session))
    session.commit()
    return case


def test_the_seeds_are_those_of_the_migration_and_written_once(ctx: Context) -> None:
    session = ctx.session
    migrated = {row.situation: (row.advice, row.whom) for row in emergency_lines(session)}
    session.execute(delete(EmergencyLine))
    seed_emergencies(session)
    seed_emergencies(session)
    rows = emergency_lines(session)
    assert [row.situation for row in rows] == list(Emergency)
    seeded = {row.situation: (row.advice, row.whom) for row in rows}
    assert not migrated or seeded == migrated


def test_no_number_is_invented() -> None:
    for texts in EMERGENCY_SEEDS.values():
        assert texts["phone"] in (None, PUBLIC_NUMBER)
        assert bool(texts["phone"]) == bool(texts["checked_on"])
        assert not re.search(r"\d", texts["advice"] + texts["whom"])


def test_an_administrator_sets_a_line_right(ctx: Context) -> None:
    seed_emergencies(ctx.session)
    row = save_emergency(ctx, Emergency.FOOD, TEXT)
    assert (row.advice, row.whom, row.phone, row.checked_on) == (
        "Restez calme.", "Le CCAS", "04 65 71 00 00", TODAY,
    )  # fmt: skip
    (event,) = ctx.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "emergency.edited")
    )
    assert event.after == {"phone": "04 65 71 00 00", "checked_on": TODAY.isoformat()}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"advice": " "}, "advice"),
        ({"advice": "x" * 501}, "advice"),
        ({"whom": ""}, "whom"),
        ({"phone": "1" * 41}, "phone"),
        ({"checked_on": None}, "checked_on"),
        ({"checked_on": TODAY + DAY}, "checked_on"),
    ],
)
def test_what_cannot_be_is_refused(ctx: Context, change: dict[str, Any], field: str) -> None:
    seed_emergencies(ctx.session)
    values = {
        "advice": TEXT.advice, "whom": TEXT.whom, "phone": TEXT.phone, "checked_on": TODAY,
    }  # fmt: skip
    with pytest.raises((BadInput, Refused)) as refusal:
        save_emergency(ctx, Emergency.FOOD, EmergencyText(**{**values, **change}))
    assert refusal.value.params["field"] == field


def test_there_is_no_other_situation(ctx: Context) -> None:
    with pytest.raises(NotFound):
        get_emergency(ctx.session, None)


@pytest.mark.parametrize("action", list(AlertAction))
def test_one_press_notes_the_coded_action_once(
    ctx: Context, case: Case, action: AlertAction
) -> None:
    for _press in range(2):
        act = note_alert(ctx, case.id, action, KEY)
    assert (act.kind, act.details) == (ActKind.ALERT, {"action": action})
    other = next(each for each in AlertAction if each != action)
    note_alert(ctx, case.id, other, KEY)
    assert len(ctx.session.scalars(select(Act)).all()) == 2


def test_an_alert_without_its_action_or_its_page_is_refused(ctx: Context, case: Case) -> None:
    for action, key in ((None, KEY), (AlertAction.LEAD_INFORMED, "")):
        with pytest.raises(BadInput):
            note_alert(ctx, case.id, action, key)
    stranger = Context(ctx.session, make_user(ctx.session).as_actor(), NOW)
    with pytest.raises(NotFound):
        note_alert(stranger, case.id, AlertAction.LEAD_INFORMED, KEY)
    assert ctx.session.scalars(select(Act)).all() == []
