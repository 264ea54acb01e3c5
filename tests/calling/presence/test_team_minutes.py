"""Minutes of a team by state: of three people or more, of the site and of the day."""

from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.calling.codes import PresenceState
from energymed.calling.models import Presence
from energymed.calling.presence.team_minutes import team_minutes
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_user

PAUSE, MEETING = PresenceState.PAUSE, PresenceState.MEETING
DAY = NOW.date()


def away(session: Session, who: Actor, state: PresenceState, begin: str, end: str | None) -> None:
    session.add(
        Presence(
            user_id=who.user_id, state=state, since=paris(begin), until=paris(end) if end else None
        )
    )
    session.flush()


def test_two_people_are_told_apart_and_three_are_a_team(desk: Desk) -> None:
    lead = Context(desk.session, make_user(desk.session, "lead", site=desk.site).as_actor(), NOW)
    people = [desk.actor, desk.colleague(), desk.colleague()]
    for who in people[:2]:
        away(desk.session, who, PAUSE, "2026-11-23 09:00", "2026-11-23 09:10")
        away(desk.session, who, MEETING, "2026-11-23 09:10", "2026-11-23 09:20")
    away(desk.session, people[0], PAUSE, "2026-11-23 09:30", "2026-11-23 09:35")
    assert team_minutes(lead, DAY) == {}, "three rows of two people"
    away(desk.session, people[2], PAUSE, "2026-11-23 09:50", None)
    assert team_minutes(lead, DAY) == {PAUSE: 35}, "up to now; the meeting of two is not told"


def test_they_are_of_the_day_and_of_the_site(desk: Desk) -> None:
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    elsewhere = make_user(desk.session, "lead").as_actor()
    for who in (desk.actor, desk.colleague(), desk.colleague()):
        away(desk.session, who, PAUSE, "2026-11-22 23:50", "2026-11-23 00:10")
    ctx = Context(desk.session, lead, NOW)
    assert team_minutes(ctx, DAY) == {PAUSE: 30}
    assert team_minutes(Context(desk.session, lead, NOW - 30 * MINUTE), DAY) == {PAUSE: 30}
    assert team_minutes(ctx, paris("2026-11-22 12:00").date()) == {PAUSE: 30}
    assert team_minutes(ctx, paris("2026-11-21 12:00").date()) == {}
    assert team_minutes(Context(desk.session, elsewhere, NOW), DAY) == {}
