"""Who is never called, or not now: every door says the same, and what a death takes with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import DomainError, Refused
from energymed.calling.assignment import spread
from energymed.calling.assignment.unassigned import CaseFilter
from energymed.calling.calls.record import correct_call, record_call
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.codes import Channel, NoCallReason
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.eligibility.stopped import (
    REFUSALS,
    Stops,
    never_called_among,
    stops_of,
)
from energymed.calling.follow_ups.callbacks import check_callback
from energymed.calling.letters import LetterSearch, note_letters, without_phone
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.claims import claim_case, claim_first
from energymed.calling.queue.next_call import next_calls
from energymed.calling.queue.view import view_queue
from energymed.cases.models import Case, Household, Person
from energymed.casework.case_overview import case_overview
from energymed.casework.case_procedure import CaseProcedure
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.messages import compose
from energymed.messages.templates import seed, set_sender
from energymed.telephony.service import ask_call
from energymed.web.mediator.case_file.cautions import cautions
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_person, make_user

DAY = timedelta(days=1)
KEY = "7f0c6b9e-0000-4000-8000-000000000003"


def housemate(desk: Desk, person: Person, **values: Any) -> Person:
    """Somebody else of this person's household."""
    home = desk.session.get_one(Household, person.household_id)
    return make_person(desk.session, desk.site, desk.partner, household=home, **values)


def number(status: str) -> Callable[[Desk, Case], None]:
    def mark(_desk: Desk, case: Case) -> None:
        for phone in case.person.phones:
            phone.status = status  # type: ignore[assignment]

    return mark


def opposed(_desk: Desk, case: Case) -> None:
    case.person.opposed_at = NOW


def deceased(_desk: Desk, case: Case) -> None:
    case.person.deceased_at = NOW


def housemate_deceased(desk: Desk, case: Case) -> None:
    housemate(desk, case.person, deceased_at=NOW)


def resting(_desk: Desk, case: Case) -> None:
    case.person.rests_until = NOW.date() + DAY


def opposed_elsewhere(desk: Desk, case: Case) -> None:
    """The same number was opposed by somebody whom another site knows."""
    numbers = tuple(phone.e164 for phone in case.person.phones)
    other = make_person(desk.session, desk.site, desk.partner, phones=numbers)
    for phone in other.phones:
        phone.status = "opposed"  # type: ignore[assignment]


STOPS: dict[str, Callable[[Desk, Case], None]] = {
    "opposed": opposed,
    "deceased": deceased,
    "housemate_deceased": housemate_deceased,
    "resting": resting,
    "wrong": number("wrong"),
    "invalid": number("invalid"),
    "number_opposed": number("opposed"),
    "number_opposed_elsewhere": opposed_elsewhere,
}
NUMBERS = ("wrong", "invalid", "number_opposed", "number_opposed_elsewhere")
FOR_GOOD = ("opposed", "deceased", "housemate_deceased")
REASON = {
    "opposed": NoCallReason.OPPOSED,
    "deceased": NoCallReason.DECEASED,
    "housemate_deceased": NoCallReason.DECEASED,
    "resting": NoCallReason.RESTING,
    **dict.fromkeys(NUMBERS, NoCallReason.NO_PHONE),
}


