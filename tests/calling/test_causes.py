"""What is done bears its cause: neither equal instants nor the audit trail are asked for it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from energymed.base.audit import AuditEvent
from energymed.base.context import Actor, Context
from energymed.base.errors import Conflict
from energymed.calling.calls.linked_cases import Agreed, record_others
from energymed.calling.calls.record import correct_call, record_call
from energymed.calling.calls.release_case import leave
from energymed.calling.follow_ups.service import postpone_follow_up
from energymed.calling.models import Contact, FollowUp
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.claims import claim_case, release_lapsed
from energymed.cases.models import Case, CaseMove, Stop
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.calling.test_household_call import WEEK, twin
from tests.factories import make_person

KEY = "7f0c6b9e-0000-4000-8000-000000000003"
FRIDAY = paris("2026-11-27 15:00")
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Moving(Context):
    """A use case during which time goes on: every look at the clock is a second later."""

    @property
    def now(self) -> datetime:  # type: ignore[override]
        """A second later than the last time."""
        self.clock[0] += timedelta(seconds=1)
        return self.clock[0]

    def __init__(self, desk: Desk, clock: list[datetime], **cause: Any) -> None:
        object.__setattr__(self, "session", desk.session)
        object.__setattr__(self, "actor", desk.actor)
        object.__setattr__(self, "contact_id", cause.get("contact_id"))
        object.__setattr__(self, "batch_id", cause.get("batch_id"))
        object.__setattr__(self, "written_at", None)
        object.__setattr__(self, "clock", clock)
        object.__setattr__(self, "desk", desk)

    def caused_by(self, **cause: Any) -> "Moving":  # type: ignore[override]
        """The same clock, for what this call brings about."""
        return Moving(self.desk, self.clock, **cause)


Clock = Any  # gives the context of a use case at the desk's hour


@pytest.fixture(params=["one instant", "time goes on", "no trail"])
def ctx_of(desk: Desk, request: pytest.FixtureRequest) -> Clock:
    """Each use case at its instant; with a clock that goes on; or with the trail emptied before."""

    def made(actor: Actor | None = None) -> Context:
        if request.param == "no trail":
            desk.session.execute(delete(AuditEvent))
        if request.param == "time goes on" and actor is None:
            return Moving(desk, [desk.now])
        return Context(desk.session, actor or desk.actor, desk.now)

    return made


def call(desk: Desk, ctx_of: Clock, case: Case, result: str, **values: Any) -> Contact:
    """Open the case and record a call on it; the next thing happens an hour later."""
    claim_case(ctx_of(), case.id)
    if result in ("wrong_number", "invalid_number"):
        values["phone_id"] = case.person.phones[0].id
    contact = record_call(ctx_of(), case.id, desk.report(result, **values))
    desk.now += HOUR
    return contact


def correct(desk: Desk, ctx_of: Clock, contact: Contact, result: str = "technical") -> Contact:
    return correct_call(ctx_of(), contact.id, desk.report(result))


@pytest.mark.parametrize("result", ["opposed", "deceased", "refused", "invalid_number"])
def test_marks_and_stops_are_lifted(desk: Desk, ctx_of: Clock, result: str) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    correct(desk, ctx_of, call(desk, ctx_of, case, result))
    person = case.person
    assert (person.opposed_at, person.deceased_at, person.rests_until) == (None, None, None)
    assert [phone.status for phone in person.phones] == ["ok"]
    assert desk.session.scalars(select(Stop)).all() == []
    assert (case.state, other.state, other.queue_reason) == ("waiting", "queued", "new")


def test_somebody_without_a_number_is_called_for_again(desk: Desk, ctx_of: Clock) -> None:
    """The list of stops knows nothing of them: neither number nor customer."""
    case = desk.case(person=make_person(desk.session, desk.site, desk.partner, phones=()))
    claim_case(ctx_of(), case.id, incoming=True)
    report = desk.report("deceased", incoming=True)
    contact = record_call(ctx_of(), case.id, report)
    desk.now += HOUR
    correct(desk, ctx_of, contact)
    assert case.person.deceased_at is None


def test_the_case_that_a_job_closed_is_where_it_stood(desk: Desk, ctx_of: Clock) -> None:
    case = desk.case()
    contact = call(desk, ctx_of, case, "opposed")
    later = desk.case(person=case.person, queue_reason="callback")
    promise = desk.promise(later, "2026-11-25 10:00")
    assert close_never_called(desk.session, now=desk.now) == 1
    desk.now += HOUR
    correct(desk, ctx_of, contact)
    assert (later.state, later.queue_reason, promise.state) == ("queued", "callback", "open")


def test_a_case_waits_for_what_it_waited_for(desk: Desk, ctx_of: Clock) -> None:
    waiting = {"state": "waiting", "waiting_reason": "callback", "queue_reason": None}
    case = desk.case(**waiting, next_action_at=FRIDAY)
    promise = desk.promise(case, "2026-11-27 15:00")
    contact = call(desk, ctx_of, case, "moved")
    assert promise.state == "cancelled"
    correct(desk, ctx_of, contact)
    assert (case.state, case.waiting_reason, case.next_action_at) == ("waiting", "callback", FRIDAY)
    assert promise.state == "open"


def test_follow_ups_made_settled_and_put_off(desk: Desk, ctx_of: Clock) -> None:
    case = desk.case(queue_reason="callback")
    promise = desk.promise(case, "2026-11-23 09:30")
    first = call(desk, ctx_of, case, "callback_set")
    second = correct(desk, ctx_of, first, "technical")
    made = select(FollowUp.state).where(FollowUp.made_by_contact_id == first.id)
    assert desk.session.scalars(made).all() == ["cancelled"]
    assert (promise.state, promise.due_at > desk.now) == ("open", True)
    desk.now += MINUTE
    correct(desk, ctx_of, second, "busy")
    assert (promise.state, promise.due_at) == ("done", paris("2026-11-23 09:30"))


def test_what_was_put_off_anew_by_hand_stays(desk: Desk, ctx_of: Clock) -> None:
    case = desk.case(queue_reason="callback")
    promise = desk.promise(case, "2026-11-23 09:30")
    contact = call(desk, ctx_of, case, "technical")
    postpone_follow_up(ctx_of(), promise.id, FRIDAY)
    correct(desk, ctx_of, contact, "no_answer")
    assert (promise.state, promise.due_at) == ("open", FRIDAY)


def test_a_cutoff_told_and_another_case_settled(desk: Desk, ctx_of: Clock) -> None:
    case = desk.case()
    values = {"debt_cents": None, "cutoff_date": date(2026, 11, 24)}
    notice = twin(desk, case, campaign_kind="cutoff_notice", **values)
    talk = {"next_step": "follow_up", "follow_up_at": WEEK}
    contact = call(desk, ctx_of, case, "reached_holder", **talk)
    record_others(ctx_of(), contact, [Agreed(notice.id, "close", "informed_only")])
    assert (notice.state, notice.told_in_time) == ("closed", True)
    desk.now += MINUTE
    correct(desk, ctx_of, contact, "no_answer")
    assert (notice.state, notice.told_at, notice.told_in_time) == ("queued", None, None)


def test_pressed_twice_it_is_recorded_once(desk: Desk, ctx_of: Clock) -> None:
    case = desk.case()
    contact = call(desk, ctx_of, case, "no_answer", request_key=KEY)
    again = desk.report("no_answer", request_key=KEY)
    assert record_call(ctx_of(), case.id, again) is contact
    with pytest.raises(Conflict, match="déjà enregistré"):
        record_call(ctx_of(), case.id, desk.report("busy", request_key=KEY))


def test_who_may_record(desk: Desk, ctx_of: Clock) -> None:
    case, colleague = desk.case(), desk.colleague()
    with pytest.raises(Conflict, match="n'est pas en appel chez vous"):
        record_call(ctx_of(colleague), case.id, desk.report("no_answer"))
    claim_case(ctx_of(), case.id)
    desk.now += HOUR
    assert release_lapsed(desk.session, now=desk.now) == 1
    claim_case(ctx_of(colleague), case.id)
    leave(ctx_of(colleague), case.id, "mistake")
    with pytest.raises(Conflict, match="Un collègue a repris"):
        record_call(ctx_of(), case.id, desk.report("no_answer"))
    assert record_call(ctx_of(colleague), case.id, desk.report("no_answer")).result == "no_answer"
    with pytest.raises(Conflict, match="reprenez le dossier"):
        record_call(ctx_of(), case.id, desk.report("no_answer"))


def test_a_case_opened_by_mistake_is_to_be_assigned_again(desk: Desk, ctx_of: Clock) -> None:
    case = desk.case(state="to_assign", queue_reason=None, assigned_to=None)
    claim_case(ctx_of(), case.id)
    leave(ctx_of(), case.id, "mistake")
    assert (case.state, case.assigned_to_id) == ("to_assign", None)


def test_every_move_of_a_call_names_it(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    contact = desk.call(case, "opposed", at=NOW)
    moves = desk.session.scalars(select(CaseMove).order_by(CaseMove.id)).all()
    told = [(one.case_id, one.from_state, one.to_state, one.contact_id) for one in moves]
    assert told == [
        (case.id, "queued", "in_call", None),
        (case.id, "in_call", "closed", contact.id),
        (other.id, "queued", "closed", contact.id),
    ]
    assert {(one.actor_id, one.from_reason) for one in moves} == {(desk.user.id, "new")}
