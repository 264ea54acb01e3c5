"""Texts and signatures: who changes which, and what is refused."""

from typing import Any

import pytest
from sqlalchemy import select

from energymed.base.context import Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.messages import templates
from energymed.messages.models import MessageTemplate
from energymed.messages.templates import Wording
from tests.calling.conftest import NOW
from tests.factories import make_user
from tests.messages.conftest import Writer

GOOD = Wording("sms", "fr", " Un  appel ", "Bonjour, {association} au {telephone}.")


@pytest.fixture
def lead(writer: Writer) -> Actor:
    user = make_user(writer.session, "lead", site=writer.case.site)
    writer.session.commit()
    return user.as_actor()


def add(actor: Actor, wording: Wording = GOOD) -> int:
    with transaction() as session:
        return templates.add_template(Context(session, actor, NOW), wording).id


def change(actor: Actor, text_id: int, wording: Wording, version: int) -> None:
    with transaction() as session:
        templates.change_template(
            Context(session, actor, NOW), text_id, wording, seen_version=version
        )


def test_seeding_again_brings_nothing_back(writer: Writer) -> None:
    writer.template("tried_sms_fr").active = False
    writer.session.commit()
    with transaction() as session:
        assert templates.seed(session, now=NOW) == 0
    assert not writer.template("tried_sms_fr").active


def test_a_leads_text_is_the_sites_own_an_administrators_everybodys(
    writer: Writer, lead: Actor
) -> None:
    admin = make_user(writer.session, "admin").as_actor()
    stranger = make_user(writer.session, "lead").as_actor()
    writer.session.commit()
    own, shared = add(lead), add(admin)
    found = writer.session.get_one(MessageTemplate, own)
    assert (found.site_id, found.name, found.version) == (lead.site_id, "Un appel", 1)
    assert writer.session.get_one(MessageTemplate, shared).site_id is None
    with pytest.raises(NotFound):
        templates.get_template(Context(writer.session, stranger), own)
    with pytest.raises(Refused, match="administrateur"):
        change(lead, shared, GOOD, 1)
    seen = [text.id for text in templates.all_templates(Context(writer.session, stranger))]
    assert (own in seen, shared in seen) == (False, True)


def test_two_people_do_not_overwrite_each_other(writer: Writer, lead: Actor) -> None:
    text_id = add(lead)
    longer = Wording("sms", "fr", "Un appel", "Bonjour, rappelez {association}.")
    change(lead, text_id, longer, 1)
    with pytest.raises(Conflict):
        change(lead, text_id, GOOD, 1)
    assert writer.session.get_one(MessageTemplate, text_id).body == longer.body


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": " "}, "name", "nom"),
        ({"name": "x" * 81}, "name", "80"),
        ({"channel": "pigeon"}, "channel", "liste"),
        ({"language": "la"}, "language", "liste"),
        ({"campaign_kind": "x"}, "campaign_kind", "liste"),
        ({"body": " \n "}, "body", "Écrivez"),
        ({"body": "Votre facture"}, "body", "facture"),
        ({"channel": "email", "subject": "Votre dette"}, "subject", "dette"),
        ({"channel": "email"}, "subject", "objet"),
        ({"body": "De la part d'EDF."}, "body", "en toutes lettres"),
    ],
)
def test_what_cannot_be_sent_is_refused_beside_its_control(
    writer: Writer, lead: Actor, values: dict[str, Any], field: str, said: str
) -> None:
    plain = {"channel": "sms", "language": "fr", "name": "Un appel", "body": "Bonjour."}
    with pytest.raises(BadInput, match=said) as error:
        add(lead, Wording(**{**plain, **values}))
    assert error.value.params["field"] == field
    own = select(MessageTemplate).where(MessageTemplate.code.is_(None))
    assert writer.session.scalars(own).all() == []


@pytest.mark.parametrize(
    ("association", "phone", "field"),
    [("", "0465710000", "association"), ("SOS Dettes", "0465710000", "association"),
     ("PIMMS", "12", "phone"), ("PIMMS", "", "phone")],
)  # fmt: skip
def test_who_signs_is_neutral_and_can_be_called(
    writer: Writer, lead: Actor, association: str, phone: str, field: str
) -> None:
    with pytest.raises(BadInput) as error, transaction() as session:
        templates.set_sender(Context(session, lead, NOW), writer.case.site_id, association, phone)
    assert error.value.params["field"] == field


def test_a_lead_signs_for_the_own_site_alone(writer: Writer, lead: Actor) -> None:
    stranger = make_user(writer.session, "lead").as_actor()
    writer.session.commit()
    with pytest.raises(NotFound), transaction() as session:
        templates.set_sender(
            Context(session, stranger, NOW), writer.case.site_id, "PIMMS", "0465710000"
        )
    with transaction() as session:
        templates.set_sender(
            Context(session, lead, NOW), writer.case.site_id, "Autre", "0465710001"
        )
    ((_site, signs),) = templates.senders(Context(writer.session, lead))
    assert signs is not None
    assert (signs.association, signs.phone) == ("Autre", "+33465710001")
