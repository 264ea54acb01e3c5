"""Every form of the application as a browser would send it, and a database to send it to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request
from flask.testing import FlaskClient
from lxml.html import HtmlElement, document_fromstring
from sqlalchemy import func, insert, literal, select, text, union_all
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from energymed.accounts.models import User
from energymed.base.context import SYSTEM, Context
from energymed.base.db import Model
from energymed.casework.merge_people import merge_people
from energymed.intake.batches.uploads import Upload, receive
from energymed.partners.models import Partner
from energymed.partners.rule_shapes import RULES
from energymed.web.shared.permissions import PERMISSIONS
from tests.conftest import empty_database
from tests.factories import MONDAY_MORNING, make_person, make_user
from tests.guards.test_foreign_records import TABLES, Rows
from tests.guards.test_permissions import LIBRARIES, address
from tests.intake.books import LINE, csv_bytes
from tests.web.helpers import sign_in

OWN_PLACES = {
    "convention_id": "convention",
    "partner_id": "partner",
    "profile_id": "column_profile",
    "rule_id": "dated_rule",
    "site_id": "site",
    "text_id": "message_template",
    "user_id": "user_account",
}
PLAUSIBLE = {"date": "2026-11-30", "datetime-local": "2026-11-30T10:00", "time": "10:00",
             "number": "1", "email": "a@example.org", "tel": "06 39 98 45 27", "url": "",
             "week": "2026-W48", "month": "2026-11"}  # fmt: skip
NAMED = {"code": "autre", "name": "Zoé Durand", "password": "un long mot de passe à nous",
         "q": "Durand"}  # fmt: skip
TWO_FACTORS: dict[str, Any] = {"tf_totp_secret": "set", "tf_primary_method": "authenticator"}
ROLES = ("mediator", "lead", "partner", "admin")  # together they may everything
NOTED = ("audit_event", "batch_check", "batch_check_line")  # a refusal, or what is reckoned anew
WRITING = ("INSERT", "UPDATE", "DELETE", "WITH")
CHOSEN = ("hidden", "radio", "checkbox", "select", "file")  # what nobody types into


@dataclass(frozen=True)
class Sheet:
    """What one form would send: its address and its controls with a value that may be right."""

    action: str
    values: dict[str, str]
    chosen: frozenset[str] = field(default_factory=frozenset)
    files: frozenset[str] = field(default_factory=frozenset)

    @property
    def typed(self) -> list[str]:
        """Names of the controls that somebody types into."""
        return [name for name in self.values if name not in self.chosen]


class Asked(ImmutableMultiDict[str, str]):
    """Values sent that remember which names the view asked for."""

    names: set[str] = set()  # noqa: RUF012  # of all: the requests of a test come one by one

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return super().__getitem__(key)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> list[Any]:
        self.names.add(key)
        return super().getlist(key, *args, **kwargs)


class AskedRequest(Request):
    """A request whose query and form are `Asked`."""

    parameter_storage_class = Asked  # type: ignore[assignment]


def asked_by(client: FlaskClient, path: str, method: str) -> list[str]:
    """The names that the view at this address reads of its query or form."""
    Asked.names.clear()
    one = {"nobodys": "1"}  # without any, nothing is looked for
    sent: dict[str, Any] = {"query_string": one} if method == "GET" else {"data": one}
    client.open(path, method=method, **sent).close()
    return sorted(Asked.names - {"csrf_token"})


class House:
    """One row of every table, and whoever may open it; as it was again after `restore`."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.wrote = False
        rows = Rows(session)
        mediator = session.get_one(User, rows.made["user_account"])
        partner = session.get_one(Partner, rows.made["partner"])
        ctx = Context(session, SYSTEM, MONDAY_MORNING)
        rows.made["batch"] = self._file(ctx, mediator, partner)
        rows.made["person_change"] = self._merged(ctx, mediator, partner, rows.made["person"])
        places = {**{place: name for place, name in TABLES.items() if name}, **OWN_PLACES}
        self.ids: dict[str, object] = {place: rows.id_of(name) for place, name in places.items()}
        self.ids |= {
            "kind": "unpaid_bill",
            "form": "csv",
            "row_number": 2,
            "code": next(iter(RULES)),
        }
        self.users = {"mediator": mediator}
        for role in ("lead", "admin"):
            self.users[role] = make_user(session, role, site=mediator.site, **TWO_FACTORS)
        self.users["partner"] = make_user(session, "partner", partner=partner)
        session.commit()
        self.tables = Model.metadata.sorted_tables
        self.kept = {
            table: session.execute(select(table)).mappings().all() for table in self.tables
        }
        session.rollback()

    def _file(self, ctx: Context, mediator: User, partner: Partner) -> int:
        """A file that waits for its import, with a line to mend."""
        lines = csv_bytes(LINE, ("EDF2", "MARTIN", "Zoé", "0639984528", "abc"))
        upload = Upload(partner, mediator.site, lines, "f.csv")
        return receive(ctx, upload).id

    def _merged(self, ctx: Context, mediator: User, partner: Partner, kept_id: int) -> int:
        other = make_person(ctx.session, mediator.site, partner)
        return merge_people(ctx, kept_id, other.id).id

    def note_writing(self, *told: object) -> None:
        """Of each statement: whether it writes. To be listened with."""
        self.wrote = self.wrote or str(told[2]).lstrip().startswith(WRITING)

    def restore(self) -> None:
        """Every table as it was at first, if anything was written since."""
        if not self.wrote:
            return
        self.session.rollback()
        self.session.expire_all()
        empty_database()
        postgresql = self.session.get_bind().dialect.name == "postgresql"
        if postgresql:  # a row may point to a later one of its own table
            self.session.execute(text("SET LOCAL session_replication_role = replica"))
        for table, rows in self.kept.items():
            if rows:
                self.session.execute(insert(table), [dict(row) for row in rows])
        if postgresql:
            ahead = "SELECT setval(quote_ident(sequencename), 9000) FROM pg_sequences"
            self.session.execute(text(ahead))
        self.session.commit()
        self.wrote = False

    def counts(self) -> dict[str, int]:
        """How many rows each table has, but for those that a refusal may fill."""
        self.session.rollback()
        each = [
            select(literal(table.name), func.count()).select_from(table)
            for table in self.tables
            if table.name not in NOTED
        ]
        found = {name: count for name, count in self.session.execute(union_all(*each))}
        self.session.rollback()
        return found

    def enter(self, client: FlaskClient, role: str) -> None:
        """Sign in as this role; '' is nobody."""
        if role:
            sign_in(client, self.users[role])
        else:
            with client.session_transaction() as cookie:
                cookie.clear()
        self.session.rollback()


