"""What the person says, typed at the desk and on the case: kept, shown with who noted it."""

from werkzeug.test import TestResponse

from energymed.cases.models import Phone
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk

NUMBER = "06 39 98 77 01"
HTMX = {"HX-Request": "true"}


def say(desk: MediatorDesk, **typed: str) -> TestResponse:
    address = f"/cases/{desk.case.id}/person"
    return desk.client.post(address, data={"desk": "1", **typed}, headers=HTMX)


def numbers(desk: MediatorDesk) -> list[str]:
    return [phone.e164 for phone in desk.fresh().person.phones]


def test_the_case_shows_it_with_who_noted_it(desk: MediatorDesk) -> None:
    answer = desk.client.post(
        f"/cases/{desk.case.id}/person",
        data={"email": "lea@example.org", "shown-email": "", "number": NUMBER, "owner": "child"},
        follow_redirects=True,
    )
    page = text_of(answer)
    assert "C'est noté" in page
    assert "E-mail : dit par la personne · Ada Blanc" in page
    assert "enfant" in page
    assert desk.fresh().person.email == "lea@example.org"


def test_the_desk_gets_the_number_and_keeps_what_is_typed(desk: MediatorDesk) -> None:
    address = desk.next_call()
    assert soup(desk.client.get(address)).select_one("#person-said-form form[hx-post]")
    answer = say(desk, number=NUMBER, owner="neighbour")
    assert answer.headers["HX-Trigger"] == "person-said"
    piece = soup(answer)
    added = piece.select_one("[hx-swap-oob='beforeend:#number-lines']")
    assert added is not None
    assert "voisin" in added.get_text()
    phone = desk.session.query(Phone).filter_by(e164="+33639987701").one()
    assert added.select_one(f"input[name=phone_id][form=call-form][value='{phone.id}']")
    assert piece.select_one("#call-form") is None  # the call's form is not drawn anew
    desk.save(address, result="no_answer", phone_id=phone.id)
    assert desk.fresh().state == "waiting"


def test_the_only_number_is_wrong_and_the_right_one_is_known(desk: MediatorDesk) -> None:
    address = desk.next_call()
    wrong = desk.fresh().person.phones[0].id
    page = soup(desk.client.get(address))
    offered = page.select_one("[data-show*='wrong_number'][data-show*='moved'] a[data-opens]")
    assert offered is not None
    assert offered["href"] == "#said-number"
    say(desk, number=NUMBER)
    follows = desk.client.post(
        f"{address}/next-step", data={"result": "wrong_number", "phone_id": wrong}
    )
    assert "L'autre numéro peut être appelé" in text_of(follows)
    desk.save(address, result="wrong_number", phone_id=wrong)
    assert desk.fresh().state != "closed"


def test_what_is_wrong_is_told_beside_what_was_typed(desk: MediatorDesk) -> None:
    answer = say(desk, number="12", email="lea@", **{"shown-email": ""})
    page = soup(answer)
    assert answer.status_code == 200
    assert page.select_one("#said-email[aria-invalid=true][value='lea@']")
    answer = say(desk, number="12")
    assert soup(answer).select_one("#said-number[aria-invalid=true][value='12']")
    assert len(numbers(desk)) == 1


def test_whose_a_known_number_is(desk: MediatorDesk) -> None:
    desk.next_call()
    phone = desk.fresh().person.phones[0]
    answer = say(desk, **{f"owner-{phone.id}": "social_worker"})
    mark = soup(answer).select_one(f"[hx-swap-oob='innerHTML:#owner-of-{phone.id}']")
    assert mark is not None
    assert "travailleur social" in mark.get_text()


def test_an_old_page_overwrites_nothing(desk: MediatorDesk) -> None:
    say(desk, email="new@example.org", **{"shown-email": ""})
    answer = say(desk, email="old@example.org", **{"shown-email": ""})
    assert "corrigée entre-temps" in text_of(answer)
    assert desk.fresh().person.email == "new@example.org"
