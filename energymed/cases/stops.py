"""Stops that outlive their people: who is never called again, also when a later file names them.

A stop is kept as keyed hashes only (DOMAIN §12): of a number, of a name with a number, or of a
partner's customer reference. Whoever holds the list without the key of the installation learns
nothing from it; whoever holds both can only ask about somebody whom they know already.

| kind     | matched by                                | what it does to a newcomer           |
|----------|-------------------------------------------|--------------------------------------|
| opposed  | number*; name and number; customer        | number and person are not called     |
| deceased | name and number; customer                 | the household is not called          |
| wrong    | name and number                           | that number is not this person's     |
| invalid  | number                                    | the number is out of service         |
| rests    | name and number; customer                 | the person is left in peace till then |

*) not by a number that many strangers share (`cases.silent_numbers`).
"""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.db import installation_key
from energymed.base.db.bulk import among
from energymed.base.db.chunks import chunks
from energymed.cases.codes import STOP_DAYS, PhoneStatus, StopKind
from energymed.cases.models import Person, Stop

PIECE = 5_000


class Mark(NamedTuple):
    """Since when somebody is stopped (for a rest, until when), and the call that said so."""

    at: datetime
    contact_id: int | None


Stops = dict[StopKind, Mark]


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

    numbers: dict[str, PhoneStatus] = field(default_factory=dict)
    opposed: Mark | None = None
    deceased: Mark | None = None
    rests: Mark | None = None

    def marks(self) -> dict[str, Any]:
        """What `Person` holds of it: each mark, and the call that made it."""
        return {
            "opposed_at": self.opposed and self.opposed.at,
            "opposed_by_contact_id": self.opposed and self.opposed.contact_id,
            "deceased_at": self.deceased and self.deceased.at,
            "deceased_by_contact_id": self.deceased and self.deceased.contact_id,
            "rests_until": self.rests and paris_date(self.rests.at),
            "rests_by_contact_id": self.rests and self.rests.contact_id,
        }


# {mark of a person: the column of the call that made it}
MARKS = {
    "opposed_at": "opposed_by_contact_id",
    "deceased_at": "deceased_by_contact_id",
    "rests_until": "rests_by_contact_id",
}
KIND_OF_MARK = {
    "opposed_at": StopKind.OPPOSED, "deceased_at": StopKind.DECEASED, "rests_until": StopKind.RESTS,
}  # fmt: skip
NOTHING = Found()


def note_numbers(ctx: Context, status: PhoneStatus, person: Person, numbers: Iterable[str]) -> None:
    """Keep what a call said of numbers: `opposed`, `invalid`, or `wrong` for this person."""
    secret = installation_key(ctx.session)
    wrong = status == PhoneStatus.WRONG
    keys = [
        _named(secret, person.name_key, each) if wrong else _number(secret, each)
        for each in numbers
    ]
    _add(ctx, StopKind(status), keys)


def note_person(
    ctx: Context, kind: StopKind, person: Person, *, until: datetime | None = None
) -> None:
    """Keep what a call said of a person: `opposed`, `deceased`, or `rests` until then."""
    secret = installation_key(ctx.session)
    keys = [_named(secret, person.name_key, phone.e164) for phone in person.phones]
    if person.customer_reference:
        keys.append(_customer(secret, person.partner_id, person.customer_reference))
    _add(ctx, kind, keys, until)


def copy_stops(ctx: Context, person: Person, marks: Iterable[str] = ()) -> None:
    """Keep marks of a person (those named, else all) for their name and numbers as they are now.

    Each stays the word of the call that made it, so that its correction lifts them all.
    """
    for mark in marks or MARKS:
        since = getattr(person, mark)
        if since is not None:
            until = at_paris(since, time.min) if mark == "rests_until" else None
            by_call = ctx.caused_by(contact_id=getattr(person, MARKS[mark]))
            note_person(by_call, KIND_OF_MARK[mark], person, until=until)


