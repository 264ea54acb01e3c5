"""The command line on the test database, as another process would use it."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.cli import main
from energymed.config import Settings

Run = Callable[..., Result]


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
