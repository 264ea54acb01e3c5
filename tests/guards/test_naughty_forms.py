"""Whatever is typed into any form of any page: an answer, never an error of ours.

SQLite gets it all. PostgreSQL gets every form and address too, with what a server may mind: bytes,
letters, days, sizes of numbers. What a page makes of markup is the same there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle, islice
from urllib.parse import urlsplit
from zlib import crc32

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import document_fromstring
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from energymed.base.text.folding import tidy_lines
from energymed.web.shared.extensions import limiter
from tests.factories import MONDAY_MORNING
from tests.guards.forms import (
    ROLES,
    AskedRequest,
    House,
    Sheet,
    asked_by,
    forms_of_pages,
    role_for,
    rules,
)
from tests.guards.naughty import (
    CONTROLS,
    DAYS,
    LARGE,
    LETTERS,
    MARK,
    MARKUP,
    NUMBERS,
    SENSITIVE,
    SMALL,
    SURROGATES,
    TEMPLATES,
    ran,
)
from tests.guards.test_permissions import address

DONE = {200, 204, 302, 303}
REFUSED = {400, 401, 404, 409, 413, 422}
SHOWN = (MARKUP[0], MARKUP[1], TEMPLATES[0])  # each in every field: what a page must escape
WIDE = 12  # controls; of a form with more, each has one text for itself
BODIES: tuple[object, ...] = (
    None,
    [],
    1,
    "x",
    {},
    {"note": {"a": []}},
    {"result": [1e308]},
    {"email": True, "note": 5, "password": None},
)
JSON_NAMES = ("note", "result", "email", "password", "identity", "fields", "call", "event")
NEVER_GIVEN_BACK = ("password", "file", "checkbox", "radio", "hidden")
TEXTS = (*SMALL, *SENSITIVE)
FOR_A_SERVER = (*CONTROLS, *LETTERS, *NUMBERS, *DAYS)  # what one database takes and another refuses

pytestmark = pytest.mark.slow


@pytest.fixture
def house(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A Monday at ten, one row of each table, and no limit of requests."""
    monkeypatch.setattr(limiter, "enabled", False)
    monkeypatch.setattr(app, "request_class", AskedRequest)
    with time_machine.travel(MONDAY_MORNING, tick=False):
        house = House(app, session)
        event.listen(Engine, "before_cursor_execute", house.note_writing)
        yield house
        event.remove(Engine, "before_cursor_execute", house.note_writing)


@dataclass(frozen=True)
class Typist:
    """What is sent to a form or address: all there is, or what is for a server alone."""

    on_server: bool

    def texts(self, name: str, count: int) -> list[str]:
        """So many of the texts, others for each name: together the names have them all."""
        known = FOR_A_SERVER if self.on_server else TEXTS
        start = crc32(name.encode()) % len(known)
        return list(islice(cycle(known), start, start + count * 7, 7))

    def sendings(self, sheet: Sheet) -> Iterator[dict[str, str]]:
        """To one form: each field alone out of order, then all of them at once."""
        alone = 2 if len(sheet.values) < WIDE and not self.on_server else 1
        for name in sheet.values:
            if name not in sheet.files:
                count = alone if name in sheet.typed else 1
                for text in self.texts(f"{sheet.action} {name}", count):
                    yield {**sheet.values, name: text}
        for text in self.shown():
            yield {**sheet.values, **dict.fromkeys(sheet.typed, text)}
        together = 1 if self.on_server else 4
        columns = [self.texts(f"{name} {sheet.action}", together) for name in sheet.typed]
        for texts in zip(*columns, strict=True):
            yield {**sheet.values, **dict(zip(sheet.typed, texts, strict=True))}
        start = crc32(sheet.action.encode()) % len(LARGE)
        yield {**sheet.values, **dict.fromkeys(sheet.typed[:4], LARGE[start])}
        yield dict.fromkeys(sheet.values, TEXTS[start])

    def queries(self, sheet: Sheet) -> Iterator[dict[str, str]]:
        """Into one address: each name alone, then all of them at once."""
        for name in sheet.values:
            for text in self.texts(f"{name} {sheet.action}", 2):
                yield {name: text}
        for text in self.shown():
            yield dict.fromkeys(sheet.values, text)
        for texts in zip(
            *(self.texts(f"{sheet.action} {name}", 3) for name in sheet.values), strict=True
        ):
            yield dict(zip(sheet.values, texts, strict=True))

    def shown(self) -> tuple[str, ...]:
        """What each field gets that a page must escape."""
        return () if self.on_server else SHOWN


@pytest.fixture
def typist(session: Session) -> Typist:
    """Whoever types, for the database that the tests run on."""
    return Typist(session.get_bind().dialect.name == "postgresql")


def sheets_of(rule: Rule, house: House, client: FlaskClient, shown: list[Sheet]) -> list[Sheet]:
    """The forms of the pages for a rule, or what its view asks for where no page has one."""
    if shown:
        return shown
    path = address(rule, house.ids)
    names = asked_by(client, path, "POST")
    house.restore()
    return [Sheet(path, dict.fromkeys(names, ""))]


