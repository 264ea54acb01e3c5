"""What every page takes that is opened by its address alone, on a filled database.

    python -m benchmarks.list_pages lists|figures REPEATS PATIENCE_S [POSTGRES]

By a test client for a lead and a mediator of the largest site, a director, an administrator and the
largest partner. Of `lists` all GET addresses without an argument that are theirs to open, the list
of cases with each of its filters and sorts; of `figures` the pages of these, for a few periods. Of
each: processor time (`benchmarks.processor`); the time in the database, from a statement to its
last row, by the processor on SQLite and by the clock on PostgreSQL; the statements, and the one
that took longest. Started by `benchmarks.reports`; prints JSON.
"""

import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.engine import make_url

from benchmarks.desk_client import COOKIE, signed_in
from benchmarks.processor import Processor
from benchmarks.report_figures import largest, processor_of
from energymed import create_app
from energymed.accounts.codes import Role
from energymed.accounts.models import User
from energymed.base.db import db
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.queries import CASES
from energymed.partners.codes import CampaignKind

ROLES = (Role.LEAD, Role.MEDIATOR, Role.DIRECTOR, Role.ADMIN, Role.PARTNER)
APART = {"security", "setup", "api", None}  # forms, and what is no page
NO_PAGE = {"healthz", "readyz", "metrics", "static", "account.logout", "admin.examination"}
OF_FIGURES = ("lead.reports", "partner.overview")
PERIODS = ("", "?period=2025", "?period=2025-11", "?period=2025-W47")
SHOWN = 1_500  # characters of a statement


@dataclass(slots=True)
class Watch:
    """Times the statements of a page: in the driver, until the last row is there."""

    clock: Callable[[], float]
    spent: dict[str, float] = field(default_factory=dict)
    count: int = 0

    def begin(self) -> None:
        """Forget the page before."""
        self.spent, self.count = {}, 0

    @contextmanager
    def timing(self, words: str) -> Iterator[None]:
        """Add what happens to this statement."""
        begun = self.clock()
        try:
            yield
        finally:
            self.spent[words] = self.spent.get(words, 0.0) + self.clock() - begun


def main() -> None:
    """Look at each page, and print."""
    of_figures, processor = sys.argv[1] == "figures", processor_of(sys.argv[2:])
    app = create_app()
    with app.app_context():
        watch = _watched(db.engine)
        told = {}
        for role in ROLES:
            cookie = signed_in(app, _somebody(role))
            for address in _addresses(app, role, of_figures=of_figures):
                found = _look(app, cookie, address, watch, processor)
                if found:
                    told[f"{role} {address}"] = found
    print(json.dumps(told))  # noqa: T201


def _somebody(role: Role) -> int:
    """An account of that role where there is most to see."""
    site_id = largest(db.session(), Case.site_id)[0]
    (partner_id,) = largest(db.session(), Case.partner_id)
    of = select(User.id).where(User.role == role, User.active)
    most = User.partner_id != partner_id if role == Role.PARTNER else User.site_id != site_id
    found = db.session.scalar(of.order_by(func.coalesce(most, False), User.id).limit(1))
    return int(found or 0)


def _addresses(app: Flask, role: Role, *, of_figures: bool) -> Iterator[str]:
    """The addresses of pages, plain and with what their lists may be asked for."""
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.rpartition(".")[0] or None
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.endpoint in NO_PAGE:
            continue
        if room in APART or (rule.endpoint in OF_FIGURES) != of_figures:
            continue
        yield from (rule.rule + asked for asked in (PERIODS if of_figures else ("",)))
        if rule.endpoint == "mediator.cases":
            for asked in _asked_of_cases(role):
                yield f"{rule.rule}?{asked}"


def _asked_of_cases(role: Role) -> Iterator[str]:
    """What the list of cases may be filtered and sorted by."""
    every = "all=1&" if role == Role.MEDIATOR else ""
    yield from (f"{every}sort={sign}{name}" for name in CASES.sorts for sign in ("", "-"))
    yield from (f"{every}state={state}" for state in CaseState)
    yield from (f"{every}kind={kind}" for kind in CampaignKind)
    for number in db.session.scalars(select(Case.partner_id).distinct()):
        yield f"{every}partner={number}"
        yield f"{every}partner={number}&sort=-debt"
        yield f"{every}partner={number}&state=queued&sort=-debt"
    yield from (f"{every}state={state}&sort=-debt" for state in CaseState)
    yield from (f"{every}kind={kind}&state=closed&sort=-debt" for kind in CampaignKind)
    yield f"{every}page=40"


def _look(
    app: Flask, cookie: str, address: str, watch: Watch, processor: Processor
) -> dict[str, Any] | None:
    """What a page takes; None when it is not for this person, or leads elsewhere."""
    client = app.test_client()
    client.set_cookie(COOKIE, cookie)
    spent: list[dict[str, float]] = []
    answers = []

    def look() -> None:
        watch.begin()
        answers.append(client.get(address).status_code)
        spent.append(watch.spent)

    page = replace(processor, repeats=1).measure(look)  # warms the caches
    if answers != [200]:
        return None
    if page["ms"] < processor.patience_s * 1000:
        spent.clear()
        page = processor.measure(look)
    sums = [sum(one.values()) for one in spent]
    middle = sorted(spent, key=lambda one: sum(one.values()))[len(spent) // 2]
    slowest = max(middle, key=middle.__getitem__, default="")
    return {
        **page,
        "sql_ms": round(statistics.median(sums) * 1000, 2),
        "statements": watch.count,
        "slowest_ms": round(middle.get(slowest, 0.0) * 1000, 2),
        "slowest": " ".join(slowest.split())[-SHOWN:],
    }


def _watched(engine: Engine) -> Watch:
    """Let the driver's cursors be timed from now on."""
    sqlite = make_url(engine.url).get_backend_name() == "sqlite"
    watch = Watch(time.process_time if sqlite else time.perf_counter)
    engine.dispose()
    if sqlite:
        connection = _timed_connection(watch)
        event.listen(
            engine, "do_connect",
            lambda _dialect, _record, _args, given: given.update(factory=connection),
        )  # fmt: skip
    else:
        cursor = _timed(psycopg.Cursor, watch)
        event.listen(
            engine, "connect", lambda made, _record: setattr(made, "cursor_factory", cursor)
        )
    return watch


def _timed_connection(watch: Watch) -> type[sqlite3.Connection]:
    timed = _timed(sqlite3.Cursor, watch)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = timed) -> Any:
            return super().cursor(factory)

    return Connection


def _timed(kind: Any, watch: Watch) -> Any:
    """The driver's cursor, with a clock."""

    class Cursor(kind):  # type: ignore[misc]
        words = ""

        def execute(self, words: Any, *given: Any, **named: Any) -> Any:
            self.words = str(words)
            watch.count += 1
            with watch.timing(self.words):
                return super().execute(words, *given, **named)

        def fetchone(self) -> Any:
            with watch.timing(self.words):
                return super().fetchone()

        def fetchmany(self, *given: Any, **named: Any) -> Any:
            with watch.timing(self.words):
                return super().fetchmany(*given, **named)

        def fetchall(self) -> Any:
            with watch.timing(self.words):
                return super().fetchall()

    return Cursor


if __name__ == "__main__":
    main()
