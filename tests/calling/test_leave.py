"""Leaving a case without a result: each reason is acted on, and nothing counts as a call."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.calling.calls.person_marks import note_availability
from energymed.calling.calls.record import correct_call
from energymed.calling.calls.release_case import REASONS, leave
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.eligibility.availability import Availability
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case
from energymed.calling.queue.due import surface_due
from energymed.cases.models import Case, Stop
from energymed.cases.stops import Newcomer, look_up
from energymed.partners.result_rules import RESULT_RULES
from tests.calling.conftest import NOW, Desk, paris
from tests.factories import make_partner, make_person, make_site

A, B = "+33639980001", "+33639980002"


def held(desk: Desk) -> Case:
    case = desk.case()
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    return case


def test_by_mistake_it_is_where_it_was(desk: Desk) -> None:
    case = held(desk)
    leave(Context(desk.session, desk.actor, NOW), case.id, "mistake")
    assert (case.state, case.queue_reason, case.assigned_to_id) == ("queued", "new", desk.user.id)


def test_by_mistake_it_is_in_the_pile_again_when_it_came_from_there(desk: Desk) -> None:
    case = desk.case(state="to_assign", queue_reason=None, assigned_to=None)
    promise = desk.promise(case, "2026-11-25 10:00")
    claim_case(Context(desk.session, desk.actor, NOW), case.id, incoming=True)
    leave(Context(desk.session, desk.actor, NOW + timedelta(minutes=5)), case.id, "mistake")
    desk.session.refresh(promise)
    assert (case.state, case.assigned_to_id) == ("to_assign", None)
    assert (promise.state, promise.assigned_to_id) == ("open", None)


def test_by_mistake_a_case_that_was_given_since_stays_with_its_mediator(desk: Desk) -> None:
    case = desk.case(state="to_assign", queue_reason=None, assigned_to=None)
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    leave(Context(desk.session, desk.actor, NOW), case.id, "not_now")
    claim_case(Context(desk.session, desk.actor, NOW + timedelta(minutes=5)), case.id)
    leave(Context(desk.session, desk.actor, NOW + timedelta(minutes=6)), case.id, "mistake")
    assert (case.state, case.assigned_to_id) == ("waiting", desk.user.id)


def test_not_now_it_comes_back_two_hours_later_within_the_hours(desk: Desk) -> None:
    case = held(desk)
    leave(Context(desk.session, desk.actor, NOW + timedelta(minutes=45)), case.id, "not_now")
    assert (case.state, case.waiting_reason) == ("waiting", "retry")
    assert case.next_action_at == paris("2026-11-23 13:30")  # 12:45 is lunch time


def test_not_now_promises_the_callback_anew_for_the_same_day(desk: Desk) -> None:
    case = desk.case(queue_reason="callback")
    desk.called(case, "2026-11-23 09:10")
    promise = desk.promise(case, "2026-11-23 09:45")
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    leave(Context(desk.session, desk.actor, NOW), case.id, "not_now")
    soon = NOW + timedelta(hours=2)
    assert (case.state, case.waiting_reason, case.next_action_at) == ("waiting", "callback", soon)
    assert (promise.state, promise.due_at) == ("open", soon)
    assert surface_due(desk.session, now=NOW + timedelta(minutes=5)) == 0
    assert verdict_on(desk.session, case.id, soon).allowed  # although called once today


def test_a_bad_number_is_bad_in_every_file_and_in_files_to_come(desk: Desk) -> None:
    number, name = "+33639980061", {"last_name": "MAUVAIS", "name_key": "mauvais"}
    case = desk.case(
        person=make_person(desk.session, desk.site, desk.partner, phones=(number,), **name)
    )
    twin = make_person(
        desk.session, make_site(desk.session), make_partner(desk.session), phones=(number,), **name
    )
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    phone = case.person.phones[0]
    leave(Context(desk.session, desk.actor, NOW), case.id, "bad_number", phone_id=phone.id)
    assert [one.status for one in twin.phones] == ["wrong"]
    said = Newcomer("mauvais", desk.partner.id, None, [number])
    assert look_up(desk.session, [said], now=NOW)[0].numbers == {number: "wrong"}


def test_a_bad_number_is_never_dialled_again_and_the_next_one_is_tried(desk: Desk) -> None:
    case = held(desk)
    first, *others = case.person.phones
    leave(Context(desk.session, desk.actor, NOW), case.id, "bad_number", phone_id=first.id)
    assert first.status == "wrong"
    while others:
        assert case.state == "queued"
        claim_case(Context(desk.session, desk.actor, NOW), case.id)
        phone = others.pop()
        leave(Context(desk.session, desk.actor, NOW), case.id, "bad_number", phone_id=phone.id)
    assert (case.state, case.closure) == ("closed", "wrong_data")


def test_a_bad_number_waits_for_what_was_promised_on_the_next_one(desk: Desk) -> None:
    friday = paris("2026-11-27 15:00")
    case = desk.case(
        phones=(A, B), state="waiting", waiting_reason="callback", queue_reason=None,
        next_action_at=friday,
    )  # fmt: skip
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    phone = case.person.phones[0].id
    leave(Context(desk.session, desk.actor, NOW), case.id, "bad_number", phone_id=phone)
    assert (case.state, case.waiting_reason, case.next_action_at) == ("waiting", "callback", friday)


def test_a_bad_number_by_mistake_is_corrected_like_any_result(desk: Desk) -> None:
    case = desk.case(phones=(A,))
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    phone = case.person.phones[0]
    leave(Context(desk.session, desk.actor, NOW), case.id, "bad_number", phone_id=phone.id)
    (contact,) = desk.session.scalars(select(Contact)).all()
    assert (contact.result, contact.phone_id, case.closure) == (
        "wrong_number", phone.id, "wrong_data",
    )  # fmt: skip
    later = NOW + timedelta(hours=1)
    correct_call(Context(desk.session, desk.actor, later), contact.id, desk.report("technical"))
    assert (phone.status, case.state) == ("ok", "waiting")
    assert desk.session.scalars(select(Stop)).all() == []


def test_not_for_me_it_is_for_the_lead_to_give_to_somebody_else(desk: Desk) -> None:
    case = held(desk)
    promise = desk.promise(case, "2026-11-25 10:00")
    leave(Context(desk.session, desk.actor, NOW), case.id, "not_for_me")
    desk.session.refresh(promise)
    assert (case.state, case.assigned_to_id) == ("to_assign", None)
    assert (promise.state, promise.assigned_to_id) == ("open", None)


def test_every_reason_leaves_a_trace_and_no_attempt(desk: Desk) -> None:
    for reason in REASONS:
        case = held(desk)
        phone = case.person.phones[0].id
        leave(Context(desk.session, desk.actor, NOW), case.id, reason, phone_id=phone)
        events = select(AuditEvent).where(
            AuditEvent.action == "case.left", AuditEvent.entity_id == case.id
        )
        assert (desk.session.scalars(events).one().after or {}) == {"reason": reason}
    (noted,) = desk.session.scalars(select(Contact)).all()
    assert RESULT_RULES[str(noted.result)].counts is False


@pytest.mark.parametrize(
    ("reason", "field"), [("", "reason"), ("tired", "reason"), ("bad_number", "phone_id")]
)
def test_why_is_asked(desk: Desk, reason: str, field: str) -> None:
    case = held(desk)
    with pytest.raises(BadInput) as refused:
        leave(Context(desk.session, desk.actor, NOW), case.id, reason)
    assert refused.value.params["field"] == field
    assert case.state == "in_call"


def test_a_wish_is_kept_once_and_must_leave_some_time(desk: Desk) -> None:
    case = desk.case()
    evenings = Availability(not_before=time(17))
    assert note_availability(Context(desk.session, desk.actor, NOW), case.id, evenings)
    assert not note_availability(Context(desk.session, desk.actor, NOW), case.id, evenings)
    assert case.person.availability == {"not_before": "17:00", "not_after": None, "weekdays": []}
    for none in (Availability(not_before=time(21)), Availability(weekdays={5})):  # type: ignore[arg-type]
        with pytest.raises(BadInput, match="personne n'appelle"):
            note_availability(Context(desk.session, desk.actor, NOW), case.id, none)
    assert note_availability(Context(desk.session, desk.actor, NOW), case.id, Availability())
    assert case.person.availability is None
