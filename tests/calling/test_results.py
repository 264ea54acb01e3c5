"""What each of the eighteen call results does (DOMAIN §9)."""

from datetime import date, timedelta

import pytest

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.calling.calls.record import correct_call
from energymed.calling.codes import CHOICES, RESULTS, ResultGroup
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.models import FollowUp
from energymed.cases.models import Case
from energymed.partners.codes import ResultCode
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_partner, make_person, make_site

TOMORROW_AFTERNOON = paris("2026-11-24 13:30")


def waits(case: Case) -> tuple[str, str | None, object]:
    return case.state, case.waiting_reason, case.next_action_at


def follow_ups(desk: Desk, case: Case) -> list[tuple[str, str]]:
    rows = desk.session.query(FollowUp).filter_by(case_id=case.id).order_by(FollowUp.id)
    return [(row.kind, row.state) for row in rows]


def test_the_table_holds_every_result_of_the_schema_with_its_own_key() -> None:
    assert set(RESULTS) == set(ResultCode)
    assert len(RESULTS) == 18
    assert len({result.key for result in RESULTS.values()}) == 18
    assert {result.group for result in RESULTS.values()} == set(ResultGroup)
    assert all(code.label for code in RESULTS)


@pytest.mark.parametrize("result", ["reached_holder", "reached_mandated"])
def test_reached_closes_or_comes_back_as_agreed(desk: Desk, result: str) -> None:
    closed, followed = desk.case(), desk.case()
    desk.call(closed, result, closure="promise")
    assert (closed.state, closed.closure, closed.closed_at) == ("closed", "promise", NOW)
    friday = paris("2026-11-27 11:00")
    desk.call(
        followed, result, next_step="follow_up", follow_up_at=friday, follow_up_note="Papiers"
    )
    assert waits(followed) == ("waiting", "follow_up", friday)
    assert follow_ups(desk, followed) == [("other", "open")]


@pytest.mark.parametrize(("moment", "waits_until"), [
    ("2026-11-27 11:00", "2026-12-04 09:00"),
    ("2026-12-18 11:00", "2026-12-04 09:00"),
])  # fmt: skip
def test_to_come_back_at_another_time_takes_the_place_of_what_was_agreed_before(
    desk: Desk, moment: str, waits_until: str
) -> None:
    case, other = desk.case(), desk.case()
    desk.promise(other, moment, "other")
    follow = {"next_step": "follow_up", "closure": None}
    desk.call(case, "reached_holder", **follow, follow_up_at=paris(moment))
    at = NOW + 60 * MINUTE
    new = desk.call(case, "reached_holder", at=at, **follow, follow_up_at=paris(waits_until))
    assert follow_ups(desk, case) == [("other", "cancelled"), ("other", "open")]
    assert follow_ups(desk, other) == [("other", "open")]
    assert waits(case) == ("waiting", "follow_up", paris(waits_until))
    settled = desk.session.query(FollowUp).filter_by(settled_by_contact_id=new.id).one()
    events = desk.session.query(AuditEvent).filter_by(entity="follow_up", entity_id=settled.id)
    assert [each.action for each in events] == ["follow_up.added", "follow_up.cancelled"]
    correct_call(
        Context(desk.session, desk.actor, at), new.id, desk.report("no_answer", started_at=at)
    )
    assert follow_ups(desk, case) == [("other", "open"), ("other", "cancelled")]


def test_an_interpreter_is_looked_for_once(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "language_barrier")
    desk.call(case, "language_barrier", at=NOW + 60 * MINUTE, incoming=True)
    assert follow_ups(desk, case) == [("interpreter", "cancelled"), ("interpreter", "open")]


