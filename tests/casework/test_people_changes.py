"""Merging and splitting people: nothing is lost, what protects stays, all of it has a way back."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.calls.person_marks import lift_marks
from energymed.calling.calls.record import record_call
from energymed.calling.calls.report import CallReport
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case, Person, Phone, Stop
from energymed.cases.person_models import PersonChange
from energymed.cases.stops import Newcomer, look_up
from energymed.casework.merge_people import merge_people, preview_merge
from energymed.casework.split_person import Part, Share, split_person
from energymed.casework.undo_person_change import recent_changes, undo_person_change
from energymed.models import Model
from tests.calling.conftest import NOW, Desk
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import make_case, make_partner, make_person, make_site, make_user

MINUTE = timedelta(minutes=1)
ONE, TWO, THREE = "+33639981001", "+33639981002", "+33639981003"


class Pair:
    """Léa Durand twice, with a case each; both have the number TWO."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session = desk, desk.session
        self.lead = make_user(self.session, "lead", site=desk.site).as_actor()
        self.kept = self.person("DURAND", "Léa", (ONE, TWO), email="lea@example.org")
        self.other = self.person(
            "DURANT", "Léa", (TWO, THREE), customer_reference="C2", civility="Mme"
        )
        self.mine, self.theirs = self.case(self.kept), self.case(self.other)
        self.session.commit()

    def person(self, last: str, first: str, phones: tuple[str, ...], **values: Any) -> Person:
        key = f"{last} {first}".lower().replace("é", "e")
        return make_person(
            self.session, self.desk.site, self.desk.partner, last_name=last, first_name=first,
            name_key=key, phones=phones, **values,
        )  # fmt: skip

    def case(self, person: Person) -> Case:
        return make_case(
            self.session, site=self.desk.site, partner=self.desk.partner, person=person,
            assigned_to=self.desk.user,
        )  # fmt: skip

    def ctx(self, minutes: int = 0) -> Context:
        return Context(self.session, self.lead, NOW + minutes * MINUTE)

    def call(self, case: Case, result: str, phone: str, minutes: int = 0, **details: Any) -> int:
        at = NOW + minutes * MINUTE
        ctx = Context(self.session, self.desk.actor, at)
        claim_case(ctx, case.id)
        number = next(one.id for one in case.person.phones if one.e164 == phone)
        report = CallReport(result, started_at=at, phone_id=number, **details)
        contact = record_call(ctx, case.id, report)
        self.session.commit()
        return contact.id

    def merge(self, *of_other: str, minutes: int = 5) -> PersonChange:
        change = merge_people(self.ctx(minutes), self.kept.id, self.other.id, of_other)
        self.session.commit()
        return change

    def undo(self, change: PersonChange, minutes: int = 9) -> None:
        undo_person_change(self.ctx(minutes), change.id)
        self.session.commit()

    def numbers(self, person: Person) -> dict[str, str]:
        return {phone.e164: str(phone.status) for phone in person.phones}


@pytest.fixture
def pair(desk: Desk) -> Pair:
    return Pair(desk)


