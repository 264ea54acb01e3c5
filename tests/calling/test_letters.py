"""Who is to be written to, and the letters noted on their cases."""

from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput
from energymed.calling import letters
from energymed.calling.letters import LetterSearch, Sent, note_letters, without_phone
from energymed.calling.models import Contact
from energymed.cases import transitions
from energymed.cases.models import Case, Phone
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import make_case, make_partner, make_person, make_user

NUMBER = "+33639980001"
KEY = "7f0c6b9e-0000-4000-8000-000000000002"


@pytest.fixture
def lead(desk: Desk, session: Session) -> Actor:
    """The lead of the desk's site."""
    return make_user(session, "lead", site=desk.site).as_actor()


def silent(desk: Desk, reference: str, **values: object) -> Case:
    """A case whose person has no number."""
    return desk.case(phones=(), reference=reference, **values)


def named(desk: Desk, actor: Actor, **wanted: object) -> list[str]:
    statement = without_phone(
        Context(desk.session, actor, NOW), LetterSearch(**{"sort": "reference", **wanted})
    )  # type: ignore[arg-type]
    return [case.reference for case in desk.session.scalars(statement)]


def note(actor: Actor, *cases: Case, key: str = KEY, **values: object) -> Sent:
    ids = [case.id for case in cases]
    with transaction() as writing:
        return note_letters(Context(writing, actor, NOW), ids, request_key=key, **values)  # type: ignore[arg-type]


def letter_count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Contact.id)).where(Contact.channel == "letter")) or 0


def test_only_those_whom_no_number_reaches(desk: Desk, lead: Actor) -> None:
    silent(desk, "A")
    refuted = desk.case(reference="B", phones=(NUMBER,))
    refuted.person.phones[0].status = "wrong"
    half = desk.case(reference="C", phones=(NUMBER, "+33639980002"))
    half.person.phones[0].status = "wrong"
    desk.case(reference="D")
    desk.session.flush()
    assert named(desk, lead) == ["A", "B"]


def test_nobody_who_is_dead_opposed_or_done_with_is_written_to(desk: Desk, lead: Actor) -> None:
    silent(desk, "A").person.opposed_at = NOW
    silent(desk, "B").person.deceased_at = NOW
    transitions.close(Context(desk.session, desk.actor, NOW), silent(desk, "C"), "settled")
    desk.session.flush()
    assert named(desk, lead, written="all") == []


def test_the_filters(desk: Desk, lead: Actor) -> None:
    other = make_partner(desk.session)
    silent(desk, "A", commune="Die", postal_code="26150", debt_cents=100)
    silent(desk, "B", commune="Valence", debt_cents=300)
    person = make_person(
        desk.session, desk.site, other, phones=(), last_name="MÜLLER", name_key="muller camille"
    )
    make_case(
        desk.session, site=desk.site, partner=other, person=person, reference="C", debt_cents=200
    )
    assert named(desk, lead, partner_id=other.id) == ["C"]
    assert named(desk, lead, commune="Die") == ["A"]
    assert named(desk, lead, text="26150") == ["A"]
    assert named(desk, lead, text="camille Müller") == ["C"]
    assert named(desk, lead, text="b") == ["B"]
    assert named(desk, lead, text="%") == []
    assert named(desk, lead, batch_id=7) == []
    assert named(desk, lead, sort="-debt") == ["B", "C", "A"]
    assert letters.communes(Context(desk.session, lead)) == ["Die", "Valence"]


def test_another_site_is_neither_listed_nor_noted(desk: Desk) -> None:
    case = silent(desk, "A")
    stranger = make_user(desk.session, "lead").as_actor()
    desk.session.commit()
    assert named(desk, stranger, written="all") == []
    assert letters.communes(Context(desk.session, stranger)) == []
    assert note(stranger, case) == Sent()
    assert letter_count(desk.session) == 0


