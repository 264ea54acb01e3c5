"""Writing a message: what stands against it, and a double click."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.calling.calls.record import record_contact
from energymed.cases.models import Case, Household, Phone
from energymed.messages import compose, service
from energymed.messages.models import Message, MessageSender
from energymed.messages.people import recipients
from energymed.messages.templates import Wording, add_template, set_sender
from energymed.partners.models import Campaign, DatedRule
from tests.calling.conftest import NOW
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import make_case, make_partner, make_person, make_site, make_user
from tests.messages.conftest import Writer

KEY = "7f0c6b9e-0000-4000-8000-000000000001"


def refused(writer: Writer, **values: Any) -> str:
    with pytest.raises((Refused, Conflict, BadInput)) as error:
        writer.write(**values)
    return str(error.value)


def same_person(
    writer: Writer, *, elsewhere: bool = False, phones: tuple[str, ...] = ("+33639980001",)
) -> Case:
    """The file of another partner that names the person, without an e-mail address."""
    known, session = writer.case.person, writer.session
    site, partner = make_site(session) if elsewhere else writer.case.site, make_partner(session)
    row = make_person(
        session, site, partner, name_key=known.name_key, phones=phones,
        household=None if elsewhere else session.get_one(Household, known.household_id),
    )  # fmt: skip
    if elsewhere:
        set_sender(Context(session, SYSTEM, NOW), site.id, "PIMMS Médiation", "04 65 71 00 09")
    case = make_case(session, site=site, partner=partner, person=row)
    session.commit()
    return case


def at_site_of(writer: Writer, case: Case) -> Actor:
    """The mediator, were they of the case's site."""
    return replace(writer.actor, site_id=case.site_id)


def test_a_message_is_written_with_its_figures_filled_in(writer: Writer) -> None:
    message = writer.fresh(writer.write())
    assert (message.state, message.channel, message.address) == ("queued", "sms", "+33639980001")
    assert message.body == (
        "Bonjour, Ada (PIMMS Médiation) a essayé de vous joindre. "
        "Vous pouvez rappeler au 04 65 71 00 00. Bonne journée."
    )
    event = writer.session.scalars(select(AuditEvent).where(AuditEvent.entity == "message")).one()
    assert (event.action, event.actor_id) == ("message.written", writer.actor.user_id)
    assert event.after == {"channel": "sms", "state": "queued"}


def test_an_email_has_a_subject_and_the_address_of_the_person(writer: Writer) -> None:
    message = writer.fresh(writer.write(to="email"))
    assert (message.channel, message.address) == ("email", "camille@example.org")
    assert message.subject == "Nous avons essayé de vous joindre"


def test_a_second_press_writes_nothing_more(writer: Writer) -> None:
    first, second = writer.write(request_key=KEY), None
    wanted = service.MessageRequest("?", 0, "?", KEY)
    with transaction() as session:
        second = service.write_message(
            Context(session, writer.actor, NOW), writer.case.id, wanted
        ).id
    assert first == second


def test_a_key_of_another_case_or_none_is_refused(writer: Writer) -> None:
    writer.write(request_key=KEY)
    other = make_case(writer.session, site=writer.case.site, partner=writer.case.partner)
    writer.session.commit()
    assert "Rechargez" in refused(writer, case=other, request_key=KEY)
    assert "Rechargez" in refused(writer, request_key="abc")


def test_eight_presses_at_once_write_one(app: Flask, writer: Writer) -> None:
    case_id, wanted = writer.case.id, writer.wanted(request_key=KEY)
    writer.session.rollback()

    def press() -> int:
        with transaction() as session:
            return service.write_message(Context(session, writer.actor, NOW), case_id, wanted).id

    assert len(set(at_once(app, [press] * 8))) == 1
    assert writer.session.scalar(select(func.count(Message.id))) == 1


