"""Practice calls on the desk: the ten in their order, what is told after a save, and again."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import User
from energymed.accounts.service import NewUser, add_user
from energymed.base.context import SYSTEM, Context
from energymed.base.periods import parse_period
from energymed.calling.models import Contact
from energymed.cases.models import Case, Person, Phone
from energymed.casework.practice import give_practice_cases
from energymed.casework.practice_stories import BY_NUMBER, STORIES, story_of
from energymed.mediation.models import Plan
from energymed.reporting.indicators import compute
from energymed.reporting.lines import return_lines
from energymed.reporting.scope import Scope
from tests.calling.conftest import counted
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import hidden_fields, sign_in, soup, text_of
from tests.web.mediator.conftest import LATER, REACHED

PLAN = {
    "acts": "plan_agreed", "plan_amount": "480,00", "plan_count": "6", "plan_frequency": "monthly",
    "plan_first_due_on": "2026-12-07", "plan_method": "direct_debit",
}  # fmt: skip
AID = {
    "acts": "aid_opened", "aid_fund": "fsl_energy", "aid_consent": "y",
    "aid_missing_documents": ["income", "bill"],
}  # fmt: skip
REFERRAL = {
    "acts": "referral", "referral_body": "pcb", "referral_reason": "budget",
    "referral_mode": "file_transmitted", "referral_consent": "y",
}  # fmt: skip
GOOD: dict[int, dict[str, Any]] = {
    1: {"result": "no_answer"},
    2: {"result": "voicemail_left"},
    3: {"result": "third_party", "message_left": "callback_only"},
    4: {"result": "callback_set", "callback_at": "2026-11-24T10:00"},
    5: {**REACHED, **PLAN, "next_step": "close", "closure": "plan_running"},
    6: {**REACHED, **AID, "next_step": "close", "closure": "aid_pending"},
    7: {**REACHED, **REFERRAL, "next_step": "close", "closure": "referred"},
    8: {"result": "opposed"},
    9: {"result": "deceased", "reported_by": "family"},
    10: {**REACHED, **LATER},
}


class Practice:
    """Somebody in formation who has the ten people in the queue, seen through the pages."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        self.client, self.session = client, session
        self.user = self.trainee("nora@example.org")
        give_practice_cases(Context(session, self.user.as_actor(), MONDAY_MORNING))
        session.commit()
        sign_in(client, self.user)

    def trainee(self, email: str) -> User:
        new = NewUser(email, "Nora", "trainee", "-", must_change_password=False)
        user = add_user(Context(self.session, SYSTEM, MONDAY_MORNING), new)
        self.session.flush()
        return user

    def case(self, number: int) -> Case:
        """The latest case of a story."""
        self.session.rollback()
        self.session.expire_all()
        cases = self.session.scalars(select(Case).order_by(Case.id.desc()))
        return next(each for each in cases if story_of(each.reference) is BY_NUMBER[number])

    def call(self, number: int, **typed: Any) -> TestResponse:
        """Open the person's desk, save what is typed, and read the page that follows."""
        case = self.case(number)
        case_id, phone_id = case.id, case.person.phones[0].id
        opened = self.client.post(f"/cases/{case_id}/open")
        assert opened.location == f"/call/{case_id}"
        return self.save(case_id, phone_id=str(phone_id), **typed)

    def save(self, case_id: int, **typed: Any) -> TestResponse:
        page = self.client.get(f"/call/{case_id}")
        hidden = hidden_fields(page, "call-form")
        answer = self.client.post(f"/call/{case_id}", data={**hidden, **typed})
        assert answer.location == f"/practice/{case_id}", text_of(answer)
        return self.client.get(answer.location)


@pytest.fixture
def practice(client: FlaskClient, session: Session) -> Practice:
    """Nora, with the ten people in the queue."""
    return Practice(client, session)


@pytest.mark.parametrize("number", GOOD)
def test_a_good_call_is_told_so(practice: Practice, number: int) -> None:
    if number == 10:
        said = {"mandate-kind": "tutelle", "mandate-name": "Mme Lopes"}
        noted = practice.client.post(f"/cases/{practice.case(10).id}/mandates", data=said)
        assert noted.status_code == 303
    page = practice.call(number, **GOOD[number])
    assert "Tout y est" in text_of(page), text_of(page)
    assert "Ce qui manque" not in text_of(page)
    told = [each.get_text(" ", strip=True) for each in soup(page).select(".practice-told li")]
    assert len(told) == 1 + len(BY_NUMBER[number].checks)


def test_a_wrong_call_is_told_why(practice: Practice) -> None:
    page = practice.call(8, result="refused")
    assert "ne vaut que pour 60 jours" in text_of(page)
    assert "Tout y est" not in text_of(page)


def test_under_tutelle_a_plan_alone_is_told_as_wrong(practice: Practice) -> None:
    page = practice.call(10, **REACHED, **{**PLAN, "plan_amount": "360,00"}, **LATER)
    assert "n'accepte pas d'échéancier seule" in text_of(page)
    assert "La tutelle n'est pas notée" in text_of(page)
    assert "Ce qui est juste" in text_of(page)


def test_people_come_in_the_order_of_the_stories(practice: Practice) -> None:
    for story in STORIES[:4]:
        desk = practice.client.post("/queue/next")
        case_id = int(desk.location.rsplit("/", 1)[1])
        assert practice.session.get_one(Case, case_id).person.last_name.upper() == story.last_name
        practice.save(case_id, result="technical", next="1")


