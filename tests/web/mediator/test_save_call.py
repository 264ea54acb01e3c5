"""Saving a call: every act in one transaction, nothing half-written, nothing written twice."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact, FollowUp
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Plan, Referral
from tests.factories import make_case
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import CLOSED, LATER, REACHED, MediatorDesk

PLAN = {
    "acts": "plan_agreed", "plan_amount": "600,00", "plan_count": "6", "plan_frequency": "monthly",
    "plan_first_due_on": "2027-01-05", "plan_method": "direct_debit",
}  # fmt: skip
AID = {"acts": "aid_opened", "aid_fund": "fsl_energy", "aid_consent": "y", "aid_amount": "250"}
REFERRAL = {
    "acts": "referral", "referral_body": "ccas", "referral_reason": "budget",
    "referral_mode": "coordinates_given", "referral_consent": "y",
}  # fmt: skip
CHEQUE = {
    "acts": "energy_cheque_awareness", "cheque_campaign_year": "2026",
    "cheque_status": "received_unused", "cheque_topics": ["asked_received", "expiry"],
}  # fmt: skip


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def errors(answer: Any) -> str:
    summary = soup(answer).select_one(".notice-bad[role=alert][data-focus]")
    return " ".join(summary.get_text(" ").split()) if summary else ""


def test_a_plan_is_saved_with_its_call(desk: MediatorDesk, session: Session) -> None:
    answer = desk.save(desk.next_call(), **REACHED, **PLAN, **LATER, save="1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/queue")
    plan = session.scalars(select(Plan)).one()
    contact = session.scalars(select(Contact)).one()
    assert [each.amount_cents for each in plan.instalments] == [10_000] * 6
    assert plan.act.contact_id == contact.id
    assert contact.details == {"identity_checked": True}
    assert desk.fresh().state == "waiting"


def test_an_aid_is_opened(desk: MediatorDesk, session: Session) -> None:
    desk.save(desk.next_call(), **REACHED, **AID, **LATER, aid_missing_documents=["bill"])
    aid = session.scalars(select(AidRequest)).one()
    assert (aid.fund, aid.state, aid.amount_requested_cents) == (
        "fsl_energy", "documents_pending", 25_000,
    )  # fmt: skip


def test_a_referral_is_made(desk: MediatorDesk, session: Session) -> None:
    desk.save(desk.next_call(), **REACHED, **REFERRAL, next_step="close", closure="referred")
    assert session.scalars(select(Referral)).one().body == "ccas"
    assert desk.fresh().closure == "referred"


def test_the_energy_cheque_is_explained(desk: MediatorDesk, session: Session) -> None:
    answer = desk.save(desk.next_call(), **REACHED, **CHEQUE, **CLOSED)
    assert answer.status_code == 303, errors(answer)
    talk = session.scalars(select(ChequeAwareness)).one()
    assert (talk.campaign_year, talk.topics) == (2026, ["asked_received", "expiry"])


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("info_given", {"info_given_topics": ["rights"]}, {"topics": ["rights"]}),
        (
            "paid_already",
            {"paid_already_declared_on": "2026-11-20", "paid_already_amount_cents": "80"},
            {"declared_on": "2026-11-20", "amount_cents": 8_000},
        ),
        (
            "pays_full",
            {"pays_full_promised_on": "2026-12-05", "pays_full_amount_cents": "600,00",
             "pays_full_method": "transfer"},
            {"promised_on": "2026-12-05", "amount_cents": 60_000, "method": "transfer"},
        ),
        (
            "dispute",
            {"dispute_subject": "reading", "dispute_complaint_on": "2026-11-02",
             "dispute_reason": "Relevé contesté", "dispute_forwarded_to": "mne"},
            {"subject": "reading", "complaint_on": "2026-11-02", "forwarded_to": "mne",
             "reason": "Relevé contesté"},
        ),
        ("energy_advice", {"energy_advice_topics": ["heating"]}, {"topics": ["heating"]}),
        ("overindebtedness", {"overindebtedness_stage": "filed"}, {"stage": "filed"}),
        (
            "no_capacity",
            {"no_capacity_referral_refused": "y"},
            {"referral_refused": True},
        ),
        (
            "refuses_solution",
            {"refuses_solution_offered": ["plan", "delay"], "refuses_solution_why": "not_yet"},
            {"offered": ["plan", "delay"], "why": "not_yet"},
        ),
        (
            "tariff_check",
            {"tariff_check_checked": ["power"], "tariff_check_found": ["power_too_high"],
             "tariff_check_said": ["lower_power"]},
            {"checked": ["power"], "found": ["power_too_high"], "said": ["lower_power"]},
        ),
        (
            "hold_asked",
            {"hold_asked_asked_of": "supplier", "hold_asked_subjects": ["reminders", "limitation"],
             "hold_asked_reason": "aid_pending", "hold_asked_until": "2026-12-23"},
            {"asked_of": "supplier", "subjects": ["reminders", "limitation"],
             "reason": "aid_pending", "until": "2026-12-23"},
        ),
        (
            "supplier_action",
            {"supplier_action_actions": ["debit_date", "power"]},
            {"actions": ["debit_date", "power"]},
        ),
    ],
)  # fmt: skip
def test_every_other_act_keeps_its_answers(
    desk: MediatorDesk, session: Session, kind: str, typed: dict[str, Any], kept: dict[str, Any]
) -> None:
    answer = desk.save(desk.next_call(), **REACHED, **CLOSED, acts=kind, **typed)
    assert answer.status_code == 303, errors(answer)
    act = session.scalars(select(Act)).one()
    assert (act.kind, act.details) == (kind, kept)


def test_several_acts_go_together_and_the_referral_comes_first(
    desk: MediatorDesk, session: Session
) -> None:
    acts = ["no_capacity", "referral", "aid_opened"]
    typed = {**AID, **REFERRAL, "acts": acts}
    assert desk.save(desk.next_call(), **REACHED, **CLOSED, **typed).status_code == 303
    assert set(session.scalars(select(Act.kind))) == set(acts)


def test_save_and_next_opens_the_next_case(desk: MediatorDesk) -> None:
    following = desk.add_case()
    answer = desk.save(desk.next_call(), result="no_answer", next="1")
    assert answer.headers["Location"] == f"/call/{following.id}"


def test_the_last_one_leads_back_to_the_queue(desk: MediatorDesk) -> None:
    answer = desk.save(desk.next_call(), result="no_answer", next="1")
    assert answer.headers["Location"] == "/queue"
    assert "Il n'y a personne d'autre à appeler" in text_of(desk.client.get("/queue"))


def test_a_callback_comes_back_at_its_time(desk: MediatorDesk, session: Session) -> None:
    desk.save(desk.next_call(), result="callback_set", callback_at="2026-11-25T14:30")
    follow_up = session.scalars(select(FollowUp)).one()
    assert follow_up.due_at.isoformat() == "2026-11-25T13:30:00+00:00"
    assert desk.fresh().waiting_reason == "callback"


def test_the_holder_is_not_reached_without_the_identity_check(
    desk: MediatorDesk, session: Session
) -> None:
    answer = desk.save(desk.next_call(), result="reached_holder", **CLOSED)
    assert answer.status_code == 422
    assert "Vérifiez l'identité avant de parler de la dette" in errors(answer)
    assert count(session, Contact) == 0


def test_a_refusal_keeps_everything_typed(desk: MediatorDesk, session: Session) -> None:
    typed = {**PLAN, "plan_amount": "60000", "note": "Paiera le 5 du mois."}
    answer = desk.save(desk.next_call(), **REACHED, **LATER, **typed)
    assert answer.status_code == 422
    assert "L'échéancier dépasse la dette du dossier" in errors(answer)
    page = soup(answer)
    link = page.select_one(".notice-bad[data-focus] a")
    assert link is not None
    assert link["href"] == "#plan_amount"
    for name, value in (("plan_amount", "60000"), ("plan_count", "6")):
        control = page.select_one(f"#{name}")
        assert control is not None
        assert control["value"] == value
    assert "Paiera le 5 du mois." in page.select("textarea")[0].get_text()
    assert page.select_one("input[name=acts][value=plan_agreed][checked]") is not None
    assert (count(session, Contact), count(session, Act), count(session, Plan)) == (0, 0, 0)


def test_an_act_that_fails_takes_the_whole_call_back(desk: MediatorDesk, session: Session) -> None:
    typed = {**AID, **REFERRAL, "acts": ["aid_opened", "referral"], "referral_consent": ""}
    del typed["referral_consent"]
    answer = desk.save(desk.next_call(), **REACHED, **CLOSED, **typed)
    assert answer.status_code == 422
    assert "Sans l'accord de la personne" in errors(answer)
    assert (count(session, Contact), count(session, AidRequest)) == (0, 0)
    assert desk.fresh().state == "in_call"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choisissez le résultat de l'appel."),
        ({"result": "no_answer", "acts": "refuses_solution"}, "Rien ne peut être convenu"),
        ({"result": "wrong_number"}, "Dites quel numéro a été composé."),
        ({"result": "third_party"}, "Ce résultat demande une précision."),
        ({"result": "callback_set", "callback_at": "2026-11-25T22:00"}, "hors des heures d'appel"),
        ({**REACHED}, "Dites ce qui suit"),
        ({**REACHED, "next_step": "close"}, "Choisissez comment le dossier se clôt."),
        ({**REACHED, **CLOSED, **PLAN, "plan_amount": "douze"}, "Ce montant ne se lit pas"),
        ({**REACHED, **CLOSED, **PLAN, "plan_count": ""}, "Donnez le nombre d'échéances."),
        ({"result": "no_answer", "note": "1 85 05 78 006 084 36"}, "ne se note jamais"),
        ({"result": "no_answer", "note": "FR76 3000 6000 0112 3456 7890 189"}, "ne se note jamais"),
        ({**REACHED, **CLOSED, "acts": "energy_cheque_awareness"}, "au moins un sujet"),
    ],
)
def test_each_gap_has_its_sentence(
    desk: MediatorDesk, session: Session, typed: dict[str, Any], said: str
) -> None:
    answer = desk.save(desk.next_call(), **typed)
    assert answer.status_code == 422
    assert said in errors(answer)
    assert count(session, Contact) == 0


def test_all_that_is_wrong_is_told_at_once(desk: MediatorDesk, session: Session) -> None:
    other = desk.add_case(person=desk.case.person)
    typed: dict[str, Any] = {
        "result": "reached_holder", "next_step": "close", "others": str(other.id),
        "note": "FR76 3000 6000 0112 3456 7890 189", "plan_amount": "600",
        "acts": ["plan_agreed", "referral", "no_capacity", "aid_opened"], "aid_amount": "douze",
    }  # fmt: skip
    answer = desk.save(desk.next_call(), **typed)
    assert answer.status_code == 422
    links = [link["href"] for link in soup(answer).select(".notice-bad[data-focus] a")]
    assert links == [
        "#identity_checked", "#plan_count", "#plan_first_due_on", "#aid_fund", "#aid_amount",
        "#referral_body", "#referral_reason", "#referral_mode", "#referral_consent", "#closure",
        "#note",
    ]  # fmt: skip
    assert f"{other.reference} : Dites ce qui suit" in errors(answer)
    for model in (Contact, Act, Plan, AidRequest, Referral):
        assert count(session, model) == 0
    assert desk.fresh().state == "in_call"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "typed", "named"),
    [
        ("plan_agreed", {"plan_amount": "abc", "plan_count": "99"}, "plan_amount plan_count"),
        ("plan_agreed", {"plan_amount": "9000", "plan_count": "99"}, "plan_amount plan_count"),
        (
            "plan_agreed",
            {"plan_amount": "9000", "plan_first_due_on": "2026-01-05", "plan_frequency": "weird"},
            "plan_amount plan_frequency plan_first_due_on",
        ),
        (
            "paid_already",
            {"paid_already_declared_on": "zz", "paid_already_amount_cents": "-5"},
            "paid_already_declared_on paid_already_amount_cents",
        ),
        ("aid_opened", {"aid_amount": "-4"}, "aid_fund aid_amount"),
    ],
)
def test_one_unreadable_answer_hides_no_other_of_its_act(
    desk: MediatorDesk, act: str, typed: dict[str, str], named: str
) -> None:
    plan = PLAN if act == "plan_agreed" else {}
    answer = desk.save(desk.next_call(), **{**REACHED, **CLOSED, **plan, **typed, "acts": act})
    assert answer.status_code == 422
    links = [link["href"] for link in soup(answer).select(".notice-bad[data-focus] a")]
    assert links == [f"#{name}" for name in named.split()]


def test_what_cannot_be_read_is_not_said_to_be_missing_as_well(desk: MediatorDesk) -> None:
    typed = {**PLAN, "plan_amount": "douze"}
    answer = desk.save(desk.next_call(), **REACHED, **typed)
    assert "Ce montant ne se lit pas" in errors(answer)
    assert "Dites ce qui suit" in errors(answer)
    assert "Donnez" not in errors(answer)


def test_a_double_click_makes_one_call_and_one_plan(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    typed = {**desk.hidden(address), **REACHED, **PLAN, **LATER}
    for _click in range(2):
        assert desk.client.post(address, data=typed).status_code == 303
    assert (count(session, Contact), count(session, Plan), count(session, Act)) == (1, 1, 1)


def test_the_time_in_call_is_measured(desk: MediatorDesk, session: Session, clock: Any) -> None:
    address = desk.next_call()
    hidden = desk.hidden(address)
    clock.shift(240)
    desk.client.post(address, data={**hidden, "result": "no_answer"})
    contact = session.scalars(select(Contact)).one()
    assert contact.ended_at is not None
    assert (contact.ended_at - contact.started_at).total_seconds() == 240


def test_an_impossible_beginning_is_not_believed(desk: MediatorDesk, session: Session) -> None:
    desk.save(desk.next_call(), result="no_answer", started_at="1999-01-01T00:00:00+00:00")
    contact = session.scalars(select(Contact)).one()
    assert contact.started_at == contact.ended_at


def test_the_schedule_is_that_which_would_be_saved(desk: MediatorDesk) -> None:
    address = desk.next_call()
    said = text_of(desk.client.post(f"{address}/schedule", data=PLAN))
    assert said.count("100,00 €") == 6 + 1 + 1  # the lines, the sentence read out, the choice
    assert "5 janv. 2027" in said
    assert "Total 600,00 €" in said


def test_the_schedule_says_what_it_lacks(desk: MediatorDesk) -> None:
    address = desk.next_call()
    said = text_of(desk.client.post(f"{address}/schedule", data={"plan_amount": "600"}))
    assert "Donnez le nombre d'échéances." in said


def test_without_script_the_schedule_is_computed_by_a_button(
    desk: MediatorDesk, session: Session
) -> None:
    answer = desk.save(desk.next_call(), **REACHED, **PLAN, preview="1")
    assert answer.status_code == 200
    assert text_of(answer).count("100,00 €") == 6 + 1  # and the choice
    assert count(session, Contact) == 0


def test_a_form_for_another_case_writes_nothing_on_it(desk: MediatorDesk, session: Session) -> None:
    other = make_case(session, assigned_to=desk.user, partner=desk.partner)
    session.commit()
    first = desk.next_call()
    phone = other.person.phones[0].id
    answer = desk.save(first, result="wrong_number", phone_id=phone)
    assert answer.status_code == 422
    assert count(session, Contact) == 0
