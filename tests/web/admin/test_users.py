"""Accounts on the administrator's desk: edited, invited, helped, closed, opened by the file."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import AccountLink, User
from energymed.accounts.sign_in_tries import judge_try
from energymed.cases.models import Case
from tests.calling.conftest import counted
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import PASSWORD, make_case, make_site, make_user
from tests.messages.peers import SmtpPeer, smtp_peer
from tests.web.helpers import sign_in, soup, table_rows, text_of

TEAM = "Nom;E-mail;Rôle;Site\nZoé;zoe@example.org;Médiateur;pdp\nMax;max@example.org;admin;\n"


@pytest.fixture
def mails(app: Flask) -> Iterator[SmtpPeer]:
    """A mail server that the app knows."""
    usual = app.extensions["energymed"]
    with smtp_peer() as peer:
        app.extensions["energymed"] = replace(
            usual, smtp_url=peer.url, mail_from="energymed@example.org",
            public_url="https://energymed.example.org",
        )  # fmt: skip
        yield peer
    app.extensions["energymed"] = usual


def form_of(client: FlaskClient, address: str) -> dict[str, str]:
    """The fields of the page's own form, as a browser would send them back."""
    page = soup(client.get(address))
    form = next(form for form in page.select("form.panel") if not form.get("action"))
    fields = {
        str(one["name"]): str(one.get("value", ""))
        for one in form.select("input[name]")
        if one.get("type") != "radio" or one.has_attr("checked")
    }
    for select_ in form.select("select[name]"):
        chosen = select_.select_one("option[selected]") or select_.select_one("option")
        fields[str(select_["name"])] = str(chosen["value"]) if chosen else ""
    return fields


def link_shown(answer) -> str:  # type: ignore[no-untyped-def]
    found = soup(answer).select_one("textarea#link")
    assert found is not None
    return found.get_text()


def test_an_account_is_edited(desk: FlaskClient, session: Session) -> None:
    user = make_user(session, name="Amina", languages=["arabe", "tamoul"])
    session.commit()
    address = f"/admin/users/{user.id}"
    given = {**form_of(desk, address), "weekly_hours": "28", "ends_on": "2027-08-31"}
    assert given["languages"] == "arabe, tamoul"
    assert desk.post(address, data=given).status_code == 303
    session.refresh(user)
    assert (user.weekly_hours, str(user.ends_on), user.name) == (28, "2027-08-31", "Amina")
    assert user.languages == ["arabe", "tamoul"]


def test_of_two_at_once_the_second_is_told_and_keeps_what_was_typed(
    desk: FlaskClient, session: Session
) -> None:
    user = make_user(session, name="Amina")
    session.commit()
    address = f"/admin/users/{user.id}"
    former = form_of(desk, address)
    desk.post(address, data={**former, "weekly_hours": "28", "languages": "arabe, tamoul"})
    told = desk.post(address, data={**former, "weekly_hours": "30", "name": "Amina B."})
    assert told.status_code == 409
    assert "rien n'est enregistré" in text_of(told)
    errors = [error.get_text(" ", strip=True) for error in soup(told).select(".field-error")]
    assert errors == ["Maintenant : Amina", "Maintenant : 28", "Maintenant : arabe, tamoul"]
    session.refresh(user)
    assert user.weekly_hours == 28
    typed = {name: field["value"] for name in ("name", "weekly_hours", "seen")
             if (field := soup(told).select_one(f"[name={name}]"))}  # fmt: skip
    assert (typed["name"], typed["weekly_hours"]) == ("Amina B.", "30")
    assert desk.post(address, data={**former, **typed}).status_code == 303
    session.refresh(user)
    assert (user.name, user.weekly_hours) == ("Amina B.", 30)


def test_what_is_wrong_is_told_beside_its_field(desk: FlaskClient, session: Session) -> None:
    user, other = make_user(session), make_user(session)
    session.commit()
    address = f"/admin/users/{user.id}"
    refused = desk.post(address, data={**form_of(desk, address), "email": other.email})
    assert refused.status_code == 422
    assert soup(refused).select_one("#email-error") is not None
    assert soup(refused).select_one("input#email")["value"] == other.email  # type: ignore[index]


@pytest.mark.parametrize(
    ("typed", "said"), [("0", "compris entre 1 et 48"), ("3,5", "entier valide"), ("", "requis")]
)
def test_hours_that_cannot_be(desk: FlaskClient, session: Session, typed: str, said: str) -> None:
    user = make_user(session)
    session.commit()
    address = f"/admin/users/{user.id}"
    refused = desk.post(address, data={**form_of(desk, address), "weekly_hours": typed})
    told = soup(refused).select_one("#weekly_hours-error")
    assert told is not None
    assert said in told.get_text()


def test_a_new_address_ends_the_sessions(desk: FlaskClient, session: Session) -> None:
    user = make_user(session)
    session.commit()
    theirs = desk.application.test_client()
    sign_in(theirs, user)
    assert theirs.get("/queue").status_code == 200
    address = f"/admin/users/{user.id}"
    desk.post(address, data={**form_of(desk, address), "email": "other@example.org"})
    assert theirs.get("/queue").status_code == 302


