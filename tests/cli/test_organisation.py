"""`setup`: a file that is read whole, what is wrong with it, and questions on the terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.cli import main, organisation
from tests.cli.conftest import Run
from tests.cli.test_every_command import ORGANISATION

ANSWERS = ["PIMMS Exemple", "04 65 71 00 00", "valence", "Valence", "26", "Hélène",
           "helene@example.org", "une phrase assez longue", "une phrase assez longue",
           "y", "n", "n", "n", "n"]  # fmt: skip


@pytest.fixture(autouse=True)
def tables_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test database is not made by migrations."""
    monkeypatch.setattr(organisation, "prepare_database", lambda: "head")


def written(folder: Path, text: str) -> Path:
    plan = folder / "organisation.toml"
    plan.write_text(text, encoding="utf-8")
    return plan


def test_a_file_sets_everything_up_and_tells_drawn_passwords_once(
    run: Run, session: Session, tmp_path: Path
) -> None:
    team = '[[team]]\nemail = "m@example.org"\nname = "M"\nrole = "mediator"\n'
    plan = written(tmp_path, "\N{BYTE ORDER MARK}" + ORGANISATION + team)
    done = json.loads(run("setup", "--from", plan, "--json").stdout)
    assert (done["sites"], done["partners"]) == (["valence"], ["edf"])
    assert [(one["email"], one["role"]) for one in done["accounts"]] == [
        ("helene@example.org", "admin"), ("m@example.org", "mediator"),
    ]  # fmt: skip
    assert all(len(one["password"]) >= 12 for one in done["accounts"])
    again = run("setup", "--from", plan)
    assert again.exit_code == 1
    assert again.stderr.startswith("Cette installation a déjà un administrateur")


def test_a_password_that_was_given_is_never_printed(run: Run, tmp_path: Path) -> None:
    named = 'email = "helene@example.org"\npassword = "une phrase assez longue"'
    text = ORGANISATION.replace('email = "helene@example.org"', named)
    done = run("setup", "--from", written(tmp_path, text))
    assert done.exit_code == 0
    assert "helene@example.org" in done.stdout
    assert "une phrase assez longue" not in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[association", ["« organisation.toml » n'est pas un fichier TOML"]),
        ("", ["Il manque [association] avec ses valeurs.",
              "Il manque [administrator] avec ses valeurs."]),
        (ORGANISATION.replace("[[sites]]", "[[places]]"), ["[places] n'est pas connu."]),
        (ORGANISATION.replace("[[sites]]", "[sites]"),
         ["Il manque [sites 1] avec ses valeurs."]),
        (ORGANISATION.replace("missions", "mission"),
         ["partners 1 : « mission » n'est pas connu.", "partners 1 : il manque « missions »."]),
        (ORGANISATION.replace('["unpaid_bill"]', '"unpaid_bill"'),
         ["partners 1 : « missions » n'a pas la bonne forme."]),
        (ORGANISATION.replace('["unpaid_bill"]', "[1]"),
         ["partners 1 : « missions » n'a pas la bonne forme."]),
        (ORGANISATION.replace('"04 65 71 00 00"', "465710000"),
         ["association : « phone » n'a pas la bonne forme."]),
        (ORGANISATION.replace('"04 65 71 00 00"', '"12"').replace("unpaid_bill", "unpaid"),
         ["association : Ce numéro ne se lit pas : écrivez 04 65 71 00 02.",
          "partners 1 : Mission inconnue : unpaid."]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_said_at_once_and_nothing_written(
    run: Run, session: Session, tmp_path: Path, text: str, said: list[str]
) -> None:
    done = run("setup", "--from", written(tmp_path, text))
    assert done.exit_code == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))
    for table in (Site, User):
        assert session.scalars(select(table)).all() == []


def test_a_file_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("setup", "--from", tmp_path / "nowhere.toml")
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "ne peut pas être lu" in done.stderr


@pytest.mark.parametrize("arguments", [(), ("--from", "x.toml", "--interactive")])
def test_one_way_is_chosen(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("setup", *arguments).exit_code == 2


def test_questions_are_asked_on_the_terminal(run: Run, session: Session) -> None:
    assert run("site", "list").exit_code == 0  # the environment of a command
    done: Result = CliRunner().invoke(main, ["setup", "--interactive"], input="\n".join(ANSWERS))
    assert done.exit_code == 0, done.output
    assert "une phrase assez longue" not in done.output
    assert session.scalars(select(Site.department)).all() == ["26"]
    partners = json.loads(run("partner", "list", "--json").stdout)
    assert [(one["code"], one["missions"]) for one in partners] == [("edf", ["unpaid_bill"])]


def test_questions_that_nobody_answers(run: Run) -> None:
    result = run("setup", "--interactive")
    assert (result.exit_code, "Interrompu : rien n'est fait." in result.stderr) == (1, True)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name = " + b"[" * 5000])
def test_a_file_that_is_no_text_or_has_no_end(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "organisation.toml"
    path.write_bytes(content)
    result = run("setup", "--from", path)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "n'est pas un texte TOML" in result.stderr
