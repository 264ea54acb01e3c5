"""Mediators of one server process: a thread each, pressing "Appel suivant" until time is up.

    python -m benchmarks.next_call_workers fill CASES MEDIATORS
    python -m benchmarks.next_call_workers work ACTORS PAUSE SECONDS

`fill` prints (user id, site id) of each mediator, `work` what was claimed and waited for.
"""

import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from threading import Barrier, Event, Thread, local
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text, update
from sqlalchemy.engine.interfaces import DBAPIConnection

from benchmarks.association import NOON, fill
from energymed import take_short_turns
from energymed.base.context import Actor, Context
from energymed.base.db import db, keep_log_short, locks_rows, measure_tables, transaction
from energymed.calling.queue.claims import claim_first
from energymed.calling.queue.next_call import next_calls
from energymed.cases.models import Case
from energymed.cli.common import app_context

WARM_UP = 20  # presses
TOMORROW = NOON + timedelta(days=1)


@dataclass
class Done:
    """What the mediators of this process did and waited for (seconds)."""

    claimed: list[int] = field(default_factory=list)
    claim: list[float] = field(default_factory=list)
    write: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    fewest: int = 0
    begun: float = 0
    seconds: float = 0  # until the last claim


def main() -> None:
    """Run the command and print JSON."""
    command, *given = sys.argv[1:]
    with app_context() as app:
        if command == "fill":
            with transaction() as session:
                actors = fill(session, int(given[0]), int(given[1]))
            with transaction() as session:
                measure_tables(session)  # as a job does every ten minutes
                if locks_rows(session):
                    session.execute(text("ANALYZE"))  # as PostgreSQL does by itself
            print(json.dumps([[one.user_id, one.site_id] for one in actors]))  # noqa: T201
            return
        actors = [Actor(user, "mediator", site_id=site) for user, site in json.loads(given[0])]
        done = work(app, actors, pause=float(given[1]), seconds=float(given[2]))
    print(json.dumps(asdict(done)))  # noqa: T201


def work(app: Flask, actors: list[Actor], *, pause: float, seconds: float) -> Done:
    """All mediators at once, for so many seconds."""
    take_short_turns()  # as the server does
    keep_log_short()
    spent = DatabaseTime(db.engine)
    away = Away(app)
    _warm_up(actors[0], away, spent)
    done = Done(begun=time.perf_counter())
    start = Barrier(len(actors))
    counts = [0] * len(actors)

    def one(number: int) -> None:
        with app.app_context():
            start.wait()
            end = time.perf_counter() + seconds
            _rest(pause)  # as if everybody had been at work for long
            while time.perf_counter() < end:
                counts[number] += _press(actors[number], done, away, spent)
                _rest(pause)
            db.session.remove()

    threads = [Thread(target=one, args=(number,)) for number in range(len(actors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.fewest = min(counts)
    return done


def _rest(pause: float) -> None:
    """A pause of this length on average (s): presses come as independent people's do."""
    if pause:
        time.sleep(random.expovariate(1 / pause))


def _warm_up(actor: Actor, away: "Away", spent: "DatabaseTime") -> None:
    """A server that is up has put its statements together long ago."""
    for _turn in range(WARM_UP):
        _press(actor, Done(), away, spent)


def _press(actor: Actor, done: Done, away: "Away", spent: "DatabaseTime") -> int:
    """One press; 1 when it gave a case, which is then put away until tomorrow."""
    try:
        spent.begin()
        begun = time.perf_counter()
        offered = next_calls(Context(db.session(), actor, NOON))
        read = time.perf_counter()
        with transaction() as session:
            case_id = claim_first(Context(session, actor, NOON), offered)
        ended, in_database = time.perf_counter(), spent.seconds
        if case_id is None:
            return 0
        away.put(case_id)
    except Exception as error:  # every kind of error is counted
        done.errors.append(repr(error)[:300])
        return 0
    done.claimed.append(case_id)
    done.claim.append(ended - begun)
    done.write.append(ended - read)
    done.database.append(in_database)
    done.seconds = max(done.seconds, ended - done.begun)
    return 1


class DatabaseTime(local):
    """What a thread spends in its statements, in beginning a transaction and in committing it."""

    seconds = 0.0
    started = 0.0

    def __init__(self, engine: Engine) -> None:
        if hasattr(engine.dialect, "timed"):
            return  # each thread comes here once
        commit = engine.dialect.do_commit

        def timed_commit(connection: DBAPIConnection) -> None:
            start = time.perf_counter()
            commit(connection)
            self.seconds += time.perf_counter() - start

        dialect: Any = engine.dialect
        dialect.timed, dialect.do_commit = True, timed_commit
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def begin(self) -> None:
        """Count from nought."""
        self.seconds = 0.0

    def _before(self, *_call: object) -> None:
        self.started = time.perf_counter()

    def _after(self, *_call: object) -> None:
        self.seconds += time.perf_counter() - self.started


class Away:
    """Puts claimed cases away until tomorrow, all that came within a tenth of a second at once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._came: list[tuple[int, Event]] = []
        Thread(target=self._run, daemon=True).start()

    def put(self, case_id: int) -> None:
        """Wait until the case is put away."""
        gone = Event()
        self._came.append((case_id, gone))
        gone.wait()

    def _run(self) -> None:
        values = {"state": "waiting", "waiting_reason": "retry", "next_action_at": TOMORROW}
        free = {"claimed_by_id": None, "claimed_at": None, "claimed_until": None}
        with self._app.app_context():
            while True:
                time.sleep(0.1)
                came, self._came = self._came, []
                if not came:
                    continue
                with transaction() as session:
                    session.execute(
                        update(Case)
                        .where(Case.id.in_([case_id for case_id, _ in came]))
                        .values({**values, **free}),
                        execution_options={"synchronize_session": False},
                    )
                for _, gone in came:
                    gone.set()


if __name__ == "__main__":
    main()
