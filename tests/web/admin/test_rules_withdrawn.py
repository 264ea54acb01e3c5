"""A rule of one's own, or a planned change, is withdrawn; what is told of it is true."""

from datetime import timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.audit import AuditEvent
from energymed.partners.models import DatedRule
from energymed.partners.rulebook import load_calling_rules
from tests.factories import MONDAY_MORNING
from tests.web.admin.conftest import TODAY, WHY
from tests.web.helpers import sign_in, soup, table_rows, text_of

CODE, MISSION = "/admin/rules/attempts_per_day", "?scope=kind-unpaid_bill"


def change(desk: FlaskClient, number: int, days: int, scope: str = "") -> None:
    """Let the attempts of a day be so many in so many days."""
    start = (TODAY + timedelta(days=days)).isoformat()
    sent = {**WHY, "valid_from": start, "number": number}
    assert desk.post(f"{CODE}{scope}", data=sent).status_code == 303


def row_of(session: Session, number: int) -> DatedRule:
    """The rule with this number."""
    rows = session.scalars(select(DatedRule).where(DatedRule.code == "attempts_per_day"))
    return next(row for row in rows if row.value["value"] == number)


def days_later(
    desk: FlaskClient, session: Session, clock: time_machine.Traveller, days: int
) -> None:
    """Some days later the administrator signs in again."""
    clock.move_to(MONDAY_MORNING + timedelta(days=days))
    sign_in(desk, session.scalars(select(User)).one())


def holds(session: Session, days: int) -> int:
    """How many attempts of an unpaid bill on a day."""
    day = TODAY + timedelta(days=days)
    return load_calling_rules(session, day, kind="unpaid_bill").attempts_per_day


def test_withdrawing_ends_all_that_a_mission_has_of_its_own(
    desk: FlaskClient, session: Session, clock: time_machine.Traveller
) -> None:
    change(desk, 3, 1, MISSION)
    change(desk, 2, 2, MISSION)
    change(desk, 3, 9, MISSION)
    days_later(desk, session, clock, 2)
    page = desk.post(f"/admin/rules/{row_of(session, 2).id}/end{MISSION}", follow_redirects=True)
    assert "La règle plus générale vaut de nouveau." in text_of(page)
    session.expire_all()
    assert [holds(session, days) for days in (1, 2, 3, 9)] == [3, 1, 1, 1]
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "rule.ended")).all()
    assert len(events) == 3


def test_what_was_replaced_ended_when_it_was(
    desk: FlaskClient, session: Session, clock: time_machine.Traveller
) -> None:
    change(desk, 3, 0, MISSION)
    change(desk, 2, 2, MISSION)
    days_later(desk, session, clock, 5)
    desk.post(f"/admin/rules/{row_of(session, 2).id}/end{MISSION}")
    session.expire_all()
    assert row_of(session, 3).valid_to == TODAY + timedelta(days=1)
    assert row_of(session, 2).valid_to == TODAY + timedelta(days=4)
    again = desk.post(f"/admin/rules/{row_of(session, 2).id}/end", follow_redirects=True)
    assert "ne vaut plus" in text_of(again)


def test_a_planned_change_for_everybody_is_seen_and_withdrawn(
    desk: FlaskClient, session: Session
) -> None:
    change(desk, 2, 9)
    assert "à partir du 2 déc. 2026 : 2 par jour" in text_of(desk.get("/admin/rules"))
    page = soup(desk.get(CODE))
    assert [str(form["action"]) for form in page.select("dialog form")] == [
        f"/admin/rules/{row_of(session, 2).id}/end"
    ]
    assert "Ce changement n'aura pas lieu." in page.get_text()
    said = desk.post(f"/admin/rules/{row_of(session, 2).id}/end", follow_redirects=True)
    assert "Le changement prévu est retiré." in text_of(said)
    assert "à partir du" not in text_of(said)
    assert holds(session, 9) == 1


def test_a_planned_change_of_a_mission_leaves_what_it_has(
    desk: FlaskClient, session: Session
) -> None:
    change(desk, 3, 0, MISSION)
    change(desk, 2, 9, MISSION)
    assert "à partir du" not in text_of(desk.get("/admin/rules"))
    assert "2 par jour" in table_rows(desk.get(f"/admin/rules{MISSION}"))[2]["Aujourd'hui"]
    page = desk.post(f"/admin/rules/{row_of(session, 2).id}/end{MISSION}", follow_redirects=True)
    assert "Le changement prévu est retiré." in text_of(page)
    assert [holds(session, days) for days in (0, 9)] == [3, 3]


def test_a_general_change_that_a_mission_does_not_follow_is_not_announced_to_it(
    desk: FlaskClient,
) -> None:
    change(desk, 3, 0, MISSION)
    change(desk, 2, 9)
    assert "à partir du" not in text_of(desk.get(f"/admin/rules{MISSION}"))
    assert "à partir du" in text_of(desk.get("/admin/rules?scope=kind-appointment"))
