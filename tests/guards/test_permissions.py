"""Every route declares who may enter; each role is refused what is not its own."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from energymed.base.context import SYSTEM, Context
from energymed.messages.templates import Wording, add_template
from energymed.partners.rule_shapes import RULES
from energymed.web.shared.permissions import PERMISSIONS
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import sign_in

LIBRARIES = ("static", "bootstrap.static", "security.static")
ROLES = tuple(PERMISSIONS)
A_TEXT = Wording("sms", "fr", "Rappel", "Bonjour, rappelez-nous au {telephone}. {association}")


def own_rules(app: Flask) -> list[Rule]:
    """Every rule but those of the libraries that serve files or sign-in."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in LIBRARIES and not rule.endpoint.startswith("security.")
    ]


def address(rule: Rule, ids: Mapping[str, object] = MappingProxyType({})) -> str:
    """An address of the rule with these ids, or 1 in a place, or the first word that it takes."""
    parts = []
    for is_place, text in rule._trace:
        if is_place:
            words = sorted(getattr(rule._converters[text], "items", ()))
            parts.append(words[0] if words else str(ids.get(text, 1)))
        elif text != "|":
            parts.append(text)
    return "".join(parts)


def method(rule: Rule) -> str:
    """GET where the rule takes it, else POST."""
    return "GET" if "GET" in (rule.methods or ()) else "POST"


def test_every_route_declares_a_permission(app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in own_rules(app)
        if not hasattr(app.view_functions[rule.endpoint], "permission")
    ]
    assert undeclared == []


def test_every_permission_is_held_by_a_role_and_used(app: Flask) -> None:
    declared = {app.view_functions[rule.endpoint].permission for rule in own_rules(app)}  # type: ignore[attr-defined]
    held = set().union(*PERMISSIONS.values())
    assert held == declared - {"public"}


def test_a_stranger_is_sent_to_sign_in_everywhere(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    make_user(session)  # before anybody has an account, strangers are led to the set-up
    session.commit()
    for rule in own_rules(app):
        if app.view_functions[rule.endpoint].permission == "public":  # type: ignore[attr-defined]
            continue
        answer = client.open(address(rule), method=method(rule))
        assert answer.status_code == 302, rule
        assert "/login" in answer.headers["Location"], rule


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_what_it_has_no_permission_for(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    user = make_user(session, role, tf_totp_secret="set", tf_primary_method="authenticator")
    session.commit()
    sign_in(client, user)
    refused = 0
    for rule in own_rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if permission == "public" or permission in PERMISSIONS[role]:
            continue
        answer = client.open(address(rule), method=method(rule))
        assert answer.status_code == 403, (role, rule, answer.status_code)
        refused += 1
    assert refused > 0


@pytest.mark.parametrize("role", ROLES)
def test_no_page_without_a_record_breaks_on_an_empty_database(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    user = make_user(session, role, tf_totp_secret="set", tf_primary_method="authenticator")
    session.commit()
    sign_in(client, user)
    for rule in own_rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        if permission in PERMISSIONS[role]:
            answer = client.get(address(rule))
            assert answer.status_code in (200, 302, 303), (role, rule, answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_a_form_without_a_single_field_breaks_nothing(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    """What no page sends, and whoever writes by hand does: told, never an error of ours."""
    user = make_user(session, role, tf_totp_secret="set", tf_primary_method="authenticator")
    holder = user if role == "mediator" else make_user(session, site=user.site)
    case = make_case(session, assigned_to=holder)
    text_id = add_template(Context(session, SYSTEM, MONDAY_MORNING), A_TEXT).id
    session.commit()
    ids = {"case_id": case.id, "phone_id": case.person.phones[0].id, "text_id": text_id,
           "kind": case.campaign_kind}  # fmt: skip
    sign_in(client, user)
    posted = 0
    for rule in own_rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if "POST" in (rule.methods or ()) and permission in {"public", *PERMISSIONS[role]}:
            for code in RULES if "code" in rule.arguments else [""]:
                answer = client.post(address(rule, {**ids, "code": code}))
                assert answer.status_code < 500, (role, rule, code, answer.status_code)
                posted += 1
    assert posted > 0


@pytest.mark.parametrize("role", ROLES)
def test_a_record_that_is_not_there_is_not_found(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    user = make_user(session, role, tf_totp_secret="set", tf_primary_method="authenticator")
    session.commit()
    sign_in(client, user)
    for rule in own_rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if rule.arguments and "GET" in (rule.methods or ()) and permission in PERMISSIONS[role]:
            # every house has a directory, and texts of letters
            nobody = {"user_id": user.id + 1, "entry_id": 999_999, "letter_text_id": 999_999}
            assert client.get(address(rule, nobody)).status_code == 404, rule


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_lead_and_admin_need_a_second_factor(
    client: FlaskClient, session: Session, role: str
) -> None:
    user = make_user(session, role)
    session.commit()
    sign_in(client, user)
    answer = client.get("/cases")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/second-factor"
    assert client.get("/account/second-factor").status_code == 200
