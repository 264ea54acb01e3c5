"""The command line on the test database, as another process would use it.

Its words and shapes are the same on any database; its figures are asked of both.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.cli import main
from energymed.config import Settings
from tests.once import mark_once

HERE = Path(__file__).parent
Run = Callable[..., Result]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs one database only."""
    mark_once(items, HERE, {"test_doctor.py", "test_figures.py"})


@pytest.fixture
def run(session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Commit what the test made, then run a command; paths may be given as they are."""
    url = db.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("ENERGYMED_DATABASE_URL", url)
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(settings.instance))

    def call(*arguments: object) -> Result:
        session.commit()
        session.close()
        return CliRunner().invoke(main, [str(each) for each in arguments])

    return call
