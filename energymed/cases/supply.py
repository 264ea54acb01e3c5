"""What is known of a case's supply: state, letters, home and meter, by files or by the person.

Whoever spoke last holds. A weekly file is the supplier's word of its day and changes what it names;
what it leaves empty stays. What the person says is kept with who noted it and when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.errors import BadInput, Conflict, Faults
from energymed.base.i18n import N_
from energymed.cases.codes import SupplyField, SupplyState
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.cases.supply_models import SupplyWord

YES, NO = "yes", "no"
MOST_KVA = 36
OLDEST = timedelta(days=366 * 15)  # as `base.date_columns` judges the dates of files
DATES = (SupplyField.SUPPLY_SINCE, SupplyField.FIRST_LETTER_ON, SupplyField.SECOND_LETTER_ON)
ANSWERS = (SupplyField.MAIN_RESIDENCE, SupplyField.COMMUNICATING_METER)
# supply that comes as it should has no day of a measure, nor a reduced power
WITH_A_DAY = (SupplyState.LIMITED, SupplyState.CUT, SupplyState.TERMINATED)


@dataclass(frozen=True, slots=True)
class SupplySaid:
    """What somebody typed of a supply, {field: text}, and what the page showed before."""

    values: Mapping[SupplyField, str] = field(default_factory=dict)
    shown: Mapping[SupplyField, str] = field(default_factory=dict)


def note_supply(ctx: Context, case_id: int, said: SupplySaid) -> None:
    """Keep what the person of a case says of the supply; any colleague of the site may.

    Raises:
        BadInput: something cannot be read, or cannot be; with `params["field"]`, all at once.
        Conflict: somebody, or a file, has changed a field since the page was shown.
        NotFound: not the actor's case.
    """
    case = get_case(ctx, case_id, lock=True)
    typed = {name: text for name, text in said.values.items() if text != said.shown.get(name, "")}
    if any(said.shown.get(name, "") != as_text(getattr(case, name)) for name in typed):
        raise Conflict(N_("Ces informations ont changé entre-temps : relisez-les, puis notez."))
    values = _read(typed, paris_date(ctx.now))
    _check(case, values)
    state = values.get(SupplyField.SUPPLY_STATE, case.supply_state)
    if state not in WITH_A_DAY:
        values |= {SupplyField.SUPPLY_SINCE: None}
    if state != SupplyState.LIMITED:
        values |= {SupplyField.LIMITED_KVA: None}
    changed = {name: new for name, new in values.items() if getattr(case, name) != new}
    before: dict[str, str] = {name: as_text(getattr(case, name)) for name in changed}
    for name, new in changed.items():
        ctx.session.add(
            SupplyWord(
                case_id=case.id, field=name, value=as_text(new) or None,
                former=before[name] or None, said_at=ctx.now, user_id=ctx.actor.user_id,
            )
        )  # fmt: skip
        setattr(case, name, new)
    if changed:
        after: dict[str, str] = {name: as_text(new) for name, new in changed.items()}
        audit.record(ctx, "case.supply", case, before=before, after=after)
        ctx.session.flush()


def supply_words(session: Session, case: Case) -> dict[SupplyField, SupplyWord]:
    """For each field that stands as the person said, that word with who noted it.

    No query where nothing is known of the supply.
    """
    if all(getattr(case, name) is None for name in SupplyField):
        return {}
    statement = (
        select(SupplyWord)
        .where(SupplyWord.case_id == case.id)
        .options(joinedload(SupplyWord.user))
        .order_by(SupplyWord.id)
    )
    last = {word.field: word for word in session.scalars(statement)}
    return {
        name: word
        for name, word in last.items()
        if word.value is not None and word.value == as_text(getattr(case, name))
    }


def hold_supply_words(session: Session, case_ids: Iterable[int], since: datetime | None) -> None:
    """After the undo of a file of that instant, let what people have said since stand again."""
    if since is None:
        return
    for some in chunks(case_ids, PIECE):
        statement = select(SupplyWord).where(
            among(session, SupplyWord.case_id, some), SupplyWord.said_at >= since
        )
        words = session.scalars(statement.order_by(SupplyWord.id)).all()
        told = among(session, Case.id, {word.case_id for word in words})
        again = select(Case).where(told).execution_options(populate_existing=True)
        cases = {case.id: case for case in session.scalars(again)}
        for word in words:
            setattr(cases[word.case_id], word.field, as_value(word.field, word.value))
        session.flush()


def as_text(value: Any) -> str:
    """A fact as it is typed and kept: a code, a number, an ISO day, yes or no; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return value.isoformat() if isinstance(value, date) else str(value)


def as_value(name: SupplyField, text: str | None) -> Any:
    """The fact that a text says, None for nothing.

    Raises:
        ValueError: it says none.
    """
    if not text:
        return None
    if name in DATES:
        return date.fromisoformat(text)
    if name in ANSWERS:
        return {YES: True, NO: False}[text]
    if name == SupplyField.LIMITED_KVA:
        return int(text)
    return SupplyState(text)


def _read(typed: Mapping[SupplyField, str], today: date) -> dict[SupplyField, Any]:
    values, faults = {}, Faults()
    for name, text in typed.items():
        with faults:
            values[name] = _one(name, text.strip(), today)
    faults.tell()
    return values


def _one(name: SupplyField, text: str, today: date) -> Any:
    try:
        value = as_value(name, text)
    except (ValueError, KeyError):
        said = N_("Cette date n'existe pas.") if name in DATES else N_("Choisissez dans la liste.")
        raise BadInput(said, field=name) from None
    if isinstance(value, date) and value > today:
        raise BadInput(N_("Cette date est dans le futur."), field=name)
    if isinstance(value, date) and today - value > OLDEST:
        raise BadInput(N_("Cette date est trop lointaine."), field=name)
    if name == SupplyField.LIMITED_KVA and value is not None and not 0 < value <= MOST_KVA:
        raise BadInput(N_("Donnez une puissance de 1 à %(most)s kVA."), field=name, most=MOST_KVA)
    return value


def _check(case: Case, values: Mapping[SupplyField, Any]) -> None:
    first = values.get(SupplyField.FIRST_LETTER_ON, case.first_letter_on)
    second = values.get(SupplyField.SECOND_LETTER_ON, case.second_letter_on)
    if first and second and second < first:
        raise BadInput(
            N_("La seconde lettre vient après la première."), field=SupplyField.SECOND_LETTER_ON
        )
