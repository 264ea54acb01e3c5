"""A case's file: what happened, what may be done from it, corrections with a trace."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact, FollowUp
from energymed.mediation.models import Act, AidRequest, Instalment, Plan
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.reporting.makers import batch
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import SECOND_FACTOR
from tests.web.mediator.conftest import CLOSED, LATER, REACHED, MediatorDesk
from tests.web.mediator.test_save_call import AID, PLAN


def page_of(desk: MediatorDesk) -> str:
    return f"/cases/{desk.case.id}"


def call(desk: MediatorDesk, **typed: Any) -> None:
    """Call the case and save."""
    assert desk.save(desk.next_call(), **typed).status_code == 303


def act_on(desk: MediatorDesk, address: str, **typed: Any) -> str:
    """Post a form of the case's page; what the page then says."""
    data = {"case_id": desk.case.id, **typed}
    return text_of(desk.client.post(address, data=data, follow_redirects=True))


def test_the_history_tells_everything(desk: MediatorDesk) -> None:
    call(desk, **REACHED, **PLAN, **LATER, note="Paiera le 5.", follow_up_note="Vérifier")
    history = soup(desk.client.get(page_of(desk))).select_one("section[aria-labelledby=history]")
    assert history is not None
    said = " ".join(history.get_text(" ").split())
    for part in (
        "Appel sortant : Joint – titulaire",
        "Paiera le 5.",
        "Échéancier négocié",
        "600,00 €",
        "Autre suivi pour le lun. 7 déc. à 10 h",
        "Dette à l'ouverture : 600,00 €",
        "Ada Blanc",
    ):
        assert part in said


def test_a_plan_is_confirmed_and_paid(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **PLAN, **LATER)
    plan = session.scalars(select(Plan)).one()
    assert "Le fournisseur n'a pas encore confirmé." in text_of(desk.client.get(page_of(desk)))
    assert "L'échéancier est à jour." in act_on(desk, f"/plans/{plan.id}/move", state="confirmed")
    first = plan.instalments[0].id
    said = act_on(desk, f"/instalments/{first}/said", said="paid")
    assert "Dit avoir payé" in said
    session.rollback()
    instalment = session.get_one(Instalment, first)
    assert (instalment.state, instalment.said) == ("declared_paid", "paid")
    act_on(desk, f"/instalments/{first}/said", said="")
    session.rollback()
    assert (instalment.state, instalment.said) == ("due", None)
    assert session.get_one(Plan, plan.id).state == "confirmed"


def test_a_lead_confirms_with_a_source_and_may_take_it_back(
    desk: MediatorDesk, session: Session
) -> None:
    call(desk, **REACHED, **PLAN, **LATER)
    first = session.scalars(select(Instalment).order_by(Instalment.number)).first()
    assert first is not None
    address = f"/instalments/{first.id}/confirm"
    assert "Confirmer…" not in text_of(desk.client.get(page_of(desk)))
    assert desk.client.get(address).status_code == 403  # the partner's word is no mediator's
    desk.sign_in_as(make_user(session, "lead", site=desk.case.site, **SECOND_FACTOR))
    assert "Confirmer…" in text_of(desk.client.get(page_of(desk)))
    wrong = desk.client.post(address, data={"paid_on": "2027-12-24", "source": ""})
    assert wrong.status_code == 422
    assert "Dites d'où vient cette confirmation." in text_of(wrong)
    future = desk.client.post(address, data={"paid_on": "2027-12-24", "source": "courriel"})
    assert "Ce jour n'est pas encore passé." in text_of(future)
    data = {"paid_on": "2026-11-23", "source": "courriel du pôle solidarité"}
    done = desk.client.post(address, data=data, follow_redirects=True)
    assert "d'après : courriel du pôle solidarité" in text_of(done)
    session.rollback()
    assert (first.state, first.paid_cents) == ("confirmed", 0)
    withdrawn = act_on(desk, f"/confirmations/{first.confirmations[0].id}/withdraw")
    assert "confirmation retirée" in withdrawn
    session.rollback()
    assert first.state == "due"


