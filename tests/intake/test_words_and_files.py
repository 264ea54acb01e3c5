"""A file that comes after what a person said overwrites nothing of it, and says so."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db import transaction
from energymed.cases.codes import WordField
from energymed.cases.models import Case, Person
from energymed.cases.words import Said, keep_words
from energymed.casework.merge_people import merge_people
from energymed.intake.codes import ProblemCode
from energymed.intake.importing.report import ImportReport
from energymed.intake.importing.undo import undo
from tests.factories import make_user
from tests.intake.imports import Desk

TITLES = (
    "Référence dossier;Référence client;Nom;Prénom;E-mail;Téléphone;Adresse;Code postal;Ville;"
    "Montant dû"
)
LEA = "R1;C1;DURAND;Lea;old@example.org;0639984501;1 rue Haute;26000;Valence;12,50"


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def bring(desk: Desk, *lines: str) -> ImportReport:
    text = "\n".join([TITLES, *lines])
    return desk.bring(text.encode(), f"w{desk.now.timestamp()}.csv", again=True)


def say(desk: Desk, case: Case, **values: str) -> None:
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    desk.session.commit()
    with transaction() as session:
        said = Said({WordField(name): text for name, text in values.items()})
        keep_words(Context(session, lead, desk.now), case.id, said)
    desk.session.expire_all()


def only(desk: Desk, model: Any) -> Any:
    desk.session.expire_all()
    return desk.session.scalars(select(model)).one()


def told(report: ImportReport) -> list[tuple[str, str | None]]:
    return [
        (str(problem.code), problem.column)
        for problem in report.problems
        if problem.code == ProblemCode.PERSON_SAID_OTHERWISE
    ]


def test_a_later_file_overwrites_no_word_and_says_so(desk: Desk) -> None:
    bring(desk, LEA)
    case = only(desk, Case)
    say(desk, case, email="new@example.org", last_name="Durant", address="2 rue Basse")
    report = bring(desk, LEA.replace("12,50", "20,00"))
    case = only(desk, Case)
    assert case.debt_cents == 2_000
    assert (case.person.email, case.person.last_name) == ("new@example.org", "Durant")
    assert (case.address, case.commune) == ("2 rue Basse", "Valence")
    assert sorted(told(report)) == [
        ("person_said_otherwise", "Adresse"),
        ("person_said_otherwise", "E-mail"),
        ("person_said_otherwise", "Nom"),
    ]
    assert "sa parole est gardée" in str(
        next(one for one in report.problems if one.column == "Nom")
    )


def test_a_file_that_says_the_same_is_not_told(desk: Desk) -> None:
    bring(desk, LEA)
    say(desk, only(desk, Case), email="new@example.org", last_name="Dürand")
    report = bring(desk, LEA.replace("old@", "NEW@").replace("12,50", "13,00"))
    assert told(report) == []
    assert only(desk, Person).last_name == "Dürand"


def test_what_the_person_said_nothing_of_comes_from_the_file(desk: Desk) -> None:
    bring(desk, LEA)
    say(desk, only(desk, Case), email="new@example.org")
    bring(desk, LEA.replace("Haute", "Neuve").replace("Lea", "Léa"))
    assert (only(desk, Case).address, only(desk, Person).first_name) == ("1 rue Neuve", "Léa")


def test_an_email_that_the_person_took_back_stays_away(desk: Desk) -> None:
    bring(desk, LEA)
    say(desk, only(desk, Case), email="")
    report = bring(desk, LEA.replace("12,50", "13,00"))
    assert only(desk, Person).email is None
    assert told(report) == [("person_said_otherwise", "E-mail")]


def test_a_new_case_under_the_old_spelling_is_the_same_persons(desk: Desk) -> None:
    bring(desk, LEA.replace("C1", ""))
    say(desk, only(desk, Case), last_name="Martin-Roux", first_name="Léane")
    bring(desk, LEA.replace("C1", ""), LEA.replace("R1", "R2").replace("C1", ""))
    assert only(desk, Person).last_name == "Martin-Roux"


def test_the_undo_of_a_file_leaves_what_was_said_since(desk: Desk) -> None:
    bring(desk, LEA)
    second = bring(desk, LEA.replace("old@", "file@").replace("1 rue Haute", "3 rue du Parc"))
    case = only(desk, Case)
    say(desk, case, email="said@example.org", address="2 rue Basse")
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    desk.session.commit()
    with transaction() as session:
        undo(Context(session, lead, desk.now), second.batch or 0)
    assert (only(desk, Person).email, only(desk, Case).address) == (
        "said@example.org", "2 rue Basse",
    )  # fmt: skip


def test_a_file_that_names_a_merged_row_means_the_one_that_stays(desk: Desk) -> None:
    other = "R2;C2;DURANT;Léa;two@example.org;0639984502;1 rue Haute;26000;Valence;5,00"
    bring(desk, LEA, other)
    desk.session.expire_all()
    kept, gone = desk.session.scalars(select(Person).order_by(Person.id))
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    ids = (kept.id, gone.id)
    desk.session.commit()
    with transaction() as session:
        merge_people(Context(session, lead, desk.now), *ids)
    by_name = other.replace("C2", "").replace("R2", "R4")
    bring(desk, LEA, other, other.replace("R2", "R3"), by_name)
    desk.session.expire_all()
    assert desk.session.scalars(select(Person.id).order_by(Person.id)).all() == list(ids)
    assert set(desk.session.scalars(select(Case.person_id))) == {ids[0]}


@pytest.mark.parametrize(("owner", "homes"), [(None, 1), ("neighbour", 1), ("landlord", 2)])
def test_a_number_marked_as_shared_joins_no_household(
    desk: Desk, owner: str | None, homes: int
) -> None:
    bring(desk, LEA)
    only(desk, Case).person.phones[0].owner = owner
    desk.session.commit()
    bring(desk, LEA, LEA.replace("R1;C1;DURAND;Lea", "R2;C2;MOREL;Paul"))
    desk.session.expire_all()
    assert len(set(desk.session.scalars(select(Person.household_id)))) == homes
