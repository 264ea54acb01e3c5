"""A body answers by its link: no account, no name, three answers and nothing more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import make_link, revoke_link
from energymed.mediation.referrals import ReferralRequest, refer
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import soup, text_of

SENT = ReferralRequest("ccas", "budget", "file_transmitted", consent=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ctx(session: Session) -> Context:
    return Context(session, make_user(session).as_actor(), MONDAY_MORNING)


@pytest.fixture
def referral(ctx: Context) -> Referral:
    case = make_case(ctx.session, site=None, debt_cents=60_000)
    mediator = make_user(ctx.session, site=case.site)
    return refer(Context(ctx.session, mediator.as_actor(), ctx.now), case.id, SENT)


@pytest.fixture
def token(session: Session, referral: Referral) -> str:
    mediator = make_user(session, site=referral.case.site)
    made = make_link(Context(session, mediator.as_actor(), MONDAY_MORNING), referral.id)[1]
    session.commit()
    return made


def test_the_page_names_the_referral_and_nobody(
    client: FlaskClient, referral: Referral, token: str
) -> None:
    answer = client.get(f"/o/{token}")
    assert answer.status_code == 200
    assert referral.number in text_of(answer)
    case = referral.case
    for datum in (
        case.person.last_name, case.person.first_name, case.reference, case.partner.name,
        case.phone if hasattr(case, "phone") else case.person.phones[0].e164, "600", "€",
    ):  # fmt: skip
        assert not datum or datum not in answer.text
    page = soup(answer)
    assert [each["value"] for each in page.select("form button")] == ["received", "met", "ended"]
    assert page.select("form input, form textarea, script") == []


def test_it_is_kept_found_and_told_on_nowhere(client: FlaskClient, token: str) -> None:
    for address in (f"/o/{token}", "/o/never"):
        headers = client.get(address).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"].startswith("noindex")
        assert headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("answer", "news"), [("received", None), ("met", "seen"), ("ended", "ended")]
)
def test_one_press_is_the_answer(
    client: FlaskClient, session: Session, referral: Referral, token: str,
    answer: str, news: str | None,
) -> None:  # fmt: skip
    for _press in range(2):
        sent = client.post(f"/o/{token}", data={"answer": answer})
        assert sent.status_code == 303
        assert sent.headers["Referrer-Policy"] == "no-referrer"
    assert "Merci, votre réponse est notée." in text_of(client.get(f"/o/{token}"))
    session.expire_all()
    assert referral.news == news


def test_looking_answers_nothing(client: FlaskClient, session: Session, token: str) -> None:
    client.get(f"/o/{token}")
    client.head(f"/o/{token}")
    session.expire_all()
    assert session.query(Referral).one().news is None


@pytest.mark.parametrize("given", [{}, {"answer": "paid"}, {"answer": ""}])
def test_another_answer_is_told(client: FlaskClient, token: str, given: dict[str, str]) -> None:
    sent = client.post(f"/o/{token}", data=given)
    assert sent.status_code == 422
    assert "Choisissez l'une des trois réponses." in text_of(sent)


def test_a_link_that_serves_no_longer_is_one_page(
    client: FlaskClient, session: Session, referral: Referral, token: str,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    told = {client.get("/o/never").text, client.post("/o/never", data={"answer": "met"}).text}
    clock.shift(timedelta(days=90))
    over = client.get(f"/o/{token}")
    clock.move_to(MONDAY_MORNING, tick=False)
    mediator = make_user(session, site=referral.case.site)
    revoke_link(Context(session, mediator.as_actor(), MONDAY_MORNING), referral.id)
    session.commit()
    revoked = client.post(f"/o/{token}", data={"answer": "met"})
    assert {over.status_code, revoked.status_code} == {404}
    assert len(told | {over.text, revoked.text}) == 1
    session.expire_all()
    assert referral.news is None


def test_who_tries_links_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    found = [client.get(f"/o/{number}").status_code for number in range(31)]
    assert set(found[:30]) == {404}
    assert found[30] == 429