def test_eight_forms_at_once_write_one_and_seven_are_told(app: Flask, writer: Writer) -> None:
    case_id = writer.case.id
    forms = [writer.wanted() for _ in range(8)]
    writer.session.rollback()

    def press(wanted: service.MessageRequest) -> str:
        try:
            with transaction() as session:
                service.write_message(Context(session, writer.actor, NOW), case_id, wanted)
        except Refused as error:
            return str(error)
        return "written"

    said = at_once(app, [lambda wanted=wanted: press(wanted) for wanted in forms])
    assert sorted(said) == ["Un message attend déjà de partir pour cette personne."] * 7 + [
        "written"
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"opposed_at": NOW}, "s'oppose"),
        ({"deceased_at": NOW}, "Décès"),
        ({"rests_until": NOW.date() + timedelta(days=3)}, "repos"),
    ],
)
def test_a_stop_of_calls_is_one_of_messages(
    writer: Writer, values: dict[str, Any], said: str
) -> None:
    for name, value in values.items():
        setattr(writer.case.person, name, value)
    writer.session.commit()
    for to in ("", "email"):
        assert said in refused(writer, to=to)


def test_a_death_in_the_household_stops_everybodys(writer: Writer) -> None:
    person = writer.case.person
    home = person.household_id
    spouse = make_person(writer.session, writer.case.site, writer.case.partner, deceased_at=NOW)
    spouse.household_id = home
    writer.session.commit()
    assert "Décès" in refused(writer)


def test_a_closed_case_is_written_to_only_as_unreachable(writer: Writer) -> None:
    writer.case.state, writer.case.closure = "closed", "settled"
    writer.session.commit()
    assert "clos" in refused(writer)
    writer.case.closure = "unreachable"
    writer.session.commit()
    assert writer.write()


@pytest.mark.parametrize("status", ["wrong", "invalid", "opposed"])
def test_a_number_that_is_stopped_takes_no_message(writer: Writer, status: str) -> None:
    (phone,) = writer.case.person.phones
    phone.status = status
    writer.session.commit()
    assert "arrêté" in refused(writer, to=str(phone.id))
    assert writer.fresh(writer.write()).channel == "email"  # what is left is proposed


def test_a_number_that_somebody_else_had_stopped_takes_none(writer: Writer) -> None:
    other = make_person(
        writer.session, writer.case.site, writer.case.partner, phones=("+33639980001",)
    )
    other.phones[0].status = "opposed"
    writer.session.commit()
    assert "arrêté" in refused(writer, to=str(writer.case.person.phones[0].id))


def test_where_a_person_may_be_written_to(writer: Writer) -> None:
    person = writer.case.person
    numbers = ("+33465710001", "+262692123456", "+32470123456")
    person.phones += [Phone(e164=each, position=n) for n, each in enumerate(numbers, 2)]
    person.email = "pas une adresse"
    writer.session.commit()
    assert [(each.address, each.obstacle) for each in recipients(writer.session, writer.case)] == [
        ("+33639980001", None),
        ("+33465710001", "landline"),
        ("+262692123456", None),
        ("+32470123456", "landline"),
        ("pas une adresse", "bad_address"),
    ]
    assert "inutilisable" in refused(writer, to="email")
    assert "mobile" in refused(writer, to=str(person.phones[1].id))


def test_one_message_per_week_whoever_sent_it_and_how(writer: Writer) -> None:
    with transaction() as session:
        record_contact(
            Context(session, writer.actor, NOW - timedelta(days=6)),
            writer.case.id,
            "sms",
            result="sent",
        )
    assert "il y a peu" in refused(writer, to="email")
    later = NOW + timedelta(days=1, minutes=1)
    assert writer.write(now=later)


def test_an_email_from_one_partners_file_counts_in_the_others(writer: Writer) -> None:
    other = same_person(writer)
    message_id = writer.write(to="email")
    assert "attend déjà" in refused(writer, case=other)
    with transaction() as session:
        service.take(session, message_id, now=NOW)
        service.note_sent(session, message_id, "r1", now=NOW)
    assert "il y a peu" in refused(writer, case=other)
    assert writer.write(other, now=NOW + timedelta(days=7))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_message_noted_by_hand_counts_at_every_partner_and_site(
    writer: Writer, *, elsewhere: bool
) -> None:
    other = same_person(writer, elsewhere=elsewhere)
    with transaction() as session:
        record_contact(
            Context(session, at_site_of(writer, other), NOW - timedelta(days=6)),
            other.id,
            "sms",
            result="sent",
        )
    assert "il y a peu" in refused(writer, to="email")


