"""What a call is and what an attempt is: said once, and the same to rules, desk and figures."""

import pytest
from sqlalchemy import select

from energymed.base.context import Context
from energymed.base.periods import Period
from energymed.calling.calls.linked_cases import Agreed, record_others
from energymed.calling.calls.record import correct_call
from energymed.calling.eligibility.attempts import is_attempt, is_call, recent_attempts
from energymed.calling.models import Contact
from energymed.calling.queries import my_day
from energymed.calling.team.answer_rates import answer_rates
from energymed.calling.team.dashboard import team_dashboard
from energymed.cases.models import Case
from energymed.casework.case_overview import case_overview
from energymed.partners.result_rules import RESULT_RULES
from energymed.reporting.indicators import total
from energymed.reporting.lines import return_lines
from energymed.reporting.scope import Scope
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_partner, make_person

NO_ATTEMPT = {"wrong_number", "invalid_number", "technical"}
DAY = Period("jour", NOW.date(), NOW.date())


def attempts_shown(desk: Desk, case: Case) -> int:
    """What the desk and the case page show."""
    ctx = Context(desk.session, desk.actor, NOW + 10 * MINUTE)
    return case_overview(ctx, case).attempts


def counted_by_everybody(desk: Desk, case: Case) -> dict[str, int]:
    """How many attempts and calls each of the house sees of a case whose calls are of today."""
    ctx = Context(desk.session, desk.actor, NOW + 10 * MINUTE)
    by_rules = recent_attempts(desk.session, [case.person_id], ctx.now)
    (line,) = team_dashboard(ctx)
    scope = Scope(DAY, partner_id=case.partner_id)
    returned = {each.reference: each.call_attempts for each in return_lines(desk.session, scope)}
    return {
        "rules": len(by_rules.get(case.person_id, ())),
        "desk": attempts_shown(desk, case),
        "answer rates": sum(hour.calls for hour in answer_rates(ctx)),
        "my day": my_day(ctx).calls,
        "team": line.calls_today,
        "calls_out": total(desk.session, "calls_out", scope),
        "return": returned[case.reference],
    }


def expected(attempts: int, calls: int) -> dict[str, int]:
    return {
        **dict.fromkeys(("rules", "desk", "answer rates"), attempts),
        **dict.fromkeys(("my day", "team", "calls_out", "return"), calls),
    }


@pytest.mark.parametrize("result", RESULT_RULES)
def test_each_result_is_a_call_and_an_attempt_or_not(desk: Desk, result: str) -> None:
    case = desk.case(phones=("+33639980001", "+33639980002"))
    desk.called(case, "2026-11-23 10:00", result)
    desk.session.flush()
    attempts, calls = int(result not in NO_ATTEMPT), int(result != "technical")
    assert counted_by_everybody(desk, case) == expected(attempts, calls)


def test_the_parts_of_a_conversation_are_neither(desk: Desk) -> None:
    """One conversation about two cases of a person is one call, on the case that was dialled."""
    case = desk.case()
    water = make_partner(desk.session)
    twin = make_person(
        desk.session, desk.site, water, household=None, phones=("+33639980001",),
        name_key=case.person.name_key,
    )  # fmt: skip
    twin.household_id = case.person.household_id
    other = desk.case(person=twin, partner=water)
    call = desk.call(case, "reached_holder", at=NOW)
    record_others(
        Context(desk.session, desk.actor, NOW), call, [Agreed(other.id, "close", "informed_only")]
    )
    assert len(desk.session.scalars(select(Contact)).all()) == 2
    assert counted_by_everybody(desk, case) == expected(1, 1)
    assert counted_by_everybody(desk, other) == {
        **expected(1, 1), "calls_out": 0, "return": 0,  # the same phone rang, for the other case
    }  # fmt: skip


def test_what_is_crossed_out_is_neither_nor_is_another_channel(desk: Desk) -> None:
    case = desk.case()
    former = desk.call(case, "no_answer", at=NOW)
    correct_call(Context(desk.session, desk.actor, NOW + MINUTE), former.id, desk.report("busy"))
    desk.session.add(
        Contact(
            case_id=case.id, person_id=case.person_id, user_id=desk.actor.user_id,
            channel="call_in", result="reached_holder", details={}, started_at=NOW, ended_at=NOW,
        )
    )  # fmt: skip
    desk.session.flush()
    assert counted_by_everybody(desk, case) == expected(1, 1)
    for condition in (is_call(), is_attempt()):
        assert desk.session.scalars(select(Contact.result).where(condition)).all() == ["busy"]


def test_the_desk_counts_the_period_as_the_rule_does(desk: Desk) -> None:
    case = desk.case()
    desk.called(case, "2026-10-24 10:00")
    desk.called(case, "2026-10-25 10:00")
    assert attempts_shown(desk, case) == 1
