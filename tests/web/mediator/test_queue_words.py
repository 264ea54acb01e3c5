"""An empty queue is explained: five different reasons, five different sentences."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from energymed.calling.queue import Held, QueueView
from energymed.web.mediator.queue_words import nobody_to_call
from tests.factories import MONDAY_MORNING as NOW

AT_ONE, AT_TWO = NOW + timedelta(hours=3, minutes=30), NOW + timedelta(hours=4)
WAITS = [Held("retry", 3, AT_TWO)]
NEVER = [Held("no_phone", 2, None)]


@pytest.mark.parametrize(
    ("view", "callbacks", "reopens", "title", "said"),
    [
        (QueueView([], [], []), [], AT_ONE, "File vide", "demandez-en à votre chef d'équipe"),
        (QueueView([], [], WAITS), [], AT_ONE, "Hors des heures d'appel", "hui à 13:30"),
        (QueueView([], [], WAITS), [AT_TWO, AT_ONE], None, "2 rappels à venir", "pour 13:30"),
        (QueueView([], [], WAITS), [NOW], None, "3 dossiers attendent leur heure", "hui à 14:00"),
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
    assert found[0] == title
    assert said in found[1]
