"""Lists cost the same number of queries whatever their length."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from energymed.base.db import db
from tests.factories import make_case, make_user
from tests.web.lead.conftest import LeadDesk

_numbers = count(1)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECTs sent while the block runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def files(desk: LeadDesk, session: Session) -> None:
    for _turn in range(3):
        number = next(_numbers)
        content = f"Référence;Nom;Téléphone;Montant dû\r\nR{number};DURAND;0639980001;1,00\r\n"
        desk.send(content.encode(), f"f{number}.csv")


def cases(desk: LeadDesk, session: Session) -> None:
    user = make_user(session, site=desk.site)
    for _turn in range(3):
        make_case(session, site=desk.site, partner=desk.partner)
        make_case(session, site=desk.site, partner=desk.partner, assigned_to=user)
    session.commit()


def missing(desk: LeadDesk, session: Session) -> None:
    for week in range(3):
        number = next(_numbers)
        titles = "Référence;Nom;Téléphone;Montant dû\r\n"
        lines = "".join(f"M{number}{at};DURAND;0639980001;1,00\r\n" for at in range(3 - week))
        address = desk.send((titles + lines).encode(), f"m{number}.csv").headers["Location"]
        assert desk.client.post(f"{address}/import").status_code == 303


@pytest.mark.parametrize(
    ("path", "fill", "expected"),
    [
        ("/files", files, 7),  # user, site, deposits, count, page, partners, missing
        # user, site, deposits, count, page, files, contacts, plans, partners
        ("/missing", missing, 9),
        ("/letters", cases, 8),  # user, site, deposits, count, page, letters, partners, communes
        # user, site, deposits, count, page, stops, team, loads, partners, places
        ("/assign", cases, 10),
        ("/assign/hand-over", cases, 5),  # user, site, deposits, holders, team
        # user, site, deposits, the board and its needs (11), team, contracts, not assigned, help,
        # minutes
        ("/team", cases, 19),
        # user, site, deposits, figures and files twice, partners, returns (2)
        ("/reports", cases, 10),
        ("/reports/cases_received?period=2026-11", cases, 4),  # user, site, deposits, figure
    ],
)
def test_a_list_costs_a_fixed_number_of_queries(
    desk: LeadDesk,
    session: Session,
    path: str,
    fill: Callable[[LeadDesk, Session], None],
    expected: int,
) -> None:
    fill(desk, session)
    for _length in range(2):
        db.session.expire_all()
        with counted() as sent:
            assert desk.client.get(path).status_code == 200
        assert len(sent) == expected, sent
        fill(desk, session)
