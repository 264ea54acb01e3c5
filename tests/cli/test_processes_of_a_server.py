"""`energymed serve` in its own processes: a worker that dies is replaced, and none is left over."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from energymed.revisions import known_revisions
from tests.cli.test_starting import stamp

pytestmark = pytest.mark.slow
PATIENCE_S = 60.0
HEALTHZ = 'energymed_requests_total{endpoint="healthz",method="GET",status="2xx"'


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def children(of: int) -> dict[int, str]:
    """{process: its command} of those that a process started, and they in turn."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = folder.joinpath("cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == of:
            found |= {int(folder.name): command} | children(int(folder.name))
    return found


def until(done: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.2)


def alive(process: int) -> bool:
    """Whether it still runs, or waits for a parent to hear that it does not."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A served installation with two workers: its process and its address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "energymed", "serve", "--port", str(port), "--workers", "2"],
        env={**kept, "ENERGYMED_INSTANCE": str(tmp_path / "instance"), "TMPDIR": str(tmp_path),
             "ENERGYMED_SECRET_KEY": "a key of a test that signs sessions"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/healthz"
    try:
        until(lambda: answers(url) and len(workers(process.pid)) == 2 and bool(scheduler(process)))
        yield process, url
    finally:
        for left in (*children(process.pid), process.pid):
            if alive(left):
                os.kill(left, signal.SIGKILL)
        process.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def counted_by_all(url: str) -> float:
    """How often `/healthz` was asked for, whichever worker answered; any of them tells."""
    told = httpx.get(url.replace("healthz", "metrics"), timeout=5).text
    (line,) = [line for line in told.splitlines() if line.startswith(f"{HEALTHZ}}} ")]
    return float(line.rpartition(" ")[2])


def workers(of: int) -> set[int]:
    return {process for process, command in children(of).items() if "--workers" in command}


def scheduler(of: subprocess.Popen[bytes]) -> set[int]:
    return {process for process, command in children(of.pid).items() if "jobs serve" in command}


def told(instance: Path) -> list[int]:
    """The processes that say they run."""
    with closing(sqlite3.connect(instance / "energymed.sqlite")) as connection:
        found = connection.execute("SELECT process FROM running_node")
        return [process for (process,) in found]


def test_it_is_known_that_it_runs_and_nobody_upgrades_meanwhile(
    server: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, _url = server
    instance = tmp_path / "instance"
    assert told(instance) == [process.pid]
    stamp(instance, known_revisions()[-2])
    done = subprocess.run(
        [sys.executable, "-m", "energymed", "upgrade", "--no-backup"],
        env={**os.environ, "ENERGYMED_INSTANCE": str(instance)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert f"(processus {process.pid}, version " in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    stamp(instance, known_revisions()[-1])
    process.terminate()
    assert process.wait(timeout=PATIENCE_S) == 0
    assert told(instance) == []


def test_a_worker_that_dies_is_replaced(server: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = server
    before = workers(process.pid)
    killed = min(before)
    asked = sum(answers(url) for _each in range(8))
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(workers(process.pid) - {killed}) == 2 and answers(url))
    assert process.poll() is None
    assert killed not in workers(process.pid)
    assert asked == 8 <= counted_by_all(url), "what the dead worker counted is still counted"


def test_a_server_that_is_killed_leaves_nobody(server: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = server
    started = children(process.pid)
    assert len(started) >= 3
    process.kill()
    process.wait()
    until(lambda: not any(alive(one) for one in started))
    assert not answers(url)


def test_a_stop_ends_all_in_order(
    server: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, url = server
    started = children(process.pid)
    assert len(list(tmp_path.glob("energymed-metrics-*/*.db"))) >= 2
    process.terminate()
    assert process.wait(timeout=PATIENCE_S) == 0
    until(lambda: not any(alive(one) for one in started))
    assert not answers(url)
    assert list(tmp_path.glob("energymed-metrics-*")) == []


def test_a_stop_ends_a_worker_that_is_still_starting(
    server: tuple[subprocess.Popen[bytes], str],
) -> None:
    process, _url = server
    before = workers(process.pid)
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(workers(process.pid) - before) == 1)
    process.terminate()
    assert process.wait(timeout=PATIENCE_S) == 0
