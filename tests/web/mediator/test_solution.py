"""The plan and the budget on the desk and the case: compared, replaced, written of, not kept."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.calling.models import CallDraft, Contact
from energymed.cases.codes import MandateKind
from energymed.cases.person_models import Mandate
from energymed.mediation.models import HouseholdBudget, Plan
from tests.factories import make_site, make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import CLOSED, LATER, REACHED, MediatorDesk
from tests.web.mediator.test_save_call import PLAN, errors

RUNNING = {"next_step": "close", "closure": "plan_running"}
BUDGET = {
    "acts": "budget_study", "budget_income": "1 543,21", "budget_rent": "612,34",
    "budget_energy": "123,45", "budget_adults": "1", "budget_children": "1",
}  # fmt: skip
BOTH = {**PLAN, **BUDGET, "acts": ["plan_agreed", "budget_study"]}
AMOUNTS = ("1543", "154321", "1 543", "612,34", "61234")
GUARDIAN = {**REACHED, "result": "reached_mandated", "relation": "guardian"}


def fragment(desk: MediatorDesk, address: str, **typed: Any) -> str:
    return text_of(desk.client.post(f"{address}/schedule", data={**PLAN, **typed}))


def words_of(answer: TestResponse) -> str:
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(BytesIO(answer.data)) as found:
        assert found.Root.MarkInfo.Marked
        assert str(found.Root.Lang) == "fr"
        with found.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            return str(told["dc:title"])


def agreed(desk: MediatorDesk, session: Session, **typed: Any) -> Plan:
    desk.save(desk.next_call(), **{**REACHED, **PLAN, **LATER, **typed})
    desk.client.post(f"/cases/{desk.case.id}/open")
    return session.scalars(select(Plan).order_by(Plan.id.desc())).first()  # type: ignore[return-value]


# --- plans side by side


def test_three_plans_stand_side_by_side(desk: MediatorDesk) -> None:
    said = fragment(desk, desk.next_call(), plan_count="")
    assert "3 × 200,00 €" in said
    assert "6 × 100,00 €" in said
    assert "10 × 60,00 € Z jusqu'au 5 oct. 2027" in said
    assert "choisi" not in said
    assert "budget" not in said.lower().replace("tapez les ressources", "")


def test_the_one_that_is_typed_stands_among_its_neighbours(desk: MediatorDesk) -> None:
    said = fragment(desk, desk.next_call(), plan_count="", plan_size="120")
    assert "4 × 150,00 €" in said
    assert "5 × 120,00 € X jusqu'au 5 mai 2027 · choisi" in said
    assert "6 × 100,00 €" in said


def test_without_a_day_they_begin_as_soon_as_can_be(desk: MediatorDesk) -> None:
    page = soup(
        desk.client.post(
            f"{desk.next_call()}/schedule", data={**PLAN, "plan_first_due_on": "", "plan_count": ""}
        )
    )
    assert {each["data-first"] for each in page.select("[data-plan-choice]")} == {"2026-12-05"}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ({"plan_day": "31", "plan_month": "2027-02"}, "28 févr. 2027"),
        ({"plan_day": "10"}, "10 déc. 2026"),
        ({"plan_month": "2027-03"}, "5 mars 2027"),
    ],
)
def test_a_day_of_the_month_stands_for_a_date(
    desk: MediatorDesk, typed: dict[str, str], day: str
) -> None:
    said = fragment(desk, desk.next_call(), plan_first_due_on="", **typed)
    assert f"d'abord 100,00 € le {day.replace('28 févr.', '1 mars')}" in said  # a Sunday


def test_the_end_of_the_month_is_saved_so(desk: MediatorDesk, session: Session) -> None:
    typed = {**PLAN, "plan_first_due_on": "", "plan_day": "31", "plan_month": "2027-01"}
    desk.save(desk.next_call(), **{**REACHED, **typed, **LATER})
    plan = session.scalars(select(Plan)).one()
    assert [each.due_on.isoformat() for each in plan.instalments] == [
        "2027-02-01", "2027-03-01", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30",
    ]  # fmt: skip


# --- beyond what the mediator grants


def test_beyond_the_limits_the_partner_has_to_agree(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    said = fragment(desk, address, plan_count="13")
    assert "13 échéances : le partenaire en prévoit 12 au plus." in said
    assert "L'échéancier est noté « proposé » jusqu'à l'accord du partenaire." in said
    refused = desk.save(address, **{**REACHED, **PLAN, **RUNNING, "plan_count": "13"})
    assert refused.status_code == 422
    assert "attend l'accord du partenaire" in errors(refused)
    desk.save(address, **{**REACHED, **PLAN, **LATER, "plan_count": "13"})
    plan = session.scalars(select(Plan)).one()
    assert plan.state == "proposed"
    page = desk.client.get(f"/cases/{desk.case.id}")
    assert "Il attend l'accord du partenaire." in text_of(page)
    desk.client.post(f"/plans/{plan.id}/move", data={"state": "confirmed"})
    assert session.get_one(Plan, plan.id).state == "confirmed"


def test_no_partner_grants_it(desk: MediatorDesk) -> None:
    address = desk.next_call()
    refused = desk.save(address, **{**REACHED, **PLAN, **LATER, "plan_count": "37"})
    assert refused.status_code == 422
    assert "37 échéances : le partenaire en prévoit 36 au plus." in errors(refused)


# --- renegotiated


def test_a_running_plan_is_renegotiated_at_the_desk(desk: MediatorDesk, session: Session) -> None:
    former = agreed(desk, session)
    address = f"/call/{desk.case.id}"
    assert "Cet échéancier remplace celui qui est en cours" in text_of(desk.client.get(address))
    assert "Il remplace celui du 23 nov. 2026 (6 échéances" in fragment(
        desk, address, plan_replaces="y"
    )
    anew = {**REACHED, **PLAN, **RUNNING, "plan_count": "10"}
    refused = desk.save(address, **anew)
    assert "dites que celui-ci le remplace" in errors(refused)
    assert desk.save(address, **anew, plan_replaces="y").status_code == 303
    session.expire_all()
    new = session.scalars(select(Plan).where(Plan.replaces_plan_id == former.id)).one()
    assert (former.state, new.state) == ("renegotiated", "agreed")
    said = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Renégocié le 23 nov. 2026 : voir l'échéancier qui le remplace" in said
    assert "Il remplace l'échéancier précédent" in said


def test_where_no_plan_runs_nothing_is_replaced(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    assert page.select_one("#plan_replaces") is None


# --- tutelle


def test_under_tutelle_the_guardian_agrees(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    noted = desk.client.post(
        f"/cases/{desk.case.id}/mandates",
        data={"mandate-kind": "tutelle", "mandate-name": "UDAF 26", "desk": "1"},
        headers={"HX-Request": "true"},
    )
    assert "Tutelle UDAF 26 sans justificatif vu" in text_of(noted)
    assert "sans son tuteur dans l'échange" in fragment(desk, address, **REACHED)
    refused = desk.save(address, **REACHED, **PLAN, **RUNNING)
    assert "Personne sous tutelle" in errors(refused)
    assert "Total 600,00 €" in fragment(desk, address, **GUARDIAN)
    assert desk.save(address, **GUARDIAN, **PLAN, **RUNNING).status_code == 303
    assert session.scalars(select(Plan)).one().state == "agreed"


def test_in_an_exchange_the_guardian_takes_part(desk: MediatorDesk, session: Session) -> None:
    address = f"/cases/{desk.case.id}/contact"
    assert soup(desk.client.get(address)).select_one("#guardian") is None
    desk.client.post(f"/cases/{desk.case.id}/mandates", data={"mandate-kind": "tutelle"})
    form = desk.hidden(address)
    met = {"channel": "face_to_face", "result": "met_mandated", "identity_checked": "y"}
    typed = {**form, **PLAN, **met}
    assert "Personne sous tutelle" in errors(desk.client.post(address, data=typed))
    assert desk.client.post(address, data={**typed, "guardian": "y"}).status_code == 303
    assert session.scalars(select(Plan)).one().state == "agreed"


def test_a_measure_ends_on_the_case(desk: MediatorDesk, session: Session) -> None:
    desk.client.post(f"/cases/{desk.case.id}/mandates", data={"mandate-kind": "curatelle"})
    mandate = session.scalars(select(Mandate)).one()
    assert mandate.kind == MandateKind.CURATELLE
    assert "Curatelle" in text_of(desk.client.get(f"/cases/{desk.case.id}"))
    desk.client.post(f"/mandates/{mandate.id}/end")
    session.expire_all()
    assert mandate.ended_at is not None
    page = desk.client.post(
        f"/cases/{desk.case.id}/mandates", data={"mandate-kind": ""}, headers={"HX-Request": "true"}
    )
    assert "Dites qui parle pour la personne." in text_of(page)


# --- the budget


def test_the_verdict_stands_beside_each_plan(desk: MediatorDesk) -> None:
    said = fragment(desk, desk.next_call(), **BOTH)
    assert said.count("Le budget tient") == 4 + 1  # the choices, and the findings
    assert "Reste à vivre par mois 807,42 €" in said
    assert "Après l'échéance (100,00 €) 707,42 €" in said
    assert "Par unité de consommation (1,5) 471,61 €" in said
    assert "Par unité et par jour 15,51 €" in said
    assert "Part de l'énergie 8,0 %" in said
    assert "élevée" not in said
    tight = fragment(desk, desk.next_call(), **{**BOTH, "budget_rent": "1 000", "plan_count": "3"})
    assert "3 × 200,00 € X jusqu'au 5 mars 2027 · choisi Le budget ne tient pas" in tight


def test_the_band_alone_is_kept_and_no_draft_holds_an_amount(
    desk: MediatorDesk, session: Session
) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json={**BOTH, "note": "Paiera."})
    refused = desk.save(address, **{**REACHED, **BOTH, "plan_count": ""})
    assert refused.status_code == 422
    kept = str(session.scalars(select(CallDraft)).one().content)
    assert "budget_study" in kept
    assert not any(amount in kept for amount in AMOUNTS)
    assert soup(refused).select_one("#budget_income[value='1 543,21']") is not None
    assert desk.save(address, **{**REACHED, **BOTH, **RUNNING}).status_code == 303
    found = session.scalars(select(HouseholdBudget)).one()
    assert (found.band, found.instalment_cents, found.amounts) == ("holds", 10_000, None)
    page = desk.client.get(f"/cases/{desk.case.id}")
    assert "montants non gardés" in text_of(page)
    assert desk.client.get(f"/budgets/{found.id}/summary.pdf").status_code == 404


def test_where_the_person_agrees_the_budget_is_a_document(
    desk: MediatorDesk, session: Session
) -> None:
    desk.save(desk.next_call(), **{**REACHED, **BOTH, **RUNNING, "budget_kept": "y"})
    found = session.scalars(select(HouseholdBudget)).one()
    assert found.amounts == {"income": 154_321, "rent": 61_234, "energy": 12_345}
    page = soup(desk.client.get(f"/cases/{desk.case.id}"))
    link = page.select_one("a[href$='summary.pdf']")
    assert link is not None
    assert words_of(desk.client.get(str(link["href"]))) == "Synthèse du budget du foyer"


def test_a_document_of_what_is_typed_keeps_nothing(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    answer = desk.client.post(f"{address}/budget.pdf", data=BOTH)
    assert words_of(answer) == "Synthèse du budget du foyer"
    assert session.scalars(select(HouseholdBudget)).all() == []
    for wrong in ({"budget_income": "douze"}, {"budget_adults": "0"}):
        assert desk.client.post(f"{address}/budget.pdf", data={**BOTH, **wrong}).status_code == 400


def test_what_was_found_is_asked(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    study = {**REACHED, **CLOSED, "acts": "budget_study"}
    refused = desk.save(address, **study)
    assert "Donnez les ressources du mois, ou dites ce qui a été trouvé." in errors(refused)
    assert desk.save(address, **study, budget_band="tight").status_code == 303
    assert session.scalars(select(HouseholdBudget)).one().band == "tight"
    assert "Le budget est juste" in text_of(desk.client.get(f"/cases/{desk.case.id}"))


def test_above_a_guideline_the_desk_asks_why(desk: MediatorDesk) -> None:
    said = fragment(desk, desk.next_call(), **BOTH, budget_phone="75,01")
    assert "Au-dessus du repère, demandez pourquoi : téléphone et internet." in said
    assert "demandez pourquoi" not in fragment(desk, desk.next_call(), **BOTH, budget_phone="75")


# --- the letter


def test_the_letter_of_a_plan_is_on_file_once_it_was_sent(
    desk: MediatorDesk, session: Session
) -> None:
    plan = agreed(desk, session)
    before = len(session.scalars(select(Contact)).all())
    assert words_of(desk.client.get(f"/plans/{plan.id}/agreement.pdf")) == "Accord d’échéancier"
    assert len(session.scalars(select(Contact)).all()) == before
    for _press in range(2):
        desk.client.post(f"/plans/{plan.id}/letter")
    session.expire_all()
    letters = session.scalars(select(Contact).where(Contact.channel == "letter")).all()
    assert [letter.id for letter in letters] == [plan.letter_contact_id]
    assert "courrier envoyé" in text_of(desk.client.get(f"/cases/{desk.case.id}"))


def test_of_a_plan_that_is_over_there_is_no_letter(desk: MediatorDesk, session: Session) -> None:
    plan = agreed(desk, session)
    desk.client.post(f"/plans/{plan.id}/move", data={"state": "cancelled"})
    assert desk.client.get(f"/plans/{plan.id}/agreement.pdf").status_code == 409
    desk.client.post(f"/plans/{plan.id}/letter")
    session.expire_all()
    assert plan.letter_contact_id is None


def test_a_saved_plan_leads_to_its_letter(desk: MediatorDesk) -> None:
    desk.save(desk.next_call(), **{**REACHED, **PLAN, **LATER})
    page = soup(desk.client.get("/queue"))
    link = page.select_one("[data-saved] a[href$='agreement.pdf']")
    assert link is not None
    assert desk.client.get(str(link["href"])).status_code == 200


def test_another_sites_documents_are_nobodys(desk: MediatorDesk, session: Session) -> None:
    plan = agreed(desk, session, **BOTH, budget_kept="y")
    budget = session.scalars(select(HouseholdBudget)).one()
    addresses = (f"/plans/{plan.id}/agreement.pdf", f"/budgets/{budget.id}/summary.pdf")
    assert [desk.client.get(each).status_code for each in addresses] == [200, 200]
    desk.sign_in_as(make_user(session, site=make_site(session)))
    assert [desk.client.get(each).status_code for each in addresses] == [404, 404]
