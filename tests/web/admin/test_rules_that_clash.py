"""Rules that would contradict each other, or themselves, are told beside their control."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.partners.models import DatedRule
from energymed.partners.rulebook import WinterTruce, load_calling_rules
from tests.factories import make_partner
from tests.web.admin.conftest import TODAY, WHY, campaign_of
from tests.web.helpers import soup, text_of


@pytest.mark.parametrize("typed", ["01/11/2026", "01/11 au soir", "1er novembre", "45", ""])
def test_a_truce_that_is_no_day_and_month_is_told(desk: FlaskClient, typed: str) -> None:
    answer = desk.post("/admin/rules/winter_truce", data={**WHY, "first": typed, "last": "31/03"})
    assert answer.status_code == 422
    said = soup(answer).select_one("#first-error")
    assert said is not None
    assert "Écrivez le jour et le mois : 01/11." in said.get_text()


def test_a_day_that_is_not_is_told_beside_its_control(desk: FlaskClient) -> None:
    answer = desk.post("/admin/rules/winter_truce", data={**WHY, "first": "1/11", "last": "31/02"})
    said = soup(answer).select_one("#last-error")
    assert said is not None
    assert "Ce jour n'existe pas" in said.get_text()
    assert soup(answer).select_one("#first-error") is None


@pytest.mark.parametrize("typed", ["٨:٠٠", "8:٠٠", "8:00 du soir", "24:00"])
def test_an_hour_is_written_in_plain_digits(desk: FlaskClient, typed: str) -> None:
    sent = {**WHY, "earliest": typed, "latest": "19:00"}
    assert desk.post("/admin/rules/calling_bounds", data=sent).status_code == 422
    sent = {**WHY, "windows": f"{typed} - 19:00"}
    assert desk.post("/admin/rules/calling_windows", data=sent).status_code == 422


def test_a_result_has_no_address_without_its_beginning(desk: FlaskClient) -> None:
    assert desk.get("/admin/rules/no_answer").status_code == 404
    assert desk.post("/admin/rules/no_answer", data=WHY).status_code == 404


@pytest.mark.parametrize("scope", ["", "?scope=kind-unpaid_bill", "?scope=campaign-1"])
@pytest.mark.parametrize("typed", ["20:30-22:00", "9:00-12:00, 13:00-20:30", "7:00-12:00"])
def test_windows_stay_within_the_bounds_of_the_day(
    desk: FlaskClient, session: Session, scope: str, typed: str
) -> None:
    make_partner(session)
    session.commit()
    answer = desk.post(f"/admin/rules/calling_windows{scope}", data={**WHY, "windows": typed})
    assert answer.status_code == 422
    assert "dans les bornes de la journée : 08:00 – 20:00." in text_of(answer)
    assert len(load_calling_rules(session, TODAY).windows) == 2


def test_bounds_leave_no_windows_outside(desk: FlaskClient, session: Session) -> None:
    suez = make_partner(session)
    own = campaign_of(session, suez.id, "unpaid_bill")
    session.commit()
    address = f"/admin/rules/calling_windows?scope=campaign-{own.id}"
    later = {**WHY, "valid_from": (TODAY + timedelta(days=9)).isoformat()}
    assert desk.post(address, data={**later, "windows": "8:00-12:00"}).status_code == 303
    narrow = {"earliest": "8:30", "latest": "19:00"}
    answer = desk.post("/admin/rules/calling_bounds", data={**WHY, **narrow})
    assert answer.status_code == 422
    said = soup(answer).select_one("#earliest-error")
    assert said is not None
    assert f"Des plages de {suez.name} (08:00 – 12:00) iraient au-delà" in said.get_text()
    narrow = {"earliest": "8:00", "latest": "18:00"}
    assert "latest-error" in desk.post(
        "/admin/rules/calling_bounds", data={**WHY, **narrow}
    ).get_data(as_text=True)
    narrow = {"earliest": "8:00", "latest": "19:00"}
    assert desk.post("/admin/rules/calling_bounds", data={**WHY, **narrow}).status_code == 303


def test_a_planned_change_that_hours_rest_upon_is_not_withdrawn(
    desk: FlaskClient, session: Session
) -> None:
    later = {**WHY, "valid_from": (TODAY + timedelta(days=9)).isoformat()}
    desk.post("/admin/rules/calling_bounds", data={**WHY, "earliest": "9:00", "latest": "19:00"})
    desk.post("/admin/rules/calling_bounds", data={**later, "earliest": "8:00", "latest": "20:00"})
    desk.post("/admin/rules/calling_windows", data={**later, "windows": "8:00-20:00"})
    wide = select(DatedRule).where(DatedRule.code == "calling_bounds", DatedRule.valid_from > TODAY)
    rule_id = session.scalars(wide).one().id
    page = desk.post(f"/admin/rules/{rule_id}/end", follow_redirects=True)
    assert "hors des bornes de la journée" in text_of(page)
    assert session.scalars(wide).one().id == rule_id


@pytest.mark.parametrize(
    ("earliest", "latest", "field"),
    [("0:00", "23:59", "earliest"), ("7:59", "20:00", "earliest"), ("8:00", "20:01", "latest")],
)
def test_the_bounds_of_the_profession_are_never_widened(
    desk: FlaskClient, earliest: str, latest: str, field: str
) -> None:
    sent = {**WHY, "earliest": earliest, "latest": latest}
    answer = desk.post("/admin/rules/calling_bounds", data=sent)
    assert answer.status_code == 422
    said = soup(answer).select_one(f"#{field}-error")
    assert said is not None
    assert "Jamais avant 8 h ni après 20 h" in said.get_text()


def test_half_days_are_no_more_than_attempts(desk: FlaskClient) -> None:
    sent = {**WHY, "attempts": 1, "days": 30, "half_days": 2}
    answer = desk.post("/admin/rules/attempts_per_period", data=sent)
    assert answer.status_code == 422
    assert soup(answer).select_one("#half_days-error") is not None


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ((6, 1), (8, 31), "06-01 07-14 08-31", "05-31 09-01 12-25"),
        ((11, 1), (3, 31), "11-01 12-31 01-01 03-31", "04-01 10-31"),
        ((7, 14), (7, 14), "07-14", "07-13 07-15"),
    ],
)
def test_a_truce_lies_within_a_year_or_over_the_new_year(
    first: tuple[int, int], last: tuple[int, int], inside: str, outside: str
) -> None:
    truce = WinterTruce(first, last)
    assert all(truce.covers(date.fromisoformat(f"2026-{day}")) for day in inside.split())
    assert not any(truce.covers(date.fromisoformat(f"2026-{day}")) for day in outside.split())
