"""The people's side of an undo: former values back, and nobody left whom only the file knew."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from energymed.base.db.chunks import chunks
from energymed.base.text.folding import name_key
from energymed.cases.models import Household, Person, Phone
from energymed.cases.references import referred_to
from energymed.cases.silent_numbers import judge_numbers
from energymed.cases.words import NO_WORDS, Words, words_of_people

_QUIET: dict[str, Any] = {"synchronize_session": False}


def restore_people(session: Session, notes: list[dict[str, Any]], most_names: int) -> None:
    """Undo what the lines did to people; `notes` are `BatchRow.before` of every line.

    Args:
        most_names: names under which a number may stand and still link people.
    """
    silent = _silent_numbers(session, notes)
    words = words_of_people(session, [note["person_id"] for note in notes if "person" in note])
    for note in reversed(notes):  # two lines may have changed one person in turn
        if "person" in note:
            said = words.get(note["person_id"], NO_WORDS)
            _restore_values(session, note["person_id"], note["person"], said)
        for phone_id, remark in note.get("remarks", []):
            phone = session.get(Phone, phone_id)
            if phone is not None:
                phone.remark = remark
    session.flush()
    _delete_phones(session, [phone for note in notes for phone in note.get("phones", [])])
    homes: set[int] = set()
    for note in reversed(notes):  # a large file may have moved somebody twice
        for person_id, household_id in note.get("households", {}).items():
            left = select(Person.household_id).where(Person.id == int(person_id))
            homes.update(session.scalars(left))
            session.execute(
                update(Person).where(Person.id == int(person_id)).values(household_id=household_id),
                execution_options=_QUIET,
            )
    for some in chunks(note["new_person"] for note in notes if "new_person" in note):
        homes |= _delete_people(session, some)
    for some in chunks(sorted(homes)):
        lived_in = select(Person.household_id).where(Person.household_id.in_(some))
        empty = set(some) - set(session.scalars(lived_in))
        session.execute(delete(Household).where(Household.id.in_(empty)), execution_options=_QUIET)
    judge_numbers(session, silent, most_names)  # fewer names may be on them now


def _silent_numbers(session: Session, notes: list[dict[str, Any]]) -> set[str]:
    """Of the numbers that the file brought, those that link nobody."""
    found: set[str] = set()
    silent = select(Phone.e164).where(Phone.links.is_(False)).distinct()
    brought = [phone for note in notes for phone in note.get("phones", [])]
    for some in chunks(brought):
        found.update(session.scalars(silent.where(Phone.id.in_(some))))
    for some in chunks(note["new_person"] for note in notes if "new_person" in note):
        found.update(session.scalars(silent.where(Phone.person_id.in_(some))))
    return found


def _restore_values(session: Session, person_id: int, values: dict[str, Any], words: Words) -> None:
    """What the person has said since stays."""
    person = session.get(Person, person_id)
    if person is not None:
        for name, old in values.items():
            if name not in words.person:
                setattr(person, name, old)
        person.name_key = name_key(person.last_name, person.first_name)


def _delete_phones(session: Session, phone_ids: list[int]) -> None:
    """Numbers that the file added; one that was dialled since stays."""
    for some in chunks(phone_ids):
        unused = set(some) - referred_to(session, "phone", some)
        session.execute(delete(Phone).where(Phone.id.in_(unused)), execution_options=_QUIET)


def _delete_people(session: Session, person_ids: list[int]) -> set[int]:
    """Delete those that nothing but their phones points at; returns their households."""
    alone = set(person_ids) - referred_to(session, "person", person_ids, but="phone")
    homes = set(session.scalars(select(Person.household_id).where(Person.id.in_(alone))))
    session.execute(delete(Phone).where(Phone.person_id.in_(alone)), execution_options=_QUIET)
    session.execute(delete(Person).where(Person.id.in_(alone)), execution_options=_QUIET)
    return homes