def test_the_desk_says_what_the_person_says_step_by_step(practice: Practice) -> None:
    desk = practice.client.post("/queue/next")
    page = practice.client.get(desk.location)
    assert "Vous entendez : Cela sonne longtemps." in text_of(page)
    case_id = practice.case(5).id
    practice.client.post(desk.location + "/release", data={"reason": "mistake"})
    practice.client.post(f"/cases/{case_id}/open")
    steps = soup(practice.client.get(f"/call/{case_id}")).select("#story ~ details")
    assert len(steps) == len(BY_NUMBER[5].heard) - 1
    assert "En six fois, oui" in steps[-1].get_text()
    assert not any(step.has_attr("open") for step in steps)


def test_the_same_person_is_called_again_with_nothing_of_before(practice: Practice) -> None:
    first = practice.case(9).id
    practice.call(9, result="third_party", message_left="none")
    again = practice.client.post(f"/practice/{first}/again")
    anew = practice.case(9)
    assert anew.id != first
    assert again.location == f"/call/{anew.id}"
    assert "Ce foyer" not in text_of(practice.client.get(again.location))
    page = practice.save(anew.id, **GOOD[9])
    assert "Tout y est" in text_of(page)
    overview = text_of(practice.client.get("/practice"))
    assert "1 personne" not in overview  # of this story, the latest call is the one that tells
    assert overview.count("tout y est") == 1
    assert "à revoir" not in overview


def test_a_death_or_a_refusal_of_before_stops_nobody_who_comes_anew(practice: Practice) -> None:
    for number in (8, 9):
        case_id = practice.case(number).id
        practice.call(number, **GOOD[number])
        again = practice.client.post(f"/practice/{case_id}/again")
        assert again.location == f"/call/{practice.case(number).id}"
        practice.save(practice.case(number).id, **GOOD[number])


def test_after_the_tenth_the_page_says_what_comes_next(practice: Practice) -> None:
    for number in list(GOOD)[:-1]:
        practice.call(number, **GOOD[number])
    assert "1 personne de votre file d'entraînement n'a pas" in text_of(
        practice.client.get("/practice")
    )
    last = practice.call(10, **GOOD[10])
    assert "Vous avez appelé toutes les personnes" in text_of(last)
    page = text_of(practice.client.get("/practice"))
    assert "demandez à votre chef d'équipe d'ouvrir vos appels" in page
    practice.client.post("/queue/practice")
    assert "10 personnes de votre file" in text_of(practice.client.get("/practice"))
    numbers = practice.session.scalars(select(Phone.e164)).all()
    assert len(numbers) == len(set(numbers)) == 20


def test_ten_calls_cost_no_more_statements_than_one(practice: Practice) -> None:
    said = []
    for numbers in ((6,), (1, 2, 3, 5, 7, 8)):
        for number in numbers:
            practice.call(number, **GOOD[number])
        practice.client.get("/practice")
        practice.session.expire_all()
        with counted() as sent:
            assert practice.client.get("/practice").status_code == 200
        said.append(list(sent))
    assert len(said[1]) == len(said[0]), "\n".join(said[1])


def test_a_corrected_call_is_told_as_it_stands(practice: Practice) -> None:
    practice.call(1, result="busy")
    contact = practice.session.scalars(select(Contact)).one()
    case_id = contact.case_id
    contact.result = "no_answer"  # as the page of corrections leaves it
    practice.session.commit()
    assert "Tout y est" in text_of(practice.client.get(f"/practice/{case_id}"))


def test_nobody_else_reads_what_was_told(practice: Practice) -> None:
    case_id = practice.case(1).id
    practice.call(1, result="busy")
    for role in ("mediator", "lead", "admin", "director"):
        somebody = make_user(practice.session, role)
        practice.session.commit()
        sign_in(practice.client, somebody)
        for answer in (
            practice.client.get("/practice"),
            practice.client.get(f"/practice/{case_id}"),
            practice.client.post(f"/practice/{case_id}/again"),
        ):
            assert answer.status_code in (302, 403)  # a second factor comes first
    other = practice.trainee("omar@example.org")
    practice.session.commit()
    sign_in(practice.client, other)
    assert practice.client.get(f"/practice/{case_id}").status_code == 404


def test_a_real_case_has_no_story(practice: Practice) -> None:
    real = make_case(practice.session, reference="PERS05-000001")
    practice.session.commit()
    assert practice.client.get(f"/practice/{real.id}").status_code == 404
    assert practice.client.post(f"/practice/{real.id}/again").status_code == 404


def test_no_figure_and_no_export_knows_what_was_practised(practice: Practice) -> None:
    for number in (5, 6, 7, 8):
        practice.call(number, **GOOD[number])
    assert practice.session.scalar(select(func.count()).select_from(Plan)) == 1
    scope = Scope(parse_period("2026-11"))
    figures = compute(practice.session, scope)
    assert {code for code, figure in figures.items() if figure.value} == set()
    assert return_lines(practice.session, scope) == []


def test_the_ten_have_the_names_of_their_stories(practice: Practice) -> None:
    names = practice.session.scalars(select(Person.last_name).order_by(Person.id)).all()
    assert [name.upper() for name in names] == [story.last_name for story in STORIES]
