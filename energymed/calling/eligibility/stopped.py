"""Who is never called, or not now (DOMAIN §8): the one place that says so, asked by every door.

| reason     | who                                                             | until             |
|------------|-----------------------------------------------------------------|-------------------|
| `deceased` | everybody of a household in which somebody has died             | for good          |
| `opposed`  | whoever opposed                                                 | for good          |
| `no_phone` | who has no number, or wrong, dead or opposed ones alone         | they have another |
| `resting`  | whoever refused the exchange, by whichever partner or site      | `rests_until`     |

The gravest reason is told first. Calls, letters and messages obey alike, but that a number may be
dead is no matter of letters and e-mails. Who calls in may be answered. Whoever said that no message
is safe (`cases.needs`) is called, and left none: `no_message_on` and `no_message` tell that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from energymed.base.db import read_rows
from energymed.base.db.bulk import among
from energymed.base.i18n import N_
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.same_person import everywhere
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Case, Person, Phone
from energymed.cases.needs import no_message_until
from energymed.partners.codes import Closure

# with what the cases of people who are never called go back to their partner
CLOSURES = {NoCallReason.DECEASED: Closure.DECEASED, NoCallReason.OPPOSED: Closure.OPPOSED}
FOR_GOOD = tuple(CLOSURES)
REFUSALS = {
    NoCallReason.DECEASED: N_("Décès déclaré : ce foyer n'est plus jamais contacté."),
    NoCallReason.OPPOSED: N_("La personne s'oppose à être recontactée : plus jamais d'appel, "
                             "de message ni de courrier."),
    NoCallReason.NO_PHONE: N_("Aucun numéro à appeler."),
    NoCallReason.RESTING: N_("La personne a refusé l'échange : elle est laissée en repos."),
}  # fmt: skip

# of an address, not of a person: `Case.address_is_wrong`
ADDRESS_IS_WRONG = N_("La personne n’a pas été trouvée à cette adresse : rien n’y est envoyé.")


@dataclass(frozen=True, slots=True)
class Stops:
    """What stands against calling one person, in the order of `stop_columns`.

    `bereaved`: somebody of the household has died, perhaps the person. `dialable`: one of their
    numbers may be dialled. `no_message_until`: the last day on which no message is left for them,
    known to `stops_of` and `stops_and_numbers` alone.
    """

    bereaved: bool = False
    opposed: bool = False
    dialable: bool = True
    rests_until: date | None = None
    no_message_until: date | None = None

    @property
    def for_good(self) -> NoCallReason | None:
        """Why the person is never called again, if so."""
        if self.bereaved:
            return NoCallReason.DECEASED
        return NoCallReason.OPPOSED if self.opposed else None

    def reason(self, day: date) -> NoCallReason | None:
        """Why the person is not called on that day, whatever the hours and counts."""
        return (
            self.for_good
            or (None if self.dialable else NoCallReason.NO_PHONE)
            or (NoCallReason.RESTING if self.rests_on(day) else None)
        )

    def contact_reason(self, day: date) -> NoCallReason | None:
        """Why nobody turns to the person on that day by any way; their numbers are left aside."""
        return self.for_good or (NoCallReason.RESTING if self.rests_on(day) else None)

    def rests_on(self, day: date) -> bool:
        """Whether the person refused the exchange and is left in peace on that day."""
        return self.rests_until is not None and day < self.rests_until

    def no_message_on(self, day: date) -> bool:
        """Whether no message is left for the person on that day, by whichever way."""
        return self.no_message_until is not None and day <= self.no_message_until


NO_STOPS = Stops()


def stops_of(session: Session, person: Person) -> Stops:
    """What stands against calling this person; one query."""
    (row,) = read_rows(session, _stops_of_one(), {"person": person.id})
    return Stops(*row)


def never_called_among(session: Session, case_ids: Collection[int]) -> dict[int, NoCallReason]:
    """{case: why its person is never called again}, for those of these cases."""
    statement = (
        select(Case.id, *stop_columns())
        .join(Person, Person.id == Case.person_id)
        .where(among(session, Case.id, case_ids), never_called())
    )
    found = ((case_id, Stops(*stops)) for case_id, *stops in session.execute(statement))
    return {case_id: stops.for_good for case_id, stops in found if stops.for_good}


def dialable_numbers(session: Session, person: Person) -> list[Phone]:
    """The numbers of this person that may be dialled, in the order of calls."""
    return stops_and_numbers(session, person)[1]


def stops_and_numbers(session: Session, person: Person) -> tuple[Stops, list[Phone]]:
    """`stops_of` and `dialable_numbers` in one query."""
    good = and_(Phone.person_id == Person.id, _may_be_dialled(Phone))
    statement = (
        select(Phone.id, *stop_columns(), no_message_until())
        .select_from(Person)
        .outerjoin(Phone, good)
    )
    rows = session.execute(statement.where(Person.id == person.id)).all()
    ids, stops = {row[0] for row in rows}, Stops(*rows[0][1:])
    return stops, [phone for phone in person.phones if phone.id in ids]


def people_stopped_with(session: Session, person: Person, reason: str) -> Sequence[int]:
    """Ids of the people whose cases end with a call on this person that says they opposed or died.

    The person in every file and, after a death, everybody of their households.
    """
    rows = everywhere(session, person)
    if reason != NoCallReason.DECEASED:
        return [row.id for row in rows]
    homes = {row.household_id for row in rows}
    return session.scalars(select(Person.id).where(Person.household_id.in_(homes))).all()


def stopping_call(session: Session, person: Person, reason: NoCallReason) -> int | None:
    """Id of the call for which this person is never called: who opposed, or told of the death."""
    if reason == NoCallReason.OPPOSED:
        return person.opposed_by_contact_id
    of_home = select(Person.deceased_by_contact_id).where(
        Person.household_id == person.household_id, Person.deceased_at.is_not(None)
    )
    return session.scalar(of_home.order_by(Person.deceased_at, Person.id).limit(1))


def never_called() -> ColumnElement[bool]:
    """Condition on `Person`: opposed, or somebody of the household has died."""
    return or_(Person.opposed_at.is_not(None), _bereaved())


def not_called(day: Any) -> ColumnElement[bool]:
    """Condition on `Person`: `Stops.reason` would name one on that day (a date or a parameter)."""
    return or_(never_called(), ~has_dialable_number(), rests(day))


def rests(day: Any) -> ColumnElement[bool]:
    """Condition on `Person`: left in peace on that day after a refusal."""
    return and_(Person.rests_until.is_not(None), Person.rests_until > day)


def has_dialable_number() -> ColumnElement[bool]:
    """Condition on `Person`: one of their numbers may be dialled."""
    phone = aliased(Phone)
    return exists().where(phone.person_id == Person.id, _may_be_dialled(phone))


def in_a_marked_home() -> ColumnElement[bool]:
    """Condition on `Person` for searches in all cases: it leads through the index of the marked.

    Wider than `never_called`, to be asked beside it.
    """
    marked = aliased(Person)
    stopped = or_(marked.opposed_at.is_not(None), marked.deceased_at.is_not(None))
    return Person.household_id.in_(select(marked.household_id).where(stopped))


def person_not_called() -> ColumnElement[bool]:
    """Condition on `Case`, for the UPDATE of a claim: `not_called` on the parameter `today`."""
    today = bindparam("today", type_=Date())
    return exists().where(Person.id == Case.person_id, not_called(today))


def stop_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of `Stops`, for a select of people."""
    return (
        _bereaved().label("bereaved"),
        Person.opposed_at.is_not(None).label("opposed"),
        has_dialable_number().label("dialable"),
        Person.rests_until.label("rests_until"),
    )


@cache
def _stops_of_one() -> Select[*tuple[Any, ...]]:
    columns = (*stop_columns(), no_message_until().label("no_message_until"))
    return select(*columns).where(Person.id == bindparam("person", type_=Integer()))


def _bereaved() -> ColumnElement[bool]:
    dead = aliased(Person)
    return exists().where(dead.household_id == Person.household_id, dead.deceased_at.is_not(None))


def _may_be_dialled(phone: Any) -> ColumnElement[bool]:
    """Condition on `Phone` or an alias: good, and nobody who has the same number opposed.

    Of a number of many strangers only who opposed is stopped (`cases.silent_numbers`).
    """
    elsewhere = aliased(Phone)
    opposed = exists().where(
        elsewhere.e164 == phone.e164, elsewhere.status == PhoneStatus.OPPOSED, elsewhere.links
    )
    return and_(phone.status == PhoneStatus.OK, ~opposed)
