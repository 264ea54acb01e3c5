"""A clock that is put back an hour, and the two nights in which it is changed for summer.

The machine's clock is moved in a copy of this process, with whoever works in it.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from benchmarks.desk_client import signed_in
from benchmarks.survival.at_the_desk import Claim, Save
from benchmarks.survival.children import Tell, answer
from benchmarks.survival.installation import Installation
from benchmarks.survival.operations import Fate, Operation
from benchmarks.survival.soundness import wrong_with
from energymed.accounts.models import User
from energymed.base.clock import at_paris, now, shift_clock
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.calling.codes import FollowUpKind
from energymed.calling.eligibility.rules import Callee, next_allowed
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import FollowUp
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.jobs.schedule import run_slot
from energymed.jobs.work import JOBS
from energymed.operations.codes import RunState
from energymed.partners.rulebook import load_calling_rules

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVERY_MINUTE = ("lapsed_claims", "due_work")
NIGHTS = (date(2026, 3, 29), date(2026, 10, 25))
LEASE = timedelta(minutes=15)
# by the clocks of Paris; of 29 March, the second and third are not shown, of 25 October twice
PROMISED = (time(1, 59), time(2, 0), time(2, 30), time(3, 0), time(3, 30), time(9, 0))
WINDOW = (time(10, 0), time(18, 0))


def put_back(installation: Installation) -> dict[str, Any]:
    """People work, the clock goes back an hour, people work on; the jobs run all the time."""
    found = answer(lambda _tell: _put_back(installation))
    with installation.looked_at() as connection:
        found["wrong"] += wrong_with(connection)
    installation.release_all()
    return _told(found)


def summer_time(installation: Installation) -> dict[str, Any]:
    """Minute by minute through each night: callbacks, a lease, the jobs' slots, calling hours."""
    found: dict[str, Any] = {"wrong": []}
    for night in NIGHTS:
        seen = answer(partial(_through, installation.app, night))
        found["wrong"] += [f"{night}: {each}" for each in seen.pop("wrong")]
        found[night.isoformat()] = seen
    with installation.looked_at() as connection:
        found["wrong"] += wrong_with(connection)
    return _told(found)


def _told(found: dict[str, Any]) -> dict[str, Any]:
    wrong = found.pop("wrong")
    return {**found, "violations": len(wrong), **({"wrong": wrong[:5]} if wrong else {})}


def _put_back(installation: Installation) -> dict[str, Any]:
    seen, wrong = Counter[str](), list[str]()
    begun = now()
    shift_clock(timedelta(0))
    claim, save = Claim(installation, 1), Save(installation, 2)
    with time_machine.travel(begun - HOUR, tick=False) as clock:
        _sign_in(installation)
        held = claim.prepare(0)
        case = claim.do(held)
        for moved in (-HOUR, timedelta(0), -HOUR):
            clock.move_to(begun + moved, tick=False)
            _sign_in(installation)
            for minute in range(5):
                seen.update(_jobs(installation.app))
                _save(save, seen["saved"], wrong)
                seen["saved"] += 1
                clock.shift(MINUTE)
                if minute == 2:
                    wrong += _renewed(installation.app, held[0], case)
    expected = 3 * 5 * len(EVERY_MINUTE)
    if seen["runs"] != expected:
        wrong.append(f"{seen['runs']} runs of {expected}")
    return {**seen, "wrong": wrong}


def _sign_in(installation: Installation) -> None:
    """Everybody signs in again: a cookie that was signed in an hour is none yet."""
    with installation.app.app_context():
        installation.browsers = [
            (user, signed_in(installation.app, user)) for user, _before in installation.browsers
        ]
        db.session.remove()


def _save(save: Operation, number: int, wrong: list[str]) -> None:
    token = save.prepare(number)
    said = save.do(token)
    with save.installation.app.app_context(), db.engine.connect() as connection:
        if save.fate(connection, token, said) != Fate.WHOLE:
            wrong.append(f"told as saved, and not there: {token}")


def _renewed(app: Flask, user_id: int, case_id: int) -> list[str]:
    """The page that is open lengthens its lease, also one that ends in an hour by now."""
    with app.app_context(), transaction() as session:
        actor = session.get_one(User, user_id).as_actor()
        until = claim_case(Context(session, actor), case_id).claimed_until
    return [] if until == now() + LEASE else [f"the lease ends at {until}"]


