"""What the directory offers a person: the funds and bodies of a place on a day, nearest first.

One rule for the list that is shown and for the row that is chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from energymed.base.codes import as_code
from energymed.base.dates import add_months
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.places import commune_key, departments_of
from energymed.base.text.folding import fold
from energymed.cases.models import Case
from energymed.mediation.codes import AidState, Body, Fund, Near
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.models import Act, AidRequest
from energymed.mediation.states import NOBODY_DECIDED

NOT_OFFERED = N_("Cette ligne de l'annuaire ne vaut pas pour ce lieu, ou plus aujourd'hui : "
                 "choisissez dans la liste.")  # fmt: skip
NOT_ASKED = (AidState.IDENTIFIED, *NOBODY_DECIDED)
AnyEntry = TypeVar("AnyEntry", AidFund, SocialBody)
_ORDER = list(Near)


@dataclass(frozen=True, slots=True)
class Offered:
    """One line of the lists: `near` says how near it is to the person."""

    id: int
    kind: str
    name: str
    department: str | None
    commune: str | None
    near: Near


@dataclass(frozen=True, slots=True)
class Choice:
    """The funds and bodies of a place on a day, nearest first."""

    funds: tuple[Offered, ...] = ()
    bodies: tuple[Offered, ...] = ()


def in_force(model: type[AnyEntry], day: date) -> ColumnElement[bool]:
    """Whether a row holds on a day, its first and last days within."""
    return (or_(model.valid_from.is_(None), model.valid_from <= day)) & (
        or_(model.valid_until.is_(None), model.valid_until >= day)
    )


def holds(entry: AidFund | SocialBody, day: date) -> bool:
    """The same of a row that is read."""
    begun = entry.valid_from is None or entry.valid_from <= day
    return begun and (entry.valid_until is None or entry.valid_until >= day)


def serves(entry: AidFund | SocialBody, postal_code: str | None) -> bool:
    """Whether a row is there for people of a postal code: its département, or everywhere."""
    return entry.department is None or entry.department in departments_of(postal_code)


def offer(session: Session, postal_code: str | None, commune: str | None, day: date) -> Choice:
    """The funds and bodies in force for a place, nearest first; in one query."""
    codes = departments_of(postal_code)
    rows = session.execute(
        union_all(_lines(AidFund, "fund", codes, day), _lines(SocialBody, "body", codes, day))
    )
    here, found = commune_key(commune), dict[str, list[Offered]](fund=[], body=[])
    for which, row_id, kind, name, code, place in rows:
        near = _near(code, place, here)
        found[which].append(Offered(row_id, kind, name, code, place, near))
    funds = sorted(found["fund"], key=lambda each: _rank(each, list(Fund)))
    bodies = sorted(found["body"], key=lambda each: _rank(each, list(Body)))
    return Choice(tuple(funds), tuple(bodies))


def _lines(
    model: type[AnyEntry], which: str, codes: Sequence[str], day: date
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(which), model.id, type_coerce(model.kind, String), model.name,
        model.department, model.commune,
    ).where(
        in_force(model, day), or_(model.department.is_(None), model.department.in_(codes))
    )  # fmt: skip


def _near(department: str | None, commune: str | None, here: str) -> Near:
    if department is None:
        return Near.EVERYWHERE
    if not commune:
        return Near.DEPARTMENT
    return Near.HERE if here and commune_key(commune) == here else Near.AROUND


def _rank(each: Offered, kinds: Sequence[str]) -> tuple[int, int, str, int]:
    return _ORDER.index(each.near), kinds.index(each.kind), fold(each.name), each.id


def chosen_fund(
    session: Session, case: Case, kind: str, fund_id: int | None, day: date
) -> tuple[Fund, AidFund | None]:
    """The fund of a request: its row, or that of its kind for everybody (None: there is none).

    Raises:
        BadInput: no kind, or a row that is not offered to the person on this day.
    """
    if fund_id is not None:
        row = _chosen(session, case, session.get(AidFund, fund_id), "fund", day)
        return row.kind, row
    code = as_code(Fund, kind)
    if code is None:
        raise BadInput(N_("Choisissez un fonds."), field="fund")
    return code, _national(session, AidFund, code, day)


def chosen_body(
    session: Session, case: Case, kind: str, body_id: int | None, day: date
) -> tuple[Body | None, SocialBody | None]:
    """The body of a referral, as `chosen_fund`; no kind at all is None.

    Raises:
        BadInput: a row that is not offered to the person on this day.
    """
    if body_id is not None:
        row = _chosen(session, case, session.get(SocialBody, body_id), "body", day)
        return row.kind, row
    code = as_code(Body, kind)
    return code, None if code is None else _national(session, SocialBody, code, day)


def _chosen(session: Session, case: Case, row: AnyEntry | None, field: str, day: date) -> AnyEntry:
    if row is None or not holds(row, day) or not serves(row, case.postal_code):
        raise BadInput(NOT_OFFERED, field=field)
    return row


def _national(
    session: Session, model: type[AnyEntry], kind: Fund | Body, day: date
) -> AnyEntry | None:
    return session.scalar(
        select(model)
        .where(model.kind == kind, model.department.is_(None), in_force(model, day))
        .order_by(model.id)
        .limit(1)
    )


def national_rows(session: Session) -> tuple[dict[Fund, int], dict[Body, int]]:
    """{kind: id} of the rows that are there for everybody, of funds and of bodies."""

    def ids(model: type[AidFund] | type[SocialBody]) -> dict[Any, int]:
        national = select(model.kind, model.id).where(model.department.is_(None))
        return {kind: row_id for kind, row_id in session.execute(national)}

    return ids(AidFund), ids(SocialBody)


def times_asked(session: Session, person_id: int, fund_id: int, year: int) -> int:
    """How many requests of a year a person has with a fund; what was withdrawn is none."""
    statement = (
        select(func.count())
        .select_from(AidRequest)
        .join(Case, Case.id == AidRequest.case_id)
        .join(Act, Act.id == AidRequest.act_id)
        .where(Case.person_id == person_id, AidRequest.fund_id == fund_id)
        .where(Act.voided_at.is_(None), AidRequest.state.not_in(NOT_ASKED))
        .where(AidRequest.opened_on.between(date(year, 1, 1), date(year, 12, 31)))
    )
    return session.scalar(statement) or 0


def recheck_before(day: date, months: int) -> date:
    """What was last checked before this day is to be checked again."""
    return add_months(day, -months)


def is_old(checked_on: date | None, day: date, months: int) -> bool:
    """Whether a row is to be checked again: never checked, or too long ago."""
    return checked_on is None or checked_on < recheck_before(day, months)
