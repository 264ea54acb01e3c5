"""Mediators who press again: whatever a fault answered, the same form is sent until it is taken."""

import asyncio
import random
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import httpx

from benchmarks.desk_client import COOKIE, PHONE, hidden
from benchmarks.parts import NAME

AGAIN_S = 1.0  # a person reads the page of the failure, and presses again
ANSWER_WITHIN_S = 20.0
FAULTS = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)


@dataclass
class Told:
    """What all mediators were told: the keys of saves that were acknowledged, by their case."""

    saved: dict[str, int] = field(default_factory=dict)
    served: dict[int, int] = field(default_factory=dict)  # case → the mediator it was given to
    rounds: list[tuple[float, float, int]] = field(default_factory=list)  # begun, ended, mediator
    failures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def browser(port: int, certificate: Path) -> httpx.AsyncClient:
    """Connections to the proxy, over TLS, kept open."""
    return httpx.AsyncClient(
        base_url=f"https://127.0.0.1:{port}",
        verify=ssl.create_default_context(cafile=str(certificate)),
        timeout=ANSWER_WITHIN_S,
        limits=httpx.Limits(max_connections=None),
    )


class Mediator:
    """One person at work: the next case, a call that nobody answers, saved; and so on."""

    def __init__(self, number: int, cookie: str, client: httpx.AsyncClient, told: Told) -> None:
        self.number, self.cookie, self.client, self.told = number, cookie, client, told
        self.case = 0
        self.fields: dict[str, str] = {}

    async def work(self, over: asyncio.Event, pause: tuple[float, float]) -> None:
        """Until `over`, with a pause between (least, most) seconds before each round."""
        while not over.is_set():
            await asyncio.sleep(random.uniform(*pause))  # noqa: S311
            begun = time.monotonic()
            await (self.save() if self.case else self.press())
            self.told.rounds.append((begun, time.monotonic(), self.number))

    async def press(self) -> None:
        """ "Appel suivant"."""
        page = await self._insist("GET", "/queue", HTTPStatus.OK)
        token = dict(hidden(page.content))["csrf_token"]
        answer = await self._insist(
            "POST", "/queue/next", HTTPStatus.SEE_OTHER, {"csrf_token": token}
        )
        await self._follow(answer.headers["Location"])

    async def save(self) -> None:
        """ "Absent", saved; the key of the form says that it is the same one, sent again."""
        sent = {**self.fields, "result": "no_answer", "next": "1"}
        answer = await self._insist("POST", f"/call/{self.case}", HTTPStatus.SEE_OTHER, sent)
        self.told.saved[sent["request_key"]] = self.case
        await self._follow(answer.headers["Location"])

    async def _follow(self, location: str) -> None:
        self.case = 0
        if not location.startswith("/call/"):
            return
        page = await self._insist("GET", location, HTTPStatus.OK)
        phone = PHONE.search(page.content)
        if phone is None:
            self.told.wrong.append(f"{location} is not the desk")
            return
        self.case = int(location.removeprefix("/call/"))
        self.fields = {**dict(hidden(page.content)), "phone_id": phone[1].decode()}
        if self.told.served.setdefault(self.case, self.number) != self.number:
            self.told.wrong.append(f"case {self.case} was given to two mediators")

    async def _insist(
        self, method: str, path: str, wanted: HTTPStatus, fields: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send it until it is answered by somebody at work."""
        while True:
            try:
                answer = await self._send(method, path, fields)
            except httpx.TransportError as error:
                self.told.failures[type(error).__name__] += 1
            else:
                if answer.status_code == wanted:
                    return answer
                self.told.failures[str(answer.status_code)] += 1
                if answer.status_code not in FAULTS:
                    self.told.wrong.append(f"{method} {path} answered {answer.status_code}")
            await asyncio.sleep(AGAIN_S)

    async def _send(self, method: str, path: str, fields: dict[str, str] | None) -> httpx.Response:
        request = self.client.build_request(
            method, path, content=urlencode(fields).encode() if fields else None,
            headers={"Host": NAME, "Cookie": f"{COOKIE}={self.cookie}",
                     "Referer": f"https://{NAME}{path}"}
            | ({"Content-Type": "application/x-www-form-urlencoded"} if fields else {}),
            extensions={"sni_hostname": NAME},
        )  # fmt: skip
        answer = await self.client.send(request)
        for value in answer.headers.get_list("set-cookie"):
            if value.startswith(f"{COOKIE}="):
                self.cookie = value.split(";")[0].partition("=")[2]
        self.client.cookies.clear()
        return answer
