"""The cascade's letter: put with those to be printed in one press, and what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.calls.record import record_contact
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.declined_ways import decline_way, undo_decline
from energymed.calling.eligibility.cascade import tried
from energymed.calling.follow_ups.service import close_case
from energymed.calling.models import Contact, WayDeclined
from energymed.calling.other_ways import declines_of
from energymed.calling.queries import contacts_of
from energymed.cases.codes import NeedKind
from energymed.cases.models import Case
from energymed.cases.needs import NeedSaid, note_need
from energymed.casework.cascade_letters import (
    all_proposed_now,
    ask_for_cascade_letter,
    check_still_unreached,
    proposed_now,
    waiting_letter,
)
from energymed.casework.printed_letters import letters_left, withdraw_letters
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.casework.sheets_by_post import withdraw_sheet
from energymed.messages.letters.models import LetterToPrint
from energymed.partners.codes import Closure
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user

HOME = {"address": "3 rue du Lac", "postal_code": "26000", "commune": "Valence"}
LATER = NOW + timedelta(hours=2)


def context(desk: Desk) -> Context:
    return Context(desk.session, desk.actor, NOW)


def unreached(desk: Desk, calls: int = 3, **values: object) -> Case:
    """A case called in vain, whose person was sent no text message: one is proposed first."""
    case = desk.case(**{**HOME, **values})
    for day in range(calls):
        desk.called(case, f"2026-11-{10 + day} 10:00")
    return case


def for_letter(desk: Desk, **values: object) -> Case:
    """The same once a letter is what is proposed."""
    case = unreached(desk, **values)
    record_contact(context(desk), case.id, "sms", result="sent")
    return case


def way(desk: Desk, case: Case) -> str | None:
    """What every door proposes: the case's page and the lists say the same."""
    ctx = context(desk)
    contacts = contacts_of(desk.session, case.id)
    declined = declines_of(desk.session, [case.id]).get(case.id, [])
    found = proposed_now(ctx, case, contacts, declined, waiting_letter(ctx, case))
    listed = [each for each in all_proposed_now(ctx) if each.case is case]
    assert listed == ([found] if found else [])
    return found.way if found else None


def test_what_is_declined_gives_way_to_the_next_way(desk: Desk) -> None:
    case = unreached(desk)
    for each, following in (("sms", "letter"), ("letter", "visit"), ("visit", None)):
        assert way(desk, case) == each
        for _press in range(2):
            decline_way(context(desk), case.id, each, "unsuited")
        assert way(desk, case) == following
    rows = desk.session.scalars(select(WayDeclined)).all()
    assert [row.way for row in rows] == ["sms", "letter", "visit"]
    assert {(row.declined_by_id, row.reason) for row in rows} == {(desk.user.id, "unsuited")}


def test_a_declined_way_waits_for_the_calls_of_the_next_one(desk: Desk) -> None:
    case = unreached(desk, calls=1)
    decline_way(context(desk), case.id, "sms")
    assert way(desk, case) is None
    desk.called(case, "2026-11-20 10:00")
    assert way(desk, case) == "letter"


def test_it_is_proposed_again_once_taken_back(desk: Desk) -> None:
    case = unreached(desk)
    declined = decline_way(context(desk), case.id, "sms")
    for _press in range(2):
        undo_decline(context(desk), declined.id)
        assert way(desk, case) == "sms"
    again = decline_way(context(desk), case.id, "sms")
    assert again.id != declined.id


def test_whoever_answers_ends_what_was_declined(desk: Desk) -> None:
    case = unreached(desk)
    decline_way(context(desk), case.id, "sms")
    ctx = Context(desk.session, desk.actor, LATER)
    record_contact(ctx, case.id, "email", result="answered_holder")
    declined = declines_of(desk.session, [case.id])[case.id]
    assert tried(contacts_of(desk.session, case.id), declined).declined == ()
    desk.called(case, "2026-11-24 10:00")
    assert way(desk, case) == "sms"


@pytest.mark.parametrize("value", ["letter", "visit"])
def test_what_is_not_proposed_is_not_declined(desk: Desk, value: str) -> None:
    case = unreached(desk)
    with pytest.raises(Refused, match="plus proposé"):
        decline_way(context(desk), case.id, value)


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [("call_out", "", "way"), ("x", "", "way"), ("", "", "way"), ("sms", "ill", "reason")],
)
def test_no_such_way_or_reason(desk: Desk, value: str, reason: str, field: str) -> None:
    case = unreached(desk)
    with pytest.raises(BadInput) as refused:
        decline_way(context(desk), case.id, value, reason)
    assert refused.value.params["field"] == field


def test_another_site_decides_nothing(desk: Desk) -> None:
    case = unreached(desk)
    declined = decline_way(context(desk), case.id, "sms")
    stranger = Context(desk.session, make_user(desk.session).as_actor(), NOW)
    doors: tuple[Callable[[], object], ...] = (
        lambda: decline_way(stranger, case.id, "letter"),
        lambda: undo_decline(stranger, declined.id),
        lambda: undo_decline(stranger, declined.id + 999),
        lambda: ask_for_cascade_letter(stranger, case.id),
    )
    for door in doors:
        with pytest.raises(NotFound):
            door()


