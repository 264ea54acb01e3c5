"""A message from the desk: read as it will leave, sent, told, sent again."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.context import SYSTEM, Context
from energymed.calling.models import Contact
from energymed.messages.models import Message
from energymed.messages.templates import seed, set_sender
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user
from tests.messages.peers import SmsPeer, SmtpPeer, sms_peer, smtp_peer
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk


@pytest.fixture
def written(desk: MediatorDesk, session: Session) -> MediatorDesk:
    """The desk of a site whose texts and signature are there; the person has an e-mail."""
    seed(session, now=NOW)
    set_sender(Context(session, SYSTEM, NOW), desk.site.id, "PIMMS", "0465710000")
    desk.case.person.email = "camille@example.org"
    session.commit()
    return desk


def page_of(desk: MediatorDesk) -> str:
    return f"/cases/{desk.case.id}/message"


def use(desk: MediatorDesk, monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Set a gateway, as an installation would."""
    settings = replace(desk.app.extensions["energymed"], **values)
    monkeypatch.setitem(desk.app.extensions, "energymed", settings)


@pytest.fixture
def sms(written: MediatorDesk, monkeypatch: pytest.MonkeyPatch) -> Any:
    with sms_peer() as peer:
        use(written, monkeypatch, sms_url=peer.url, sms_token="s3cret", sms_sender="PIMMS")
        yield peer


def send(desk: MediatorDesk, query: str = "", **values: str) -> TestResponse:
    """Open the page, read the preview, press send."""
    page = soup(desk.client.get(page_of(desk) + query))
    form = page.select_one("form[method=post][action$='/message']")
    assert form is not None, page.get_text(" ")
    data = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    return desk.client.post(str(form["action"]), data={**data, **values}, follow_redirects=True)


def test_the_preview_says_what_will_leave(sms: SmsPeer, written: MediatorDesk) -> None:
    answer = written.client.get(page_of(written))
    said = text_of(answer)
    assert "Bonjour, Ada (PIMMS) a essayé de vous joindre." in said
    assert "1 SMS · 106 signes sur 160" in said or "1 SMS" in said
    assert "s3cret" not in answer.get_data(as_text=True)
    assert sms.received == []


