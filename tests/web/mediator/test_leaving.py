"""Leaving a case with a reason, wishes noted in a call, and the week offered for a callback."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk

EVENINGS = {"wishes_shown": "1", "wish_from": "17:00", "wish_days": ["0", "1", "2", "3", "4"]}


def test_leaving_asks_why_and_says_what_follows(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    page = soup(desk.client.get(address))
    assert len(page.select("dialog#release input[name=reason]")) == 4
    answer = desk.client.post(f"{address}/release", data={}, follow_redirects=True)
    assert "Dites pourquoi vous laissez ce dossier." in text_of(answer)
    answer = desk.client.post(
        f"{address}/release", data={"reason": "not_now"}, follow_redirects=True
    )
    assert "reviendra plus tard" in text_of(answer)
    assert desk.fresh().state == "waiting"
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_a_last_bad_number_closes_the_case(desk: MediatorDesk) -> None:
    address = desk.next_call()
    numbers = [str(phone.id) for phone in desk.case.person.phones]
    sent = {"reason": "bad_number", "phone_id": numbers[0]}
    answer = desk.client.post(f"{address}/release", data=sent, follow_redirects=True)
    assert "le dossier est clos" in text_of(answer)
    assert desk.fresh().closure == "wrong_data"
    assert "Corriger ce résultat" in text_of(desk.client.get(f"/cases/{desk.case.id}"))


@pytest.mark.parametrize("reason", ["", "not_now", "mistake"])
@pytest.mark.parametrize("state", ["queued", "closed"])
def test_who_has_it_no_more_is_told_so(desk: MediatorDesk, reason: str, state: str) -> None:
    if state == "closed":
        desk.save(desk.next_call(), result="refused")
    was = desk.fresh().state
    answer = desk.client.post(
        f"/call/{desk.case.id}/release", data={"reason": reason}, follow_redirects=True
    )
    assert "Vous n'avez plus ce dossier en appel : rien n'a changé." in text_of(answer)
    assert "Sans autre numéro" not in text_of(answer)
    assert desk.fresh().state == was == state


def test_wishes_are_noted_with_the_call_and_bind_the_queue(
    desk: MediatorDesk, clock: time_machine.Traveller
) -> None:
    desk.save(desk.next_call(), result="no_answer", **EVENINGS)
    wishes = desk.fresh().person.availability
    assert wishes == {"not_before": "17:00", "not_after": None, "weekdays": [0, 1, 2, 3, 4]}
    page = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Moments préférés pour un appel : après 17 h" in page
    clock.shift(timedelta(days=1, hours=4))  # Tuesday, two in the afternoon
    desk.sign_in_as(desk.user)
    assert desk.client.post("/queue/next").headers["Location"] == "/queue"
    assert "Nouvel essai aujourd'hui à 17 h" in text_of(desk.client.get(f"/cases/{desk.case.id}"))
    clock.shift(timedelta(hours=3, minutes=1))
    desk.sign_in_as(desk.user)  # three hours without a click end a session
    address = desk.next_call()
    kept = soup(desk.client.get(address)).select_one("#wish_from")
    assert kept is not None
    assert str(kept["value"]).startswith("17:00")


def test_a_form_that_does_not_show_the_wishes_leaves_them(desk: MediatorDesk) -> None:
    desk.save(desk.next_call(), result="busy", **EVENINGS)
    desk.client.post(f"/cases/{desk.case.id}/open")
    desk.save(f"/call/{desk.case.id}", result="technical")
    assert (desk.fresh().person.availability or {})["not_before"] == "17:00"


def test_wishes_at_which_nobody_calls_are_told_beside_their_control(desk: MediatorDesk) -> None:
    night = {"wishes_shown": "1", "wish_from": "21:00"}
    answer = desk.save(desk.next_call(), result="no_answer", **night)
    assert answer.status_code == 422
    assert "personne n'appelle" in text_of(answer)
    assert desk.fresh().state == "in_call"


def test_the_week_stands_beside_the_callback(desk: MediatorDesk) -> None:
    address = desk.next_call()
    place = soup(desk.client.get(address)).select_one("[hx-get$='/agenda']")
    assert place is not None
    assert place["hx-get"] == f"{address}/agenda"
    week = soup(desk.client.get(f"{address}/agenda"))
    slots = week.select('[data-picks="callback_at"].agenda button[data-pick]')
    assert len(slots) > 40
    labels = [str(slot["aria-label"]) for slot in slots]
    assert any("libre" in label for label in labels)


def test_other_cases_of_the_person_are_settled_in_the_same_conversation(
    desk: MediatorDesk, session: Session
) -> None:
    other = desk.add_case(person=desk.case.person, reference="AUTRE7")
    address = desk.next_call()
    shown, hidden = (desk.case, other) if str(desk.case.id) in address else (other, desk.case)
    page = soup(desk.client.get(address))
    assert hidden.reference in page.get_text()
    ticked = {"others": str(hidden.id), f"other-{hidden.id}-next": "close"}
    refused = desk.save(address, **REACHED, **LATER, **ticked)
    assert refused.status_code == 422
    assert f"{hidden.reference} : Choisissez comment le dossier se clôt." in text_of(refused)
    box = soup(refused).select_one(f"#other-{hidden.id}")
    assert box is not None
    assert box.has_attr("checked")
    assert session.scalar(select(func.count()).select_from(Contact)) == 0
    ticked[f"other-{hidden.id}-closure"] = "informed_only"
    assert desk.save(address, **REACHED, **LATER, **ticked).status_code == 303
    assert desk.fresh(hidden).closure == "informed_only"
    assert desk.fresh(shown).state == "waiting"
    assert session.scalar(select(func.count()).select_from(Contact)) == 2
