"""Who is who: a file's lines recognised among the people of a site, and households joined.

A person is recognised by the partner's customer reference, else by the same name and a shared
phone (DESIGN, Intake). A household is whoever answers the same phone at a site, whatever the
partner: while one is called, the others are held back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_with_ids, update_rows
from energymed.base.db.chunks import chunks
from energymed.base.text.folding import name_key
from energymed.cases.codes import SHARED_OWNERS, PhoneStatus
from energymed.cases.households import Joiner
from energymed.cases.models import Case, Household, Person, Phone, ending
from energymed.cases.search_index import keep_names
from energymed.cases.stops import Found, Newcomer, look_up
from energymed.cases.words import NO_WORDS, Words, words_of_people

LINKING = (PhoneStatus.OK, PhoneStatus.OPPOSED)  # a wrong number is somebody else's
NAME_FIELDS = ("civility", "last_name", "first_name")
OWN_FIELDS = (*NAME_FIELDS, "customer_reference", "email")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says of a person; None where it says nothing. `phones` are E.164.

    `phone_remarks` are what it says beside one of them, (E.164, text).
    """

    last_name: str
    first_name: str | None = None
    civility: str | None = None
    customer_reference: str | None = None
    email: str | None = None
    phones: tuple[str, ...] = ()
    phone_remarks: tuple[tuple[str, str], ...] = ()

    @property
    def name_key(self) -> str:
        """See `base.text.folding.name_key`."""
        return name_key(self.last_name, self.first_name)


@dataclass(slots=True, eq=False)
class Known:
    """A person as stored, or about to be (`id` None until saved).

    `phones` is {E.164: id of its row, None until saved}, of which one at least may be dialled when
    `reachable`; `remarks` is {E.164: what a file said beside it}; `cases` is how many cases the
    person has; `words` is what they said of themselves.
    """

    id: int | None
    values: dict[str, str | None]
    household_id: int | None = None
    phones: dict[str, int | None] = field(default_factory=dict)
    reachable: bool = False
    remarks: dict[str, str] = field(default_factory=dict)
    cases: int = 0
    words: Words = NO_WORDS

    @property
    def name_key(self) -> str:
        """The key of the name as it stands."""
        return name_key(self.values["last_name"] or "", self.values["first_name"])

    def missing_phones(self, numbers: Iterable[str]) -> list[str]:
        """Those of the numbers that the person has not, not even marked as wrong."""
        return [number for number in numbers if number not in self.phones]

    def new_remarks(self, said: Identity) -> dict[str, str]:
        """{E.164: text} of what the file says beside numbers that the person has, and did not."""
        return {
            e164: text
            for e164, text in said.phone_remarks
            if e164 in self.phones and self.remarks.get(e164) != text
        }

    def changes(self, said: Identity) -> dict[str, tuple[str | None, str]]:
        """{field: (old, new)} of what the file says otherwise. What it leaves empty stays.

        What the person has said of themselves stays as well (`cases.words`).

        A person of several cases only gains what is empty: two lines may write the same
        person in two ways, and neither is to win anew every week.
        """
        changed: dict[str, tuple[str | None, str]] = {}
        for name in OWN_FIELDS:
            if name in self.words.person:
                continue
            old, new = self.values[name], getattr(said, name)
            if new is not None and new != old and (self.cases <= 1 or old is None):
                changed[name] = (old, new)
        return changed


@dataclass(frozen=True, slots=True)
class Saved:
    """What `People.save` wrote, for an undo: {person id: household id it had before}."""

    moved_households: dict[int, int]


