"""Slips of the hand of a tired mediator: impossible years, a zero too many, an address by hand."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact, FollowUp
from energymed.cases.models import Case
from energymed.mediation.models import Act
from tests.web.helpers import text_of
from tests.web.mediator.conftest import CLOSED, REACHED, MediatorDesk

TOO_FAR = "Cette date est dans plus d'un an : vérifiez l'année."
NO_DATE = "Cette date n'existe pas."
PLAN = {
    "acts": "plan_agreed", "plan_amount": "600,00", "plan_count": "6",
    "plan_first_due_on": "2027-01-05",
}  # fmt: skip
APPOINTMENT = {"acts": "appointment_set", "appointment_set_appointment_at": "2062-12-01T10:00"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"next_step": "follow_up", "follow_up_at": "0001-01-01T00:00"}, NO_DATE),
        ({"next_step": "follow_up", "follow_up_at": "9999-12-31T23:59"}, NO_DATE),
        ({"next_step": "follow_up", "follow_up_at": "2062-11-24T10:00"}, TOO_FAR),
        ({"result": "callback_set", "callback_at": "0026-11-24T10:00"}, NO_DATE),
        ({"result": "callback_set", "callback_at": "2062-11-24T10:00"}, TOO_FAR),
        ({"acts": "paid_already", "paid_already_declared_on": "0206-11-20"}, NO_DATE),
        ({"acts": "extension", "extension_new_due_on": "2062-12-01"}, TOO_FAR),
        (APPOINTMENT, TOO_FAR),
        ({**PLAN, "plan_first_due_on": "2062-01-05"}, TOO_FAR),
        ({**PLAN, "plan_down_payment": "100", "plan_down_payment_on": "0002-01-05"}, NO_DATE),
    ],
)  # fmt: skip
def test_an_impossible_year_is_told_and_nothing_is_written(
    desk: MediatorDesk, session: Session, typed: dict[str, Any], said: str
) -> None:
    answer = desk.save(desk.next_call(), **{**REACHED, **CLOSED, **typed})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_nobody_promises_more_than_the_debt(desk: MediatorDesk, session: Session) -> None:
    promise = {
        "acts": "pays_full", "pays_full_promised_on": "2026-12-01", "pays_full_method": "card",
    }  # fmt: skip
    address = desk.next_call()
    answer = desk.save(address, **REACHED, **CLOSED, **promise, pays_full_amount_cents="6000,00")
    assert answer.status_code == 422
    assert "La promesse dépasse la dette du dossier" in text_of(answer)
    desk.save(address, **REACHED, **CLOSED, **promise, pays_full_amount_cents="600,00")
    assert session.scalars(select(Act)).one().details["amount_cents"] == 60_000


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"plan_amount": "700,00"}, "L'échéancier dépasse la dette du dossier"),
        ({"plan_first_due_on": "2026-11-20"}, "La première échéance est déjà passée."),
        ({"plan_first_due_on": "2062-01-05"}, TOO_FAR),
    ],
)
def test_a_schedule_that_would_be_refused_is_not_read_out(
    desk: MediatorDesk, typed: dict[str, str], said: str
) -> None:
    address = desk.next_call()
    answer = text_of(desk.client.post(f"{address}/schedule", data={**PLAN, **typed}))
    assert said in answer
    assert "Total" not in answer


def test_a_follow_up_is_not_postponed_out_of_sight(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    desk.save(address, **REACHED, next_step="follow_up", follow_up_at="2026-12-07T10:00")
    task = session.scalars(select(FollowUp)).one()
    for typed, said in (("2062-12-07T10:00", TOO_FAR), ("0001-01-01T00:00", NO_DATE)):
        answer = desk.client.post(
            f"/tasks/{task.id}/postpone", data={"due_at": typed}, follow_redirects=True
        )
        assert said in text_of(answer)
    assert session.scalars(select(Case.state)).one() == "waiting"


@pytest.mark.parametrize("query", ["partner=99999999999999999999999", "partner=-1", "partner=x"])
def test_a_partner_that_is_none_asks_nothing(desk: MediatorDesk, query: str) -> None:
    answer = desk.client.get(f"/cases?{query}")
    assert answer.status_code == 200
    assert desk.case.reference in text_of(answer)


def test_a_search_holds_no_invisible_signs(desk: MediatorDesk) -> None:
    answer = desk.client.post("/cases", data={"q": "RE\x00F"}, follow_redirects=True)
    assert "Recherche : « REF »" in text_of(answer)
