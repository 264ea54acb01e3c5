"""What the trail knows of sign-ins, refusals, readings and downloads, and how little it grows."""

import json

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.cases.person_models import PersonOpening
from energymed.web.shared.security_trail import email_hash
from tests.factories import MONDAY_MORNING, PASSWORD, make_case, make_user
from tests.web.account.enrolling import enrol, give_password, signed_in
from tests.web.helpers import sign_in, text_of


def told(session: Session, action: str) -> list[AuditEvent]:
    session.rollback()
    found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return list(session.scalars(found))


def test_a_refused_sign_in_names_the_account_and_never_the_password(
    client: FlaskClient, session: Session
) -> None:
    user = make_user(session, password=PASSWORD)
    session.commit()
    give_password(client, user, "secret-of-somebody")
    (event,) = told(session, "sign_in.refused")
    assert (event.entity, event.entity_id) == ("user_account", user.id)
    assert event.after == {"reason": "password"}


def test_a_closed_account_is_told_as_closed(client: FlaskClient, session: Session) -> None:
    user = make_user(session, password=PASSWORD, active=False)
    session.commit()
    give_password(client, user)
    assert {event.after["reason"] for event in told(session, "sign_in.refused")} == {"closed"}  # type: ignore[index]


def test_an_unknown_address_leaves_a_hash_alone(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    client.post("/login", data={"email": "Nobody@Example.org", "password": PASSWORD})
    (event,) = told(session, "sign_in.refused")
    assert event.entity_id is None
    assert event.after == {"reason": "unknown", "email_hash": email_hash("nobody@example.org")}
    assert "obody" not in json.dumps(event.after)


@pytest.mark.parametrize("email", ["", "no address", "é" * 400, "\x00@x", "a@b" + "c" * 5000])
def test_whatever_is_typed_as_an_address_is_refused_and_told(
    client: FlaskClient, session: Session, email: str
) -> None:
    answer = client.post("/login", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert len(told(session, "sign_in.refused")) == 1


def test_codes_that_are_refused_and_tries_that_are_shut_are_told(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    enrol(client)
    other = app.test_client()
    give_password(other, user)
    statuses = [other.post("/tf-validate", data={"code": "000000"}).status_code for _ in range(10)]
    assert statuses == [200] * 8 + [429] * 2
    assert {event.entity_id for event in told(session, "second_factor.refused")} == {user.id}
    (lock,) = told(session, "sign_in.locked")
    assert lock.entity_id == user.id
    assert lock.after == {"endpoint": "security.two_factor_token_validation"}


def test_a_page_of_another_role_is_told_within_a_bound(
    client: FlaskClient, session: Session
) -> None:
    user = make_user(session)
    session.commit()
    sign_in(client, user)
    for _try in range(30):
        assert client.get("/admin/users").status_code == 403
    events = told(session, "access.refused")
    assert len(events) == 20
    assert events[0].actor_id == user.id
    assert events[0].after == {"endpoint": "admin.users", "method": "GET"}


def test_one_who_tries_names_without_end_writes_little(
    client: FlaskClient, session: Session
) -> None:
    for number in range(29):
        data = {"email": f"name{number}@example.org", "password": "x"}
        assert client.post("/login", data=data).status_code == 200
    assert len(told(session, "sign_in.refused")) == 20


def test_a_person_opened_is_told_once_a_day_for_each_reader(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = make_user(session)
    case = make_case(session, assigned_to=user)
    colleague = make_user(session, site=user.site)
    session.commit()
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        sign_in(client, user)
        other = app.test_client()
        sign_in(other, colleague)
        for _time in range(3):
            assert client.get(f"/cases/{case.id}").status_code == 200
        other.get(f"/cases/{case.id}")
        events = told(session, "person.opened")
        assert [event.actor_id for event in events] == [user.id, colleague.id]
        assert {event.entity_id for event in events} == {case.person_id}
        clock.shift(60 * 60 * 24)
        sign_in(client, user)
        client.get(f"/cases/{case.id}")
        assert len(told(session, "person.opened")) == 3
        kept = session.scalar(select(func.count()).where(PersonOpening.user_id == user.id))
        assert kept == 1  # yesterday's row is gone


def test_a_page_that_is_not_shown_opens_nobody(client: FlaskClient, session: Session) -> None:
    user, case = make_user(session), make_case(session)
    session.commit()
    sign_in(client, user)
    assert client.get(f"/cases/{case.id}").status_code == 404
    assert told(session, "person.opened") == []


def test_the_lists_page_of_a_person_is_told_too(client: FlaskClient, session: Session) -> None:
    lead = make_user(session, "lead", tf_totp_secret="s", tf_primary_method="authenticator")
    case = make_case(session, site=lead.site)
    session.commit()
    sign_in(client, lead)
    assert client.get(f"/people/{case.person_id}").status_code == 200
    assert [event.entity_id for event in told(session, "person.opened")] == [case.person_id]


def test_a_list_taken_out_is_told(client: FlaskClient, session: Session) -> None:
    lead = make_user(session, "lead", tf_totp_secret="s", tf_primary_method="authenticator")
    session.commit()
    sign_in(client, lead)
    assert client.get("/letters/export?form=xlsx").status_code == 200
    (event,) = told(session, "list.downloaded")
    assert event.after == {"endpoint": "lead.export_letters", "format": "xlsx"}
    assert event.actor_id == lead.id


def test_the_page_of_the_trail_says_it_in_words(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = make_user(session, password=PASSWORD)
    admin = make_user(session, "admin", tf_totp_secret="s", tf_primary_method="authenticator")
    session.commit()
    give_password(app.test_client(), user, "wrong")
    sign_in(client, admin)
    page = text_of(client.get("/admin/audit"))
    assert "Connexion refusée" in page
    assert "mot de passe" in page
