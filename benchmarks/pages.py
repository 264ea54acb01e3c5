"""How long the pages that read much take, on the database that the settings name.

    python -m benchmarks.pages

In this process, without a network: the third look of a lead of the site with most cases, a director
and an administrator, each signed in. Prints {page: [milliseconds, statements]}. Started by
`benchmarks.scale`; the demo's roles must be there.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from benchmarks.desk_client import COOKIE, signed_in
from energymed import create_app
from energymed.accounts.models import User
from energymed.base.db import db
from energymed.cases.models import Case

PAGES = {
    "lead": (
        "/files", "/missing", "/repeats", "/letters", "/assign", "/people", "/team", "/cases",
        "/reports?period=2026-W47", "/reports?period=2026",
    ),
    "director": ("/reports?period=2026",),
    "admin": ("/admin/users", "/admin/audit"),
}  # fmt: skip


def main() -> None:
    """Look at each page, and print."""
    app = create_app()
    told: dict[str, list[int]] = {}
    with app.app_context(), _counted() as statements:
        cases = select(Case.site_id).group_by(Case.site_id).order_by(func.count().desc()).limit(1)
        largest = db.session.scalar(cases)
        for role, pages in PAGES.items():
            of = select(User.id).where(User.role == role, User.active)
            user = db.session.scalar(of.order_by(User.site_id != largest, User.id).limit(1))
            cookie = signed_in(app, user or 0)
            for page in pages:
                client = app.test_client()
                client.set_cookie(COOKIE, cookie)
                told[f"{role} {page}"] = _look(client, page, statements)
    print(json.dumps(told))  # noqa: T201


def _look(client: FlaskClient, page: str, statements: list[int]) -> list[int]:
    for _look in range(3):
        statements[0] = 0
        begun = time.perf_counter()
        answer = client.get(page)
        took = time.perf_counter() - begun
        if answer.status_code != 200:
            raise SystemExit(f"{page} answered {answer.status_code}")
    return [round(took * 1000), statements[0]]


@contextmanager
def _counted() -> Iterator[list[int]]:
    count = [0]

    def note(*_statement: object) -> None:
        count[0] += 1

    event.listen(db.engine, "before_cursor_execute", note)
    yield count
    event.remove(db.engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
