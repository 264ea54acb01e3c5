"""To whom no message is safe none is left: every door asks, and nothing else is shut."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.calling.calls.record import correct_call
from energymed.calling.codes import Channel
from energymed.cases.codes import NeedKind
from energymed.cases.models import Case, Household
from energymed.cases.needs import NO_MESSAGE, NeedSaid, end_need, note_need
from energymed.cases.person_models import PersonNeed
from energymed.casework.case_overview import case_overview
from energymed.casework.merge_people import merge_people
from energymed.casework.split_person import Part, split_person
from energymed.casework.undo_person_change import undo_person_change
from energymed.messages import compose, service
from energymed.messages.templates import seed, set_sender
from tests.calling.conftest import NOW, Desk
from tests.calling.eligibility.test_stopped import SHUT, Doors
from tests.casework.test_people_changes import MINUTE, Pair
from tests.factories import make_case, make_partner, make_person, make_user

KEY = "7f0c6b9e-0000-4000-8000-000000000033"
DAY = timedelta(days=1)
SAID = NeedSaid(NeedKind.NO_MESSAGE, agreed=True)


def noted(desk: Desk, case: Case) -> None:
    note_need(Context(desk.session, desk.actor, NOW), case.id, SAID)


def last_day(desk: Desk, case: Case) -> None:
    """It was noted a year ago: today is its last day."""
    noted(desk, case)
    need = desk.session.scalars(select(PersonNeed).order_by(PersonNeed.id.desc())).first()
    assert need is not None
    need.agreed_on, need.until = NOW.date() - 365 * DAY, NOW.date()


def noted_elsewhere(desk: Desk, case: Case) -> None:
    """The same person said so in the file of another partner."""
    numbers = tuple(phone.e164 for phone in case.person.phones)
    home = desk.session.get_one(Household, case.person.household_id)
    partner = make_partner(desk.session)
    known = make_person(
        desk.session, desk.site, partner, phones=numbers, household=home,
        name_key=case.person.name_key,
    )  # fmt: skip
    other = make_case(
        desk.session, site=desk.site, partner=partner, person=known, assigned_to=desk.user,
        state="closed", closure="informed_only", queue_reason=None,
    )  # fmt: skip
    noted(desk, other)


def over(desk: Desk, case: Case) -> None:
    """Its last day was yesterday."""
    last_day(desk, case)
    need = desk.session.scalars(select(PersonNeed).order_by(PersonNeed.id.desc())).first()
    assert need is not None
    need.until = NOW.date() - DAY


def ended(desk: Desk, case: Case) -> None:
    ctx = Context(desk.session, desk.actor, NOW)
    end_need(ctx, note_need(ctx, case.id, SAID).id)


def another_need(desk: Desk, case: Case) -> None:
    note_need(Context(desk.session, desk.actor, NOW), case.id, NeedSaid(NeedKind.NO_INTERNET, True))


class MessageDoors(Doors):
    """Besides the ways to a person, those by which a message is left for them."""

    def voicemail(self) -> bool:
        case = self.case()
        return self._passes(lambda: self.desk.call(case, "voicemail_left", at=NOW))

    def voicemail_without_a_message(self) -> bool:
        case = self.case()
        return self._passes(lambda: self.desk.call(case, "voicemail_none", at=NOW))

    def message_with_another(self) -> bool:
        case = self.case()
        report = {"message_left": "callback_only"}
        return self._passes(lambda: self.desk.call(case, "third_party", at=NOW, details=report))

    def no_message_with_another(self) -> bool:
        case = self.case()
        return self._passes(lambda: self.desk.call(case, "third_party", at=NOW))

    def call_corrected(self) -> bool:
        """What was nobody's answer becomes a message."""
        case = self.case()
        contact = self.desk.call(case, "no_answer", at=NOW)
        report = self.desk.report("voicemail_left")
        return self._passes(lambda: correct_call(self.ctx, contact.id, report))

    def words_with_another_corrected(self) -> bool:
        case = self.case()
        contact = self.desk.call(case, "third_party", at=NOW)
        report = self.desk.report("third_party", details={"message_left": "callback_only"})
        return self._passes(lambda: correct_call(self.ctx, contact.id, report))

    def voicemail_hint(self) -> bool:
        return not case_overview(self.ctx, self.case()).no_message

    def message_that_waits(self) -> bool:
        """The word comes between the writing and the sending."""
        session, case = self.desk.session, self.desk.case()
        seed(session, now=NOW)
        set_sender(self.ctx, self.desk.site.id, "PIMMS Médiation", "04 65 71 00 00")
        choice = compose.choices(session, case, to=str(case.person.phones[0].id))
        draft = compose.draft(self.ctx, case, choice)
        assert draft is not None
        wanted = service.MessageRequest(
            draft.recipient.key, draft.template.id, draft.text_hash, KEY
        )
        message = service.write_message(self.ctx, case.id, wanted)
        if self.stop is not None:
            self.stop(self.desk, case)
        session.flush()
        return service.take(session, message.id, now=NOW) is not None


