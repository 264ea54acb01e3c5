"""A mistake is corrected within the day: the first version stays, what it did is taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from energymed.base.audit import AuditEvent
from energymed.base.context import Actor, Context
from energymed.base.errors import NotFound, Refused
from energymed.calling.calls.record import correct_call
from energymed.calling.models import Contact, FollowUp
from energymed.calling.queue import claims
from energymed.cases import transitions
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_case, make_person, make_user

AFTERNOON = paris("2026-11-23 16:00")
KEY = "7f0c6b9e-0000-4000-8000-000000000002"


def correct(
    desk: Desk, contact: Contact, result: str, *, actor: Actor | None = None, **values: Any
) -> Contact:
    desk.now = max(desk.now, AFTERNOON)
    report = desk.report(result, **values)
    return correct_call(Context(desk.session, actor or desk.actor, desk.now), contact.id, report)


def test_the_first_version_stays_crossed_out_and_the_times_are_kept(desk: Desk) -> None:
    case = desk.case()
    former = desk.call(case, "no_answer")
    contact = correct(desk, former, "voicemail_left")
    assert (former.voided_at, former.result) == (AFTERNOON, "no_answer")
    assert (contact.corrects_id, contact.result) == (former.id, "voicemail_left")
    assert (contact.started_at, contact.ended_at) == (former.started_at, former.ended_at)
    event = desk.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "contact.corrected")
    ).one()
    assert (event.before, event.after) == ({"result": "no_answer"}, {"result": "voicemail_left"})


def test_an_opposition_by_mistake_is_lifted_everywhere(desk: Desk) -> None:
    numbers = ("+33639980001", "+33639980002", "+33639980003")
    case = desk.case(phones=numbers)
    other = desk.case(person=case.person)
    namesake = make_person(desk.session, desk.site, desk.partner, phones=numbers[:1])
    neighbour = desk.case(phones=numbers[2:])
    desk.call(neighbour, "opposed", at=paris("2026-11-20 10:00"))
    wrong = case.person.phones[1].id
    desk.call(case, "wrong_number", phone_id=wrong, at=paris("2026-11-20 15:00"))
    chase = desk.promise(other, "2026-12-01 10:00", "documents")
    former = desk.call(case, "opposed", at=NOW)
    correct(desk, former, "no_answer")
    assert case.person.opposed_at is None
    assert [phone.status for phone in case.person.phones] == ["ok", "wrong", "opposed"]
    assert namesake.phones[0].status == "ok"
    assert neighbour.person.opposed_at == paris("2026-11-20 10:00")
    assert (case.state, case.waiting_reason) == ("waiting", "retry")
    assert (other.state, other.closure, chase.state) == ("queued", None, "open")


def test_a_death_by_mistake_is_taken_back(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    correct(desk, desk.call(case, "deceased"), "moved")
    assert case.person.deceased_at is None
    assert (case.closure, other.state) == ("moved", "queued")


def test_the_rest_of_before_comes_back(desk: Desk) -> None:
    case = desk.case()
    earlier = desk.case(person=case.person)
    desk.call(earlier, "refused", at=paris("2026-10-02 10:00"))
    assert case.person.rests_until == date(2026, 12, 1)
    former = desk.call(case, "refused", at=NOW, incoming=True)
    assert case.person.rests_until == date(2027, 1, 22)
    correct(desk, former, "technical")
    assert case.person.rests_until == date(2026, 12, 1)
    assert case.state == "waiting"


def test_the_language_of_before_comes_back(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "language_barrier", at=paris("2026-11-20 10:00"))
    arabic = {"language": "arabe"}
    former = desk.call(case, "language_barrier", details=arabic, at=NOW)
    assert case.person.language == "arabe"
    second = correct(desk, former, "language_barrier", details={"language": "turc"})
    assert case.person.language == "turc"
    correct(desk, second, "no_answer")
    assert case.person.language == "tamoul"


def test_without_another_call_nobody_knows_the_language(desk: Desk) -> None:
    case = desk.case()
    former = desk.call(case, "language_barrier")
    correct(desk, former, "no_answer")
    assert case.person.language is None
    told = select(AuditEvent).where(AuditEvent.action == "person.language")
    said, unsaid = desk.session.scalars(told.order_by(AuditEvent.id)).all()
    assert (said.entity_id, said.after) == (case.person_id, {"contact": former.id})
    assert (unsaid.entity_id, unsaid.at, unsaid.after) == (case.person_id, AFTERNOON, None)


def test_the_language_that_another_call_said_since_stays(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    former = desk.call(case, "language_barrier")
    desk.call(other, "language_barrier", details={"language": "turc"}, at=NOW + 60 * MINUTE)
    correct(desk, former, "no_answer")
    assert case.person.language == "turc"


def test_a_good_number_may_be_dialled_again(desk: Desk) -> None:
    case = desk.case(phones=("+33639980001",))
    former = desk.call(case, "wrong_number")
    assert case.closure == "wrong_data"
    correct(desk, former, "no_answer")
    assert case.person.phones[0].status == "ok"
    assert case.state == "waiting"


def test_a_callback_by_mistake_is_cancelled_and_the_promise_of_before_comes_back(
    desk: Desk,
) -> None:
    case = desk.case(queue_reason="callback")
    promise = desk.promise(case, "2026-11-23 09:30")
    former = desk.call(case, "callback_set")
    assert promise.state == "done"
    correct(desk, former, "technical")
    open_ones = select(FollowUp.id).where(FollowUp.case_id == case.id, FollowUp.state == "open")
    assert desk.session.scalars(open_ones).all() == [promise.id]


def test_a_correction_can_be_corrected(desk: Desk) -> None:
    case = desk.case()
    second = correct(desk, desk.call(case, "refused"), "opposed")
    assert case.person.rests_until is None
    desk.now = AFTERNOON + 5 * MINUTE
    third = correct(desk, second, "no_answer")
    assert case.person.opposed_at is None
    assert (third.corrects_id, case.state) == (second.id, "waiting")


def test_a_double_click_corrects_once(desk: Desk) -> None:
    former = desk.call(desk.case(), "no_answer")
    first = correct(desk, former, "busy", request_key=KEY)
    assert correct(desk, former, "busy", request_key=KEY) is first


@pytest.mark.parametrize("reason", ["new", "retry", "callback"])
@pytest.mark.parametrize("first", ["moved", "no_answer", "callback_set"])
def test_the_case_is_back_for_what_it_was_called_for(desk: Desk, first: str, reason: str) -> None:
    case = desk.case(queue_reason=reason)
    correct(desk, desk.call(case, first), "technical")
    stands = case.state, case.waiting_reason
    assert stands == ("waiting", "retry" if reason == "new" else reason)


def test_a_case_that_waited_for_friday_waits_for_it_again(desk: Desk) -> None:
    friday = paris("2026-11-27 15:00")
    waiting = {"state": "waiting", "waiting_reason": "callback", "queue_reason": None}
    case = desk.case(**waiting, next_action_at=friday)
    other = desk.case(person=case.person, **waiting, next_action_at=friday)
    correct(desk, desk.call(case, "opposed"), "technical")
    for each in (case, other):
        stood = (each.state, each.waiting_reason, each.next_action_at)
        assert stood == ("waiting", "callback", friday)


def test_other_cases_closed_by_mistake_are_new_again(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    former = desk.call(case, "opposed")
    correct(desk, former, "no_answer")
    assert (other.state, other.queue_reason) == ("queued", "new")


def test_the_lead_corrects_and_the_call_stays_the_mediators(desk: Desk) -> None:
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    former = desk.call(desk.case(), "refused")
    contact = correct(desk, former, "no_answer", actor=lead)
    assert contact.user_id == desk.user.id
    again = correct(desk, contact, "moved", actor=lead)
    assert again.case.closure == "moved"


def refused(desk: Desk, contact: Contact, sentence: str, *, actor: Actor | None = None) -> None:
    with pytest.raises(Refused, match=sentence):
        correct(desk, contact, "no_answer", actor=actor)
    assert contact.voided_at is None


def test_a_colleague_does_not_correct(desk: Desk) -> None:
    contact = desk.call(desk.case(), "busy")
    refused(desk, contact, "Seul le médiateur qui a passé", actor=desk.colleague())


def test_tomorrow_is_too_late(desk: Desk) -> None:
    contact = desk.call(desk.case(), "busy")
    desk.now = NOW + timedelta(days=1)
    refused(desk, contact, "le jour même")


def test_only_the_last_call_of_a_case_is_corrected(desk: Desk) -> None:
    case = desk.case()
    first = desk.call(case, "busy")
    desk.call(case, "no_answer", at=paris("2026-11-23 15:00"))
    refused(desk, first, "Un autre appel a suivi")


def test_not_while_the_case_is_in_call(desk: Desk) -> None:
    case = desk.case()
    contact = desk.call(case, "busy")
    claims.claim_case(Context(desk.session, desk.actor, AFTERNOON), case.id)
    refused(desk, contact, "en appel")


def test_not_when_the_case_was_closed_by_others_since(desk: Desk) -> None:
    case = desk.case()
    contact = desk.call(case, "busy")
    transitions.close(Context(desk.session, desk.actor, AFTERNOON), case, "recalled_by_partner")
    refused(desk, contact, "clos depuis")


def test_not_when_the_partner_sent_the_reference_anew(desk: Desk) -> None:
    case = desk.case(reference="R1")
    contact = desk.call(case, "moved")
    desk.case(reference="R1", person=case.person)
    refused(desk, contact, "a renvoyé cette référence")


def test_a_letter_is_not_a_call(desk: Desk) -> None:
    case = desk.case()
    letter = Contact(case_id=case.id, person_id=case.person_id, user_id=desk.user.id,
                     channel="letter", details={}, started_at=NOW)  # fmt: skip
    desk.session.add(letter)
    desk.session.flush()
    refused(desk, letter, "ne se corrige plus")


def test_another_sites_call_and_no_call_do_not_exist(desk: Desk) -> None:
    elsewhere: Case = make_case(desk.session)
    contact = desk.called(elsewhere, "2026-11-23 09:00")
    for contact_id in (contact.id, 999_999):
        with pytest.raises(NotFound):
            correct_call(
                Context(desk.session, desk.actor, AFTERNOON), contact_id, desk.report("busy")
            )


def test_a_promise_that_an_incident_put_off_is_due_again(desk: Desk) -> None:
    case = desk.case(queue_reason="callback")
    promise = desk.promise(case, "2026-11-23 09:30")
    former = desk.call(case, "technical")
    assert promise.due_at > desk.now
    correct(desk, former, "no_answer")
    assert (promise.state, promise.due_at) == ("done", paris("2026-11-23 09:30"))
    assert (case.state, case.waiting_reason) == ("waiting", "retry")


def test_a_lead_who_corrects_a_call_promises_nothing_in_their_own_name(desk: Desk) -> None:
    former = desk.call(desk.case(), "no_answer")
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    contact = correct(desk, former, "callback_set", actor=lead)
    assert contact.case.assigned_to_id == desk.user.id
    (promise,) = desk.session.scalars(select(FollowUp).where(FollowUp.state == "open")).all()
    assert promise.assigned_to_id == desk.user.id
