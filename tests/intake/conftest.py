"""A desk that imports files into the test database."""

import pytest
from sqlalchemy.orm import Session

from tests.intake.imports import Desk


@pytest.fixture
def desk(session: Session) -> Desk:
    """A partner 'edf' and a site 'valence'."""
    return Desk(session)
