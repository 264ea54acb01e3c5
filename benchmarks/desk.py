"""How many mediators a server carries: "Enregistrer et suivant", until the next desk is there.

    python -m benchmarks.desk [--cases 180000] [--mediators 400] [--seconds 15] [--workers 2]

The server is the one that associations run (`energymed serve`, on SQLite); its clients are
kept-alive connections in this process, each signed in as a mediator of its own. A round is a save
(the call recorded, the next case claimed), the redirect, and the page of the next desk. First one
mediator alone; then all of them with a call of 150 s on average between two saves; then all of
them without a pause. `claims` are rounds of "Appel suivant" alone, without a pause: claim,
redirect, desk; before each, the case held is left for later, which is not timed but takes its part
of the server. `floor` is the same round on the same machine when there is nothing in it: Flask
alone, a redirect, and a page of the same length that is always the same (`benchmarks.bare`).
Prints JSON; fails when anybody met an error or was given the same case again.
"""

import argparse
import asyncio
import random
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.association import NOON
from benchmarks.databases import database_of
from benchmarks.desk_client import Connection
from benchmarks.harness import answer, options, percentiles, show, start
from energymed.base.clock import now

CALL_S = 150.0  # a call, on average
UP_WITHIN_S = 30.0
Turn = Callable[[Connection], Awaitable[object]]


def main() -> None:
    """Measure and print."""
    given = options(__doc__, cases=180_000, mediators=400, seconds=15.0, workers=2, pause=CALL_S)
    with TemporaryDirectory() as folder:
        database = database_of("sqlite", Path(folder))
        database.prepare()
        environment = {
            **database.base.environment,
            "ENERGYMED_SECRET_KEY": secrets.token_hex(),
            # nobody is called on a Sunday: the server lives at the hour of the association's data
            "ENERGYMED_ENVIRONMENT": "demo",
            "ENERGYMED_CLOCK_SHIFT_S": str(int((NOON - now()).total_seconds())),
        }
        fill = ("benchmarks.desk_client", str(given.cases), str(given.mediators))
        cookies, port = answer(start(environment, *fill)), str(_free_port())
        serve = ["energymed", "serve", "--port", port, "--workers", str(given.workers)]
        with _served(serve, environment):
            told, length = asyncio.run(_measure(given, cookies, int(port)))
        port = str(_free_port())
        with _served(["benchmarks.bare", port, str(given.workers), str(length)], environment):
            floor = asyncio.run(_measure_floor(given, cookies, int(port)))
    ratio = floor["rounds_a_second"] / told["claims"]["rounds_a_second"]
    told |= {"page_bytes": length, "floor": floor, "floor_over_claims": round(ratio, 1)}
    show(told)


@contextmanager
def _served(module: list[str], environment: dict[str, str]) -> Iterator[None]:
    server = subprocess.Popen([sys.executable, "-m", *module], env=environment)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


async def _measure(
    given: argparse.Namespace, cookies: list[str], port: int
) -> tuple[dict[str, Any], int]:
    """What was measured, and how long the page of a desk is (bytes)."""
    connections = await open_connections(cookies, port)
    for connection in connections:
        await connection.first_case()
    length = len(await connections[0].read(connections[0].desk))
    save, seconds = Connection.save_and_next, given.seconds
    told = {
        "cases": given.cases,
        "workers": given.workers,
        "alone": await run_rounds(connections[:1], save, seconds),
        "working": await run_rounds(connections, save, 4 * seconds, pause=given.pause),
        "saturated": await run_rounds(connections, save, seconds),
        "claims": await run_rounds(
            connections, Connection.next_case, seconds, before=Connection.put_away
        ),
    }
    return told, length


async def _measure_floor(given: argparse.Namespace, cookies: list[str], port: int) -> Any:
    connections = await open_connections(cookies, port)
    for connection in connections:
        connection.fields = {"csrf_token": "t"}
    return await run_rounds(connections, Connection.next_case, given.seconds)


async def open_connections(cookies: list[str], port: int) -> list[Connection]:
    """A kept-alive connection for each cookie, once the server is up."""
    connections = [Connection(port, cookie) for cookie in cookies]
    await _up(connections[0])
    for connection in connections:
        await connection.open()
    return connections


async def _up(connection: Connection) -> None:
    until = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            await connection.open()
            await connection.read("/healthz")
        except (OSError, asyncio.IncompleteReadError):
            if time.monotonic() > until:
                sys.exit("the server did not come up")
            await asyncio.sleep(0.2)
        else:
            return


async def run_rounds(
    connections: list[Connection],
    turn: Turn,
    seconds: float,
    *,
    pause: float = 0,
    before: Turn | None = None,
) -> dict[str, Any]:
    """`turn` on all connections for so many seconds; how many rounds, and how long they took."""
    rounds: list[float] = []
    begun = time.perf_counter()

    async def work(connection: Connection) -> None:
        while (left := begun + seconds - time.perf_counter()) > 0:
            if pause:
                rest = random.expovariate(1 / pause)
                await asyncio.sleep(min(rest, left))
                if rest > left:
                    return
            if before:
                await before(connection)
            begin = time.perf_counter()
            await turn(connection)
            rounds.append(time.perf_counter() - begin)

    await asyncio.gather(*(work(one) for one in connections))
    took = time.perf_counter() - begun
    return {
        "connections": len(connections),
        "rounds_a_second": round(len(rounds) / took, 1),
        "round_ms": percentiles(rounds),
    }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
