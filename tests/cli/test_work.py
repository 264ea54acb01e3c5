"""`assign`: who gets what, as a script reads it (the spreading itself is tested in calling)."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.audit import AuditEvent
from energymed.cases.models import Case
from energymed.partners.models import Partner
from tests.cli.conftest import Run
from tests.factories import make_case, make_partner, make_site, make_user

EDF = ("--partner", "edf")


@pytest.fixture
def valence(session: Session) -> Site:
    """A site with Ada and Bob, who work as much, and four cases of EDF to assign."""
    site, edf = make_site(session, "valence"), make_partner(session, "edf")
    for name in ("ada", "bob"):
        make_user(session, site=site, email=f"{name}@example.org", name=name.title())
    for number in range(4):
        make_case(session, site=site, partner=edf, reference=f"R{number}")
    return site


def named(*names: str) -> list[str]:
    """The options that choose these mediators."""
    return [part for name in names for part in ("--mediator", f"{name}@example.org")]


def holders(session: Session) -> dict[str, int]:
    """How many cases each holds, as the database has it."""
    held: dict[str, int] = {}
    for case in session.scalars(select(Case).where(Case.state == "queued")):
        assert case.assigned_to is not None
        held[case.assigned_to.email] = held.get(case.assigned_to.email, 0) + 1
    return held


@pytest.mark.slow
def test_the_answer_says_how_many_each_got(run: Run, session: Session, valence: Site) -> None:
    result = run("assign", *EDF, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert list(said) == ["assigned", "mediators"]
    assert said["assigned"] == 4
    assert said["mediators"] == [
        {"email": "ada@example.org", "cases": 2}, {"email": "bob@example.org", "cases": 2},
    ]  # fmt: skip
    assert holders(session) == {row["email"]: row["cases"] for row in said["mediators"]}


def test_a_second_time_there_is_nothing_left(run: Run, session: Session, valence: Site) -> None:
    run("assign", *EDF)
    before = holders(session)
    assert json.loads(run("assign", *EDF, "--json").stdout) == {"assigned": 0, "mediators": []}
    assert holders(session) == before


def test_a_mediator_named_twice_or_in_capitals_counts_once(
    run: Run, session: Session, valence: Site
) -> None:
    options = [*named("ada", "ada", "bob"), "--mediator", "ADA@example.org"]
    said = json.loads(run("assign", *EDF, *options, "--json").stdout)
    assert said == {
        "assigned": 4,
        "mediators": [
            {"email": "ada@example.org", "cases": 2}, {"email": "bob@example.org", "cases": 2},
        ],
    }  # fmt: skip
    assert holders(session) == {"ada@example.org": 2, "bob@example.org": 2}


def test_hours_weigh(run: Run, session: Session, valence: Site) -> None:
    make_user(session, site=valence, email="eve@example.org", weekly_hours=10)
    make_user(session, site=valence, email="dan@example.org", weekly_hours=30)
    said = json.loads(run("assign", *EDF, *named("eve", "dan"), "--json").stdout)
    assert {row["email"]: row["cases"] for row in said["mediators"]} == {
        "eve@example.org": 1, "dan@example.org": 3,
    }  # fmt: skip


def test_those_who_left_get_nothing(run: Run, session: Session, valence: Site) -> None:
    make_user(session, site=valence, email="gone@example.org", active=False)
    run("assign", *EDF)
    assert set(holders(session)) == {"ada@example.org", "bob@example.org"}


def test_a_refused_assignment_changes_nothing(run: Run, session: Session, valence: Site) -> None:
    """A second site without a mediator: the first site's cases stay too, and it says why."""
    edf = session.scalars(select(Case)).first()
    assert edf is not None
    make_case(session, site=make_site(session, "dijon"), partner=edf.partner)
    result = run("assign", *EDF, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Aucun médiateur actif sur le site de ces dossiers.\n"
    assert holders(session) == {}
    assert (
        session.scalars(select(AuditEvent).where(AuditEvent.action == "case.assigned")).all() == []
    )


def test_named_mediators_take_their_own_sites_cases_and_the_rest_is_told(
    run: Run, session: Session, valence: Site
) -> None:
    edf = session.scalars(select(Partner).where(Partner.code == "edf")).one()
    make_case(session, site=make_site(session, "dijon"), partner=edf)
    said = json.loads(run("assign", *EDF, *named("ada"), "--json").stdout)
    assert said == {
        "assigned": 4,
        "mediators": [{"email": "ada@example.org", "cases": 4}],
        "passed_over": [{"site": "dijon", "cases": 1}],
    }
    assert holders(session) == {"ada@example.org": 4}
    result = run("assign", *EDF, *named("ada"))
    assert result.exit_code == 0
    assert "Laissés, d'un site où aucun de ces médiateurs ne travaille : dijon (1)" in result.stdout


def test_who_is_never_called_stays_and_is_told(run: Run, session: Session, valence: Site) -> None:
    case = session.scalars(select(Case)).first()
    assert case is not None
    case.person.opposed_at = case.opened_at
    session.commit()
    said = json.loads(run("assign", *EDF, *named("ada"), "--json").stdout)
    assert (said["assigned"], said["never_called"]) == (3, 1)


def test_each_assignment_is_on_record(run: Run, session: Session, valence: Site) -> None:
    run("assign", *EDF)
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.assigned")).all()
    assert len(events) == 4
    assert {event.actor_role for event in events} == {"system"}


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--partner", "nobody"), 1, "Partenaires connus : edf"),
        ((*EDF, *named("nobody")), 1, "Aucun compte pour nobody@example.org."),
        ((*EDF, *named("ada", "nobody")), 1, "Aucun compte pour nobody@example.org."),
        ((), 2, "--partner"),
    ],
)
def test_wrong_names_assign_nothing(
    run: Run, session: Session, valence: Site, options: tuple[str, ...], code: int, sentence: str
) -> None:
    result = run("assign", *options, "--json")
    assert (result.exit_code, result.stdout) == (code, "")
    assert sentence in result.stderr
    assert code == 2 or result.stderr.count("\n") == 1
    assert holders(session) == {}
