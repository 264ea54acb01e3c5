"""People found by words of their names and places: each typed word leads to words, they to people.

A typo leaves one half of a word whole, so that the words that may be meant are those that begin or
end like it, or sound like it: a few thousand, read by indexes and compared one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.text.french_sounds import sound
from energymed.base.text.likeness import BEGUN, likeness
from energymed.cases.models import Case, Person
from energymed.cases.search_models import PersonWord, SearchWord
from energymed.cases.search_words import code_key, typed_words

BOUND = 1_000  # people compared with one another; beyond, only whole and begun words count
_COUNTED = 5_000  # how far the people of a word are counted, to begin with the rarest
_AFTER = "{"  # comes after every letter
_HALVED = 4  # letters of a word in which a typo leaves one half whole
_PART, _PARTED = 3, 8  # letters left whole by two typos, in words of so many
_FARTHEST = 2  # letters that two typos add or take
_PLACE = 5.0  # what a word of a place counts less than one of a name

CLOSE = BEGUN - _PLACE  # a word whole or begun

Term = dict[int, float]  # {word: how like the typed one it is, of 100}
Scores = dict[int, float]  # {person: how well it fits, of 100}


def terms_of(session: Session, text: str) -> list[Term]:
    """For each typed word that counts, the words that may be meant."""
    return [_meant(session, spellings) for spellings in typed_words(text)]


def people_of(ctx: Context, terms: Sequence[Term]) -> Scores:
    """The people of the actor's who have a word of every term; at most `BOUND` a kind."""
    people = set(_holders(ctx, [_close(term) for term in terms]))
    if len(people) < BOUND:
        people.update(_holders(ctx, terms))
    return _scored(ctx.session, people, terms)


def holding(session: Session, terms: Sequence[Term]) -> ColumnElement[bool]:
    """For a select of `Case`: whose person has a word of every term, whole or begun."""
    return and_(*(Case.person_id.in_(_having(session, _close(term))) for term in terms))


def ending_in(code: str) -> Select[int]:
    """The people of whom a number or a reference has the last four signs of this one."""
    return select(PersonWord.person_id).where(PersonWord.word_id == code_key(code))


def _meant(session: Session, spellings: Iterable[str]) -> Term:
    term: Term = {}
    for typed in spellings:
        heard = sound(typed)
        for word_id, word, its_sound, place in session.execute(_candidates(typed, heard)):
            fits = likeness(typed, heard, word, its_sound) - _PLACE * place
            if fits > 0:
                term[word_id] = max(term.get(word_id, 0), fits)
    return term


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


def _close(term: Term) -> Term:
    return {word_id: fits for word_id, fits in term.items() if fits >= CLOSE}


def _holders(ctx: Context, terms: Sequence[Term]) -> Iterable[int]:
    if not terms or not all(terms):
        return ()
    by_count = sorted(terms, key=lambda term: _count(ctx.session, term) if len(terms) > 1 else 0)
    statement = select(Person.id).where(Person.id.in_(_having(ctx.session, by_count[0])))
    for term in by_count[1:]:
        has = exists().where(PersonWord.person_id == Person.id, _of(ctx.session, term))
        statement = statement.where(has)
    return ctx.session.scalars(scoped(statement, Person, ctx.actor).limit(BOUND))


def _having(session: Session, term: Term) -> Select[int]:
    return select(PersonWord.person_id).where(_of(session, term))


def _of(session: Session, term: Term) -> ColumnElement[bool]:
    return among(session, PersonWord.word_id, term)


def _count(session: Session, term: Term) -> int:
    """How many have a word of the term, up to a bound."""
    some = _having(session, term).limit(_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _scored(session: Session, people: set[int], terms: Sequence[Term]) -> Scores:
    """How well each fits: the mean of the best word for each term."""
    wanted = set().union(*terms)
    held: dict[int, list[int]] = defaultdict(list)
    statement = select(PersonWord.person_id, PersonWord.word_id)
    for person_id, word_id in session.execute(
        statement.where(among(session, PersonWord.person_id, people))
    ):
        if word_id in wanted:
            held[person_id].append(word_id)
    return {
        person_id: sum(max(term.get(word, 0) for word in words) for term in terms) / len(terms)
        for person_id, words in held.items()
    }
