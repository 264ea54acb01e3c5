"""Sixteen mediators press at once, on the database at hand."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.base.db import db, locks_rows, transaction
from energymed.base.errors import Conflict
from energymed.calling.calls.record import record_call
from energymed.calling.calls.report import CallReport
from energymed.calling.models import Contact
from energymed.calling.queue import claims
from energymed.calling.queue.next_call import next_calls
from energymed.cases.models import Case, Household, Person
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_case, make_person, make_user

Claim = Callable[[Session, Actor], int | None]

THREADS, CASES, HOMES = 16, 60, 20
NUMBER = "+33639981002"


def at_once(app: Flask, works: list[Callable[[], Any]]) -> list[Any]:
    """Run every work in a thread with a context of its own, started together."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


@dataclass
class Log:
    """What the threads saw: the cases they got, and how many of a home were on the phone."""

    claimed: list[int] = field(default_factory=list)
    in_one_home: list[int] = field(default_factory=list)


def work_through(actor: Actor, log: Log) -> int:
    """Press "Appel suivant" and record nobody at home until the queue is worked off."""
    done = 0
    while True:
        found = press(actor)
        if found is None:
            if not left(actor):
                return done
            continue  # a colleague is on the phone with the household
        log.claimed.append(found[0])
        with transaction() as session:
            log.in_one_home.append(on_the_phone(session, found[1]))
            report = CallReport("no_answer", started_at=NOW - MINUTE)
            record_call(Context(session, actor, NOW), found[0], report)
        done += 1


def press(actor: Actor) -> tuple[int, int] | None:
    """The case that "Appel suivant" gives, and its household."""
    offered = next_calls(Context(db.session(), actor, NOW))
    with transaction() as session:
        case_id = claims.claim_first(Context(session, actor, NOW), offered)
        if case_id is None:
            return None
        return case_id, session.get_one(Case, case_id).person.household_id


def left(actor: Actor) -> int:
    """How many cases the mediator has in the queue."""
    mine = (Case.assigned_to_id == actor.user_id, Case.state == "queued")
    count = db.session.scalar(select(func.count()).where(*mine))
    db.session.rollback()
    return count or 0


def on_the_phone(session: Session, household_id: int) -> int:
    """How many cases of the household are in call, with everything that is committed."""
    statement = (
        select(func.count())
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .where(Person.household_id == household_id, Case.state == "in_call")
    )
    return session.scalar(statement) or 0


@pytest.mark.slow
def test_no_case_is_claimed_twice_and_no_household_twice_at_once(app: Flask, desk: Desk) -> None:
    users = [make_user(desk.session, site=desk.site) for _ in range(THREADS)]
    homes = [Household(site_id=desk.site.id) for _ in range(HOMES)]
    desk.session.add_all(homes)
    desk.session.flush()
    for turn in range(CASES):  # the three cases of a home are with three mediators
        desk.case(home=homes[turn % HOMES], assigned_to=users[turn % THREADS])
    actors = [user.as_actor() for user in users]
    desk.session.commit()
    log = Log()

    done = at_once(app, [lambda who=who: work_through(who, log) for who in actors])

    assert sum(done) == CASES
    assert len(log.claimed) == len(set(log.claimed)) == CASES
    assert set(log.in_one_home) == {1}
    desk.session.rollback()
    assert desk.session.scalar(select(func.count(Contact.id))) == CASES
    assert set(desk.session.scalars(select(Case.state))) == {"waiting"}


def test_pressing_in_eight_windows_gives_one_case(app: Flask, desk: Desk) -> None:
    for _turn in range(8):
        desk.case()
    desk.session.commit()

    assert len(set(at_once(app, [lambda: press(desk.actor)] * 8))) == 1
    desk.session.rollback()
    in_call = select(func.count()).where(Case.state == "in_call")
    assert desk.session.scalar(in_call) == 1


def test_one_of_eight_opens_a_case_by_hand_and_seven_are_told(app: Flask, desk: Desk) -> None:
    case_id = desk.case().id
    actors = [desk.colleague() for _ in range(8)]
    desk.session.commit()

    def open_it(actor: Actor) -> str:
        try:
            with transaction() as session:
                claims.claim_case(Context(session, actor, NOW), case_id)
        except Conflict as conflict:
            return str(conflict)
        return "opened"

    said = at_once(app, [lambda who=who: open_it(who) for who in actors])
    assert said.count("opened") == 1
    told = [one for one in said if one.endswith(" est déjà en ligne avec ce foyer.")]
    assert len(told) == 7


def take_next(session: Session, actor: Actor) -> int | None:
    """What "Appel suivant" gives, in the transaction at hand."""
    return claims.claim_first(
        Context(session, actor, NOW), next_calls(Context(session, actor, NOW))
    )


def open_theirs(session: Session, actor: Actor) -> int | None:
    """The actor's one case, opened by hand; None when a colleague is on the phone."""
    case_id = session.scalars(select(Case.id).where(Case.assigned_to_id == actor.user_id)).one()
    try:
        return claims.claim_case(Context(session, actor, NOW), case_id).id
    except Conflict:
        return None


@pytest.mark.parametrize("first", [take_next, open_theirs])
@pytest.mark.parametrize("second", [take_next, open_theirs])
def test_one_person_in_the_files_of_two_sites_is_called_by_one(
    app: Flask, desk: Desk, first: Claim, second: Claim
) -> None:
    """The second site presses while the first has the case and has not committed it yet."""
    elsewhere = make_user(desk.session)
    there = elsewhere.as_actor()
    for user in (desk.user, elsewhere):
        person = make_person(desk.session, user.site, desk.partner, phones=(NUMBER,))
        make_case(desk.session, partner=desk.partner, person=person, assigned_to=user)
    desk.session.commit()

    def press_there() -> int | None:
        with transaction() as session:
            return second(session, there)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            assert first(session, desk.actor)
            pressed = pool.submit(at_once, app, [press_there])
            if locks_rows(session):  # on SQLite the second waits until the first has committed
                assert pressed.result() == [None]
        assert pressed.result() == [None]


def test_a_double_click_at_the_same_instant_makes_one_contact(app: Flask, desk: Desk) -> None:
    case = desk.case()
    case_id = case.id
    claims.claim_case(Context(desk.session, desk.actor, NOW), case_id)
    report = desk.report("no_answer", request_key="7f0c6b9e-0000-4000-8000-000000000001")
    desk.session.commit()

    def save() -> int:
        with transaction() as session:
            return record_call(Context(session, desk.actor, NOW), case_id, report).id

    assert len(set(at_once(app, [save] * 4))) == 1
    desk.session.rollback()
    assert desk.session.scalar(select(func.count(Contact.id))) == 1
