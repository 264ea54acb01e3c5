"""Two partners whose cases are followed on two sites."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_partner, make_site
from tests.reporting.makers import World


@pytest.fixture
def world(session: Session) -> World:
    """EDF and Suez, Valence and Dijon, without a case."""
    partners = make_partner(session, "edf"), make_partner(session, "suez")
    return World(session, *partners, make_site(session, "valence"), make_site(session, "dijon"))
