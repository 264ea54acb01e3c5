"""Cases against their events: each rule is broken by hand, and found."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.cases.models import Case
from energymed.operations.doctor.cases import RULES, case_findings
from energymed.operations.doctor.codes import Health
from tests.factories import make_person
from tests.operations.doctor.conftest import Examine

TO_ASSIGN, QUEUED, WAITING, IN_CALL, CLOSED = range(5)
TAKEN_BACK = "state = 'to_assign', assigned_to_id = NULL, queue_reason = NULL"
ALONE = "claimed_by_id = NULL, claimed_at = NULL, claimed_until = NULL"
PLAN = (
    "INSERT INTO act (id, case_id, kind, acted_on, details, created_at, recorded_at, voided_at)"
    " VALUES"
    " ({0}, {1}, 'plan_agreed', '2026-11-23', '{{}}', '2026-11-23 08:00', '2026-11-23 08:00',"
    " {2})",
    "INSERT INTO payment_plan (id, act_id, case_id, amount_cents, down_payment_cents,"
    " instalment_count, frequency, first_due_on, method, state) VALUES"
    " ({0}, {0}, {1}, 9000, 0, 1, 'monthly', '2026-12-23', 'card', 'agreed')",
    "INSERT INTO instalment (plan_id, number, due_on, amount_cents, state, paid_cents) VALUES"
    " ({0}, 1, '2026-12-23', {3}, 'due', 0)",
)


def by_hand(*statements: str) -> None:
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def plan(number: int, case_id: int, *, voided: str = "NULL", cents: int = 9000) -> list[str]:
    """A plan of 90 € on a case, in the words of the database."""
    return [line.format(number, case_id, voided, cents) for line in PLAN]


def test_cases_that_moved_as_they_should_are_well(examined: Examine, cases: list[Case]) -> None:
    (one,) = examined(case_findings)
    assert one.health == Health.OK
    assert f"({len(RULES)} règles)" in str(one)


@pytest.mark.parametrize(
    ("which", "change", "told"),
    [
        (QUEUED, TAKEN_BACK, "mouvement les a mis"),
        (IN_CALL, f"{TAKEN_BACK}, {ALONE}", "mouvement les a mis"),
        (TO_ASSIGN, "state = 'waiting', waiting_reason = 'retry'", "qu'un mouvement le dise"),
        (TO_ASSIGN, "state = 'closed', closure = 'promise', closed_at = '2026-11-23'",
         "Dossiers clos sans qu'un mouvement"),
        (IN_CALL, "claimed_until = NULL", "pris à moitié"),
        (QUEUED, "claimed_until = '2026-11-23 09:00'", "pris à moitié"),
        (QUEUED, "queue_reason = NULL", "en file sans motif"),
        (QUEUED, "assigned_to_id = NULL", "sans médiateur"),
        (WAITING, "waiting_reason = NULL", "attendent sans motif"),
        (TO_ASSIGN, "assigned_to_id = 1", "à répartir qui ont un médiateur"),
        (CLOSED, "queue_reason = 'new'", "clos qui sont encore en file"),
        (CLOSED, "closed_at = NULL", "clos qui sont encore en file"),
    ],
)  # fmt: skip
def test_a_case_that_a_hand_has_changed_is_found(
    examined: Examine, cases: list[Case], which: int, change: str, told: str
) -> None:
    by_hand(f"UPDATE case_file SET {change} WHERE id = {cases[which].id}")
    found = examined(case_findings)
    assert {one.health for one in found} == {Health.WRONG}
    assert any(told in str(one) and f"numéros {cases[which].id}…" in str(one) for one in found)


def test_what_belongs_to_a_case_is_looked_at_too(
    examined: Examine, cases: list[Case], session: Session
) -> None:
    numbers = [case.id for case in cases]
    away = make_person(session, partner=cases[0].partner, site=cases[0].site)
    away.merged_into_id = cases[0].person_id
    session.commit()
    by_hand(
        f"UPDATE follow_up SET case_id = {numbers[CLOSED]}",
        f"UPDATE case_file SET person_id = {away.id} WHERE id = {numbers[WAITING]}",
        *plan(1, numbers[QUEUED]), *plan(2, numbers[QUEUED]),
        *plan(3, numbers[WAITING], cents=8999),
        *plan(4, numbers[TO_ASSIGN], voided="'2026-11-23 08:00'"),
    )  # fmt: skip
    found = {str(one) for one in examined(case_findings)}
    for told, which in (
        ("un rappel convenu reste", CLOSED), ("une fiche réunie", WAITING),
        ("courent deux échéanciers", QUEUED), ("la somme de l'échéancier", WAITING),
        ("acte barré", TO_ASSIGN),
    ):  # fmt: skip
        assert any(told in each and f"numéros {numbers[which]}…" in each for each in found), told
    assert len(found) == 5


def test_two_calls_of_one_person_are_found(examined: Examine, cases: list[Case]) -> None:
    taken = cases[IN_CALL].claimed_by_id
    by_hand(
        f"UPDATE case_file SET state = 'in_call', claimed_by_id = {taken},"
        f" claimed_at = '2026-11-23', claimed_until = '2026-11-24' WHERE id = {cases[QUEUED].id}"
    )
    (one,) = examined(case_findings)
    assert f": 2 (numéros {cases[QUEUED].id}, {cases[IN_CALL].id}…)" in str(one)


def test_the_past_of_a_demo_has_no_moves(examined: Examine, cases: list[Case]) -> None:
    by_hand(f"DELETE FROM case_move WHERE case_id = {cases[CLOSED].id}")
    assert examined(case_findings)[0].health == Health.WRONG
    assert examined(case_findings, demo=True)[0].health == Health.OK


def test_every_rule_says_how_many_and_which() -> None:
    values: dict[str, Any] = {"count": 2, "cases": "3, 4"}
    assert all(
        "2 " in rule.sentence % values and "(numéros 3, 4…)" in rule.sentence % values
        for rule in RULES
    )