def test_a_conversation_alone_tells_nobody_of_a_cutoff(desk: Desk) -> None:
    case = desk.case(campaign_kind="cutoff_notice", debt_cents=None, cutoff_date=date(2026, 11, 24))
    desk.call(case, "reached_holder", next_step="follow_up", follow_up_at=NOW + MINUTE)
    assert (case.told_at, case.told_in_time) == (None, None)
    desk.call(case, "reached_holder", closure="informed_only")
    assert (case.told_at, case.told_in_time) == (NOW, True)


@pytest.mark.parametrize(
    "result", ["no_answer", "voicemail_left", "voicemail_none", "third_party", "hung_up"]
)
def test_not_reached_is_tried_again_in_another_half_day(desk: Desk, result: str) -> None:
    case = desk.case()
    desk.call(case, result)
    assert waits(case) == ("waiting", "retry", TOMORROW_AFTERNOON)


def test_a_busy_line_is_tried_once_more_the_same_day_then_another_day(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "busy")
    assert waits(case) == ("waiting", "retry", paris("2026-11-23 10:44"))
    desk.call(case, "busy", at=paris("2026-11-23 10:50"))
    assert waits(case) == ("waiting", "retry", TOMORROW_AFTERNOON)


def test_the_fourth_attempt_in_vain_closes_as_unreachable(desk: Desk) -> None:
    case = desk.case()
    for day in ("02", "06", "12"):
        desk.called(case, f"2026-11-{day} 15:00")
    chase = desk.promise(case, "2026-12-15 10:00", "other")
    papers = desk.promise(case, "2026-12-15 10:00", "documents")
    desk.call(case, "no_answer")
    assert (case.state, case.closure) == ("closed", "unreachable")
    assert (chase.state, papers.state) == ("cancelled", "open")


def test_attempts_of_last_month_are_forgotten(desk: Desk) -> None:
    case = desk.case()
    for day in ("01", "06", "12", "24"):
        desk.called(case, f"2026-10-{day} 15:00")
    desk.call(case, "no_answer")
    assert case.state == "waiting"


def test_an_attempt_in_vain_does_not_break_a_later_promise(desk: Desk) -> None:
    case = desk.case()
    desk.promise(case, "2026-11-26 16:00")
    desk.call(case, "no_answer")
    assert waits(case) == ("waiting", "callback", paris("2026-11-26 16:00"))


def test_hanging_up_twice_is_a_refusal(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "hung_up")
    assert case.state == "waiting"
    desk.call(case, "hung_up", at=paris("2026-11-24 14:00"))
    assert (case.state, case.closure) == ("closed", "refused")


def test_a_callback_comes_back_at_its_time_to_the_same_mediator(desk: Desk) -> None:
    colleague = desk.colleague()
    case = desk.case(assigned_to=desk.session.get_one(type(desk.user), colleague.user_id))
    desk.call(case, "callback_set", callback_at=paris("2026-11-25 15:00"))
    assert waits(case) == ("waiting", "callback", paris("2026-11-25 15:00"))
    assert case.assigned_to_id == desk.user.id
    assert follow_ups(desk, case) == [("callback", "open")]


def test_a_new_callback_takes_the_place_of_the_former(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "callback_set")
    desk.call(case, "callback_set", at=paris("2026-11-25 15:05"),
              callback_at=paris("2026-11-30 09:30"))  # fmt: skip
    assert follow_ups(desk, case) == [("callback", "done"), ("callback", "open")]


@pytest.mark.parametrize(
    "moment", ["2026-11-25 12:45", "2026-11-25 19:30", "2026-11-28 10:00", "2026-12-25 10:00"]
)
def test_a_callback_outside_the_hours_is_refused(desk: Desk, moment: str) -> None:
    with pytest.raises(BadInput) as refusal:
        desk.call(desk.case(), "callback_set", callback_at=paris(moment))
    assert refusal.value.params["field"] == "callback_at"