def test_a_namesake_with_another_number_is_somebody_else(writer: Writer) -> None:
    namesake = same_person(writer, elsewhere=True, phones=("+33639980002",))
    with transaction() as session:
        record_contact(
            Context(session, at_site_of(writer, namesake), NOW), namesake.id, "sms", result="sent"
        )
    assert writer.write()


def test_two_sites_at_once_write_one_message_to_one_person(app: Flask, writer: Writer) -> None:
    cases = (writer.case, same_person(writer, elsewhere=True))
    forms = [(at_site_of(writer, case), case.id, writer.wanted(case)) for case in cases]
    writer.session.rollback()

    def press(actor: Actor, case_id: int, wanted: service.MessageRequest) -> int:
        try:
            with transaction() as session:
                return service.write_message(Context(session, actor, NOW), case_id, wanted).id
        except Refused:
            return 0

    said = at_once(app, [lambda form=form: press(*form) for form in forms * 3])
    assert len({each for each in said if each}) == 1


def test_the_gap_is_a_rule_with_dates_and_per_campaign(writer: Writer) -> None:
    campaign = writer.session.scalars(
        select(Campaign).where(
            Campaign.partner_id == writer.case.partner_id, Campaign.kind == "unpaid_bill"
        )
    ).one()
    for code, value in (("message_gap_days", 2), ("message_names_partner", True)):
        rule = DatedRule(code=code, campaign_id=campaign.id, value={"value": value},
                         valid_from=NOW.date(), source="test")  # fmt: skip
        writer.session.add(rule)
    writer.session.commit()
    with transaction() as session:
        record_contact(
            Context(session, writer.actor, NOW - timedelta(days=3)),
            writer.case.id,
            "sms",
            result="sent",
        )
        wording = Wording("sms", "fr", "Nommé", "{association}, pour {partenaire}")
        lead = make_user(session, "lead", site=writer.case.site).as_actor()
        named = add_template(Context(session, lead, NOW), wording).id
    assert writer.fresh(writer.write(template_id=named)).body == "PIMMS Médiation, pour EDF"


def test_a_text_that_names_the_partner_is_refused_by_default(writer: Writer) -> None:
    with transaction() as session:
        wording = Wording("sms", "fr", "Nommé", "{association}, pour {partenaire}")
        lead = make_user(session, "lead", site=writer.case.site).as_actor()
        named = add_template(Context(session, lead, NOW), wording).id
    assert "nomme le partenaire" in refused(writer, template_id=named)


def test_a_text_that_changed_since_the_preview_is_not_sent(writer: Writer) -> None:
    wanted = writer.wanted()
    signs = writer.session.scalars(select(MessageSender)).one()
    signs.phone = "+33465710009"
    writer.session.commit()
    with pytest.raises(Conflict, match="relisez"), transaction() as session:
        service.write_message(Context(session, writer.actor, NOW), writer.case.id, wanted)
    assert writer.write()


def test_nobody_writes_before_the_site_has_said_who_signs(writer: Writer) -> None:
    writer.session.delete(writer.session.scalars(select(MessageSender)).one())
    writer.session.commit()
    assert "qui signe" in refused(writer)


def test_a_text_that_was_withdrawn_is_not_sent(writer: Writer) -> None:
    wanted = writer.wanted()
    writer.template("tried_sms_fr").active = False
    writer.session.commit()
    with pytest.raises(Conflict, match="plus proposé"), transaction() as session:
        service.write_message(Context(session, writer.actor, NOW), writer.case.id, wanted)


def test_the_texts_offered_are_of_the_mission_and_the_site(writer: Writer) -> None:
    offered = compose.templates_for(writer.session, writer.case, "sms")
    assert [text.code for text in offered] == ["tried_sms_fr", "call_back_sms_fr", "tried_sms_en"]
    writer.case.campaign_kind = "cutoff_notice"
    writer.case.person.language = "Anglais"
    first = compose.templates_for(writer.session, writer.case, "sms")[0]
    assert first.code == "soon_sms_fr"
    chosen = compose.choices(writer.session, writer.case).template
    assert chosen is not None
    assert chosen.code == "tried_sms_en"


def test_another_sites_case_is_not_found(writer: Writer) -> None:
    stranger = make_user(writer.session).as_actor()
    wanted = writer.wanted()
    writer.session.commit()
    with pytest.raises(NotFound), transaction() as session:
        service.write_message(Context(session, stranger, NOW), writer.case.id, wanted)
