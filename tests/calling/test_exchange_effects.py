"""What the result of an exchange off the telephone does: as the call that says as much."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import EXCHANGE_RESULTS, Channel, ExchangeResult
from energymed.calling.letters import LetterSearch, without_phone
from energymed.calling.models import Contact
from energymed.calling.reached import is_reached, was_reached
from energymed.cases.models import Case
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user

ALL = [(channel, result) for channel, some in EXCHANGE_RESULTS.items() for result in some]


def noted(desk: Desk, case: Case, channel: str, result: str) -> Contact:
    return record_contact(Context(desk.session, desk.actor, NOW), case.id, channel, result=result)


def test_a_refusal_on_the_doorstep_rests_as_on_the_telephone(desk: Desk) -> None:
    case = desk.case()
    contact = noted(desk, case, "visit", "refused")
    assert case.person.rests_until == date(2026, 11, 23) + timedelta(days=60)
    assert case.person.rests_by_contact_id == contact.id
    assert (case.state, case.closure) == ("closed", "refused")


@pytest.mark.parametrize("channel", ["sms", "email", "letter"])
def test_an_opposition_in_writing_stops_person_and_numbers_for_good(
    desk: Desk, channel: str
) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    contact = noted(desk, case, channel, "opposed")
    assert (case.person.opposed_at, case.person.opposed_by_contact_id) == (NOW, contact.id)
    assert {phone.status for phone in case.person.phones} == {"opposed"}
    assert {(each.state, each.closure) for each in (case, other)} == {("closed", "opposed")}


def test_a_closed_case_stays_closed_as_it_was(desk: Desk) -> None:
    case = desk.case(state="closed", queue_reason=None, closure="informed_only", closed_at=NOW)
    noted(desk, case, "letter", "opposed")
    assert (case.closure, case.person.opposed_at) == ("informed_only", NOW)


@pytest.mark.parametrize(
    ("channel", "result", "marked"),
    [("visit", "wrong_address", True), ("letter", "returned", True), ("sms", "returned", False),
     ("visit", "no_access", False), ("visit", "nobody_card_left", False)],
)  # fmt: skip
def test_an_address_is_wrong_until_there_is_another(
    desk: Desk, channel: str, result: str, marked: bool
) -> None:
    place = {"address": "3 rue du Lac", "postal_code": "26000", "commune": "Valence"}
    case = desk.case(**place)
    same, elsewhere = desk.case(person=case.person, **place), desk.case(person=case.person)
    stranger = desk.case(**place)
    noted(desk, case, channel, result)
    assert [each.address_is_wrong for each in (case, same, elsewhere, stranger)] == [
        marked, marked, False, False,
    ]  # fmt: skip
    told = select(AuditEvent.entity_id).where(AuditEvent.action == "case.wrong_address")
    assert len(desk.session.scalars(told).all()) == 2 * marked
    case.address = "5 rue du Lac"
    assert not case.address_is_wrong


def test_nobody_writes_to_a_wrong_address(desk: Desk) -> None:
    case = desk.case(phones=(), address="3 rue du Lac", commune="Valence")
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    listed = without_phone(Context(desk.session, lead, NOW), LetterSearch(written="all"))
    assert desk.session.scalars(listed).all() == [case]
    noted(desk, case, "letter", "returned")
    assert desk.session.scalars(listed).all() == []


@pytest.mark.parametrize(("channel", "result"), ALL)
def test_reached_is_said_once_for_rows_and_in_sql(
    desk: Desk, channel: Channel, result: ExchangeResult
) -> None:
    contact = noted(desk, desk.case(), channel, result)
    found = desk.session.scalars(select(Contact.id).where(was_reached())).all()
    assert (found == [contact.id]) == is_reached(contact)
    assert is_reached(contact) == result.startswith(("met_", "answered_"))


@pytest.mark.parametrize("result", list(ExchangeResult))
@pytest.mark.parametrize("channel", list(EXCHANGE_RESULTS))
def test_a_result_of_another_channel_is_refused(
    desk: Desk, channel: Channel, result: ExchangeResult
) -> None:
    if result in EXCHANGE_RESULTS[channel]:
        assert noted(desk, desk.case(), channel, result).exchange_result == result
        return
    with pytest.raises(BadInput, match="pas de ce canal") as refused:
        noted(desk, desk.case(), channel, result)
    assert refused.value.params["field"] == "result"
