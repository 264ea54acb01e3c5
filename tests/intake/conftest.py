"""A desk that imports files into the test database."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from energymed.base.files import FileStore
from tests.intake.imports import Desk


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """A partner 'edf' and a site 'valence', with a file store of their own."""
    return Desk(session, FileStore(tmp_path / "files"))
