"""Who may be the same person twice: a name that may be one, and something shared besides.

Within one partner and one site, for a lead to look at: nothing is joined by this.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from energymed.accounts.scope import scoped
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.i18n import N_
from energymed.base.text.same_name import same_name
from energymed.cases.codes import SHARED_OWNERS
from energymed.cases.models import Case, Person, Phone

MOST_SHARING = 6  # rows with one number, e-mail or address: more are neighbours or an institution
MOST_GROUPS = 400  # of each kind that are looked at
MOST_PAIRS = 50  # that are shown


class Shared(Code):
    """What two rows have in common."""

    PHONE = "phone", N_("même numéro")
    EMAIL = "email", N_("même e-mail")
    ADDRESS = "address", N_("même adresse")


@dataclass(frozen=True, slots=True)
class Likely:
    """Two rows that may be one person, and what they share."""

    person: Person
    other: Person
    shared: tuple[Shared, ...]


def likely_same(ctx: Context, person: Person) -> list[Likely]:
    """The rows that may be this person, those that share most first."""
    numbers = [phone.e164 for phone in person.phones]
    homes = select(_address()).where(Case.person_id == person.id, *_is_address())
    same_place = (Case.partner_id == person.partner_id, Case.site_id == person.site_id)
    at_home = select(Case.person_id).where(_address().in_(homes), *_is_address(), *same_place)
    sharing: list[ColumnElement[bool]] = [
        Person.id.in_(select(Phone.person_id).where(Phone.e164.in_(numbers))),
        Person.id.in_(at_home),
    ]
    if person.email:
        sharing.append(func.lower(Person.email) == person.email.lower())
    here = (Person.partner_id == person.partner_id, Person.site_id == person.site_id)
    others = _people(ctx, *here, Person.id != person.id, or_(*sharing))
    return _sorted(_likely(ctx.session, [(person, other) for other in others]))


def likely_pairs(ctx: Context) -> list[Likely]:
    """Pairs at the actor's site, at most `MOST_PAIRS`, each once."""
    pairs = {pair for key_and_id in _keys(ctx) for pair in _pairs(ctx.session, key_and_id)}
    ids = {person_id for pair in pairs for person_id in pair}
    people = {person.id: person for person in _people(ctx, Person.id.in_(ids))} if ids else {}
    known = [
        (people[one], people[other])
        for one, other in sorted(pairs)
        if one in people and other in people
    ]
    return _sorted(_likely(ctx.session, known))[:MOST_PAIRS]


def _keys(ctx: Context) -> Iterator[Select[Any]]:
    """For each kind of thing that may be shared: (the thing, person id) of everybody here."""
    here = (Person.merged_into_id.is_(None),)
    owner_is_theirs = or_(Phone.owner.is_(None), Phone.owner.not_in(SHARED_OWNERS))
    phones = select(Phone.e164, Person.id).join(Phone.person)
    cases = select(_address(), Person.id).join(Case, Case.person_id == Person.id).distinct()
    for statement, which in (
        (phones, [owner_is_theirs]),
        (select(func.lower(Person.email), Person.id), [Person.email.is_not(None)]),
        (cases, _is_address()),
    ):
        yield scoped(cast("Select[Any]", statement.where(*here, *which)), Person, ctx.actor)


def _pairs(session: Session, key_and_id: Select[Any]) -> Iterator[tuple[int, int]]:
    key = key_and_id.selected_columns[0]
    rows = key_and_id.subquery()
    thing, person_id = rows.c[0], rows.c[1]
    sharing = func.count(person_id.distinct())
    often = (
        select(thing)
        .group_by(thing)
        .having(sharing.between(2, MOST_SHARING))
        .order_by(thing)
        .limit(MOST_GROUPS)
    )
    groups: dict[str, set[int]] = defaultdict(set)
    things = session.scalars(often).all()
    for what, one in session.execute(key_and_id.where(key.in_(things))):
        groups[what].add(one)
    for group in groups.values():
        yield from combinations(sorted(group), 2)


def _people(ctx: Context, *which: Any) -> list[Person]:
    statement = scoped(select(Person), Person, ctx.actor).where(
        Person.merged_into_id.is_(None), *which
    )
    loaded = statement.options(selectinload(Person.phones)).order_by(Person.id)
    return list(ctx.session.scalars(loaded.limit(2 * MOST_GROUPS * MOST_SHARING)))


def _likely(session: Session, pairs: Iterable[tuple[Person, Person]]) -> Iterator[Likely]:
    """Those pairs whose names may be one person's, of one partner and site."""
    alike = [pair for pair in pairs if _may_be_one(*pair)]
    homes = _homes(session, {person.id for pair in alike for person in pair})
    for person, other in alike:
        shared = tuple(_what_they_share(person, other, homes))
        if shared:
            yield Likely(person, other, shared)


def _may_be_one(person: Person, other: Person) -> bool:
    if (person.partner_id, person.site_id) != (other.partner_id, other.site_id):
        return False
    return same_name(person.full_name, other.full_name)


def _what_they_share(person: Person, other: Person, homes: dict[int, set[str]]) -> Iterator[Shared]:
    if {phone.e164 for phone in person.phones} & {phone.e164 for phone in other.phones}:
        yield Shared.PHONE
    if person.email and other.email and person.email.lower() == other.email.lower():
        yield Shared.EMAIL
    if homes[person.id] & homes[other.id]:
        yield Shared.ADDRESS


def _homes(session: Session, person_ids: Iterable[int]) -> dict[int, set[str]]:
    """{person id: addresses of the cases}."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = select(Case.person_id, _address()).where(Case.person_id.in_(person_ids), *_is_address())
    for person_id, address in session.execute(rows):
        found[person_id].add(address)
    return found


def _address() -> Any:
    return func.lower(Case.address + " " + Case.postal_code)


def _is_address() -> tuple[Any, ...]:
    return Case.address.is_not(None), Case.postal_code.is_not(None)


def _sorted(found: Iterable[Likely]) -> list[Likely]:
    return sorted(found, key=lambda one: (-len(one.shared), one.person.name_key, one.other.id))
