"""The words read before a referral, on the administrator's desk."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.mediation.consent_texts import FIRST_WORDS, all_texts
from tests.web.helpers import soup, text_of

ADDRESS = "/admin/consent-text"
WORDS = "« {organisme}, pour : {motif}. {transmis} Vous pouvez dire non. »"


def test_a_new_version_is_written_and_the_former_listed(
    desk: FlaskClient, session: Session
) -> None:
    assert ADDRESS in desk.get("/admin/rules").text
    assert "mot pour mot" in text_of(desk.get(ADDRESS))
    page = desk.post(ADDRESS, data={"words": WORDS, "seen": "1"}, follow_redirects=True)
    assert "Le texte est enregistré" in text_of(page)
    assert len(soup(page).select("tbody tr")) == 2
    assert [each.words for each in all_texts(session)] == [WORDS, FIRST_WORDS]


def test_a_bad_text_is_told_and_kept(desk: FlaskClient, session: Session) -> None:
    refused = desk.post(ADDRESS, data={"words": "Bonjour {motif}", "seen": "1"})
    assert refused.status_code == 422
    assert "Il y manque {organisme}." in text_of(refused)
    assert "Bonjour {motif}" in refused.text
    assert len(all_texts(session)) == 1


def test_who_read_an_older_version_is_told(desk: FlaskClient) -> None:
    desk.post(ADDRESS, data={"words": WORDS, "seen": "1"})
    refused = desk.post(ADDRESS, data={"words": f"{WORDS} Merci.", "seen": "1"})
    assert refused.status_code == 422
    assert "relisez-le" in text_of(refused)
