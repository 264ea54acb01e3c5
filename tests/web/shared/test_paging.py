"""Pages of a list: their edges, and the lists that are too long to be counted."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.web.shared import paging
from energymed.web.shared.paging import paginate

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody counts beyond ten."""
    monkeypatch.setattr(paging, "COUNTED", 10)


def listed(session: Session, rows: int) -> Select[AuditEvent]:
    session.add_all(
        [AuditEvent(at=AT, actor_role="system", action="t.t", entity="t", entity_id=str(n))
         for n in range(rows)]
    )  # fmt: skip
    session.flush()
    return select(AuditEvent).where(AuditEvent.action == "t.t").order_by(AuditEvent.id)


def test_a_counted_list(session: Session) -> None:
    statement = listed(session, 10)
    page = paginate(session, statement, 1, size=4)
    assert (page.total, page.last, page.capped, page.followed) == (10, 3, False, True)
    last = paginate(session, statement, 99, size=4)
    assert (last.number, last.first_index, last.last_index, last.followed) == (3, 9, 10, False)


def test_a_list_too_long_to_be_counted_is_read_to_its_end(session: Session) -> None:
    statement = listed(session, 22)
    page = paginate(session, statement, 1, size=4)
    assert (page.total, page.capped, page.followed) == (10, True, True)
    end = paginate(session, statement, 6, size=4)
    assert (end.first_index, end.last_index, end.followed) == (21, 22, False)
    assert end.capped
    beyond = paginate(session, statement, 7, size=4)
    assert (beyond.number, len(beyond.items)) == (3, 4), "the last that was counted"


def test_what_is_done_to_all_is_counted(session: Session) -> None:
    page = paginate(session, listed(session, 22), 1, size=4, exact=True)
    assert (page.total, page.last, page.capped) == (22, 6, False)


def test_an_empty_list(session: Session) -> None:
    page = paginate(session, listed(session, 0), 3, size=4)
    assert (page.number, page.first_index, page.last_index, page.followed) == (1, 0, 0, False)
