"""Two nodes behind nginx on one PostgreSQL, while a node is killed and the database goes away.

    python -m benchmarks.two_nodes [--mediators 50] [--cases 6000] [--calm 15] [--away 10]

As `docs/deploy/several-machines.md` says: two `energymed serve` with an instance folder each and
the same secrets, nginx with the file of `docs/deploy/`, over TLS. Mediators work: after a pause of
two to six seconds each saves a call and has the next desk. One node is killed (SIGKILL) and
started again; then one is stopped, as for an upgrade, and started again; then PostgreSQL is
stopped for `away` seconds and started again; at last it is killed, and its standby promoted.
`calm` is how long everything is left alone between.
Fails when a case was called twice or given to two, when anything that was acknowledged is lost,
when anybody was told something else than to try again, or waited longer than 15 s for a round
after a fault was over. Prints JSON; times in seconds.
"""

import asyncio
import secrets
import shutil
import statistics
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from os import environ
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import mkdtemp
from typing import Any

from benchmarks.association import NOON
from benchmarks.harness import answer, options, show, start
from benchmarks.parts import Node, nginx
from benchmarks.stubborn import Mediator, Told, browser
from energymed.base.clock import now
from tests.real_postgres import Postgres, address

AGAIN_WITHIN_S = 15.0
PAUSE_S = (2.0, 6.0)


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done, and when it was over: from then on everybody works."""

    name: str
    over_at: float
    figures: dict[str, float]


class Trial:
    """The installation under trial, and what is done to it."""

    def __init__(self, folder: Path, given: Any) -> None:
        self.given, self.folder = given, folder
        self.postgres = Postgres(folder / "postgres")
        self.postgres.make("energymed")
        self.standby = self.postgres.standby() if given.standby else None
        own = {name: value for name, value in environ.items() if not name.startswith("ENERGYMED_")}
        self.environment = {
            **own,
            "ENERGYMED_DATABASE_URL": address("energymed", *self.servers),
            "ENERGYMED_SECRET_KEY": secrets.token_urlsafe(48),
            "ENERGYMED_TRUSTED_PROXIES": "1",
            "ENERGYMED_LOG_LEVEL": "WARNING",
            # nobody is called at night: the nodes live at the hour of the association's data
            "ENERGYMED_ENVIRONMENT": "demo",
            "ENERGYMED_CLOCK_SHIFT_S": str(int((NOON - now()).total_seconds())),
        }
        self.nodes = [Node(name, self._in(name)) for name in ("one", "two")]
        self.faults: list[Fault] = []

    @property
    def servers(self) -> list[Postgres]:
        """The databases' servers; the last one is that in use at the end."""
        return [self.postgres, *([self.standby] if self.standby else [])]

    def _in(self, name: str) -> dict[str, str]:
        return {**self.environment, "ENERGYMED_INSTANCE": str(self.folder / name)}

    def prepare(self) -> list[str]:
        """Make the database and its people; node two gets the secrets of node one."""
        first = self._in("one")
        for command in (["init"], ["site", "add", "pdp", "Site"], ["partner", "add", "edf", "EDF"]):
            start(first, "energymed", *command).communicate()
        filled = ("benchmarks.desk_client", str(self.given.cases), str(self.given.mediators))
        cookies: list[str] = answer(start(first, *filled))
        (self.folder / "two").mkdir(mode=0o700)
        shutil.copy(self.folder / "one" / "secrets.toml", self.folder / "two")
        for node in self.nodes:
            node.start()
        return cookies

    def disturb(self) -> None:
        """The faults, one after the other, each followed by calm."""
        one, two = self.nodes
        self._calm()
        one.kill()
        self._over("a node is killed")
        self._calm()
        self._over("it is started again", up_after=one.start())
        self._calm()
        if self.given.rolling:
            two.stop()
            self._over("the other is stopped for an upgrade")
            self._calm()
            self._over("it is started again after it", up_after=two.start())
            self._calm()
        self.postgres.stop()
        time.sleep(self.given.away)
        begun = time.monotonic()
        self.postgres.start()
        self._over("PostgreSQL was away", up_after=time.monotonic() - begun)
        self._calm()
        if self.standby is not None:
            self.postgres.stop("immediate")
            time.sleep(self.given.away)
            begun = time.monotonic()
            self.standby.promote()
            self._over("the standby is promoted", up_after=time.monotonic() - begun)
            self._calm()

    def _calm(self) -> None:
        time.sleep(self.given.calm)

    def _over(self, name: str, **figures: float) -> None:
        self.faults.append(Fault(name, time.monotonic(), figures))

    def end(self) -> None:
        """Stop whatever runs."""
        for node in self.nodes:
            node.stop()
        for server in self.servers:
            with suppress(CalledProcessError):  # it is stopped already
                server.stop("immediate")


