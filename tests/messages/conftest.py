"""A site that signs its messages, a mediator, a person with a mobile and an e-mail address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.messages import compose, service
from energymed.messages.gateway import NotSent, Outgoing
from energymed.messages.models import Message, MessageTemplate
from energymed.messages.templates import seed, set_sender
from tests.calling.conftest import NOW
from tests.factories import make_case, make_partner, make_person, make_site, make_user


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday 23 November 2026, ten o'clock in Paris; a test may shift it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Outbox:
    """A gateway that keeps what it is given, or fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failure: Exception | None = None

    def send(self, message: Outgoing) -> str:
        """Take the message."""
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)
        return f"r{len(self.sent)}"

    def fail(self, code: str) -> None:
        """Fail from now on."""
        self.failure = NotSent(code)


@dataclass
class Writer:
    """A mediator's hands: what is written, and what has become of it."""

    session: Session
    actor: Actor
    case: Case

    def wanted(self, case: Case | None = None, **values: Any) -> service.MessageRequest:
        """What the desk would post for its first choice, or for this recipient or text."""
        found, session = case or self.case, self.session
        choice = compose.choices(
            session, found, to=values.pop("to", ""), template_id=values.pop("template_id", None)
        )
        made = compose.draft(Context(session, self.actor, values.pop("now", NOW)), found, choice)
        assert made is not None
        given = {
            "to": made.recipient.key,
            "template_id": made.template.id,
            "seen": made.text_hash,
            "request_key": str(uuid4()),
        }
        return service.MessageRequest(**{**given, **values})

    def write(self, case: Case | None = None, *, now: datetime = NOW, **values: Any) -> int:
        """Write a message; its id."""
        wanted = self.wanted(case, now=now, **values)
        with transaction() as session:
            case_id = (case or self.case).id
            return service.write_message(Context(session, self.actor, now), case_id, wanted).id

    def fresh(self, message_id: int) -> Message:
        """The message as the database has it now."""
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Message, message_id)

    def contacts(self) -> list[Contact]:
        """Every contact there is."""
        self.session.rollback()
        return list(self.session.scalars(select(Contact).order_by(Contact.id)))

    def template(self, code: str) -> MessageTemplate:
        """One of the texts of a new installation."""
        return self.session.scalars(
            select(MessageTemplate).where(MessageTemplate.code == code)
        ).one()


@pytest.fixture
def writer(session: Session) -> Writer:
    site, partner = make_site(session, "valence"), make_partner(session, "edf")
    user = make_user(session, site=site, name="Ada Blanc")
    person = make_person(
        session, site, partner, phones=("+33639980001",), email="camille@example.org"
    )
    case = make_case(session, partner=partner, person=person, assigned_to=user)
    seed(session, now=NOW)
    set_sender(Context(session, SYSTEM, NOW), site.id, "PIMMS Médiation", "04 65 71 00 00")
    session.commit()
    return Writer(session, user.as_actor(), case)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()
