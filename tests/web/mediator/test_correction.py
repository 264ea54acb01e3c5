"""Correcting a call that did more: acts noted in it, other cases settled in it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.calling.models import Contact
from energymed.cases import transitions
from energymed.cases.models import Case, Household
from energymed.mediation.models import Act, AidRequest, Plan
from energymed.partners.codes import Closure
from tests.factories import make_partner, make_person
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import CLOSED, LATER, REACHED, MediatorDesk

BOTH: dict[str, Any] = {
    "acts": ["plan_agreed", "aid_opened"],
    "plan_amount": "600,00", "plan_count": "6", "plan_first_due_on": "2027-01-05",
    "aid_fund": "fsl_energy", "aid_consent": "y",
}  # fmt: skip


@pytest.fixture
def twin(desk: MediatorDesk, session: Session) -> Case:
    """The same person's case with another partner."""
    partner, person = make_partner(session, "suez"), desk.case.person
    same = {"name_key": person.name_key, "last_name": person.last_name}
    home = session.get_one(Household, person.household_id)
    theirs = make_person(session, desk.site, partner, household=home, **same)
    return desk.add_case(partner=partner, person=theirs, reference="EAU-12")


def saved(desk: MediatorDesk, session: Session, **typed: Any) -> str:
    """A conversation on the desk's own case; the address of its correction."""
    desk.client.post(f"/cases/{desk.case.id}/open")
    answer = desk.save(f"/call/{desk.case.id}", **{**REACHED, **LATER, **typed})
    assert answer.status_code == 303, text_of(answer)
    session.rollback()
    call = select(Contact.id).where(Contact.call_of_id.is_(None)).order_by(Contact.id.desc())
    return f"/contacts/{session.scalars(call).first()}/correct"


def with_twin(desk: MediatorDesk, session: Session, twin: Case) -> str:
    name = f"other-{twin.id}"
    settled = {"others": twin.id, f"{name}-next": "close", f"{name}-closure": "self_solved"}
    return saved(desk, session, **settled)


def correct(desk: MediatorDesk, address: str, **typed: Any) -> str:
    """Send the form as the page has it, with `typed` over it; the sentences of the next page."""
    page = soup(desk.client.get(address))
    fields = {
        str(each["name"]): str(each.get("value", ""))
        for each in page.select("#call-form input[type=hidden]")
    }
    boxes = [str(each["value"]) for each in page.select("input[name=void_acts][checked]")]
    sent = {**fields, "void_acts": boxes, **typed}
    return text_of(desk.client.post(address, data=sent, follow_redirects=True))


def test_the_page_names_the_other_cases_and_says_what_becomes_of_them(
    desk: MediatorDesk, session: Session, twin: Case
) -> None:
    said = text_of(desk.client.get(with_twin(desk, session, twin)))
    assert "Réglé dans le même appel" in said
    assert "EAU-12" in said
    assert "chaque dossier revient là où il était avant l'appel" in said
    assert "Actes notés dans cet appel" not in said


def test_the_other_case_is_open_again_when_nobody_was_reached(
    desk: MediatorDesk, session: Session, twin: Case
) -> None:
    address = with_twin(desk, session, twin)
    assert desk.fresh(twin).closure == "self_solved"
    assert "L'appel est corrigé" in correct(desk, address, result="no_answer")
    assert (desk.fresh(twin).state, twin.queue_reason) == ("queued", "new")


def test_an_other_case_that_went_on_is_named(
    desk: MediatorDesk, session: Session, twin: Case
) -> None:
    address = with_twin(desk, session, twin)
    went_on = Context(session, SYSTEM)
    transitions.reopen(went_on, desk.fresh(twin))
    transitions.close(went_on, twin, Closure.SETTLED)
    session.commit()
    assert "Le dossier EAU-12, réglé dans le même appel" in correct(
        desk, address, result="no_answer"
    )
    assert desk.fresh(twin).closure == "settled"


def test_the_acts_of_a_call_that_reached_nobody_are_crossed_out_with_it(
    desk: MediatorDesk, session: Session
) -> None:
    address = saved(desk, session, **BOTH)
    assert len(soup(desk.client.get(address)).select("input[name=void_acts][checked]")) == 2
    assert "L'appel est corrigé" in correct(desk, address, result="no_answer")
    session.rollback()
    assert all(session.scalars(select(Act.voided_at)))
    assert session.scalars(select(Plan.state)).one() == "cancelled"
    assert session.scalars(select(AidRequest.state)).one() == "withdrawn"