def main() -> None:
    """Try, judge, print."""
    given = options(__doc__, mediators=50, cases=6_000, calm=15.0, away=10.0, rolling=1, standby=1)
    folder = Path(mkdtemp(prefix="energymed-two-nodes-"))
    folder.chmod(0o755)  # PostgreSQL is another user's
    with ExitStack() as ended:
        ended.callback(shutil.rmtree, folder, ignore_errors=True)
        trial = Trial(folder, given)
        ended.callback(trial.end)
        cookies = trial.prepare()
        at = [f"127.0.0.1:{node.port}" for node in trial.nodes]
        port = ended.enter_context(nginx(folder / "nginx", at))
        told = asyncio.run(_work(trial, cookies, port))
        figures = {
            "mediators": given.mediators,
            "rounds": len(told.rounds),
            "saved": len(told.saved),
            "saved_since_start": {node.name: node.saves() for node in trial.nodes},
            "told_to_try_again": dict(told.failures),
            "faults": [_after(fault, told, given.mediators) for fault in trial.faults],
            **_in_database(trial, told),
        }
    show(figures)
    _judge(figures, told)


async def _work(trial: Trial, cookies: list[str], port: int) -> Told:
    told, over = Told(), asyncio.Event()
    async with browser(port, trial.folder / "nginx" / "trial.pem") as client:
        people = [Mediator(number, one, client, told) for number, one in enumerate(cookies)]
        working = [asyncio.create_task(one.work(over, PAUSE_S)) for one in people]
        await asyncio.to_thread(_until_all, told, len(people))
        await asyncio.to_thread(trial.disturb)
        over.set()
        await asyncio.gather(*working)
    return told


def _until_all(told: Told, people: int) -> None:
    """Wait until everybody has a case."""
    until = time.monotonic() + 60
    while len({number for _, _, number in told.rounds}) < people:
        if time.monotonic() > until or told.wrong:
            sys.exit(f"not everybody could begin: {told.wrong[:3]} {told.failures}")
        time.sleep(0.1)


def _after(fault: Fault, told: Told, people: int) -> dict[str, Any]:
    """How long after the fault was over each had a round behind them that was not over before."""
    first = dict.fromkeys(range(people), float("inf"))
    for _begun, ended, number in told.rounds:
        if ended > fault.over_at:
            first[number] = min(first[number], ended - fault.over_at)
    waits = list(first.values())
    return {
        "fault": fault.name,
        **{name: round(value, 1) for name, value in fault.figures.items()},
        "everybody_after": round(max(waits), 1),
        "half_after": round(statistics.median(waits), 1),
    }


def _in_database(trial: Trial, told: Told) -> dict[str, Any]:
    """What the database says of the same work."""
    with trial.servers[-1].connect("energymed") as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return list(connection.execute(query))

        kept = dict(rows("SELECT request_key, case_id FROM contact WHERE request_key IS NOT NULL"))
        cases = list(kept.values())
        runs = rows("SELECT job, due_at, state FROM job_run ORDER BY job, due_at")
        held = rows("SELECT count(*), count(DISTINCT claimed_by_id) FROM case_file "
                    "WHERE state = 'in_call'")[0]  # fmt: skip
    minutes = [due for job, due, _state in runs if job == "lapsed_claims"]
    return {
        "called_twice": len(cases) - len(set(cases)),
        "acknowledged_and_lost": len(told.saved.items() - kept.items()),
        "kept_without_a_word": len(kept.items() - told.saved.items()),
        "held_twice": held[0] - held[1],
        "job_runs": len(runs),
        "job_runs_twice": len(runs) - len({run[:2] for run in runs}),
        "job_runs_failed": sum(state == "failed" for _job, _due, state in runs),
        "minutes_with_jobs": len(minutes),
    }


NOUGHTS = (
    "called_twice", "acknowledged_and_lost", "kept_without_a_word", "held_twice", "job_runs_twice",
)  # fmt: skip


def _judge(figures: dict[str, Any], told: Told) -> None:
    late = [one for one in figures["faults"] if one["everybody_after"] > AGAIN_WITHIN_S]
    broken = [name for name in NOUGHTS if figures[name]]
    if told.wrong or late or broken:
        sys.exit(f"wrong: {told.wrong[:5]}; late: {late}; not nought: {broken}")


if __name__ == "__main__":
    main()
