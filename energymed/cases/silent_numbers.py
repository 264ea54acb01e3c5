"""Numbers that link nobody: those of more names than the rule allows, a carer's, a landlord's.

A number usually tells who lives together, and a refusal on it holds for whoever answers it. One
that many strangers were given tells nothing of them: nobody is recognised or joined by it, and a
death or a refusal stops the person that it was said of, alone. `Phone.links` says which is which,
on every row of a number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_with_ids
from energymed.base.db.chunks import chunks
from energymed.cases.households import parts
from energymed.cases.models import Household, Person, Phone

_QUIET = {"synchronize_session": False}


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
    names = func.count(Person.name_key.distinct())
    crowded = set(
        session.scalars(
            select(Phone.e164)
            .join(Person, Person.id == Phone.person_id)
            .group_by(Phone.e164)
            .having(names > most)
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
        .having(func.count(Person.name_key.distinct()) > most)
    )
    return set(session.scalars(names))
