"""What was agreed, in writing, in the same save: a message that waits, or a letter to print."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.calling.models import Contact
from energymed.cases.codes import NeedKind
from energymed.cases.needs import NeedSaid, note_need
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.models import Message
from energymed.messages.templates import seed, set_sender
from energymed.web.mediator.call import outcome_form
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk

TOLD = {**REACHED, "acts": ["info_given"], "info_given_topics": "bill", **LATER, "written": "y"}
FACTOR = {"tf_totp_secret": "s", "tf_primary_method": "authenticator"}


@pytest.fixture
def ready(desk: MediatorDesk, session: Session, monkeypatch: pytest.MonkeyPatch) -> MediatorDesk:
    open_ways(monkeypatch, sms=True, email=True)
    seed(session, now=NOW)
    set_sender(Context(session, SYSTEM, NOW), desk.site.id, "PIMMS", "0465710000")
    desk.case.address, desk.case.commune = "12 rue de l'Exemple", "Valence"
    desk.case.postal_code = "26000"
    session.commit()
    return desk


def open_ways(monkeypatch: pytest.MonkeyPatch, **channels: bool) -> None:
    """Have a gateway for these channels, and none for the others."""
    found = {name: object() if there else None for name, there in channels.items()}
    monkeypatch.setattr(outcome_form, "gateways", lambda _settings: found)


def rows(desk: MediatorDesk, model: Any) -> Any:
    desk.session.rollback()
    return desk.session.scalars(select(model)).all()


def need(desk: MediatorDesk, kind: NeedKind) -> None:
    note_need(Context(desk.session, desk.user.as_actor(), NOW), desk.case.id, NeedSaid(kind, True))
    desk.session.commit()


def ways(desk: MediatorDesk, **typed: Any) -> Any:
    desk.next_call()
    return desk.client.post(f"/cases/{desk.case.id}/written", data={**TOLD, **typed})


def test_the_preview_says_what_leaves_and_proposes_a_way(ready: MediatorDesk) -> None:
    answer = ways(ready)
    assert soup(answer).select_one("input[value=sms][checked]")
    said = text_of(answer)
    assert "Nous vous rappelons le lundi 7 décembre à 10 h." in said
    assert "04 65 71 00 00" in said
    assert not any(word in said for word in ("600", "dette", ready.partner.name))
    assert "Aucune adresse e-mail" in said


def test_who_reads_little_is_proposed_a_letter(ready: MediatorDesk) -> None:
    need(ready, NeedKind.READS_LITTLE)
    answer = ways(ready)
    assert soup(answer).select_one("input[value=letter][checked]")
    assert "facile à lire" in text_of(answer)


def test_nothing_is_drawn_without_the_tick(ready: MediatorDesk) -> None:
    ready.next_call()
    assert ready.client.post(f"/cases/{ready.case.id}/written", data=REACHED).text == ""


def test_a_message_waits_in_the_same_save(ready: MediatorDesk) -> None:
    assert ready.save(ready.next_call(), **TOLD, written_by="sms").status_code == 303
    (message,) = rows(ready, Message)
    call = rows(ready, Contact)[0]
    assert (message.state, message.agreed_contact_id) == ("queued", call.id)
    assert "lundi 7 décembre" in message.body


def test_nothing_is_written_when_the_save_is_refused(ready: MediatorDesk) -> None:
    answer = ready.save(ready.next_call(), **{**TOLD, "follow_up_at": ""}, written_by="letter")
    assert answer.status_code == 422
    assert soup(answer).select_one("#written[checked]")
    assert (rows(ready, Message), rows(ready, LetterToPrint)) == ([], [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"acts": [], "written_by": "letter"}, "Rien à écrire"),
        ({"written_by": "email"}, "Aucune adresse e-mail"),
    ],
)
def test_what_cannot_be_written_is_said(
    ready: MediatorDesk, typed: dict[str, Any], said: str
) -> None:
    answer = ready.save(ready.next_call(), **{**TOLD, **typed})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert rows(ready, Contact) == []


def test_no_message_means_neither_message_nor_letter(ready: MediatorDesk) -> None:
    need(ready, NeedKind.NO_MESSAGE)
    assert "Rien ne peut être envoyé" in text_of(ways(ready))


def test_a_letter_is_printed_in_the_batch_and_noted(ready: MediatorDesk, session: Session) -> None:
    assert ready.save(ready.next_call(), **TOLD, written_by="letter").status_code == 303
    (letter,) = rows(ready, LetterToPrint)
    assert rows(ready, Message) == []
    ready.sign_in_as(make_user(session, "lead", site=ready.site, **FACTOR))
    page = ready.client.get("/letters/print")
    assert ready.case.reference in text_of(page)
    assert "1 courrier, 1 page" in text_of(page)
    assert ready.client.get("/letters/print.pdf").data[:5] == b"%PDF-"
    for _press in range(2):  # a second press notes nothing more
        ready.client.post("/letters/printed", data={"letter": letter.id})
    sent = [each for each in rows(ready, Contact) if each.channel == "letter"]
    assert len(sent) == 1
    assert ready.client.get("/letters/print.pdf").status_code == 302


def test_a_letter_that_may_not_leave_any_more_is_in_no_batch(
    ready: MediatorDesk, session: Session
) -> None:
    """The word came after the letter was asked for: what is printed cannot be taken back."""
    ready.save(ready.next_call(), **TOLD, written_by="letter")
    (letter,) = rows(ready, LetterToPrint)
    need(ready, NeedKind.NO_MESSAGE)
    ready.sign_in_as(make_user(session, "lead", site=ready.site, **FACTOR))
    page = ready.client.get("/letters/print")
    assert soup(page).select("input[data-tick]") == []
    assert "Ne laissez aucun message à cette personne" in text_of(page)
    assert ready.client.get("/letters/print.pdf").status_code == 302
    form = soup(page).select_one("form[aria-labelledby=held]")
    held = [each["value"] for each in form.select("button[name=withdraw]")]
    assert held == [str(letter.id)]
    ready.client.post("/letters/withdrawn", data={"withdraw": held})
    assert rows(ready, LetterToPrint)[0].state == "withdrawn"
    assert "Ne partent plus" not in text_of(ready.client.get("/letters/print"))


def test_a_correction_takes_back_what_has_not_left(ready: MediatorDesk, session: Session) -> None:
    ready.save(ready.next_call(), **TOLD, written_by="letter")
    call = rows(ready, Contact)[0]
    answer = ready.client.post(
        f"/contacts/{call.id}/correct", data={"result": "no_answer", "acts_shown": "1",
        "void_acts": [str(a) for a in range(1, 5)]}
    )  # fmt: skip
    assert answer.status_code == 303, text_of(answer)
    (letter,) = rows(ready, LetterToPrint)
    assert letter.state == "withdrawn"
    ready.sign_in_as(make_user(session, "lead", site=ready.site, **FACTOR))
    stale = {"letter": letter.id}  # it was on the page, and is in the pile of paper
    told = ready.client.post("/letters/printed", data=stale, follow_redirects=True)
    assert "retirés depuis" in text_of(told)


def test_a_stranger_sees_no_way(ready: MediatorDesk, session: Session) -> None:
    ready.sign_in_as(make_user(session))
    assert ready.client.post(f"/cases/{ready.case.id}/written", data=TOLD).status_code == 404


def test_a_channel_without_gateway_is_not_offered(
    ready: MediatorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ways(monkeypatch, sms=False, email=False)
    answer = ways(ready)
    assert soup(answer).select_one("input[value=sms][disabled]")
    assert soup(answer).select_one("input[value=letter][checked]")
    assert "L'envoi de SMS n'est pas réglé ici." in text_of(answer)
    token = ready.next_call()
    assert ready.save(token, **TOLD, written_by="sms").status_code == 422
    assert ready.save(token, **TOLD).status_code == 303  # by letter
    assert (len(rows(ready, LetterToPrint)), rows(ready, Message)) == (1, [])


def test_the_easy_version_is_chosen_at_the_desk(ready: MediatorDesk) -> None:
    ready.save(ready.next_call(), **TOLD, written_by="letter", written_variant="plain")
    assert rows(ready, LetterToPrint)[0].variant == "plain"


def test_the_wording_of_one_that_waits_is_changed_and_it_is_taken_back(
    ready: MediatorDesk, session: Session
) -> None:
    ready.save(ready.next_call(), **TOLD, written_by="letter")
    (letter,) = rows(ready, LetterToPrint)
    ready.sign_in_as(make_user(session, "lead", site=ready.site, **FACTOR))
    ready.client.post(f"/letters/print/{letter.id}", data={"variant": "plain"})
    assert rows(ready, LetterToPrint)[0].variant == "plain"
    ready.client.post(f"/letters/print/{letter.id}")  # a wording that is none changes nothing
    assert rows(ready, LetterToPrint)[0].state == "waiting"
    ticked = {"withdraw": letter.id, "letter": letter.id}  # the tick is of another button
    for _press in range(2):
        ready.client.post("/letters/withdrawn", data=ticked)
        assert rows(ready, LetterToPrint)[0].state == "withdrawn"
    assert [each for each in rows(ready, Contact) if each.channel == "letter"] == []
