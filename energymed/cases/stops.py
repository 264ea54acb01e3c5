"""Stops that outlive their people: who is never called again, also when a later file names them.

A stop is kept as keyed hashes only (DOMAIN §12): of a number, of a name with a number, or of a
partner's customer reference. Whoever holds the list without the key of the installation learns
nothing from it; whoever holds both can only ask about somebody whom they know already.

| kind     | matched by                                | what it does to a newcomer           |
|----------|-------------------------------------------|--------------------------------------|
| opposed  | number; name and number; customer         | number and person are not called     |
| deceased | name and number; customer                 | the household is not called          |
| wrong    | name and number                           | that number is not this person's     |
| invalid  | number                                    | the number is out of service         |
| rests    | name and number; customer                 | the person is left in peace till then |
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.db import installation_key
from energymed.base.db.bulk import among
from energymed.base.db.chunks import chunks
from energymed.cases.codes import STOP_DAYS, StopKind
from energymed.cases.models import Person, Stop

PIECE = 5_000
Says = dict[str, datetime]  # {kind: since when; for a rest, until when}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to be looked up: as a file names them. `numbers` are E.164."""

    name_key: str
    partner_id: int
    customer_reference: str | None
    numbers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What the list says of one newcomer: the status of each number, and the person's stops."""

    numbers: dict[str, str] = field(default_factory=dict)
    opposed_at: datetime | None = None
    deceased_at: datetime | None = None
    rests_until: date | None = None


NOTHING = Found()


def note_numbers(
    session: Session,
    status: str,
    person: Person,
    numbers: Iterable[str],
    contact_id: int,
    *,
    now: datetime,
) -> None:
    """Keep what a call said of numbers: `opposed`, `invalid`, or `wrong` for this person."""
    secret = installation_key(session)
    keys = [
        _named(secret, person.name_key, each) if status == "wrong" else _number(secret, each)
        for each in numbers
    ]
    _keep(session, status, keys, contact_id, now)


def note_person(
    session: Session,
    kind: str,
    person: Person,
    contact_id: int,
    *,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """Keep what a call said of a person: `opposed`, `deceased`, or `rests` until then."""
    secret = installation_key(session)
    keys = [_named(secret, person.name_key, phone.e164) for phone in person.phones]
    if person.customer_reference:
        keys.append(_customer(secret, person.partner_id, person.customer_reference))
    _keep(session, kind, keys, contact_id, now, until)


def lift_stops(session: Session, contact_id: int) -> None:
    """Forget what one call had said: it is corrected."""
    session.execute(delete(Stop).where(Stop.contact_id == contact_id))


def forget_lapsed(session: Session, *, now: datetime) -> int:
    """Delete the stops that have been kept long enough; returns how many."""
    lapsed = session.scalars(select(Stop.id).where(Stop.until <= now)).all()
    for some in chunks(lapsed):
        session.execute(delete(Stop).where(Stop.id.in_(some)))
    return len(lapsed)


def look_up(session: Session, people: Sequence[Newcomer], *, now: datetime) -> list[Found]:
    """What the list says of each of `people`, in their order; one query for 5 000 keys."""
    if not people or not session.scalar(select(exists().where(Stop.until > now))):
        return [NOTHING] * len(people)
    secret = installation_key(session)
    keyed = [_keys(secret, one) for one in people]
    says = _says(session, {key for keys in keyed for key in keys}, now)
    if not says:
        return [NOTHING] * len(people)
    return [_found(secret, one, says) for one in people]


def _keep(
    session: Session,
    kind: str,
    keys: Iterable[str],
    contact_id: int,
    now: datetime,
    until: datetime | None = None,
) -> None:
    longest = now + timedelta(days=STOP_DAYS[StopKind(kind)])
    until = min(until or longest, longest)
    session.add_all(
        Stop(kind=kind, key=key, since=now, until=until, contact_id=contact_id) for key in keys
    )
    session.flush()


def _says(session: Session, keys: set[str], now: datetime) -> dict[str, Says]:
    found: dict[str, Says] = defaultdict(dict)
    for some in chunks(keys, PIECE):
        statement = select(Stop.key, Stop.kind, Stop.since, Stop.until).where(
            among(session, Stop.key, some), Stop.until > now
        )
        for key, kind, since, until in session.execute(statement):
            if kind == "rests":
                found[key][kind] = max(until, found[key].get(kind, until))
            else:
                found[key][kind] = min(since, found[key].get(kind, since))
    return found


def _found(secret: bytes, one: Newcomer, says: dict[str, Says]) -> Found:
    nothing: Says = {}
    numbers: dict[str, str] = {}
    of_person: list[Says] = []
    for e164 in one.numbers:
        of_number = says.get(_number(secret, e164), nothing)
        named = says.get(_named(secret, one.name_key, e164), nothing)
        of_person.append(named)
        for kind, said in (("opposed", of_number), ("invalid", of_number), ("wrong", named)):
            if kind in said:
                numbers.setdefault(e164, kind)
    if one.customer_reference:
        customer = _customer(secret, one.partner_id, one.customer_reference)
        of_person.append(says.get(customer, nothing))
    rests = max((said["rests"] for said in of_person if "rests" in said), default=None)
    return Found(
        numbers,
        _first(of_person, "opposed"),
        _first(of_person, "deceased"),
        paris_date(rests) if rests else None,
    )


def _first(said: Iterable[Says], kind: str) -> datetime | None:
    return min((each[kind] for each in said if kind in each), default=None)


def _keys(secret: bytes, one: Newcomer) -> list[str]:
    keys = [_number(secret, each) for each in one.numbers]
    keys += [_named(secret, one.name_key, each) for each in one.numbers]
    if one.customer_reference:
        keys.append(_customer(secret, one.partner_id, one.customer_reference))
    return keys


def _number(secret: bytes, e164: str) -> str:
    return _hash(secret, f"number\0{e164}")


def _named(secret: bytes, name_key: str, e164: str) -> str:
    return _hash(secret, f"named\0{name_key}\0{e164}")


def _customer(secret: bytes, partner_id: int, reference: str) -> str:
    return _hash(secret, f"customer\0{partner_id}\0{reference}")


def _hash(secret: bytes, what: str) -> str:
    """HMAC-SHA256 as 64 hexadecimal digits."""
    return hmac.digest(secret, what.encode(), "sha256").hex()
