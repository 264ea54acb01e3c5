"""A lead at work, with a team and cases to assign."""

from typing import Any

import pytest

from energymed.accounts.models import User
from energymed.calling.assignment.spread import MediatorShare
from energymed.cases.models import Case
from tests.calling.conftest import Desk
from tests.factories import make_case, make_user


@pytest.fixture
def lead(desk: Desk) -> Desk:
    """The same desk, with the lead acting."""
    desk.actor = make_user(desk.session, "lead", site=desk.site).as_actor()
    return desk


def team(desk: Desk, *hours: int) -> list[User]:
    return [make_user(desk.session, site=desk.site, weekly_hours=each) for each in hours]


def unassigned(desk: Desk, count: int, **values: Any) -> list[Case]:
    values = {"partner": desk.partner, **values}
    return [make_case(desk.session, site=desk.site, **values) for _ in range(count)]


def ids(users: list[User]) -> list[int]:
    return [user.id for user in users]


def sizes(shares: list[MediatorShare]) -> dict[int, int]:
    return {share.user.id: len(share.cases) for share in shares}
