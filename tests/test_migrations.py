"""Migrations: up and down on both databases, and the head equals the models."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from energymed.base.context import Context
from energymed.base.db import db, transaction
from energymed.calling.calls.linked_cases import Agreed
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.claims import claim_case
from energymed.models import Model
from energymed.partners import rulebook
from tests.calling.conftest import NOW, Desk
from tests.calling.test_correction_of_parts import settled
from tests.calling.test_household_call import twin
from tests.factories import make_partner, make_site, make_user


@pytest.fixture
def bare_app(database_app: Flask) -> Iterator[Flask]:
    """The app with an empty schema; every table is made again afterwards."""
    with database_app.app_context():
        Model.metadata.drop_all(db.engine)
        yield database_app
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        Model.metadata.drop_all(db.engine)
        Model.metadata.create_all(db.engine)


def test_head_equals_models(bare_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_down_to_nothing_and_up_again(bare_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "case_file" in inspect(db.engine).get_table_names()


# what 0003 fills from the trail; `form_hash` was in the trail until then, and is not any more
CAUSES = {
    "case_move": "case_id, actor_id, from_state, from_reason, from_until, to_state, contact_id",
    "person": "opposed_by_contact_id, deceased_by_contact_id, rests_by_contact_id",
    "case_file": "last_claimed_by_id, told_by_contact_id",
    "contact": "recorded_by_id",
    "follow_up": "made_by_id, made_by_contact_id, put_off_by_contact_id, settled_by_contact_id,"
                 " former_due_at",
}  # fmt: skip


def a_day(desk: Desk) -> None:
    """Calls of every consequence; a job that follows; a case that somebody has in call."""
    for result in ("moved", "callback_set", "language_barrier", "refused", "wrong_number"):
        desk.call(desk.case(), result, at=desk.now + timedelta(minutes=1))
    put_off = desk.case(queue_reason="callback")
    desk.now += timedelta(minutes=1)
    desk.promise(put_off, "2026-11-23 09:30")
    desk.call(put_off, "technical", at=desk.now + timedelta(minutes=1, microseconds=7))
    opposed = desk.case()
    desk.now += timedelta(minutes=1)
    desk.promise(opposed, "2026-11-25 10:00")
    desk.call(opposed, "opposed", at=desk.now + timedelta(minutes=1))
    later = desk.case(person=opposed.person)
    desk.now += timedelta(minutes=1)
    desk.promise(later, "2026-11-26 10:00")
    desk.now += timedelta(minutes=1)
    close_never_called(desk.session, now=desk.now)
    case = desk.case()
    values = {"debt_cents": None, "cutoff_date": date(2026, 11, 24)}
    notice = twin(desk, case, campaign_kind="cutoff_notice", **values)
    desk.now += timedelta(minutes=1)
    settled(desk, Agreed(notice.id, "close", "informed_only"), case=case)
    unassigned = desk.case(state="to_assign", queue_reason=None, assigned_to=None)
    later_on = desk.now + timedelta(minutes=1)
    claim_case(Context(desk.session, desk.actor, later_on), unassigned.id)


def causes() -> dict[str, list[tuple[object, ...]]]:
    with db.engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(
                text(f"SELECT {columns} FROM {table} ORDER BY id")
            )]
            for table, columns in CAUSES.items()
        }  # fmt: skip


def test_causes_are_found_in_the_trail(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        rulebook.seed(session)
        site, partner = make_site(session), make_partner(session)
        user = make_user(session, site=site)
        a_day(Desk(session, site, partner, user, user.as_actor(), NOW))
    known = causes()
    assert all(any(any(row) for row in rows) for rows in known.values())
    downgrade(revision="0002")
    upgrade()
    for table, rows in causes().items():
        assert rows == known[table], table
