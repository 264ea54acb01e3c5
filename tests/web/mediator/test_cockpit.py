"""The call desk: its number, its sentence, the line after a save, a neutral message in it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact
from energymed.cases.models import Phone
from energymed.messages.models import Message
from tests.messages.peers import SmsPeer
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import CLOSED, LATER, REACHED, MediatorDesk
from tests.web.mediator.test_message import sms, written
from tests.web.mediator.test_needs import note
from tests.web.mediator.test_save_call import AID, PLAN, errors

__all__ = ["sms", "written"]
AFTERNOON = timedelta(hours=5)


def sentence(desk: MediatorDesk, address: str, **typed: Any) -> str:
    """What the desk says will follow."""
    return text_of(desk.client.post(f"{address}/next-step", data=typed)).strip()


def chosen_number(desk: MediatorDesk, address: str) -> str | None:
    found = soup(desk.client.get(address)).select_one("[name=phone_id][checked]")
    return str(found["value"]) if found else None


# --- the number


def test_the_first_number_not_tried_today_is_chosen(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    first = desk.case.person.phones[0]
    second = Phone(person=desk.case.person, e164="+33639980999", position=2)
    session.add(second)
    session.commit()
    address = desk.next_call()
    assert chosen_number(desk, address) == str(first.id)
    assert desk.save(address, result="busy", phone_id=first.id).status_code == 303
    clock.shift(timedelta(hours=1))
    assert chosen_number(desk, desk.next_call()) == str(second.id)


def test_the_number_of_somebody_who_rings_is_not_guessed(desk: MediatorDesk) -> None:
    address = desk.next_call()
    page = soup(desk.client.get(f"{address}?incoming"))
    assert page.select_one("[name=phone_id][checked]") is None


# --- the sentence


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (REACHED, "Reste à dire ce qui suit : revenir vers la personne, ou clore."),
        ({**REACHED, **PLAN, **LATER}, "Échéancier 6 × 100,00 € ; vous revenez vers la personne"),
        ({**REACHED, **AID, **LATER}, "le dossier reste ouvert."),
        ({**REACHED, **CLOSED}, "Le dossier se clôt : informé."),
        ({**REACHED, "next_step": "follow_up"}, "Vous revenez vers la personne : dites quand."),
        ({"result": "callback_set", "callback_at": "2026-11-24T10:00"}, "Vous rappelez demain à"),
        (
            {"result": "callback_set", "callback_at": "2026-11-24T10:00", "callback_by": "anyone"},
            "par le premier médiateur libre ; le dossier reste ouvert.",
        ),
    ],
)
def test_one_sentence_tells_the_consequence(
    desk: MediatorDesk, typed: dict[str, Any], said: str
) -> None:
    assert said in sentence(desk, desk.next_call(), **typed)


def test_what_is_final_is_marked_and_what_is_not_is_not(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    final = {str(each["value"]) for each in page.select("[name=result][data-final]")}
    assert final == {"opposed", "deceased", "moved"}


# --- after the save


def test_a_line_tells_what_was_saved_and_leads_to_its_correction(
    desk: MediatorDesk, session: Session
) -> None:
    desk.save(desk.next_call(), **REACHED, **PLAN, **LATER)
    line = soup(desk.client.get("/queue")).select_one("[data-saved]")
    assert line is not None
    assert desk.case.person.full_name in line.get_text()
    assert "échéancier 6 × 100,00" in line.get_text()
    contact = session.scalars(select(Contact)).one()
    link = line.select_one(f"a[href='/contacts/{contact.id}/correct'][data-shortcut=Z]")
    assert link is not None
    assert desk.client.get(str(link["href"])).status_code == 200


# --- who calls back


@pytest.mark.parametrize(("by", "anyone"), [("me", False), ("anyone", True)])
def test_the_mediator_says_who_calls_back(desk: MediatorDesk, by: str, anyone: bool) -> None:
    promised = {"result": "callback_set", "callback_at": "2026-11-24T10:00"}
    note = {"callback_note": "Après la sieste du petit."}
    answer = desk.save(desk.next_call(), **promised, **note, callback_by=by)
    assert answer.status_code == 303
    case = desk.fresh()
    assert case.for_anyone is anyone
    assert "Après la sieste du petit." in text_of(desk.client.get(f"/cases/{case.id}"))


def test_nobody_else_is_invented_to_call_back(desk: MediatorDesk) -> None:
    promised = {"result": "callback_set", "callback_at": "2026-11-24T10:00"}
    answer = desk.save(desk.next_call(), **promised, callback_by="the_mayor")
    assert answer.status_code == 422


# --- a neutral message in the same save


def typed_sms(desk: MediatorDesk, address: str) -> dict[str, str]:
    """What the page sends with the tick, after the message was read."""
    page = soup(desk.client.get(f"{address}/sms", query_string={"neutral_sms": "y"}))
    hidden = {str(one["name"]): str(one["value"]) for one in page.select("input[type=hidden]")}
    assert "a essayé de vous joindre" in page.get_text()
    return {"neutral_sms": "y", **hidden}


def test_a_neutral_message_is_queued_with_the_save(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    address = written.next_call()
    assert soup(written.client.get(address)).select_one("#neutral_sms") is not None
    typed = {**written.hidden(address), **typed_sms(written, address), "result": "no_answer"}
    for _press in range(2):  # a double click
        assert written.client.post(address, data=typed).status_code == 303
    message = session.scalars(select(Message)).one()
    assert (message.state, message.case_id) == ("queued", written.case.id)


def test_without_a_tick_or_once_somebody_was_reached_none_leaves(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    address = written.next_call()
    assert written.client.get(f"{address}/sms").get_data(as_text=True) == ""
    reached = {**REACHED, **CLOSED, **typed_sms(written, address)}
    assert written.save(address, **reached).status_code == 303
    assert session.scalars(select(Message)).all() == []


def test_a_message_that_may_not_leave_is_told_and_nothing_is_saved(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    address = written.next_call()
    typed = {**typed_sms(written, address), "sms_seen": "of another text"}
    refused = written.save(address, result="no_answer", **typed)
    assert refused.status_code == 409
    assert session.scalars(select(Contact)).all() == []
    assert "relisez-le" in errors(refused) or "relisez-le" in text_of(refused)


def test_to_whom_no_message_may_go_none_is_offered_shown_or_saved(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    address = written.next_call()
    typed = typed_sms(written, address)
    note(written, "no_message")
    assert soup(written.client.get(address)).select_one("#neutral_sms") is None
    page = soup(written.client.get(f"{address}/sms", query_string={"neutral_sms": "y"}))
    assert page.select_one("[name=sms_seen]") is None
    refused = written.save(address, result="no_answer", **typed)
    assert refused.status_code in (409, 422)
    assert session.scalars(select(Contact)).all() == []
    assert session.scalars(select(Message)).all() == []


def test_a_message_that_was_not_read_yet_is_to_be_read_first(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    refused = written.save(written.next_call(), result="no_answer", neutral_sms="y")
    assert refused.status_code == 422
    assert "Lisez d'abord le SMS, puis enregistrez." in errors(refused)
    assert soup(refused).select_one("#neutral_sms[checked][hx-trigger*=load]") is not None
    assert session.scalars(select(Contact)).all() == []


def test_without_a_gateway_no_message_is_offered(written: MediatorDesk) -> None:
    assert soup(written.client.get(written.next_call())).select_one("#neutral_sms") is None


# --- the person's history


def test_the_history_tells_the_exchanges_on_the_other_cases(desk: MediatorDesk) -> None:
    assert desk.save(desk.next_call(), **REACHED, **LATER).status_code == 303
    other = desk.add_case(person=desk.case.person, reference="AUTRE-1")
    desk.client.post(f"/cases/{other.id}/open")
    past = soup(desk.client.get(f"/call/{other.id}")).select_one(".desk-right .timeline")
    assert past is not None
    assert desk.case.reference in past.get_text()
    assert "Joint – titulaire" in past.get_text()


def test_of_many_numbers_the_first_are_shown_with_the_chosen_one(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    person = desk.case.person
    for at in range(6 - len(person.phones)):
        session.add(Phone(person_id=person.id, e164=f"+3363998200{at}", position=at + 5))
    session.commit()
    address = desk.next_call()
    page = soup(desk.client.get(address))
    folded = page.select_one(".numbers-more")
    assert folded is not None
    assert folded.summary is not None
    assert folded.summary.get_text(strip=True) == "3 autres numéros"
    assert len(folded.select("[name=phone_id]")) == 3
    last = folded.select("[name=phone_id]")[-1]["value"]
    page = soup(desk.save(address, result="", phone_id=last))  # refused: nothing moves
    assert len(page.select(".numbers-more [name=phone_id]")) == 3
    assert not page.select(".numbers-more [name=phone_id][checked]")
