"""Needs and safety on the desk and on the case, and the dialog of emergencies."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.cases.person_models import PersonNeed
from energymed.mediation.models import Act
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_save_call import errors

HTMX = {"HX-Request": "true"}
TRUSTED = {
    "need-kind": "trusted", "need-name": "Anita Roy", "need-relation": "child",
    "need-phone": "06 39 98 00 09",
}  # fmt: skip


def note(desk: MediatorDesk, kind: str, **typed: Any) -> str:
    """The piece of the desk that answers."""
    answer = desk.client.post(
        f"/cases/{desk.case.id}/needs",
        data={"need-kind": kind, "need-agreed": "y", "desk": "1", **typed},
        headers=HTMX,
    )
    return text_of(answer)


def cautions_of(desk: MediatorDesk, address: str) -> list[str]:
    page = soup(desk.client.get(address))
    return [" ".join(each.get_text(" ").split()) for each in page.select("#cautions li")]


def test_the_cautions_say_what_to_do_the_gravest_first(desk: MediatorDesk) -> None:
    address = desk.next_call()
    for kind in ("no_internet", "reads_little", "hard_of_hearing", "infant", "equipment"):
        note(desk, kind)
    note(desk, "interpreter", **{"need-language": "tamoul"})
    note(desk, "trusted", **TRUSTED)
    said = note(desk, "no_message")
    assert "C'est noté, avec votre nom et la date." in said
    assert "Ne laissez aucun message." in said  # the cautions of the page come along
    assert "Raccrochez sans dire qui vous êtes." in said  # and what the guide says of messages
    expected = [
        "Ne laissez aucun message.",
        "Équipement indispensable sur secteur : demandez une suspension avant toute coupure.",
        "Nourrisson au foyer : demandez d'abord si le logement est chauffé.",
        "Prévoir un interprète : tamoul.",
        "Entend mal : parlez lentement, faites redire.",
        "Lit peu : dites tout de vive voix, puis faites redire.",
        "Pas d'internet : proposez le téléphone ou le papier, rien en ligne.",
        "Personne de confiance : Anita Roy. Sans mandat, rien de la dette.",
    ]
    for page in (address, f"/cases/{desk.case.id}"):
        found = [each for each in cautions_of(desk, page) if each in expected]
        assert found == expected
    block = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Anita Roy (enfant) 06 39 98 00 09" in block
    assert "jusqu'au 23 nov. 2027" in block


def test_the_desk_tells_to_hang_up_and_the_result_is_refused(desk: MediatorDesk) -> None:
    address = desk.next_call()
    page = soup(desk.client.get(address))
    note(desk, "no_message")
    page = soup(desk.client.get(address))
    hint = page.select_one('[data-show="result=voicemail_left third_party"]')
    assert hint is not None
    assert "choisissez « Répondeur, sans message »" in " ".join(hint.get_text().split())
    assert "Ne laissez aucun message : ni à un répondeur, ni à un tiers." in page.get_text()
    refused = desk.save(address, result="voicemail_left")
    assert "Ne laissez aucun message à cette personne" in errors(refused)
    assert desk.save(address, result="voicemail_none").status_code == 303


def test_the_message_page_refuses(desk: MediatorDesk) -> None:
    note(desk, "no_message")
    noted = desk.client.post(
        f"/cases/{desk.case.id}/contact",
        data={
            **desk.hidden(f"/cases/{desk.case.id}/contact"),
            "channel": "letter",
            "result": "sent",
        },
    )
    assert "Ne laissez aucun message à cette personne" in errors(noted)


def test_without_consent_or_language_nothing_is_kept(desk: MediatorDesk, session: Session) -> None:
    assert "Demandez l'accord de la personne" in note(desk, "infant", **{"need-agreed": ""})
    assert "Dites quelle langue parle la personne." in note(desk, "interpreter")
    assert session.scalars(select(PersonNeed)).all() == []


def test_a_need_is_corrected_and_ended_on_the_case(desk: MediatorDesk, session: Session) -> None:
    note(desk, "interpreter", **{"need-language": "tamil"})
    (former,) = session.scalars(select(PersonNeed)).all()
    prefix = f"need-{former.id}-"
    page = soup(desk.client.get(f"/cases/{desk.case.id}"))
    shown = page.select_one(f"#{prefix}language")
    assert shown is not None
    assert shown["value"] == "tamil"
    wrong = desk.client.post(
        f"/needs/{former.id}/correct", data={f"{prefix}language": "tamoul"}, headers=HTMX
    )
    assert "Demandez l'accord de la personne" in text_of(wrong)
    answer = desk.client.post(
        f"/needs/{former.id}/correct",
        data={f"{prefix}language": "tamoul", f"{prefix}agreed": "y"},
        follow_redirects=True,
    )
    assert "C'est corrigé, avec votre nom et la date." in text_of(answer)
    assert "Prévoir un interprète : tamoul." in cautions_of(desk, f"/cases/{desk.case.id}")
    need = session.scalars(select(PersonNeed).order_by(PersonNeed.id.desc())).first()
    assert need is not None
    ended = desk.client.post(f"/needs/{need.id}/end", follow_redirects=True)
    assert "C'est noté : cela ne vaut plus." in text_of(ended)
    assert not any("interprète" in each for each in cautions_of(desk, f"/cases/{desk.case.id}"))


def test_a_partner_reads_none_and_an_admin_notes_none(desk: MediatorDesk, session: Session) -> None:
    note(desk, "equipment")
    (need,) = session.scalars(select(PersonNeed)).all()
    for role, values in (("partner", {"partner": desk.partner}), ("admin", {})):
        desk.sign_in_as(make_user(session, role, **values))
        for address in (f"/cases/{desk.case.id}/needs", f"/needs/{need.id}/end"):
            assert desk.client.post(address).status_code in (302, 403)
    session.expire_all()
    assert need.ended_at is None


# --- emergencies


def test_one_key_opens_what_to_do(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    opener = page.select_one('[data-dialog="emergencies"]')
    dialog = page.select_one("dialog#emergencies")
    assert opener is not None
    assert dialog is not None
    assert opener["data-shortcut"] == "U"
    headings = [" ".join(each.get_text().split()) for each in dialog.select("h3")]
    assert headings == [
        "Danger pour quelqu'un", "Équipement médical sans courant", "Logement sans chauffage",
        "Rien à manger",
    ]  # fmt: skip
    told = " ".join(dialog.get_text(" ").split())
    assert "112 – Les secours" in told
    assert told.count("aucun numéro vérifié ici") == 2
    title = dialog.select_one("h2")
    assert title is not None
    assert title.has_attr("autofocus")  # a second key notes nothing by mistake


@pytest.mark.parametrize("by_script", [True, False])
def test_one_press_notes_the_alert(desk: MediatorDesk, session: Session, by_script: bool) -> None:
    address = desk.next_call()
    form = soup(desk.client.get(address)).select_one("#emergencies form")
    assert form is not None
    key = form.select_one("[name=form_key]")
    assert key is not None
    sent = {"form_key": key["value"], "action": "emergency_called"}
    for _press in range(2):
        answer = desk.client.post(f"{address}/alert", data=sent, headers=HTMX if by_script else {})
        assert answer.status_code == (200 if by_script else 303)
    if by_script:
        assert text_of(answer) == "C'est noté : Secours appelés."
    (act,) = session.scalars(select(Act)).all()
    assert (act.kind, act.details) == ("alert", {"action": "emergency_called"})
    assert "Secours appelés" in text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert desk.client.post(f"{address}/alert", data={**sent, "action": "x"}).status_code == 400