def snapshot(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the trail, versions and the changes themselves.

    Nor the names that the search has met: a job forgets those that nobody bears.
    """
    session.expire_all()
    apart = ("audit_event", "person_change", "search_text", "search_word", "text_word")
    return {
        table.name: sorted(
            map(str, session.execute(select(*(c for c in table.c if c.name != "version"))))
        )
        for table in Model.metadata.sorted_tables
        if table.name not in apart
    }  # type: ignore[return-value]


def test_everything_of_the_other_goes_to_the_one_that_stays(pair: Pair) -> None:
    contact = pair.call(pair.theirs, "no_answer", THREE)
    pair.merge()
    assert pair.theirs.person_id == pair.kept.id
    assert pair.session.get_one(Contact, contact).person_id == pair.kept.id
    assert pair.numbers(pair.kept) == {ONE: "ok", TWO: "ok", THREE: "ok"}
    assert pair.kept.customer_reference == "C2"  # it had none
    assert pair.other.merged_into_id == pair.kept.id
    assert pair.kept.household_id == pair.other.household_id


def test_the_lead_chooses_whose_name_is_kept(pair: Pair) -> None:
    pair.merge("name", "civility")
    assert pair.kept.full_name == "Mme Léa DURANT"
    assert (pair.kept.name_key, pair.other.name_key) == ("durant lea", "durand lea")
    assert pair.kept.email == "lea@example.org"


def test_the_preview_says_what_moves_and_writes_nothing(pair: Pair) -> None:
    pair.call(pair.theirs, "wrong_number", TWO)
    before = snapshot(pair.session)
    seen = preview_merge(pair.ctx(), pair.kept.id, pair.other.id)
    assert [case.id for case in seen.moving] == [pair.theirs.id]
    assert {one.e164: (str(one.status), one.both) for one in seen.numbers} == {
        ONE: ("ok", False), TWO: ("wrong", True), THREE: ("ok", False),
    }  # fmt: skip
    assert seen.choices == ["name", "civility", "email", "customer_reference"]
    assert seen.usual("customer_reference")
    assert not seen.usual("email")
    assert snapshot(pair.session) == before


@pytest.mark.parametrize("which", ["kept", "other"])
def test_the_gravest_status_of_a_number_holds(pair: Pair, which: str) -> None:
    person = getattr(pair, which)
    phone = next(phone for phone in person.phones if phone.e164 == TWO)
    phone.status = "invalid"
    pair.session.commit()
    pair.merge()
    assert pair.numbers(pair.kept)[TWO] == "invalid"


@pytest.mark.parametrize("which", ["mine", "theirs"])
def test_an_opposition_is_never_lost(pair: Pair, which: str) -> None:
    case = getattr(pair, which)
    pair.call(case, "opposed", ONE if which == "mine" else THREE)
    pair.merge()
    assert pair.kept.opposed_at is not None
    assert set(pair.numbers(pair.kept).values()) == {"opposed"}
    names = [
        Newcomer("durand lea", pair.desk.partner.id, None, [ONE]),
        Newcomer("durant lea", pair.desk.partner.id, "C2", ["+33639981009"]),
    ]
    assert all(found.opposed for found in look_up(pair.session, names, now=NOW + 9 * MINUTE))


@pytest.mark.parametrize("which", ["mine", "theirs"])
def test_a_death_is_never_lost(pair: Pair, which: str) -> None:
    case = getattr(pair, which)
    pair.call(
        case, "deceased", ONE if which == "mine" else THREE, details={"reported_by": "family"}
    )
    pair.merge()
    assert pair.kept.deceased_at is not None


def test_the_longer_rest_holds(pair: Pair) -> None:
    pair.kept.rests_until, pair.other.rests_until = NOW.date(), NOW.date() + timedelta(days=9)
    pair.session.commit()
    pair.merge()
    assert pair.kept.rests_until == NOW.date() + timedelta(days=9)


@pytest.mark.parametrize("result", ["no_answer", "wrong_number", "opposed", "refused"])
def test_an_undo_leaves_everything_as_it_was(pair: Pair, result: str) -> None:
    neighbour = pair.person("MOREL", "Paul", (THREE,), household=None)
    neighbour.household_id = pair.other.household_id
    pair.call(pair.theirs, result, TWO)
    before = snapshot(pair.session)
    change = pair.merge("name", "customer_reference", "email")
    assert snapshot(pair.session) != before
    pair.undo(change)
    assert snapshot(pair.session) == before
    assert change.undone_at is not None
    with pytest.raises(Refused, match="déjà défait"):
        undo_person_change(pair.ctx(), change.id)


def test_no_undo_once_something_was_built_on_it(pair: Pair) -> None:
    change = pair.merge()
    pair.call(pair.mine, "no_answer", ONE, minutes=6)
    with pytest.raises(Refused, match="ajouté"):
        undo_person_change(pair.ctx(9), change.id)


def test_no_undo_once_a_file_brought_another_case(pair: Pair) -> None:
    change = pair.merge()
    pair.case(pair.kept)
    with pytest.raises(Refused, match="ajouté"):
        undo_person_change(pair.ctx(9), change.id)


def test_changes_are_taken_back_in_turn(pair: Pair) -> None:
    third = pair.person("DURAND", "L.", (ONE,))
    pair.case(third)
    pair.session.commit()
    before = snapshot(pair.session)
    first = pair.merge()
    second = merge_people(pair.ctx(6), third.id, pair.kept.id)
    assert pair.other.merged_into_id == third.id  # files lead on to whom it is now
    with pytest.raises(Refused, match="ajouté"):
        undo_person_change(pair.ctx(7), first.id)
    pair.undo(second)
    pair.undo(first)
    assert snapshot(pair.session) == before


def test_nobody_is_merged_during_a_call(pair: Pair) -> None:
    claim_case(Context(pair.session, pair.desk.actor, NOW), pair.theirs.id)
    with pytest.raises(Refused, match="en appel sur le dossier"):
        merge_people(pair.ctx(), pair.kept.id, pair.other.id)


def test_who_cannot_be_merged(pair: Pair) -> None:
    elsewhere = make_person(pair.session, pair.desk.site, make_partner(pair.session))
    far = make_person(pair.session, make_site(pair.session), pair.desk.partner)
    with pytest.raises(Refused, match="partenaires différents"):
        merge_people(pair.ctx(), pair.kept.id, elsewhere.id)
    with pytest.raises(NotFound):
        merge_people(pair.ctx(), pair.kept.id, far.id)
    with pytest.raises(Refused, match="même fiche"):
        merge_people(pair.ctx(), pair.kept.id, pair.kept.id)
    pair.merge()
    with pytest.raises(Refused, match="déjà réunie"):
        merge_people(pair.ctx(), pair.kept.id, pair.other.id)


def test_two_leads_at_once_merge_once(pair: Pair, app: Flask) -> None:
    kept_id, other_id, lead = pair.kept.id, pair.other.id, pair.lead
    pair.session.rollback()

    def merge(one: int, other: int) -> str:
        try:
            with transaction() as session:
                merge_people(Context(session, lead, NOW), one, other)
        except Refused as error:
            return str(error)
        return "merged"

    answers = at_once(app, [lambda: merge(kept_id, other_id), lambda: merge(other_id, kept_id)])
    assert sorted(answers) == ["Une de ces fiches est déjà réunie à une autre.", "merged"]


def test_the_trail_holds_ids_and_no_personal_data(pair: Pair) -> None:
    change = pair.merge("name")
    pair.undo(change)
    events = pair.session.scalars(select(AuditEvent).where(AuditEvent.entity == "person")).all()
    told = {event.action: str((event.before, event.after)) for event in events}
    assert {"person.merge", "person.merge_undone"} <= told.keys()
    for text in told.values():
        assert not any(word in text for word in ("DURAN", "Léa", "+33", "example"))


def part(pair: Pair, **values: Any) -> Part:
    return Part(last_name="MOREL", first_name="Zoé", case_ids=[pair.theirs.id], **values)


@pytest.fixture
def joined(pair: Pair) -> Pair:
    """One row that holds both cases."""
    pair.merge()
    return pair


def phone_of(person: Person, e164: str) -> Phone:
    return next(phone for phone in person.phones if phone.e164 == e164)


def test_a_split_takes_cases_numbers_and_what_was_recorded(joined: Pair) -> None:
    contact = joined.call(joined.theirs, "no_answer", TWO, minutes=6)
    numbers = {
        phone_of(joined.kept, THREE).id: Share.GOES, phone_of(joined.kept, TWO).id: Share.BOTH,
    }  # fmt: skip
    change = split_person(joined.ctx(8), joined.kept.id, part(joined, numbers=numbers))
    other = change.other
    assert other is not None
    assert (other.full_name, other.name_key) == ("Zoé MOREL", "morel zoe")
    assert joined.theirs.person_id == other.id
    assert joined.mine.person_id == joined.kept.id
    assert set(joined.numbers(other)) == {TWO, THREE}
    assert set(joined.numbers(joined.kept)) == {ONE, TWO}
    kept = joined.session.get_one(Contact, contact)
    assert (kept.person_id, kept.phone_id) == (other.id, phone_of(other, TWO).id)
    assert other.household_id == joined.kept.household_id  # a number rings for both


def test_a_split_keeps_what_protects_on_both(joined: Pair) -> None:
    joined.call(joined.theirs, "opposed", THREE, minutes=6)
    change = split_person(joined.ctx(8), joined.kept.id, part(joined))
    assert change.other is not None
    assert change.other.opposed_at == joined.kept.opposed_at is not None
    assert change.other.household_id != joined.kept.household_id


def test_the_undo_of_a_split_leaves_everything_as_it_was(joined: Pair) -> None:
    joined.call(joined.theirs, "opposed", TWO, minutes=6)
    before = snapshot(joined.session)
    numbers = {
        phone_of(joined.kept, THREE).id: Share.GOES, phone_of(joined.kept, TWO).id: Share.BOTH,
    }  # fmt: skip
    asked = part(joined, numbers=numbers, takes_email=True, takes_reference=True)
    change = split_person(joined.ctx(8), joined.kept.id, asked)
    assert change.other is not None
    assert change.other.email == "lea@example.org"
    joined.undo(change)
    assert snapshot(joined.session) == before
    assert change.other_id is None
    assert next(one.id for one in recent_changes(joined.ctx())) == change.id


def test_a_split_needs_some_of_the_cases_and_a_name(joined: Pair) -> None:
    for cases in ([], [joined.mine.id, joined.theirs.id]):
        with pytest.raises(BadInput, match="mais pas tous"):
            split_person(joined.ctx(), joined.kept.id, Part("MOREL", cases))
    with pytest.raises(BadInput, match="nom"):
        split_person(joined.ctx(), joined.kept.id, Part(" ", [joined.theirs.id]))


def test_nobody_is_split_during_a_call(joined: Pair) -> None:
    claim_case(Context(joined.session, joined.desk.actor, NOW), joined.theirs.id)
    with pytest.raises(Refused, match="en appel"):
        split_person(joined.ctx(), joined.kept.id, part(joined))


def test_the_correction_of_a_call_lifts_what_a_merge_had_spread(pair: Pair) -> None:
    contact = pair.call(pair.theirs, "opposed", THREE)
    pair.merge()
    lift_marks(pair.ctx(9), pair.kept, contact)
    assert pair.kept.opposed_at is None
    assert pair.session.scalars(select(Stop)).all() == []
