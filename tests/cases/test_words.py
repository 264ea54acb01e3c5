"""What a person says of themselves is kept, by whom and when, and stands against later words."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.calling.calls.record import record_call
from energymed.calling.calls.report import CallReport
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import PhoneOwner, PhoneStatus, WordField
from energymed.cases.models import Case
from energymed.cases.person_models import PersonWord
from energymed.cases.stops import Newcomer, lift_stops, look_up
from energymed.cases.words import Said, keep_words, standing_words
from tests.calling.conftest import NOW, Desk, desk
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import make_case, make_user

__all__ = ["desk"]
MINUTE = timedelta(minutes=1)
NEW = "06 39 98 77 01"


@pytest.fixture
def case(desk: Desk) -> Case:
    """A case with an address, in the mediator's queue."""
    made = make_case(
        desk.session, site=desk.site, partner=desk.partner, assigned_to=desk.user,
        address="1 rue Haute",
    )  # fmt: skip
    desk.session.commit()
    return made


def say(desk: Desk, case: Case, minutes: int = 0, **values: str) -> None:
    said = Said({WordField(name): text for name, text in values.items()})
    keep_words(Context(desk.session, desk.actor, NOW + minutes * MINUTE), case.id, said)
    desk.session.commit()


def add(desk: Desk, case: Case, number: str, owner: PhoneOwner | None = None) -> None:
    keep_words(Context(desk.session, desk.actor, NOW), case.id, Said(number=number, owner=owner))
    desk.session.commit()
    desk.session.expire_all()


def test_it_is_kept_by_whom_and_when_with_what_stood_before(desk: Desk, case: Case) -> None:
    say(desk, case, email="lea@example.org", last_name="Durand", address="2 rue Basse")
    say(desk, case, minutes=3, email="lea.durand@example.org")
    assert (case.person.email, case.address) == ("lea.durand@example.org", "2 rue Basse")
    words = {word.field: word for word in standing_words(desk.session, case.person_id, case.id)}
    assert words["email"].value == "lea.durand@example.org"
    assert words["email"].former == "lea@example.org"
    assert words["email"].user is desk.user
    assert words["email"].said_at == NOW + 3 * MINUTE
    assert (words["address"].former, words["address"].value) == ("1 rue Haute", "2 rue Basse")


def test_what_is_typed_as_it_stands_is_no_word(desk: Desk, case: Case) -> None:
    say(desk, case, last_name=case.person.last_name, address=" 1 rue  Haute ", email="")
    assert desk.session.scalars(select(PersonWord)).all() == []
    assert not desk.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "person.said")
    ).all()