def role_for(app: Flask, rule: Rule) -> str:
    """A role that may enter; '' for what anybody may, and for the pages of signing in."""
    permission = getattr(app.view_functions[rule.endpoint], "permission", "public")
    return next((role for role in ROLES if permission in PERMISSIONS[role]), "")


def rules(app: Flask, method: str) -> list[Rule]:
    """Every rule that takes this method, also of the library that signs in."""
    found = (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))
    return [rule for rule in found if rule.endpoint not in LIBRARIES]


def forms_of_pages(house: House, client: FlaskClient) -> dict[str, list[Sheet]]:
    """The forms that the pages show, by endpoint that takes them."""
    found: dict[str, dict[frozenset[str], Sheet]] = {}
    for rule in rules(house.app, "GET"):
        house.enter(client, role_for(house.app, rule))
        path = address(rule, house.ids)
        answer = client.get(path)
        answer.close()
        if answer.status_code != 200 or answer.mimetype != "text/html" or not answer.data.strip():
            continue
        for sheet in _sheets(document_fromstring(answer.get_data(as_text=True)), path):
            endpoint = _endpoint(house.app, sheet.action)
            if endpoint:
                found.setdefault(endpoint, {}).setdefault(frozenset(sheet.values), sheet)
    return {endpoint: list(sheets.values()) for endpoint, sheets in found.items()}


def _endpoint(app: Flask, action: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(action).path, method="POST")[0])
    except HTTPException:
        return ""


def _sheets(page: HtmlElement, path: str) -> Iterator[Sheet]:
    for form in page.xpath("//form[translate(@method, 'POST', 'post')='post']"):
        own = f"//*[@form='{form.get('id')}']" if form.get("id") else "./@none"
        values: dict[str, str] = {}
        chosen: set[str] = set()
        files: set[str] = set()
        for control in [*form.xpath(".//*[@name]"), *form.xpath(own)]:
            kind, value = _control(control)
            name = control.get("name")
            if not name or name == "csrf_token" or kind in ("submit", "button", "image"):
                continue
            if kind in CHOSEN:
                chosen.add(name)
            if kind == "file":
                files.add(name)
            if name not in values or control.get("checked") is not None:
                values[name] = value
        yield Sheet(form.get("action") or path, values, frozenset(chosen), frozenset(files))


def _control(control: HtmlElement) -> tuple[str, str]:
    """What kind of control it is, and a value that it may send."""
    if control.tag == "select":
        options = control.xpath(".//option[@selected]") or control.xpath(".//option[@value!='']")
        return "select", options[0].get("value", "") if options else ""
    if control.tag == "textarea":
        return "textarea", control.text_content()
    kind = control.get("type", "submit" if control.tag == "button" else "text")
    given = control.get("value") or ("on" if kind == "checkbox" else "")
    if given or control.get("required") is None:
        return kind, given
    return kind, NAMED.get(control.get("name"), PLAUSIBLE.get(kind, "12,50"))