class People:
    """The people of one partner at one site, looked up in a few queries for a whole file."""

    def __init__(self, session: Session, partner_id: int, site_id: int) -> None:
        self.session = session
        self.partner_id, self.site_id = partner_id, site_id
        self.by_id: dict[int, Known] = {}
        self._by_customer: dict[str, Known] = {}
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        self._remarked: dict[int, str] = {}  # {id of a phone: its new remark}
        self._touched: dict[int, Known] = {}  # by identity of the object: new, or gains phones

    def load(self, person_ids: Iterable[int]) -> None:
        """Bring in people by their ids, with their phones and how many cases they have."""
        for some in chunks(set(person_ids) - self.by_id.keys(), PIECE):
            self._take(select(Person).where(among(self.session, Person.id, some)))

    def look_up(self, said: Iterable[Identity]) -> None:
        """Bring in everybody who may be one of these."""
        wanted = list(said)
        here = (Person.partner_id == self.partner_id, Person.site_id == self.site_id)
        customers = {one.customer_reference for one in wanted if one.customer_reference}
        for some in chunks(customers, PIECE):
            alike = among(self.session, Person.customer_reference, some)
            self._take(select(Person).where(*here, alike))
        for some in chunks({number for one in wanted for number in one.phones}, PIECE):
            answering = select(Phone.person_id).where(among(self.session, Phone.e164, some))
            owners = set(self.session.scalars(answering)) - self.by_id.keys()
            if owners:
                theirs = among(self.session, Person.id, owners)
                self._take(select(Person).where(*here, theirs))

    def find(self, said: Identity) -> Known | None:
        """The person this is, by customer reference, else by name and a shared phone."""
        if said.customer_reference and said.customer_reference in self._by_customer:
            return self._by_customer[said.customer_reference]
        numbers = set(said.phones)
        alike = self._by_name.get(said.name_key, [])
        return next((known for known in alike if numbers & known.phones.keys()), None)

    def add(self, said: Identity) -> Known:
        """A person nobody knew; written by `save`."""
        known = Known(None, {name: getattr(said, name) for name in OWN_FIELDS})
        self._index(known)
        self._touched[id(known)] = known
        self.add_phones(known, said.phones)
        self.add_remarks(known, said)
        return known

    def add_phones(self, known: Known, numbers: Iterable[str]) -> list[str]:
        """Give the person the numbers it has not yet, after those it has; returns them."""
        new = known.missing_phones(numbers)
        for number in new:
            known.phones[number] = None
            self._touched[id(known)] = known
        return new

    def add_remarks(self, known: Known, said: Identity) -> list[tuple[int, str | None]]:
        """Keep what the file says beside numbers; returns (id, former remark) of stored ones."""
        former: list[tuple[int, str | None]] = []
        for e164, text in known.new_remarks(said).items():
            phone_id = known.phones[e164]
            if phone_id is not None:
                former.append((phone_id, known.remarks.get(e164)))
                self._remarked[phone_id] = text
            known.remarks[e164] = text
        return former

    def save(self, now: datetime) -> Saved:
        """Write new people, their phones and households; ids are filled in."""
        touched = list(self._touched.values())
        stops = self._stops(touched, now)
        moved = self._join_households(touched)
        new = [known for known in touched if known.id is None]
        if new:
            rows = [self._row(known, stops[id(known)], now) for known in new]
            ids = insert_with_ids(self.session, Person, rows)
            keep_names(self.session, [row["name_key"] for row in rows])
            for known, person_id in zip(new, ids, strict=True):
                known.id = person_id
                self.by_id[person_id] = known
        self._save_phones(touched, stops)
        remarked = [{"id": one, "remark": text} for one, text in self._remarked.items()]
        update_rows(self.session, Phone, remarked)
        self._touched, self._remarked = {}, {}
        return Saved(moved)

    def _take(self, statement: Select[Person]) -> None:
        own = (getattr(Person, name) for name in OWN_FIELDS)
        columns = (Person.id, Person.household_id, Person.merged_into_id, *own)
        rows = self.session.execute(statement.with_only_columns(*columns).order_by(Person.id))
        found: list[Known] = []
        merged: list[tuple[int, Known]] = []
        for person_id, household_id, into, *values in rows:
            known = Known(person_id, dict(zip(OWN_FIELDS, values, strict=True)), household_id)
            if into is not None:
                merged.append((into, known))
            elif person_id not in self.by_id:
                found.append(known)
        new = {known.id: known for known in found if known.id is not None}
        for some in chunks(new, PIECE):
            works = Phone.status == PhoneStatus.OK
            phones = select(Phone.person_id, Phone.e164, Phone.id, works, Phone.remark)
            for person_id, e164, phone_id, reachable, remark in self.session.execute(
                phones.where(among(self.session, Phone.person_id, some)).order_by(Phone.position)
            ):
                new[person_id].phones[e164] = phone_id
                new[person_id].reachable |= reachable
                if remark:
                    new[person_id].remarks[e164] = remark
            counts = select(Case.person_id, func.count()).group_by(Case.person_id)
            theirs = counts.where(among(self.session, Case.person_id, some))
            for person_id, count in self.session.execute(theirs):
                new[person_id].cases = count
            for person_id, words in words_of_people(self.session, some).items():
                new[person_id].words = words
        self.by_id.update(new)
        for known in found:
            self._index(known)
        self._lead_on(merged)

    def _lead_on(self, merged: list[tuple[int, Known]]) -> None:
        """The reference and the name of a row that was merged mean whom it was merged into."""
        self.load(into for into, _row in merged)
        for into, row in merged:
            self._index(row, self.by_id[into])

    def _index(self, known: Known, person: Known | None = None) -> None:
        """Let the reference and the names of `known` lead to it, or to another `person`."""
        person = person or known
        customer = known.values["customer_reference"]
        if customer:
            self._by_customer.setdefault(customer, person)
        for key in {known.name_key, *known.words.name_keys}:
            self._by_name[key].append(person)

    def _stops(self, touched: list[Known], now: datetime) -> dict[int, Found]:
        """{identity of the object: what earlier calls say of it and of its new numbers}."""
        newcomers = [
            Newcomer(
                known.name_key,
                self.partner_id,
                known.values["customer_reference"],
                [e164 for e164, phone_id in known.phones.items() if phone_id is None],
            )
            for known in touched
        ]
        found = look_up(self.session, newcomers, now=now)
        return {id(known): says for known, says in zip(touched, found, strict=True)}

    def _row(self, known: Known, says: Found, now: datetime) -> dict[str, Any]:
        return {
            **known.values,
            "name_key": known.name_key,
            "partner_id": self.partner_id,
            "site_id": self.site_id,
            "household_id": known.household_id,
            **says.marks(),
            "created_at": now,
        }

    def _save_phones(self, touched: list[Known], stops: dict[int, Found]) -> None:
        rows: list[dict[str, Any]] = []
        owners: list[Known] = []
        for known in touched:
            for position, (e164, phone_id) in enumerate(known.phones.items(), 1):
                if phone_id is None:
                    status = stops[id(known)].numbers.get(e164, PhoneStatus.OK)
                    rows.append(
                        {
                            "person_id": known.id,
                            "e164": e164,
                            "ending": ending(e164),
                            "position": position,
                            "status": status,
                            "remark": known.remarks.get(e164),
                        }
                    )
                    owners.append(known)
        if rows:
            ids = insert_with_ids(self.session, Phone, rows)
            for known, row, phone_id in zip(owners, rows, ids, strict=True):
                known.phones[row["e164"]] = phone_id

    def _join_households(self, touched: list[Known]) -> dict[int, int]:
        """Give every touched person a household; returns who of others changed theirs."""
        joiner = Joiner()
        numbers = sorted({number for known in touched for number in known.phones})
        for e164, household_id in self._answering(numbers):
            joiner.phone_of(e164, household_id)
        for known in touched:
            added = [number for number, phone_id in known.phones.items() if phone_id is None]
            joiner.person(id(known), known.household_id, added)
        new = joiner.new_households()
        if new:
            homes = [{"site_id": self.site_id}] * len(new)
            joiner.name(new, insert_with_ids(self.session, Household, homes))
        for known in touched:
            known.household_id = joiner.household_of(id(known))
        return self._merge(joiner.merged())

    def _answering(self, numbers: list[str]) -> Iterator[tuple[str, int]]:
        """(E.164, household) of whoever answers these numbers at the site.

        By phones first, then by people: a join would let SQLite go through everybody.
        """
        for some in chunks(numbers, PIECE):
            owners = self.session.execute(
                select(Phone.e164, Phone.person_id)
                .where(among(self.session, Phone.e164, some), Phone.status.in_(LINKING))
                .where(or_(Phone.owner.is_(None), Phone.owner.not_in(SHARED_OWNERS)))
                .order_by(Phone.id)
            ).all()
            here = select(Person.id, Person.household_id).where(
                among(self.session, Person.id, {owner.person_id for owner in owners}),
                Person.site_id == self.site_id,
            )
            homes = (
                {row.id: row.household_id for row in self.session.execute(here)} if owners else {}
            )
            yield from ((e164, homes[owner]) for e164, owner in owners if owner in homes)

    def _merge(self, merged: dict[int, int]) -> dict[int, int]:
        moved: dict[int, int] = {}
        for old, into in merged.items():
            for person_id in self.session.scalars(
                select(Person.id).where(Person.household_id == old)
            ):
                moved[person_id] = old
            self.session.execute(
                update(Person).where(Person.household_id == old).values(household_id=into),
                execution_options={"synchronize_session": False},
            )
        return moved
