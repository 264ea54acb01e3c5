"""A referral on the desk and the case: the words to read, the link, what came of it, consent."""

import re

import pytest
from sqlalchemy.orm import Session

from energymed.mediation.models import Referral
from energymed.mediation.referral_models import ReferralLink
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_solution import words_of
from tests.web.mediator.test_take_along import AGREED

ASKED = {"referral_body": "ccas", "referral_reason": "budget", "referral_mode": "file_transmitted"}


@pytest.fixture
def referral(desk: MediatorDesk) -> Referral:
    sent = desk.save(desk.next_call(), **{**AGREED, "referral_consent_text": "1"})
    assert sent.status_code == 303
    return desk.session.query(Referral).one()


def linked(desk: MediatorDesk, referral: Referral) -> str:
    """Make a link; the token, as the page shows it this once."""
    page = desk.client.post(f"/referrals/{referral.id}/link").text
    found = re.search(r"/o/([\w-]+)", page)
    assert found is not None
    return found[1]


def test_the_words_follow_what_is_chosen(desk: MediatorDesk) -> None:
    address = f"/cases/{desk.case.id}/consent-text"
    said = text_of(desk.client.get(address, query_string=ASKED))
    for part in ("CCAS / CIAS", "difficulté budgétaire", "rien d'autre", "Vous pouvez dire non"):
        assert part in said
    for name in ASKED:
        left = {key: value for key, value in ASKED.items() if key != name}
        assert "version" not in text_of(desk.client.get(address, query_string=left))


def test_what_was_read_is_told_on_the_case(desk: MediatorDesk, referral: Referral) -> None:
    assert (referral.consent_text_id, referral.consent) == (1, True)
    said = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "texte lu : version 1" in said
    assert referral.number in said


def test_an_appointment_without_its_day_is_told_and_kept(desk: MediatorDesk) -> None:
    typed = {**AGREED, "referral_mode": "appointment_made"}
    refused = desk.save(desk.next_call(), **typed)
    assert refused.status_code == 422
    assert "Donnez le jour du rendez-vous." in text_of(refused)
    assert "version 1" in text_of(refused)  # the words to read are there again


def test_a_link_is_shown_once_printed_answered_and_told(
    desk: MediatorDesk, referral: Referral
) -> None:
    token = linked(desk, referral)
    page = f"/cases/{desk.case.id}"
    assert token not in desk.client.get(page).text
    sheet = f"/referrals/{referral.id}/link/sheet.pdf"
    assert words_of(desk.client.post(sheet, data={"token": token})) == "Fiche d’orientation"
    assert desk.client.post(sheet, data={"token": "x"}).status_code == 409
    desk.client.post(f"/o/{token}", data={"answer": "met"})
    said = text_of(desk.client.get(page))
    assert "La personne a été reçue" in said
    assert "(dit par l'organisme)" in said
    assert "Réponse de l'organisme : personne rencontrée" in said
    desk.client.post(f"{page}/move", data={f"move-referral-{referral.id}": "taken_up"})
    assert "Accompagnement commencé" in text_of(desk.client.get(page))


def test_a_link_is_taken_back(desk: MediatorDesk, referral: Referral) -> None:
    token = linked(desk, referral)
    sent = desk.client.post(f"/referrals/{referral.id}/link/revoke", follow_redirects=True)
    assert "Le lien ne sert plus." in text_of(sent)
    assert desk.client.get(f"/o/{token}").status_code == 404


def test_without_consent_no_door_opens(desk: MediatorDesk, referral: Referral) -> None:
    token, record = linked(desk, referral), f"/referrals/{referral.id}"
    sent = desk.client.post(f"{record}/consent/end", follow_redirects=True)
    assert "plus rien ne part vers cet organisme" in text_of(sent)
    assert desk.client.get(f"{record}/sheet.pdf").status_code == 409
    assert desk.client.post(f"{record}/link/sheet.pdf", data={"token": token}).status_code == 409
    refused = desk.client.post(f"{record}/link", follow_redirects=True)
    assert "revenue sur son accord" in text_of(refused)
    page = desk.client.get(f"/cases/{desk.case.id}")
    assert "accord retiré" in text_of(page)
    assert soup(page).select(f"[href='{record}/sheet.pdf'], form[action='{record}/link']") == []


def test_a_stranger_touches_none(desk: MediatorDesk, session: Session, referral: Referral) -> None:
    token = linked(desk, referral)
    desk.sign_in_as(make_user(session))
    for door in ("link", "link/revoke", "link/sheet.pdf", "consent/end"):
        sent = desk.client.post(f"/referrals/{referral.id}/{door}", data={"token": token})
        assert sent.status_code == 404, door
    assert session.query(ReferralLink).one().revoked_at is None
