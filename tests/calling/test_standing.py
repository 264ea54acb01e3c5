"""A call is taken back: what files and other calls said meanwhile is worked out anew."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.calling.calls.record import correct_call, record_call
from energymed.calling.models import Contact
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.claims import claim_case
from energymed.cases.known_people import Identity
from energymed.cases.models import Case, Person, Stop
from energymed.cases.people import People
from energymed.partners.models import Campaign, Partner
from energymed.partners.rule_changes import Scope, change_rule
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_partner, make_site

A, B = "+33639980001", "+33639980002"
HOUR = timedelta(hours=1)
RESTS = date(2027, 1, 22)
Marks = tuple[datetime | None, datetime | None, date | None]


def from_file(desk: Desk, *numbers: str, partner: Partner | None = None, **said: str) -> Case:
    """A case of the person as a file brings them in at this moment, given to the mediator."""
    partner = partner or make_partner(desk.session)
    site = desk.site if partner is not desk.partner else make_site(desk.session)
    people = People(desk.session, partner.id, site.id)
    one = Identity(**{"last_name": "Le Goff", "first_name": "Zoé", "phones": numbers, **said})
    people.look_up([one])
    added = people.add(one)
    people.save(desk.now)
    return desk.case(person=desk.session.get_one(Person, added.id), partner=partner)


def called(desk: Desk, case: Case, result: str, *, incoming: bool = False) -> Contact:
    """A call at the desk's hour; the next thing happens an hour later."""
    claim_case(Context(desk.session, desk.actor, desk.now), case.id, incoming=incoming)
    phone = case.person.phones[0].id
    report = desk.report(result, phone_id=phone, incoming=incoming)
    contact = record_call(Context(desk.session, desk.actor, desk.now), case.id, report)
    desk.now += HOUR
    return contact


def corrected(desk: Desk, contact: Contact, result: str = "no_answer") -> None:
    correct_call(Context(desk.session, desk.actor, desk.now), contact.id, desk.report(result))
    desk.now += HOUR
    desk.session.expire_all()


def marks(person: Person) -> Marks:
    return person.opposed_at, person.deceased_at, person.rests_until


def statuses(case: Case) -> list[str]:
    return [phone.status for phone in case.person.phones]


@pytest.mark.parametrize("result", ["opposed", "deceased", "refused", "invalid_number"])
def test_a_correction_reaches_who_came_in_by_a_file_in_between(desk: Desk, result: str) -> None:
    call = called(desk, from_file(desk, A, B), result)
    twin = from_file(desk, A, B)
    assert marks(twin.person) != (None, None, None) or statuses(twin) == ["invalid", "ok"]
    corrected(desk, call)
    assert marks(twin.person) == marks(call.case.person) == (None, None, None)
    assert statuses(twin) == statuses(call.case) == ["ok", "ok"]
    assert desk.session.scalars(select(Stop)).all() == []


def test_also_who_is_known_by_the_customer_reference_alone(desk: Desk) -> None:
    first = from_file(desk, A, partner=desk.partner, customer_reference="C1")
    first.site_id = first.person.site_id = desk.site.id
    call = called(desk, first, "opposed")
    moved = from_file(desk, B, partner=desk.partner, customer_reference="C1", last_name="Goff")
    stranger = from_file(desk, "+33639980003", partner=desk.partner)
    stranger.person.opposed_at = opposed = NOW - HOUR
    assert moved.person.opposed_at == NOW
    corrected(desk, call)
    assert (moved.person.opposed_at, stranger.person.opposed_at) == (None, opposed)


@pytest.mark.parametrize("result", ["opposed", "deceased"])
def test_the_case_that_the_job_closed_is_where_it_stood(desk: Desk, result: str) -> None:
    call = called(desk, from_file(desk, A), result)
    twin = from_file(desk, A)
    twin.queue_reason = "callback"
    promise = desk.promise(twin, "2026-11-25 10:00")
    assert close_never_called(desk.session, now=desk.now) == 1
    assert (twin.closure, promise.state) == (result, "cancelled")
    corrected(desk, call)
    assert (twin.state, twin.queue_reason, promise.state) == ("queued", "callback", "open")