def test_a_missed_instalment_is_told(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **PLAN, **LATER)
    first = session.scalars(select(Instalment).order_by(Instalment.number)).first()
    assert first is not None
    first.due_on = date(2026, 11, 1)
    session.commit()
    assert "1 échéance" in act_on(desk, f"/instalments/{first.id}/said", said="unpaid")
    cautions = soup(desk.client.get(page_of(desk))).select_one(".cautions")
    assert cautions is not None
    assert "manquée" in cautions.get_text()


def test_a_move_that_cannot_be_is_told(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **PLAN, **LATER)
    plan = session.scalars(select(Plan)).one()
    act_on(desk, f"/plans/{plan.id}/move", state="cancelled")
    said = act_on(desk, f"/plans/{plan.id}/move", state="kept")
    assert "Cette étape ne peut pas suivre la précédente." in said


def test_an_aid_goes_its_way_to_the_debt(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **AID, **LATER)
    aid = session.scalars(select(AidRequest)).one()
    address = f"/aids/{aid.id}/move"
    for step in (
        {"state": "complete"},
        {"state": "submitted"},
        {"state": "granted_full", "amount": "250,00"},
        {"state": "paid_to_supplier", "amount": "250,00"},
    ):
        assert "La demande d'aide est à jour." in act_on(desk, address, **step)
    assert desk.fresh().debt_cents == 35_000
    assert "Paiements confirmés − 250,00 €" in text_of(desk.client.get(page_of(desk)))


def test_an_unreadable_amount_changes_nothing(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **AID, **LATER)
    aid = session.scalars(select(AidRequest)).one()
    said = act_on(desk, f"/aids/{aid.id}/move", state="complete", amount="beaucoup")
    assert "Ce montant ne se lit pas" in said
    session.rollback()
    assert session.get_one(AidRequest, aid.id).state == "consent_given"


def test_a_result_of_today_is_corrected_with_a_trace(desk: MediatorDesk, session: Session) -> None:
    call(desk, result="opposed", note="Ne veut plus.")
    first = session.scalars(select(Contact)).one()
    link = soup(desk.client.get(page_of(desk))).select_one("a[href$='/correct']")
    assert link is not None
    address = str(link["href"])
    page = soup(desk.client.get(address))
    assert page.select_one("input[name=result][value=opposed][checked]") is not None
    answer = desk.client.post(address, data={**desk.hidden(address), "result": "no_answer"})
    assert answer.status_code == 303
    session.rollback()
    former, latter = session.scalars(select(Contact).order_by(Contact.id)).all()
    assert former.id == first.id
    assert former.voided_at is not None
    assert (latter.result, latter.corrects_id) == ("no_answer", former.id)
    assert desk.fresh().person.opposed_at is None
    assert "(barré)" in text_of(desk.client.get(page_of(desk)))


@pytest.mark.parametrize(
    "saved",
    [
        {"next_step": "close", "closure": "informed_only"},
        {"next_step": "follow_up", "follow_up_at": "2026-12-07T10:00", "follow_up_note": "CAF"},
        {"result": "callback_set", "callback_at": "2026-11-26T10:00"},
    ],
)
def test_a_correction_begins_with_all_that_was_saved(
    desk: MediatorDesk, session: Session, saved: dict[str, str]
) -> None:
    call(desk, **{**REACHED, **saved})
    contact = session.scalars(select(Contact)).one()
    page = soup(desk.client.get(f"/contacts/{contact.id}/correct"))
    for name, value in saved.items():
        ticked = page.select_one(f"[name={name}][value='{value}'], #{name} [value='{value}']")
        assert ticked is not None, name
        assert ticked.name != "option" or ticked.has_attr("selected")


def test_only_the_last_call_offers_its_correction(desk: MediatorDesk, session: Session) -> None:
    call(desk, result="technical")
    desk.client.post(f"/cases/{session.scalars(select(Contact)).one().case_id}/open")
    call(desk, result="no_answer")
    last = max(each.id for each in session.scalars(select(Contact)))
    links = soup(desk.client.get(page_of(desk))).select(".timeline a[href$='/correct']")
    assert [link["href"] for link in links] == [f"/contacts/{last}/correct"]


