"""What merging and splitting people share: whose rows, moving what refers to them, undo."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.orm import Session, selectinload

from energymed.accounts.scope import scoped
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import Model
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.cases.codes import CaseState, PersonChangeKind, PhoneStatus
from energymed.cases.models import Case, Person, Phone, Stop
from energymed.cases.person_models import PersonChange
from energymed.cases.references import columns_naming
from energymed.intake.import_lock import lock_imports

# told apart: numbers move one by one, the changes themselves never
_OWN = ("phone", "person_change")
_NOT_MET = N_("Cette personne n'existe pas, ou n'est pas de votre site.")
_IN_CALL = N_(
    "%(who)s est en appel sur le dossier %(reference)s de cette personne : réessayez ensuite."
)
# the gravest first: of two statuses of one number, the more protective holds
_PROTECTIVE = (PhoneStatus.OPPOSED, PhoneStatus.INVALID, PhoneStatus.WRONG, PhoneStatus.OK)
_INSTANTS = ("opposed_at", "deceased_at")
_DAYS = ("rests_until",)

Changed = dict[str, list[Any]]  # {column: [before, after]}, as JSON keeps them


@dataclass(slots=True)
class Undo:
    """What taking a change back needs, by ids; kept as JSON in `PersonChange.undo`.

    `moved` {table.column: ids} of what went from one person to the other; `people` and `phones`
    {id: what changed on the row}; `same_phones` [number, the same number of who stays, what moved
    to it]; `made_phones` and `stops` are ids of rows that were added.
    """

    moved: dict[str, list[int]] = field(default_factory=dict)
    people: dict[int, Changed] = field(default_factory=dict)
    phones: dict[int, Changed] = field(default_factory=dict)
    same_phones: list[list[Any]] = field(default_factory=list)
    made_phones: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    def set_person(self, person: Person, values: Mapping[str, Any]) -> None:
        """Give a person values, and note what they replace."""
        _set(person, values, self.people.setdefault(person.id, {}))

    def set_phone(self, phone: Phone, values: Mapping[str, Any]) -> None:
        """Give a number values, and note what they replace."""
        _set(phone, values, self.phones.setdefault(phone.id, {}))

    def as_kept(self, last: Mapping[str, int]) -> dict[str, Any]:
        """As JSON; `last` {table.column: id} shows later what was built on the change since."""
        return {**asdict(self), "last": last}


def put_back(row: Person | Phone, changed: Changed) -> None:
    """Give a row what it had; what was changed since stays."""
    for name, (before, after) in changed.items():
        if _plain(getattr(row, name)) == after:
            setattr(row, name, _typed(name, before))


def _set(row: Person | Phone, values: Mapping[str, Any], changed: Changed) -> None:
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            first = changed[name][0] if name in changed else _plain(before)
            changed[name] = [first, _plain(value)]
            setattr(row, name, value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in _DAYS else value


def get_people(ctx: Context, *person_ids: int, lock: bool = False) -> list[Person]:
    """The people of these ids in this order, when they are the actor's to see.

    `lock` holds them and their cases, and waits for imports of their partners, until the
    transaction ends.

    Raises:
        NotFound: unknown or of another site, told the same way.
        Refused: with `lock`, somebody is in call with one of them.
    """
    theirs = scoped(select(Person), Person, ctx.actor).where(Person.id.in_(person_ids))
    statement = theirs.options(selectinload(Person.phones)).order_by(Person.id)
    if lock:
        whose = theirs.with_only_columns(Person.partner_id, Person.site_id).distinct()
        for partner_id, site_id in ctx.session.execute(whose).all():
            lock_imports(ctx.session, partner_id, site_id)
        _lock_cases(ctx.session, person_ids)
        statement = statement.with_for_update(of=Person)
    statement = statement.execution_options(populate_existing=True)
    found = {person.id: person for person in ctx.session.scalars(statement)}
    if set(person_ids) - found.keys():
        raise NotFound(_NOT_MET)
    return [found[person_id] for person_id in person_ids]


def cases_of(session: Session, *person_ids: int) -> Sequence[Case]:
    """Every case of these people, the latest first."""
    statement = select(Case).where(Case.person_id.in_(person_ids))
    return session.scalars(statement.order_by(Case.opened_at.desc(), Case.id.desc())).all()


def more_protective(one: PhoneStatus, other: PhoneStatus) -> PhoneStatus:
    """Of two statuses of one number, the one that is never lost."""
    return min(one, other, key=_PROTECTIVE.index)


def move_rows(
    session: Session,
    name: str,
    from_id: int,
    to_id: int,
    *,
    of_cases: Collection[int] | None = None,
) -> dict[str, list[int]]:
    """Let all that refers to one row of table `name` refer to another; {table.column: ids moved}.

    With `of_cases`, only what belongs to these cases.
    """
    moved: dict[str, list[int]] = {}
    for table, column in _naming(name):
        mine = table.c[column] == from_id
        if of_cases is not None:
            if (case_column := _case_column(table)) is None:
                continue
            mine &= case_column.in_(of_cases)
        ids = session.scalars(select(table.c.id).where(mine).order_by(table.c.id)).all()
        if ids:
            session.execute(update(table).where(mine).values({column: to_id}))
            moved[f"{table.name}.{column}"] = list(ids)
    return moved


def move_back(session: Session, moved: Mapping[str, list[int]], from_id: int, to_id: int) -> None:
    """The reverse of `move_rows`."""
    for place, ids in moved.items():
        name, column = place.split(".")
        table = Model.metadata.tables[name]
        which = (table.c.id.in_(ids), table.c[column] == from_id)
        session.execute(update(table).where(*which).values({column: to_id}))


def stop_ids(ctx: Context) -> set[int]:
    """The stops that were written at this instant: those of this use case are among them."""
    return set(ctx.session.scalars(select(Stop.id).where(Stop.since == ctx.now)))


def keep_change(
    ctx: Context, kind: PersonChangeKind, kept: Person, other: Person, undo: Undo
) -> PersonChange:
    """Keep what was done with what its undo needs, and trace it."""
    change = PersonChange(
        kind=kind, site_id=kept.site_id, partner_id=kept.partner_id, kept_id=kept.id,
        other_id=other.id, at=ctx.now, user_id=ctx.actor.user_id, undo={},
    )  # fmt: skip
    ctx.session.add(change)
    ctx.session.flush()
    change.undo = undo.as_kept(last_rows(ctx.session, (kept.id, other.id)))
    audit.record(
        ctx,
        f"person.{kind}",
        kept,
        after={
            "change": change.id,
            "other": other.id,
            "cases": undo.moved.get("case_file.person_id", []),
            "phones": sorted(undo.phones),
        },
    )
    ctx.session.flush()
    ctx.session.expire_all()
    return change


def last_rows(session: Session, person_ids: Collection[int]) -> dict[str, int]:
    """{table.column: highest id} of all that refers to these people, numbers and words included."""
    found: dict[str, int] = {}
    for table, column in columns_naming(Person.__tablename__):
        statement = select(func.max(table.c.id)).where(table.c[column].in_(person_ids))
        if table.name == PersonChange.__tablename__:
            statement = statement.where(table.c.undone_at.is_(None))
        highest = session.scalar(statement)
        if highest is not None:
            found[f"{table.name}.{column}"] = highest
    return found


def _naming(name: str) -> Iterator[tuple[Table, str]]:
    return ((table, column) for table, column in columns_naming(name) if table.name not in _OWN)


def _case_column(table: Table) -> ColumnElement[int] | None:
    """The column by which a row of the table belongs to a case."""
    if table.name == Case.__tablename__:
        return table.c.id
    return table.c.get("case_id")


def _lock_cases(session: Session, person_ids: Collection[int]) -> None:
    statement = select(Case).where(Case.person_id.in_(person_ids)).order_by(Case.id)
    held = statement.with_for_update(of=Case).execution_options(populate_existing=True)
    for case in session.scalars(held).all():
        if case.state == CaseState.IN_CALL:
            who = case.claimed_by.name if case.claimed_by else ""
            raise Refused(_IN_CALL, who=who, reference=case.reference)
