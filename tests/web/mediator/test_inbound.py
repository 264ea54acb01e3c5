"""Somebody calls in: found, and the same desk opens."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case
from tests.factories import MONDAY_MORNING, make_person, make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import CLOSED, REACHED, MediatorDesk


def known(desk: MediatorDesk, **values: object) -> Case:
    person = make_person(
        desk.session, desk.site, desk.partner, last_name="DUPONT", first_name="Hélène",
        name_key="dupont helene", phones=("+33639981234",),
    )  # fmt: skip
    return desk.add_case(person=person, **values)


def take(desk: MediatorDesk, case: Case) -> str:
    answer = desk.client.post(f"/inbound/{case.id}", data={"q": "dupont"})
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["Location"]


def test_the_page_says_what_may_be_typed_and_who_was_found(desk: MediatorDesk) -> None:
    case = known(desk)
    assert "Fautes et accents sont pardonnés" in text_of(desk.client.get("/inbound"))
    found = desk.client.post("/inbound", data={"q": "Dupond"})
    assert "Hélène DUPONT" in text_of(found)
    assert f'action="/inbound/{case.id}"' in found.text
    assert "Personne ne correspond" in text_of(desk.client.post("/inbound", data={"q": "xyz"}))
    assert "dossier possible" not in text_of(desk.client.post("/inbound", data={"q": "d"}))


def test_each_door_leads_to_the_call_that_is_to_be_ended_first(desk: MediatorDesk) -> None:
    other, opened = known(desk), desk.next_call()
    by_phone = desk.client.post(f"/inbound/{other.id}", data={"q": "dupont"})
    by_hand = desk.client.post(f"/cases/{other.id}/open", follow_redirects=True)
    assert by_phone.status_code == 409
    for answer in (by_phone, by_hand):
        (way,) = soup(answer).select(f'.notice-warning a[href="{opened}"]')
        assert way.get_text() == "Revenir à cet appel"
        assert "Terminez d'abord l'appel ouvert : dossier" in text_of(answer)


def test_a_door_that_stays_shut_for_another_reason_leads_nowhere(desk: MediatorDesk) -> None:
    shut = desk.add_case(state="closed", closure="settled")
    answer = desk.client.post(f"/cases/{shut.id}/open", follow_redirects=True)
    assert "Ce dossier est clos." in text_of(answer)
    assert not soup(answer).select(".notice-warning a")


def test_the_call_is_recorded_as_the_persons_own(desk: MediatorDesk, session: Session) -> None:
    case = known(desk)
    address = take(desk, case)
    page = soup(desk.client.get(address))
    assert page.select_one("#incoming[checked]")
    assert not page.select_one("input[name=phone_id][checked]"), "nobody dialled"
    refused = desk.save(address, result="no_answer", incoming="y")
    assert refused.status_code == 422
    assert "choisissez un résultat où quelqu'un a répondu" in text_of(refused)
    assert desk.save(address, **REACHED, **CLOSED, incoming="y").status_code == 303
    contact = session.scalars(select(Contact)).one()
    assert (contact.channel, contact.result) == ("call_in", "reached_holder")
    assert "Appel entrant : Joint – titulaire" in text_of(desk.client.get(f"/cases/{case.id}"))
    correct = f"/contacts/{contact.id}/correct"
    hidden = soup(desk.client.get(correct)).select("form input[type=hidden]")
    typed = {str(each["name"]): str(each.get("value", "")) for each in hidden}
    answer = desk.client.post(correct, data={**typed, "result": "moved"})
    assert answer.status_code == 303, text_of(answer)
    newest = session.scalars(select(Contact).order_by(Contact.id.desc())).first()
    assert newest is not None
    assert (newest.channel, newest.result) == ("call_in", "moved")


def test_a_call_at_any_hour_by_somebody_called_this_morning(desk: MediatorDesk) -> None:
    case = known(desk)
    case.person.opposed_at = MONDAY_MORNING
    desk.session.commit()
    assert take(desk, case).startswith(f"/call/{case.id}")


def test_a_colleague_is_on_the_phone_with_them(desk: MediatorDesk) -> None:
    case = known(desk)
    colleague = make_user(desk.session, site=desk.site, name="Bruno Noir")
    claim_case(Context(desk.session, colleague.as_actor(), MONDAY_MORNING), case.id)
    desk.session.commit()
    answer = desk.client.post(f"/inbound/{case.id}", data={"q": "dupont"})
    assert answer.status_code == 409
    assert "Bruno Noir est déjà en ligne avec ce foyer." in text_of(answer)
    assert "En appel : Bruno Noir" in text_of(answer), "what was found is still there"


def test_a_closed_case_leads_to_a_note(desk: MediatorDesk) -> None:
    case = known(desk, state="closed", closure="settled", closed_at=MONDAY_MORNING)
    found = soup(desk.client.post("/inbound", data={"q": "dupont"}))
    link = found.select_one(f'a[href="/cases/{case.id}/contact?channel=call_in"]')
    assert link is not None
    assert "Noter l'échange" in link.get_text()