def _jobs(app: Flask) -> dict[str, int]:
    with app.app_context():
        settings = app.extensions["energymed"]
        found = [run_slot(JOBS[name], now(), settings).state for name in EVERY_MINUTE]
        db.session.remove()
    return {"runs": sum(state == RunState.DONE for state in found)}


def _minutes(night: date) -> list[datetime]:
    """Every minute around the change, and around the first callback of the morning."""
    found = []
    for first, last in ((time(1, 40), time(3, 40)), (time(8, 58), time(9, 2))):
        begun = at_paris(night, first)
        found += [begun + n * MINUTE for n in range((at_paris(night, last) - begun) // MINUTE)]
    return found


def _through(app: Flask, night: date, _tell: Tell) -> dict[str, Any]:
    wrong, runs, surfaced = list[str](), 0, dict[int, datetime]()
    shift_clock(timedelta(0))
    with time_machine.travel(at_paris(night, time.min) - HOUR, tick=False) as clock:
        held, due = _promise(app, night)
        until = ended = None
        for at in _minutes(night):
            clock.move_to(at, tick=False)
            if at == at_paris(night, time(1, 50)):
                until = _take(app, held)
            runs += _jobs(app)["runs"]
            surfaced |= {one: at for one in _surfaced(app, due) if one not in surfaced}
            if until and not ended and not _is_held(app, held):
                ended = at
    wrong = [
        f"promised for {instant}, in the queue at {surfaced.get(one)}"
        for one, instant in due.items()
        if surfaced.get(one) != instant
    ]
    if until is None or ended != until + MINUTE:
        wrong.append(f"a lease until {until} ended at {ended}")
    if runs != len(_minutes(night)) * len(EVERY_MINUTE):
        wrong.append(f"{runs} runs of {len(_minutes(night)) * len(EVERY_MINUTE)}")
    wrong += _hours(app, night)
    return {"minutes": runs // len(EVERY_MINUTE), "callbacks": len(due), "wrong": wrong}


def _promise(app: Flask, night: date) -> tuple[int, dict[int, datetime]]:
    """A callback for each time; the number of another case, {of the callback: its instant}."""
    with app.app_context(), transaction() as session:
        waiting = select(Case).where(Case.state == "waiting").order_by(Case.id)
        other, *cases = session.scalars(waiting.limit(1 + len(PROMISED))).all()
        ctx, found = Context(session, SYSTEM), {}
        for case, shown in zip(cases, PROMISED, strict=True):
            instant = at_paris(night, shown)
            made = add_follow_up(ctx, case, FollowUpKind.CALLBACK, instant)
            session.flush()
            found[made.id] = instant
        return other.id, found


def _take(app: Flask, case_id: int) -> datetime | None:
    """Claim a case; until when."""
    with app.app_context(), transaction() as session:
        owner = session.get_one(User, session.get_one(Case, case_id).assigned_to_id).as_actor()
        return claim_case(Context(session, owner), case_id).claimed_until


def _is_held(app: Flask, case_id: int) -> bool:
    with app.app_context():
        held = db.session.get_one(Case, case_id).state == CaseState.IN_CALL
        db.session.remove()
        return held


def _surfaced(app: Flask, due: dict[int, datetime]) -> list[int]:
    with app.app_context():
        there = FollowUp.surfaced_at.is_not(None)
        found = list(db.session.scalars(select(FollowUp.id).where(FollowUp.id.in_(due), there)))
        db.session.remove()
        return found


def _hours(app: Flask, night: date) -> list[str]:
    """The next working day begins at the same hour by the clocks of the place."""
    with app.app_context():
        rules = load_calling_rules(db.session(), night)
        db.session.remove()
    usual = replace(
        rules, windows=(WINDOW,), earliest=WINDOW[0], latest=WINDOW[1], weekdays=frozenset(range(5))
    )
    saturday = at_paris(night - timedelta(days=1), time(12, 0))
    found = next_allowed(usual, Callee(postal_code="26000"), saturday)
    monday = at_paris(night + timedelta(days=1), WINDOW[0])
    return [] if found == monday else [f"nobody may be called before {found}, not {monday}"]
