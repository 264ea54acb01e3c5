"""Keeps the words under which people are found, whoever writes a person, a number or a case.

What goes through the session is kept by itself, at its flush; whoever writes many rows at once
calls `index_new` for people just written, and `refresh` for those who changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from sqlalchemy import delete, event, inspect, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_plain, insert_with_ids
from energymed.base.db.chunks import chunks
from energymed.base.text.french_sounds import sound
from energymed.cases.models import Case, Person, Phone
from energymed.cases.search_models import PersonWord, SearchWord
from energymed.cases.search_words import code_key, name_words, place_words

Word = tuple[str, bool]  # and whether it is a place's
_NAME = ("name_key",)
_CODES = (Case.reference, Case.contract_number, Case.delivery_point)
_OF_CASE = ("person_id", "address", "postal_code", "commune", *(column.key for column in _CODES))


def index_new(
    session: Session,
    names: Mapping[int, str],
    places: Iterable[tuple[int, str | None]],
    codes: Iterable[tuple[int, str | None]],
) -> None:
    """Make people findable who are not yet.

    Args:
        names: {person: key of the name}.
        places: (person, address, postal code or commune), as many as there are.
        codes: (person, number, reference, contract or delivery point), likewise.
    """
    said = [(person_id, text) for person_id, text in places if text]
    words = {key: name_words(key) for key in names.values()}
    of_places = {text: place_words(text) for _person, text in said}
    ids = _word_ids(session, _all(words, place=False) | _all(of_places, place=True))
    by_name = {key: [ids[word, False] for word in found] for key, found in words.items()}
    by_place = {text: [ids[word, True] for word in found] for text, found in of_places.items()}
    held = {person_id: set(by_name[key]) for person_id, key in names.items()}
    for person_id, text in said:
        held[person_id].update(by_place[text])
    for person_id, code in codes:
        if code and (key := code_key(code)) is not None:
            held[person_id].add(key)
    rows = [(person_id, word_id) for person_id, found in held.items() for word_id in found]
    insert_plain(session, PersonWord, ("person_id", "word_id"), rows)


def _all(words: Mapping[str, Iterable[str]], *, place: bool) -> set[Word]:
    return {(word, place) for found in words.values() for word in found}


def owners(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Whose cases these are, to be refreshed when the cases have changed or are gone."""
    found: set[int] = set()
    for some in chunks(case_ids, PIECE):
        found.update(session.scalars(select(Case.person_id).where(among(session, Case.id, some))))
    return found


def refresh(session: Session, person_ids: Iterable[int]) -> None:
    """Make people found under what their names, and the places of their cases, are now."""
    for some in chunks(sorted(set(person_ids)), PIECE):
        session.execute(
            delete(PersonWord).where(among(session, PersonWord.person_id, some)),
            execution_options={"synchronize_session": False},
        )
        named = select(Person.id, Person.name_key).where(among(session, Person.id, some))
        held = select(Case.person_id, Case.address, Case.postal_code, Case.commune, *_CODES).where(
            among(session, Case.person_id, some)
        )
        called = select(Phone.person_id, Phone.e164).where(among(session, Phone.person_id, some))
        with session.no_autoflush:
            names = {row.id: row.name_key for row in session.execute(named)}
            cases = session.execute(held).all()
            codes: list[tuple[int, str | None]] = [
                (person_id, e164) for person_id, e164 in session.execute(called)
            ]
        places = [(row[0], text) for row in cases for text in row[1:4]]
        codes += [(row[0], code) for row in cases for code in row[4:]]
        index_new(session, names, places, codes)


def _word_ids(session: Session, words: set[Word]) -> dict[Word, int]:
    """The row of each word, made when there is none."""
    ids: dict[Word, int] = {}
    for some in chunks(sorted({word for word, _ in words}), PIECE):
        known = select(SearchWord.id, SearchWord.word, SearchWord.place)
        for word_id, word, place in session.execute(
            known.where(among(session, SearchWord.word, some)).order_by(SearchWord.id.desc())
        ):
            ids[word, place] = word_id
    new = sorted(words - ids.keys())
    rows = [
        {"word": word, "mirrored": word[::-1], "sound": sound(word), "place": place}
        for word, place in new
    ]
    if rows:
        ids.update(zip(new, insert_with_ids(session, SearchWord, rows), strict=True))
    return ids


@event.listens_for(Session, "after_flush")
def _keep(session: Session, _flush: object) -> None:
    """Whoever's name or place the session has just written is found by the new one."""
    touched: set[int] = set()
    for each in chain(session.new, session.dirty):
        if isinstance(each, Person) and _changed(each, _NAME):
            touched.add(each.id)
        elif isinstance(each, Case) and (owners := _changed(each, _OF_CASE)):
            touched.add(each.person_id)
            touched.update(owners["person_id"])
        elif isinstance(each, Phone) and _changed(each, ("e164",)):
            touched.add(each.person_id)
    if touched:
        refresh(session, touched)


def _changed(row: Any, names: tuple[str, ...]) -> dict[str, set[Any]]:
    """{column: what it was before} when one of these columns was written; else nothing."""
    before: dict[str, set[Any]] = defaultdict(set)
    written = False
    for name in names:
        history = inspect(row).attrs[name].history
        written |= history.has_changes()
        before[name] = set(history.deleted or ()) - {None}
    return before if written else {}