class Sender:
    """Sends to the forms and notes what an answer should not be."""

    def __init__(self, house: House, client: FlaskClient) -> None:
        self.house, self.client = house, client
        self.told: list[str] = []
        self.before = house.counts()
        self.sent = self.done = self.refused = self.kept = 0

    def post(self, role: str, sheet: Sheet, values: dict[str, str]) -> None:
        files = {name: (BytesIO(b"a;b\n1;2\n"), value) for name, value in values.items()
                 if name in sheet.files}  # fmt: skip
        answer = self.client.post(sheet.action, data={**values, **files})
        self.sent += 1
        self.look(answer, sheet, values)
        if answer.status_code in REFUSED:
            self.refused += 1
            self.unchanged(sheet, values)
            return
        self.done += 1
        self.follow(answer, sheet, values)
        self.house.restore()
        self.house.enter(self.client, role)

    def look(self, answer: TestResponse, sheet: Sheet, values: dict[str, str]) -> None:
        """An answer in order: its status, its page, its headers."""
        if answer.status_code not in DONE | REFUSED:
            self.tell(f"answered {answer.status_code}", sheet, values)
        page = answer.data.decode(errors="replace")  # a document is not all text
        if any(ran(text, page) for text in values.values()):
            self.tell("unescaped", sheet, values)
        headers = {**answer.headers}
        if any(MARK in name.lower() or "\n" in f"{headers[name]}" for name in headers):
            self.tell("a header of its own", sheet, values)
        if f"{MARK}=1" in "".join(answer.headers.getlist("Set-Cookie")):
            self.tell("a cookie of its own", sheet, values)
        if answer.status_code == 422:
            self.keeps(page, sheet, values)

    def follow(self, answer: TestResponse, sheet: Sheet, values: dict[str, str]) -> None:
        """The page after, which shows what is kept."""
        if answer.status_code not in (302, 303):
            return
        target = urlsplit(answer.headers["Location"])
        if target.netloc:
            self.tell(f"sent to {target.netloc}", sheet, values)
        after = self.client.get(answer.headers["Location"])
        if after.status_code >= 500:
            self.tell(f"page after {answer.headers['Location']} {after.status_code}", sheet, values)
        if any(ran(text, after.get_data(as_text=True)) for text in values.values()):
            self.tell("unescaped in the page after", sheet, values)

    def unchanged(self, sheet: Sheet, values: dict[str, str]) -> None:
        """A refusal writes nothing."""
        now = self.house.counts()
        if now != self.before:
            changed = [name for name in now if now[name] != self.before[name]]
            self.tell(f"refused, and yet wrote {changed}", sheet, values)
            self.house.restore()

    def keeps(self, page: str, sheet: Sheet, values: dict[str, str]) -> None:
        """A refusal gives back what was typed."""
        given: dict[str, str] = {}
        for control in document_fromstring(page).xpath("//main//input | //main//textarea"):
            once = control.get("autocomplete") == "one-time-code"
            if not once and control.get("type") not in NEVER_GIVEN_BACK:
                value = control.get("value", "") if control.tag == "input" else control.text or ""
                given[control.get("name")] = _bare(value)
        for name in sheet.typed:
            if name in given and _bare(values[name]) not in given.values():
                self.tell(f"{name} lost: {given[name]!r:.80}", sheet, values)
            self.kept += name in given

    def tell(self, what: str, sheet: Sheet, values: dict[str, str]) -> None:
        short = {
            name: value[:60] for name, value in values.items() if sheet.values.get(name) != value
        }
        self.told.append(f"{sheet.action}: {what}: {short!r:.300}")


def _bare(text: str) -> str:
    """A text without what a page cannot carry, however its blanks are written."""
    return "".join(tidy_lines(text).replace("\ufffd", "").split())


@pytest.mark.parametrize("role", ["", *ROLES])
def test_no_text_in_a_form_is_an_error_of_ours(
    house: House, client: FlaskClient, typist: Typist, role: str
) -> None:
    forms = forms_of_pages(house, client)
    house.restore()
    sender = Sender(house, client)
    for rule in rules(house.app, "POST"):
        if role_for(house.app, rule) == role:
            house.enter(client, role)
            for sheet in sheets_of(rule, house, client, forms.get(rule.endpoint, [])):
                house.enter(client, role)
                for values in typist.sendings(sheet):
                    sender.post(role, sheet, values)
    assert sender.told == [], "\n".join(sender.told)
    assert sender.refused > 0
    assert sender.done > 0


@pytest.mark.parametrize("role", ["", *ROLES])
def test_no_text_in_an_address_is_an_error_of_ours(
    house: House, client: FlaskClient, typist: Typist, role: str
) -> None:
    sender = Sender(house, client)
    for rule in rules(house.app, "GET"):
        if role_for(house.app, rule) != role:
            continue
        house.enter(client, role)
        path = address(rule, house.ids)
        if path == "/readyz":  # answers 503 by trade: no job has ever run here
            continue
        names = asked_by(client, path, "GET") or ["q"]
        sheet = Sheet(path, dict.fromkeys(names, ""))
        for values in typist.queries(sheet):
            answer = client.get(path, query_string=values)
            sender.sent += 1
            sender.look(answer, sheet, values)
            answer.close()
    assert sender.told == [], "\n".join(sender.told)
    assert sender.sent > 0


@pytest.mark.once
@pytest.mark.parametrize("role", ["", *ROLES])
def test_no_json_is_an_error_of_ours(house: House, client: FlaskClient, role: str) -> None:
    """Half letters, which only JSON carries, and bodies that are no object."""
    sender = Sender(house, client)
    for rule in rules(house.app, "POST"):
        if role_for(house.app, rule) != role:
            continue
        sheet = Sheet(address(rule, house.ids), {})
        house.enter(client, role)
        for body in [*BODIES, *({name: text for name in JSON_NAMES} for text in SURROGATES)]:
            answer = client.post(sheet.action, json=body)
            sender.sent += 1
            sender.look(answer, sheet, {"json": str(body)})
            house.restore()
            house.enter(client, role)
    assert sender.told == [], "\n".join(sender.told)
    assert sender.sent > 0
