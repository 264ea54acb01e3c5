"""Another way than the telephone: proposed on the case and in the tray; the round of visits."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact, FollowUp
from tests.calling.conftest import counted
from tests.factories import MONDAY_MORNING, make_case, make_person, make_user
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import SECOND_FACTOR
from tests.web.mediator.conftest import MediatorDesk

NOBODY = "Il n'y a personne à joindre autrement"
OTHERS = {"state": "other_ways"}


def called_in_vain(desk: MediatorDesk, session: Session, times: int) -> None:
    desk.case.address, desk.case.commune = "3 rue du Lac", "Valence"
    for day in range(times):
        at = MONDAY_MORNING - timedelta(days=7 - day)
        session.add(
            Contact(
                case_id=desk.case.id, person_id=desk.case.person_id, channel="call_out",
                result="no_answer", started_at=at, ended_at=at,
            )
        )  # fmt: skip
    session.commit()


def noted(desk: MediatorDesk, channel: str, result: str) -> None:
    address = f"/cases/{desk.case.id}/contact"
    told = {"channel": channel, "result": result}
    assert desk.client.post(address, data={**desk.hidden(address), **told}).status_code == 303


def planned(desk: MediatorDesk, on: str = "2026-11-25") -> str:
    sent = desk.client.post(f"/cases/{desk.case.id}/visit", data={"on": on}, follow_redirects=True)
    return text_of(sent)


def test_the_next_way_is_proposed_on_the_case_and_in_the_tray(
    desk: MediatorDesk, session: Session
) -> None:
    page = f"/cases/{desk.case.id}"
    assert "Joindre autrement" not in text_of(desk.client.get(page))
    assert "Il n'y a personne à joindre autrement" in text_of(
        desk.client.get("/tasks", query_string=OTHERS)
    )
    called_in_vain(desk, session, 3)
    for said, way in (("un SMS ou un e-mail", "sms"), ("un courrier", "letter")):
        assert f"Proposé : {said}. Rien ne part sans vous." in text_of(desk.client.get(page))
        listed = soup(desk.client.get("/tasks", query_string={**OTHERS, "way": way}))
        assert [row.get_text() for row in listed.select("tbody th a")] == [
            desk.case.person.full_name
        ]
        noted(desk, way, "sent")
    assert "Proposé : une visite à domicile." in text_of(desk.client.get(page))
    assert session.scalars(select(Contact.channel).where(Contact.result.is_(None))).all() == [
        "sms", "letter",
    ]  # fmt: skip


def test_the_queue_that_is_empty_tells_of_it(desk: MediatorDesk, session: Session) -> None:
    assert "à joindre autrement" not in text_of(desk.client.get("/queue"))
    called_in_vain(desk, session, 2)
    desk.case.state, desk.case.queue_reason = "waiting", None
    desk.case.waiting_reason = "retry"
    desk.case.next_action_at = MONDAY_MORNING + timedelta(days=1)
    session.commit()
    assert "1 personne à joindre autrement" in text_of(desk.client.get("/queue"))


def test_a_visit_is_planned_printed_and_noted_in_place(
    desk: MediatorDesk, session: Session
) -> None:
    called_in_vain(desk, session, 1)
    assert "La visite est prévue" in planned(desk)
    page = desk.client.get("/visits")
    said = text_of(page)
    for part in ("Valence", "3 rue du Lac", desk.case.reference, "mer. 25 nov.", "À emporter"):
        assert part in said
    (sheet,) = soup(page).select(".visits-day")
    for never in ("600,00", "€", desk.case.partner.name, "dette"):
        assert never not in sheet.get_text()
    key = soup(page).select_one("input[name=request_key]")
    assert key is not None
    typed = {"request_key": str(key["value"])}
    for _press in range(2):
        sent = desk.client.post(f"/visits/{desk.case.id}/card", data=typed, follow_redirects=True)
        assert "La carte laissée est notée." in text_of(sent)
    contact = session.scalars(select(Contact).where(Contact.channel == "visit")).one()
    assert contact.exchange_result == "nobody_card_left"
    assert "Aucune visite prévue" in text_of(desk.client.get("/visits"))


def test_a_proposed_visit_is_planned_from_the_round(desk: MediatorDesk, session: Session) -> None:
    called_in_vain(desk, session, 3)
    for channel in ("sms", "letter"):
        noted(desk, channel, "sent")
    page = soup(desk.client.get("/visits"))
    form = page.select_one(".visits-proposed form")
    assert form is not None
    desk.client.post(str(form["action"]), data={"on": "2026-11-24"})
    assert session.scalars(select(FollowUp.kind)).all() == ["visit"]
    listed = soup(desk.client.get("/visits", query_string={"day": "2026-11-24"}))
    assert len(listed.select(".visits-day tbody tr")) == 1
    assert listed.select(".visits-proposed") == []


@pytest.mark.parametrize(
    ("on", "said"), [("", "Donnez le jour de la visite."), ("2026-11-22", "déjà passé")]
)
def test_a_day_that_is_none_is_told(
    desk: MediatorDesk, session: Session, on: str, said: str
) -> None:
    called_in_vain(desk, session, 1)
    assert said in planned(desk, on)
    assert session.scalars(select(FollowUp)).all() == []


def test_another_site_plans_and_notes_nothing_here(desk: MediatorDesk, session: Session) -> None:
    elsewhere = make_case(session)
    session.commit()
    for address in (f"/cases/{elsewhere.id}/visit", f"/visits/{elsewhere.id}/card"):
        assert desk.client.post(address, data={"on": "2026-11-24"}).status_code == 404
    assert session.scalars(select(FollowUp)).all() == session.scalars(select(Contact)).all() == []


def test_who_may_see_the_round(desk: MediatorDesk, session: Session) -> None:
    called_in_vain(desk, session, 1)
    planned(desk)
    name = desk.case.person.full_name
    lead = make_user(session, "lead", site=desk.case.site, **SECOND_FACTOR)
    desk.sign_in_as(lead)
    assert name not in text_of(desk.client.get("/visits"))
    assert name in text_of(desk.client.get("/visits", query_string={"all": 1}))
    desk.sign_in_as(make_user(session, "director"))
    assert desk.client.get("/visits").status_code == 403
    assert desk.client.post(f"/visits/{desk.case.id}/card").status_code == 403


def test_the_form_offers_each_channel_its_results(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(f"/cases/{desk.case.id}/contact"))
    shown = {
        str(label.select_one("input")["value"]): str(label["data-show"])  # type: ignore[index]
        for label in page.select("#result label")
    }
    assert shown["met_holder"] == "channel=visit face_to_face"
    assert shown["nobody_card_left"] == "channel=visit"
    assert shown["sent"] == shown["opposed"] == "channel=sms email letter"
    assert shown["reached_holder"] == "channel=call_in"
    assert "en repos jusqu'au 22 janv. 2027" in page.get_text()


def test_a_wrong_address_is_told_until_the_right_one(desk: MediatorDesk, session: Session) -> None:
    called_in_vain(desk, session, 1)
    noted(desk, "visit", "wrong_address")
    page = f"/cases/{desk.case.id}"
    assert "n'est pas à cette adresse" in text_of(desk.client.get(page))
    assert "Sans adresse sûre" in planned(desk)
    desk.fresh().address = "5 rue du Lac"
    session.commit()
    assert "n'est pas à cette adresse" not in text_of(desk.client.get(page))


def press(desk: MediatorDesk, address: str, **typed: str) -> str:
    typed = {"case_id": str(desk.case.id), **typed}
    return text_of(desk.client.post(address, data=typed, follow_redirects=True))


def test_a_proposal_is_declined_and_taken_up_again(desk: MediatorDesk, session: Session) -> None:
    called_in_vain(desk, session, 3)
    page = f"/cases/{desk.case.id}"
    said = press(desk, f"{page}/way/decline", way="sms", reason="unsuited")
    assert "La proposition est écartée" in said
    assert "SMS : écarté le 23 nov. 2026" in said
    assert "ce moyen ne convient pas à la personne" in said
    assert "Proposé : un courrier." in said
    again = soup(desk.client.get(page)).select_one("form[action*='/again']")
    assert again is not None
    said = press(desk, str(again["action"]))
    assert "La proposition est reprise." in said
    assert "Proposé : un SMS" in said


def test_the_tray_declines_and_stays_where_it_was(desk: MediatorDesk, session: Session) -> None:
    called_in_vain(desk, session, 1)
    listed = soup(desk.client.get("/tasks", query_string={**OTHERS, "way": "sms"}))
    form = listed.select_one("form[action*='/way/decline']")
    assert form is not None
    sent = desk.client.post(str(form["action"]), data={"way": "sms"})
    assert sent.headers["Location"] == "/tasks?state=other_ways&way=sms"
    assert "Il n'y a personne à joindre autrement" in text_of(
        desk.client.get(sent.headers["Location"])
    )


def test_the_letter_is_put_to_print_in_one_press(desk: MediatorDesk, session: Session) -> None:
    called_in_vain(desk, session, 3)
    page = f"/cases/{desk.case.id}"
    press(desk, f"{page}/way/decline", way="sms")
    listed = soup(desk.client.get("/tasks", query_string={**OTHERS, "way": "letter"}))
    form = listed.select_one("form[action*='/way/letter']")
    assert form is not None
    assert "à imprimer" in press(desk, str(form["action"]))
    said = text_of(desk.client.get(page))
    assert "Un courrier est à imprimer depuis le 23 nov. 2026." in said
    assert "Proposé" not in said
    assert "Il n'y a personne à joindre autrement" in text_of(
        desk.client.get("/tasks", query_string=OTHERS)
    )
    assert "à joindre autrement" not in text_of(desk.client.get("/queue"))
    colleague = make_user(session, site=desk.case.site)
    desk.sign_in_as(colleague)
    assert "Ne pas l'imprimer" not in text_of(desk.client.get(page))
    lead = make_user(session, "lead", site=desk.case.site, **SECOND_FACTOR)
    desk.sign_in_as(lead)
    assert desk.case.reference in text_of(desk.client.get("/letters/print"))
    assert "Ne pas l'imprimer" in text_of(desk.client.get(page))


def test_without_a_town_the_letter_is_refused_in_words(
    desk: MediatorDesk, session: Session
) -> None:
    called_in_vain(desk, session, 3)
    desk.case.commune = None
    session.commit()
    page = f"/cases/{desk.case.id}"
    press(desk, f"{page}/way/decline", way="sms")
    assert "L'adresse n'est pas complète" in press(desk, f"{page}/way/letter")


def test_many_proposals_cost_no_more(desk: MediatorDesk, session: Session) -> None:
    def cost() -> int:
        session.expire_all()
        with counted() as sent:
            assert desk.client.get("/tasks", query_string=OTHERS).status_code == 200
        return len(sent)

    called_in_vain(desk, session, 1)
    cost()
    one = cost()
    for _more in range(4):
        other = make_case(
            session, site=desk.site, partner=desk.partner, assigned_to=desk.user,
            person=make_person(session, desk.site, desk.partner), address="1 rue du Lac",
        )  # fmt: skip
        at = MONDAY_MORNING - timedelta(days=3)
        session.add(
            Contact(
                case_id=other.id, person_id=other.person_id, channel="call_out",
                result="no_answer", started_at=at, ended_at=at,
            )
        )  # fmt: skip
    session.commit()
    assert cost() <= one
