"""Who is calling: found by number, reference, name or address, with typos and accents forgiven.

Numbers and references are looked up; names and addresses are compared word by word. Every word
of the search must be somewhere in the name or the address, whole, begun, or nearly so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Actor, Context
from energymed.base.db import read_rows
from energymed.base.db.chunks import chunks
from energymed.base.text.folding import fold
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person, Phone

MOST = 20
SHORTEST_WORD = 2
SHORTEST_NUMBER = 4
NEARLY = 75  # of 100; one letter amiss in four, two in eight
BEGUN = 90
WHOLE = 100

Found = dict[int, float]  # {case id: how well it fits, of 100}


def find_callers(ctx: Context, text: str) -> Sequence[Case]:
    """The cases that the actor may see and that fit best, at most 20; open ones first."""
    found = _exactly(ctx, text) | _by_number(ctx, text)
    if not found or text.strip().isalpha():
        found = _by_words(ctx, text) | found
    best = sorted(found, key=lambda case_id: (-found[case_id], -case_id))[: MOST * 3]
    cases = _cases(ctx, best)
    cases.sort(key=lambda case: (-found[case.id], _is_closed(case), case.person.name_key, -case.id))
    return cases[:MOST]


def _exactly(ctx: Context, text: str) -> Found:
    """A whole reference, however short, or an e-mail address; capitals aside."""
    typed = {text.strip().lower(), "".join(text.split()).lower()} - {""}
    owners = select(Person.id).where(
        or_(func.lower(Person.customer_reference).in_(typed), func.lower(Person.email).in_(typed))
    )
    asked = or_(
        func.lower(Case.reference).in_(typed),
        func.lower(Case.contract_number).in_(typed),
        Case.person_id.in_(owners),
    )
    rows = ctx.session.execute(scoped(select(Case.id).where(asked), Case, ctx.actor))
    return dict.fromkeys(rows.scalars(), float(WHOLE))


def _by_number(ctx: Context, text: str) -> Found:
    """A phone number, its last figures, the end of a reference, or a delivery point."""
    code = "".join(text.split())
    digits = "".join(sign for sign in code if sign.isdigit())
    if len(digits) < SHORTEST_NUMBER or len(digits) * 2 < len(code):
        return {}
    national = digits.removeprefix("0033").removeprefix("33") if len(digits) > 9 else digits
    number = national.removeprefix("0") if len(national) > 8 else national
    owners = select(Phone.person_id).where(Phone.e164.endswith(number, autoescape=True))
    asked: list[ColumnElement[bool]] = [
        Case.person_id.in_(owners),
        Case.delivery_point == digits,
        Case.reference.iendswith(code, autoescape=True),
    ]
    rows = ctx.session.execute(scoped(select(Case.id).where(or_(*asked)), Case, ctx.actor))
    return dict.fromkeys(rows.scalars(), float(WHOLE))


def _by_words(ctx: Context, text: str) -> Found:
    """Words of the name, the address, the town."""
    wanted = [word for word in fold(text).split() if len(word) >= SHORTEST_WORD]
    if not wanted:
        return {}
    holding = _vocabulary(read_rows(ctx.session, _texts(ctx.actor)))
    found: Found | None = None
    for word in dict.fromkeys(wanted):
        fits = _fitting(word, holding)
        found = (
            fits
            if found is None
            else {case_id: found[case_id] + fits[case_id] for case_id in found.keys() & fits.keys()}
        )
    count = len(set(wanted))
    return {case_id: total / count for case_id, total in (found or {}).items()}


def _texts(actor: Actor) -> Select[*tuple[object, ...]]:
    columns = (Case.id, Person.name_key, Case.address, Case.postal_code, Case.commune)
    return scoped(select(*columns).join(Person, Person.id == Case.person_id), Case, actor)


def _vocabulary(rows: Iterable[Sequence[object]]) -> dict[str, set[int]]:
    """{word: cases that have it in name, address or town}."""
    holding: dict[str, set[int]] = defaultdict(set)
    for case_id, name, *place in rows:
        where = fold(" ".join(str(part) for part in place if part))
        for word in f"{name} {where}".split():
            holding[word].add(int(str(case_id)))
    return holding


def _fitting(word: str, holding: dict[str, set[int]]) -> Found:
    """The cases that have this word, or one that begins with it, or one much like it."""
    alike: dict[str, float] = {
        other: score
        for other, score, _ in process.extract(
            word, list(holding), scorer=fuzz.ratio, score_cutoff=NEARLY, limit=None
        )
    }
    for other in holding:
        if other.startswith(word):
            alike[other] = max(alike.get(other, 0), WHOLE if other == word else BEGUN)
    found: Found = {}
    for other, score in sorted(alike.items(), key=lambda pair: pair[1]):
        found.update(dict.fromkeys(holding[other], score))
    return found


def _is_closed(case: Case) -> bool:
    return case.state == CaseState.CLOSED


def _cases(ctx: Context, case_ids: Sequence[int]) -> list[Case]:
    cases: list[Case] = []
    for some in chunks(case_ids):
        statement = scoped(select(Case).where(Case.id.in_(some)), Case, ctx.actor).options(
            joinedload(Case.person, innerjoin=True).selectinload(Person.phones),
            joinedload(Case.partner, innerjoin=True),
            joinedload(Case.assigned_to),
            joinedload(Case.claimed_by),
        )
        cases += ctx.session.scalars(statement).all()
    return cases
