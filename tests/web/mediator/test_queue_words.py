"""An empty queue is explained: five different reasons, five different sentences."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from energymed.base.text.typed import typed
from energymed.calling.queue.view import Held, QueueView
from energymed.web.mediator.queue.empty_queue import nobody_to_call
from tests.factories import MONDAY_MORNING as NOW

AT_ONE, AT_TWO = NOW + timedelta(hours=3, minutes=30), NOW + timedelta(hours=4)
WAITS = [Held("retry", 3, AT_TWO)]
CAMPAIGN = [Held("outside_hours", 1, NOW + timedelta(hours=6))]
HOLIDAY = [Held("public_holiday", 1, NOW + timedelta(hours=6))]
NEVER = [Held("no_phone", 2, None)]


@pytest.mark.parametrize(
    ("view", "callbacks", "reopens", "title", "said"),
    [
        (QueueView([], [], []), [], AT_ONE, "File vide", "demandez-en à votre chef d'équipe"),
        (QueueView([], [], WAITS), [], AT_ONE, "Hors des heures d'appel", "hui à 14 h"),
        (QueueView([], CAMPAIGN, []), [], AT_ONE, "Hors des heures d'appel", "hui à 16 h"),
        (QueueView([], CAMPAIGN, []), [], None, "Hors des heures d'appel", "hui à 16 h"),
        (QueueView([], HOLIDAY, []), [], AT_TWO, "Jour férié", "hui à 16 h"),
        (QueueView([], CAMPAIGN + NEVER, []), [], None, "3 dossiers attendent leur heure", "16 h"),
        (QueueView([], [], WAITS), [AT_TWO, AT_ONE], None, "2 rappels à venir", "pour 13 h 30"),
        (QueueView([], [], WAITS), [NOW], None, "3 dossiers attendent leur heure", "hui à 14 h"),
        (QueueView([], NEVER, []), [], None, "Plus personne à appeler", "voyez pourquoi"),
    ],
)  # fmt: skip
def test_each_reason_has_its_own_sentence(
    app: Flask,
    view: QueueView,
    callbacks: list[datetime],
    reopens: datetime | None,
    title: str,
    said: str,
) -> None:
    with time_machine.travel(NOW, tick=False), app.test_request_context():
        found = nobody_to_call(view, callbacks, reopens, NOW)
    assert typed(found[0]) == title
    assert said in typed(found[1])


def test_a_lead_is_not_sent_to_the_lead(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False), app.test_request_context():
        found = nobody_to_call(QueueView([], [], []), [], None, NOW, "lead")
    assert "chef d'équipe" not in typed(found[1])


def test_a_public_holiday_is_named_though_nothing_is_held(app: Flask) -> None:
    armistice = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
    opens = armistice + timedelta(days=1)
    view = QueueView([], [], [Held("retry", 1, opens)])
    with time_machine.travel(armistice, tick=False), app.test_request_context():
        found = nobody_to_call(view, [], opens, armistice)
    assert (found[0], typed(found[1])) == ("Jour férié", "La file rouvre demain à 10 h.")