def test_a_correction_that_lacks_something_is_told(desk: MediatorDesk, session: Session) -> None:
    call(desk, result="no_answer")
    contact = session.scalars(select(Contact)).one()
    address = f"/contacts/{contact.id}/correct"
    answer = desk.client.post(address, data={"result": "third_party"})
    assert answer.status_code == 422
    assert "Ce résultat demande une précision." in text_of(answer)


def test_yesterdays_result_is_not_corrected(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    call(desk, result="no_answer")
    clock.shift(timedelta(days=1))
    desk.sign_in_as(desk.user)
    page = soup(desk.client.get(page_of(desk)))
    assert page.select_one("a[href$='/correct']") is None
    contact = session.scalars(select(Contact)).one()
    answer = desk.client.post(f"/contacts/{contact.id}/correct", data={"result": "busy"})
    assert "Un appel se corrige le jour même." in text_of(answer)


def test_an_act_of_today_is_crossed_out(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **PLAN, **LATER)
    act = session.scalars(select(Act)).one()
    said = act_on(desk, f"/acts/{act.id}/void")
    assert "L'acte est barré ; il reste dans l'historique." in said
    session.rollback()
    assert session.scalars(select(Plan)).one().state == "cancelled"


@pytest.mark.parametrize(
    ("channel", "result", "said"),
    [
        ("sms", "sent", "SMS : Envoyé"),
        ("email", "answered_holder", "E-mail : Reçu : le titulaire répond"),
        ("letter", "returned", "Courrier : Revenu : non distribué"),
        ("visit", "nobody_card_left", "Visite à domicile : Absence, carte laissée"),
        ("face_to_face", "met_holder", "Face à face : Rencontré : le titulaire"),
    ],
)
def test_another_channel_is_noted_with_its_result(
    desk: MediatorDesk, session: Session, channel: str, result: str, said: str
) -> None:
    address = f"{page_of(desk)}/contact"
    told = {"channel": channel, "result": result, "identity_checked": "y"}
    typed = {**desk.hidden(address), **told, "note": "Noté."}
    for _click in range(2):
        assert desk.client.post(address, data=typed).status_code == 303
    contact = session.scalars(select(Contact)).one()
    assert (contact.channel, contact.result, contact.note) == (channel, None, "Noté.")
    assert contact.exchange_result == result
    assert said in text_of(desk.client.get(page_of(desk)))


def test_a_stop_stands_on_the_page_and_nothing_was_written_to_whom_it_shields(
    desk: MediatorDesk, session: Session
) -> None:
    desk.fresh().person.opposed_at = MONDAY_MORNING
    session.commit()
    address, stop = f"{page_of(desk)}/contact", "s'oppose à être recontactée"
    page = soup(desk.client.get(address))
    assert stop in page.select(".cautions")[0].get_text()
    typed = {**desk.hidden(address), "note": "Il a appelé."}
    refused = desk.client.post(address, data={**typed, "channel": "letter", "result": "sent"})
    assert refused.status_code == 422
    assert stop in soup(refused).select(".notice-bad[data-focus]")[0].get_text()
    told = {"channel": "call_in", "result": "reached_holder", "identity_checked": "y"}
    assert desk.client.post(address, data={**typed, **told}).status_code == 303


def test_a_plan_is_agreed_in_an_incoming_call(desk: MediatorDesk, session: Session) -> None:
    address = f"{page_of(desk)}/contact"
    typed = {"channel": "call_in", "result": "reached_holder", **PLAN}
    refused = desk.client.post(address, data=typed)
    assert refused.status_code == 422
    assert "Vérifiez l'identité" in text_of(refused)
    assert desk.client.post(address, data={**typed, "identity_checked": "y"}).status_code == 303
    contact = session.scalars(select(Contact)).one()
    assert session.scalars(select(Plan)).one().act.contact_id == contact.id


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choisissez le canal."),
        ({"channel": "call_in", "identity_checked": "y"}, "Dites qui a appelé."),
        ({"channel": "sms"}, "Dites ce qui en est résulté."),
        ({"channel": "sms", "result": "met_holder"}, "Ce résultat n'est pas de ce canal"),
        ({"channel": "visit", "result": "met_holder"}, "Vérifiez l'identité"),
        ({"channel": "visit", "result": "third_party", **PLAN}, "sans avoir joint la personne"),
        ({"channel": "email", "result": "sent", **PLAN}, "sans avoir joint la personne"),
        ({"channel": "sms", "note": "FR76 3000 6000 0112 3456 7890 189"}, "ne se note jamais"),
    ],
)
def test_an_exchange_that_lacks_something_is_told(
    desk: MediatorDesk, session: Session, typed: dict[str, str], said: str
) -> None:
    answer = desk.client.post(f"{page_of(desk)}/contact", data=typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_a_waiting_case_is_put_back_into_the_queue(desk: MediatorDesk) -> None:
    call(desk, result="no_answer")
    assert desk.fresh().state == "waiting"
    assert "Le dossier est dans la file." in act_on(desk, f"{page_of(desk)}/queue")
    assert desk.fresh().state == "queued"
    assert "Ce dossier n'attend pas." in act_on(desk, f"{page_of(desk)}/queue")


def test_a_closed_case_is_not_opened(desk: MediatorDesk) -> None:
    call(desk, **REACHED, **CLOSED)
    assert "Ce dossier est clos." in act_on(desk, f"{page_of(desk)}/open")


def test_a_half_typed_call_is_proposed_on_the_file(desk: MediatorDesk) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json={"note": "Paiera le 5."})
    desk.client.post(f"{address}/release", data={"reason": "mistake"})
    assert "Vous avez ici une saisie non enregistrée" in text_of(desk.client.get(page_of(desk)))


