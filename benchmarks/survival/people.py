"""`energymed serve`, and people who work at it over HTTP, whatever it answers."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from threading import Event, Thread
from typing import Any

import httpx
from sqlalchemy import Connection

from benchmarks.desk_client import COOKIE, PHONE, hidden
from benchmarks.survival.at_the_desk import CONVERSATION
from benchmarks.survival.browsers import sentence_of
from benchmarks.survival.installation import Installation, one, until

UP_WITHIN_S = 60.0
PATIENCE_S = 60.0  # of a browser
THINKS_S = 0.2  # between two presses
AGAIN_S = 0.5  # before what did not go through is sent again
SEE_OTHER, OK = 303, 200


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(*options: str, port: int | None = None) -> Iterator[str]:
    """A server in processes of its own, on this process's installation; its address."""
    port = port or free_port()
    command = [sys.executable, "-m", "energymed", "serve", "--port", str(port), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(url), UP_WITHIN_S, every=0.2)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=60)


def answers(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == OK
    except httpx.TransportError:
        return False


@dataclass
class Seen:
    """What one person saw: seconds of each kind of press, refusals by sentence, keys of saves."""

    presses: dict[str, list[float]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    saved: list[str] = field(default_factory=list)
    last_saved_at: float = 0.0

    def note(self, press: str, seconds: float) -> None:
        """Keep how long a press was waited for."""
        self.presses.setdefault(press, []).append(seconds)


class Person(Thread):
    """Works until told to stop: claims, opens the desk, saves; or only reads pages.

    What does not go through is sent again, the same form, as its page offers.
    """

    def __init__(self, url: str, cookie: str, *, reads: bool = False) -> None:
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=url, timeout=PATIENCE_S)
        self.client.cookies.set(COOKIE, cookie, domain="127.0.0.1")  # which the server renews
        self.over, self.seen, self.reads = Event(), Seen(), reads
        self.trying = ""

    def run(self) -> None:
        """Work."""
        turn = self._read if self.reads else self._work
        while not self.over.is_set():
            try:
                turn()
            except _Stopped:
                break
            self.over.wait(THINKS_S)
        self.client.close()

    def stop(self) -> Seen:
        """Stop working; what was seen."""
        self.over.set()
        self.join()
        return self.seen

    def _read(self) -> None:
        self._until_it_goes_through("read", "GET", "/cases", {}, OK)

    def _work(self) -> None:
        page = self._until_it_goes_through("queue", "GET", "/queue", {}, OK)
        token = dict(hidden(page.content))["csrf_token"]
        claimed = self._until_it_goes_through(
            "claim", "POST", "/queue/next", {"csrf_token": token}, SEE_OTHER
        )
        address = claimed.headers["location"]
        desk = self._until_it_goes_through("desk", "GET", address, {}, OK)
        phone = PHONE.search(desk.content)
        fields = {**dict(hidden(desk.content)), **CONVERSATION}
        fields["phone_id"] = phone[1].decode() if phone else ""
        self.trying = fields["request_key"]
        self._until_it_goes_through("save", "POST", address, fields, SEE_OTHER)
        self.seen.saved.append(self.trying)
        self.seen.last_saved_at = time.monotonic()

    def _until_it_goes_through(
        self, press: str, method: str, path: str, fields: dict[str, str], wanted: int
    ) -> httpx.Response:
        while True:
            begun = time.monotonic()
            try:
                answer = self.client.request(method, path, data=fields or None)
                refusal = None if answer.status_code == wanted else _refusal(answer)
            except httpx.TransportError as error:
                refusal = type(error).__name__
            self.seen.note(press, time.monotonic() - begun)
            if refusal is None:
                return answer
            self.seen.refusals[refusal] = self.seen.refusals.get(refusal, 0) + 1
            if self.over.wait(AGAIN_S):
                raise _Stopped


class _Stopped(Exception):
    pass


@contextmanager
def at_work(
    installation: Installation, url: str, *, workers: int, readers: int = 0, after: int = 0
) -> Iterator[list[Person]]:
    """People who work there, each signed in as somebody else, `after` so many others."""
    cookies = [cookie for _user, cookie in installation.browsers[after:]]
    people = [Person(url, cookies[n], reads=n >= workers) for n in range(workers + readers)]
    for person in people:
        person.start()
    try:
        yield people
    finally:
        for person in people:
            person.over.set()
        for person in people:
            person.join()


def told(people: list[Person]) -> dict[str, Any]:
    """What they saw, together; seconds."""
    waited: dict[str, list[float]] = {}
    refusals: dict[str, int] = {}
    for person in people:
        for press, seconds in person.seen.presses.items():
            waited.setdefault(press, []).extend(seconds)
        for sentence, times in person.seen.refusals.items():
            refusals[sentence] = refusals.get(sentence, 0) + times
    return {
        "saved": sum(len(person.seen.saved) for person in people),
        "waited_s": {
            press: {"median": round(median(found), 3), "most": round(max(found), 2)}
            for press, found in sorted(waited.items())
        },
        "refused": refusals,
    }


def lost(connection: Connection, people: list[Person]) -> list[str]:
    """Saves that were told as done and are not there, or more than once."""
    query = "SELECT count(*) FROM contact WHERE request_key = :key"
    return [
        f"saved and not there: {key}"
        for person in people
        for key in person.seen.saved
        if one(connection, query, key=key) != 1
    ]


def _refusal(answer: httpx.Response) -> str:
    return f"{answer.status_code}: {sentence_of(answer.text)}"
