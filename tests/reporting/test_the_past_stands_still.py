"""Whatever is done later: what was told on a day is told again as of that instant."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.periods import Period, parse_period
from energymed.cases.as_of import told_as_of
from energymed.mediation.as_of import ENDS, reached, state_as_of
from energymed.mediation.models import Act, AidRequest, Plan
from energymed.mediation.move_models import MoveKind
from energymed.mediation.request_models import PartnerRequest
from energymed.reporting.definitions import INDICATORS
from energymed.reporting.indicators import totals
from energymed.reporting.lines import return_lines
from energymed.reporting.scope import Scope
from tests.reporting.a_year import DOINGS, Year

# what starts something comes oftener than what takes it back
OFTEN = ("call", "agree a plan", "open an aid", "move an aid", "pay", "pay", "ask the partner",
         "move a request", "move a plan", "correct an act")  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from((0, 0, 1, 3, 9, 17)),
        st.sampled_from((*DOINGS, *OFTEN)),
        st.integers(0, 59),
    ),
    min_size=25,
    max_size=50,
)
LOOKED_AT = 6  # every so many steps


@dataclass(frozen=True)
class Look:
    """What was told at an instant, of a period."""

    at: datetime
    period: Period
    told: dict[str, Any]


def told(session: Session, year: Year, period: Period, as_of: datetime | None) -> dict[str, Any]:
    """All that can be told of a period; to be the same later, `as_of` then."""
    scope = Scope(period, partner_id=year.partner.id)
    lines = return_lines(session, scope, as_of)
    cuts = session.execute(told_as_of(as_of)).all()
    said = state_as_of(MoveKind.INTERVENTION, as_of=as_of)
    ended = reached(MoveKind.PLAN, ENDS, as_of=as_of)
    moves = [*session.scalars(said), *session.scalars(ended)]
    return {
        "figures": totals(session, INDICATORS, replace(scope, as_of=as_of)),
        "lines": {line.reference: asdict(line) for line in lines},
        "cuts": sorted(map(tuple, cuts)),
        "moves": sorted((move.act_id, move.state, move.on_date) for move in moves),
    }


def look(session: Session, year: Year) -> list[Look]:
    """What is told a minute later of this month, and of the one before."""
    year.now += timedelta(minutes=1)
    last_month = (year.today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    periods = (parse_period(f"{year.today:%Y-%m}"), parse_period(last_month))
    return [Look(year.now, each, told(session, year, each, None)) for each in periods]


def check_journal(session: Session) -> None:
    """The last move of each record is where it stands."""
    for kind, table in (
        (MoveKind.PLAN, Plan), (MoveKind.AID, AidRequest), (MoveKind.REQUEST, PartnerRequest),
    ):  # fmt: skip
        moves = session.scalars(state_as_of(kind)).all()
        states = {(move.act_id, move.subject): move.state for move in moves}
        records = session.scalars(select(table)).all()
        assert states == {
            (each.act_id, getattr(each, "subject", "")): str(each.state) for each in records
        }
    kept = {move.act_id: move.state for move in session.scalars(state_as_of(MoveKind.WORD))}
    acts = session.scalars(select(Act).where(Act.kept.is_not(None)))
    assert kept == {act.id: str(act.kept) for act in acts}


@settings(
    max_examples=4, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_what_was_told_on_a_day_is_told_again_as_of_then(
    session: Session, steps: list[tuple[int, str, int]]
) -> None:
    year, looks = Year(session), list[Look]()
    year.look = lambda: looks.extend(look(session, year))
    for number, (days, what, n) in enumerate(steps):
        year.step(days, what, n)
        if number % LOOKED_AT == 0:
            year.look()
    check_journal(session)
    for each in looks:
        assert told(session, year, each.period, each.at) == each.told, (each.at, year.done)
    session.rollback()
