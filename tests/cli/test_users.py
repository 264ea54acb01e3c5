"""`user list|edit|invite|reset|unlock|end`: as another script would call them."""

import json
from datetime import date

import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import AccountLink, User
from energymed.accounts.sign_in_tries import judge_try
from energymed.base.clock import now
from energymed.cases.models import Case
from tests.cli.conftest import Run
from tests.factories import PASSWORD, make_case, make_partner, make_site, make_user


def data_of(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session, name="Amina", email="amina@example.org", password=PASSWORD)


def again(session: Session, user_id: int) -> User:
    return session.get_one(User, user_id)


def test_the_list_says_the_state_of_each(run: Run, session: Session, user: User) -> None:
    make_user(session, "lead", name="Zoé")
    rows = data_of(run("user", "list", "--json"))
    assert [(row["name"], row["state"]) for row in rows] == [
        ("Amina", "active"),
        ("Zoé", "invited"),
    ]  # type: ignore[attr-defined]
    rows = data_of(run("user", "list", "--state", "invited", "--json"))
    assert [row["role"] for row in rows] == ["lead"]  # type: ignore[attr-defined]
    assert "amina@example.org" in run("user", "list", "--search", "ami").stdout
    assert run("user", "list", "--site", "nowhere").exit_code == 1
    assert run("user", "list", "--state", "asleep").exit_code == 2


def test_an_account_is_edited_in_part(run: Run, session: Session, user: User) -> None:
    user_id, site = user.id, make_site(session, "dijon")
    site_id, partner = site.id, make_partner(session, "edf")
    assert partner.code == "edf"
    given = ("--hours", 28, "--languages", "arabe,tamoul", "--extension", "12", "--site", "dijon",
             "--ends-on", "2037-08-31", "--new-email", "New@example.org")  # fmt: skip
    told = data_of(run("user", "edit", "amina@example.org", *given, "--json"))
    assert told["email"] == "new@example.org"  # type: ignore[index]
    found = again(session, user_id)
    assert (found.weekly_hours, found.languages, found.extension) == (28, ["arabe", "tamoul"], "12")
    assert (found.site_id, found.ends_on, found.name) == (site_id, date(2037, 8, 31), "Amina")
    data_of(run("user", "edit", "new@example.org", "--no-end", "--role", "partner",
                "--partner", "edf", "--json"))  # fmt: skip
    found = again(session, user_id)
    assert (found.ends_on, found.role, found.site_id) == (None, "partner", None)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("edit", "nobody@example.org", "--hours", "20"), 1),
        (("edit", "amina@example.org", "--hours", "99"), 1),
        (("edit", "amina@example.org", "--role", "partner"), 1),
        (("edit", "amina@example.org", "--hours", "many"), 2),
        (("edit", "amina@example.org", "--ends-on", "2037-08-31", "--no-end"), 2),
        (("edit",), 2),
        (("invite", "amina@example.org"), 1),
        (("invite", "nobody@example.org"), 1),
        (("reset", "nobody@example.org"), 1),
        (("unlock", "nobody@example.org"), 1),
        (("end", "nobody@example.org"), 1),
        (("end", "amina@example.org", "--to", "nobody@example.org"), 1),
        (("end", "amina@example.org", "--to", "a@b.fr", "--to-team"), 2),
        (("end", "amina@example.org", "--on", "tomorrow"), 2),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    run: Run, session: Session, user: User, arguments: tuple[str, ...], code: int
) -> None:
    result = run("user", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert code == 2 or result.stderr.count("\n") == 1


def test_an_invitation_is_shown_where_there_is_no_mail(run: Run, session: Session) -> None:
    user_id = make_user(session, email="zoe@example.org").id
    first = data_of(run("user", "invite", "zoe@example.org", "--json"))
    second = data_of(run("user", "invite", "zoe@example.org", "--json"))
    assert first["link"] != second["link"]  # type: ignore[index]
    assert (second["sent"], second["link"].startswith("/invitation/")) == (False, True)  # type: ignore[index]
    assert session.scalars(select(AccountLink.user_id)).all() == [user_id]


def test_a_reset_takes_the_password(run: Run, session: Session, user: User) -> None:
    user_id = user.id
    assert "/invitation/" in run("user", "reset", "amina@example.org").stdout
    assert again(session, user_id).password is None


def test_a_lost_telephone_of_the_only_administrator(run: Run, session: Session) -> None:
    admin_id = make_user(
        session, "admin", email="admin@example.org", password=PASSWORD, tf_totp_secret="s"
    ).id
    told = run("user", "reset", "admin@example.org", "--second-factor")
    assert (told.exit_code, "Second facteur" in told.stdout) == (0, True)
    found = again(session, admin_id)
    assert (found.tf_totp_secret, found.password is None) == (None, False)


def test_whoever_ends_the_practice_is_given_a_site(run: Run, session: Session) -> None:
    trainee_id = make_user(session, "trainee", email="nora@example.org").id
    site_id = make_site(session, "dijon").id
    data_of(run("user", "edit", "nora@example.org", "--role", "mediator", "--json"))
    assert again(session, trainee_id).site_id == site_id


def test_a_closed_account_is_given_no_last_day(run: Run, session: Session) -> None:
    closed_id = make_user(session, email="old@example.org", active=False).id
    refused = run("user", "end", "old@example.org", "--on", "2037-08-31")
    assert (refused.exit_code, "fermé" in refused.stderr) == (1, True)
    assert again(session, closed_id).ends_on is None


def test_a_lock_is_taken_away(run: Run, session: Session, user: User) -> None:
    for _ in range(10):
        judge_try(session, user.email, False, now())
    told = data_of(run("user", "unlock", "amina@example.org", "--json"))
    assert told == {"email": "amina@example.org", "was_locked": True}
    assert "n'était pas verrouillé" in run("user", "unlock", "amina@example.org").stdout


@pytest.mark.parametrize("to", [(), ("--to", "bao@example.org"), ("--to-team",)])
def test_an_account_is_ended_and_its_cases_passed_on(
    run: Run, session: Session, user: User, to: tuple[str, ...]
) -> None:
    bao = make_user(session, site=user.site, email="bao@example.org")
    user_id, bao_id, case_id = user.id, bao.id, make_case(session, assigned_to=user).id
    told = data_of(run("user", "end", "amina@example.org", *to, "--json"))
    assert told["cases"] == 1  # type: ignore[index]
    assert again(session, user_id).active is False
    assert session.get_one(Case, case_id).assigned_to_id == (bao_id if to else None)


def test_a_last_day_is_set(run: Run, session: Session, user: User) -> None:
    user_id = user.id
    assert "31/08/2037" in run("user", "end", "amina@example.org", "--on", "2037-08-31").stdout
    found = again(session, user_id)
    assert (found.active, found.ends_on) == (True, date(2037, 8, 31))


def test_the_last_administrator_stays(run: Run, session: Session) -> None:
    make_user(session, "admin", email="admin@example.org", password=PASSWORD)
    refused = run("user", "end", "admin@example.org")
    assert (refused.exit_code, "dernier administrateur" in refused.stderr) == (1, True)


def test_the_first_password_is_to_be_changed(run: Run, session: Session) -> None:
    data_of(run("user", "add", "z@example.org", "--role", "admin", "--json"))
    found = session.scalars(select(User)).one()
    assert found.must_change_password