def test_an_sms_leaves_and_stands_in_the_history(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    said = text_of(send(written))
    assert "Le SMS est parti." in said
    assert "SMS : envoyé" in said
    assert "Bonjour, Ada (PIMMS) a essayé de vous joindre." in said
    assert len(sms.received) == 1
    session.rollback()
    contact = session.scalars(select(Contact)).one()
    assert (contact.channel, contact.user_id, contact.note) == ("sms", written.user.id, None)
    assert sms.seen[0]["Authorization"] == "Bearer s3cret"


def test_a_double_click_sends_once(sms: SmsPeer, written: MediatorDesk, session: Session) -> None:
    page = soup(written.client.get(page_of(written)))
    inputs = page.select("form[method=post][action$='/message'] input")
    data = {str(one["name"]): str(one["value"]) for one in inputs}
    for _click in range(2):
        assert written.client.post(page_of(written), data=data).status_code == 303
    assert len(sms.received) == len(session.scalars(select(Contact)).all()) == 1


def test_an_email_leaves_by_the_mail_server(
    written: MediatorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_peer() as peer:
        use(written, monkeypatch, smtp_url=peer.url, mail_from="appels@pimms.example.org")
        said = text_of(send(written, "?to=email"))
    assert "L'e-mail est parti." in said
    assert "E-mail : envoyé" in said
    (mail,) = peer.mails
    assert (mail["To"], mail["Subject"]) == (
        "camille@example.org",
        "Nous avons essayé de vous joindre",
    )


def test_no_message_holds_a_word_of_the_debt(sms: SmsPeer, written: MediatorDesk) -> None:
    send(written)
    text = sms.received[0]["text"]
    for word in ("600", "€", "EDF", "edf", "dette", written.case.reference):
        assert word not in text


def test_a_gateway_that_is_down_is_told_and_the_message_taken_back(
    written: MediatorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(written, monkeypatch, sms_url="http://127.0.0.1:9/")
    said = text_of(send(written))
    assert "La passerelle n'a pas pu être jointe. Il est gardé et repartira de lui-même" in said
    assert "SMS : pas encore parti" in said
    page = soup(written.client.get(f"/cases/{written.case.id}"))
    form = page.select_one("form[action$='/cancel']")
    assert form is not None
    said = text_of(written.client.post(str(form["action"]), follow_redirects=True))
    assert "Le message est annulé : il ne partira pas." in said
    assert "SMS : annulé" in said


def test_a_refusal_is_told_and_sent_again(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    sms.status = 422
    said = text_of(send(written))
    assert "Le message n'est pas parti. La passerelle a refusé le message." in said
    assert "SMS : non envoyé" in said
    assert "HTTP 422" in said
    sms.status = 200
    page = soup(written.client.get(f"/cases/{written.case.id}"))
    form = page.select_one("form[action$='/retry']")
    assert form is not None
    said = text_of(written.client.post(str(form["action"]), follow_redirects=True))
    assert "Le SMS est parti." in said
    assert len(session.scalars(select(Contact)).all()) == 1


def test_a_message_that_perhaps_left_warns_of_a_second_one(
    sms: SmsPeer, written: MediatorDesk
) -> None:
    sms.drop = True
    said = text_of(send(written))
    assert "on ne sait pas si le message est parti" in said
    assert "au risque d'un doublon" in said
    said = text_of(written.client.get(page_of(written)))
    assert "Un message est peut-être déjà parti" in said


@pytest.mark.parametrize("values", [{"seen": "other"}, {"text": "9999"}, {"to": "9999"}])
def test_what_was_not_previewed_is_not_sent(
    sms: SmsPeer, written: MediatorDesk, values: dict[str, str]
) -> None:
    assert send(written, **values).status_code == 409
    assert sms.received == []


def test_a_page_left_open_sends_nothing_after_a_stop(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    page = soup(written.client.get(page_of(written)))
    inputs = page.select("form[method=post][action$='/message'] input")
    data = {str(one["name"]): str(one["value"]) for one in inputs}
    written.fresh().person.opposed_at = NOW
    session.commit()
    answer = written.client.post(page_of(written), data=data)
    assert answer.status_code == 409
    assert "s'oppose à être recontactée" in text_of(answer)
    assert sms.received == []
    assert session.scalars(select(Message)).all() == []


def test_without_a_gateway_the_desk_offers_to_note_it(written: MediatorDesk) -> None:
    page = soup(written.client.get(page_of(written)))
    assert "Aucune passerelle n'est réglée" in page.get_text()
    link = page.select_one("a[href$='channel=sms']")
    assert link is not None
    assert page.select_one("form[method=post][action$='/message']") is None
    noted = soup(written.client.get(str(link["href"])))
    assert noted.select_one("input[name=channel][value=sms][checked]") is not None


def test_a_landline_alone_is_told(written: MediatorDesk, session: Session) -> None:
    person = written.fresh().person
    person.phones[0].e164, person.email = "+33465710001", None
    session.commit()
    said = text_of(written.client.get(page_of(written)))
    assert "ligne fixe ou étrangère : pas de SMS" in said
    assert "Un SMS ne part que vers un mobile français" in said


def test_nobody_to_write_to(written: MediatorDesk, session: Session) -> None:
    person = written.fresh().person
    person.phones, person.email = [], None
    session.commit()
    assert "ni numéro ni adresse e-mail" in text_of(written.client.get(page_of(written)))


def test_nobody_to_write_to_and_nobody_to_be_written_to(
    written: MediatorDesk, session: Session
) -> None:
    person = written.fresh().person
    person.phones, person.email, person.opposed_at = [], None, NOW
    session.commit()
    said = text_of(written.client.get(page_of(written)))
    assert "s'oppose à être recontactée" in said
    assert "il reste le courrier" not in said


def test_before_the_site_has_signed(desk: MediatorDesk, session: Session) -> None:
    seed(session, now=NOW)
    session.commit()
    assert "qui signe ses messages" in text_of(desk.client.get(page_of(desk)))


def test_the_desk_and_the_case_lead_there(written: MediatorDesk) -> None:
    case_page = soup(written.client.get(f"/cases/{written.case.id}"))
    assert case_page.select_one(f"a[href='{page_of(written)}']") is not None
    call_page = soup(written.client.get(written.next_call()))
    assert len(call_page.select(f"a[href='{page_of(written)}'][target=_blank]")) == 1


def test_another_sites_messages_are_not_found(
    sms: SmsPeer, written: MediatorDesk, session: Session
) -> None:
    sms.status = 422
    send(written)
    message = session.scalars(select(Message)).one()
    other = make_user(session)
    make_case(session, assigned_to=other)
    written.sign_in_as(other)
    for address in (
        page_of(written),
        f"/messages/{message.id}/retry",
        f"/messages/{message.id}/cancel",
    ):
        assert written.client.post(address, data={"request_key": "x"}).status_code == 404, address
    assert len(sms.received) == 1


def test_another_peer_is_never_asked(written: MediatorDesk) -> None:
    """Reading the page sends nothing, whatever the address says."""
    peer = SmtpPeer()
    for query in ("?to=email", "?to=x&text=y", "?text=99999999"):
        assert written.client.get(page_of(written) + query).status_code == 200
    assert peer.mails == []