def test_the_last_administrator_stays(desk: FlaskClient, session: Session) -> None:
    """Signed in as somebody else, whose account has no password of its own yet."""
    last = make_user(session, "admin", password=PASSWORD)
    site = make_site(session)
    session.commit()
    address = f"/admin/users/{last.id}"
    given = {**form_of(desk, address), "role": "lead", "site_id": str(site.id)}
    for refused in (
        desk.post(address, data=given),
        desk.post(address, data={**form_of(desk, address), "ends_on": "2027-01-31"}),
        desk.post(f"{address}/close", data=form_of(desk, f"{address}/close")),
    ):
        assert refused.status_code == 422
        assert "dernier administrateur" in text_of(refused)
    session.refresh(last)
    assert (last.role, last.active, last.ends_on) == ("admin", True, None)


def test_an_account_without_a_password_is_invited(desk: FlaskClient, session: Session) -> None:
    site = make_site(session)
    session.commit()
    data = {"name": "Zoé", "email": "zoe@example.org", "role": "mediator", "site_id": site.id,
            "weekly_hours": 35}  # fmt: skip
    shown = desk.post("/admin/users/new", data=data)
    link = link_shown(shown)
    assert link.startswith("http://localhost/invitation/")
    assert shown.headers["Cache-Control"] == "no-store"
    user = session.scalars(select(User).where(User.email == "zoe@example.org")).one()
    assert user.password is None
    row = next(row for row in table_rows(desk.get("/admin/users")) if "zoe@" in row["Nom"])
    assert row["Compte"].startswith("invité")
    assert link not in desk.get(f"/admin/users/{user.id}").get_data(as_text=True)
    again = link_shown(desk.post(f"/admin/users/{user.id}/invite"))
    stranger = desk.application.test_client()
    assert stranger.get(link.removeprefix("http://localhost")).status_code == 404
    assert stranger.get(again.removeprefix("http://localhost")).status_code == 200


def test_an_invitation_goes_by_mail(desk: FlaskClient, session: Session, mails: SmtpPeer) -> None:
    user = make_user(session)
    session.commit()
    told = desk.post(f"/admin/users/{user.id}/invite", follow_redirects=True)
    assert user.email in text_of(told)
    (mail,) = mails.mails
    assert mail["To"] == user.email
    text = mail.get_content()
    assert "https://energymed.example.org/invitation/" in text
    assert text.split("/invitation/")[1].split()[0] not in told.get_data(as_text=True)


def test_a_mail_that_does_not_leave_is_shown(
    desk: FlaskClient, session: Session, mails: SmtpPeer
) -> None:
    mails.answers["RCPT"] = "550 no"
    user = make_user(session)
    session.commit()
    shown = desk.post(f"/admin/users/{user.id}/invite")
    assert link_shown(shown).startswith("https://energymed.example.org/invitation/")
    assert "n'a pas pu partir" in text_of(shown)


def test_a_reset_ends_sessions_and_the_password(desk: FlaskClient, session: Session) -> None:
    user = make_user(session, password=PASSWORD)
    session.commit()
    theirs = desk.application.test_client()
    sign_in(theirs, user)
    assert link_shown(desk.post(f"/admin/users/{user.id}/reset"))
    assert theirs.get("/queue").status_code == 302
    session.refresh(user)
    assert user.password is None


def test_who_has_a_password_is_not_invited_and_nobody_resets_the_own(
    desk: FlaskClient, session: Session
) -> None:
    user = make_user(session, password=PASSWORD)
    me = session.scalars(select(User).where(User.role == "admin")).one()
    session.commit()
    told = desk.post(f"/admin/users/{user.id}/invite", follow_redirects=True)
    assert "a déjà un mot de passe" in text_of(told)
    told = desk.post(f"/admin/users/{me.id}/reset", follow_redirects=True)
    assert "Mon compte" in text_of(told)
    assert session.scalars(select(AccountLink)).all() == []
    told = desk.post(f"/admin/users/{me.id}/second-factor", follow_redirects=True)
    assert "Changez votre second facteur depuis" in text_of(told)


def test_a_locked_account_is_unlocked(desk: FlaskClient, session: Session) -> None:
    user = make_user(session, password=PASSWORD)
    for _ in range(10):
        judge_try(session, user.email, False, NOW)
    session.commit()
    assert "verrouillé" in text_of(desk.get("/admin/users?state=locked"))
    assert "Déverrouiller" in text_of(desk.get(f"/admin/users/{user.id}"))
    desk.post(f"/admin/users/{user.id}/unlock")
    assert "Aucun compte" in text_of(desk.get("/admin/users?state=locked"))


