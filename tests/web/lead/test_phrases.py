"""The phrases of the note in the team's own words."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.calling.models import NotePhrase
from energymed.calling.scripts.note_phrases import DEFAULT_PHRASES, KEYS
from tests.factories import make_case, make_site, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import LeadDesk

ADDRESS = "/guide/phrases"
OWN = {"phrase-1": "  Facture  estimée. ", "phrase-2": "", "phrase-3": "Attend la CAF."}


def offered(desk: LeadDesk, session: Session) -> dict[str, str]:
    """What each key adds, on the desk of a mediator of the site."""
    mediator = make_user(session, "mediator", site=desk.lead.site)
    make_case(session, assigned_to=mediator)
    session.commit()
    sign_in(desk.client, mediator)
    page = soup(desk.client.get(desk.client.post("/queue/next").headers["Location"]))
    return {
        str(one["data-shortcut"]): str(one["data-phrase"]) for one in page.select("[data-phrase]")
    }


def test_ours_are_shown_until_the_team_has_its_own(desk: LeadDesk, session: Session) -> None:
    page = soup(desk.client.get(ADDRESS))
    assert [one["value"] for one in page.select("input[name^=phrase-]")] == list(DEFAULT_PHRASES)
    assert offered(desk, session) == dict(zip(KEYS, DEFAULT_PHRASES, strict=True))


def test_own_phrases_stay_at_their_keys(desk: LeadDesk, session: Session) -> None:
    other = make_site(session)
    session.commit()
    assert desk.client.post(ADDRESS, data=OWN).status_code == 303
    assert "les mots de votre équipe" in text_of(desk.client.get(ADDRESS))
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "phrases.changed")).one()
    assert event.after == {"phrases": 2}
    kept = session.scalars(select(NotePhrase)).all()
    assert {one.site_id for one in kept} == {desk.lead.site_id} != {other.id}
    assert offered(desk, session) == {"f": "Facture estimée.", "q": "Attend la CAF."}


def test_ours_are_stored_in_no_language_of_a_reader(desk: LeadDesk, session: Session) -> None:
    desk.client.post("/account/language", data={"locale": "en"})
    page = soup(desk.client.get(ADDRESS))
    shown = {str(one["name"]): str(one["value"]) for one in page.select("input[name^=phrase-]")}
    assert set(shown.values()).isdisjoint(DEFAULT_PHRASES)
    desk.client.post(ADDRESS, data={**shown, "phrase-2": "Waits for the CAF."})
    stored = session.scalars(select(NotePhrase.text).order_by(NotePhrase.position)).all()
    assert stored == [DEFAULT_PHRASES[0], "Waits for the CAF.", *DEFAULT_PHRASES[2:]]
    page = soup(desk.client.get(ADDRESS))
    assert page.select("input[name^=phrase-]")[0]["value"] == shown["phrase-1"]


def test_ours_come_back(desk: LeadDesk, session: Session) -> None:
    desk.client.post(ADDRESS, data=OWN)
    desk.client.post(ADDRESS, data={"ours": "1", **OWN})
    assert session.scalars(select(NotePhrase)).all() == []


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"phrase-1": "x" * 81}, "Une phrase a 80 caractères au plus."),
        ({"phrase-1": "Déjà dit.", "phrase-2": "Déjà dit."}, "Cette phrase est là deux fois."),
        ({"phrase-1": "Malade, musulmane"}, "retirez « Malade », « musulmane »"),
        ({"phrase-2": "Sort de prison."}, "ni justice dans une phrase toute prête"),
        ({"phrase-1": "1 85 05 78 006 084 36"}, "ne se note jamais"),
    ],
)
def test_what_does_not_do_is_said_and_typed_words_stay(
    desk: LeadDesk, session: Session, texts: dict[str, str], said: str
) -> None:
    answer = desk.client.post(ADDRESS, data=texts)
    assert answer.status_code == 422
    assert said in text_of(answer)
    page = soup(answer)
    assert [one["value"] for one in page.select("input[value]:not([value=''])") if "phrase" in
            str(one["name"])] == list(texts.values())  # fmt: skip
    assert session.scalars(select(NotePhrase)).all() == []


def test_they_are_the_leads_to_change(desk: LeadDesk, session: Session) -> None:
    mediator = make_user(session, "mediator", site=desk.lead.site)
    session.commit()
    sign_in(desk.client, mediator)
    assert desk.client.post(ADDRESS, data=OWN).status_code == 403
    assert session.scalars(select(NotePhrase)).all() == []


def test_the_last_lead_does_not_win_without_a_word(desk: LeadDesk, session: Session) -> None:
    assert desk.client.post(ADDRESS, data={**OWN, "version": ""}).status_code == 303
    answer = desk.client.post(ADDRESS, data={"phrase-1": "À rappeler.", "version": ""})
    assert answer.status_code == 422
    assert "Un collègue a changé ces mots" in text_of(answer)
    page = soup(answer)
    first, version = page.select_one("#phrase-1"), page.select_one("input[name=version]")
    assert first is not None
    assert version is not None
    assert first["value"] == "À rappeler."
    assert len(session.scalars(select(NotePhrase)).all()) == 2
    sent = {"phrase-1": "À rappeler.", "version": str(version["value"])}
    assert desk.client.post(ADDRESS, data=sent).status_code == 303


def test_an_error_takes_the_focus_and_leads_to_its_key(desk: LeadDesk) -> None:
    page = soup(desk.client.post(ADDRESS, data={"phrase-2": "x" * 81}))
    link = page.select_one("[role=alert][data-focus] a")
    assert link is not None
    assert (link["href"], link.get_text()) == ("#phrase-2", "Phrase de la touche J")
    control = page.select_one("#phrase-2")
    assert control is not None
    assert control["aria-describedby"] == "phrase-2-error"