def test_an_act_whose_tick_was_taken_away_stays(desk: MediatorDesk, session: Session) -> None:
    address = saved(desk, session, **BOTH)
    plan = session.scalars(select(Act).where(Act.kind == "plan_agreed")).one()
    correct(desk, address, result="no_answer", void_acts=[str(plan.id)])
    session.rollback()
    live = select(Act.kind).where(Act.voided_at.is_(None))
    assert session.scalars(live).all() == ["aid_opened"]


def test_a_correction_that_is_refused_crosses_nothing_out_and_keeps_the_ticks(
    desk: MediatorDesk, session: Session
) -> None:
    address = saved(desk, session, **BOTH)
    plan = session.scalars(select(Act).where(Act.kind == "plan_agreed")).one()
    page = desk.client.post(
        address, data={"result": "third_party", "acts_shown": "1", "void_acts": str(plan.id)}
    )
    assert page.status_code == 422
    ticked = soup(page).select("input[name=void_acts][checked]")
    assert [each["value"] for each in ticked] == [str(plan.id)]
    session.rollback()
    assert not any(session.scalars(select(Act.voided_at)))


def test_the_acts_of_a_conversation_stay_and_are_found_from_its_correction(
    desk: MediatorDesk, session: Session
) -> None:
    correct(desk, saved(desk, session, **BOTH), **REACHED, **CLOSED)
    session.rollback()
    assert not any(session.scalars(select(Act.voided_at)))
    last = session.scalars(select(Contact.id).order_by(Contact.id.desc())).first()
    correct(desk, f"/contacts/{last}/correct", result="no_answer")
    session.rollback()
    assert all(session.scalars(select(Act.voided_at)))


def test_only_acts_of_this_call_are_crossed_out(desk: MediatorDesk, session: Session) -> None:
    other = desk.add_case()
    desk.client.post(f"/cases/{other.id}/open")
    told = {"acts": "info_given", "info_given_topics": ["bill"]}
    desk.save(f"/call/{other.id}", **{**REACHED, **LATER, **told})
    act = session.scalars(select(Act)).one()
    correct(desk, saved(desk, session), result="no_answer", void_acts=[str(act.id), "x"])
    session.rollback()
    assert session.scalars(select(Act.voided_at)).one() is None


def absent(desk: MediatorDesk, session: Session) -> str:
    """A call that is said to have reached nobody; the address of its correction."""
    desk.client.post(f"/cases/{desk.case.id}/open")
    phone = desk.case.person.phones[0].id
    desk.save(f"/call/{desk.case.id}", result="no_answer", phone_id=phone)
    session.rollback()
    return f"/contacts/{session.scalars(select(Contact.id)).one()}/correct"


PLAN_CLOSED = {"next_step": "close", "closure": "plan_running"}


def test_a_call_that_reached_the_person_after_all_takes_acts(
    desk: MediatorDesk, session: Session
) -> None:
    address = absent(desk, session)
    page = soup(desk.client.get(address))
    assert page.select("input[name=acts][value=plan_agreed]")
    assert "L'appel est corrigé" in correct(desk, address, **{**REACHED, **PLAN_CLOSED, **BOTH})
    last = session.scalars(select(Contact).order_by(Contact.id.desc())).first()
    assert last is not None
    acts = session.scalars(select(Act).order_by(Act.id)).all()
    assert [(act.kind, act.contact_id) for act in acts] == [
        ("plan_agreed", last.id), ("aid_opened", last.id),
    ]  # fmt: skip
    assert desk.fresh().closure == "plan_running"


def test_pressed_twice_it_makes_each_act_once(desk: MediatorDesk, session: Session) -> None:
    address = absent(desk, session)
    hidden = desk.hidden(address)
    for _click in range(2):
        answer = desk.client.post(address, data={**hidden, **REACHED, **PLAN_CLOSED, **BOTH})
        assert answer.status_code == 303
    session.rollback()
    assert len(session.scalars(select(Act)).all()) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"plan_count": ""}, "Donnez le nombre d'échéances."),
        ({"result": "voicemail_none"}, "Rien ne peut être convenu sans avoir joint la personne"),
        ({"acts": "aid_opened"}, "demande un échéancier"),
    ],
)
def test_a_refused_save_writes_nothing_and_keeps_what_was_typed(
    desk: MediatorDesk, session: Session, wrong: dict[str, str], said: str
) -> None:
    address = absent(desk, session)
    typed = {**desk.hidden(address), **REACHED, **PLAN_CLOSED, **BOTH, **wrong}
    answer = desk.client.post(address, data=typed)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    page = soup(answer)
    amount = page.select_one("#plan_amount")
    assert amount is not None
    assert amount["value"] == "600,00"
    assert page.select("input[name=acts][value=aid_opened][checked]")
    session.rollback()
    assert session.scalars(select(Act)).all() == []
    assert session.scalars(select(Contact.result)).all() == ["no_answer"]