ALL: dict[str, Callable[[Desk, Case], None]] = {
    "noted": noted, "last_day": last_day, "noted_elsewhere": noted_elsewhere,
}  # fmt: skip
NONE: dict[str, Callable[[Desk, Case], None]] = {
    "over": over, "ended": ended, "another_need": another_need,
}  # fmt: skip
SHUT_TO_MESSAGES = (
    "voicemail", "message_with_another", "call_corrected", "words_with_another_corrected",
    "voicemail_hint", "message_that_waits",
    "text_message", "email", "letter_list_without_a_number", "letter_noted", "text_message_noted",
    "email_noted",
)  # fmt: skip
OPEN = (
    "voicemail_without_a_message", "no_message_with_another", "queue", "claim_of_what_was_read",
    "claim_by_hand", "incoming", "exchange", "callback", "visit_noted", "spread", "closing_job",
)  # fmt: skip


def test_every_door_is_walked() -> None:
    assert set(SHUT) - {"desk_without_caution"} <= {*SHUT_TO_MESSAGES, *OPEN}


@pytest.mark.parametrize("how", ALL)
@pytest.mark.parametrize("door", SHUT_TO_MESSAGES)
def test_every_door_of_messages_asks(desk: Desk, door: str, how: str) -> None:
    assert not getattr(MessageDoors(desk, ALL[how]), door)()


@pytest.mark.parametrize("how", [None, *NONE])
@pytest.mark.parametrize("door", SHUT_TO_MESSAGES)
def test_every_door_is_open_to_others(desk: Desk, door: str, how: str | None) -> None:
    assert getattr(MessageDoors(desk, NONE[how] if how else None), door)()


@pytest.mark.parametrize("door", OPEN)
def test_the_person_is_called_all_the_same(desk: Desk, door: str) -> None:
    assert getattr(MessageDoors(desk, noted), door)()


@pytest.mark.parametrize("how", ALL)
def test_the_desk_says_what_to_do(desk: Desk, how: str) -> None:
    assert not Doors(desk, ALL[how]).desk_without_caution()


def test_the_reason_is_told(desk: Desk) -> None:
    doors = MessageDoors(desk, noted)
    refusal = doors.message_refusal()
    assert refusal is not None
    assert refusal.message == NO_MESSAGE
    case = doors.case()
    with pytest.raises(Refused) as refused:
        desk.call(case, "voicemail_left", at=NOW)
    assert (refused.value.message, refused.value.params["field"]) == (NO_MESSAGE, "result")
    assert doors._noted(Channel.CALL_IN) is False  # its own reasons stay: who called is asked


def test_a_correction_of_a_message_that_was_left_may_still_be_made(desk: Desk) -> None:
    """It was left before the person said so: the note beside it is set right."""
    case = desk.case()
    contact = desk.call(case, "voicemail_left", at=NOW)
    noted(desk, case)
    ctx = Context(desk.session, desk.actor, NOW + MINUTE)
    again = correct_call(ctx, contact.id, desk.report("voicemail_left"))
    assert again.result == "voicemail_left"


# --- people joined and parted


def needs_of(pair: Pair) -> dict[int, int]:
    """{case on which it was noted: person}."""
    return {need.case_id: need.person_id for need in pair.session.scalars(select(PersonNeed))}


def test_a_merge_carries_needs_and_its_undo_gives_them_back(desk: Desk) -> None:
    pair = Pair(desk)
    noted(desk, pair.theirs)
    pair.session.commit()
    change = merge_people(pair.ctx(5), pair.kept.id, pair.other.id)
    assert needs_of(pair) == {pair.theirs.id: pair.kept.id}
    assert case_overview(pair.ctx(5), pair.mine).no_message
    pair.session.commit()
    undo_person_change(pair.ctx(9), change.id)
    assert needs_of(pair) == {pair.theirs.id: pair.other.id}
    assert not case_overview(pair.ctx(9), pair.mine).no_message


def test_a_split_takes_what_was_said_on_its_cases(desk: Desk) -> None:
    pair = Pair(desk)
    second = pair.case(pair.kept)
    noted(desk, second)
    note_need(pair.ctx(), pair.mine.id, NeedSaid(NeedKind.INFANT, agreed=True))
    pair.session.commit()
    change = split_person(pair.ctx(5), pair.kept.id, Part("MARTIN", [second.id]))
    assert needs_of(pair) == {second.id: change.other_id, pair.mine.id: pair.kept.id}
    pair.session.commit()
    undo_person_change(pair.ctx(9), change.id)
    assert set(needs_of(pair).values()) == {pair.kept.id}


def test_a_lead_of_the_site_ends_it(desk: Desk) -> None:
    case = desk.case()
    noted(desk, case)
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    (need,) = desk.session.scalars(select(PersonNeed)).all()
    end_need(Context(desk.session, lead, NOW), need.id)
    assert need.ended_by_id == lead.user_id
