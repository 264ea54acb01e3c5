"""Large files: checked and imported in a process of their own, told and stopped from the page."""

import subprocess
import sys
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.context import Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import NotFound, Refused
from energymed.base.progress import (
    Cancelled,
    Progress,
    WorkState,
    progress_of,
)
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import FollowUp
from energymed.cases.models import Case
from energymed.casework import import_batch
from energymed.config import Settings
from energymed.intake.batches import pending_batches, preview_store, uploads
from energymed.intake.importing.undo import undo
from energymed.intake.models import Batch
from tests.factories import MONDAY_MORNING, make_site, make_user
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk

R1 = ("R1", "DURAND", "06 39 98 45 27", "12,50")
ZERO = csv_bytes(("R1", "DURAND", "Léa", "06 39 98 45 27", "0,00"))


class Office(Desk):
    """A desk whose files lie where the settings say, and its lead."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__(session)
        self.settings = settings
        self.lead: User = make_user(session, "lead", site=self.site)
        session.commit()

    @property
    def actor(self) -> Actor:
        """The lead, as services take them."""
        return self.lead.as_actor()

    def receive(self, content: bytes) -> int:
        """A file that waits."""
        with transaction() as session:
            upload = self.upload(content, kind="unpaid_bill")
            return uploads.receive(Context(session, self.actor, self.now), upload).id

    def progress(self, batch_id: int) -> Progress | None:
        """How far the work on a file is."""
        return progress_of(self.session, batch_id)


@pytest.fixture
def office(app: Flask, session: Session) -> Office:
    return Office(session, app.extensions["energymed"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been started."""
    started: list[list[str]] = []

    def start(command: list[str], **_how: object) -> None:
        started.append(command)

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_the_work_is_started_once(office: Office, asked: list[list[str]]) -> None:
    batch_id = office.receive(csv_bytes(("R1", "DURAND", "Léa", "06 39 98 45 27", "1,00")))
    for _time in range(2):
        import_batch.begin(office.settings, office.actor, batch_id, import_batch.IMPORT)
    (command,) = asked
    assert command[:3] == [sys.executable, "-m", "energymed"]
    assert command[3:] == ["jobs", "file", "import", str(batch_id), str(office.lead.id)]
    found = office.progress(batch_id)
    assert found is not None
    assert (found.work, found.total) == ("import", 1)


def test_nobody_starts_work_on_the_file_of_another_site(
    office: Office, session: Session, asked: list[list[str]]
) -> None:
    batch_id = office.receive(ZERO)
    stranger = make_user(session, "lead", site=make_site(session, "lyon"))
    session.commit()
    with pytest.raises(NotFound):
        import_batch.begin(office.settings, stranger.as_actor(), batch_id, import_batch.CHECK)
    with pytest.raises(NotFound):
        import_batch.carry_out(stranger.id, batch_id, import_batch.CHECK)
    assert asked == []


def test_a_closed_account_works_no_more(office: Office, session: Session) -> None:
    batch_id = office.receive(ZERO)
    office.lead.active = False
    session.commit()
    with pytest.raises(Refused, match="n'est plus actif"):
        import_batch.carry_out(office.lead.id, batch_id, import_batch.CHECK)


def test_check_then_import(office: Office, session: Session) -> None:
    batch_id = office.receive(csv_bytes(("R1", "DURAND", "Léa", "06 39 98 45 27", "1,00")))
    import_batch.carry_out(office.lead.id, batch_id, import_batch.CHECK)
    found = office.progress(batch_id)
    assert found is not None
    assert found.state == WorkState.DONE
    batch = session.get_one(Batch, batch_id)
    assert len(session.scalars(preview_store.preview_rows(batch)).all()) == 1
    import_batch.carry_out(office.lead.id, batch_id, import_batch.IMPORT)
    session.rollback()
    assert (batch.state, batch.created) == ("committed", 1)


def test_an_import_that_is_stopped_leaves_nothing(office: Office, session: Session) -> None:
    batch_id = office.receive(csv_bytes(("R1", "DURAND", "Léa", "06 39 98 45 27", "1,00")))

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        import_batch.import_file(office.actor, batch_id, MONDAY_MORNING, stop)
    session.rollback()
    assert session.get_one(Batch, batch_id).state == "preview"
    assert session.scalar(select(func.count(Case.id))) == 0


def test_what_the_file_says_is_settled_is_closed_and_comes_back_with_an_undo(
    office: Office, session: Session
) -> None:
    office.week(46, R1)
    case = session.scalars(select(Case)).one()
    with transaction() as writing:
        add_follow_up(
            Context(writing, office.actor, office.now),
            writing.get_one(Case, case.id),
            "callback",
            office.now,
        )
    batch_id = office.receive(ZERO)
    with transaction() as writing:
        pending_batches.decide(
            Context(writing, office.actor, office.now), batch_id, "amount_not_positive", "settled"
        )
    import_batch.import_file(office.actor, batch_id, office.now)
    session.rollback()
    assert (case.state, case.closure, case.debt_cents) == ("closed", "settled", 0)
    assert session.scalars(select(FollowUp.state)).all() == ["cancelled"]
    with transaction() as writing:
        undo(Context(writing, office.actor, office.now), batch_id)
    session.rollback()
    assert (case.state, case.closure, case.debt_cents) == ("to_assign", None, 1250)


def test_a_case_in_call_is_left_to_whoever_speaks_with_the_person(
    office: Office, session: Session
) -> None:
    office.week(46, R1)
    case = session.scalars(select(Case)).one()
    case.state, case.claimed_by_id = "in_call", office.lead.id
    case.claimed_at = case.claimed_until = office.now
    session.commit()
    batch_id = office.receive(ZERO)
    with transaction() as writing:
        pending_batches.decide(
            Context(writing, office.actor, office.now), batch_id, "amount_not_positive", "settled"
        )
    import_batch.import_file(office.actor, batch_id, office.now)
    session.rollback()
    assert (case.state, case.debt_cents) == ("in_call", 0)


def test_zero_settles_by_the_command_line_too(office: Office, session: Session) -> None:
    office.week(46, R1)
    office.now += timedelta(hours=1)
    upload = office.upload(ZERO, kind="unpaid_bill", decisions={"amount_not_positive": "settled"})
    with transaction() as writing:
        ctx = Context(writing, office.actor, office.now)
        import_batch.receive_and_import(ctx, upload, again=False)
    session.rollback()
    case = session.scalars(select(Case)).one()
    assert (case.state, case.closure, case.debt_cents) == ("closed", "settled", 0)
