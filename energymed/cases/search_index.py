"""Keeps the texts under which people are found, whoever writes a person or a case.

What goes through the session is kept by itself, at its flush; whoever writes many rows at once
calls `keep_names`, and gives its cases the `place_id` that `place_ids` tells.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import delete, event, inspect, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_plain, insert_with_ids, update_rows
from energymed.base.db.chunks import chunks
from energymed.base.text.addresses import address_key
from energymed.base.text.french_sounds import sound
from energymed.cases.models import Case, Person
from energymed.cases.search_models import SearchText, SearchWord, TextWord
from energymed.cases.search_words import name_words, place_key

Place = tuple[str | None, str | None, str | None]  # address, postal code, commune


def keep_names(session: Session, name_keys: Iterable[str]) -> None:
    """Make whoever bears these names findable by them."""
    _text_ids(session, set(name_keys), place=False)


def place_ids(session: Session, places: Iterable[Place]) -> dict[Place, int | None]:
    """{place: its `Case.place_id`}; None for one without a word to be found by."""
    keys = {place: place_key(*place) for place in places}
    ids = _text_ids(session, set(keys.values()) - {""}, place=True)
    return {place: ids.get(key) for place, key in keys.items()}


def refresh_places(session: Session, case_ids: Iterable[int]) -> None:
    """Cases whose places were written past the session are found, and known again, by the new."""
    columns = (Case.id, Case.address, Case.postal_code, Case.commune)
    for some in chunks(case_ids, PIECE):
        found = session.execute(select(*columns).where(among(session, Case.id, some)))
        places = {case_id: (address, code, town) for case_id, address, code, town in found}
        ids = place_ids(session, places.values())
        rows = [
            {"id": case_id, "place_id": ids[place], "address_key": address_key(*place)}
            for case_id, place in places.items()
        ]
        update_rows(session, Case, rows)


def forget_unused_names(session: Session) -> int:
    """Delete the names that nobody bears any more; returns how many."""
    borne = SearchText.text.in_(select(Person.name_key))  # all at once: it is no leading column
    unused = select(SearchText.id).where(SearchText.place.is_(False), ~borne)
    ids = session.scalars(unused).all()
    for some in chunks(ids, PIECE):
        session.execute(
            delete(SearchText).where(among(session, SearchText.id, some)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


def _text_ids(session: Session, texts: set[str], *, place: bool) -> dict[str, int]:
    """The row of each text, made with its words when there is none."""
    ids: dict[str, int] = {}
    for some in chunks(sorted(texts), PIECE):
        known = select(SearchText.text, SearchText.id).where(SearchText.place.is_(place))
        found = session.execute(known.where(among(session, SearchText.text, some)))
        ids |= {row[0]: row[1] for row in found}
    new = sorted(texts - ids.keys())
    if new:
        made = insert_with_ids(session, SearchText, [{"text": t, "place": place} for t in new])
        _hold(session, new, made, place=place)
        ids.update(zip(new, made, strict=True))
    return ids


def _hold(session: Session, texts: Sequence[str], ids: Sequence[int], *, place: bool) -> None:
    """Write which words each text holds."""
    words = [set(text.split()) if place else name_words(text) for text in texts]
    known = _word_ids(session, set(chain.from_iterable(words)), place=place)
    held = zip(words, ids, strict=True)
    rows = [(known[word], text_id) for each, text_id in held for word in each]
    insert_plain(session, TextWord, ("word_id", "text_id"), rows)


def _word_ids(session: Session, words: set[str], *, place: bool) -> dict[str, int]:
    """The row of each word, made when there is none."""
    ids: dict[str, int] = {}
    for some in chunks(sorted(words), PIECE):
        known = select(SearchWord.word, SearchWord.id).where(SearchWord.place.is_(place))
        found = session.execute(known.where(among(session, SearchWord.word, some)))
        ids |= {row[0]: row[1] for row in found}
    new = sorted(words - ids.keys())
    rows = [
        {"word": word, "mirrored": word[::-1], "sound": sound(word), "place": place} for word in new
    ]
    if rows:
        ids.update(zip(new, insert_with_ids(session, SearchWord, rows), strict=True))
    return ids


@event.listens_for(Session, "before_flush")
def _keep(session: Session, _flush: object, _instances: object) -> None:
    """Whoever's name or place the session is about to write is found by the new one."""
    written = list(chain(session.new, session.dirty))
    changed = partial(_changed, written)
    with session.no_autoflush:
        if people := changed(Person, ("name_key",)):
            keep_names(session, [each.name_key for each in people])
        if cases := changed(Case, ("address", "postal_code", "commune")):
            ids = place_ids(session, map(place_of, cases))
            for case in cases:
                case.place_id = ids[place_of(case)]


def place_of(case: Any) -> Place:
    """Where a case is."""
    return case.address, case.postal_code, case.commune


def _changed(written: Iterable[Any], kind: type, names: Sequence[str]) -> list[Any]:
    """The rows of a kind of which one of these columns is written."""
    return [
        each
        for each in written
        if isinstance(each, kind)
        and any(inspect(each).attrs[name].history.has_changes() for name in names)
    ]
