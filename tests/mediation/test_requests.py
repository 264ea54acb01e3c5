"""What partners are asked for: opened by an act, moved state by state, ended with its act."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.mediation.acts import note_kept, record_act, void_act
from energymed.mediation.codes import ActKind
from energymed.mediation.given_words import is_answered, promised_cents, standing_word
from energymed.mediation.holds import NEVER_CUT, ONLY_POWER, hold_proposal
from energymed.mediation.models import Act
from energymed.mediation.request_codes import HoldSubject, RequestKind, RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import (
    MOVES,
    OPEN_STATES,
    RequestStep,
    forget_avoided,
    move_request,
    next_request_states,
    note_avoided,
)
from energymed.partners.codes import CampaignKind, Energy
from energymed.partners.rulebook import load_waiting_rules
from tests.factories import MONDAY_MORNING as NOW
from tests.mediation.conftest import Desk

TODAY = date(2026, 11, 23)
LATER = NOW + timedelta(days=7)
DAY = timedelta(days=1)
HOLD = {"subjects": ["cut", "reminders"], "asked_of": "supplier", "reason": "aid_pending"}
ACTIONS = {"actions": ["monthly_amount", "debit_date"]}
COMPLAINT = {"subject": "reading", "forwarded_to": "supplier"}
PROMISE = {"promised_on": date(2026, 12, 1), "method": "card"}
ASKS: dict[RequestKind, tuple[str, dict[str, Any]]] = {
    RequestKind.HOLD: ("hold_asked", HOLD),
    RequestKind.ACTION: ("supplier_action", {"actions": ["power"]}),
    RequestKind.DISPUTE: ("dispute", {**COMPLAINT, "complaint_on": date(2026, 11, 2)}),
}
EVERY_PAIR = [
    (kind, before, after)
    for kind in RequestKind
    for before in MOVES[kind]
    for after in RequestState
    if before != after
]


def ask(
    session: Session, desk: Desk, kind: str, details: Mapping[str, Any], at: datetime = NOW,
    key: str | None = None,
) -> list[PartnerRequest]:  # fmt: skip
    ctx = Context(session, desk.actor, at)
    act = record_act(ctx, desk.case.id, kind, details, request_key=key)
    return list(
        session.scalars(
            select(PartnerRequest)
            .where(PartnerRequest.act_id == act.id)
            .order_by(PartnerRequest.id)
        )
    )


def hold(session: Session, desk: Desk, **details: Any) -> PartnerRequest:
    (request,) = ask(session, desk, "hold_asked", {**HOLD, **details})
    return request


def move(
    session: Session, desk: Desk, request: PartnerRequest, state: str, at: datetime = NOW,
    **step: Any,
) -> PartnerRequest:  # fmt: skip
    ctx = Context(session, desk.actor, at)
    return move_request(ctx, request.id, RequestState(state), RequestStep(**step))


def test_a_hold_is_asked_until_the_usual_end_or_the_day_said(session: Session, desk: Desk) -> None:
    usual, said = hold(session, desk), hold(session, desk, until=date(2026, 12, 4))
    assert (usual.kind, usual.state, usual.asked_on) == ("hold", "asked", TODAY)
    assert (usual.until, said.until) == (TODAY + timedelta(days=30), date(2026, 12, 4))
    assert usual.subject == ""


def test_each_action_is_a_request_of_its_own(session: Session, desk: Desk) -> None:
    first, second = ask(session, desk, "supplier_action", ACTIONS)
    assert (first.subject, second.subject) == ("monthly_amount", "debit_date")
    move(session, desk, first, "granted")
    assert (first.state, second.state) == ("granted", "asked")


@pytest.mark.parametrize(
    ("told", "state", "asked_on"),
    [
        ({}, "to_write", None),
        ({"complaint_on": date(2026, 11, 2)}, "asked", date(2026, 11, 2)),
        (
            {"complaint_on": date(2026, 8, 3), "forwarded_to": "mne"},
            "with_mediator",
            date(2026, 8, 3),
        ),
    ],
)
def test_a_complaint_begins_as_it_is_told(
    session: Session, desk: Desk, told: dict[str, Any], state: str, asked_on: date | None
) -> None:
    (request,) = ask(session, desk, "dispute", {**COMPLAINT, **told})
    assert (request.state, request.asked_on) == (state, asked_on)


def test_the_mediator_comes_after_a_written_complaint(session: Session, desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        ask(session, desk, "dispute", {**COMPLAINT, "forwarded_to": "mne"})
    assert refused.value.params["field"] == "complaint_on"
    assert session.scalar(select(func.count()).select_from(Act)) == 0


def test_a_double_click_asks_once(session: Session, desk: Desk) -> None:
    first = ask(session, desk, "supplier_action", ACTIONS, key="k")
    assert ask(session, desk, "supplier_action", ACTIONS, key="k") == first
    assert session.scalar(select(func.count()).select_from(PartnerRequest)) == 2


@pytest.mark.parametrize(("kind", "before", "after"), EVERY_PAIR)
def test_each_state_is_followed_by_what_may_follow(
    session: Session, desk: Desk, kind: RequestKind, before: RequestState, after: RequestState
) -> None:
    (request,) = ask(session, desk, *ASKS[kind])
    request.state = before
    session.flush()
    if after in MOVES[kind][before]:
        assert after in next_request_states(desk.actor, request)
        assert move(session, desk, request, after).state == after
    else:
        assert after not in next_request_states(desk.actor, request)
        with pytest.raises(Refused):
            move(session, desk, request, after)


def test_the_same_state_again_changes_nothing(session: Session, desk: Desk) -> None:
    request = hold(session, desk)
    for at in (NOW, LATER):
        move(session, desk, request, "granted", at)
    assert request.state_on == TODAY
    moved = select(func.count()).where(AuditEvent.action == "request.moved")
    assert session.scalar(moved) == 1


def test_a_step_has_its_day_between_the_one_before_and_today(session: Session, desk: Desk) -> None:
    request = hold(session, desk)
    for wrong in (TODAY - DAY, LATER.date() + DAY):
        with pytest.raises(BadInput) as refused:
            move(session, desk, request, "granted", LATER, on=wrong)
        assert refused.value.params["field"] == "on"
    assert move(session, desk, request, "granted", LATER, on=TODAY).state_on == TODAY
    other = hold(session, desk)
    assert move(session, desk, other, "refused", LATER).state_on == LATER.date()


def test_a_complaint_may_have_been_written_before_it_was_told_of(
    session: Session, desk: Desk
) -> None:
    (request,) = ask(session, desk, "dispute", COMPLAINT)
    move(session, desk, request, "asked", on=date(2026, 11, 9))
    assert (request.asked_on, request.state_on) == (date(2026, 11, 9), date(2026, 11, 9))


def test_a_hold_is_granted_until_a_day_that_is_not_before_it(session: Session, desk: Desk) -> None:
    asked, said, short = hold(session, desk), hold(session, desk), hold(session, desk)
    assert move(session, desk, asked, "granted").until == TODAY + timedelta(days=30)
    assert move(session, desk, said, "granted", until=TODAY).until == TODAY
    with pytest.raises(BadInput) as refused:
        move(session, desk, short, "granted", until=TODAY - DAY)
    assert refused.value.params["field"] == "until"


@pytest.mark.parametrize(("days", "taken"), [(366, True), (367, False)])
def test_a_hold_is_granted_for_a_year_at_most(
    session: Session, desk: Desk, days: int, taken: bool
) -> None:
    asked, until = hold(session, desk), TODAY + timedelta(days=days)
    if taken:
        assert move(session, desk, asked, "granted", until=until).until == until
        return
    with pytest.raises(BadInput) as refusal:
        move(session, desk, asked, "granted", until=until)
    assert refusal.value.params["field"] == "until"


@pytest.mark.parametrize(("days", "until"), [(30, 30), (31, 31 + 30)])
def test_a_hold_granted_after_its_asked_end_begins_anew(
    session: Session, desk: Desk, days: int, until: int
) -> None:
    request = hold(session, desk)
    granted = move(session, desk, request, "granted", NOW + timedelta(days=days))
    assert granted.until == TODAY + timedelta(days=until)


def test_somebody_else_grants_but_does_not_drop(session: Session, desk: Desk) -> None:
    request = hold(session, desk)
    colleague = replace(desk.actor, user_id=desk.stranger.user_id)
    assert RequestState.ENDED not in next_request_states(colleague, request)
    with pytest.raises(Refused):
        move_request(Context(session, colleague, NOW), request.id, RequestState.ENDED)
    granted = move_request(Context(session, colleague, NOW), request.id, RequestState.GRANTED)
    assert granted.moved_by_id == colleague.user_id
    assert move_request(Context(session, colleague, LATER), request.id, RequestState.ENDED)


def test_a_request_of_another_site_is_none(session: Session, desk: Desk) -> None:
    request = hold(session, desk)
    foreign = Context(session, desk.stranger, NOW)
    for attempt in (
        lambda: move_request(foreign, request.id, RequestState.GRANTED),
        lambda: note_avoided(foreign, request.id, TODAY, "courriel"),
        lambda: forget_avoided(foreign, request.id),
        lambda: move_request(foreign, 987, RequestState.GRANTED),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize("kind", list(ASKS))
def test_a_crossed_out_act_ends_what_it_asked(
    session: Session, desk: Desk, kind: RequestKind
) -> None:
    (request,) = ask(session, desk, *ASKS[kind])
    for _click in range(2):
        void_act(Context(session, desk.actor, NOW), request.act_id)
    assert (request.state, request.state_on) == ("ended", TODAY)
    assert next_request_states(desk.actor, request) == []
    events = select(func.count()).where(AuditEvent.action == "request.withdrawn")
    assert session.scalar(events) == 1
    with pytest.raises(Refused):
        note_avoided(Context(session, desk.actor, NOW), request.id, TODAY, "courriel")


def test_what_may_still_move_is_open() -> None:
    assert RequestState.GRANTED in OPEN_STATES[RequestKind.HOLD]
    assert RequestState.GRANTED not in OPEN_STATES[RequestKind.ACTION]
    assert RequestState.REFUSED in OPEN_STATES[RequestKind.DISPUTE]
    assert not any(RequestState.ENDED in states for states in OPEN_STATES.values())


def test_an_avoided_intervention_is_the_partners_word_with_its_day_and_source(
    session: Session, desk: Desk
) -> None:
    request, later = hold(session, desk), Context(session, desk.actor, LATER)
    for on, source, field in (
        (TODAY - DAY, "courriel", "on"),
        (LATER.date() + DAY, "courriel", "on"),
        (None, "courriel", "on"),
        (TODAY, "   ", "source"),
    ):
        with pytest.raises(BadInput) as refused:
            note_avoided(later, request.id, on, source)
        assert refused.value.params["field"] == field
    for on in (TODAY, LATER.date()):
        note_avoided(later, request.id, on, "  courriel du réseau ")
        assert (request.avoided_on, request.avoided_source) == (on, "courriel du réseau")
    for _click in range(2):
        forget_avoided(later, request.id)
    assert (request.avoided_on, request.avoided_source) == (None, None)
    gone = select(func.count()).where(AuditEvent.action == "request.not_avoided")
    assert session.scalar(gone) == 1


def test_only_a_hold_avoids(session: Session, desk: Desk) -> None:
    (action,) = ask(session, desk, "supplier_action", {"actions": ["power"]})
    with pytest.raises(BadInput):
        note_avoided(Context(session, desk.actor, NOW), action.id, TODAY, "courriel")


@pytest.mark.parametrize(
    ("energy", "main", "refused"),
    [
        (Energy.WATER, None, {"cut": NEVER_CUT, "limitation": NEVER_CUT}),
        (Energy.WATER, True, {"cut": NEVER_CUT, "limitation": NEVER_CUT}),
        (Energy.WATER, False, {"limitation": ONLY_POWER}),
        (Energy.GAS, None, {"limitation": ONLY_POWER}),
        (Energy.ELECTRICITY, None, {}),
        (None, None, {}),
    ],
)
def test_nothing_is_held_back_that_never_comes(
    session: Session, desk: Desk, energy: Energy | None, main: bool | None,
    refused: dict[str, str],
) -> None:  # fmt: skip
    desk.case.energy, desk.case.main_residence = energy, main
    for subject in HoldSubject:
        if subject not in refused:
            hold(session, desk, subjects=[subject])
            continue
        with pytest.raises(Refused) as error:
            hold(session, desk, subjects=["reminders", subject])
        assert (error.value.params["field"], error.value.args[0]) == ("subjects", refused[subject])


def test_a_hold_is_proposed_as_its_mission_asks(session: Session, desk: Desk) -> None:
    rules = load_waiting_rules(session, TODAY)
    bill = hold_proposal(desk.case, Energy.ELECTRICITY, rules, TODAY)
    assert (bill.asked_of, bill.usual) == ("supplier", (HoldSubject.REMINDERS,))
    assert (bill.subjects, bill.note) == (tuple(HoldSubject), "")
    assert bill.until == date(2026, 12, 23)
    desk.case.campaign_kind = CampaignKind.CUTOFF_NOTICE
    notice = hold_proposal(desk.case, Energy.ELECTRICITY, rules, TODAY)
    assert (notice.asked_of, notice.usual) == ("network", (HoldSubject.CUT,))
    water = hold_proposal(desk.case, Energy.WATER, rules, TODAY)
    assert (water.subjects, water.usual) == ((HoldSubject.REMINDERS,),) * 2
    assert water.note == NEVER_CUT


def test_a_promise_has_an_amount_where_there_is_a_debt(session: Session, desk: Desk) -> None:
    ctx = Context(session, desk.actor, NOW)
    with pytest.raises(BadInput) as refused:
        record_act(ctx, desk.case.id, "pays_full", PROMISE)
    assert refused.value.params["field"] == "amount_cents"
    desk.case.debt_cents = None
    told = record_act(ctx, desk.case.id, "pays_full", PROMISE)
    assert "amount_cents" not in told.details


def words(session: Session, desk: Desk, *told: tuple[str, dict[str, Any]]) -> list[Act]:
    ctx = Context(session, desk.actor, NOW)
    return [record_act(ctx, desk.case.id, kind, details) for kind, details in told]


def test_of_money_the_latest_word_alone_stands(session: Session, desk: Desk) -> None:
    promise = ("pays_full", {**PROMISE, "amount_cents": 4_000})
    delay = ("extension", {"new_due_on": date(2026, 12, 1)})
    info = ("info_given", {"topics": ["bill"]})
    first, second, third, _info = acts = words(session, desk, promise, delay, promise, info)
    assert standing_word(acts, planned=0, settled=False) is third
    assert standing_word([first, second], planned=0, settled=False) is second
    assert promised_cents(second) is None
    assert promised_cents(third) == 4_000
    assert standing_word(acts, planned=third.id + 1, settled=False) is None
    assert standing_word(acts, planned=third.id - 1, settled=False) is third
    assert standing_word(acts, planned=0, settled=True) is None
    assert standing_word([], planned=0, settled=False) is None
    assert promised_cents(None) is None


@pytest.mark.parametrize(("paid", "answered"), [(0, False), (3_999, False), (4_000, True)])
def test_a_word_is_answered_by_what_is_paid(
    session: Session, desk: Desk, paid: int, answered: bool
) -> None:
    (word,) = words(session, desk, ("pays_full", {**PROMISE, "amount_cents": 4_000}))
    assert is_answered(word, paid, TODAY) is answered


@pytest.mark.parametrize("kept", list(WordKept))
def test_a_word_is_answered_from_the_day_that_somebody_says_so(
    session: Session, desk: Desk, kept: WordKept
) -> None:
    (word,) = words(session, desk, ("pays_full", {**PROMISE, "amount_cents": 4_000}))
    note_kept(Context(session, desk.actor, LATER), word.id, kept)
    assert is_answered(word, 0, LATER.date() - DAY) is False
    assert is_answered(word, 0, LATER.date()) is True


def test_who_promises_no_amount_is_answered_by_any_payment(session: Session, desk: Desk) -> None:
    (delay,) = words(session, desk, ("extension", {"new_due_on": date(2026, 12, 1)}))
    assert [is_answered(delay, paid, TODAY) for paid in (0, 1)] == [False, True]


def test_the_machine_may_ask_as_a_person_does(session: Session, desk: Desk) -> None:
    act = record_act(Context(session, SYSTEM, NOW), desk.case.id, ActKind.HOLD_ASKED, HOLD)
    found = session.scalars(select(PartnerRequest).where(PartnerRequest.act_id == act.id)).one()
    assert found.in_charge == (None, desk.case.assigned_to_id, desk.case.claimed_by_id)
