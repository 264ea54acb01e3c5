"""Numbers that link nobody: those of more names than the rule allows, a carer's, a landlord's.

A number usually tells who lives together, and a refusal on it holds for whoever answers it. One
that many strangers were given tells nothing of them: nobody is recognised or joined by it, and a
death or a refusal stops the person that it was said of, alone. `Phone.links` says which is which,
on every row of a number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_with_ids
from energymed.base.db.chunks import chunks
from energymed.cases.codes import SHARED_OWNERS, PhoneStatus
from energymed.cases.households import parts
from energymed.cases.models import Household, Person, Phone

LINKING = (PhoneStatus.OK, PhoneStatus.OPPOSED)  # a wrong number is somebody else's
_QUIET = {"synchronize_session": False}


class Owner(NamedTuple):
    """Who has a number: `household_id` is None elsewhere, or where the number is not theirs."""

    e164: str
    links: bool
    name_key: str
    household_id: int | None


def owners_of(session: Session, site_id: int, numbers: Iterable[str]) -> list[Owner]:
    """Whoever has these numbers, at any site; households of this one.

    By phones first, then by people: a join would let SQLite go through everybody.
    """
    found: list[Owner] = []
    for some in chunks(sorted(numbers), PIECE):
        phones = session.execute(
            select(Phone.e164, Phone.person_id, Phone.links, Phone.status, Phone.owner)
            .where(among(session, Phone.e164, some))
            .order_by(Phone.id)
        ).all()
        people = select(Person.id, Person.name_key, Person.site_id, Person.household_id).where(
            among(session, Person.id, {phone.person_id for phone in phones})
        )
        known = {row.id: row for row in session.execute(people)} if phones else {}
        for e164, person_id, links, status, whose in phones:
            person = known[person_id]
            own = status in LINKING and whose not in SHARED_OWNERS
            joins = own and person.site_id == site_id
            home = person.household_id if joins else None
            found.append(Owner(e164, links, person.name_key, home))
    return found


def judge_numbers(session: Session, numbers: Iterable[str], most: int) -> dict[int, int]:
    """Say anew of these numbers whether they link people; {person id: household left} of an undo.

    Args:
        most: names that a number may stand under (`rulebook.load_names_per_number`).
    """
    moved: dict[int, int] = {}
    for some in chunks(sorted(set(numbers)), PIECE):
        crowded = _crowded(session, some, most)
        for links, judged in ((False, crowded), (True, set(some) - crowded)):
            session.execute(
                update(Phone)
                .where(among(session, Phone.e164, judged), Phone.links.is_not(links))
                .values(links=links),
                execution_options=_QUIET,
            )
        moved |= part_households(session, crowded)
    return moved


def judge_all_numbers(session: Session, most: int) -> int:
    """`judge_numbers` of every number that may have changed sides; returns how many link nobody.

    The rule may have changed, people have gone.
    """
    crowded = set(
        session.scalars(
            select(Phone.e164)
            .join(Person, Person.id == Phone.person_id)
            .group_by(Phone.e164)
            .having(_tells_nothing(most))
        )
    )
    silent = set(session.scalars(select(Phone.e164).where(Phone.links.is_(False)).distinct()))
    linking = set(
        session.scalars(
            select(Phone.e164)
            .where(among(session, Phone.e164, crowded), Phone.links.is_(True))
            .distinct()
        )
    )
    judge_numbers(session, silent | linking, most)
    return len(crowded)


def merge_households(session: Session, merged: Mapping[int, int]) -> dict[int, int]:
    """Move everybody of {household: the one it now belongs to}; {person id: household left}."""
    moved: dict[int, int] = {}
    for old, into in merged.items():
        at_home = Person.household_id == old
        moved |= dict.fromkeys(session.scalars(select(Person.id).where(at_home)), old)
        session.execute(
            update(Person).where(at_home).values(household_id=into), execution_options=_QUIET
        )
    return moved


def part_households(session: Session, numbers: Collection[str]) -> dict[int, int]:
    """Part the people whom only these numbers joined; {person id: the household they left}.

    Whoever shares any other number stays together, whatever became of that number: who lives with
    somebody who has died is not to be called because a number was wrong.
    """
    homes: set[int] = set()
    for some in chunks(numbers, PIECE):
        joined = select(Person.household_id).join(Phone, Phone.person_id == Person.id)
        homes.update(session.scalars(joined.where(among(session, Phone.e164, some)).distinct()))
    moved: dict[int, int] = {}
    for some_homes in chunks(sorted(homes), PIECE):
        moved |= _part(session, some_homes)
    return moved


def _part(session: Session, homes: Collection[int]) -> dict[int, int]:
    numbers_of: dict[int, dict[int, list[str]]] = defaultdict(dict)
    sites: dict[int, int] = {}
    rows = session.execute(
        select(Person.household_id, Person.id, Person.site_id, Phone.e164)
        .outerjoin(Phone, (Phone.person_id == Person.id) & Phone.links)
        .where(among(session, Person.household_id, homes))
        .order_by(Person.id)
    )
    for home, person_id, site_id, e164 in rows:
        numbers_of[home].setdefault(person_id, []).extend([e164] if e164 else [])
        sites[home] = site_id
    moved: dict[int, int] = {}
    for home, people in numbers_of.items():
        _stays, *leaving = parts(people)
        for group, new in zip(
            leaving,
            insert_with_ids(session, Household, [{"site_id": sites[home]}] * len(leaving)),
            strict=True,
        ):
            moved |= dict.fromkeys(group, home)
            session.execute(
                update(Person).where(among(session, Person.id, group)).values(household_id=new),
                execution_options=_QUIET,
            )
    return moved


def _crowded(session: Session, numbers: Collection[str], most: int) -> set[str]:
    """Those of the numbers that link nobody."""
    names = (
        select(Phone.e164)
        .join(Person, Person.id == Phone.person_id)
        .where(among(session, Phone.e164, numbers))
        .group_by(Phone.e164)
        .having(_tells_nothing(most))
    )
    return set(session.scalars(names))


def _tells_nothing(most: int) -> ColumnElement[bool]:
    """Of the rows of one number: too many names stand under it, or one says that it is shared."""
    shared = func.sum(case((Phone.owner.in_(SHARED_OWNERS), 1), else_=0))
    return or_(func.count(Person.name_key.distinct()) > most, shared > 0)
