"""Who may be the same person twice: a name that may be one, and something shared besides.

Within one partner and one site, for a lead to look at: nothing is joined by this.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, func, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session, aliased, selectinload

from energymed.accounts.scope import scoped
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.i18n import N_
from energymed.base.text.same_name import same_name
from energymed.cases.codes import SHARED_OWNERS
from energymed.cases.models import Case, Person, Phone

MOST_SHARING = 6  # rows with one number, e-mail or place: more are neighbours or an institution
NEWEST = 3_000  # people whose likes are looked for: who comes twice has come lately
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
    street = Case.place_id.in_(select(Case.place_id).where(Case.person_id == person.id))
    same_place = (Case.partner_id == person.partner_id, Case.site_id == person.site_id)
    at_home = select(Case.person_id).where(
        street, _address().in_(homes), *_is_address(), *same_place
    )
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
    """Pairs at the actor's site, at most `MOST_PAIRS`, each once: of the newest and anybody.

    Who only shares an address with one of the newest is looked for among these and among
    namesakes: reading every address of a large site takes half a second.
    """
    groups = [group for keys in _keys(ctx) for group in _groups(ctx.session, *keys)]
    groups += map(set, ctx.session.execute(_namesakes_at_home(ctx)))
    names = _name_keys(ctx, set(chain(*groups)))
    pairs = {
        pair
        for group in groups
        for pair in combinations(sorted(names.keys() & group), 2)
        if same_name(names[pair[0]], names[pair[1]])
    }
    latest = sorted(pairs, reverse=True)[: MOST_PAIRS * MOST_SHARING]
    people = {each.id: each for each in _people(ctx, Person.id.in_(set(chain(*latest))))}
    known = [(people[one], people[other]) for one, other in sorted(latest)]
    return _sorted(_likely(ctx.session, known))[:MOST_PAIRS]


def _newest(ctx: Context) -> Select[Any]:
    """Ids of the people of the site who came last."""
    here = scoped(select(Person.id), Person, ctx.actor).where(Person.merged_into_id.is_(None))
    return cast("Select[Any]", here.order_by(Person.id.desc()).limit(NEWEST))


def _keys(ctx: Context) -> Iterator[tuple[Any, Any, Select[Any], list[Any]]]:
    """For each kind of thing: it, whose it is, the things of the newest, and which rows count."""
    newest = _newest(ctx)
    theirs = or_(Phone.owner.is_(None), Phone.owner.not_in(SHARED_OWNERS))
    for thing, person_id, which, among_newest in (
        (Phone.e164, Phone.person_id, [theirs], False),
        (func.lower(Person.email), Person.id, [Person.email.is_not(None)], False),
        (_address(), Case.person_id, [*_is_address()], True),
    ):
        wanted = select(thing).where(person_id.in_(newest), *which)
        yield thing, person_id, wanted, [*which, *([person_id.in_(newest)] * among_newest)]


def _groups(
    session: Session, thing: Any, person_id: Any, wanted: Select[Any], which: list[Any]
) -> Iterator[set[int]]:
    """People who share one of the things wanted: two at least, and not too many."""
    people = func.aggregate_strings(cast_to(person_id, String), " ")
    sharing = func.count(person_id.distinct())
    statement = select(people).where(thing.in_(wanted), *which).group_by(thing)
    groups = session.scalars(statement.having(sharing.between(2, MOST_SHARING)))
    return ({int(each) for each in ids.split()} for ids in groups)


def _namesakes_at_home(ctx: Context) -> Select[Any]:
    """(person, other) of the newest and of whoever has the very name and address of one."""
    newest = aliased(Person, select(Person).where(Person.id.in_(_newest(ctx))).subquery())
    other, their_case = aliased(Person), aliased(Case)
    address = func.lower(their_case.address + " " + their_case.postal_code)
    return cast(
        "Select[Any]",
        select(newest.id, other.id)
        .join(
            other,
            (other.site_id == newest.site_id)
            & (other.name_key == newest.name_key)
            & (other.partner_id == newest.partner_id)
            & (other.id != newest.id),
        )
        .join(Case, Case.person_id == newest.id)
        .join(their_case, (their_case.person_id == other.id) & (address == _address()))
        .distinct(),
    )


def _name_keys(ctx: Context, ids: set[int]) -> dict[int, str]:
    """{person id: name} of those who are here and nobody else by now."""
    names = scoped(select(Person.id, Person.name_key), Person, ctx.actor)
    statement = names.where(Person.merged_into_id.is_(None))
    return {
        person_id: name
        for some in chunks(sorted(ids), PIECE)
        for person_id, name in ctx.session.execute(
            statement.where(among(ctx.session, Person.id, some))
        )
    }


def _people(ctx: Context, *which: Any) -> list[Person]:
    statement = scoped(select(Person), Person, ctx.actor).where(
        Person.merged_into_id.is_(None), *which
    )
    loaded = statement.options(selectinload(Person.phones)).order_by(Person.id)
    return list(ctx.session.scalars(loaded.limit(2 * MOST_PAIRS * MOST_SHARING)))


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
    rows = select(Case.person_id, _address())
    for some in chunks(person_ids, PIECE):
        statement = rows.where(among(session, Case.person_id, some), *_is_address())
        for person_id, address in session.execute(statement):
            found[person_id].add(address)
    return found


def _address() -> Any:
    return func.lower(Case.address + " " + Case.postal_code)


def _is_address() -> tuple[Any, ...]:
    return Case.address.is_not(None), Case.postal_code.is_not(None)


def _sorted(found: Iterable[Likely]) -> list[Likely]:
    return sorted(found, key=lambda one: (-len(one.shared), one.person.name_key, one.other.id))
