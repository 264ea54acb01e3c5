"""Real processes with a real mail server: two at once, and one that is killed in the middle."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from time_machine import escape_hatch

from energymed.config import Settings
from energymed.messages.models import Message
from tests.factories import make_case, make_person
from tests.messages.conftest import Writer
from tests.messages.peers import SmtpPeer, smtp_peer
from tests.messages.test_smtp_gateway import FROM


def job(settings: Settings, peer: SmtpPeer) -> "subprocess.Popen[bytes]":
    """`energymed jobs run messages` in a process of its own, on the tests' database."""
    return subprocess.Popen(
        [sys.executable, "-m", "energymed", "jobs", "run", "messages"],
        env={
            **os.environ,
            "ENERGYMED_INSTANCE": str(settings.instance),
            "ENERGYMED_DATABASE_URL": settings.database_url,
            "ENERGYMED_SMTP_URL": peer.url,
            "ENERGYMED_MAIL_FROM": FROM,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def waiting_mails(writer: Writer, count: int) -> None:
    """E-mails whose time has come, by the clock that other processes have."""
    at = escape_hatch.datetime.datetime.now(UTC) - timedelta(minutes=5)
    for number in range(count):
        person = make_person(
            writer.session, writer.case.site, writer.case.partner,
            email=f"client{number}@example.org",
        )  # fmt: skip
        case = make_case(
            writer.session, site=writer.case.site, partner=writer.case.partner, person=person
        )
        writer.session.add(
            Message(
                case_id=case.id, person_id=person.id, user_id=writer.actor.user_id,
                template_id=writer.template("tried_email_fr").id, channel="email",
                address=person.email, sender="PIMMS", subject="Un appel", body="Bonjour",
                request_key=str(uuid4()), queued_at=at, next_try_at=at,
            )
        )  # fmt: skip
    writer.session.commit()


@pytest.mark.slow
def test_two_processes_send_every_mail_once(writer: Writer, settings: Settings) -> None:
    waiting_mails(writer, 12)
    with smtp_peer() as peer:
        both = [job(settings, peer), job(settings, peer)]
        assert [process.wait(60) for process in both] == [0, 0]
    writer.session.rollback()
    assert set(Counter(mail["To"] for mail in peer.mails).values()) == {1}
    assert len(peer.mails) == len(writer.contacts()) == 12
    assert set(writer.session.scalars(select(Message.state))) == {"sent"}


@pytest.mark.slow
def test_a_process_killed_before_it_noted_the_receipt_sends_nothing_twice(
    writer: Writer, settings: Settings
) -> None:
    running: list[subprocess.Popen[bytes]] = []
    waiting_mails(writer, 1)
    with smtp_peer(on_data=lambda: running[0].kill()) as peer:
        running.append(job(settings, peer))
        assert running[0].wait(60) != 0
        peer.on_data = lambda: None
        assert job(settings, peer).wait(60) == 0
    writer.session.rollback()
    found = writer.session.scalars(select(Message)).one()
    writer.session.refresh(found)
    assert (found.state, len(peer.mails), writer.contacts()) == ("sending", 1, [])
