"""The one search for people: by name, place, number, reference, delivery point or e-mail.

Every door asks it. What is typed is a code (a number, a reference…) or words: every word must be
in the name, the address or the commune, whole, begun, sounding alike or with a typo. Titles and
the order of words count for nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.text.likeness import WHOLE
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person, Phone, ending
from energymed.cases.search_by_words import BOUND, CLOSE, Scores, fitting, people_of, readings_of
from energymed.cases.search_words import is_postal
from energymed.partners.models import Partner

MOST = 20  # people shown to whoever answers a call
SHORTEST_NUMBER = 4
DELIVERY_POINT = 14  # figures

Cases = TypeVar("Cases", bound=Select[Any])


@dataclass(slots=True)
class PersonFound:
    """Somebody, with all the cases that the actor may see, open ones first."""

    person: Person
    cases: list[Case] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether no case is open."""
        return self.cases[0].state == CaseState.CLOSED


def find_people(ctx: Context, text: str) -> list[PersonFound]:
    """Who fits best, at most 20; one person of several partners is one. Open cases first."""
    scores = _by_codes(ctx, text)
    if not _is_code(text, scores):
        scores = people_of(ctx, *readings_of(ctx.session, text)) | scores
    best = sorted(scores, key=lambda one: (-scores[one], -one))[: MOST * 3]
    found: dict[tuple[int, str], PersonFound] = {}
    fits: dict[tuple[int, str], float] = {}
    for case in cases_of(ctx, best):
        key = case.person.household_id, case.person.name_key
        found.setdefault(key, PersonFound(case.person)).cases.append(case)
        fits[key] = max(fits.get(key, 0), scores[case.person_id])
    order = sorted(found, key=lambda key: (-fits[key], found[key].closed, key[1], -key[0]))
    return [found[key] for key in order[:MOST]]


def searched(ctx: Context, statement: Cases, text: str, *, by_person: bool = False) -> Cases:
    """A select that has `Case` in it, narrowed to whose person fits; nothing typed asks nothing.

    Args:
        by_person: to put the closest first, the cases of a person together (needs `Person`).
    """
    if not text:
        return statement
    condition, close = _found(ctx, text)
    statement = statement.where(condition)
    if by_person:
        person = (Person.name_key, Person.household_id, Case.state == CaseState.CLOSED)
        statement = statement.order_by(None).order_by(close.desc(), *person, Case.id.desc())
    return statement


def matches(ctx: Context, text: str) -> ColumnElement[bool]:
    """For a select of `Case`: whose person fits, by the same search."""
    return _found(ctx, text)[0]


def _found(ctx: Context, text: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whose person fits, and whose has the words as they were typed."""
    scores = _by_codes(ctx, text)
    if _is_code(text, scores):
        listed = among(ctx.session, Case.person_id, scores)
        return listed, listed
    readings, words = readings_of(ctx.session, text)
    people = people_of(ctx, readings, words) | scores
    listed = among(ctx.session, Case.person_id, people)
    if len(people) >= BOUND:
        listed = or_(listed, fitting(ctx.session, readings))
    close = [person for person, fits in people.items() if fits >= CLOSE]
    return listed, among(ctx.session, Case.person_id, close)


def _is_code(text: str, scores: Scores) -> bool:
    """Whether what is typed was found as a number or a reference: its words are none."""
    return bool(scores) and not is_postal(text.strip()) and any(sign.isdigit() for sign in text)


def _by_codes(ctx: Context, text: str) -> Scores:
    """A reference, an e-mail address or a number; else the end of one, or a delivery point.

    The first go by indexes; the others have all cases read, and are asked only when there are none.
    """
    found = _owners(ctx, [*_references(ctx.session, text), *_numbers(text)])
    return found or _owners(ctx, _endings(text))


def _owners(ctx: Context, conditions: Sequence[ColumnElement[bool]]) -> Scores:
    parts = [scoped(select(Case.person_id).where(each), Case, ctx.actor) for each in conditions]
    return dict.fromkeys(ctx.session.scalars(union_all(*parts)), WHOLE) if parts else {}


def _references(session: Session, text: str) -> list[ColumnElement[bool]]:
    """Conditions that go by the indexes of references, in capitals or not; with a figure, begun."""
    typed = text.strip(), "".join(text.split())
    if not typed[0]:
        return []
    spelled = {way(one) for one in typed for way in (str, str.upper, str.lower, str.capitalize)}
    partners = select(Partner.id)
    owners = Person.partner_id.in_(partners), Person.customer_reference.in_(spelled)
    reference: ColumnElement[bool] = Case.reference.in_(spelled)
    if any(sign.isdigit() for sign in text):
        reference = or_(reference, *(_begun(session, Case.reference, one) for one in spelled))
    found = [
        and_(Case.partner_id.in_(partners), reference),
        Case.person_id.in_(select(Person.id).where(*owners)),
    ]
    if "@" in text:
        mail = func.lower(Person.email) == typed[1].lower()
        found.append(Case.person_id.in_(select(Person.id).where(mail)))
    return found


def _begun(session: Session, column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """That begins so: a range where signs are in order of their codes, as on SQLite."""
    if session.get_bind().dialect.name != "sqlite":
        return column.startswith(text, autoescape=True)
    return and_(column >= text, column < text + "\uffff")


def _numbers(text: str) -> list[ColumnElement[bool]]:
    """A phone number, or its last figures."""
    _code, digits = _figures(text)
    if not digits:
        return []
    national = digits.removeprefix("0033").removeprefix("33") if len(digits) > 9 else digits
    number = national.removeprefix("0") if len(national) > 8 else national
    owners = select(Phone.person_id).where(
        Phone.ending == ending(number), Phone.e164.endswith(number, autoescape=True)
    )
    return [Case.person_id.in_(owners)]


def _endings(text: str) -> list[ColumnElement[bool]]:
    """The end of a reference, a contract or a delivery point."""
    code, digits = _figures(text)
    if not digits:
        return []
    contract = Case.contract_number.in_({code, code.upper(), code.lower()})
    if len(digits) == DELIVERY_POINT:
        return [or_(contract, Case.delivery_point == digits)]
    return [or_(contract, Case.reference.iendswith(code, autoescape=True))]


def _figures(text: str) -> tuple[str, str]:
    """What is typed without blanks, and its figures; none where it is mostly something else."""
    code = "".join(text.split())
    digits = "".join(sign for sign in code if sign.isdigit())
    return code, "" if len(digits) < SHORTEST_NUMBER or len(digits) * 2 < len(code) else digits


def cases_of(ctx: Context, people: Iterable[int]) -> list[Case]:
    """Every case of these people, open ones first, then the latest."""
    statement = (
        scoped(select(Case), Case, ctx.actor)
        .where(among(ctx.session, Case.person_id, people))
        .options(
            joinedload(Case.person, innerjoin=True).selectinload(Person.phones),
            joinedload(Case.partner, innerjoin=True),
            joinedload(Case.assigned_to),
            joinedload(Case.claimed_by),
        )
        .order_by(Case.state == CaseState.CLOSED, Case.id.desc())
    )
    return list(ctx.session.scalars(statement))
