"""The list of stops: how long each is remembered, to the instant on which it ends."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.cases.codes import STOP_DAYS, StopKind
from energymed.cases.stops import NOTHING, Newcomer, forget_lapsed, look_up, note_person
from tests.factories import make_partner, make_person, make_site

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENDS = NOW + timedelta(days=STOP_DAYS[StopKind.OPPOSED])


def test_an_opposition_holds_until_its_very_end(session: Session) -> None:
    person = make_person(
        session, make_site(session), make_partner(session), phones=("+33639981122",)
    )
    note_person(Context(session, SYSTEM, NOW), StopKind.OPPOSED, person)
    same = [Newcomer(person.name_key, person.partner_id, None, ["+33639981122"])]
    (found,) = look_up(session, same, now=ENDS - timedelta(microseconds=1))
    assert found.opposed is not None
    assert found.opposed.at == NOW
    assert look_up(session, same, now=ENDS) == [NOTHING]
    assert forget_lapsed(session, now=ENDS - timedelta(microseconds=1)) == 0
    assert forget_lapsed(session, now=ENDS) > 0
