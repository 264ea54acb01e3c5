"""The set-up pages: once, by the code on the terminal, and gone for ever after."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.association import association, is_set_up
from energymed.accounts.models import Site, User
from energymed.config import Settings
from energymed.partners.models import Partner
from energymed.partners.taking import missions_given
from tests.factories import make_user
from tests.web.helpers import sign_in, soup, text_of

FIRST = {"association": "PIMMS Exemple", "phone": "04 65 71 00 00", "name": "Valence",
         "code": "valence", "department": "26"}  # fmt: skip
PASSWORD = "une phrase assez longue"
ADMIN = {"name": "Hélène Vasseur", "email": "helene@example.org", "password": PASSWORD,
         "again": PASSWORD}  # fmt: skip
STEPS = ("/setup/association", "/setup/administrator")


@pytest.fixture
def let_in(client: FlaskClient, settings: Settings) -> FlaskClient:
    """A browser that has given the code."""
    client.post("/setup", data={"code": settings.setup_code})
    return client


@pytest.fixture
def administrator(let_in: FlaskClient, session: Session) -> User:
    """Whoever took the first two steps, signed in, with a second factor."""
    let_in.post("/setup/association", data=FIRST)
    let_in.post("/setup/administrator", data=ADMIN)
    user = session.scalars(select(User)).one()
    user.tf_primary_method, user.tf_totp_secret = "authenticator", "s"
    session.commit()
    return user


@pytest.mark.parametrize("page", ["/", "/login", "/queue", "/files", "/partner", "/admin/users"])
def test_without_anybody_every_page_leads_to_the_set_up(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup")


def test_what_is_no_page_answers_as_ever(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    with client.get("/static/css/base.css") as sheet:
        assert sheet.status_code == 200
    assert client.get("/setup").status_code == 200
    answer = client.post("/account/language", data={"locale": "en", "next": "/setup"})
    assert answer.headers["Location"] == "/setup"


def test_the_code_is_of_this_installation_alone(settings: Settings) -> None:
    other = Settings(settings.instance, settings.database_url, password_salt="other")
    assert settings.setup_code == settings.setup_code != other.setup_code
    assert len(settings.setup_code.replace("-", "")) == 16


@pytest.mark.parametrize("typed", ["AAAA-AAAA-AAAA-AAAA", "é", "", " ", "x" * 40])
def test_no_step_is_open_without_the_code(client: FlaskClient, typed: str) -> None:
    assert client.post("/setup", data={"code": typed}).status_code == 422
    for step in STEPS:
        for answer in (client.get(step), client.post(step, data=FIRST)):
            assert (answer.status_code, answer.headers["Location"]) == (303, "/setup")


def test_the_code_is_read_however_it_is_typed(client: FlaskClient, settings: Settings) -> None:
    typed = f"  {settings.setup_code.lower().replace('-', ' ')} "
    assert client.post("/setup", data={"code": typed}).headers["Location"] == STEPS[0]


def test_codes_are_tried_a_few_times_only(client: FlaskClient) -> None:
    answers = [client.post("/setup", data={"code": "AAAA"}).status_code for _ in range(7)]
    assert answers == [422] * 6 + [429]


def test_what_is_done_is_kept_and_may_be_mended(let_in: FlaskClient, session: Session) -> None:
    refused = let_in.post(STEPS[0], data={**FIRST, "phone": "12", "department": "99"})
    assert refused.status_code == 422
    assert "Ce numéro ne se lit pas" in text_of(refused)
    assert "Ce département n'existe pas" in text_of(refused)
    assert association(session) is None
    assert let_in.post(STEPS[0], data=FIRST).headers["Location"] == STEPS[1]
    assert let_in.get("/setup").headers["Location"] == STEPS[1]
    form = soup(let_in.get(STEPS[0]))
    assert form.find(id="association")["value"] == "PIMMS Exemple"
    let_in.post(STEPS[0], data={**FIRST, "name": "Valence centre", "department": None})
    session.expire_all()
    assert session.scalars(select(Site.name)).all() == ["Valence centre"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "court", "again": "court"}, ""),
        ({"again": "une autre phrase longue"}, "Les deux mots de passe ne sont pas les mêmes."),
        ({"email": "rien"}, "Adresse e-mail incorrecte"),
        ({"name": ""}, ""),
    ],
)
def test_the_first_account_is_checked(
    let_in: FlaskClient, session: Session, change: dict[str, str], said: str
) -> None:
    let_in.post(STEPS[0], data=FIRST)
    page = let_in.post(STEPS[1], data={**ADMIN, **change})
    assert page.status_code == 422
    assert said in text_of(page)
    assert PASSWORD not in page.get_data(as_text=True)
    assert session.scalars(select(User)).all() == []


def test_the_administrator_needs_the_first_step(let_in: FlaskClient, session: Session) -> None:
    page = let_in.post(STEPS[1], data=ADMIN)
    assert "Donnez d'abord son nom à l'association." in text_of(page)
    assert session.scalars(select(User)).all() == []


def test_the_second_factor_follows_at_once(let_in: FlaskClient) -> None:
    let_in.post(STEPS[0], data=FIRST)
    assert let_in.post(STEPS[1], data=ADMIN).headers["Location"] == "/setup/partners"
    assert let_in.get("/setup/partners").headers["Location"] == "/account/second-factor"


def test_after_the_second_step_nobody_passes_by_the_code(
    app: Flask, administrator: User, settings: Settings
) -> None:
    stranger = app.test_client()
    assert stranger.post("/setup", data={"code": settings.setup_code}).status_code == 303
    for step in STEPS:
        assert stranger.get(step).status_code == 404
        assert stranger.post(step, data={**FIRST, **ADMIN}).status_code == 404
    for step in ("/setup/partners", "/setup/team"):
        assert "/login" in stranger.get(step).headers["Location"]
    assert "/login" in stranger.get("/").headers["Location"]


def test_partners_are_given_their_missions_and_then_the_team_comes(
    client: FlaskClient, session: Session, administrator: User
) -> None:
    assert client.get("/").headers["Location"] == "/setup/partners"
    data = {"missions-edf": ["unpaid_bill"], "name": "Gaz de ville", "code": "gdv",
            "missions": ["unpaid_bill", "appointment"]}  # fmt: skip
    wrong = client.post("/setup/partners", data={**data, "code": "é"})
    assert wrong.status_code == 422
    assert soup(wrong).find(id="missions-edf-unpaid_bill").has_attr("checked")
    assert session.scalars(select(Partner)).all() == []
    assert client.post("/setup/partners", data=data).headers["Location"] == "/setup/team"
    given = {partner.code: missions_given(session, partner.id)
             for partner in session.scalars(select(Partner))}  # fmt: skip
    assert given == {"edf": ["unpaid_bill"], "gdv": ["unpaid_bill", "appointment"]}
    assert "Gaz de ville" in text_of(client.get("/setup/partners"))
    assert client.get("/setup/team").status_code == 200
    assert not is_set_up(session)
    assert client.post("/setup/team").headers["Location"] == "/admin/users"
    session.expire_all()
    assert is_set_up(session)


def test_when_all_is_done_the_set_up_is_gone_for_ever(
    app: Flask, client: FlaskClient, administrator: User, settings: Settings
) -> None:
    client.post("/setup/team")
    for browser in (client, app.test_client()):
        assert browser.get("/setup").status_code == 404
        assert browser.post("/setup", data={"code": settings.setup_code}).status_code == 404
        assert browser.get(STEPS[0]).status_code == 404
    assert client.get("/setup/partners").headers["Location"] == "/admin/partners"
    assert client.post("/setup/team").headers["Location"] == "/admin/users"
    assert client.get("/").headers["Location"] == "/admin/users"


def test_an_installation_of_single_commands_has_no_set_up(
    client: FlaskClient, session: Session
) -> None:
    user = make_user(session, "admin", tf_totp_secret="s", tf_primary_method="authenticator")
    session.commit()
    assert client.get("/setup").status_code == 404
    sign_in(client, user)
    assert client.get("/").headers["Location"] == "/admin/users"


def test_whoever_has_an_account_works_before_there_is_an_administrator(
    client: FlaskClient, session: Session
) -> None:
    user = make_user(session)
    session.commit()
    assert client.get("/login").status_code == 200
    assert client.get("/setup").status_code == 200
    sign_in(client, user)
    assert client.get("/queue").status_code == 200
