"""Nothing that was translated for a reader goes to the database: codes and values do."""

from collections.abc import Iterator
from typing import Any

import pytest
from babel.support import NullTranslations, Translations
from sqlalchemy import event
from sqlalchemy.engine import Engine


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
