"""What guards look at is mostly the same on any database: they run once, but for a few."""

from pathlib import Path

import pytest

from energymed.operations.doctor import background

HERE = Path(__file__).parent
ON_BOTH = ("test_naughty_forms.py", "test_foreign_records.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the guards that need one database only."""
    for item in items:
        if item.path.parent == HERE and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.once)


@pytest.fixture(autouse=True)
def no_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses every button starts no examination beside the tests."""
    monkeypatch.setattr(background, "start_process", lambda _settings: None)