def test_an_address_holds_for_the_other_open_cases_there(desk: Desk, case: Case) -> None:
    there, elsewhere = (
        make_case(
            desk.session, site=desk.site, partner=desk.partner, person=case.person, address=address
        )
        for address in ("1 rue Haute", "9 quai Sud")
    )
    desk.session.commit()
    say(desk, case, address="2 rue Basse")
    assert (there.address, elsewhere.address) == ("2 rue Basse", "9 quai Sud")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"last_name": " "}, "nom"),
        ({"email": "lea@"}, "inutilisable"),
        ({"postal_code": "2600x"}, "cinq chiffres"),
        ({"commune": "x" * 121}, "120"),
        ({"civility": "x" * 21}, "20"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(
    desk: Desk, case: Case, values: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        say(desk, case, first_name="Zoé", **values)
    desk.session.rollback()
    assert desk.session.scalars(select(PersonWord)).all() == []


def test_a_page_that_is_out_of_date_overwrites_nothing(desk: Desk, case: Case) -> None:
    say(desk, case, email="new@example.org")
    stale = Said(
        {WordField.EMAIL: "other@example.org", WordField.FIRST_NAME: "Zoé"},
        {WordField.EMAIL: "", WordField.FIRST_NAME: case.person.first_name or ""},
    )
    with pytest.raises(Conflict):
        keep_words(Context(desk.session, desk.actor, NOW), case.id, stale)


def test_two_at_once_on_different_fields_both_count(desk: Desk, case: Case, app: Flask) -> None:
    actor, case_id = desk.actor, case.id
    shown = {WordField.EMAIL: "", WordField.COMMUNE: "Valence"}
    desk.session.rollback()

    def work(values: dict[WordField, str], number: str) -> None:
        with transaction() as session:
            said = Said({**shown, **values}, shown, number)
            keep_words(Context(session, actor, NOW), case_id, said)

    at_once(
        app,
        [
            lambda: work({WordField.EMAIL: "a@example.org"}, NEW),
            lambda: work({WordField.COMMUNE: "Loriol"}, NEW),
        ],
    )
    desk.session.expire_all()
    fresh = desk.session.get_one(Case, case_id)
    assert (fresh.person.email, fresh.commune) == ("a@example.org", "Loriol")
    assert [phone.e164 for phone in fresh.person.phones].count("+33639987701") == 1


def test_an_own_number_is_tried_first_a_neighbours_last(desk: Desk, case: Case) -> None:
    known = case.person.phones[0].e164
    add(desk, case, NEW)
    add(desk, case, "06 39 98 77 02", PhoneOwner.NEIGHBOUR)
    assert [(phone.e164, phone.owner) for phone in case.person.phones] == [
        ("+33639987701", None), (known, None), ("+33639987702", "neighbour"),
    ]  # fmt: skip


def test_a_wrong_number_that_the_person_gives_is_good_again(desk: Desk, case: Case) -> None:
    case.person.phones[0].status = "wrong"
    desk.session.commit()
    add(desk, case, case.person.phones[0].e164, PhoneOwner.OWN)
    assert (case.person.phones[0].status, case.person.phones[0].owner) == ("ok", "own")


def test_an_opposed_number_is_never_taken_up(desk: Desk, case: Case) -> None:
    other = make_case(desk.session, site=desk.site, partner=desk.partner, assigned_to=desk.user)
    desk.session.commit()
    opposed = other.person.phones[0]
    ctx = Context(desk.session, desk.actor, NOW)
    claim_case(ctx, other.id)
    record_call(ctx, other.id, CallReport("opposed", started_at=NOW, phone_id=opposed.id))
    desk.session.commit()
    for whose in (case, other):
        with pytest.raises(Refused, match="ne doit plus être appelé"):
            add(desk, whose, opposed.e164)


@pytest.mark.parametrize("number", ["12", "bonjour", "0000000000", "09 48 00 00 01"])
def test_what_is_no_number_is_refused(desk: Desk, case: Case, number: str) -> None:
    with pytest.raises(BadInput, match="ne peut pas être lu"):
        add(desk, case, number)


def test_whose_a_known_number_is_can_be_said(desk: Desk, case: Case) -> None:
    phone = case.person.phones[0]
    said = Said(owners={phone.id: PhoneOwner.SOCIAL_WORKER})
    keep_words(Context(desk.session, desk.actor, NOW), case.id, said)
    assert phone.owner == PhoneOwner.SOCIAL_WORKER


def test_a_stop_follows_the_corrected_name(desk: Desk, case: Case, session: Session) -> None:
    ctx = Context(session, desk.actor, NOW)
    claim_case(ctx, case.id)
    phone = case.person.phones[0]
    report = CallReport(
        "deceased", started_at=NOW, phone_id=phone.id, details={"reported_by": "family"}
    )
    record_call(ctx, case.id, report)
    say(desk, case, last_name="Autrement")
    newcomer = Newcomer("autrement camille", 99, None, [phone.e164])
    assert look_up(session, [newcomer], now=NOW + MINUTE)[0].deceased is not None


def test_a_wrong_number_under_the_corrected_name_goes_with_its_call(
    desk: Desk, case: Case, session: Session
) -> None:
    ctx = Context(session, desk.actor, NOW)
    claim_case(ctx, case.id)
    phone = case.person.phones[0]
    contact = record_call(
        ctx, case.id, CallReport("wrong_number", started_at=NOW, phone_id=phone.id)
    )
    say(desk, case, last_name="Autrement")
    newcomer = Newcomer("autrement camille", 99, None, [phone.e164])

    def status() -> PhoneStatus | None:
        return look_up(session, [newcomer], now=NOW + MINUTE)[0].numbers.get(phone.e164)

    assert status() == PhoneStatus.WRONG
    lift_stops(session, contact.id)
    assert status() is None


def test_another_sites_person_is_not_found(desk: Desk, case: Case) -> None:
    stranger = make_user(desk.session).as_actor()
    with pytest.raises(NotFound):
        keep_words(Context(desk.session, stranger, NOW), case.id, Said(number=NEW))


def test_the_trail_has_no_personal_data(desk: Desk, case: Case) -> None:
    say(desk, case, email="lea@example.org", last_name="Durand")
    add(desk, case, NEW, PhoneOwner.CHILD)
    events = desk.session.scalars(select(AuditEvent)).all()
    told = " ".join(f"{event.action} {event.before} {event.after}" for event in events)
    assert "person.said" in told
    assert "phone.added" in told
    assert not any(word in told for word in ("lea@", "Durand", "77 01", "7701"))
