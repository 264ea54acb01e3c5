"""Sheets by post from the case's page: put with the letters to print, or noted as sent."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.models import Contact
from energymed.cases.codes import NeedKind
from energymed.cases.needs import NeedSaid, note_need
from energymed.mediation.models import Act, Referral
from energymed.messages.letters.models import LetterToPrint
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.web.helpers import text_of
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_take_along import AGREED

FACTOR = {"tf_totp_secret": "s", "tf_primary_method": "authenticator"}


@pytest.fixture
def spoken(desk: MediatorDesk) -> MediatorDesk:
    desk.case.address, desk.case.commune = "12 rue de l'Exemple", "Valence"
    desk.case.postal_code = "26000"
    desk.session.commit()
    assert desk.save(desk.next_call(), **AGREED).status_code == 303
    return desk


def act_of(desk: MediatorDesk, kind: str) -> int:
    return desk.session.scalars(select(Act.id).filter_by(kind=kind)).one()


def press(desk: MediatorDesk, act_id: int, **typed: str) -> str:
    typed = {"case_id": str(desk.case.id), **typed}
    answer = desk.client.post(f"/acts/{act_id}/sheet", data=typed, follow_redirects=True)
    desk.session.rollback()
    return text_of(answer)


def letters(desk: MediatorDesk) -> list[LetterToPrint]:
    desk.session.rollback()
    return list(desk.session.scalars(select(LetterToPrint).order_by(LetterToPrint.id)))


def sent(desk: MediatorDesk) -> list[Contact]:
    return list(desk.session.scalars(select(Contact).filter_by(channel="letter")))


@pytest.mark.parametrize(("kind", "letter"), [("referral", "referral"), ("aid_opened", "papers")])
def test_a_sheet_is_printed_with_the_letters(
    spoken: MediatorDesk, session: Session, kind: str, letter: str
) -> None:
    for _press in range(2):
        said = press(spoken, act_of(spoken, kind), do="print")
    assert "à imprimer" in said
    (found,) = letters(spoken)
    assert (found.kind, found.state, sent(spoken)) == (letter, "waiting", [])
    spoken.sign_in_as(make_user(session, "lead", site=spoken.site, **FACTOR))
    assert "1 courrier, 1 page" in text_of(spoken.client.get("/letters/print"))
    assert spoken.client.get("/letters/print.pdf").data[:5] == b"%PDF-"
    spoken.client.post("/letters/printed", data={"letter": found.id})
    assert (letters(spoken)[0].state, len(sent(spoken))) == ("sent", 1)


def test_one_given_at_once_is_noted_and_the_note_taken_back(spoken: MediatorDesk) -> None:
    said = press(spoken, act_of(spoken, "referral"), do="sent")
    assert "envoyée par courrier le" in said
    (contact,) = sent(spoken)
    spoken.client.post(f"/contacts/{contact.id}/take-back", data={"case_id": spoken.case.id})
    assert letters(spoken)[0].state == "withdrawn"
    assert "Noter comme envoyée" in text_of(spoken.client.get(f"/cases/{spoken.case.id}"))


def test_one_that_waits_is_taken_back(spoken: MediatorDesk) -> None:
    press(spoken, act_of(spoken, "referral"), do="print")
    path = f"/letters/{letters(spoken)[0].id}/withdraw"
    spoken.client.post(path, data={"case_id": spoken.case.id})
    assert letters(spoken)[0].state == "withdrawn"


def test_who_reads_little_gets_the_easy_version(spoken: MediatorDesk) -> None:
    said = NeedSaid(NeedKind.READS_LITTLE, True)
    note_need(Context(spoken.session, spoken.user.as_actor(), NOW), spoken.case.id, said)
    spoken.session.commit()
    press(spoken, act_of(spoken, "referral"), do="print")
    assert letters(spoken)[0].variant == "plain"


def test_without_a_whole_address_it_is_refused(spoken: MediatorDesk) -> None:
    spoken.case.commune = None
    spoken.session.commit()
    assert "L’adresse n’est pas complète" in press(spoken, act_of(spoken, "referral"), do="print")
    assert letters(spoken) == []


def test_without_consent_there_is_no_sheet(spoken: MediatorDesk, session: Session) -> None:
    act_id = act_of(spoken, "referral")
    press(spoken, act_id, do="print")
    session.scalars(select(Referral)).one().consent = False
    session.commit()
    assert "plus à envoyer" in press(spoken, act_id, do="sent")
    spoken.sign_in_as(make_user(session, "lead", site=spoken.site, **FACTOR))
    assert "Aucun courrier" in text_of(spoken.client.get("/letters/print"))


def test_what_has_no_sheet_is_refused_and_a_stranger_finds_none(
    spoken: MediatorDesk, session: Session
) -> None:
    assert "plus à envoyer" in press(spoken, act_of(spoken, "info_given"), do="print")
    act_id = act_of(spoken, "referral")
    spoken.sign_in_as(make_user(session))
    assert spoken.client.post(f"/acts/{act_id}/sheet").status_code == 404
