"""One's own second factor: put in place in one page, codes shown once, lost, changed, left."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Passkey, User
from energymed.accounts.service import reset_second_factor
from energymed.accounts.sign_in_tries import unlock
from energymed.base.audit import AuditEvent
from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.web.shared.extensions import limiter
from energymed.web.shared.second_factor import CODES, FEW
from tests.factories import make_user
from tests.web.account.enrolling import application, enrol, give_password, signed_in
from tests.web.helpers import soup, text_of

KEPT = "/account/recovery-codes"


def actions(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_the_compulsory_second_factor_is_put_in_place_from_an_account_just_opened(
    client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    assert client.get("/", follow_redirects=True).request.path == "/account/second-factor"
    _totp, codes = enrol(client)
    assert len(set(codes)) == CODES
    assert client.get("/", follow_redirects=True).request.path == "/files"
    session.refresh(user)
    assert user.tf_primary_method == "authenticator"
    assert not set(codes) & set(user.mf_recovery_codes or [])
    assert actions(session)[-3:] == [
        "user.recovery_codes_made", "user.second_factor_changed", "user.recovery_codes_kept",
    ]  # fmt: skip


def test_the_key_stays_the_same_while_the_page_is_loaded_again(
    client: FlaskClient, session: Session
) -> None:
    signed_in(client, session)
    first = application(client)
    client.post("/account/second-factor/confirm", data={"code": "000000"})
    assert application(client).secret == first.secret
    page = soup(client.get("/account/second-factor"))
    groups = [each.get_text() for each in page.select(".typed-key span")]
    assert {len(group) for group in groups} == {4}
    assert page.select_one("img[src^='data:image/svg+xml;base64,']") is not None


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "12345678901234567890", "é" * 6])
def test_a_wrong_code_puts_nothing_in_place_and_says_what_to_do(
    client: FlaskClient, session: Session, code: str
) -> None:
    user = signed_in(client, session)
    application(client)
    refused = client.post("/account/second-factor/confirm", data={"code": code})
    assert refused.status_code == 422
    assert "Ce code ne convient pas" in text_of(refused)
    session.refresh(user)
    assert user.tf_totp_secret is None
    assert actions(session)[-1] == "second_factor.refused"


def test_no_work_before_the_codes_are_said_to_be_kept(
    client: FlaskClient, session: Session
) -> None:
    signed_in(client, session)
    client.post("/account/second-factor/confirm", data={"code": application(client).now()})
    assert client.get("/files").headers["Location"] == KEPT
    client.post(f"{KEPT}/kept", data={})
    assert client.get("/files").headers["Location"] == KEPT
    assert "ne peuvent plus être montrés" in text_of(client.get(KEPT))
    client.post(f"{KEPT}/kept", data={"kept": "1"})
    assert client.get("/files").status_code == 200


def test_codes_are_shown_once_to_copy_print_and_download(
    client: FlaskClient, session: Session
) -> None:
    signed_in(client, session)
    shown = client.post("/account/second-factor/confirm", data={"code": application(client).now()})
    page = soup(shown)
    codes = [each.get_text() for each in page.select("#codes code")]
    assert page.select_one("[data-copy]")["data-copy"].splitlines() == codes  # type: ignore[index]
    assert page.select_one("[data-print]") is not None
    file = page.select_one("a[download$='.txt']")["href"]  # type: ignore[index]
    assert all(code in file for code in codes)
    assert page.select_one("#kept")["required"] == ""  # type: ignore[index]
    client.post(f"{KEPT}/kept", data={"kept": "1"})
    for path in (KEPT, "/account"):
        assert not any(code in text_of(client.get(path)) for code in codes)


def test_a_session_elsewhere_ends_when_the_factor_changes(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session, "mediator")
    elsewhere = app.test_client()
    give_password(elsewhere, user)
    assert elsewhere.get("/queue").status_code == 200
    enrol(client)
    assert client.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 302


def test_a_lost_telephone_a_recovery_code_opens_once(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    _totp, codes = enrol(client)
    other = app.test_client()
    page = give_password(other, user)
    assert "/mf-recovery" in other.get(page.headers["Location"]).get_data(as_text=True)
    other.post("/mf-recovery", data={"code": codes[0].upper().replace("-", " ")})
    assert other.get("/files").status_code == 200
    third = app.test_client()
    give_password(third, user)
    refused = third.post("/mf-recovery", data={"code": codes[0]})
    assert "il a déjà servi" in text_of(refused)
    assert third.get("/files").status_code == 302
    told = actions(session)
    assert told.count("user.recovery_code_spent") == 1
    assert told[-1] == "second_factor.refused"


def test_few_codes_left_is_told_on_both_sides_of_the_bound(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    _totp, codes = enrol(client)
    for spent, code in enumerate(codes, start=1):
        other = app.test_client()
        give_password(other, user)
        other.post("/mf-recovery", data={"code": code})
        page = text_of(other.get("/account"))
        assert ("faites-en de nouveaux sur votre page" in page) == (CODES - spent < FEW), spent
        limiter.reset()


def test_new_codes_make_the_former_ones_worthless(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    _totp, codes = enrol(client)
    shown = client.post(f"{KEPT}/new")
    fresh = [each.get_text() for each in soup(shown).select("#codes code")]
    assert not set(codes) & set(fresh)
    assert client.get("/files").headers["Location"] == KEPT
    other = app.test_client()
    give_password(other, user)
    assert other.post("/mf-recovery", data={"code": codes[0]}).status_code == 200
    assert other.post("/mf-recovery", data={"code": fresh[0]}).status_code == 302


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_no_choice_to_leave_it_where_it_is_compulsory(
    client: FlaskClient, session: Session, role: str
) -> None:
    user = signed_in(client, session, role)
    enrol(client)
    assert "Ne plus utiliser" not in text_of(client.get("/account"))
    client.post("/account/second-factor/drop")
    session.refresh(user)
    assert user.tf_totp_secret is not None
    assert "ne peut pas se passer" in text_of(client.get("/account"))


def test_whoever_chose_it_may_leave_it(client: FlaskClient, session: Session) -> None:
    user = signed_in(client, session, "mediator")
    enrol(client)
    assert "Ne plus utiliser" in text_of(client.get("/account"))
    client.post("/account/second-factor/drop")
    session.refresh(user)
    assert user.tf_totp_secret is user.mf_recovery_codes is None
    assert client.get("/queue").status_code == 200
    assert actions(session)[-1] == "user.second_factor_dropped"


@pytest.mark.parametrize("path", ["second-factor", "recovery-codes/new", "second-factor/drop"])
def test_what_guards_the_account_asks_for_the_password_again(
    client: FlaskClient, session: Session, path: str
) -> None:
    signed_in(client, session, "mediator")
    enrol(client)
    with client.session_transaction() as cookie:
        cookie["fs_paa"] -= 3600
        cookie.pop("fs_gexp", None)
    ask = client.get if path == "second-factor" else client.post
    answer = ask(f"/account/{path}")
    assert answer.headers["Location"].startswith("/verify?next=")
    again = client.post(answer.headers["Location"], data={"password": "a-long-test-password"})
    assert again.headers["Location"] in ("/account/second-factor", "/account")
    assert client.get("/account/second-factor").status_code == 200


def test_an_administrators_reset_ends_sessions_and_is_told(
    client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    enrol(client)
    session.refresh(user)
    user.webauthn.append(a_passkey())
    session.commit()
    reset_second_factor(Context(session, SYSTEM, now()), user)
    session.commit()
    assert client.get("/files").status_code == 302
    assert session.scalars(select(Passkey)).all() == []
    assert actions(session)[-1] == "user.second_factor_reset"
    give_password(client, user)
    assert client.get("/", follow_redirects=True).request.path == "/account/second-factor"


def test_passkeys_are_listed_by_name_and_removed(client: FlaskClient, session: Session) -> None:
    user = signed_in(client, session, "mediator")
    assert client.get("/wan-register").headers["Location"] == "/account/second-factor"
    enrol(client)
    assert client.get("/wan-register").status_code == 200
    session.refresh(user)
    user.webauthn.append(a_passkey())
    session.commit()
    assert "Ordinateur du bureau" in text_of(client.get("/account"))
    number = user.webauthn[0].id
    assert client.post(f"/account/passkeys/{number + 1}/remove").status_code == 404
    client.post(f"/account/passkeys/{number}/remove")
    assert "Ordinateur du bureau" not in text_of(client.get("/account"))
    assert actions(session)[-1] == "user.passkey_removed"


def test_a_passkey_of_somebody_else_is_not_mine_to_remove(
    client: FlaskClient, session: Session
) -> None:
    other: User = make_user(session, "mediator")
    other.webauthn.append(a_passkey())
    session.commit()
    signed_in(client, session, "mediator")
    assert client.post(f"/account/passkeys/{other.webauthn[0].id}/remove").status_code == 404
    assert len(session.scalars(select(Passkey)).all()) == 1


def a_passkey() -> Passkey:
    return Passkey(
        name="Ordinateur du bureau", credential_id=b"id", public_key=b"key", sign_count=0,
        transports=["internal"], device_type="single_device", backup_state=False,
        usage="secondary", lastuse_datetime=now(),
    )  # fmt: skip


@pytest.mark.parametrize("door", ["/tf-validate", "/mf-recovery"])
def test_too_many_wrong_codes_lock_and_an_administrator_opens(
    app: Flask, client: FlaskClient, session: Session, door: str
) -> None:
    user = signed_in(client, session)
    totp, codes = enrol(client)
    at = int(now().timestamp())
    sent = {"/tf-validate": [totp.at(at + 30), totp.at(at + 60)], "/mf-recovery": codes[:2]}[door]
    other = app.test_client()
    for each in range(10):
        limiter.reset()
        if each in (0, 5):  # the password given again does not begin anew
            give_password(other, user)
        other.post(door, data={"code": "000000"})
    limiter.reset()
    refused = other.post(door, data={"code": sent[0]})
    assert other.get("/files").status_code == 302
    assert refused.status_code == 200
    assert "user.locked" in actions(session)
    assert unlock(Context(session, SYSTEM), user)
    session.commit()
    limiter.reset()
    give_password(other, user)
    other.post(door, data={"code": sent[1]})
    assert other.get("/files").status_code == 200
