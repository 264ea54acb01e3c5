"""Marking numbers that are not dialled any more, at once and in files to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Actor, Context
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Person, Phone
from energymed.cases.stops import note_numbers


@dataclass(frozen=True, slots=True)
class Said:
    """Who says it of whose numbers, and in which call."""

    session: Session
    actor: Actor
    person: Person
    contact_id: int
    now: datetime


def not_theirs(said: Said, phone: Phone) -> None:
    """That number is never dialled for this person again, in whichever file they are."""
    named = select(Person.id).where(Person.name_key == said.person.name_key)
    _mark(said, "wrong", [phone.e164], Phone.person_id.in_(named), Phone.status == "ok")


def out_of_service(said: Said, phone: Phone) -> None:
    """That number is dialled for nobody; it says more than a wrong one, as in a later file."""
    _mark(said, "invalid", [phone.e164], Phone.status.in_(("ok", "wrong")))


def never_again(said: Said) -> None:
    """A permanent stop on the person's numbers, whoever else has them."""
    numbers = [phone.e164 for phone in said.person.phones]
    _mark(said, "opposed", numbers, Phone.status != "opposed")


def _mark(said: Said, status: str, numbers: Sequence[str], *which: ColumnElement[bool]) -> None:
    """Give these numbers a status, on whomever `which` holds."""
    same = select(Phone).where(Phone.e164.in_(numbers), *which).order_by(Phone.id)
    for phone in said.session.scalars(same).all():
        before, phone.status = phone.status, PhoneStatus(status)
        audit.record(
            Context(said.session, said.actor, said.now),
            "phone.marked",
            phone,
            before={"status": before},
            after={"status": status},
        )
    note_numbers(said.session, status, said.person, numbers, said.contact_id, now=said.now)
