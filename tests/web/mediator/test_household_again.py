"""The desk and the case page say in a line that the household was signalled before, or by several.

Never which other partner, nor anything of its case.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.cases.models import Case
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_person, make_site
from tests.web.helpers import soup, text_of
from tests.web.lead.test_query_counts import counted
from tests.web.mediator.conftest import REACHED, MediatorDesk

POINT = "26123456789012"
CLOSED_SO = {"state": "closed", "closure": "plan_running", "closed_at": MONDAY_MORNING}


def before(desk: MediatorDesk, days: int = 30, **values: Any) -> Case:
    """An earlier case of the household of the desk's own case."""
    desk.case.delivery_point = POINT
    usual: dict[str, Any] = {
        "site": desk.site, "partner": desk.partner, "delivery_point": POINT,
        "person": desk.case.person, "opened_at": MONDAY_MORNING - timedelta(days=days),
        "reference": "AVANT-7",
    }  # fmt: skip
    made = make_case(desk.session, **{**usual, **values})
    desk.session.commit()
    return made


def pages(desk: MediatorDesk) -> list[str]:
    return [f"/cases/{desk.case.id}", desk.next_call()]


def cautions(desk: MediatorDesk, address: str) -> list[str]:
    items = soup(desk.client.get(address)).select(".cautions li")
    return [" ".join(item.get_text(" ").split()) for item in items]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (CLOSED_SO, "Déjà signalé le 24 oct. 2026 (clos : Échéancier en cours)"),
        ({}, "Déjà signalé le 24 oct. 2026 (dossier encore ouvert)"),
    ],
)
def test_an_earlier_case_is_told_and_opened(
    desk: MediatorDesk, values: dict[str, Any], said: str
) -> None:
    earlier = before(desk, **values)
    for address in pages(desk):
        assert any(one.startswith(said) for one in cautions(desk, address))
        links = soup(desk.client.get(address)).select(".cautions a")
        assert [link["href"] for link in links] == [f"/cases/{earlier.id}"]


def test_that_of_another_holder_is_said_to_be(desk: MediatorDesk, session: Session) -> None:
    former = make_person(session, desk.site, desk.partner, name_key="petit leo", last_name="PETIT")
    before(desk, person=former, **CLOSED_SO)
    said = " ".join(cautions(desk, f"/cases/{desk.case.id}"))
    assert "Déjà signalé le 24 oct. 2026 (sous un autre nom ; clos : Échéancier en cours)" in said
    assert "PETIT" not in text_of(desk.client.get(f"/cases/{desk.case.id}"))


def test_one_of_another_site_is_told_without_a_way_to_it(
    desk: MediatorDesk, session: Session
) -> None:
    away = make_site(session)
    person = make_person(session, away, desk.partner)
    before(desk, site=away, person=person, **CLOSED_SO)
    address = f"/cases/{desk.case.id}"
    assert "Déjà signalé le 24 oct. 2026 (à un autre site)" in cautions(desk, address)
    assert not soup(desk.client.get(address)).select(".cautions a")


def test_several_partners_are_counted_and_never_named(desk: MediatorDesk, session: Session) -> None:
    for code in ("veolia", "suez"):
        partner = make_partner(session, code)
        person = make_person(session, desk.site, partner, last_name="AUTREMENT")
        before(desk, partner=partner, person=person, debt_cents=98_765)
    for address in pages(desk):
        assert "Foyer signalé par 3 partenaires à la même période" in cautions(desk, address)
        page = desk.client.get(address).get_data(as_text=True).casefold()
        assert not [word for word in ("veolia", "suez", "avant-7", "987,65", "autrement")
                    if word in page]  # fmt: skip


def test_it_costs_one_query_whatever_is_known(desk: MediatorDesk) -> None:
    address = f"/cases/{desk.case.id}"
    desk.case.delivery_point = POINT
    desk.session.commit()
    desk.client.get(address)  # an opening is written the first time
    with counted() as alone:
        desk.client.get(address)
    before(desk, **CLOSED_SO)
    with counted() as repeated:
        desk.client.get(address)
    households = [one for one in repeated if "UNION" in one and "address_key" in one]
    assert len(households) == 1
    assert len(repeated) == len(alone) + 1  # whether the earlier one has a solution that runs


def offered(desk: MediatorDesk, address: str) -> list[str]:
    options = soup(desk.client.get(address)).select("#closure option")
    return [str(option["value"]) for option in options]


def test_repeated_is_offered_where_it_may_hold(desk: MediatorDesk) -> None:
    earlier = before(desk, debt_cents=60_000, state="waiting", waiting_reason="retry")
    address = desk.next_call()
    assert "repeated" not in offered(desk, address)
    typed = {**REACHED, "next_step": "close", "closure": "repeated"}
    refused = desk.save(address, **typed)
    assert refused.status_code == 422
    assert "demande un signalement précédent dont la solution court" in text_of(refused)
    terms = PlanTerms(60_000, 6, date(2026, 12, 15))
    agree_plan(Context(desk.session, SYSTEM, MONDAY_MORNING), earlier.id, terms)
    desk.session.commit()
    assert "repeated" in offered(desk, address)
    assert desk.save(address, **typed).status_code == 303
    assert desk.fresh().closure == "repeated"


def test_the_closures_of_a_mission_are_those_of_its_acts(desk: MediatorDesk) -> None:
    desk.case.campaign_kind, desk.case.debt_cents = "cutoff_notice", None  # type: ignore[assignment]
    desk.session.commit()
    listed = offered(desk, desk.next_call())
    assert {"informed_only", "followed_elsewhere", "unjustified"} <= set(listed)
    assert not {"plan_running", "settled", "lost_after_contact", "repeated"} & set(listed)
