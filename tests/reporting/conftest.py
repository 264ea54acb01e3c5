"""Two partners whose cases are followed on two sites."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.cases.models import Case
from energymed.partners.models import Partner
from tests.factories import make_case, make_partner, make_site
from tests.reporting.makers import EARLIER


@dataclass(frozen=True)
class World:
    session: Session
    edf: Partner
    suez: Partner
    site: Site
    far: Site

    def case(self, **values: Any) -> Case:
        """A case of 100 € opened in October, of EDF and the first site unless told otherwise."""
        given = {"partner": self.edf, "site": self.site, "opened_at": EARLIER, **values}
        return make_case(self.session, **given)


@pytest.fixture
def world(session: Session) -> World:
    partners = make_partner(session, "edf"), make_partner(session, "suez")
    return World(session, *partners, make_site(session, "valence"), make_site(session, "dijon"))