def copy_wrong_numbers(
    ctx: Context, person: Person, former_name_key: str, numbers: Iterable[str]
) -> None:
    """Keep that these numbers are wrong for a person of another spelling now.

    Each stays the word of the call that said so, as `copy_stops` does.
    """
    secret = installation_key(ctx.session)
    for number in numbers:
        former = select(Stop).where(
            Stop.kind == StopKind.WRONG, Stop.key == _named(secret, former_name_key, number)
        )
        for stop in ctx.session.scalars(former).all():
            by_call = ctx.caused_by(contact_id=stop.contact_id)
            _add(by_call, StopKind.WRONG, [_named(secret, person.name_key, number)])


def lift_stops(session: Session, contact_id: int) -> None:
    """Forget what one call had said: it is corrected."""
    session.execute(delete(Stop).where(Stop.contact_id == contact_id))


def forget_lapsed(session: Session, *, now: datetime) -> int:
    """Delete the stops that have been kept long enough; returns how many."""
    lapsed = session.scalars(select(Stop.id).where(Stop.until <= now)).all()
    for some in chunks(lapsed):
        session.execute(delete(Stop).where(Stop.id.in_(some)))
    return len(lapsed)


def any_kept(session: Session, *, now: datetime) -> bool:
    """Whether the list says anything of anybody: without, nobody has to be looked up."""
    return bool(session.scalar(select(exists().where(Stop.until > now))))


def look_up(
    session: Session, people: Sequence[Newcomer], *, now: datetime, silent: Collection[str] = ()
) -> list[Found]:
    """What the list says of each of `people`, in their order; one query for 5 000 keys.

    Args:
        silent: numbers that link nobody: an opposition on them was one person's alone.
    """
    if not people or not any_kept(session, now=now):
        return [NOTHING] * len(people)
    secret = installation_key(session)
    keyed = [_keys(secret, one) for one in people]
    says = _says(session, {key for keys in keyed for key in keys}, now)
    if not says:
        return [NOTHING] * len(people)
    return [_found(secret, one, says, silent) for one in people]


def _add(ctx: Context, kind: StopKind, keys: Iterable[str], until: datetime | None = None) -> None:
    since = ctx.now
    longest = since + timedelta(days=STOP_DAYS[kind])
    until = min(until or longest, longest)
    ctx.session.add_all(
        Stop(kind=kind, key=key, since=since, until=until, contact_id=ctx.contact_id)
        for key in keys
    )
    ctx.session.flush()


def _says(session: Session, keys: set[str], now: datetime) -> dict[str, Stops]:
    found: dict[str, Stops] = defaultdict(dict)
    for some in chunks(keys, PIECE):
        statement = select(Stop.key, Stop.kind, Stop.since, Stop.until, Stop.contact_id).where(
            among(session, Stop.key, some), Stop.until > now
        )
        for key, kind, since, until, contact_id in session.execute(statement):
            said = Mark(until if kind == StopKind.RESTS else since, contact_id)
            found[key][kind] = _holds([said, found[key].get(kind, said)], kind)
    return found


def _holds(said: Iterable[Mark], kind: StopKind) -> Mark:
    """Of several calls that said the same, the one that counts: the first; the longest rest."""
    if kind == StopKind.RESTS:
        return max(said, key=lambda one: one.at)
    return min(said, key=lambda one: one.at)


def _found(secret: bytes, one: Newcomer, says: dict[str, Stops], silent: Collection[str]) -> Found:
    nothing: Stops = {}
    numbers: dict[str, PhoneStatus] = {}
    of_person: list[Stops] = []
    for e164 in one.numbers:
        of_number = says.get(_number(secret, e164), nothing)
        named = says.get(_named(secret, one.name_key, e164), nothing)
        of_person.append(named)
        for kind, said in (
            (StopKind.OPPOSED, of_number), (StopKind.INVALID, of_number), (StopKind.WRONG, named),
        ):  # fmt: skip
            if kind in said and not (kind == StopKind.OPPOSED and e164 in silent):
                numbers.setdefault(e164, PhoneStatus(kind))
    if one.customer_reference:
        customer = _customer(secret, one.partner_id, one.customer_reference)
        of_person.append(says.get(customer, nothing))
    kinds = (StopKind.OPPOSED, StopKind.DECEASED, StopKind.RESTS)
    return Found(numbers, *(_of_kind(of_person, kind) for kind in kinds))


def _of_kind(stops: Iterable[Stops], kind: StopKind) -> Mark | None:
    said = [each[kind] for each in stops if kind in each]
    return _holds(said, kind) if said else None


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
