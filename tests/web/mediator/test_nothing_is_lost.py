"""Half-typed calls: drafts, lapsed leases and sessions, two mediators on one case, stale forms."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.base.text.typed import typed as as_typed
from energymed.calling.models import CallDraft, Contact
from energymed.calling.queue.claims import release_lapsed
from energymed.mediation.models import Plan
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import CLOSED, REACHED, MediatorDesk

TYPED = {
    "result": "reached_holder", "identity_checked": "y", "acts": ["plan_agreed", "referral"],
    "plan_amount": "600", "plan_count": "4", "note": "Paiera le 5.",
}  # fmt: skip


def drafts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CallDraft)) or 0


def lapse(clock: time_machine.Traveller) -> None:
    """Let the lease run out and the job put the case back."""
    clock.shift(timedelta(minutes=16))
    with transaction() as session:
        assert release_lapsed(session, now=now()) == 1


def test_what_is_typed_is_kept_and_found_again(desk: MediatorDesk) -> None:
    address = desk.next_call()
    assert desk.client.post(f"{address}/draft", json=TYPED).status_code == 200
    answer = desk.client.get(address)
    assert "Votre saisie est retrouvée (aujourd'hui à 10 h)" in text_of(answer)
    page = soup(answer)
    for name, value in (("plan_amount", "600"), ("plan_count", "4")):
        control = page.select_one(f"#{name}")
        assert control is not None
        assert control["value"] == value
    assert len(page.select("input[name=acts][checked]")) == 2
    assert page.select_one("input[name=result][value=reached_holder][checked]") is not None
    assert "Paiera le 5." in page.select("textarea")[0].get_text()


def test_the_amount_of_a_plan_is_still_proposed_after_a_refused_save(desk: MediatorDesk) -> None:
    address = desk.next_call()
    assert desk.save(address, result="callback_set").status_code == 422  # without a moment
    for answer in (desk.client.get(address), desk.save(address, result="callback_set")):
        control = soup(answer).select_one("#plan_amount")
        assert control is not None
        assert control["value"] == "600,00"


def test_starting_again_forgets_it(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    answer = desk.client.post(f"{address}/forget", follow_redirects=True)
    assert "est retrouvée" not in text_of(answer)
    assert drafts(session) == 0


def test_an_answer_in_the_background_leaves_the_session_as_it_is(desk: MediatorDesk) -> None:
    address = desk.next_call()
    assert "Set-Cookie" in desk.client.get(address).headers
    background = {"Sec-Fetch-Mode": "cors"}
    kept = desk.client.post(f"{address}/draft", json=TYPED, headers=background)
    assert kept.status_code == 200
    assert "Set-Cookie" not in kept.headers


def test_saving_forgets_it(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    desk.save(address, result="no_answer")
    assert drafts(session) == 0


def test_a_draft_never_keeps_what_is_never_noted(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    note = "Son numéro : 1 85 05 78 006 084 36, il est malade"
    answer = desk.client.post(f"{address}/draft", json={"note": note, "request_key": "k"})
    assert answer.get_json() == {"numbers": True, "words": ["malade"]}
    kept = session.scalars(select(CallDraft)).one().content
    assert "85 05" not in str(kept)
    assert "request_key" not in kept


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1, 2]", b'"text"', b"null", b"[" * 100_000 + b"]" * 100_000],
    ids=["nothing", "cut", "list", "text", "null", "nested"],
)
def test_what_is_no_form_leaves_the_draft_as_it_was(
    desk: MediatorDesk, session: Session, body: bytes
) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    answer = desk.client.post(
        f"{address}/draft", data=body, content_type="application/json",
        headers={"Accept": "application/json"},
    )  # fmt: skip
    said = {"error": "Saisie illisible : ce qui était conservé n'a pas changé."}
    assert (answer.status_code, {"error": as_typed(answer.get_json()["error"])}) == (400, said)
    assert session.scalars(select(CallDraft)).one().content == TYPED


def test_of_a_form_only_texts_are_kept_and_not_too_many(desk: MediatorDesk) -> None:
    address = desk.next_call()
    for body, status in (
        ({"note": {"a": 1}, "acts": [1, None]}, 200),
        ({"note": "a" * 30_000}, 400),
    ):
        assert desk.client.post(f"{address}/draft", json=body).status_code == status


def test_half_a_sign_is_dropped_and_the_page_opens_again(
    desk: MediatorDesk, session: Session
) -> None:
    address = desk.next_call()
    sent = {"note": "Paiera \ud83d le 5\u0000.", "request_key": "\ud800"}
    assert desk.client.post(f"{address}/draft", json=sent).status_code == 200
    assert session.scalars(select(CallDraft)).one().content["note"] == "Paiera  le 5."
    assert desk.client.get(address).status_code == 200


def test_only_ones_own_sites_calls_are_begun_anew(desk: MediatorDesk) -> None:
    assert desk.client.post("/call/999999/forget").status_code == 404


def test_the_lease_is_lengthened(desk: MediatorDesk, clock: time_machine.Traveller) -> None:
    address = desk.next_call()
    first = desk.fresh().claimed_until
    clock.shift(timedelta(minutes=5))
    assert desk.client.post(f"{address}/lease").status_code == 200
    assert first is not None
    assert desk.fresh().claimed_until == first + timedelta(minutes=5)


def test_a_lapsed_lease_is_told_and_loses_nothing(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    lapse(clock)
    answer = desk.client.post(f"{address}/lease", headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert "Votre saisie est conservée" in answer.get_json()["error"]
    page = desk.client.get(address)
    assert "Ce dossier est retourné dans la file entre-temps." in text_of(page)
    assert "Paiera le 5." in text_of(page)


def test_after_a_lapse_the_case_may_be_taken_again(
    desk: MediatorDesk, clock: time_machine.Traveller
) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    lapse(clock)
    answer = desk.client.post(f"/cases/{desk.case.id}/open", follow_redirects=True)
    assert "Paiera le 5." in text_of(answer)
    assert desk.fresh().claimed_by_id == desk.user.id


def test_a_call_is_saved_after_a_lapse_when_nobody_took_the_case(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    address = desk.next_call()
    typed = {**desk.hidden(address), **REACHED, **CLOSED}
    lapse(clock)
    assert desk.client.post(address, data=typed).status_code == 303
    assert desk.fresh().state == "closed"


def test_a_case_taken_by_a_colleague_is_not_overwritten(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    address = desk.next_call()
    typed = {**desk.hidden(address), **REACHED, **CLOSED, "note": "Paiera le 5."}
    lapse(clock)
    other = make_user(session, site=desk.site, name="Bob Noir")
    desk.sign_in_as(other)
    assert desk.client.post(f"/cases/{desk.case.id}/open").status_code == 303
    desk.sign_in_as(desk.user)
    answer = desk.client.post(address, data=typed)
    assert answer.status_code == 409
    said = text_of(answer)
    assert "Un collègue a repris ce dossier entre-temps. Votre saisie est conservée." in said
    assert "Paiera le 5." in said
    assert session.scalar(select(func.count()).select_from(Contact)) == 0
    assert "Paiera le 5." in text_of(desk.client.get(address))


def test_two_mediators_cannot_open_one_case(desk: MediatorDesk, session: Session) -> None:
    desk.next_call()
    desk.sign_in_as(make_user(session, site=desk.site))
    answer = desk.client.post(f"/cases/{desk.case.id}/open", follow_redirects=True)
    assert f"{desk.user.name} est déjà en ligne avec ce foyer." in text_of(answer)
    assert desk.fresh().claimed_by_id == desk.user.id


def test_a_stale_form_of_a_closed_case_is_told(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    stale = {**desk.hidden(address), **REACHED, **CLOSED}
    desk.save(address, **REACHED, **CLOSED)
    answer = desk.client.post(address, data={**stale, "request_key": "another-page"})
    assert answer.status_code == 409
    assert "Ce dossier a été clos entre-temps. Votre saisie est conservée." in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 1


def test_two_tabs_on_one_case_do_not_count_two_calls_unawares(
    desk: MediatorDesk, session: Session
) -> None:
    address = desk.next_call()
    first_tab, second_tab = desk.hidden(address), desk.hidden(address)
    desk.client.post(address, data={**first_tab, "result": "no_answer"})
    typed = {**REACHED, **CLOSED, "note": "Paiera le 5."}
    answer = desk.client.post(address, data={**second_tab, **typed})
    assert answer.status_code == 409
    assert "Un appel a été enregistré sur ce dossier depuis l'ouverture" in text_of(answer)
    assert "Paiera le 5." in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 1
    seen = soup(answer).select_one("input[name=seen_contact_id]")
    assert seen is not None
    again = {**second_tab, **typed, "seen_contact_id": str(seen["value"])}
    assert desk.client.post(address, data=again).status_code == 409
    assert desk.client.post(f"/cases/{desk.case.id}/open").status_code == 303
    assert desk.client.post(address, data=again).status_code == 303
    assert desk.fresh().state == "closed"


def test_a_case_in_a_colleagues_queue_is_not_closed_by_an_address(
    desk: MediatorDesk, session: Session
) -> None:
    desk.sign_in_as(make_user(session, site=desk.site))
    address = f"/call/{desk.case.id}"
    assert desk.client.get(address).status_code == 302
    for typed in ({"result": "no_answer"}, {**REACHED, **CLOSED, "note": "Paiera le 5."}):
        answer = desk.client.post(address, data=typed)
        assert answer.status_code == 409
        assert "n'est pas en appel chez vous : prenez-le" in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 0
    assert desk.fresh().state == "queued"
    assert "Paiera le 5." in text_of(desk.client.get(address)), "nothing typed is lost"


def test_a_colleagues_call_after_a_lapse_is_not_overwritten_unawares(
    desk: MediatorDesk, session: Session, clock: time_machine.Traveller
) -> None:
    address = desk.next_call()
    typed = {**desk.hidden(address), **REACHED, **CLOSED}
    lapse(clock)
    desk.sign_in_as(make_user(session, site=desk.site))
    desk.client.post(f"/cases/{desk.case.id}/open")
    desk.save(address, result="callback_set", callback_at="2026-11-26T10:00")
    desk.sign_in_as(desk.user)
    assert desk.client.post(address, data=typed).status_code == 409
    case = desk.fresh()
    assert (case.state, case.waiting_reason) == ("waiting", "callback")


def test_a_saved_call_gone_back_to_and_changed_is_told(
    desk: MediatorDesk, session: Session
) -> None:
    address = desk.next_call()
    sent = {**desk.hidden(address), "result": "no_answer"}
    for _press in range(2):
        assert desk.client.post(address, data=sent).status_code == 303
    answer = desk.client.post(address, data={**sent, "note": "Rappelle à 15 h."})
    assert answer.status_code == 409
    assert "Cet appel est déjà enregistré. Pour le changer" in text_of(answer)
    assert "Rappelle à 15 h." in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 1
    assert drafts(session) == 0


PLAN = {
    "acts": "plan_agreed", "plan_amount": "600,00", "plan_count": "6", "plan_frequency": "monthly",
    "plan_first_due_on": "2027-01-05", "plan_method": "direct_debit",
}  # fmt: skip
CALLBACK = {"result": "callback_set", "callback_at": "2026-11-25T14:30"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (CALLBACK, {"callback_at": "2026-11-26T14:30"}),
        ({**REACHED, **CLOSED}, {"closure": "plan_running", **PLAN}),
        ({**REACHED, **CLOSED}, PLAN),
        ({**REACHED, **CLOSED, **PLAN}, {"plan_amount": "500,00"}),
        ({**REACHED, **CLOSED, **PLAN}, {"acts": []}),
    ],
)
def test_whatever_was_changed_since_is_told_and_nothing_more_is_written(
    desk: MediatorDesk, session: Session, first: dict[str, str], then: dict[str, str]
) -> None:
    address = desk.next_call()
    sent = {**desk.hidden(address), **first}
    for _press in range(2):
        assert desk.client.post(address, data=sent).status_code == 303
    plans = session.scalar(select(func.count()).select_from(Plan))
    answer = desk.client.post(address, data={**sent, **then})
    assert answer.status_code == 409
    assert "Cet appel est déjà enregistré. Pour le changer" in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Plan)) == plans


def test_another_exchange_changed_since_is_told(desk: MediatorDesk, session: Session) -> None:
    address = f"/cases/{desk.case.id}/contact"
    sent = {"request_key": "k1", "channel": "email", "result": "answered_holder", "note": "Reçu"}
    for _press in range(2):
        assert desk.client.post(address, data=sent).status_code == 303
    answer = desk.client.post(address, data={**sent, **PLAN})
    assert answer.status_code == 422
    assert "Cet échange est déjà enregistré" in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Plan)) == 0


def test_a_draft_that_comes_after_its_call_is_not_kept(
    desk: MediatorDesk, session: Session
) -> None:
    address = desk.next_call()
    sent = {**desk.hidden(address), "result": "no_answer"}
    desk.client.post(address, data=sent)
    assert desk.client.post(f"{address}/draft", json=sent).status_code == 200
    assert drafts(session) == 0


def test_giving_the_case_back_counts_no_attempt(desk: MediatorDesk, session: Session) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    answer = desk.client.post(
        f"{address}/release", data={"reason": "mistake"}, follow_redirects=True
    )
    assert "Le dossier est revenu où il était." in text_of(answer)
    assert desk.fresh().state == "queued"
    assert session.scalar(select(func.count()).select_from(Contact)) == 0
    assert drafts(session) == 1


@pytest.fixture
def csrf(app: Flask, desk: MediatorDesk) -> Iterator[None]:
    """Forms are checked for the session that they came from, as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def test_a_lapsed_session_is_told_and_the_draft_waits(
    desk: MediatorDesk, session: Session, app: Flask
) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    with desk.client.session_transaction() as cookie:
        cookie.clear()
    answer = desk.client.post(
        f"{address}/draft", json=TYPED, headers={"Accept": "application/json"}
    )
    assert answer.status_code in (302, 401)
    desk.sign_in_as(desk.user)
    assert "Paiera le 5." in text_of(desk.client.get(address))


@pytest.mark.usefixtures("csrf")
def test_a_form_of_another_session_writes_nothing_and_says_why(
    desk: MediatorDesk, session: Session, app: Flask
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json=TYPED)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = desk.client.post(address, data={**REACHED, **CLOSED, "csrf_token": "of-yesterday"})
    assert answer.status_code == 400
    assert "un appel en cours de saisie est conservé" in text_of(answer)
    assert session.scalar(select(func.count()).select_from(Contact)) == 0
    assert "Paiera le 5." in text_of(desk.client.get(address))
