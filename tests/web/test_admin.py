"""The administrator's desk: accounts, sites, partners, audit trail."""

import ast
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base import audit
from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.base.db import Model
from energymed.cases import transitions
from energymed.cases.codes import PersonChangeKind
from energymed.mediation.codes import PlanState
from energymed.partners.models import Campaign, Partner
from energymed.web.admin.audit import ENTITIES, action_in_words
from energymed.web.admin.audit_words import SUBJECTS
from tests.factories import make_case, make_partner, make_site, make_user
from tests.guards.source import python_files
from tests.web.helpers import sign_in, table_rows, text_of

ACTION = re.compile(rf"(?:{'|'.join(SUBJECTS)})\.(?!id$)[a-z_]+(?<!_)")


@pytest.fixture
def desk(client: FlaskClient, session: Session) -> FlaskClient:
    admin = make_user(
        session, "admin", name="Zoé Admin", tf_totp_secret="s", tf_primary_method="authenticator"
    )
    session.commit()
    sign_in(client, admin)
    return client


def test_accounts_are_listed_searched_and_filtered(desk: FlaskClient, session: Session) -> None:
    make_user(session, "mediator", name="Amina Belkacem")
    session.commit()
    listed = [row["Nom"].rsplit(" ", 1) for row in table_rows(desk.get("/admin/users"))]
    assert [name for name, _email in listed] == ["Amina Belkacem", "Zoé Admin"]
    assert all("@" in email for _name, email in listed)
    found = desk.post("/admin/users/search", data={"q": "belk"})
    assert "belk" not in found.headers["Location"]
    found = table_rows(desk.get(found.headers["Location"]))
    assert [row["Rôle"] for row in found] == ["Médiateur"]
    (admin,) = table_rows(desk.get("/admin/users?role=admin"))
    assert admin["Nom"].startswith("Zoé Admin")
    nobody = desk.post("/admin/users/search?role=admin", data={"q": "nobody"})
    assert nobody.headers["Location"].endswith("/admin/users?role=admin&found=1")
    assert "Aucun compte ne correspond" in text_of(desk.get(nobody.headers["Location"]))


def test_an_account_is_opened_and_what_is_wrong_is_kept_on_the_form(
    desk: FlaskClient, session: Session
) -> None:
    site = make_site(session)
    session.commit()
    data = {
        "name": "Julien", "email": "julien@example.org", "role": "mediator", "site_id": site.id,
        "weekly_hours": 28, "languages": "arabe, portugais", "password": "court",
    }  # fmt: skip
    refused = desk.post("/admin/users/new", data=data)
    assert refused.status_code == 422
    assert b'value="julien@example.org"' in refused.data
    desk.post("/admin/users/new", data={**data, "password": "assez-long-pour-cela"})
    user = session.scalars(select(User).where(User.email == "julien@example.org")).one()
    assert (user.site_id, user.weekly_hours) == (site.id, 28)
    assert user.languages == ["arabe", "portugais"]
    again = desk.post("/admin/users/new", data={**data, "password": "assez-long-pour-cela"})
    assert "Un compte existe déjà" in text_of(again)


def test_a_closed_account_loses_its_session(desk: FlaskClient, session: Session) -> None:
    mediator = make_user(session, "mediator")
    session.commit()
    theirs = desk.application.test_client()
    sign_in(theirs, mediator)
    assert theirs.get("/queue").status_code == 200
    desk.post(f"/admin/users/{mediator.id}/close", data={"heir": "lead"})
    assert theirs.get("/queue").status_code == 302


def test_a_closed_account_gives_back_the_case_it_holds(desk: FlaskClient, session: Session) -> None:
    mediator = make_user(session, "mediator")
    case = make_case(session, assigned_to=mediator)
    transitions.claim(
        Context(session, SYSTEM), case, mediator.id, until=now() + timedelta(minutes=15)
    )
    session.commit()
    desk.post(f"/admin/users/{mediator.id}/close", data={"heir": "lead"})
    session.refresh(case)
    assert (case.state, case.claimed_by_id, case.assigned_to_id) == ("to_assign", None, None)


