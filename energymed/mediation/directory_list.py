"""The list of the directory: funds and bodies together, searched, filtered and sorted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from energymed.base.codes import Code
from energymed.base.db.list_query import ListQuery
from energymed.base.i18n import N_
from energymed.mediation.codes import BODIES, FUNDS
from energymed.mediation.directory import SIDES, AnyRow, rows_of
from energymed.mediation.directory_choice import is_old, recheck_before
from energymed.mediation.directory_models import AidFund, SocialBody

NOWHERE = "none"  # of the filter by département: what is there for everybody


class EntryState(Code):
    """How a row of the directory stands on a day; what is to be checked again is in force."""

    IN_FORCE = "in_force", N_("En vigueur")
    TO_CHECK = "to_check", N_("À revérifier")
    TO_COME = "to_come", N_("À venir")
    ENDED = "ended", N_("Terminé")


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which rows; empty for all. `text` looks into name and commune."""

    day: date
    months: int
    text: str = ""
    side: str = ""
    kind: str = ""
    department: str = ""
    state: str = ""
    sort: str = ""


def _lines(side: str, model: type[AidFund] | type[SocialBody]) -> Select[*tuple[Any, ...]]:
    return select(
        literal(side).label("side"), model.id.label("id"),
        type_coerce(model.kind, String).label("kind"), model.name.label("name"),
        model.department.label("department"), model.commune.label("commune"),
        model.valid_from.label("valid_from"), model.valid_until.label("valid_until"),
        model.checked_on.label("checked_on"),
    )  # fmt: skip


LINES: Subquery = union_all(_lines("fund", AidFund), _lines("body", SocialBody)).subquery(
    "directory"
)
_C = LINES.c
ENTRIES = ListQuery(
    sorts={
        "name": func.lower(_C.name), "kind": _C.kind, "department": _C.department,
        "valid_until": _C.valid_until, "checked_on": _C.checked_on,
    },
    usual="name",
    ties=(_C.side, _C.id),
    filters={
        "side": lambda side: _C.side == side,
        "kind": lambda kind: _C.kind == kind,
        "department": lambda code: (
            _C.department.is_(None) if code == NOWHERE else _C.department == code
        ),
    },
)  # fmt: skip


def entries(asked: EntryFilter) -> Select[str]:
    """Select of the rows that are asked for, each as "fund:12" (`read_entries`)."""
    statement = select((_C.side + ":" + cast(_C.id, String)).label("key"))
    for word in asked.text.lower().split():
        named = func.lower(_C.name).contains(word, autoescape=True)
        statement = statement.where(named | func.lower(_C.commune).contains(word, autoescape=True))
    if asked.state:
        statement = statement.where(_in_state(EntryState(asked.state), asked))
    return ENTRIES.apply(statement, asked)


def _in_state(state: EntryState, asked: EntryFilter) -> ColumnElement[bool]:
    begun = or_(_C.valid_from.is_(None), _C.valid_from <= asked.day)
    over = _C.valid_until < asked.day
    here = begun & or_(_C.valid_until.is_(None), ~over)
    old = or_(_C.checked_on.is_(None), _C.checked_on < recheck_before(asked.day, asked.months))
    conditions: dict[EntryState, ColumnElement[bool]] = {
        EntryState.IN_FORCE: here,
        EntryState.TO_CHECK: here & old,
        EntryState.TO_COME: ~begun,
        EntryState.ENDED: over,
    }
    return conditions[state]


def state_of(row: AnyRow, day: date, months: int) -> EntryState:
    """How a row stands on a day."""
    if row.valid_until is not None and row.valid_until < day:
        return EntryState.ENDED
    if row.valid_from is not None and row.valid_from > day:
        return EntryState.TO_COME
    return EntryState.TO_CHECK if is_old(row.checked_on, day, months) else EntryState.IN_FORCE


def read_entries(session: Session, keys: Sequence[str]) -> list[tuple[str, AnyRow]]:
    """(side, row) of each key, in their order; in a query for each side."""
    named = [(side, int(number)) for side, _colon, number in (key.partition(":") for key in keys)]
    found: dict[tuple[str, int], AnyRow] = {}
    for side in SIDES:
        ids = [number for which, number in named if which == side]
        found |= {(side, row.id): row for row in (rows_of(session, side, ids) if ids else ())}
    return [(key[0], found[key]) for key in named if key in found]


def known_departments(session: Session) -> list[str]:
    """The départements that have a row of their own."""
    codes = select(_C.department).where(_C.department.is_not(None)).distinct()
    return list(session.scalars(codes.order_by(_C.department)))


def kinds_of(side: str) -> dict[str, str]:
    """{kind: label} of a side, of both without one."""
    return SIDES[side].kinds if side in SIDES else {**FUNDS, **BODIES}
