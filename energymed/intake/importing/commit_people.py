"""The people's side of a commit: recognised, corrected, or written as new."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.db.bulk import update_rows
from energymed.base.text.folding import name_key
from energymed.cases.models import Person
from energymed.cases.people import People
from energymed.intake.importing.plan import PlannedCase, identity

Before = dict[str, Any]


def write_people(
    session: Session,
    people: People,
    planned: list[PlannedCase],
    before: dict[int, Before],
    now: datetime,
) -> dict[int, int]:
    """{row number of a new case: id of its person}; notes in `before` what an undo needs."""
    people.load(one.known.person_id for one in planned if one.known)
    people.look_up(identity(one.row) for one in planned if one.known is None)
    owners, news, changed = {}, {}, {}
    for one in planned:
        said, note = identity(one.row), before[one.row.row_number]
        person = people.by_id[one.known.person_id] if one.known else people.find(said)
        if person is None:
            person = news[one.row.row_number] = people.add(said)
        else:
            note["new_phones"] = people.add_phones(person, said.phones)
            if person.id is not None and (changes := person.changes(said)):
                note["person"] = {name: old for name, (old, _) in changes.items()}
                person.values.update({name: new for name, (_, new) in changes.items()})
                changed[person.id] = person
        owners[one.row.row_number] = person
    saved = people.save(now)
    for number, person in owners.items():
        note = before[number]
        if numbers := note.pop("new_phones", None):
            note["phones"] = [person.phones[e164] for e164 in numbers]
        if number in news:
            note["new_person"] = person.id
        if "person" in note:
            note["person_id"] = person.id
    if saved.moved_households and planned:
        moved = {str(person): old for person, old in saved.moved_households.items()}
        before[planned[0].row.row_number]["households"] = moved
    _update_people(session, [(person.id, person.values) for person in changed.values()])
    return {number: person.id for number, person in owners.items() if person.id is not None}


def _update_people(
    session: Session, changed: list[tuple[int | None, dict[str, str | None]]]
) -> None:
    rows = [
        {
            "id": person_id,
            "name_key": name_key(values["last_name"] or "", values["first_name"]),
            **values,
        }
        for person_id, values in changed
    ]
    update_rows(session, Person, rows)
