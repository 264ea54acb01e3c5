"""Sending: three steps, a stop after any of them, tries that come again, and stops meanwhile."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from energymed.accounts.models import User
from energymed.base.context import Context
from energymed.base.db import db, transaction
from energymed.base.errors import Conflict, NotFound, Refused
from energymed.cases.models import Case
from energymed.config import Settings
from energymed.messages import sending, service
from energymed.messages.gateway import Gateways
from tests.calling.conftest import NOW
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import make_case, make_person, make_user
from tests.messages.conftest import Outbox, Writer

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def by(outbox: Outbox) -> Gateways:
    return {"sms": outbox, "email": outbox}


@pytest.fixture
def job(outbox: Outbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The job's gateways are the outbox."""
    monkeypatch.setattr(sending, "gateways", lambda _settings: {"sms": outbox, "email": outbox})
    return settings


def test_what_left_is_a_contact_once(writer: Writer, outbox: Outbox, by: Gateways) -> None:
    message_id = writer.write()
    for _press in range(3):
        assert sending.send(message_id, by, NOW) is None
    message = writer.fresh(message_id)
    assert (message.state, message.provider_id, message.sent_at) == ("sent", "r1", NOW)
    (contact,) = writer.contacts()
    assert (contact.channel, contact.user_id, contact.id) == (
        "sms", writer.actor.user_id, message.contact_id,
    )  # fmt: skip
    (sent,) = outbox.sent
    assert (sent.to, sent.key, sent.text) == (
        "+33639980001",
        message.request_key,
        message.body,
    )


def test_no_transaction_is_open_while_the_gateway_is_asked(writer: Writer, by: Gateways) -> None:
    seen = []

    class Looking(Outbox):
        def send(self, message: object) -> str:
            seen.append(db.session().in_transaction())
            return ""

    message_id = writer.write()
    sending.send(message_id, {**by, "sms": Looking()}, NOW)
    assert seen == [False]
    assert writer.fresh(message_id).provider_id is None


def test_eight_at_once_send_one(app: Flask, writer: Writer, outbox: Outbox, by: Gateways) -> None:
    message_id = writer.write()
    at_once(app, [lambda: sending.send(message_id, by, NOW)] * 8)
    assert len(outbox.sent) == len(writer.contacts()) == 1


