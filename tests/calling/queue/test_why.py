"""Why a case comes now: the reason is the rule that gives it its place, in one sentence."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from energymed.base.context import Context
from energymed.base.text.typed import typed
from energymed.calling.queue.view import view_queue
from energymed.calling.queue.why import Why, in_queue
from energymed.web.shared.why_words import why_sentence
from tests.calling.conftest import NOW, Desk, paris

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def why(desk: Desk) -> Why:
    (ready,) = view_queue(Context(desk.session, desk.actor, desk.now)).ready
    return ready.why


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Nouveau dossier"),
        ({"due_date": date(2026, 10, 12)}, "Nouveau dossier ; facture due le 12 oct. 2026"),
        ({"queue_reason": "retry"}, "Nouvel essai, les appels d'avant n'ont pas abouti"),
        ({"queue_reason": "follow_up"}, "Un suivi est arrivé à sa date"),
        ({"queue_reason": "instalment"}, "Une échéance convenue est à vérifier"),
        ({"cutoff_date": NOW.date()}, "Coupure prévue : aujourd'hui"),
        ({"cutoff_date": date(2026, 11, 22)}, "Nouveau dossier"),  # it was yesterday
        ({"cutoff_date": date(2026, 11, 26), "queue_reason": "instalment"},
         "Coupure prévue : jeu. 26 nov."),
        ({"queue_reason": "callback", "cutoff_date": date(2026, 11, 26)}, "Rappel promis"),
    ],
)  # fmt: skip
def test_each_place_has_its_sentence(
    desk: Desk, app: Flask, values: dict[str, Any], said: str
) -> None:
    desk.case(**values)
    with app.test_request_context():
        assert typed(why_sentence(why(desk))) == said


def test_a_promise_is_told_with_its_time(desk: Desk, app: Flask) -> None:
    desk.promise(desk.case(queue_reason="callback"), "2026-11-23 09:40")
    with app.test_request_context():
        assert typed(why_sentence(why(desk))) == "Rappel promis : aujourd'hui à 9 h 40"


def test_a_case_is_in_the_queue_from_the_minute_on_that_it_waited_for(desk: Desk) -> None:
    waiting = {"state": "waiting", "waiting_reason": "retry", "queue_reason": None}
    case = desk.case(**waiting, next_action_at=paris("2026-11-23 10:00"))
    assert not in_queue(case, NOW - MINUTE)
    assert in_queue(case, NOW)
    assert in_queue(desk.case(), NOW - MINUTE)
    assert not in_queue(desk.case(state="closed", closure="settled", queue_reason=None), NOW)
