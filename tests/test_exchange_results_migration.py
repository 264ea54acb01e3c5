"""The migration of results off the telephone: what is on file is filled in, nothing is made up."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from energymed.base.db import db, transaction
from energymed.calling.models import Contact, FollowUp
from energymed.mediation.models import Act
from energymed.partners import rulebook
from tests.factories import MONDAY_MORNING, make_case
from tests.test_migrations import bare_app

__all__ = ["bare_app"]  # the fixture

pytestmark = pytest.mark.slow

BEFORE = "0032"


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def noted() -> None:
    """Letters and messages, visits with acts or none, a meeting, a call; a visit to come."""
    with transaction() as session:
        rulebook.seed(session)
        case = make_case(session)
        told = {"case_id": case.id, "person_id": case.person_id, "started_at": MONDAY_MORNING}
        channels = ("letter", "sms", "email", "visit", "visit", "visit", "face_to_face")
        contacts = [Contact(channel=channel, **told) for channel in channels]
        session.add_all([*contacts, Contact(channel="call_out", result="no_answer", **told)])
        session.flush()
        for at, voided_at in ((0, None), (3, None), (4, MONDAY_MORNING), (6, None)):
            session.add(
                Act(
                    case_id=case.id, contact_id=contacts[at].id, kind="info_given", details={},
                    acted_on=MONDAY_MORNING.date(), created_at=MONDAY_MORNING,
                    voided_at=voided_at,
                )
            )  # fmt: skip
        session.add(
            FollowUp(
                case_id=case.id, kind="visit", due_at=MONDAY_MORNING, created_at=MONDAY_MORNING
            )
        )


def test_what_is_on_file_is_filled_in_and_nothing_is_made_up(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        noted()
        downgrade(revision=BEFORE)
        assert rows("SELECT kind FROM follow_up") == [("other",)]
        upgrade()
        found = rows("SELECT exchange_result FROM contact ORDER BY id")
        met = "met_holder"
        assert [row[0] for row in found] == ["sent", "sent", "sent", met, None, None, met, None]
