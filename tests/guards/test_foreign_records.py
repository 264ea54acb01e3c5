"""A record of another site or partner answers as one that is not there, on every route."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, Table, insert, select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from energymed.base.db import Model, UTCDateTime
from energymed.base.db.code_columns import CodeType
from energymed.web.shared.permissions import PERMISSIONS
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.guards.test_permissions import address, own_rules
from tests.web.helpers import sign_in

NOBODYS = 987_654
TABLES = {
    "act_id": "act",
    "aid_id": "aid_request",
    "batch_id": "batch",
    "budget_id": "household_budget",
    "case_id": "case_file",
    "change_id": "person_change",
    "confirmation_id": "instalment_confirmation",
    "contact_id": "contact",
    "declined_id": "way_declined",
    "delivery_id": "delivery",
    "entry_id": "ledger_entry",
    "follow_up_id": "follow_up",
    "instalment_id": "instalment",
    "letter_id": "letter_to_print",
    "mandate_id": "person_mandate",
    "message_id": "message",
    "need_id": "person_need",
    "other_id": "person",
    "passkey_id": "passkey",
    "person_id": "person",
    "phone_id": "phone",
    "plan_id": "payment_plan",
    "referral_id": "referral",
    "request_id": "partner_request",
    "view_id": "saved_view",
    "row_number": "",  # a line of a batch: where the batch is not there, no line is
}
OF_THE_HOUSE = {  # everybody's who may at all
    "convention_id", "letter_text_id", "partner_id", "profile_id", "rule_id", "site_id", "text_id",
    "user_id",
    "year",  # of a campaign of the energy cheque
}  # fmt: skip
FITTING = {
    "campaign_kind": "unpaid_bill",
    "kind": "unpaid_bill",
    "format": "csv",
    "channel": "letter",
    "way": "letter",
    "sha256": "0" * 64,
    "address": "+33639984527",  # of a text message
}

# a letter that waits has not left, and is of an exchange or of an act
LEFT_OPEN = {("letter_to_print", "contact_id"), ("letter_to_print", "act_id")}


class Rows:
    """One row of each table that is asked for, of the same case, with what no rule minds."""

    def __init__(self, session: Session) -> None:
        self.session = session
        case = make_case(session, assigned_to=make_user(session))
        self.made = {
            "case_file": case.id,
            "person": case.person_id,
            "phone": case.person.phones[0].id,
            "household": case.person.household_id,
            "site": case.site_id,
            "partner": case.partner_id,
            "user_account": case.assigned_to_id,
        }
        session.commit()

    def id_of(self, name: str) -> int:
        """The row of this table, made with those that it needs when it is not there."""
        if name not in self.made:
            table = Model.metadata.tables[name]
            found = self.session.scalar(select(table.c.id).limit(1))
            self.made[name] = found or self._make(table)
        return int(self.made[name] or 0)

    def _make(self, table: Table) -> int:
        values = {
            column.name: self._value(column)
            for column in table.columns
            if column.foreign_keys or not (column.nullable or column.primary_key)
        }
        made = self.session.execute(insert(table).values(values).returning(table.c.id))
        return int(made.scalar_one())

    def _value(self, column: Column[Any]) -> object:
        if (column.table.name, column.name) in LEFT_OPEN:
            return None
        for key in column.foreign_keys:
            name = key.column.table.name
            if key.column.name != "id":  # one of a pair: the campaign of a partner
                continue
            own = column.table.name == name
            return None if own or (column.nullable and name not in self.made) else self.id_of(name)
        if isinstance(column.type, CodeType):
            members = list(column.type.family)
            return next((each for each in members if each == FITTING.get(column.name)), members[0])
        plain: list[tuple[type, object]] = [
            (Integer, 1), (UTCDateTime, MONDAY_MORNING), (Date, MONDAY_MORNING.date()),
            (Boolean, False), (JSON, {}), (LargeBinary, b"x"),
        ]  # fmt: skip
        fitting = FITTING.get(column.name, "x")
        return next((value for kind, value in plain if isinstance(column.type, kind)), fitting)


def with_ids(app: Flask, role: str) -> Iterator[tuple[Rule, str]]:
    """(rule, method) of every route that this role may enter and whose address names a record."""
    for rule in own_rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if permission in PERMISSIONS[role] and rule.arguments & TABLES.keys() - OF_THE_HOUSE:
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield rule, method


def test_every_place_of_an_address_is_known(app: Flask) -> None:
    converted = {
        name
        for rule in own_rules(app)
        for name in rule.arguments
        if isinstance(rule._converters[name], IntegerConverter)
    }
    assert converted - OF_THE_HOUSE == TABLES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["mediator", "lead", "partner"])
def test_a_foreign_record_answers_like_none(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    user = make_user(session, role, tf_totp_secret="set", tf_primary_method="authenticator")
    rows = Rows(session)
    ids = {place: rows.id_of(name) for place, name in TABLES.items() if name}
    session.commit()
    sign_in(client, user)
    asked, told = 0, []
    for rule, method in with_ids(app, role):
        if role == "partner" and rule.arguments <= {"case_id"}:
            continue
        kind = {"kind": "unpaid_bill", "form": "csv"}
        foreign = client.open(address(rule, {**ids, **kind}), method=method)
        nobodys = {place: NOBODYS for place in ids}
        unknown = client.open(address(rule, {**nobodys, **kind}), method=method)
        asked += 1
        if {foreign.status_code, unknown.status_code} != {404}:
            told.append((method, rule.rule, foreign.status_code, unknown.status_code))
    assert told == [], "\n".join(map(str, told))
    assert asked > 0
