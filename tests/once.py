"""Which tests need one database only: the marker `once` keeps them from running on PostgreSQL too.

What asks about SQL runs on both: queries, constraints, locks, transactions, orders, migrations,
counts, figures. What asks about pages, forms, words, files and pure rules runs once. A folder that
is of one kind says so in its conftest by `mark_once`; a single test wears the marker.
"""

from collections.abc import Container, Iterable
from pathlib import Path

import pytest

DATABASE = frozenset({"settings", "database_app"})  # whoever has a database has it through these


def mark_without_database(items: Iterable[pytest.Item]) -> None:
    """Mark the tests that are given no database: pure rules, formats, and what brings its own."""
    for item in items:
        if DATABASE.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.once)


def mark_once(items: Iterable[pytest.Item], folder: Path, on_both: Container[str]) -> None:
    """Mark the tests of a folder and of those below it, but for these modules.

    A module is named by its path within the folder: "test_sign_in.py", "lead/test_letters.py".
    """
    for item in items:
        if folder in item.path.parents and item.path.relative_to(folder).as_posix() not in on_both:
            item.add_marker(pytest.mark.once)
