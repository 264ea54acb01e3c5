"""The lines of one page of the work tray: case, person, act and moves of each entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.calling.eligibility.stopped import Stops, stop_columns
from energymed.calling.models import FollowUp
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.casework.work_tray import Entry
from energymed.mediation.queries import of_cases
from energymed.mediation.running import RunningThing, running_of

_CALLABLE = (CaseState.TO_ASSIGN, CaseState.QUEUED, CaseState.WAITING)
_PAUSABLE = (CaseState.QUEUED, CaseState.WAITING)


@dataclass(frozen=True, slots=True)
class TrayLine:
    """One entry with its records.

    `may_call`: the case may be opened for a call; `may_pause`: it may be left in peace.
    """

    entry: Entry
    case: Case
    running: RunningThing | None
    follow_up: FollowUp | None
    may_call: bool
    may_pause: bool


def tray_lines(ctx: Context, entries: Sequence[Entry]) -> list[TrayLine]:
    """Load what a page shows of these entries, in a fixed number of statements."""
    if not entries:
        return []
    cases = _cases(ctx, {entry.case_id for entry in entries})
    running = _running(ctx, entries, cases)
    follow_ups = _follow_ups(ctx, entries)
    stopped = _stopped(ctx, cases)
    lines = []
    for entry in entries:
        case, thing = cases[entry.case_id], entry.thing
        lines.append(
            TrayLine(
                entry,
                case,
                running.get((thing.kind, thing.record_id)) if thing else None,
                follow_ups.get(entry.follow_up.id) if entry.follow_up else None,
                case.state in _CALLABLE and case.id not in stopped,
                case.state in _PAUSABLE and case.id not in stopped,
            )
        )
    return lines


def _cases(ctx: Context, case_ids: set[int]) -> dict[int, Case]:
    statement = (
        select(Case)
        .where(among(ctx.session, Case.id, case_ids))
        .options(joinedload(Case.person), joinedload(Case.partner), joinedload(Case.assigned_to))
    )
    return {case.id: case for case in ctx.session.scalars(statement)}


def _running(
    ctx: Context, entries: Sequence[Entry], cases: dict[int, Case]
) -> dict[tuple[str, int], RunningThing]:
    running = [cases[case_id] for case_id in {each.case_id for each in entries if each.thing}]
    if not running:
        return {}
    found = of_cases(ctx.session, [case.id for case in running])
    things = running_of(ctx.session, ctx.actor, found, running, paris_date(ctx.now))
    return {(thing.kind, thing.record.id): thing for thing in things}


def _follow_ups(ctx: Context, entries: Sequence[Entry]) -> dict[int, FollowUp]:
    wanted = [entry.follow_up.id for entry in entries if entry.follow_up is not None]
    statement = (
        select(FollowUp)
        .where(among(ctx.session, FollowUp.id, wanted))
        .options(joinedload(FollowUp.assigned_to))
    )
    return {each.id: each for each in ctx.session.scalars(statement)} if wanted else {}


def _stopped(ctx: Context, cases: dict[int, Case]) -> set[int]:
    """The cases whose person is never called again."""
    statement = (
        select(Case.id, *stop_columns())
        .join(Person, Person.id == Case.person_id)
        .where(among(ctx.session, Case.id, cases))
    )
    return {case_id for case_id, *stops in ctx.session.execute(statement) if Stops(*stops).for_good}
