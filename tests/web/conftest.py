"""Nothing that was translated for a reader goes to the database: codes and values do.

What pages say is the same on any database: it runs once, but for lists, figures and what several
people do at a time. Every page and form meets PostgreSQL in `tests/guards/test_naughty_forms.py`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.support import NullTranslations, Translations
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.once import mark_once

HERE = Path(__file__).parent
ON_BOTH = {
    "test_admin.py",  # the audit trail is searched and paged
    "test_deposit.py",
    "test_partner.py",  # its own figures
    "test_sign_in.py",  # tries are counted in rows
    "mediator/test_cases.py",
    "mediator/test_history.py",
    "mediator/test_menu.py",  # the search of people
    "mediator/test_nothing_is_lost.py",  # two mediators on one case
    "mediator/test_query_counts.py",
    "mediator/test_queue.py",
    "mediator/test_save_call.py",  # one transaction, nothing twice
    "mediator/test_tasks.py",
    "lead/test_history.py",
    "lead/test_letters.py",
    "lead/test_preview.py",  # filters, and large files worked on beside
    "lead/test_query_counts.py",
    "lead/test_team_and_reports.py",
    "watch/test_metrics.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the pages that need one database only."""
    mark_once(items, HERE, ON_BOTH)


class Translated(str):
    """A sentence in a reader's language, also with values in its places."""

    __slots__ = ()

    def __mod__(self, values: Any) -> "Translated":
        return Translated(super().__mod__(values))


def refuse_translated(_c: object, _k: object, statement: str, given: Any, *_: object) -> None:
    for row in given if isinstance(given, list) else [given]:
        for value in row.values() if isinstance(row, dict) else row or ():
            assert not isinstance(value, Translated), f"translated: {value!r} in {statement}"


@pytest.fixture(autouse=True)
def nothing_translated_is_stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test of a page fails that hands a translated sentence to the database."""
    for family in (NullTranslations, Translations):
        for name in ("ugettext", "ungettext"):
            translate = getattr(family, name)
            monkeypatch.setattr(family, name, lambda *args, tell=translate: Translated(tell(*args)))
    event.listen(Engine, "before_cursor_execute", refuse_translated)
    yield
    event.remove(Engine, "before_cursor_execute", refuse_translated)