def test_the_letter_waits_and_nothing_more_is_proposed(desk: Desk) -> None:
    case = for_letter(desk)
    assert way(desk, case) == "letter"
    letter = ask_for_cascade_letter(context(desk), case.id)
    assert ask_for_cascade_letter(context(desk), case.id) is letter
    assert (letter.kind, letter.act_id, letter.asked_contact_id) == ("unreachable", None, None)
    assert way(desk, case) is None
    assert letters_left(Context(desk.session, desk.actor, LATER), [letter.id]) == (1, 0)
    assert way(desk, case) == "visit"


def test_a_letter_that_was_withdrawn_is_proposed_again(desk: Desk) -> None:
    case = for_letter(desk)
    withdraw_sheet(context(desk), ask_for_cascade_letter(context(desk), case.id).id)
    assert way(desk, case) == "letter"


def test_who_reads_little_gets_what_is_easy_to_read(desk: Desk) -> None:
    case = for_letter(desk)
    note_need(context(desk), case.id, NeedSaid(NeedKind.READS_LITTLE, agreed=True))
    assert ask_for_cascade_letter(context(desk), case.id).variant == "plain"


def opposed(desk: Desk, case: Case) -> None:
    case.person.opposed_at = NOW


def silent(desk: Desk, case: Case) -> None:
    note_need(context(desk), case.id, NeedSaid(NeedKind.NO_MESSAGE, agreed=True))


def lost(desk: Desk, case: Case) -> None:
    record_contact(context(desk), case.id, "letter", result="returned")


def no_town(desk: Desk, case: Case) -> None:
    case.commune = None


def closed(desk: Desk, case: Case) -> None:
    close_case(context(desk), case, Closure.UNREACHABLE, for_good=False)


def resting(desk: Desk, case: Case) -> None:
    case.person.rests_until = NOW.date() + timedelta(days=1)


def not_called(desk: Desk, case: Case) -> None:
    for contact in desk.session.scalars(select(Contact).filter_by(channel="call_out")):
        contact.voided_at = NOW


@pytest.mark.parametrize("stop", [opposed, silent, lost, no_town, closed, resting, not_called])
def test_to_whom_no_letter_is_written(desk: Desk, stop: Callable[[Desk, Case], None]) -> None:
    case = for_letter(desk)
    stop(desk, case)
    desk.session.flush()
    with pytest.raises(Refused):
        ask_for_cascade_letter(context(desk), case.id)
    assert desk.session.scalars(select(LetterToPrint)).all() == []


def answered(desk: Desk, case: Case, at: Context) -> None:
    record_contact(at, case.id, "email", result="answered_holder")


def written_to(desk: Desk, case: Case, at: Context) -> None:
    record_contact(at, case.id, "letter", result="sent")


def paid(desk: Desk, case: Case, at: Context) -> None:
    close_case(at, case, Closure.SETTLED, for_good=False)


@pytest.mark.parametrize("since", [answered, written_to, paid])
def test_a_letter_that_has_lost_its_object_does_not_leave(
    desk: Desk, since: Callable[[Desk, Case, Context], None]
) -> None:
    case = for_letter(desk)
    letter = ask_for_cascade_letter(context(desk), case.id)
    check_still_unreached(context(desk), letter)
    since(desk, case, Context(desk.session, desk.actor, LATER))
    with pytest.raises(Refused):
        check_still_unreached(Context(desk.session, desk.actor, LATER), letter)


def test_a_case_given_up_as_unreachable_is_still_written_to(desk: Desk) -> None:
    case = for_letter(desk)
    letter = ask_for_cascade_letter(context(desk), case.id)
    closed(desk, case)
    check_still_unreached(context(desk), letter)


def test_what_is_withdrawn_is_never_noted_as_sent(desk: Desk) -> None:
    case = for_letter(desk)
    letter = ask_for_cascade_letter(context(desk), case.id)
    lead = Context(desk.session, make_user(desk.session, "lead", site=desk.site).as_actor(), LATER)
    assert [withdraw_letters(lead, [letter.id]) for _press in range(2)] == [1, 0]
    assert letters_left(lead, [letter.id]) == (0, 0)
    assert desk.session.scalars(select(Contact).filter_by(channel="letter")).all() == []


def test_a_letter_is_not_noted_by_hand_to_an_address_known_to_be_lost(desk: Desk) -> None:
    case = for_letter(desk)
    said = Outcome(ExchangeReport("letter", "sent"))
    record_conversation(context(desk), case.id, said)
    lost(desk, case)
    with pytest.raises(Refused, match="pas été trouvée à cette adresse") as refused:
        record_conversation(context(desk), case.id, said)
    assert refused.value.params["field"] == "channel"
    record_conversation(context(desk), case.id, Outcome(ExchangeReport("letter", "returned")))
    case.address = "5 rue du Lac"
    desk.session.flush()
    record_conversation(context(desk), case.id, said)
