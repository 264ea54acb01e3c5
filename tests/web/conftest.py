"""Nothing that was translated for a reader goes to the database: codes and values do.

What the pages of accounts, settings and bodies say is the same on any database: it runs once, but
for what is about the database itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.support import NullTranslations, Translations
from sqlalchemy import event
from sqlalchemy.engine import Engine

HERE = Path(__file__).parent
ONCE = ("account", "admin", "bodies", "shared", "watch")
ON_BOTH = ("test_database_gone.py", "test_metrics.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the pages that need one database only."""
    for item in items:
        folder = item.path.parent
        if folder.parent == HERE and folder.name in ONCE and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.once)


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
