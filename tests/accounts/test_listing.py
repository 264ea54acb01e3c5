"""The list of accounts: searched, filtered, sorted; the state of each."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from energymed.accounts import links
from energymed.accounts.listing import AccountFilter, accounts, ends_around, over, standings
from energymed.accounts.models import User
from energymed.accounts.sign_in_tries import judge_try
from energymed.base.context import SYSTEM, Context
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import PASSWORD, make_site, make_user

TODAY = NOW.date()


def day(shift: int):  # type: ignore[no-untyped-def]
    return TODAY + timedelta(days=shift)


@pytest.fixture
def team(session: Session) -> dict[str, User]:
    site = make_site(session)
    made = {
        "active": make_user(session, site=site, name="Ada", password=PASSWORD),
        "invited": make_user(session, site=site, name="Bao"),
        "locked": make_user(session, site=site, name="Cleo", password=PASSWORD),
        "ending": make_user(session, "lead", name="dan", password=PASSWORD, ends_on=day(14)),
        "closed": make_user(session, site=site, name="Eve", password=PASSWORD, active=False),
    }
    for _ in range(10):
        judge_try(session, made["locked"].email, False, NOW)
    links.invite(Context(session, SYSTEM, NOW), made["invited"])
    return made


def names(session: Session, **asked: object) -> list[str]:
    statement = accounts(Context(session, SYSTEM, NOW), AccountFilter(**asked))  # type: ignore[arg-type]
    return [user.name for user in session.scalars(statement)]


def test_by_name_whatever_the_case(session: Session, team: dict[str, User]) -> None:
    assert names(session) == ["Ada", "Bao", "Cleo", "dan", "Eve"]
    assert names(session, sort="-name") == ["Eve", "dan", "Cleo", "Bao", "Ada"]


def test_searched_and_filtered(session: Session, team: dict[str, User]) -> None:
    assert names(session, text="CLE") == ["Cleo"]
    assert names(session, text=team["active"].email.upper()) == ["Ada"]
    assert names(session, text="%") == []
    assert names(session, role="lead") == ["dan"]
    assert names(session, site_id=team["ending"].site_id) == ["dan"]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("active", ["Ada", "Cleo", "dan"]),
        ("invited", ["Bao"]),
        ("locked", ["Cleo"]),
        ("ending", ["dan"]),
        ("closed", ["Eve"]),
    ],
)
def test_filtered_by_state(
    session: Session, team: dict[str, User], state: str, found: list[str]
) -> None:
    assert names(session, state=state) == found


def test_each_says_its_state_and_its_link(session: Session, team: dict[str, User]) -> None:
    told = standings(Context(session, SYSTEM, NOW), team.values())
    assert {name: str(told[user.id].state) for name, user in team.items()} == {
        name: name for name in team
    }
    assert told[team["invited"].id].link_until == NOW + timedelta(days=7)
    assert told[team["active"].id].link_until is None


@pytest.mark.parametrize(
    ("shift", "state"),
    [(-1, "closed"), (0, "ending"), (14, "ending"), (15, "active")],
)
def test_an_end_is_told_fourteen_days_before(session: Session, shift: int, state: str) -> None:
    user = make_user(session, password=PASSWORD, ends_on=day(shift))
    told = standings(Context(session, SYSTEM, NOW), [user])
    assert told[user.id].state == state
    assert names(session, state=state) == [user.name]
    assert over(session, NOW) == ([user.id] if shift < 0 else [])


def test_a_lead_sees_the_ends_of_the_own_site(session: Session) -> None:
    lead = make_user(session, "lead")
    here = make_user(session, site=lead.site, ends_on=day(3))
    make_user(session, ends_on=day(3))
    make_user(session, site=lead.site, ends_on=day(15))
    make_user(session, site=lead.site, ends_on=day(3), active=False)
    make_user(session, site=lead.site, ends_on=day(-15), active=False)
    left = make_user(session, site=lead.site, ends_on=day(-14), active=False)
    last = make_user(session, site=lead.site, ends_on=day(14))
    assert ends_around(Context(session, lead.as_actor(), NOW)) == [left, here, last]
