"""The desk says what follows a result before it is saved, and proposes when to come back."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.context import Context
from energymed.partners.result_rules import RESULT_RULES, as_value
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import REACHED, MediatorDesk


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("no_answer", "essai : demain à 13 h 30 (l'autre demi-journée)."),
        ("busy", "Prochain essai : aujourd'hui à 10 h 45 (une fois encore le jour même)."),
        ("refused", "plus appelée jusqu'au 22 janv. 2027, pour aucun partenaire."),
        ("opposed", "Arrêt définitif : la personne et ses numéros ne seront plus appelés"),
        ("deceased", "Arrêt définitif : ce foyer n'est plus jamais appelé."),
        ("wrong_number", "se clôt : Coordonnées erronées (plus aucun numéro à appeler)."),
        ("technical", "Ne compte pas comme un essai : le dossier revient aujourd'hui à 10 h 45."),
        ("language_barrier", "Un interprète est à trouver : le dossier revient demain à 9 h."),
        ("moved", "Le dossier se clôt : Déménagé."),
    ],
)  # fmt: skip
def test_what_follows_is_said(desk: MediatorDesk, result: str, said: str) -> None:
    address = desk.next_call()
    phone = desk.case.person.phones[0].id
    answer = desk.client.post(f"{address}/next-step", data={"result": result, "phone_id": phone})
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert desk.fresh().state == "in_call"


def test_nothing_is_said_without_a_result_or_with_an_unknown_one(desk: MediatorDesk) -> None:
    address = desk.next_call()
    for result in ("", "gone_fishing", "callback_set"):
        answer = desk.client.post(f"{address}/next-step", data={"result": result})
        assert (answer.status_code, text_of(answer).strip()) == (200, "")


@pytest.mark.parametrize(
    ("typed", "value", "why"),
    [
        ({"acts": "pays_full", "pays_full_promised_on": "2026-12-04"}, "2026-12-07T10:00",
         "lendemain du paiement promis"),
        ({"acts": "plan_agreed", "plan_first_due_on": "2026-12-15"}, "2026-12-16T10:00",
         "lendemain de la première échéance"),
        ({"acts": "aid_opened"}, "2026-11-30T10:00", "où en sont les pièces de la demande"),
        ({"acts": "extension", "extension_new_due_on": "2026-12-24"}, "2026-12-28T10:00",
         "lendemain du délai accordé"),
    ],
)  # fmt: skip
def test_what_was_agreed_proposes_when_to_come_back(
    desk: MediatorDesk, typed: dict[str, str], value: str, why: str
) -> None:
    address = desk.next_call()
    page = soup(desk.client.post(f"{address}/next-step", data={**REACHED, **typed}))
    (button,) = page.select("#proposals [data-picks=follow_up_at] button")
    assert (button["data-pick"], why in button.get_text()) == (value, True)


def test_what_a_campaign_requires_is_asked_on_the_desk(
    desk: MediatorDesk, session: Session
) -> None:
    admin = make_user(session, "admin").as_actor()
    rule = replace(RESULT_RULES["no_answer"], requires=("reported_by",))
    change_rule(
        Context(session, admin),
        Scope(),
        "result.no_answer",
        as_value(rule),
        valid_from=date(2026, 11, 23),
        source="essai",
    )
    session.commit()
    page = soup(desk.client.get(desk.next_call()))
    control = page.select_one("#reported_by")
    part = control.find_parent(attrs={"data-show": True}) if control else None
    assert part is not None
    assert set(str(part["data-show"]).removeprefix("result=").split()) == {"deceased", "no_answer"}


def test_nobody_of_a_bereaved_household_is_dialled(desk: MediatorDesk, session: Session) -> None:
    other = desk.add_case()
    other.person.household_id = desk.case.person.household_id
    other.person.deceased_at = now()
    session.commit()
    answer = desk.client.post(f"/inbound/{desk.case.id}", follow_redirects=True)
    page = soup(answer)
    assert "Décès déclaré : ce foyer n'est plus jamais contacté." in text_of(answer)
    assert page.select("a[href^='tel:']") == []
    assert "ne pas appeler" in text_of(answer)
