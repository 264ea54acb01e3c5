"""A request for aid to its end: reminded of, answered, let go; its papers by a form."""

from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from energymed.base.context import SYSTEM, Context
from energymed.casework.aid_grants import grants_over, let_grants_go
from energymed.casework.due_follow_ups import follow_cases
from energymed.casework.move_on import Step, check_all, move_on
from energymed.casework.work_tray import Group, TrayFilter, tray
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.models import AidRequest
from energymed.mediation.next_dates import Step as Next
from energymed.mediation.running import Running
from energymed.web.mediator.case_file.running import typed_steps
from tests.calling.conftest import NOW, Desk
from tests.casework.test_work_tray import at

DAY_0 = NOW.date()


def at_day(desk: Desk, days: int) -> Context:
    return Context(desk.session, desk.actor, at(days))


def aid_at(desk: Desk, *states: str, **step: object) -> AidRequest:
    ctx = Context(desk.session, desk.actor, NOW)
    aid = open_aid(ctx, desk.case(debt_cents=60_000).id, AidOpening("fsl_energy", consent=True))
    for state in states:
        last = state == states[-1]
        move_aid(ctx, aid.id, state, AidStep(on=DAY_0, **(step if last else {})))  # type: ignore[arg-type]
    return aid


def test_a_filed_request_is_in_the_tray_before_its_protection_ends_though_asked_before(
    desk: Desk,
) -> None:
    aid = aid_at(desk, "complete", "submitted")
    assert aid.protects_until is not None
    reminded = (aid.protects_until - DAY_0).days - 14
    for days, group, step in (
        (reminded - 3, Group.FUND, Next.ASK_DECISION),
        (reminded, Group.TODAY, Next.PROTECTION_ENDS),
        (reminded + 14, Group.LATE, Next.PROTECTION_ENDS),
        (reminded + 15, Group.TODAY, Next.PROTECTION_ENDED),
    ):
        follow_cases(Context(desk.session, SYSTEM, at(days)), [aid.case_id])
        (entry,) = tray(at_day(desk, days), TrayFilter()).entries
        assert entry.thing is not None
        assert (entry.group, entry.thing.next.step) == (group, step)


def test_a_refusal_leaves_the_tray_once_something_is_done(desk: Desk) -> None:
    aid = aid_at(desk, "complete", "submitted", "refused", refusal_reason="income")
    (entry,) = tray(at_day(desk, 3), TrayFilter()).entries
    assert entry.group == Group.TODAY
    step = Step(Running.REFUSAL, aid.id, "other_fund")
    check_all(at_day(desk, 3), [step])
    move_on(at_day(desk, 3), step)
    assert (aid.state, aid.after_refusal) == ("refused", "other_fund")
    assert tray(at_day(desk, 4), TrayFilter()).entries == []


@pytest.mark.parametrize(("days", "gone"), [(150, False), (151, True)])
def test_a_grant_that_nobody_pays_is_let_go(desk: Desk, days: int, gone: bool) -> None:
    aid = aid_at(desk, "complete", "submitted", "granted_full", amount_cents=5_000)
    ctx = Context(desk.session, SYSTEM, NOW + timedelta(days=days))
    assert bool(grants_over(ctx)) is gone
    let_grants_go(ctx)
    assert aid.state == ("never_paid" if gone else "granted_full")
    if gone:
        move_aid(at_day(desk, days), aid.id, "paid_to_supplier", AidStep(amount_cents=5_000))
        assert aid.case.debt_cents == 55_000


def test_a_form_says_what_changed_of_the_papers_and_nothing_else(desk: Desk) -> None:
    aid = aid_at(desk)
    name = f"move-papers-{aid.id}"
    typed = MultiDict([(name, "papers"), (f"{name}-was", "bill"), (f"{name}-came", "income")])
    (step,), errors = typed_steps(typed)
    assert step.papers is not None
    assert (step.papers.came, step.papers.not_come, errors) == (("income",), ("bill",), ())
    same = MultiDict([(name, "papers"), (f"{name}-was", "bill"), (f"{name}-came", "bill")])
    assert typed_steps(same) == ((), ())
    check_all(at_day(desk, 1), [step])
    move_on(at_day(desk, 1), step)
    assert aid.missing_documents == ["identity", "bill"]
