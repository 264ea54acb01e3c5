"""Two who read the terminal set up at once: one association, one first administrator."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Association, Site, User
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import Refused
from energymed.casework.setup_organisation import (
    MemberPlan,
    SitePlan,
    begin,
    open_first_administrator,
)
from tests.calling.queue.test_claims_at_once import at_once
from tests.casework.test_setup_organisation import PLAN, hashed, made
from tests.factories import MONDAY_MORNING as NOW

BROWSERS = range(4)


def first_step(number: int) -> None:
    with transaction() as session:
        site = SitePlan(f"site{number}", f"Site {number}")
        begin(Context(session, SYSTEM, NOW), f"Association {number}", "04 65 71 00 02", site)


def second_step(number: int) -> None:
    member = MemberPlan(f"a{number}@example.org", "Anne", "admin", password="huit girafes de neige")
    with suppress(Refused), transaction() as session:
        open_first_administrator(Context(session, SYSTEM, NOW), member, hashed)


def from_a_file(_number: int) -> None:
    with suppress(Refused):
        made(PLAN)


def all_press(app: Flask, step: Callable[[int], None]) -> None:
    at_once(app, [lambda number=number: step(number) for number in BROWSERS])  # type: ignore[misc]


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_one_association_and_one_site(app: Flask, session: Session) -> None:
    all_press(app, first_step)
    assert (count(session, Association), count(session, Site)) == (1, 1)


@pytest.mark.parametrize("begun", [True, False])
def test_one_first_administrator(app: Flask, session: Session, begun: bool) -> None:
    if begun:
        first_step(0)
    all_press(app, second_step if begun else from_a_file)
    assert session.scalar(select(func.count()).where(User.role == "admin")) == 1
