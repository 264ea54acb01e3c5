"""Rights checked on the desk: asked in a dialog, answered by the engine, kept nowhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from energymed.base.errors import TryLater
from energymed.calling.models import CallDraft
from energymed.mediation.rights.engine_process import BUSY, PATIENCE_S, Engine
from tests.web.helpers import text_of
from tests.web.mediator.conftest import MediatorDesk

TYPED = {"age": "40", "work": "1 234,50", "rent": "450", "housing": "tenant", "children": "3, 8"}


def _typed(**changed: str) -> dict[str, str]:
    return {f"rights-{name}": text for name, text in {**TYPED, **changed}.items()}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the engine is asked; it gives every right to everybody, and loads nothing here."""
    questions: list[dict[str, Any]] = []

    def answer(_engine: Engine, question: dict[str, Any]) -> list[dict[str, float]]:
        questions.append(question)
        names = ("housing_aid", "rsa", "activity_bonus", "aspa")
        return [dict.fromkeys(names, 10.0) for _home in question["homes"]]

    monkeypatch.setattr(Engine, "ask", answer)
    monkeypatch.setattr(Engine, "start", lambda _engine: None)
    return questions


def test_the_questions_come_in_when_the_check_is_opened(
    desk: MediatorDesk, asked: list[dict[str, Any]]
) -> None:
    address = desk.next_call()
    assert f'hx-get="{address}/rights"' in desk.client.get(address).text
    form = desk.client.get(f"{address}/rights")
    assert "La personne, net par mois" in text_of(form)
    assert "rights-work" in form.text


def test_what_is_typed_is_reckoned_in_cents(
    desk: MediatorDesk, asked: list[dict[str, Any]]
) -> None:
    address = desk.next_call()
    told = text_of(desk.client.post(f"{address}/rights", data=_typed()))
    assert told.count("probable") >= 4
    assert "C'est l'organisme qui le vérifie" in told
    home = asked[0]["homes"][1]
    assert home["adults"] == [{"age": 40, "work": 1234.5, "pension": 0.0, "other": 0.0}]
    assert home["children"] == [3, 8]
    assert home["rent"] == 450.0


def test_a_partner_counts_only_where_there_is_one(
    desk: MediatorDesk, asked: list[dict[str, Any]]
) -> None:
    address = desk.next_call()
    partner = {"partner_age": "38", "partner_work": "900"}
    desk.client.post(f"{address}/rights", data=_typed(**partner))
    desk.client.post(f"{address}/rights", data=_typed(**partner, couple="y"))
    assert [len(each["homes"][1]["adults"]) for each in asked] == [1, 2]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"age": ""}, "Donnez un âge"),
        ({"age": "quarante"}, "Âge : "),
        ({"work": "beaucoup"}, "ne se lit pas"),
        ({"rent": "30 000"}, "ne peut pas être juste"),
        ({"children": "deux"}, "Donnez l'âge des enfants"),
        ({"housing": "château"}, "Logement : "),
        ({"special": "x"}, "Dans le foyer : "),
        ({"children": "1" * 61}, "Âge des enfants à charge : "),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_asked(
    desk: MediatorDesk, asked: list[dict[str, Any]], changed: dict[str, str], sentence: str
) -> None:
    answer = desk.client.post(f"{desk.next_call()}/rights", data=_typed(**changed))
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not asked


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that has not loaded yet."""

    def busy(_engine: Engine, _question: object) -> None:
        raise TryLater(BUSY)

    monkeypatch.setattr(Engine, "ask", busy)


@pytest.mark.usefixtures("loading")
def test_while_the_engine_loads_the_page_waits_little_and_asks_again_by_itself(
    desk: MediatorDesk,
) -> None:
    told = desk.client.post(f"{desk.next_call()}/rights", data=_typed())
    assert "Le calcul se prépare…" in text_of(told)
    assert 'hx-trigger="every 1s"' in told.text
    assert "1 234" not in told.text  # the form is asked again, the answer repeats nothing
    assert PATIENCE_S <= 3


@pytest.mark.usefixtures("loading")
@pytest.mark.parametrize(("later_s", "again"), [(14, True), (15, False), (3600, False)])
def test_it_is_asked_again_for_fifteen_seconds(
    desk: MediatorDesk, clock: time_machine.Traveller, later_s: int, again: bool
) -> None:
    address = f"{desk.next_call()}/rights"
    first = desk.client.post(address, data=_typed()).text
    until = re.search(r'"until": "(\d+)"', first)
    assert until is not None
    clock.shift(timedelta(seconds=later_s))
    told = desk.client.post(address, data={**_typed(), "until": until[1]})
    assert ('hx-trigger="every 1s"' in told.text) is again
    assert ("on ne peut pas dire" in text_of(told).lower()) is not again
    assert ("Demander à nouveau" in text_of(told)) is not again


@pytest.mark.usefixtures("loading")
@pytest.mark.parametrize("until", ["", "x", "-1", "9" * 30])
def test_a_moment_made_up_does_not_make_it_ask_for_ever(desk: MediatorDesk, until: str) -> None:
    told = desk.client.post(f"{desk.next_call()}/rights", data={**_typed(), "until": until})
    assert told.status_code == 200
    assert "9" * 30 not in told.text


def test_nothing_of_it_is_kept(desk: MediatorDesk, asked: list[dict[str, Any]]) -> None:
    address = desk.next_call()
    before = desk.session.info.copy()
    desk.client.post(f"{address}/rights", data=_typed())
    desk.client.post(f"{address}/draft", json={"note": "bonjour", **_typed()})
    draft = desk.session.query(CallDraft).one()
    assert set(draft.content) == {"note"}
    assert before == desk.session.info


def test_a_desk_without_the_extra_offers_no_check(
    desk: MediatorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energymed.web.mediator.call.rights.installed", lambda: False)
    page = desk.client.get(desk.next_call()).text
    assert 'data-dialog="rights"' not in page


def test_the_case_of_another_site_is_none(
    desk: MediatorDesk, client: FlaskClient, asked: list[dict[str, Any]]
) -> None:
    assert desk.client.post("/call/999999/rights", data=_typed()).status_code == 404
    assert not asked
