"""What is known of a supply: whoever spoke last holds, and the person's word keeps its trace."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, NotFound
from energymed.cases.codes import SupplyField as Field
from energymed.cases.codes import SupplyState
from energymed.cases.models import Case
from energymed.cases.supply import (
    SupplySaid,
    as_text,
    as_value,
    hold_supply_words,
    note_supply,
    supply_words,
)
from energymed.cases.supply_models import SupplyWord
from tests.calling.conftest import NOW
from tests.mediation.conftest import Desk, desk

__all__ = ["desk"]  # the fixture

TODAY = NOW.date()


def say(session: Session, desk: Desk, **values: str) -> Case:
    """Note what the person says, on a page that shows what stands."""
    shown = {name: as_text(getattr(desk.case, name)) for name in Field}
    said = SupplySaid({Field(name): text for name, text in values.items()}, shown)
    note_supply(Context(session, desk.actor, NOW), desk.case.id, said)
    return desk.case


def test_a_word_is_kept_with_who_noted_it(session: Session, desk: Desk) -> None:
    case = say(
        session, desk, supply_state="limited", limited_kva="1", supply_since="2026-11-02",
        main_residence="yes", communicating_meter="no", first_letter_on="2026-09-01",
    )  # fmt: skip
    assert (case.supply_state, case.limited_kva) == (SupplyState.LIMITED, 1)
    assert (case.supply_since, case.first_letter_on) == (date(2026, 11, 2), date(2026, 9, 1))
    assert (case.main_residence, case.communicating_meter) == (True, False)
    words = supply_words(session, case)
    assert set(words) == set(Field) - {Field.SECOND_LETTER_ON}
    word = words[Field.SUPPLY_SINCE]
    assert (word.user_id, word.said_at, word.value, word.former) == (
        desk.actor.user_id, NOW, "2026-11-02", None,
    )  # fmt: skip
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.supply")).one()
    assert (event.after or {})["supply_state"] == "limited"


def test_a_supply_that_comes_as_usual_has_no_day_of_a_measure(session: Session, desk: Desk) -> None:
    say(session, desk, supply_state="limited", limited_kva="1", supply_since="2026-11-02")
    case = say(session, desk, supply_state="normal")
    assert (case.limited_kva, case.supply_since) == (None, None)
    cut = say(session, desk, supply_state="cut", supply_since="2026-11-20", limited_kva="3")
    assert (cut.supply_since, cut.limited_kva) == (date(2026, 11, 20), None)


def test_what_a_file_said_since_is_not_the_persons_word_any_more(
    session: Session, desk: Desk
) -> None:
    case = say(session, desk, supply_state="normal")
    case.supply_state = SupplyState.CUT
    session.flush()
    assert supply_words(session, case) == {}


def test_the_same_again_is_nothing_new(session: Session, desk: Desk) -> None:
    say(session, desk, main_residence="yes")
    say(session, desk, main_residence="yes")
    assert len(session.scalars(select(SupplyWord)).all()) == 1


def test_a_page_that_shows_an_older_value_is_refused(session: Session, desk: Desk) -> None:
    say(session, desk, supply_state="cut")
    stale = SupplySaid({Field.SUPPLY_STATE: "normal"}, {Field.SUPPLY_STATE: ""})
    with pytest.raises(Conflict):
        note_supply(Context(session, desk.actor, NOW), desk.case.id, stale)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"supply_state": "flooded"}, "supply_state"),
        ({"supply_state": "limited", "limited_kva": "0"}, "limited_kva"),
        ({"supply_state": "limited", "limited_kva": "37"}, "limited_kva"),
        ({"supply_state": "limited", "limited_kva": "x"}, "limited_kva"),
        ({"main_residence": "perhaps"}, "main_residence"),
        ({"first_letter_on": "2026-02-30"}, "first_letter_on"),
        ({"first_letter_on": (TODAY + timedelta(days=1)).isoformat()}, "first_letter_on"),
        ({"first_letter_on": "1999-01-01"}, "first_letter_on"),
        ({"first_letter_on": "2026-09-02", "second_letter_on": "2026-09-01"}, "second_letter_on"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, desk: Desk, values: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        say(session, desk, **values)
    assert refusal.value.params["field"] == field


def test_days_on_their_bounds_are_taken(session: Session, desk: Desk) -> None:
    case = say(session, desk, first_letter_on=TODAY.isoformat(), second_letter_on=TODAY.isoformat())
    assert case.second_letter_on == TODAY
    assert say(session, desk, supply_state="limited", limited_kva="36").limited_kva == 36


def test_a_foreign_case_is_none(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        note_supply(Context(session, desk.stranger, NOW), desk.case.id, SupplySaid())


def test_words_said_since_a_file_stand_after_its_undo(session: Session, desk: Desk) -> None:
    case = say(session, desk, supply_state="cut", main_residence="no")
    case.supply_state = case.main_residence = None
    session.flush()
    hold_supply_words(session, [case.id], None)
    hold_supply_words(session, [case.id], NOW + timedelta(seconds=1))
    assert case.supply_state is None
    hold_supply_words(session, [case.id], NOW)
    assert (case.supply_state, case.main_residence) == (SupplyState.CUT, False)


def every_fact() -> Iterator[tuple[Field, object]]:
    """Facts of each field."""
    yield from ((Field.SUPPLY_STATE, state) for state in SupplyState)
    yield from ((Field.LIMITED_KVA, power) for power in (1, 36))
    for name in (Field.MAIN_RESIDENCE, Field.COMMUNICATING_METER):
        yield from ((name, answer) for answer in (True, False))
    for name in (Field.SUPPLY_SINCE, Field.FIRST_LETTER_ON, Field.SECOND_LETTER_ON):
        yield name, date(2024, 2, 29)


@pytest.mark.once
@pytest.mark.parametrize(("name", "value"), [*every_fact()])
def test_a_fact_comes_back_from_its_text(name: Field, value: object) -> None:
    assert as_value(name, as_text(value)) == value
    assert as_value(name, as_text(None)) is None
