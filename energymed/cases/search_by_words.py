"""People found by words of their names and places.

A typed word leads to words like it, these to the names and places that hold them. A typo leaves
one half of a word whole, so that the words that may be meant are those that begin or end like it,
or sound like it: a few thousand, read by indexes and compared one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from energymed.accounts.models import Site
from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.base.db.bulk import among
from energymed.base.text.french_sounds import sound
from energymed.base.text.likeness import BEGUN, likeness
from energymed.cases.models import Case, Person
from energymed.cases.search_models import SearchText, SearchWord, TextWord
from energymed.cases.search_words import typed_words

BOUND = 1_000  # people who are compared with one another
MOST_PEOPLE = 2 * BOUND  # people, names or places that one part of what is typed leads to
CLOSE = BEGUN - 5.0  # of 100: a word whole or begun, of a name or a place
_PLACE = 5.0  # what a word of a place counts less than one of a name
_MOST_TEXTS = 20_000  # names or places of a typed word
_MOST_WORDS = 4  # typed words that may each be of the name or of the place
_AFTER = "{"  # comes after every letter
_HALVED = 4  # letters of a word in which a typo leaves one half whole
_PART, _PARTED = 3, 8  # letters left whole by two typos, in words of so many
_FARTHEST = 2  # letters that two typos add or take

Scores = dict[int, float]  # {id: how well it fits, of 100}


@dataclass(slots=True)
class Term:
    """The names and the places that hold a typed word, or one that may be meant by it."""

    names: Scores = field(default_factory=dict)
    places: Scores = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what is typed: some words are of the name, the others of the place.

    A name or a place fits as much as its words do together; None where no word is one.
    """

    names: Scores | None
    places: Scores | None


def readings_of(session: Session, text: str) -> tuple[list[Reading], int]:
    """Every way to read what is typed that somebody may fit, and of how many words it is."""
    typed = typed_words(text)[:_MOST_WORDS]
    terms = [_term(session, spellings) for spellings in typed]
    readings = []
    for of_name in product((True, False), repeat=len(terms)):
        parts = list(zip(terms, of_name, strict=True))
        names = _together([term.names for term, is_name in parts if is_name])
        places = _together([term.places for term, is_name in parts if not is_name])
        if terms and names != {} and places != {}:
            readings.append(Reading(names, places))
    return readings, len(terms)


def people_of(ctx: Context, readings: Sequence[Reading], words: int) -> Scores:
    """The people of the actor's who fit, of 100; about `BOUND` for each reading, the best."""
    found: Scores = {}
    for reading in readings:
        for person_id, fits in _people(ctx, reading):
            found[person_id] = max(found.get(person_id, 0), fits / words)
    return found


def fitting(session: Session, readings: Sequence[Reading]) -> ColumnElement[bool]:
    """For a select of `Case`: whose person fits, however many they are."""
    return or_(false(), *(_fits(session, reading) for reading in readings))


def _people(ctx: Context, reading: Reading) -> Iterator[tuple[int, float]]:
    """(person, how well it fits) for one reading; by names first, of which fewer people are."""
    names, places, session = reading.names, reading.places, ctx.session
    if names is None:
        best = _best(places or {})
        rows = scoped(select(Case.person_id, Case.place_id), Case, ctx.actor)
        for person_id, place in read_rows(
            session, rows.where(among(session, Case.place_id, best)).limit(BOUND)
        ):
            yield person_id, best[place or 0]
        return
    if places is None:
        best = _best(names)
        rows = scoped(select(Person.id, SearchText.id), Person, ctx.actor)
        for person_id, name in read_rows(
            session, rows.where(*_borne(session, best)).limit(MOST_PEOPLE)
        ):
            yield person_id, best[name]
        return
    both = select(Person.id, SearchText.id, Case.place_id).join(Case, Case.person_id == Person.id)
    at = among(session, Case.place_id, places)
    living = scoped(both, Person, ctx.actor).where(*_borne(session, names), at)
    for person_id, name, place in read_rows(session, living.limit(MOST_PEOPLE)):
        yield person_id, names[name] + places[place or 0]