@dataclass
class Doors:
    """Every way to a person, each telling whether it is open; a case is made for each."""

    desk: Desk
    stop: Callable[[Desk, Case], None] | None

    @property
    def ctx(self) -> Context:
        return Context(self.desk.session, self.desk.actor, NOW)

    def case(self, **values: Any) -> Case:
        """A case whose person is stopped."""
        case = self.desk.case(**values)
        if self.stop is not None:
            self.stop(self.desk, case)
        self.desk.session.commit()
        return case

    def queue(self) -> bool:
        self.case()
        view = view_queue(self.ctx)
        calls = next_calls(self.ctx)
        assert bool(calls) == bool(view.ready)
        return bool(calls)

    def claim_of_what_was_read(self) -> bool:
        """The stop is noted between the reading of the queue and the claim."""
        case = self.desk.case()
        self.desk.session.commit()
        calls = next_calls(self.ctx)
        assert [call.case_id for call in calls] == [case.id]
        if self.stop is not None:
            self.stop(self.desk, case)
        self.desk.session.commit()
        return claim_first(self.ctx, calls) is not None

    def claim_by_hand(self) -> bool:
        return self._passes(lambda: claim_case(self.ctx, self.case().id))

    def incoming(self) -> bool:
        return self._passes(lambda: claim_case(self.ctx, self.case().id, incoming=True))

    def exchange(self) -> bool:
        """The stop is noted while the case is in call."""
        self.desk.user.extension = "204"
        case = self.desk.case()
        claim_case(self.ctx, case.id)
        if self.stop is not None:
            self.stop(self.desk, case)
        self.desk.session.commit()
        return self._passes(lambda: ask_call(self.ctx, case.id, case.person.phones[0].id))

    def callback(self) -> bool:
        case = self.case()
        return self._passes(
            lambda: check_callback(self.desk.session, case, paris("2026-11-23 15:00"), "at")
        )

    def letter_list(self) -> bool:
        case, lead = self.case(), make_user(self.desk.session, "lead", site=self.desk.site)
        ctx = Context(self.desk.session, lead.as_actor(), NOW)
        listed = self.desk.session.scalars(without_phone(ctx, LetterSearch())).all() == [case]
        assert note_letters(ctx, [case.id], request_key=KEY).recorded == listed
        return listed

    def letter_list_without_a_number(self) -> bool:
        case, lead = self.case(phones=()), make_user(self.desk.session, "lead", site=self.desk.site)
        ctx = Context(self.desk.session, lead.as_actor(), NOW)
        return self.desk.session.scalars(without_phone(ctx, LetterSearch())).all() == [case]

    def text_message(self) -> bool:
        return self.message_refusal() is None

    def email(self) -> bool:
        return self.message_refusal(by_email=True) is None

    def letter_noted(self) -> bool:
        return self._noted(Channel.LETTER)

    def text_message_noted(self) -> bool:
        return self._noted(Channel.SMS)

    def email_noted(self) -> bool:
        return self._noted(Channel.EMAIL)

    def visit_noted(self) -> bool:
        return self._noted(Channel.VISIT)

    def spread(self) -> bool:
        case = self.case(assigned_to=None, state="to_assign", queue_reason=None)
        marked = case.id in never_called_among(self.desk.session, [case.id])
        lead = make_user(self.desk.session, "lead", site=self.desk.site).as_actor()
        (share,) = spread.preview_spread(
            Context(self.desk.session, lead, NOW), CaseFilter(), [self.desk.user.id]
        )
        assert marked != bool(share.cases)
        return bool(share.cases)

    def closing_job(self) -> bool:
        """Open: the case stays."""
        case = self.case()
        closed = close_never_called(self.desk.session, now=NOW)
        assert (case.state == "closed") == bool(closed)
        return not closed

    def desk_without_caution(self) -> bool:
        case = self.case()
        known = case_overview(Context(self.desk.session, self.desk.actor, NOW), case)
        quiet = replace(known, procedure=CaseProcedure(None, None))
        with current_app.test_request_context():
            return not cautions(quiet)

    def message_refusal(self, *, by_email: bool = False) -> DomainError | None:
        session = self.desk.session
        seed(session, now=NOW)
        case = self.case()
        set_sender(self.ctx, self.desk.site.id, "PIMMS Médiation", "04 65 71 00 00")
        case.person.email = "camille@example.org"
        to = "email" if by_email else str(case.person.phones[0].id)
        draft = compose.draft(self.ctx, case, compose.choices(session, case, to=to))
        assert draft is not None
        return draft.refusal

    def _noted(self, channel: Channel) -> bool:
        """An exchange on another channel, noted by hand."""
        result = "no_access" if channel == Channel.VISIT else "sent"
        case, outcome = self.case(), Outcome(ExchangeReport(channel, result))
        return self._passes(lambda: record_conversation(self.ctx, case.id, outcome))

    def _passes(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except DomainError:
            return False
        return True


ALL = tuple(STOPS)
SHUT: dict[str, tuple[str, ...]] = {  # door: the stops that shut it
    "queue": ALL,
    "claim_of_what_was_read": ALL,
    "claim_by_hand": (*FOR_GOOD, "resting"),  # a page with dead numbers may be opened, not dialled
    "incoming": (),  # whoever calls is answered
    "exchange": ALL,
    "callback": (*FOR_GOOD, "resting"),
    "letter_list_without_a_number": (*FOR_GOOD, "resting"),
    "text_message": ALL,
    "email": (*FOR_GOOD, "resting"),
    "letter_noted": FOR_GOOD,
    "text_message_noted": FOR_GOOD,
    "email_noted": FOR_GOOD,
    "visit_noted": (),  # it took place, whoever came to whom
    "spread": FOR_GOOD,
    "closing_job": FOR_GOOD,
    "desk_without_caution": ALL,
}


@pytest.mark.slow
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("door", SHUT)
def test_every_door_asks(desk: Desk, door: str, stop: str) -> None:
    assert getattr(Doors(desk, STOPS[stop]), door)() == (stop not in SHUT[door])


@pytest.mark.parametrize("door", SHUT)
def test_every_door_is_open_to_others(desk: Desk, door: str) -> None:
    assert getattr(Doors(desk, None), door)()


@pytest.mark.parametrize("stop", STOPS)
def test_letters_go_to_whom_no_number_reaches(desk: Desk, stop: str) -> None:
    assert Doors(desk, STOPS[stop]).letter_list() == (stop in NUMBERS)


@pytest.mark.parametrize("stop", STOPS)
def test_the_reason_is_told(desk: Desk, stop: str) -> None:
    case = Doors(desk, STOPS[stop]).case()
    assert verdict_on(desk.session, case.id, NOW).reason == REASON[stop]
    assert stops_of(desk.session, case.person).reason(NOW.date()) == REASON[stop]
    gravest = REASON[stop] if stop in FOR_GOOD else None
    assert never_called_among(desk.session, [case.id]).get(case.id) == gravest


@pytest.mark.parametrize("phone", ["+33465710001", "+33639980001"])
@pytest.mark.parametrize("stop", [*FOR_GOOD, "resting"])
def test_a_message_tells_it_before_what_is_wrong_with_the_number(
    desk: Desk, stop: str, phone: str
) -> None:
    """An opposition stops the mobile too, and another number than a landline is no way either."""

    def stopped_with_the_number(desk: Desk, case: Case) -> None:
        STOPS[stop](desk, case)
        case.person.phones[0].e164 = phone
        if phone.startswith("+336"):
            number("opposed")(desk, case)

    refusal = Doors(desk, stopped_with_the_number).message_refusal()
    assert refusal is not None
    assert refusal.message == REFUSALS[REASON[stop]]


def test_the_gravest_reason_comes_first() -> None:
    rests = date(2026, 11, 24)
    stops = [
        (Stops(bereaved=True, opposed=True, dialable=False, rests_until=rests), "deceased"),
        (Stops(opposed=True, dialable=False, rests_until=rests), "opposed"),
        (Stops(dialable=False, rests_until=rests), "no_phone"),
        (Stops(rests_until=rests), "resting"),
        (Stops(rests_until=NOW.date()), None),
        (Stops(), None),
    ]
    for found, reason in stops:
        assert found.reason(NOW.date()) == reason
    assert set(REFUSALS) == {reason for _stops, reason in stops if reason}
    assert Stops(dialable=False, rests_until=rests).contact_reason(NOW.date()) == "resting"


def test_a_death_is_told_before_an_intervention_that_is_over(desk: Desk) -> None:
    """An old cut-off notice is no way to the household."""
    case = desk.case(
        campaign_kind="cutoff_notice", cutoff_date=NOW.date() - DAY, cutoff_slot="8h-12h"
    )
    housemate_deceased(desk, case)
    desk.session.flush()
    assert verdict_on(desk.session, case.id, NOW).reason == "deceased"
    with pytest.raises(Refused, match="Décès déclaré"):
        claim_case(Context(desk.session, desk.actor, NOW), case.id)


def mourning(desk: Desk) -> tuple[Case, list[Case]]:
    """The case of somebody who died, and those of the household: in queue, waiting, unassigned."""
    gone = desk.case()
    waiting = desk.case(person=housemate(desk, gone.person))
    desk.call(waiting, "no_answer", at=NOW - 5 * MINUTE)
    queued = desk.case(person=housemate(desk, gone.person))
    unassigned = desk.case(
        person=housemate(desk, gone.person), assigned_to=None, state="to_assign", queue_reason=None
    )
    return gone, [queued, waiting, unassigned]


def test_a_death_closes_the_cases_of_the_household_at_once(desk: Desk) -> None:
    gone, home = mourning(desk)
    promise = desk.promise(home[0], "2026-11-25 10:00")
    neighbour = desk.case()
    desk.call(gone, "deceased", at=NOW)
    assert [(case.state, case.closure) for case in home] == [("closed", "deceased")] * 3
    assert (promise.state, neighbour.state) == ("cancelled", "queued")


def test_an_opposition_is_one_persons(desk: Desk) -> None:
    gone, home = mourning(desk)
    desk.call(gone, "opposed", at=NOW)
    assert [case.state for case in home] == ["queued", "waiting", "to_assign"]


def test_a_housemate_on_the_phone_is_left_to_the_call_and_closed_after_it(desk: Desk) -> None:
    """The household is in call at two desks only when the lease of the first has lapsed."""
    gone = desk.case()
    spouse = desk.case(person=housemate(desk, gone.person))
    claim_case(Context(desk.session, desk.actor, NOW), spouse.id)
    gone.person.deceased_at = NOW
    desk.session.flush()
    assert close_never_called(desk.session, now=NOW) == 1
    assert (gone.state, spouse.state) == ("closed", "in_call")
    record_call(Context(desk.session, desk.actor, NOW), spouse.id, desk.report("no_answer"))
    assert close_never_called(desk.session, now=NOW + MINUTE) == 1
    assert (spouse.state, spouse.closure) == ("closed", "deceased")


def corrected(desk: Desk, gone: Case, session: Session) -> None:
    desk.now = NOW
    contact = desk.call(gone, "deceased", at=NOW)
    desk.now = NOW + MINUTE
    later_file = desk.case(person=housemate(desk, gone.person))
    desk.session.flush()
    assert close_never_called(session, now=desk.now) == 1
    assert later_file.closure == "deceased"
    desk.now += MINUTE
    correct_call(Context(session, desk.actor, desk.now), contact.id, desk.report("no_answer"))
    session.expire_all()
    assert later_file.state == "queued"


def test_a_correction_takes_it_back_for_the_household_too(desk: Desk) -> None:
    gone, home = mourning(desk)
    until = home[1].next_action_at
    assert until is not None
    corrected(desk, gone, desk.session)
    assert [case.state for case in home] == ["queued", "waiting", "to_assign"]
    assert home[1].next_action_at == until


def test_but_not_while_somebody_else_of_the_household_is_dead(desk: Desk) -> None:
    gone = desk.case()
    contact = desk.call(gone, "deceased", at=NOW)
    spouse = desk.case(person=housemate(desk, gone.person))
    housemate_deceased(desk, spouse)
    desk.session.flush()
    close_never_called(desk.session, now=NOW + MINUTE)
    desk.now = NOW + 2 * MINUTE
    correct_call(Context(desk.session, desk.actor, desk.now), contact.id, desk.report("no_answer"))
    assert (spouse.state, spouse.closure) == ("closed", "deceased")


def test_until_the_last_of_two_calls_that_said_so_is_corrected(desk: Desk) -> None:
    """What the first closed is then closed because of the second, and opened again with it."""
    gone = desk.case()
    first = desk.call(gone, "deceased", at=NOW)
    other = desk.case(person=housemate(desk, gone.person))
    claim_case(Context(desk.session, desk.actor, NOW + MINUTE), other.id, incoming=True)
    desk.now = NOW + MINUTE
    report = desk.report("deceased", incoming=True)
    second = record_call(Context(desk.session, desk.actor, desk.now), other.id, report)
    later = desk.case(person=housemate(desk, gone.person))
    promise = desk.promise(later, "2026-11-25 10:00")
    assert close_never_called(desk.session, now=desk.now) == 1
    for contact, stands in ((first, ("closed", "cancelled")), (second, ("queued", "open"))):
        desk.now += MINUTE
        correct_call(
            Context(desk.session, desk.actor, desk.now), contact.id, desk.report("technical")
        )
        assert (later.state, promise.state) == stands
