"""What a partner is asked for, at the desk, in an exchange and on the case; a lead's word of it."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.cases.models import Case
from energymed.mediation.acts import record_act
from energymed.mediation.models import Act
from energymed.mediation.request_models import PartnerRequest
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import MONDAY_MORNING, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.mediator.conftest import CLOSED, REACHED, MediatorDesk

HOLD = {"hold_asked_asked_of": "network", "hold_asked_subjects": ["cut"],
        "hold_asked_reason": "payment_announced", "hold_asked_until": "2026-12-10"}  # fmt: skip
NOTICE: dict[str, Any] = {"campaign_kind": "cutoff_notice", "debt_cents": None}


def page(desk: MediatorDesk, address: str) -> BeautifulSoup:
    answer = desk.client.get(address)
    assert answer.status_code == 200
    return soup(answer)


def offered(found: BeautifulSoup) -> list[str]:
    return [str(box["value"]) for box in found.select("input[name=acts]")]


def ticks(found: BeautifulSoup, name: str) -> dict[str, bool]:
    return {str(box["value"]): box.has_attr("checked") for box in found.select(f"[name={name}]")}


def at_the_desk(desk: MediatorDesk, case: Case) -> str:
    desk.client.post(f"/cases/{case.id}/open")
    return f"/call/{case.id}"


def in_an_exchange(_desk: MediatorDesk, case: Case) -> str:
    return f"/cases/{case.id}/contact"


DOORS: list[Callable[[MediatorDesk, Case], str]] = [at_the_desk, in_an_exchange]


def asked_on(session: Session, desk: MediatorDesk, kind: str = "hold_asked") -> PartnerRequest:
    details = {
        "hold_asked": {"subjects": ["cut"], "asked_of": "supplier", "reason": "dispute"},
        "supplier_action": {"actions": ["power"]},
        "dispute": {"subject": "amount", "forwarded_to": "supplier",
                    "complaint_on": MONDAY_MORNING.date()},
    }[kind]  # fmt: skip
    act = record_act(Context(session, SYSTEM, MONDAY_MORNING), desk.case.id, kind, details)
    session.commit()
    wanted = select(PartnerRequest).where(PartnerRequest.act_id == act.id)
    return session.scalars(wanted).one()


@pytest.mark.parametrize("door", DOORS)
def test_a_hold_is_proposed_until_the_usual_day(
    desk: MediatorDesk, door: Callable[[MediatorDesk, Case], str]
) -> None:
    found = page(desk, door(desk, desk.case))
    assert {"hold_asked", "supplier_action", "dispute"} <= set(offered(found))
    assert found.select_one("[name=hold_asked_until]")["value"] == "2026-12-23"  # type: ignore[index]
    assert ticks(found, "hold_asked_subjects") == {
        "reminders": True, "limitation": False, "cut": False,
    }  # fmt: skip
    chosen = found.select_one("[name=hold_asked_asked_of] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "supplier"


def test_the_rule_says_how_long(desk: MediatorDesk, session: Session) -> None:
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    change_rule(ctx, Scope(), "wait_hold", 10, valid_from=MONDAY_MORNING.date(), source="essai")
    session.commit()
    found = page(desk, at_the_desk(desk, desk.case))
    assert found.select_one("[name=hold_asked_until]")["value"] == "2026-12-03"  # type: ignore[index]


@pytest.mark.parametrize("door", DOORS)
def test_water_at_home_is_never_cut_and_the_page_says_so(
    desk: MediatorDesk, door: Callable[[MediatorDesk, Case], str]
) -> None:
    water, home = desk.add_case(energy="water"), desk.add_case(energy="water", main_residence=False)
    found = page(desk, door(desk, water))
    assert list(ticks(found, "hold_asked_subjects")) == ["reminders"]
    assert "L'eau d'une résidence principale ne se coupe ni ne se réduit" in found.text
    second = page(desk, in_an_exchange(desk, home))
    assert list(ticks(second, "hold_asked_subjects")) == ["reminders", "cut"]


def test_what_is_asked_all_the_same_is_refused(desk: MediatorDesk, session: Session) -> None:
    address = at_the_desk(desk, desk.add_case(energy="water"))
    answer = desk.save(address, **REACHED, **CLOSED, acts="hold_asked", **HOLD)
    assert answer.status_code == 422
    assert "ne se coupe ni ne se réduit" in text_of(answer)
    assert session.scalars(select(Act)).all() == []


def test_what_was_typed_of_a_hold_is_shown_again(desk: MediatorDesk) -> None:
    address = at_the_desk(desk, desk.case)
    typed = {**HOLD, "hold_asked_subjects": ["limitation"], "hold_asked_reason": ""}
    answer = desk.save(address, **REACHED, **CLOSED, acts="hold_asked", **typed)
    assert answer.status_code == 422
    found = soup(answer)
    assert found.select_one("[name=hold_asked_until]")["value"] == "2026-12-10"  # type: ignore[index]
    assert ticks(found, "hold_asked_subjects")["limitation"] is True
    assert ticks(found, "hold_asked_subjects")["reminders"] is False


@pytest.mark.parametrize("door", DOORS)
def test_a_cutoff_mission_offers_what_the_person_may_answer(
    desk: MediatorDesk, door: Callable[[MediatorDesk, Case], str]
) -> None:
    found = page(desk, door(desk, desk.add_case(**NOTICE)))
    answers = {"paid_already", "pays_full", "hold_asked", "dispute", "aid_opened", "referral"}
    assert answers <= set(offered(found))
    assert not {"plan_agreed", "budget_study", "supplier_action"} & set(offered(found))
    assert ticks(found, "hold_asked_subjects")["cut"] is True
    chosen = found.select_one("[name=hold_asked_asked_of] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "network"


def test_what_the_person_answers_to_a_notice_is_kept(desk: MediatorDesk, session: Session) -> None:
    address = at_the_desk(desk, desk.add_case(**NOTICE))
    promise = {"pays_full_promised_on": "2026-12-01", "pays_full_method": "card"}
    typed = {**promise, **HOLD, "acts": ["pays_full", "hold_asked"]}
    answer = desk.save(address, **REACHED, next_step="close", closure="promise", **typed)
    assert answer.status_code == 303, text_of(answer)
    assert set(session.scalars(select(Act.kind))) == {"pays_full", "hold_asked"}
    request = session.scalars(select(PartnerRequest)).one()
    assert (request.state, request.until.isoformat()) == ("asked", "2026-12-10")  # type: ignore[union-attr]


def test_a_promise_on_a_debt_needs_its_amount(desk: MediatorDesk) -> None:
    promise = {"pays_full_promised_on": "2026-12-01", "pays_full_method": "card"}
    answer = desk.save(
        at_the_desk(desk, desk.case), **REACHED, **CLOSED, acts="pays_full", **promise
    )
    assert answer.status_code == 422
    assert "Montant promis : Il manque une précision" in text_of(answer)


def test_the_case_shows_what_was_asked_with_its_dates(desk: MediatorDesk, session: Session) -> None:
    assert "Demandé au partenaire" not in page(desk, f"/cases/{desk.case.id}").text
    for kind in ("hold_asked", "supplier_action", "dispute"):
        asked_on(session, desk, kind)
    shown = page(desk, f"/cases/{desk.case.id}").select_one("section[aria-labelledby=asked]")
    assert shown is not None
    text = " ".join(shown.text.split())
    for told in (
        "Suspension : la coupure Demandée", "jusqu'au 23 déc. 2026",
        "Fournisseur : Changement de puissance",
        "Réclamation : Montant de la facture Envoyée", "écrite le 23 nov. 2026",
        "réponse attendue le 23 janv. 2027", "médiateur de l'énergie jusqu'au 23 nov. 2027",
    ):  # fmt: skip
        assert told in text
    assert "Intervention évitée" not in text  # a mediator notes none


def test_a_mediator_may_not_say_that_an_intervention_was_avoided(
    desk: MediatorDesk, session: Session
) -> None:
    request = asked_on(session, desk)
    for address in ("avoided", "not-avoided"):
        answer = desk.client.post(f"/requests/{request.id}/{address}")
        assert answer.status_code == 403
    session.refresh(request)
    assert request.avoided_on is None


def test_a_lead_notes_it_with_its_source_and_takes_it_back(
    desk: MediatorDesk, session: Session, client: FlaskClient
) -> None:
    request = asked_on(session, desk)
    lead = make_user(
        session, "lead", site=desk.site, tf_totp_secret="set", tf_primary_method="authenticator"
    )
    session.commit()
    client.get("/logout")
    sign_in(client, lead)
    case, address = f"/cases/{desk.case.id}", f"/requests/{request.id}/avoided"
    assert f'href="{address}"' in client.get(case).text
    assert "une suspension accordée ne suffit pas" in text_of(client.get(address))
    wrong = client.post(address, data={"on": "2026-11-22", "source": "courriel"})
    assert wrong.status_code == 422
    assert "entre la demande et aujourd" in text_of(wrong)
    assert client.post(address, data={"on": "2026-11-23"}).status_code == 422
    told = {"on": "2026-11-23", "source": "courriel du réseau"}
    assert client.post(address, data=told).status_code == 303
    assert (
        "d'après : courriel du réseau" in BeautifulSoup(client.get(case).text, "html.parser").text
    )
    session.refresh(request)
    assert request.avoided_on == MONDAY_MORNING.date()
    back = client.post(f"/requests/{request.id}/not-avoided", data={"case_id": "1"})
    assert back.status_code == 303
    session.refresh(request)
    assert request.avoided_on is None
