"""The page that corrects an act or crosses it out, and the one that opens a case again."""

from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.mediation.models import Act, Plan
from energymed.mediation.request_models import PartnerRequest
from tests.factories import make_case, make_user
from tests.web.helpers import hidden_fields, soup, text_of
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk

PLAN: dict[str, Any] = {
    "acts": "plan_agreed", "plan_amount": "600,00", "plan_count": "6",
    "plan_first_due_on": "2026-12-05",
}  # fmt: skip
PROMISE = {
    "acts": "pays_full", "pays_full_promised_on": "2026-12-04", "pays_full_amount_cents": "600,00",
    "pays_full_method": "card",
}  # fmt: skip


def agreed(desk: MediatorDesk, session: Session, typed: dict[str, Any], **after: Any) -> Act:
    desk.client.post(f"/cases/{desk.case.id}/open")
    answer = desk.save(f"/call/{desk.case.id}", **{**REACHED, **LATER, **typed, **after})
    assert answer.status_code == 303, text_of(answer)
    session.rollback()
    return session.scalars(select(Act)).one()


def correct(desk: MediatorDesk, act_id: int, **typed: Any) -> Any:
    address = f"/acts/{act_id}/correct"
    hidden = hidden_fields(desk.client.get(address), "call-form")
    return desk.client.post(address, data={**hidden, **typed})


def test_the_page_shows_what_stands_and_another_day_keeps_it(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    act = agreed(desk, session, PLAN)
    clock.shift(timedelta(days=20))
    desk.sign_in_as(desk.user)
    page = soup(desk.client.get(f"/acts/{act.id}/correct"))
    shown = {name: page.select_one(f"#{name}")["value"] for name in PLAN if name != "acts"}
    assert shown == {**{name: PLAN[name] for name in shown}}, "the 5th is a Saturday"
    typed = {**PLAN, "plan_count": "5", "void_reason": "misheard"}
    assert correct(desk, act.id, **typed).status_code == 303
    session.rollback()
    plan = session.scalars(select(Plan).where(Plan.state == "agreed")).one()
    assert (plan.instalment_count, plan.agreed_on, plan.act.corrects_id) == (
        5, act.acted_on, act.id,
    )  # fmt: skip
    said = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "par Ada Blanc : Mal compris dans l'échange" in said
    assert "remplace un acte barré" in said


def test_a_refused_correction_keeps_what_was_typed(desk: MediatorDesk, session: Session) -> None:
    act = agreed(desk, session, PROMISE)
    typed = {**PROMISE, "pays_full_amount_cents": "601,00", "void_reason": "typing"}
    answer = correct(desk, act.id, **typed)
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one("#pays_full_amount_cents")["value"] == "601,00"
    assert "dépasse la dette" in text_of(answer)
    session.rollback()
    assert session.scalars(select(Act.voided_at)).one() is None


def test_a_reason_is_asked(desk: MediatorDesk, session: Session) -> None:
    act = agreed(desk, session, PROMISE)
    answer = correct(desk, act.id, **PROMISE)
    assert (answer.status_code, "Dites pourquoi cet acte est corrigé." in text_of(answer)) == (
        422, True,
    )  # fmt: skip


def test_one_crossed_out_says_when_the_closure_says_more(
    desk: MediatorDesk, session: Session
) -> None:
    act = agreed(desk, session, PLAN, next_step="close", closure="plan_running")
    answer = desk.client.post(
        f"/acts/{act.id}/void", data={"void_reason": "not_agreed"}, follow_redirects=True
    )
    assert "Le dossier reste clos « Échéancier en cours », ce que rien ne dit plus" in text_of(
        answer
    )
    answer = desk.client.post(
        f"/cases/{desk.case.id}/reopen", data={"reopen_reason": "by_mistake"}, follow_redirects=True
    )
    assert "Le dossier est rouvert" in text_of(answer)
    assert "Clos par erreur" in text_of(answer)
    assert desk.fresh().state == "queued"


def test_a_colleague_is_told_whose_it_is_and_a_stranger_finds_nothing(
    desk: MediatorDesk, session: Session
) -> None:
    act = agreed(desk, session, PROMISE)
    desk.sign_in_as(make_user(session, site=desk.site))
    answer = correct(desk, act.id, **PROMISE, void_reason="typing")
    assert "Seul l'auteur" in text_of(answer)
    assert f"/acts/{act.id}/correct" not in desk.client.get(f"/cases/{desk.case.id}").text
    stranger = make_user(session)
    make_case(session, assigned_to=stranger)
    desk.sign_in_as(stranger)
    for address in (f"/acts/{act.id}/correct", f"/acts/{act.id}/void"):
        assert desk.client.post(address, data={"void_reason": "typing"}).status_code == 404
    assert desk.client.post(f"/cases/{desk.case.id}/reopen").status_code == 404


def test_only_who_follows_the_case_is_offered_to_open_it_again(
    desk: MediatorDesk, session: Session
) -> None:
    agreed(desk, session, PROMISE, next_step="close", closure="promise")
    address, offer = f"/cases/{desk.case.id}", "Rouvrir ce dossier"
    assert offer in text_of(desk.client.get(address))
    desk.fresh().person.opposed_at = session.get_one(Act, 1).created_at
    session.commit()
    page = text_of(desk.client.get(address))
    assert (offer in page, "s'oppose à être recontactée" in page) == (False, True)
    desk.fresh().person.opposed_at = None
    desk.sign_in_as(make_user(session, site=desk.site))
    assert offer not in text_of(desk.client.get(address))
    answer = desk.client.post(
        f"{address}/reopen",
        data={"reopen_reason": "called_back", "case_id": desk.case.id}, follow_redirects=True,
    )  # fmt: skip
    assert "Seul le médiateur qui suit ce dossier" in text_of(answer)
    assert desk.fresh().state == "closed"


def test_an_answer_noted_by_mistake_may_be_taken_back(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    hold = {
        "acts": "hold_asked", "hold_asked_asked_of": "supplier",
        "hold_asked_subjects": ["reminders"], "hold_asked_reason": "children",
    }  # fmt: skip
    act = agreed(desk, session, hold)
    assert "Noté depuis" not in text_of(desk.client.get(f"/acts/{act.id}/correct"))
    request = session.scalars(select(PartnerRequest)).one()
    moved = {f"move-request-{request.id}": "refused"}
    desk.client.post(f"/cases/{desk.case.id}/move", data=moved)
    page = text_of(desk.client.get(f"/acts/{act.id}/correct"))
    assert "Noté depuis : Refusée (23 nov. 2026)" in page
    typed = {**hold, "void_reason": "typing"}
    assert correct(desk, act.id, **typed).status_code == 303
    session.rollback()
    made = session.scalars(select(PartnerRequest).order_by(PartnerRequest.id.desc())).first()
    assert made is not None
    assert (made.act.corrects_id, made.state) == (act.id, "refused")
    assert correct(desk, made.act_id, **typed, anew="y").status_code == 303
    session.rollback()
    made = session.scalars(select(PartnerRequest).order_by(PartnerRequest.id.desc())).first()
    assert made is not None
    assert made.state == "asked"