def test_what_was_surely_not_taken_is_tried_again_and_given_up(
    writer: Writer, outbox: Outbox, job: Settings, clock: time_machine.Traveller
) -> None:
    message_id = writer.write()
    outbox.fail("busy")
    sending.send(message_id, {"sms": outbox}, NOW)
    waits, at = [], NOW
    while (message := writer.fresh(message_id)).state == "queued":
        waits.append((message.next_try_at - at) // MINUTE)
        assert sending.send_waiting(job, message.next_try_at - MINUTE / 60) == 0
        at = message.next_try_at
        clock.move_to(at)
        assert sending.send_waiting(job, at) == 1
    assert waits == [1, 5, 15, 60]
    assert (message.state, message.error, message.attempts) == ("failed", "busy", 5)
    assert writer.contacts() == []


def test_a_gateway_that_comes_back_gets_it_once(
    writer: Writer, outbox: Outbox, job: Settings
) -> None:
    message_id = writer.write()
    outbox.fail("unreachable")
    sending.send(message_id, {"sms": outbox}, NOW)
    assert writer.fresh(message_id).error == "unreachable"
    outbox.failure = None
    for minutes in (1, 2, 3):
        sending.send_waiting(job, NOW + minutes * MINUTE)
    message = writer.fresh(message_id)
    assert (message.state, message.error, len(outbox.sent)) == ("sent", None, 1)
    assert len(writer.contacts()) == 1


@pytest.mark.parametrize("code", ["timeout", "broken_off"])
def test_what_perhaps_left_is_left_to_a_person(
    writer: Writer, outbox: Outbox, job: Settings, code: str
) -> None:
    message_id = writer.write()
    outbox.fail(code)
    sending.send(message_id, {"sms": outbox}, NOW)
    outbox.failure = None
    assert sending.send_waiting(job, NOW + timedelta(hours=1)) == 0
    assert writer.fresh(message_id).state == "failed"
    with pytest.raises(Refused, match="peut-être"):
        writer.write()
    with transaction() as session:
        service.retry_message(Context(session, writer.actor, NOW), message_id)
    sending.send(message_id, {"sms": outbox}, NOW)
    assert (writer.fresh(message_id).state, len(outbox.sent)) == ("sent", 1)


def test_a_crash_before_the_gateway_loses_nothing(
    writer: Writer, outbox: Outbox, job: Settings
) -> None:
    message_id = writer.write()  # and then the process is gone
    assert sending.send_waiting(job, NOW + MINUTE) == 0  # who wrote it may still be about to send
    assert sending.send_waiting(job, NOW + 2 * MINUTE) == 1
    assert (writer.fresh(message_id).state, len(outbox.sent)) == ("sent", 1)


def test_a_crash_after_the_gateway_sends_nothing_twice(
    writer: Writer, outbox: Outbox, job: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = writer.write()
    with monkeypatch.context() as patch:
        patch.setattr(service, "note_sent", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            sending.send(message_id, {"sms": outbox}, NOW)
    assert writer.fresh(message_id).state == "sending"
    assert sending.send_waiting(job, NOW + 9 * MINUTE) == 0
    assert sending.send_waiting(job, NOW + 11 * MINUTE) == 1
    message = writer.fresh(message_id)
    assert (message.state, message.error, len(outbox.sent)) == ("failed", "interrupted", 1)
    assert sending.send_waiting(job, NOW + 30 * MINUTE) == 0
    assert len(outbox.sent) == 1


@pytest.mark.parametrize("stop", ["opposed", "deceased", "wrong", "email"])
def test_a_stop_meanwhile_ends_it(writer: Writer, outbox: Outbox, job: Settings, stop: str) -> None:
    message_id = writer.write(to="email" if stop == "email" else "")
    person = writer.case.person
    if stop == "wrong":
        person.phones[0].status = "wrong"
    elif stop == "email":
        person.email = "another@example.org"
    else:
        setattr(person, f"{stop}_at", NOW)
    writer.session.commit()
    assert sending.send_waiting(job, NOW + 2 * MINUTE) == 1
    message = writer.fresh(message_id)
    assert (message.state, message.error, outbox.sent) == ("failed", "stopped", [])


def test_a_text_message_waits_for_the_morning_and_then_is_too_old(
    writer: Writer, outbox: Outbox, job: Settings
) -> None:
    evening = NOW + timedelta(hours=9, minutes=59)
    message_id = writer.write(now=evening)
    sending.send_waiting(job, evening + 2 * MINUTE)
    message = writer.fresh(message_id)
    assert (message.state, message.next_try_at) == ("queued", NOW + timedelta(hours=22))
    assert sending.send_waiting(job, evening + timedelta(hours=25)) == 1
    assert writer.fresh(message_id).error == "expired"
    assert outbox.sent == []


@pytest.mark.parametrize("code", ["unreachable", "timeout"])
def test_a_gateway_that_is_down_is_tried_once_a_round(
    writer: Writer, outbox: Outbox, job: Settings, code: str
) -> None:
    first = writer.write()
    later = [writer.write(case) for case in more_cases(writer, 3)]
    outbox.fail(code)
    assert sending.send_waiting(job, NOW + 2 * MINUTE) == 1
    assert writer.fresh(first).attempts == 1
    assert [writer.fresh(one).attempts for one in later] == [0, 0, 0]


def test_a_page_does_not_wait_for_a_gateway_that_just_kept_silent(
    writer: Writer, outbox: Outbox, by: Gateways
) -> None:
    first, *later = [writer.write(case) for case in more_cases(writer, 3)]
    outbox.fail("timeout")
    sending.send_now(first, by, NOW)
    outbox.failure = None
    sending.send_now(later[0], by, NOW + MINUTE - SECOND)
    assert (writer.fresh(later[0]).state, writer.fresh(later[0]).attempts) == ("queued", 0)
    sending.send_now(later[1], by, NOW + MINUTE)
    assert writer.fresh(later[1]).state == "sent"


@pytest.mark.parametrize(("seconds", "state"), [(2, "sent"), (3, "queued")])
def test_nor_for_one_that_has_not_answered_yet(
    writer: Writer, by: Gateways, seconds: int, state: str
) -> None:
    first, second = [writer.write(case) for case in more_cases(writer, 2)]
    with transaction() as session:
        assert service.take(session, first, now=NOW)
    sending.send_now(second, by, NOW + seconds * SECOND)
    assert writer.fresh(second).state == state


def test_without_a_gateway_it_waits(writer: Writer) -> None:
    message_id = writer.write()
    assert sending.send(message_id, {"sms": None}, NOW) == "not_configured"
    assert writer.fresh(message_id).state == "queued"


def test_a_message_that_waits_is_taken_back(writer: Writer, outbox: Outbox, by: Gateways) -> None:
    message_id = writer.write()
    for _press in range(2):
        with transaction() as session:
            service.cancel_message(Context(session, writer.actor, NOW), message_id)
    sending.send(message_id, by, NOW)
    assert (writer.fresh(message_id).state, outbox.sent) == ("cancelled", [])
    other = writer.write()  # and another one may be written
    sending.send(other, by, NOW)
    with pytest.raises(Conflict, match="Trop tard"), transaction() as session:
        service.cancel_message(Context(session, writer.actor, NOW), other)


def test_a_message_of_somebody_else_is_taken_back_by_a_lead_alone(writer: Writer) -> None:
    message_id = writer.write()
    site = writer.session.get_one(User, writer.actor.user_id).site
    colleague = make_user(writer.session, site=site).as_actor()
    lead = make_user(writer.session, "lead", site=site).as_actor()
    writer.session.commit()
    with pytest.raises(Refused), transaction() as session:
        service.cancel_message(Context(session, colleague, NOW), message_id)
    assert writer.fresh(message_id).state == "queued"
    with transaction() as session:
        service.cancel_message(Context(session, lead, NOW), message_id)
    assert writer.fresh(message_id).state == "cancelled"


def test_only_a_failure_is_sent_again_and_by_the_rules(
    writer: Writer, outbox: Outbox, by: Gateways
) -> None:
    message_id = writer.write()
    with pytest.raises(Refused, match="pas en échec"), transaction() as session:
        service.retry_message(Context(session, writer.actor, NOW), message_id)
    outbox.fail("refused")
    sending.send(message_id, by, NOW)
    assert writer.fresh(message_id).error == "refused"
    writer.case.person.opposed_at = NOW
    writer.session.commit()
    with pytest.raises(Refused, match="s'oppose"), transaction() as session:
        service.retry_message(Context(session, writer.actor, NOW), message_id)
    stranger = make_user(writer.session).as_actor()
    writer.session.commit()
    with pytest.raises(NotFound), transaction() as session:
        service.retry_message(Context(session, stranger, NOW), message_id)


def more_cases(writer: Writer, count: int) -> list[Case]:
    people = [
        make_person(writer.session, writer.case.site, writer.case.partner) for _ in range(count)
    ]
    cases = [
        make_case(writer.session, site=writer.case.site, partner=writer.case.partner, person=each)
        for each in people
    ]
    writer.session.commit()
    return cases
