"""Sheets by post from the case's page: put with the letters to print, or noted as sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.models import Contact
from energymed.cases.codes import NeedKind
from energymed.cases.needs import NeedSaid, note_need
from energymed.mediation.models import Act, Referral
from energymed.messages.letters.models import LetterToPrint
from energymed.partners.cheque_campaign_rows import seed_cheque_campaigns
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.web.helpers import hidden_fields, text_of
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk
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
    assert "L'adresse n'est pas complète" in press(spoken, act_of(spoken, "referral"), do="print")
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


@pytest.fixture
def cheque(desk: MediatorDesk) -> int:
    """The act of a cheque that was told of, on a case with a whole address."""
    desk.case.address, desk.case.commune = "12 rue de l'Exemple", "Valence"
    desk.case.postal_code = "26000"
    seed_cheque_campaigns(desk.session)
    desk.session.commit()
    said = {
        "acts": ["energy_cheque_awareness"], "cheque_campaign_year": "2026",
        "cheque_status": "received_unused", "cheque_topics": "asked_received",
        "cheque_help": "informed",
    }  # fmt: skip
    saved = desk.save(desk.next_call(), **REACHED, **LATER, **said)
    assert saved.status_code == 303, text_of(saved)
    return act_of(desk, "energy_cheque_awareness")


@pytest.mark.parametrize(("do", "state"), [("print", "waiting"), ("sent", "sent")])
def test_the_sheet_of_the_cheque_by_post(
    desk: MediatorDesk, cheque: int, do: str, state: str
) -> None:
    press(desk, cheque, do=do, variant="plain")
    (found,) = letters(desk)
    assert (found.kind, found.state, found.variant) == ("cheque", state, "plain")
    assert len(sent(desk)) == (do == "sent")


@pytest.mark.parametrize("value", ["", "x", "plain\x00", "9" * 400, "<script>"])
def test_a_wording_that_is_none_is_as_the_person_needs_it(
    desk: MediatorDesk, cheque: int, value: str
) -> None:
    press(desk, cheque, do=value, variant=value)
    assert [(each.variant, each.state) for each in letters(desk)] == [("usual", "waiting")]


def test_one_that_was_with_the_letters_waits_again_after_a_take_back(
    spoken: MediatorDesk,
) -> None:
    act_id = act_of(spoken, "referral")
    spoken.client.post(f"/acts/{act_id}/sheet", data={"do": "print", "case_id": spoken.case.id})
    letter = letters(spoken)[0]
    letter.asked_at -= timedelta(hours=2)
    spoken.session.commit()
    press(spoken, act_id, do="sent")
    (contact,) = sent(spoken)
    assert letters(spoken)[0].state == "sent"
    spoken.client.post(f"/contacts/{contact.id}/take-back", data={"case_id": spoken.case.id})
    (letter,) = letters(spoken)
    assert (letter.state, letter.settled_at) == ("waiting", None)
    said = text_of(spoken.client.get(f"/cases/{spoken.case.id}"))
    assert "à imprimer" in said


@pytest.mark.parametrize("printed", [True, False])
def test_an_exchange_taken_back_says_that_it_left_in_writing(
    desk: MediatorDesk, session: Session, *, printed: bool
) -> None:
    desk.case.address, desk.case.commune = "12 rue de l'Exemple", "Valence"
    desk.case.postal_code = "26000"
    session.commit()
    page = f"/cases/{desk.case.id}/contact"
    typed = {
        **hidden_fields(desk.client.get(page), "call-form"), "channel": "face_to_face",
        "result": "met_holder", "identity_checked": "y", "acts": "info_given",
        "info_given_topics": "bill", "written": "y", "written_by": "letter",
    }  # fmt: skip
    saved = desk.client.post(page, data=typed)
    assert saved.status_code == 303, text_of(saved)
    (letter,) = letters(desk)
    contact_id, letter_id = letter.asked_contact_id, letter.id
    if printed:
        desk.sign_in_as(make_user(session, "lead", site=desk.site, **FACTOR))
        desk.client.post("/letters/printed", data={"letter": letter_id})
        desk.sign_in_as(desk.user)
    answer = desk.client.post(
        f"/contacts/{contact_id}/take-back",
        data={"case_id": desk.case.id}, follow_redirects=True,
    )  # fmt: skip
    assert "L'échange est retiré" in text_of(answer)
    assert ("est déjà parti par écrit" in text_of(answer)) is printed
    assert letters(desk)[0].state == ("sent" if printed else "withdrawn")