@pytest.mark.parametrize("code", ["../..", ".taking", "a/b", "é", "x" * 21, "a\x00b"])
def test_a_code_that_no_folder_takes_is_refused(
    desk: FlaskClient, session: Session, code: str
) -> None:
    for page, model in (("sites", Site), ("partners", Partner)):
        refused = desk.post(f"/admin/{page}", data={"code": code, "name": "Essai"})
        assert refused.status_code == 422
        assert session.scalars(select(model)).all() == []


@pytest.mark.parametrize("entity", ["²", "9" * 5000, "-1"])
def test_the_trail_takes_any_text_for_a_record(desk: FlaskClient, entity: str) -> None:
    assert desk.get("/admin/audit", query_string={"entity": entity}).status_code == 200


def test_sites_and_partners_are_added_once(desk: FlaskClient, session: Session) -> None:
    desk.post("/admin/sites", data={"code": "PDP", "name": "Portes de Provence"})
    assert session.scalars(select(Site.code)).all() == ["pdp"]
    again = desk.post("/admin/sites", data={"code": "pdp", "name": "Encore"})
    assert again.status_code == 422
    assert "déjà pris" in text_of(again)
    desk.post("/admin/partners", data={"code": "edf", "name": "EDF"})
    partner = session.scalars(select(Partner)).one()
    kinds = session.scalars(select(Campaign.kind).where(Campaign.partner_id == partner.id)).all()
    assert sorted(kinds) == ["appointment", "cutoff_notice", "unpaid_bill"]


def test_the_audit_trail_names_who_and_what(desk: FlaskClient, session: Session) -> None:
    make_partner(session)
    session.commit()
    desk.post("/admin/sites", data={"code": "pdp", "name": "P"})
    rows = table_rows(desk.get("/admin/audit?action=site"))
    assert [(row["Qui"], row["Action"]) for row in rows] == [("Zoé Admin", "Site : ajout")]
    assert len(table_rows(desk.get("/admin/audit"))) == 2


def test_the_audit_trail_is_in_a_readers_words(desk: FlaskClient, session: Session) -> None:
    """Codes by their labels, instants by the clocks of Paris, amounts in euros."""
    case = make_case(session)
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    audit.record(
        Context(session, SYSTEM, at),
        "case.looked_at",
        case,
        before={"state": "queued", "asked_at": at.isoformat(), "debt_cents": 172_075},
        after={"state": "no_such", "until": "2026-12-07", "told": True, "version": 20260101,
               "period": "2026-W05", "reason": None},
    )  # fmt: skip
    session.commit()
    (row,) = table_rows(desk.get("/admin/audit?action=case.looked_at"))
    assert row["Fiche"] == f"Dossier {case.id}"
    assert row["Avant"] == ("état En file demandé le 2 juil. 2026 à 0 h 30 reste dû 1 720,75 €")
    assert row["Après"] == (
        "état no_such jusqu'au 7 déc. 2026 dit oui version 20260101 période 2026-W05 motif —"
    )


def test_every_record_of_the_trail_has_a_name() -> None:
    assert set(ENTITIES) <= set(Model.metadata.tables)


def test_every_action_of_the_code_has_words(app: Flask) -> None:
    """Those that are put together of a part and a code are told whole."""
    spoken = {f"plan.{state}" for state in PlanState} | {
        f"follow_up.{s}" for s in ("done", "cancelled")
    }
    spoken |= {
        f"directory.{side}_{deed}" for side in ("fund", "body") for deed in ("added", "edited")
    }
    spoken |= {f"person.{kind}{end}" for kind in PersonChangeKind for end in ("", "_undone")}
    spoken |= {f"case.missing_{act}_taken_back" for act in ("asked", "kept")}
    for path in python_files("energymed"):
        if "web" not in path.parts and "audit" in path.read_text(encoding="utf-8"):
            spoken |= written_actions(ast.parse(path.read_text(encoding="utf-8")))
    assert len(spoken) > 130
    with app.test_request_context():
        assert sorted(action for action in spoken if not action_in_words(action)) == []


def written_actions(tree: ast.AST) -> set[str]:
    """The actions that a module hands on, by the look of them: of a subject that is known."""
    return {
        each.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for given in call.args[:3]
        for each in ast.walk(given)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and ACTION.fullmatch(each.value)
    }
