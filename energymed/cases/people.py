"""Who is who: a file's lines recognised among the people of a site, and households joined.

A person is recognised by the partner's customer reference, unless the line plainly speaks of
somebody else (`cases.holders`), else by the same name and a shared phone (DESIGN, Intake). A
household is whoever answers the same phone at a site, whatever the partner: while one is called,
the others are held back. A number of many strangers tells nothing (`cases.silent_numbers`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_with_ids, update_rows
from energymed.base.db.chunks import chunks
from energymed.cases.codes import PhoneStatus
from energymed.cases.holders import Home, Likeness, likeness
from energymed.cases.households import Joiner
from energymed.cases.known_people import OWN_FIELDS, Identity, Known, own_values
from energymed.cases.models import Case, Household, Person, Phone, ending
from energymed.cases.search_index import keep_names
from energymed.cases.silent_numbers import (
    Owner,
    judge_numbers,
    merge_households,
    owners_of,
)
from energymed.cases.stops import NOTHING, Found, Newcomer, any_kept, look_up
from energymed.cases.words import words_of_people
from energymed.partners.rulebook import DEFAULTS

MOST_NAMES: int = DEFAULTS["names_per_number"][0]


@dataclass(frozen=True, slots=True)
class Saved:
    """What `People.save` wrote, for an undo: {person id: household id it had before}."""

    moved_households: dict[int, int]


class People:
    """The people of one partner at one site, looked up in a few queries for a whole file.

    `silent` are the numbers that link nobody, of those met so far: under more than `most_names`.
    """

    def __init__(
        self, session: Session, partner_id: int, site_id: int, most_names: int = MOST_NAMES
    ) -> None:
        self.session, self.most_names = session, most_names
        self.partner_id, self.site_id = partner_id, site_id
        self.by_id: dict[int, Known] = {}
        self.silent: set[str] = set()
        self._by_customer: dict[str, list[Known]] = defaultdict(list)
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
        names: dict[str, set[str]] = defaultdict(set)
        for one in wanted:
            name = one.name_key
            for number in one.phones:
                names[number].add(name)
        for some in chunks(names, PIECE):
            answering = select(Phone.person_id).where(among(self.session, Phone.e164, some))
            owners = set(self.session.scalars(answering)) - self.by_id.keys()
            if owners:
                theirs = among(self.session, Person.id, owners)
                self._take(select(Person).where(*here, theirs))
        self._note_silent(names)
        self._learn_homes(wanted)

    def find(self, said: Identity, *, sure: bool = False) -> Known | None:
        """The person this is, by customer reference, else by name and a shared phone.

        Args:
            sure: another name under the customer reference is another person.
        """
        holders = self._holders(said)
        for enough in (Likeness.SAME,) if sure else (Likeness.SAME, Likeness.UNSURE):
            for known in holders:
                if self.likeness(said, known) == enough:
                    return known
        alike = self._by_name.get(said.name_key)
        if not alike:
            return None
        numbers = {number for number in said.phones if number not in self.silent}
        return next((known for known in alike if numbers & known.phones.keys()), None)

    def likeness(self, said: Identity, known: Known) -> Likeness:
        """Whether a line that bears the reference of this person speaks of them."""
        if said.name_key == known.name_key:
            return Likeness.SAME
        return likeness(said.holder(self.silent), known.holder(self.silent))

    def other_holder(self, said: Identity) -> Known | None:
        """Who has the customer reference of a line that may speak of somebody else."""
        holders = self._holders(said)
        if not holders:
            return None
        alike = (self.likeness(said, known) == Likeness.SAME for known in holders)
        return None if any(alike) else holders[0]

    def _holders(self, said: Identity) -> Sequence[Known]:
        """Those who have the customer reference, namesakes first."""
        holders = self._by_customer.get(said.customer_reference or "", ())
        if len(holders) < 2:
            return holders
        return sorted(holders, key=lambda known: known.name_key != said.name_key)

    def add(self, said: Identity) -> Known:
        """A person nobody knew; written by `save`."""
        known = Known(None, dict(zip(OWN_FIELDS, own_values(said), strict=True)))
        known.inherits = not self._holders(said)
        known.homes = [said.home] if said.home else []
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
        owners = owners_of(
            self.session, self.site_id, {number for known in touched for number in known.phones}
        )
        self._judge(touched, owners)
        stops = self._stops(touched, now)
        moved = self._join_households(touched, owners)
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
        crowded = {owner.e164 for owner in owners if owner.links and owner.e164 in self.silent}
        parted = judge_numbers(self.session, crowded, self.most_names) if crowded else {}
        return Saved(parted | moved)

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
            self._take_phones(new, some)
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

    def _take_phones(self, known: dict[int, Known], ids: Collection[int]) -> None:
        works = Phone.status == PhoneStatus.OK
        phones = select(Phone.person_id, Phone.e164, Phone.id, works, Phone.remark, Phone.links)
        phones = phones.where(among(self.session, Phone.person_id, ids)).order_by(Phone.position)
        for person_id, e164, phone_id, reachable, remark, links in self.session.execute(phones):
            person = known[person_id]
            person.phones[e164] = phone_id
            person.reachable |= reachable
            if remark:
                person.remarks[e164] = remark
            if not links:
                self.silent.add(e164)

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
            self._by_customer[customer].append(person)
        for key in {known.name_key, *known.words.name_keys}:
            self._by_name[key].append(person)

    def _stops(self, touched: list[Known], now: datetime) -> dict[int, Found]:
        """{identity of the object: what earlier calls say of it and of its new numbers}."""
        if not any_kept(self.session, now=now):
            return dict.fromkeys(map(id, touched), NOTHING)
        newcomers = [
            Newcomer(
                known.name_key,
                self.partner_id,
                known.values["customer_reference"] if known.inherits else None,
                [e164 for e164, phone_id in known.phones.items() if phone_id is None],
            )
            for known in touched
        ]
        found = look_up(self.session, newcomers, now=now, silent=self.silent)
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
                            "links": e164 not in self.silent,
                        }
                    )
                    owners.append(known)
        if rows:
            ids = insert_with_ids(self.session, Phone, rows)
            for known, row, phone_id in zip(owners, rows, ids, strict=True):
                known.phones[row["e164"]] = phone_id

    def _note_silent(self, names: Mapping[str, set[str]]) -> None:
        """Find those of {number: names that lines put on it} that stand under too many names."""
        # one name more or less does not part those who bear it
        told = {number: set(names[number]) for number in names if len(names[number]) > 1}
        for owner in owners_of(self.session, self.site_id, told):
            told[owner.e164].add(owner.name_key)
        self.silent.update(number for number in told if len(told[number]) > self.most_names)

    def _judge(self, touched: list[Known], owners: list[Owner]) -> None:
        """Find the numbers that link nobody, now that these people have them too."""
        names: dict[str, set[str]] = defaultdict(set)
        for owner in owners:
            names[owner.e164].add(owner.name_key)
            if not owner.links:
                self.silent.add(owner.e164)
        for known in touched:
            name = known.name_key
            for number in known.phones:
                names[number].add(name)
        self.silent.update(number for number in names if len(names[number]) > self.most_names)

    def _learn_homes(self, wanted: list[Identity]) -> None:
        """Where those live whose customer reference comes with another name."""
        doubtful: dict[int, Known] = {}
        for one in wanted:
            for known in self._holders(one):
                if known.id is not None and known.name_key != one.name_key and not known.homes:
                    doubtful[known.id] = known
        for some in chunks(doubtful, PIECE):
            homes = select(Case.person_id, Case.address, Case.postal_code)
            for person_id, *home in self.session.execute(
                homes.where(among(self.session, Case.person_id, some))
            ):
                doubtful[person_id].homes.append(Home(*home))

    def _join_households(self, touched: list[Known], owners: list[Owner]) -> dict[int, int]:
        """Give every touched person a household; returns who of others changed theirs."""
        joiner = Joiner()
        for owner in owners:
            if owner.household_id is not None and owner.e164 not in self.silent:
                joiner.phone_of(owner.e164, owner.household_id)
        for known in touched:
            added = [
                number
                for number, phone_id in known.phones.items()
                if phone_id is None and number not in self.silent
            ]
            joiner.person(id(known), known.household_id, added)
        new = joiner.new_households()
        if new:
            homes = [{"site_id": self.site_id}] * len(new)
            joiner.name(new, insert_with_ids(self.session, Household, homes))
        for known in touched:
            known.household_id = joiner.household_of(id(known))
        return merge_households(self.session, joiner.merged())