def test_a_letter_is_a_contact_and_the_case_leaves_the_list(desk: Desk, lead: Actor) -> None:
    case = silent(desk, "A")
    desk.session.commit()
    assert note(lead, case) == Sent(recorded=1)
    desk.session.expire_all()
    contact = desk.session.scalars(select(Contact)).one()
    assert (contact.channel, contact.case_id, contact.user_id) == ("letter", case.id, lead.user_id)
    assert contact.request_key == str(uuid5(UUID(KEY), str(case.id)))
    assert named(desk, lead) == []
    assert named(desk, lead, written="yes") == ["A"]
    assert letters.last_letters(desk.session, [case.id]) == {case.id: NOW}


def test_a_letter_noted_by_mistake_no_longer_counts(desk: Desk, lead: Actor) -> None:
    case = silent(desk, "A")
    desk.session.commit()
    note(lead, case)
    desk.session.scalars(select(Contact)).one().voided_at = NOW
    desk.session.flush()
    assert named(desk, lead) == ["A"]
    assert letters.last_letters(desk.session, [case.id]) == {}


def test_a_double_click_notes_one_letter(desk: Desk, lead: Actor) -> None:
    case = silent(desk, "A")
    desk.session.commit()
    seen = NOW - MINUTE
    assert note(lead, case, seen=seen) == note(lead, case, seen=seen) == Sent(recorded=1)
    assert letter_count(desk.session) == 1


def test_a_colleagues_letter_is_not_noted_twice(desk: Desk, lead: Actor) -> None:
    first, second = silent(desk, "A"), silent(desk, "B")
    desk.session.commit()
    note(lead, first)
    sent = note(desk.actor, first, second, key=str(uuid4()), seen=NOW - MINUTE)
    assert sent == Sent(recorded=1, written=["A"])
    assert letter_count(desk.session) == 2


def test_a_second_letter_on_purpose_is_noted(desk: Desk, lead: Actor) -> None:
    case = silent(desk, "A")
    desk.session.commit()
    note(lead, case)
    assert note(lead, case, key=str(uuid4()), seen=NOW + timedelta(days=7)).recorded == 1
    assert letter_count(desk.session) == 2


def test_two_people_at_the_same_instant_note_one_letter(app: Flask, desk: Desk) -> None:
    ids = [silent(desk, reference).id for reference in "ABC"]
    actors = [make_user(desk.session, "lead", site=desk.site).as_actor() for _turn in range(4)]
    desk.session.commit()

    def send(who: Actor) -> int:
        with transaction() as writing:
            sent = note_letters(
                Context(writing, who, NOW), ids, request_key=str(uuid4()), seen=NOW - MINUTE
            )
        return sent.recorded

    assert sorted(at_once(app, [lambda who=who: send(who) for who in actors])) == [0, 0, 0, 3]
    assert letter_count(desk.session) == 3


def test_a_case_that_needs_none_any_more_is_passed_over(desk: Desk, lead: Actor) -> None:
    reached, done, waits = (silent(desk, reference) for reference in "ABC")
    reached.person.phones.append(Phone(e164=NUMBER, position=1))
    transitions.close(Context(desk.session, desk.actor, NOW), done, "settled")
    desk.session.commit()
    assert note(lead, reached, done, waits) == Sent(recorded=1, passed_over=["A", "B"])


@pytest.mark.parametrize("key", ["", "again"])
def test_a_form_without_a_key_is_refused(desk: Desk, lead: Actor, key: str) -> None:
    with pytest.raises(BadInput, match="Rechargez"):
        note_letters(Context(desk.session, lead, NOW), [], request_key=key)


def test_too_many_at_once_are_refused(desk: Desk, lead: Actor) -> None:
    many = list(range(letters.MOST_AT_ONCE + 1))
    with pytest.raises(BadInput, match="filtrez"):
        note_letters(Context(desk.session, lead, NOW), many, request_key=KEY)
