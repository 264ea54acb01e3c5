"""Click to dial against a real local exchange, and its signed events."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.db import db, transaction
from energymed.calling.models import Contact
from energymed.cases.models import Phone
from energymed.telephony.models import DialledCall
from energymed.telephony.rules import signature
from energymed.telephony.service import ask_call
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import MONDAY_MORNING
from tests.messages.peers import SmsPeer, sms_peer
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk, clock, desk

__all__ = ["clock", "desk"]
SECRET, TOKEN = "webhook-s3cret", "exchange-t0ken"


@pytest.fixture
def peer(app: Flask, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmsPeer]:
    """An exchange on this machine, set in the instance."""
    with sms_peer() as found:
        set_up = replace(settings, dial_url=found.url, dial_token=TOKEN, dial_secret=SECRET)
        monkeypatch.setitem(app.extensions, "energymed", set_up)
        yield found


@pytest.fixture
def calling(peer: SmsPeer, desk: MediatorDesk) -> MediatorDesk:
    """A mediator with an extension and a case in call."""
    desk.client.post("/account/extension", data={"extension": " 2 04 "})
    desk.next_call()
    return desk


def dial(desk: MediatorDesk, position: int = 0) -> TestResponse:
    phone = desk.case.person.phones[position]
    return desk.client.post(f"/call/{desk.case.id}/dial/{phone.id}", headers={"HX-Request": "true"})


def tell(desk: MediatorDesk, event: object, call: str, **changed: Any) -> int:
    """Post an event as the exchange does; the status of the answer."""
    seconds = str(int(changed.pop("at", MONDAY_MORNING).timestamp()))
    body = changed.pop("body", json.dumps({"call": call, "event": event}).encode())
    given = changed.pop("signed", None) or "sha256=" + signature(SECRET, seconds, body)
    headers = {"X-Energymed-Timestamp": seconds, "X-Energymed-Signature": given}
    answer = desk.client.post(
        "/telephony/events", data=body, headers=headers, content_type=changed.pop("type", None)
    )
    return answer.status_code


@pytest.mark.slow
def test_the_exchange_rings_the_extension_and_the_number(
    calling: MediatorDesk, peer: SmsPeer, session: Session
) -> None:
    page = calling.client.get(f"/call/{calling.case.id}")
    assert soup(page).select_one("form[hx-post] button[data-shortcut=p]")
    assert "Votre poste va sonner" in text_of(dial(calling))
    call = session.scalars(select(DialledCall)).one()
    number = calling.case.person.phones[0].e164
    assert peer.received == [{"call": call.token, "extension": "204", "number": number}]
    assert peer.seen[0]["Authorization"] == f"Bearer {TOKEN}"
    for address in (f"/call/{calling.case.id}", "/account", f"/cases/{calling.case.id}"):
        shown = calling.client.get(address).text
        assert TOKEN not in shown
        assert SECRET not in shown
        assert call.token not in shown
    kept = session.scalars(select(AuditEvent)).all()
    assert not any(call.token in json.dumps([each.before, each.after]) for each in kept)


def test_the_number_that_rang_is_the_number_of_the_call(
    calling: MediatorDesk, peer: SmsPeer, session: Session
) -> None:
    second = Phone(person=calling.case.person, e164="+33639980999", position=2)
    session.add(second)
    session.commit()
    first = calling.case.person.phones[0]
    calling.client.post(f"/call/{calling.case.id}/dial/{second.id}")
    chosen = soup(calling.client.get(f"/call/{calling.case.id}")).select_one(
        "[name=phone_id][checked]"
    )
    assert chosen is not None
    assert str(chosen["value"]) == str(second.id) != str(first.id)


def test_the_exchange_is_told_which_number_a_partner_wants_shown(
    calling: MediatorDesk, peer: SmsPeer, session: Session
) -> None:
    calling.case.partner.shown_phone = "+33465710009"
    session.commit()
    dial(calling)
    assert peer.received[0]["caller"] == "+33465710009"


@pytest.mark.parametrize(
    ("event", "seconds", "orders"),
    [("", 0, 1), ("ringing", 30, 1), ("answered", 600, 1),
     ("", 60, 2), ("ringing", 60, 2), ("ended", 5, 2), ("failed", 5, 2)],
)  # fmt: skip
def test_a_number_pressed_again_rings_again_only_when_its_call_is_over(
    calling: MediatorDesk, peer: SmsPeer, session: Session, clock: time_machine.Traveller,
    event: str, seconds: int, orders: int,
) -> None:  # fmt: skip
    dial(calling)
    if event:
        assert tell(calling, event, session.scalars(select(DialledCall.token)).one()) == 204
    clock.shift(timedelta(seconds=seconds))
    assert 'class="small"' in dial(calling).text
    assert len(peer.received) == orders
    asked = select(AuditEvent).where(AuditEvent.action == "call.asked")
    assert len(session.scalars(asked).all()) == orders


def test_the_other_number_of_the_person_may_be_pressed_at_once(
    calling: MediatorDesk, peer: SmsPeer, session: Session
) -> None:
    calling.case.person.phones.append(Phone(e164="+33639980099", position=2))
    session.commit()
    dial(calling)
    dial(calling, 1)
    assert [each["number"] for each in peer.received][1:] == ["+33639980099"]


def test_four_presses_at_once_order_one_call(app: Flask, calling: MediatorDesk) -> None:
    actor, case = calling.user.as_actor(), calling.case
    case_id, phone_id = case.id, case.person.phones[0].id
    db.session.rollback()

    def press() -> bool:
        with transaction() as session:
            return (
                ask_call(Context(session, actor, MONDAY_MORNING), case_id, phone_id)[1] is not None
            )

    assert sorted(at_once(app, [press] * 4)) == [False, False, False, True]


def test_events_fill_number_time_and_length(
    calling: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    dial(calling)
    call = session.scalars(select(DialledCall)).one()
    answered, ended = (MONDAY_MORNING + timedelta(seconds=each) for each in (20, 152))
    clock.shift(timedelta(minutes=5))
    assert tell(calling, "answered", call.token, at=answered) == 204
    assert "En ligne depuis" in text_of(calling.client.get(f"/call/{calling.case.id}/line"))
    assert tell(calling, "ended", call.token, at=ended) == 204
    assert tell(calling, "ringing", call.token, at=ended) == 204, "late: it changes nothing"
    assert "Appel terminé, 2 minutes" in text_of(
        calling.client.get(f"/call/{calling.case.id}/line")
    )
    saved = calling.save(f"/call/{calling.case.id}", result="no_answer", phone_id="")
    assert saved.status_code == 303
    contact = session.scalars(select(Contact)).one()
    assert contact.phone_id == calling.case.person.phones[0].id
    assert (contact.started_at, contact.ended_at) == (answered, ended)


def test_a_double_click_after_a_call_of_the_exchange_is_saved_once(
    calling: MediatorDesk, session: Session
) -> None:
    dial(calling)
    address = f"/call/{calling.case.id}"
    sent = {**calling.hidden(address), "result": "no_answer"}
    for _press in range(2):
        assert calling.client.post(address, data=sent).status_code == 303
    assert session.scalars(select(Contact)).one().phone_id == calling.case.person.phones[0].id


def test_what_is_not_signed_or_not_known_changes_nothing(
    calling: MediatorDesk, session: Session
) -> None:
    dial(calling)
    call = session.scalars(select(DialledCall)).one()
    old = MONDAY_MORNING - timedelta(minutes=6)
    assert tell(calling, "ended", call.token, signed="sha256=" + "0" * 64) == 401
    assert tell(calling, "ended", call.token, at=old) == 401
    assert tell(calling, "ended", "unknown") == 404
    assert tell(calling, "asked", call.token) == 400
    assert tell(calling, 7, call.token) == 400
    for body in (b"", b"[]", b"\xff", b"[" * 4000):
        assert tell(calling, "", "", body=body) == 400
    assert tell(calling, "", "", body=b" " * 5000) == 413
    without_length = calling.client.post(
        "/telephony/events", input_stream=BytesIO(b" " * 5000),
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert without_length.status_code == 413
    session.refresh(call)
    assert call.state == "asked"


def test_a_signed_event_nested_without_end_is_refused(calling: MediatorDesk) -> None:
    calling.client.delete_cookie("session")
    assert tell(calling, "", "", body=b"[" * 4000, type="application/json") == 400


def test_an_answer_told_after_the_end_is_kept_once(
    calling: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    dial(calling)
    call = session.scalars(select(DialledCall)).one()
    clock.shift(timedelta(minutes=4))
    ended, answered = (MONDAY_MORNING + timedelta(seconds=each) for each in (90, 30))
    assert tell(calling, "ended", call.token, at=ended) == 204
    assert tell(calling, "answered", call.token, at=answered) == 204
    assert tell(calling, "answered", call.token, at=ended) == 204
    session.refresh(call)
    assert (call.state, call.answered_at, call.ended_at) == ("ended", answered, ended)
    told = select(AuditEvent).where(AuditEvent.action == "call.told").order_by(AuditEvent.id)
    events = [(each.after or {})["event"] for each in session.scalars(told)]
    assert events == ["ended", "answered"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [({"status": 503}, "failed"), ({"status": 302}, "failed"), ({"status": 504}, "asked"),
     ({"drop": True}, "asked")],
)  # fmt: skip
def test_an_exchange_that_fails_leaves_the_telephone(
    calling: MediatorDesk, peer: SmsPeer, session: Session, answer: dict[str, Any], state: str
) -> None:
    for name, value in answer.items():
        setattr(peer, name, value)
    said = text_of(dial(calling))
    assert "Le standard ne répond pas : composez le numéro sur votre téléphone." in said
    call = session.scalars(select(DialledCall)).one()
    assert call.state == state, "what may ring all the same has not failed"


def test_a_call_that_failed_says_nothing_of_the_one_dialled_by_hand(
    calling: MediatorDesk, peer: SmsPeer, session: Session, clock: time_machine.Traveller
) -> None:
    peer.status = 503
    dial(calling)
    clock.shift(timedelta(minutes=3))
    by_hand = MONDAY_MORNING + timedelta(minutes=1)
    phone = calling.case.person.phones[0]
    calling.save(
        f"/call/{calling.case.id}", result="no_answer", phone_id=phone.id,
        started_at=by_hand.isoformat(),
    )  # fmt: skip
    contact = session.scalars(select(Contact)).one()
    assert contact.started_at == by_hand
    assert contact.ended_at == MONDAY_MORNING + timedelta(minutes=3)


def test_only_the_one_in_call_dials_and_only_what_may_be_dialled(
    calling: MediatorDesk, peer: SmsPeer, session: Session
) -> None:
    other = calling.add_case()
    phone = other.person.phones[0]
    assert "pas en appel chez vous" in text_of(
        calling.client.post(f"/call/{other.id}/dial/{phone.id}", headers={"HX-Request": "true"})
    )
    calling.case.person.phones[0].status = "wrong"
    session.commit()
    assert "pas à composer" in text_of(dial(calling))
    assert peer.received == []


def test_without_an_extension_the_links_stay(peer: SmsPeer, desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    assert page.select_one("a[href^=tel]")
    assert page.select_one("form[data-dial]") is None
    said = desk.client.post("/account/extension", data={"extension": "a1"}, follow_redirects=True)
    assert "se compose de chiffres" in text_of(said)


def test_without_an_exchange_nothing_is_asked(desk: MediatorDesk) -> None:
    assert "Mon poste téléphonique" not in text_of(desk.client.get("/account"))
    assert desk.client.post("/telephony/events", data=b"{}").status_code == 401
