"""A team from a file: every encoding, every problem told, all accounts or none."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import AccountLink, User
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput
from energymed.casework.team_file import MAX_PEOPLE, TeamLine, open_team, read_team
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_partner, make_site, make_user

TITLES = "Nom;E-mail;Rôle;Site;Heures;Langues;Date de fin"
ZOE = "Zoé Lé;ZOE@example.org;Médiateur;pdp;28;arabe, tamoul;31/08/2027"


@pytest.fixture
def ctx(session: Session) -> Context:
    make_site(session, "pdp")
    return Context(session, SYSTEM, NOW)


def read(
    ctx: Context, *lines: str, titles: str = TITLES, encoding: str = "utf-8"
) -> list[TeamLine]:
    return read_team(ctx, "\r\n".join([titles, *lines]).encode(encoding), "equipe.csv")


def problems(ctx: Context, line: str, *more: str) -> list[str]:
    return [str(problem) for problem in read(ctx, line, *more)[-1].problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_line_is_an_account(ctx: Context, encoding: str, separator: str) -> None:
    titles, line = TITLES.replace(";", separator), ZOE.replace(";", separator)
    (found,) = read(ctx, line, titles=titles, encoding=encoding)
    account = found.account
    assert account is not None
    assert (account.name, account.email, account.role) == ("Zoé Lé", "zoe@example.org", "mediator")
    assert (account.weekly_hours, account.languages) == (28, ("arabe", "tamoul"))
    assert (account.ends_on, account.password_hash) == (date(2027, 8, 31), None)
    assert found.number == 2


def test_titles_in_english_and_another_order(ctx: Context) -> None:
    (found,) = read(ctx, "lead,z@example.org,Zoe", titles="role,email,name")
    assert found.account is not None
    assert (found.account.role, found.account.weekly_hours) == ("lead", 35)
    assert found.account.site_id is not None  # the only one


def test_a_partners_account(ctx: Context, session: Session) -> None:
    partner = make_partner(session, "edf")
    titles = f"{TITLES};Partenaire"
    (found,) = read(ctx, "Max;max@edf.example;Partenaire;;;;;EDF", titles=titles)
    assert found.account is not None
    assert found.account.partner_id == partner.id


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (";z@example.org;mediator;pdp;;;", "Le nom manque."),
        ("Z;nobody;mediator;pdp;;;", "Adresse e-mail incorrecte : nobody."),
        ("Z;taken@example.org;mediator;pdp;;;", "Un compte existe déjà pour taken@example.org."),
        ("Z;z@example.org;boss;pdp;;;", "Rôle inconnu : « boss »"),
        ("Z;z@example.org;mediator;lyon;;;", "Site inconnu : « lyon »."),
        ("Z;z@example.org;partner;;;;", "Ce rôle a besoin d'un partenaire."),
        ("Z;z@example.org;mediator;pdp;49;;", "Les heures par semaine vont de 1 à 48."),
        ("Z;z@example.org;mediator;pdp;beaucoup;;", "nombre entier : « beaucoup »"),
        ("Z;z@example.org;mediator;pdp;;;32/13/2027", "ne se lit pas : « 32/13/2027 »"),
        ("Z;z@example.org;mediator;pdp;;;22/11/2026", "Le dernier jour est déjà passé"),
    ],
)
def test_what_is_wrong_is_told(ctx: Context, session: Session, line: str, told: str) -> None:
    make_user(session, email="taken@example.org")
    (found,) = problems(ctx, line)
    assert told in found


def test_all_that_is_wrong_with_a_line_is_told(ctx: Context) -> None:
    assert len(problems(ctx, ";nobody;boss;lyon;99;;hier")) == 6


def test_an_address_stands_once_in_a_file(ctx: Context) -> None:
    assert problems(ctx, ZOE, ZOE.lower()) == ["Cette adresse est déjà à la ligne 2."]


def test_with_two_sites_one_has_to_be_named(ctx: Context, session: Session) -> None:
    make_site(session, "dijon")
    assert problems(ctx, "Z;z@example.org;mediator;;;;") == ["Ce rôle a besoin d'un site."]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TITLES.encode(),
        b"a;b\r\n1;2",
        f"{TITLES}\n;;;;;;\n".encode(),
        "\n".join([TITLES, *[ZOE] * (MAX_PEOPLE + 1)]).encode(),
        b"x" * (256 * 1024 + 1),
        b"\x00\x01\x02PK",
    ],
)
def test_what_is_no_team_is_refused(ctx: Context, data: bytes) -> None:
    with pytest.raises(BadInput):
        read_team(ctx, data, "equipe.csv")


def test_all_are_opened_with_their_links(ctx: Context, session: Session) -> None:
    data = "\n".join([TITLES, ZOE, "Max;max@example.org;admin;;;;"]).encode()
    made = open_team(ctx, data, "equipe.csv", "https://e.example/")
    assert [link.email for link in made] == ["zoe@example.org", "max@example.org"]
    assert all(link.address.startswith("https://e.example/invitation/") for link in made)
    assert len({link.address for link in made}) == 2
    assert session.scalar(select(func.count()).select_from(AccountLink)) == 2


def test_one_wrong_line_opens_none(ctx: Context, session: Session) -> None:
    data = "\n".join([TITLES, ZOE, "Max;max@example.org;boss;;;;"]).encode()
    with pytest.raises(BadInput):
        open_team(ctx, data, "equipe.csv", "")
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize("data", [b"PK\x03\x04 a workbook", bytes(range(32)) * 9])
def test_what_is_no_csv_is_told_how_to_become_one(ctx: Context, data: bytes) -> None:
    with pytest.raises(BadInput, match="enregistrez-le en CSV"):
        read_team(ctx, data, "equipe.xlsx")
