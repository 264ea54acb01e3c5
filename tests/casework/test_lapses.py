"""What ends by itself in the next days: each kind on its last day, the day before and after."""

from datetime import date, datetime, time, timedelta

import pytest

from energymed.base.clock import at_paris
from energymed.base.context import Context
from energymed.cases.mandates import MandateSaid, note_mandate
from energymed.cases.models import Case
from energymed.cases.needs import NeedSaid, end_need, note_need, standing_needs
from energymed.casework.lapses import LapseKind, lapses
from energymed.casework.work_tray import TrayFilter
from energymed.mediation.acts import record_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.models import AidRequest
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import RequestStep, move_request
from tests.calling.conftest import NOW, Desk

DAY_0 = NOW.date()


def protected(ctx: Context, case: Case) -> None:
    aid = open_aid(ctx, case.id, AidOpening("fsl_energy", consent=True))
    for step in ("complete", "submitted"):
        move_aid(ctx, aid.id, step, AidStep(on=DAY_0))


def held(ctx: Context, case: Case) -> None:
    details = {"asked_of": "supplier", "subjects": ["cut"], "reason": "aid_pending"}
    act = record_act(ctx, case.id, "hold_asked", details)
    request = ctx.session.query(PartnerRequest).filter_by(act_id=act.id).one()
    move_request(ctx, request.id, "granted", RequestStep(until=date(2026, 12, 20)))


def disputed(ctx: Context, case: Case) -> None:
    details = {"subject": "amount", "forwarded_to": "supplier", "complaint_on": DAY_0}
    record_act(ctx, case.id, "dispute", details)


def with_mandate(ctx: Context, case: Case) -> None:
    said = MandateSaid("relative", "Jeanne Blanc", until=date(2026, 12, 20))
    note_mandate(ctx, case.id, said)


def in_need(ctx: Context, case: Case) -> None:
    note_need(ctx, case.id, NeedSaid("no_message", True, until=date(2026, 12, 20)))


KINDS = [
    (protected, LapseKind.PROTECTION, date(2027, 1, 23)),
    (held, LapseKind.HOLD, date(2026, 12, 20)),
    (disputed, LapseKind.MEDIATOR, date(2027, 11, 23)),
    (with_mandate, LapseKind.MANDATE, date(2026, 12, 20)),
    (in_need, LapseKind.NEED, date(2026, 12, 20)),
]


def found(desk: Desk, day: date, days: int = 7) -> list[tuple[LapseKind, date]]:
    at: datetime = at_paris(day, time(10))
    ctx = Context(desk.session, desk.actor, at)
    return [(each.kind, each.on) for each in lapses(ctx, TrayFilter(), days)]


@pytest.mark.parametrize(("make", "kind", "last"), KINDS, ids=[each[1] for each in KINDS])
def test_what_ends_is_told_in_the_days_before_up_to_its_last(
    desk: Desk, make: object, kind: LapseKind, last: date
) -> None:
    make(Context(desk.session, desk.actor, NOW), desk.case(debt_cents=60_000))  # type: ignore[operator]
    assert found(desk, last - timedelta(days=8)) == []
    assert found(desk, last - timedelta(days=7)) == [(kind, last)]
    assert found(desk, last) == [(kind, last)]
    assert found(desk, last + timedelta(days=1)) == []


def test_a_decided_request_protects_no_more(desk: Desk) -> None:
    ctx = Context(desk.session, desk.actor, NOW)
    protected(ctx, desk.case(debt_cents=60_000))
    aid = desk.session.query(AidRequest).one()
    move_aid(ctx, aid.id, "refused", AidStep(on=DAY_0, refusal_reason="income"))
    assert found(desk, date(2027, 1, 20)) == []


@pytest.mark.parametrize(
    ("said", "kind", "last"),
    [
        ("received_unused", LapseKind.CHEQUE_TO_USE, date(2027, 3, 31)),
        ("not_received", LapseKind.CHEQUE_TO_ASK, date(2026, 12, 31)),
        ("used", None, date(2027, 3, 31)),
    ],
)
def test_a_cheque_that_is_not_used_or_not_asked_for_ends(
    desk: Desk, said: str, kind: LapseKind | None, last: date
) -> None:
    case = desk.case(debt_cents=60_000)
    talk = ChequeTalk(2026, said, ("asked_received",), "informed")
    give_awareness(Context(desk.session, desk.actor, NOW), case.id, talk)
    expected = [(kind, last)] if kind else []
    assert found(desk, last) == expected
    assert found(desk, last + timedelta(days=1)) == []


def test_a_need_said_again_or_ended_lapses_no_more(desk: Desk) -> None:
    """By the rule it holds a year from the day on which it was said again."""
    ctx, last = Context(desk.session, desk.actor, NOW), date(2026, 12, 20)
    case = desk.case(debt_cents=60_000)
    in_need(ctx, case)
    again = note_need(ctx, case.id, NeedSaid("no_message", True))
    assert found(desk, last) == []
    assert found(desk, date(2027, 11, 23)) == [(LapseKind.NEED, date(2027, 11, 23))]
    assert standing_needs(desk.session, case.person_id, again.until) == [again]
    end_need(ctx, again.id)
    assert found(desk, date(2027, 11, 23)) == []


def test_a_need_is_told_once_on_the_newest_open_case_of_the_person(desk: Desk) -> None:
    ctx, last = Context(desk.session, desk.actor, NOW), date(2026, 12, 20)
    former = desk.case(debt_cents=60_000)
    newer = desk.case(debt_cents=60_000, person=former.person)
    in_need(ctx, former)

    def told() -> list[int]:
        day = Context(desk.session, desk.actor, at_paris(last, time(10)))
        return [each.case_id for each in lapses(day, TrayFilter(), 7)]

    assert told() == [newer.id]
    for case, left in ((newer, [former.id]), (former, [])):
        case.state, case.closed_at, case.closure = "closed", NOW, "settled"
        case.queue_reason = None
        desk.session.flush()
        assert told() == left


def test_they_are_of_ones_own_cases_or_of_the_site(desk: Desk) -> None:
    colleague = desk.session.get_one(type(desk.user), desk.colleague().user_id)
    with_mandate(Context(desk.session, desk.actor, NOW), desk.case(assigned_to=colleague))
    ctx = Context(desk.session, desk.actor, NOW)
    assert lapses(ctx, TrayFilter(), 90) == []
    assert len(lapses(ctx, TrayFilter(everybody=True), 90)) == 1
