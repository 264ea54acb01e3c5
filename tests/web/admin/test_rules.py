"""The administrator's rules: seen, changed from a day on, for all or for one campaign."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.partners.models import DatedRule
from energymed.partners.result_rules import RESULT_RULES
from energymed.partners.rule_shapes import (
    CASCADE,
    MESSAGES,
    PROCEDURE,
    RULES,
    SIGNALS,
    SOLUTIONS,
    WAITING,
)
from energymed.partners.rulebook import DEFAULTS, load_calling_rules, load_message_rules
from tests.factories import make_partner
from tests.web.admin.conftest import TODAY, WHY, campaign_of
from tests.web.helpers import soup, table_rows, text_of


def test_every_rule_and_every_result_is_listed_in_words(desk: FlaskClient) -> None:
    page = desk.get("/admin/rules")
    tables = soup(page).select("table")
    listed = [len(table.select("tbody tr")) for table in tables]
    sections = (PROCEDURE, MESSAGES, SIGNALS, SOLUTIONS, WAITING, CASCADE)
    apart = [len(section) for section in sections]
    assert listed == [len(RULES) - sum(apart), *apart, len(RESULT_RULES)]
    assert all("stacks" in table["class"] for table in tables)
    words = text_of(page)
    assert "9 h – 12 h 30, 13 h 30 – 19 h" in words
    assert "4 en 30 jours, sur 2 demi-journées différentes" in words
    assert "rappel une fois encore le jour même" in words
    assert "à la 2e fois, clos : Refus" in words
    assert "Puissance réduite avant une coupure" in words


def test_a_rule_changes_from_a_day_on_and_the_former_one_stays_on_file(
    desk: FlaskClient, session: Session
) -> None:
    start = TODAY + timedelta(days=7)
    sent = {**WHY, "valid_from": start.isoformat(), "number": "90"}
    assert desk.post("/admin/rules/refusal_rest_days", data=sent).status_code == 303
    assert load_calling_rules(session, TODAY).refusal_rest_days == 60
    assert load_calling_rules(session, start).refusal_rest_days == 90
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "rule.changed")).one()
    assert (event.after or {})["value"] == 90
    page = desk.get("/admin/rules/refusal_rest_days")
    assert [row["Valeur"].split()[0] for row in table_rows(page)] == ["90", "60"]
    assert "à venir" in text_of(page)


def test_a_campaign_has_its_own_hours_until_they_are_taken_back(
    desk: FlaskClient, session: Session
) -> None:
    suez = make_partner(session)
    own = campaign_of(session, suez.id, "unpaid_bill")
    session.commit()
    address = f"/admin/rules/calling_windows?scope=campaign-{own.id}"
    desk.post(address, data={**WHY, "windows": "14h00 - 17h30, 18:00-19:00"})
    of_suez = load_calling_rules(session, TODAY, partner_id=suez.id, kind="unpaid_bill")
    assert [f"{start:%H:%M}" for start, _end in of_suez.windows] == ["14:00", "18:00"]
    assert len(load_calling_rules(session, TODAY).windows) == 2
    rule = session.scalars(select(DatedRule).where(DatedRule.campaign_id == own.id)).one()
    desk.post(f"/admin/rules/{rule.id}/end?scope=campaign-{own.id}")
    again = load_calling_rules(session, TODAY, partner_id=suez.id, kind="unpaid_bill")
    assert again.windows == load_calling_rules(session, TODAY).windows


def test_a_mission_stands_between_a_campaign_and_everybody(
    desk: FlaskClient, session: Session
) -> None:
    suez = make_partner(session)
    own = campaign_of(session, suez.id, "cutoff_notice")
    session.commit()
    code = "/admin/rules/attempts_per_day"
    desk.post(f"{code}?scope=kind-cutoff_notice", data={**WHY, "number": "2"})
    asked = {"partner_id": suez.id, "kind": "cutoff_notice"}
    assert load_calling_rules(session, TODAY, **asked).attempts_per_day == 2
    desk.post(f"{code}?scope=campaign-{own.id}", data={**WHY, "number": "3"})
    assert load_calling_rules(session, TODAY, **asked).attempts_per_day == 3
    assert load_calling_rules(session, TODAY).attempts_per_day == 1
    assert "règle plus générale" in text_of(desk.get(f"{code}?scope=campaign-{own.id}"))


def test_a_result_is_declared_otherwise(desk: FlaskClient, session: Session) -> None:
    address = "/admin/rules/result.no_answer"
    form = soup(desk.get(address)).select_one("form.panel")
    assert form is not None
    assert {each["name"] for each in form.select("[name]") if each["name"] != "csrf_token"} >= {
        "again", "hours", "by", "most", "closure", "requires",
    }  # fmt: skip
    sent = {**WHY, "again": "hours", "hours": "18", "by": "anyone", "most": "3",
            "closure": "unreachable", "requires": ["phone"]}  # fmt: skip
    assert desk.post(address, data=sent).status_code == 303
    rule = load_calling_rules(session, TODAY).results["no_answer"]
    assert (rule.again, rule.hours, rule.by, rule.most) == ("hours", 18, "anyone", 3)
    assert (rule.closure, rule.requires) == ("unreachable", ("phone",))
    words = text_of(desk.get("/admin/rules"))
    assert "rappel après 18 heures" in words
    assert "rappelle : le premier médiateur libre" in words


def test_what_the_law_asks_is_not_declared_away(desk: FlaskClient, session: Session) -> None:
    address = "/admin/rules/result.opposed"
    assert "again" not in desk.get(address).get_data(as_text=True)
    desk.post(address, data={**WHY, "closure": "settled", "case": "retry", "person": ""})
    rule = load_calling_rules(session, TODAY).results["opposed"]
    assert rule == RESULT_RULES["opposed"]
    desk.post("/admin/rules/result.reached_holder", data=WHY)
    asked = load_calling_rules(session, TODAY).results["reached_holder"].requires
    assert asked == ("identity_checked",)


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("calling_windows", {"windows": "9 à midi"}, "Écrivez les plages"),
        ("calling_windows", {"windows": "12:00-9:00"}, "finit avant de commencer"),
        ("calling_windows", {"windows": "9:00-12:00, 11:00-13:00"}, "sans se chevaucher"),
        ("calling_weekdays", {}, "au moins un jour"),
        ("calling_bounds", {"earliest": "20:00", "latest": "08:00"}, "finit avant de commencer"),
        ("attempts_per_day", {"number": "12"}, "un nombre de 1 à 3"),
        ("attempts_per_day", {"number": ""}, "Donnez un nombre"),
        ("attempts_per_period", {"attempts": 4, "days": 0, "half_days": 2}, "de 1 à 365"),
        ("winter_truce", {"first": "31/02", "last": "31/03"}, "Ce jour n'existe pas"),
        ("result.no_answer", {"again": "hours", "by": "me"}, "de 1 à 336"),
        ("result.busy", {"again": "same_day", "by": "me", "most": 2}, "comment le dossier se clôt"),
        ("attempts_per_day", {"number": "2", "source": ""}, "Dites pourquoi"),
        ("attempts_per_day", {"number": "2", "valid_from": "2026-11-01"}, "ne change pas le passé"),
    ],
)
def test_what_makes_no_sense_is_told_and_kept_on_the_form(
    desk: FlaskClient, session: Session, code: str, typed: dict[str, str], said: str
) -> None:
    before = len(session.scalars(select(DatedRule)).all())
    answer = desk.post(f"/admin/rules/{code}", data={**WHY, **typed})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert len(session.scalars(select(DatedRule)).all()) == before


def test_what_is_not_there_is_not_found(desk: FlaskClient) -> None:
    for end in ("/nothing", "/result.nothing", "?scope=campaign-999", "?scope=kind-nothing"):
        assert desk.get(f"/admin/rules{end}").status_code == 404
    gone = desk.post("/admin/rules/999/end", follow_redirects=True)
    assert "n'existe pas" in text_of(gone)
    everybody = "/admin/rules/lease_minutes?scope=kind-appointment"
    refused = desk.post(everybody, data={**WHY, "number": 10})
    assert "la même pour toutes" in text_of(refused)


def test_a_general_rule_is_changed_never_taken_away(desk: FlaskClient, session: Session) -> None:
    rule = session.scalars(select(DatedRule).where(DatedRule.code == "calling_windows")).one()
    page = desk.post(f"/admin/rules/{rule.id}/end", follow_redirects=True)
    assert "se change, elle ne se retire pas" in text_of(page)
    assert rule.valid_from == date(2000, 1, 1)
    assert rule.valid_to is None


def test_every_dated_rule_has_its_page(desk: FlaskClient) -> None:
    assert set(RULES) == set(DEFAULTS)
    for code in RULES:
        assert desk.get(f"/admin/rules/{code}").status_code == 200


def test_rules_on_messages_are_changed_for_a_campaign(desk: FlaskClient, session: Session) -> None:
    suez = make_partner(session)
    own = campaign_of(session, suez.id, "unpaid_bill")
    session.commit()
    scope = f"?scope=campaign-{own.id}"
    gap = f"/admin/rules/message_gap_days{scope}"
    assert desk.post(gap, data={**WHY, "number": 1}).status_code == 303
    names = f"/admin/rules/message_names_partner{scope}"
    assert desk.post(names, data={**WHY, "yes": "yes"}).status_code == 303
    rules = load_message_rules(session, TODAY, partner_id=suez.id, kind="unpaid_bill")
    assert (rules.gap_days, rules.names_partner) == (1, True)
    assert not load_message_rules(session, TODAY).names_partner
    rows = table_rows(desk.get(f"/admin/rules{scope}"), "section[aria-labelledby=messages] table")
    assert [row["Aujourd'hui"].split(" propre")[0] for row in rows] == ["1 jour", "Oui"]
    assert desk.post(names, data={**WHY, "yes": "no"}).status_code == 303
    for typed in ("", "perhaps"):
        assert desk.post(names, data={**WHY, "yes": typed}).status_code == 422
    assert desk.post(names, data=WHY).status_code == 422


@pytest.mark.parametrize(
    ("hours", "said"), [(1, "rappel après 1 heure ·"), (18, "rappel après 18 heures ·")]
)
def test_one_hour_is_one(desk: FlaskClient, hours: int, said: str) -> None:
    sent = {**WHY, "again": "hours", "hours": hours, "by": "me"}
    assert desk.post("/admin/rules/result.no_answer", data=sent).status_code == 303
    assert said in text_of(desk.get("/admin/rules"))


def test_who_calls_back_is_asked_where_somebody_does(desk: FlaskClient) -> None:
    for code, rule in RESULT_RULES.items():
        asked = soup(desk.get(f"/admin/rules/result.{code}")).select("#by")
        assert bool(asked) == (rule.case in ("retry", "callback"))
