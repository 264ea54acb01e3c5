"""Tabs of one person press at once, on the database at hand: one state is left, nothing fails."""

from collections import Counter
from functools import partial

import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.base.db import transaction
from energymed.calling.codes import PresenceState
from energymed.calling.models import HelpRequest, Presence
from energymed.calling.presence.help_requests import ask_help
from energymed.calling.presence.states import choose_state
from energymed.calling.queue.claims import claim_case, held_case
from energymed.casework.next_call import take_next_call
from tests.calling.conftest import NOW, Desk
from tests.calling.queue.test_claims_at_once import at_once

STATES = (PresenceState.PAUSE, PresenceState.MEETING) * 4


def choose(actor: Actor, state: PresenceState) -> None:
    with transaction() as session:
        choose_state(Context(session, actor, NOW), state)


def open_rows(session: Session) -> Counter[int]:
    session.rollback()
    rows = session.scalars(select(Presence.user_id).where(Presence.until.is_(None)))
    return Counter(rows)


def test_one_state_is_left(app: Flask, desk: Desk) -> None:
    at_once(app, [partial(choose, desk.actor, state) for state in STATES])
    assert open_rows(desk.session) == {desk.user.id: 1}


def test_a_pause_and_the_next_call_do_not_wait_for_each_other(app: Flask, desk: Desk) -> None:
    desk.case()
    desk.session.commit()
    with time_machine.travel(NOW, tick=False):
        for _turn in range(5):
            works = [partial(choose, desk.actor, state) for state in STATES[:3]]
            at_once(app, [*works, partial(take_next_call, desk.actor)])
    assert open_rows(desk.session)[desk.user.id] <= 1
    assert held_case(Context(desk.session, desk.actor, NOW)) is not None


def test_help_is_asked_once(app: Flask, desk: Desk) -> None:
    case_id = claim_case(Context(desk.session, desk.actor, NOW), desk.case().id).id
    desk.session.commit()

    def ask() -> None:
        with transaction() as session:
            ask_help(Context(session, desk.actor, NOW), case_id)

    at_once(app, [ask] * 6)
    desk.session.rollback()
    assert held_case(Context(desk.session, desk.actor, NOW)) is not None
    assert len(desk.session.scalars(select(HelpRequest)).all()) == 1
