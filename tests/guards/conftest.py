"""What guards look at is mostly the same on any database: they run once, but for a few."""

from pathlib import Path

import pytest

from energymed.operations.doctor import background
from tests.once import mark_once

HERE = Path(__file__).parent
ON_BOTH = {"test_naughty_forms.py", "test_foreign_records.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the guards that need one database only."""
    mark_once(items, HERE, ON_BOTH)


@pytest.fixture(autouse=True)
def no_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses every button starts no examination beside the tests."""
    monkeypatch.setattr(background, "start_process", lambda _settings: None)