def _borne(session: Session, names: Iterable[int]) -> list[ColumnElement[bool]]:
    """Conditions on `Person` and `SearchText`, by the index of names at a site."""
    return [
        Person.site_id.in_(select(Site.id)),
        Person.name_key == SearchText.text,
        SearchText.place.is_(False),
        among(session, SearchText.id, names),
    ]


def _fits(session: Session, reading: Reading) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if reading.names is not None:
        people = select(Person.id).where(*_borne(session, reading.names))
        conditions.append(Case.person_id.in_(people))
    if reading.places is not None:
        conditions.append(among(session, Case.place_id, reading.places))
    return and_(*conditions)


def _best(scores: Scores) -> Scores:
    return dict(sorted(scores.items(), key=lambda pair: -pair[1])[:MOST_PEOPLE])


def _together(scores: Sequence[Scores]) -> Scores | None:
    """What is in all of them, with the sum; None for none of them."""
    if not scores:
        return None
    found, *others = sorted(scores, key=len)
    for other in others:
        found = {one: found[one] + other[one] for one in found.keys() & other.keys()}
    return found


def _term(session: Session, spellings: Iterable[str]) -> Term:
    """What holds a typed word, in any of its spellings."""
    names, places = _meant(session, spellings)
    return Term(_texts(session, names), _texts(session, places))


def _texts(session: Session, words: Scores) -> Scores:
    found: Scores = {}
    rows = select(TextWord.text_id, TextWord.word_id).where(among(session, TextWord.word_id, words))
    for text_id, word_id in read_rows(session, rows.limit(_MOST_TEXTS)):
        fits = words[word_id]
        if fits > found.get(text_id, 0):
            found[text_id] = fits
    return found


def _meant(session: Session, spellings: Iterable[str]) -> tuple[Scores, Scores]:
    """The words of names and those of places that may be meant."""
    names: Scores = {}
    places: Scores = {}
    for typed in spellings:
        heard = sound(typed)
        for word_id, word, its_sound, place in read_rows(session, _candidates(typed, heard)):
            fits = likeness(typed, heard, word, its_sound)
            if fits > 0:
                kind = places if place else names
                kind[word_id] = max(kind.get(word_id, 0), fits - _PLACE * place)
    return names, places


def _candidates(typed: str, heard: str) -> Select[int, str, str, bool]:
    """Id, word, sound and whether a place's, of the words that may be meant; some of them twice."""
    wanted = [_begins(SearchWord.word, typed)]
    wanted.append(
        _begins(SearchWord.sound, heard) if len(heard) > _FARTHEST else SearchWord.sound == heard
    )
    if len(typed) >= _HALVED:
        half = _PART if len(typed) >= _PARTED else len(typed) // 2
        rest = _PART if len(typed) >= _PARTED else len(typed) - half
        length = func.length(SearchWord.word)
        near = length.between(len(typed) - _FARTHEST, len(typed) + _FARTHEST)
        wanted.append(_begins(SearchWord.word, typed[:half]) & near)
        wanted.append(_begins(SearchWord.mirrored, typed[::-1][:rest]) & near)
        wanted.append(SearchWord.word.in_(_swapped(typed)))
    columns = (SearchWord.id, SearchWord.word, SearchWord.sound, SearchWord.place)
    parts = union_all(*(select(*columns).where(each) for each in wanted)).subquery()
    return select(parts.c.id, parts.c.word, parts.c.sound, parts.c.place)


def _swapped(typed: str) -> list[str]:
    """The word with each two neighbours changed places: that may leave no half whole."""
    return [
        typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :] for at in range(len(typed) - 1)
    ]


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """A range, which goes by the index on both databases."""
    return and_(column >= text, column < text + _AFTER)
