"""Rules that would contradict each other, or themselves, are told beside their control."""

import pytest
from flask.testing import FlaskClient

from tests.web.admin.conftest import WHY
from tests.web.helpers import soup


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
