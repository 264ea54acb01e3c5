"""Why there are arrears, at the desk and on the case: one key each, kept, corrected."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.codes import Cause
from energymed.web.mediator.call.cause_fields import KEYS
from tests.factories import make_partner
from tests.web.helpers import hidden_fields, soup, text_of
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk

TALK: dict[str, Any] = {**REACHED, **LATER}


def standing(desk: MediatorDesk) -> list[tuple[str, bool]]:
    """Causes that stand, the main one first."""
    desk.session.rollback()
    rows = select(CaseCause).where(CaseCause.withdrawn_at.is_(None))
    found = desk.session.scalars(rows.order_by(CaseCause.main.desc(), CaseCause.id))
    return [(str(each.cause), each.main) for each in found]


def saved(desk: MediatorDesk, **typed: Any) -> str:
    """A conversation; the address of its correction."""
    desk.client.post(f"/cases/{desk.case.id}/open")
    answer = desk.save(f"/call/{desk.case.id}", **{**TALK, **typed})
    assert answer.status_code == 303, text_of(answer)
    desk.session.rollback()
    call = select(Contact.id).where(Contact.voided_at.is_(None)).order_by(Contact.id.desc())
    return f"/contacts/{desk.session.scalars(call).first()}/correct"


def test_each_cause_has_a_key_and_says_what_helps(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    boxes = page.select("input[name=causes]")
    assert {str(box["value"]): str(box["data-shortcut"]) for box in boxes} == KEYS
    assert set(KEYS) == set(Cause)
    for cause in Cause:
        helps = page.select_one(f"[data-show='causes={cause}']")
        assert helps is not None
        for button in helps.select("button"):
            assert page.select_one(f"input[name=acts][value={button['data-tick']}]")
    assert "Relire la facture ensemble" in page.get_text()


def test_a_mission_without_a_debt_asks_for_none(desk: MediatorDesk) -> None:
    partner = make_partner(desk.session, "enedis")
    told = desk.add_case(partner=partner, campaign_kind="cutoff_notice", debt_cents=None)
    assert "Pourquoi il y a un impayé" in text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Pourquoi il y a un impayé" not in text_of(desk.client.get(f"/cases/{told.id}"))
    desk.client.post(f"/cases/{told.id}/open")
    assert soup(desk.client.get(f"/call/{told.id}")).select_one("[name=causes]") is None


def test_the_causes_are_kept_with_the_call(desk: MediatorDesk) -> None:
    saved(desk, causes=["price_rise", "income_drop"], main_cause="income_drop")
    assert standing(desk) == [("income_drop", True), ("price_rise", False)]
    row = desk.session.scalars(select(CaseCause)).first()
    assert row is not None
    assert (row.user_id, row.contact_id is not None) == (desk.user.id, True)
    page = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Baisse de revenus principale · Ada Blanc, 23 nov. 2026" in page
    assert "Ce qui aide souvent : Vérifier les droits" in page


def test_a_single_tick_is_the_main_cause(desk: MediatorDesk) -> None:
    saved(desk, causes=["forgotten"])
    assert standing(desk) == [("forgotten", True)]


def test_several_ticks_need_a_main_one(desk: MediatorDesk) -> None:
    answer = desk.save(desk.next_call(), **TALK, causes=["forgotten", "contested"])
    assert answer.status_code == 422
    error = soup(answer).select_one("#main_cause-error")
    assert error is not None
    assert "la principale" in error.get_text()
    assert standing(desk) == []


def test_nobody_reached_has_said_nothing(desk: MediatorDesk) -> None:
    answer = desk.save(desk.next_call(), result="no_answer", causes=["forgotten"])
    assert answer.status_code == 303
    assert standing(desk) == []


def test_what_was_ticked_is_found_again_and_the_next_call_shows_what_stands(
    desk: MediatorDesk,
) -> None:
    address = desk.next_call()
    typed = {**REACHED, "causes": ["separation", "forgotten"], "main_cause": "forgotten",
             "causes_shown": ":"}  # fmt: skip
    assert desk.client.post(f"{address}/draft", json=typed).status_code == 200
    assert ticked(desk, address) == {"separation", "forgotten"}
    desk.save(address, **{**TALK, **{name: typed[name] for name in ("causes", "main_cause")}})
    desk.client.post(f"/cases/{desk.case.id}/open")
    assert ticked(desk, address) == {"separation", "forgotten"}
    # saved as it stands, nothing is noted anew
    before = len(desk.session.scalars(select(CaseCause)).all())
    desk.save(address, **TALK, causes=["separation", "forgotten"], main_cause="forgotten")
    assert len(desk.session.scalars(select(CaseCause)).all()) == before


def ticked(desk: MediatorDesk, address: str) -> set[str]:
    """The causes that a page shows as ticked."""
    boxes = soup(desk.client.get(address)).select("input[name=causes][checked]")
    return {str(box["value"]) for box in boxes}


def test_a_page_opened_before_a_colleague_noted_them_takes_nothing_back(
    desk: MediatorDesk,
) -> None:
    address = desk.next_call()
    opened = desk.hidden(address)
    desk.client.post(f"/cases/{desk.case.id}/causes", data={"main_cause": "contested"})
    assert desk.client.post(address, data={**opened, **TALK}).status_code == 303
    assert standing(desk) == [("contested", True)]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ({"causes": ["forgotten"], "main_cause": "forgotten"}, [("forgotten", True)]),
        ({"causes": ["contested"], "main_cause": "contested"}, [("contested", True)]),
        ({"result": "no_answer"}, []),
    ],
)
def test_a_correction_keeps_or_changes_them(
    desk: MediatorDesk, session: Session, typed: dict[str, Any], left: list[tuple[str, bool]]
) -> None:
    address = saved(desk, causes=["forgotten"])
    page = desk.client.get(address)
    assert soup(page).select_one("input[name=causes][value=forgotten][checked]")
    sent = {**hidden_fields(page, "call-form"), **TALK, **typed}
    answer = desk.client.post(address, data=sent)
    assert answer.status_code == 303, text_of(answer)
    assert standing(desk) == left
    assert session.scalars(select(CaseCause.cause)).first() == "forgotten"  # with a trace


def test_the_case_says_them_otherwise(desk: MediatorDesk) -> None:
    saved(desk, causes=["forgotten"])
    address = f"/cases/{desk.case.id}/causes"
    sent = {"case_id": desk.case.id, "main_cause": "contested", "causes": ["forgotten"]}
    page = desk.client.post(address, data=sent, follow_redirects=True)
    assert "La cause est notée." in text_of(page)
    assert standing(desk) == [("contested", True), ("forgotten", False)]
    wrong = {"case_id": desk.case.id, "causes": ["forgotten", "separation"]}
    page = desk.client.post(address, data=wrong, follow_redirects=True)
    assert "la principale" in text_of(page)
    assert standing(desk) == [("contested", True), ("forgotten", False)]


def test_an_exchange_on_another_channel_notes_them_too(desk: MediatorDesk) -> None:
    address = f"/cases/{desk.case.id}/contact"
    hidden = hidden_fields(desk.client.get(address), "call-form")
    sent = {
        **hidden,
        "channel": "visit",
        "result": "met_holder",
        "identity_checked": "y",
        "causes": ["poor_housing"],
    }
    assert desk.client.post(address, data=sent).status_code == 303
    assert standing(desk) == [("poor_housing", True)]