def test_reopening_and_forgetting_the_factor_end_sessions(
    desk: FlaskClient, session: Session
) -> None:
    user = make_user(session, password=PASSWORD, tf_totp_secret="s")
    session.commit()
    for step in ("second-factor", "close", "reopen"):
        theirs = desk.application.test_client()
        sign_in(theirs, user)
        data = {"heir": "lead", "seen": "0.0.0.0"} if step == "close" else {}
        assert desk.post(f"/admin/users/{user.id}/{step}", data=data).status_code == 303
        assert theirs.get("/queue").status_code == 302
        session.refresh(user)
    assert user.active


def test_closing_shows_what_is_left_and_passes_it_on(desk: FlaskClient, session: Session) -> None:
    user = make_user(session)
    colleague = make_user(session, site=user.site, name="Bao Nguyen")
    case = make_case(session, assigned_to=user)
    session.commit()
    address = f"/admin/users/{user.id}/close"
    page = desk.get(address)
    assert "Dossiers en file ou en attente 1" in text_of(page)
    assert "Bao Nguyen" in text_of(page)
    given = {**form_of(desk, address), "heir": "colleague", "to_id": str(colleague.id)}
    told = desk.post(address, data=given, follow_redirects=True)
    assert "1 dossier est passé à d'autres" in text_of(told)
    assert session.get_one(Case, case.id, populate_existing=True).assigned_to_id == colleague.id


def test_a_queue_that_changed_since_is_shown_again(desk: FlaskClient, session: Session) -> None:
    user = make_user(session)
    session.commit()
    address = f"/admin/users/{user.id}/close"
    given = form_of(desk, address)
    make_case(session, assigned_to=user)
    session.commit()
    told = desk.post(address, data=given)
    assert (told.status_code, "a changé depuis l'aperçu" in text_of(told)) == (422, True)
    session.refresh(user)
    assert user.active
    assert desk.post(address, data=form_of(desk, address)).status_code == 303


def test_a_team_is_seen_and_opened_with_its_links_once(desk: FlaskClient, session: Session) -> None:
    make_site(session, "pdp")
    session.commit()
    sent = {"file": (BytesIO(TEAM.encode("cp1252")), "equipe.csv")}
    seen = desk.post("/admin/users/file", data=sent)
    assert [row["Nom"] for row in table_rows(seen)] == ["Zoé", "Max"]
    assert session.scalars(select(User).where(User.email == "zoe@example.org")).all() == []
    form = soup(seen).select_one("form[action='/admin/users/file/open']")
    assert form is not None
    given = {one["name"]: one["value"] for one in form.select("input[name]")}
    links = desk.post("/admin/users/file/open", data=given)
    assert links.mimetype == "text/csv"
    assert links.get_data(as_text=True).count("/invitation/") == 2
    again = desk.post("/admin/users/file/open", data=given, follow_redirects=True)
    assert "aucun compte n'est ouvert" in text_of(again)


def test_a_team_with_a_wrong_line_cannot_be_opened(desk: FlaskClient) -> None:
    sent = {"file": (BytesIO(TEAM.encode()), "equipe.csv")}
    seen = desk.post("/admin/users/file", data=sent)  # there is no site "pdp"
    assert "Site inconnu" in text_of(seen)
    assert soup(seen).select_one("form[action='/admin/users/file/open']") is None


def test_a_team_is_invited_by_mail(desk: FlaskClient, session: Session, mails: SmtpPeer) -> None:
    make_site(session, "pdp")
    session.commit()
    seen = desk.post("/admin/users/file", data={"file": (BytesIO(TEAM.encode()), "equipe.csv")})
    form = soup(seen).select_one("form[action='/admin/users/file/open']")
    assert form is not None
    given = {one["name"]: one["value"] for one in form.select("input[name]")}
    assert desk.post("/admin/users/file/open", data=given).status_code == 303
    assert {mail["To"] for mail in mails.mails} == {"zoe@example.org", "max@example.org"}


@pytest.mark.parametrize("content", ["", "é", "AAA", "bm9uZQ=="])
def test_a_file_that_nobody_saw_opens_nothing(desk: FlaskClient, content: str) -> None:
    told = desk.post("/admin/users/file/open", data={"content": content})
    assert told.headers["Location"] == "/admin/users/file"


def test_ones_own_profile(client: FlaskClient, session: Session) -> None:
    user = make_user(session)
    session.commit()
    sign_in(client, user)
    client.post("/account/profile", data={"name": "Amina B.", "languages": "arabe, tamoul"})
    session.refresh(user)
    assert (user.name, user.languages) == ("Amina B.", ["arabe", "tamoul"])
    assert "Donnez votre nom" in text_of(
        client.post("/account/profile", data={"name": " "}, follow_redirects=True)
    )


def test_the_list_asks_the_database_a_few_times_however_long(
    desk: FlaskClient, session: Session
) -> None:
    site = make_site(session)
    for _ in range(30):
        make_user(session, site=site)
    session.commit()
    with counted() as statements:
        page = desk.get("/admin/users?sort=-last_sign_in")
    assert len(table_rows(page)) == 25
    assert len(statements) <= 8
