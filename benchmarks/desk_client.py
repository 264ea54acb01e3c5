"""A mediator's kept-alive connection, and the sessions of many of them.

    python -m benchmarks.desk_client CASES MEDIATORS

Fills the database with an association at work that may be called at any hour, and prints the
session cookie of each mediator.
"""

import asyncio
import json
import re
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, session
from flask_security import login_user
from sqlalchemy import update

from benchmarks.association import fill
from energymed import create_app
from energymed.accounts.models import User
from energymed.base.db import db, measure_tables, transaction
from energymed.partners.models import DatedRule

ANY_HOUR = {
    "calling_windows": [["00:00", "23:59"]],
    "calling_bounds": ["00:00", "23:59"],
    "calling_weekdays": [0, 1, 2, 3, 4, 5, 6],
}
COOKIE = "energymed_session"
HIDDEN = re.compile(
    rb'name="(csrf_token|request_key|started_at|seen_contact_id)"[^>]*? value="([^"]*)"'
)
PHONE = re.compile(rb'name="phone_id" id="phone-(\d+)"')


class Connection:
    """One browser: it keeps its cookie and what the last desk page asked to be sent back."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.desk = ""
        self.fields: dict[str, str] = {}

    async def open(self) -> None:
        """Connect."""
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self.port)

    async def first_case(self) -> None:
        """Press "Appel suivant" and look at the desk."""
        page = await self.read("/queue")
        await self._desk("/queue/next", hidden_fields(page))

    async def put_away(self) -> None:
        """Leave the case for later, so that "Appel suivant" gives another one."""
        fields = {"csrf_token": self.fields["csrf_token"], "reason": "not_now"}
        await self._ask("POST", f"{self.desk}/release", urlencode(fields).encode())

    async def next_case(self) -> None:
        """Press "Appel suivant" on a queue that is open, and look at the desk."""
        await self._desk("/queue/next", {"csrf_token": self.fields["csrf_token"]})

    async def save_and_next(self) -> None:
        """Save "absent" and look at the next desk."""
        await self._desk(self.desk, {**self.fields, "result": "no_answer", "next": "1"})

    async def read(self, path: str) -> bytes:
        """The page at a path."""
        status, _, page = await self._ask("GET", path)
        if status != HTTPStatus.OK:
            sys.exit(f"{path} answered {status}")
        return page

    async def _desk(self, path: str, fields: dict[str, str]) -> None:
        status, desk, _ = await self._ask("POST", path, urlencode(fields).encode())
        if status != HTTPStatus.SEE_OTHER or not desk.startswith("/call/") or desk == self.desk:
            sys.exit(f"{path} answered {status}, {desk}")
        page = await self.read(desk)
        phone = PHONE.search(page)
        if phone is None:
            sys.exit(f"{desk} is not the desk")
        self.desk = desk
        self.fields = {**hidden_fields(page), "phone_id": phone[1].decode()}

    async def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, bytes]:
        kind = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: {COOKIE}={self.cookie}\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
        )
        if self._in.at_eof():  # idle for so long that the server closed it
            await self.open()
        try:
            answer = await self._send(head.encode() + body)
        except asyncio.IncompleteReadError as closed:  # just as this was sent
            if closed.partial:
                raise
            await self.open()
            answer = await self._send(head.encode() + body)
        lines = answer.decode("latin-1").split("\r\n")
        length, location = 0, ""
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "set-cookie" if value.startswith(f"{COOKIE}="):
                    self.cookie = value.split(";")[0].partition("=")[2]
        return int(lines[0].split()[1]), location, await self._in.readexactly(length)

    async def _send(self, request: bytes) -> bytes:
        self._out.write(request)
        return await self._in.readuntil(b"\r\n\r\n")


def hidden_fields(page: bytes) -> dict[str, str]:
    """What the page asks to be sent back with its form."""
    return {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}


def signed_in(app: Flask, user_id: int) -> str:
    """The cookie of somebody who has just signed in."""
    with app.test_request_context():
        login_user(db.session.get_one(User, user_id))
        answer = Response()
        app.session_interface.save_session(app, session, answer)  # type: ignore[arg-type]
    return str(answer.headers["Set-Cookie"]).split(";")[0].partition("=")[2]


def main() -> None:
    """Fill, and print the cookies."""
    app = create_app()
    with app.app_context():
        with transaction() as writing:
            for code, value in ANY_HOUR.items():
                rule: dict[str, Any] = {"value": {"value": value}}
                writing.execute(update(DatedRule).where(DatedRule.code == code).values(rule))
            actors = fill(writing, int(sys.argv[1]), int(sys.argv[2]))
            measure_tables(writing)  # as a job does every ten minutes
        print(json.dumps([signed_in(app, one.user_id or 0) for one in actors]))  # noqa: T201


if __name__ == "__main__":
    main()