def test_but_not_while_the_partner_has_sent_it_anew(desk: Desk) -> None:
    call = called(desk, from_file(desk, A), "opposed")
    twin = from_file(desk, A)
    close_never_called(desk.session, now=desk.now)
    again = desk.case(person=twin.person, partner=twin.partner, reference=twin.reference)
    close_never_called(desk.session, now=desk.now + HOUR / 2)
    corrected(desk, call)
    assert (twin.state, again.state) == ("closed", "queued")


def test_who_refused_twice_rests_until_both_are_corrected(desk: Desk) -> None:
    first, other = from_file(desk, A), from_file(desk, A)
    one = called(desk, first, "refused")
    two = called(desk, other, "refused", incoming=True)
    corrected(desk, one)
    assert first.person.rests_until == other.person.rests_until == RESTS
    corrected(desk, two, "technical")
    assert first.person.rests_until is other.person.rests_until is None


def test_of_two_rests_the_other_one_stands(desk: Desk) -> None:
    """Also when it is longer than the list keeps any."""
    first, other = from_file(desk, A), from_file(desk, A)
    campaign = select(Campaign.id).where(
        Campaign.partner_id == other.partner_id, Campaign.kind == other.campaign_kind
    )
    change_rule(
        Context(desk.session, SYSTEM, NOW),
        Scope(desk.session.scalars(campaign).one()),
        "refusal_rest_days",
        800,
        valid_from=NOW.date(),
        source="x",
    )
    called(desk, first, "refused")
    long = called(desk, other, "refused", incoming=True)
    assert first.person.rests_until == NOW.date() + timedelta(days=800)
    corrected(desk, long, "technical")
    assert first.person.rests_until == other.person.rests_until == RESTS


def test_who_opposed_twice_is_not_called_until_both_are_corrected(desk: Desk) -> None:
    first = from_file(desk, A, B)
    one = called(desk, first, "opposed")
    other = from_file(desk, A)
    two = called(desk, other, "opposed", incoming=True)
    corrected(desk, one)
    again = two.started_at + MINUTE
    assert first.person.opposed_at == other.person.opposed_at == again
    assert (statuses(first), statuses(other)) == (["opposed", "ok"], ["opposed"])
    assert (other.state, other.closure) == ("closed", "opposed")
    close_never_called(desk.session, now=desk.now)
    assert first.closure == "opposed"
    corrected(desk, two, "technical")
    assert first.person.opposed_at is other.person.opposed_at is None
    assert (statuses(first), statuses(other)) == (["ok", "ok"], ["ok"])
    assert (first.state, other.state) == ("waiting", "waiting")


def test_a_number_is_what_the_other_call_said_of_it(desk: Desk) -> None:
    ours, theirs = from_file(desk, A, B), from_file(desk, A, last_name="Martin")
    wrong, dead = called(desk, ours, "wrong_number"), called(desk, theirs, "invalid_number")
    assert (statuses(ours), statuses(theirs)) == (["invalid", "ok"], ["invalid"])
    corrected(desk, dead, "busy")
    assert (statuses(ours), statuses(theirs)) == (["wrong", "ok"], ["ok"])
    corrected(desk, wrong)
    assert statuses(ours) == ["ok", "ok"]


def test_every_mark_that_is_lifted_leaves_its_trace(desk: Desk) -> None:
    call = called(desk, from_file(desk, A), "opposed")
    twin = from_file(desk, A)
    corrected(desk, call)
    of_twin = select(AuditEvent.action, AuditEvent.before, AuditEvent.after).where(
        AuditEvent.entity_id.in_((twin.person_id, twin.person.phones[0].id)),
        AuditEvent.action.in_(("person.stops_lifted", "phone.marked")),
        AuditEvent.at == desk.now - HOUR,
    )
    told = {action: (before, after) for action, before, after in desk.session.execute(of_twin)}
    assert told == {
        "person.stops_lifted": ({"opposed_at": NOW.isoformat()}, {"opposed_at": None}),
        "phone.marked": ({"status": "opposed"}, {"status": "ok"}),
    }