def test_refused_rests_the_person_for_sixty_days(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    desk.call(case, "refused")
    assert (case.state, case.closure) == ("closed", "refused")
    assert case.person.rests_until == date(2027, 1, 22)
    assert other.state == "queued"


def test_opposed_stops_the_person_every_case_and_the_numbers_everywhere(desk: Desk) -> None:
    numbers = ("+33639980001", "+33639980002")
    case = desk.case(phones=numbers)
    waiting = desk.case(person=case.person, state="waiting", queue_reason=None,
                        waiting_reason="callback", next_action_at=NOW)  # fmt: skip
    promised = desk.promise(waiting, "2026-11-25 10:00")
    instalment = desk.promise(waiting, "2026-12-25 10:00", "instalment")
    elsewhere = make_person(
        desk.session, make_site(desk.session), make_partner(desk.session), phones=numbers[:1]
    )
    desk.call(case, "opposed")
    assert case.person.opposed_at == NOW
    assert {each.closure for each in (case, waiting)} == {"opposed"}
    assert {phone.status for phone in (*case.person.phones, *elsewhere.phones)} == {"opposed"}
    assert {promised.state, instalment.state} == {"cancelled"}


@pytest.mark.parametrize(
    ("result", "status"), [("wrong_number", "wrong"), ("invalid_number", "invalid")]
)
def test_a_bad_number_is_never_dialled_again_and_the_next_one_may_be(
    desk: Desk, result: str, status: str
) -> None:
    case = desk.case(phones=("+33639980001", "+33639980002"), queue_reason="callback")
    promise = desk.promise(case, "2026-11-23 09:30")
    desk.call(case, result)
    assert [phone.status for phone in case.person.phones] == [status, "ok"]
    assert (case.state, case.queue_reason, promise.state) == ("queued", "callback", "open")
    desk.call(case, result, phone_id=case.person.phones[1].id)
    assert (case.state, case.closure, promise.state) == ("closed", "wrong_data", "cancelled")


def test_a_language_barrier_is_a_task_to_find_an_interpreter(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "language_barrier")
    assert case.person.language == "tamoul"
    assert waits(case) == ("waiting", "follow_up", paris("2026-11-24 09:00"))
    assert follow_ups(desk, case) == [("interpreter", "open")]


def test_a_declared_death_stops_every_case_of_the_person(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    desk.call(case, "deceased")
    assert case.person.deceased_at == NOW
    assert {case.closure, other.closure} == {"deceased"}


@pytest.mark.parametrize("result", ["moved", "not_customer"])
def test_moved_and_not_customer_go_back_to_the_partner(desk: Desk, result: str) -> None:
    case = desk.case()
    desk.call(case, result)
    assert (case.state, case.closure) == ("closed", result)


def test_a_technical_incident_is_no_attempt_and_lets_the_others_pass(desk: Desk) -> None:
    due = desk.case(queue_reason="callback")
    promise = desk.promise(due, "2026-11-23 09:30")
    desk.call(due, "technical")
    soon = NOW + timedelta(minutes=45)
    assert waits(due) == ("waiting", "callback", soon)
    assert (promise.state, promise.due_at) == ("open", soon)
    assert verdict_on(desk.session, due.id, soon).allowed
    friday = paris("2026-11-27 15:00")
    later = desk.case(state="waiting", waiting_reason="retry", next_action_at=friday,
                      queue_reason=None)  # fmt: skip
    desk.call(later, "technical")
    assert waits(later) == ("waiting", "retry", friday)


def test_an_attempt_keeps_the_promise_that_was_due(desk: Desk) -> None:
    case = desk.case(queue_reason="callback")
    promise, chase = (
        desk.promise(case, "2026-11-23 09:30", kind) for kind in ("callback", "other")
    )
    desk.call(case, "no_answer")
    assert (promise.state, chase.state) == ("done", "open")
    desk.call(case, "reached_holder", at=paris("2026-11-24 14:00"))
    assert chase.state == "done"


def test_every_choice_has_labels() -> None:
    assert all(all(labels.values()) for labels in CHOICES.values())