def test_another_sites_records_are_not_found(desk: MediatorDesk, session: Session) -> None:
    call(desk, **REACHED, **PLAN, **LATER)
    contact, act = session.scalars(select(Contact)).one(), session.scalars(select(Act)).one()
    plan = session.scalars(select(Plan)).one()
    addresses = [
        f"/contacts/{contact.id}/correct", f"/acts/{act.id}/void", f"/plans/{plan.id}/move",
        f"/instalments/{plan.instalments[0].id}/said",
        f"/tasks/{session.scalars(select(FollowUp)).one().id}/finish",
    ]  # fmt: skip
    other = make_user(session)
    make_case(session, assigned_to=other)
    desk.sign_in_as(other)
    for address in addresses:
        answer = desk.client.post(address, data={"state": "cancelled", "case_id": desk.case.id})
        assert answer.status_code == 404, address
    session.rollback()
    assert session.scalars(select(Plan)).one().state == "agreed"


def test_a_mission_without_a_debt_is_not_perhaps_paid(desk: MediatorDesk, session: Session) -> None:
    for debt, said in ((None, "Absent du dernier fichier : à vérifier."), (1, "peut-être payé")):
        case = desk.add_case(debt_cents=debt)
        case.missing_since_batch_id = batch(session, case, MONDAY_MORNING).id
        session.commit()
        assert said in text_of(desk.client.get(f"/cases/{case.id}"))


def test_a_colleague_is_not_shown_what_takes_back_and_is_told_why(
    desk: MediatorDesk, session: Session
) -> None:
    both = {**PLAN, **AID, "acts": [PLAN["acts"], AID["acts"]]}
    call(desk, **REACHED, **both, **LATER)
    plan = session.scalars(select(Plan)).one()
    first = f"/instalments/{plan.instalments[0].id}/said"
    act_on(desk, first, said="paid")
    own = ("Annuler l'échéancier", "Retirer", "Retirée", "Caduque")
    found = text_of(desk.client.get(page_of(desk)))
    assert [each for each in own if each not in found] == []
    desk.sign_in_as(make_user(session, site=desk.site))
    found = text_of(desk.client.get(page_of(desk)))
    assert [each for each in own if each in found] == []
    assert "Confirmé par le fournisseur" in found
    assert "Seul l'auteur ou le chef d'équipe peut" in act_on(desk, first, said="")
    refused = act_on(desk, f"/plans/{plan.id}/move", state="cancelled")
    assert "Seul l'auteur, le médiateur du dossier ou" in refused
    desk.fresh()
    assert session.scalars(select(Plan)).one().state == "agreed"
