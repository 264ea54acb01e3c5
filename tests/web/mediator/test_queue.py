"""The queue's page: what may be called, what waits and why, and one case to one mediator."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.calling.models import FollowUp
from energymed.partners.models import Campaign, DatedRule
from tests.calling.conftest import counted
from tests.factories import MONDAY_MORNING, make_case, make_person, make_user
from tests.web.helpers import soup, table_rows, text_of
from tests.web.mediator.conftest import MediatorDesk


def test_the_queue_says_how_many_and_why(desk: MediatorDesk) -> None:
    desk.add_case(queue_reason="retry")
    said = text_of(desk.client.get("/queue"))
    assert "2 personnes à appeler maintenant" in said
    assert "Nouveau dossier 1" in said
    assert "Nouvel essai 1" in said


def test_one_button_with_one_key(desk: MediatorDesk) -> None:
    button = soup(desk.client.get("/queue")).select_one("form[action='/queue/next'] button")
    assert button is not None
    assert button["data-shortcut"] == "n"


def test_what_is_held_back_says_why_and_when(desk: MediatorDesk, session: Session) -> None:
    resting = make_person(session, desk.site, desk.partner)
    resting.rests_until = (now() + timedelta(days=3)).date()
    desk.add_case(person=resting)
    desk.add_case(person=make_person(session, desk.site, desk.partner, phones=()))
    rows = {row["Pourquoi"]: row for row in table_rows(desk.client.get("/queue"))}
    assert rows["En repos après un refus"]["Le premier s'ouvre"] == "jeu. 26 nov. à 9 h"
    assert rows["Aucun numéro à appeler"]["Le premier s'ouvre"] == "—"


def test_outside_hours_it_says_when_it_opens(
    desk: MediatorDesk, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 11, 23, 18, 30, tzinfo=UTC))
    answer = desk.client.get("/queue")
    assert "Hors des heures d'appel La file rouvre demain à 9 h." in text_of(answer)
    assert soup(answer).select_one("form[action='/queue/next']") is None


def test_callbacks_of_today_are_told_with_their_time(desk: MediatorDesk, session: Session) -> None:
    session.add(
        FollowUp(
            case_id=desk.case.id, kind="callback", due_at=MONDAY_MORNING - timedelta(minutes=30),
            assigned_to_id=desk.user.id, created_at=MONDAY_MORNING - timedelta(days=1),
        )
    )  # fmt: skip
    session.commit()
    section = soup(desk.client.get("/queue")).select_one("section[aria-labelledby=callbacks]")
    assert section is not None
    said = " ".join(section.get_text(" ").split())
    assert f"9 h 30 {desk.case.person.full_name}" in said
    assert "c'est l'heure" in said


def test_my_day_is_counts_and_never_money(desk: MediatorDesk) -> None:
    section = soup(desk.client.get("/queue")).select_one("section[aria-labelledby=my-day]")
    assert section is not None
    said = section.get_text(" ")
    assert "Appels" in said
    assert "€" not in said


def test_next_gives_the_most_urgent_case(desk: MediatorDesk) -> None:
    urgent = desk.add_case(cutoff_date=(now() + timedelta(days=2)).date())
    assert desk.next_call() == f"/call/{urgent.id}"
    assert desk.fresh(urgent).claimed_by_id == desk.user.id


def test_next_again_gives_the_case_in_hand(desk: MediatorDesk) -> None:
    desk.add_case()
    first = desk.next_call()
    assert desk.next_call() == first
    page = soup(desk.client.get("/queue"))
    assert page.select_one(f"a[href='{first}'][data-shortcut=n]") is not None


def test_two_mediators_never_get_the_same_case(desk: MediatorDesk, session: Session) -> None:
    first = desk.next_call()
    other = make_user(session, site=desk.site)
    mine = make_case(session, assigned_to=other, partner=desk.partner)
    desk.sign_in_as(other)
    assert desk.next_call() == f"/call/{mine.id}" != first


def test_an_empty_queue_says_what_to_do(desk: MediatorDesk, session: Session) -> None:
    desk.sign_in_as(make_user(session, site=desk.site))
    assert "File vide Aucun dossier ne vous attend" in text_of(desk.client.get("/queue"))
    answer = desk.client.post("/queue/next", follow_redirects=True)
    assert "Il n'y a personne à appeler pour l'instant." in text_of(answer)


def test_the_next_five_are_told_with_their_names_and_why(desk: MediatorDesk) -> None:
    others = [desk.add_case() for _turn in range(5)]
    others[0].cutoff_date = now().date()
    desk.session.commit()
    lines = soup(desk.client.get("/queue")).select(".next-ones li")
    assert len(lines) == 5
    first = " ".join(lines[0].get_text(" ").split())
    assert first == (
        f"{others[0].person.full_name} {desk.partner.name} · {others[0].reference} "
        "Coupure prévue : aujourd'hui"
    )


def test_a_case_says_why_it_comes_now_while_it_is_in_the_queue(desk: MediatorDesk) -> None:
    address, said = f"/cases/{desk.case.id}", "Pourquoi maintenant : Nouveau dossier"
    assert said in text_of(desk.client.get(address))
    desk.case.state, desk.case.waiting_reason = "waiting", "retry"
    desk.case.queue_reason, desk.case.next_action_at = None, now() + timedelta(minutes=1)
    desk.session.commit()
    assert "Pourquoi maintenant" not in text_of(desk.client.get(address))


def test_the_rules_of_the_order_are_told_with_the_figures_in_force(desk: MediatorDesk) -> None:
    page = desk.client.get("/queue/rules")
    said = text_of(page)
    assert "9 h – 12 h 30, 13 h 30 – 19 h" in said
    assert "1 essai par jour, 4 en 30 jours" in said
    assert "Toutes les missions suivent ces règles." in said
    campaigns = select(Campaign).where(Campaign.partner_id == desk.partner.id)
    campaign = desk.session.scalars(campaigns).first()
    assert campaign is not None
    for value, since in ((2, now().date()), (3, now().date() + timedelta(days=1))):
        rule = DatedRule(code="attempts_per_day", value={"value": value}, source="test",
                         campaign_id=campaign.id, valid_from=since)  # fmt: skip
        desk.session.add(rule)
    desk.session.commit()
    (row,) = table_rows(desk.client.get("/queue/rules"))
    assert row["Essais"] == "2 essais par jour, 4 en 30 jours"


def test_the_page_costs_the_same_however_many_wait(desk: MediatorDesk) -> None:
    said = []
    for more in (6, 30):
        for _turn in range(more):
            desk.add_case()
        desk.client.get("/queue")
        with counted() as sent:
            desk.client.get("/queue")
        said.append(len(sent))
    assert said[0] == said[1]


def test_where_the_head_of_the_queue_is_held_the_button_looks_further(
    desk: MediatorDesk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energymed.calling.queue.view.LOOKED_AT", 1)
    desk.case.person.rests_until = (now() + timedelta(days=3)).date()
    free = desk.add_case()
    page = soup(desk.client.get("/queue"))
    button = page.select_one("form[action='/queue/next'] button[data-shortcut=n]")
    assert button is not None
    assert "Chercher plus loin dans la file" in button.get_text()
    assert desk.next_call() == f"/call/{free.id}"
