"""References that change shape between two files: one debt, or a question."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.text.references import bare_key
from energymed.cases import transitions
from energymed.cases.models import Case
from energymed.intake.importing.undo import undo
from energymed.partners.codes import Closure
from tests.exploring import examples
from tests.intake.importing.test_holder_changed import INES, PAUL, bring, codes, line
from tests.intake.imports import Desk

SHAPES = [
    ("0012345", "12345"), ("12345", "0012345"), ("EDF-001 23", "edf00123"), ("R-12", "r 12"),
    ("12345", "12345.0"), ("AB/12", "ab-12"), ("AB12", "ab12"),
]  # fmt: skip


def known(session: Session) -> list[tuple[str, int | None, int | None]]:
    session.expire_all()
    rows = session.scalars(select(Case).order_by(Case.id))
    return [(case.reference, case.debt_cents, case.missing_since_batch_id) for case in rows]


@pytest.mark.parametrize(("before", "after"), SHAPES)
def test_another_shape_is_asked_about(
    desk: Desk, session: Session, before: str, after: str
) -> None:
    bring(desk, line(INES, ref=before, customer=""))
    report = bring(desk, line(INES, ref=after, customer="", amount="99,00"), week=47)
    assert (report.created, report.held, report.missing_from_file) == (0, 1, 0)
    assert codes(report) == ["reference_changed_shape"]
    assert known(session) == [(before, 12050, None)]


def test_the_case_of_the_folder(desk: Desk, session: Session) -> None:
    """As `cases/reference-changes-shape`: the sheet has also lost the zero of the number."""
    titles = "Référence;Nom;Prénom;Téléphone;Code postal;Commune;Montant dû\n"
    desk.bring(f"{titles}0012345;Morel;Inès;0639981122;26110;Nyons;120,50\n".encode(), "s46.csv")
    report = desk.bring(f"{titles}12345;Morel;Inès;639981122;26110;Nyons;120,50\n".encode())
    assert (report.created, report.held, codes(report)) == (0, 1, ["reference_changed_shape"])
    (problem,) = report.problems
    assert str(problem) == (
        "« 12345 » ressemble à « 0012345 », un dossier ouvert de la même personne."
    )


def test_a_yes_joins_and_is_remembered(desk: Desk, session: Session) -> None:
    bring(desk, line(INES, ref="0012345"))
    short = line(INES, ref="12345", amount="99,00")
    joined = bring(desk, short, week=47, reference_changed_shape="same")
    assert (joined.updated, joined.held) == (1, 0)
    again = bring(desk, line(short, amount="80,00"), week=48)
    assert (again.updated, again.held, again.missing_from_file) == (1, 0, 0)
    assert known(session) == [("0012345", 8000, None)]
    back = bring(desk, line(INES, ref="0012345", amount="70,00"), week=49)
    assert (back.updated, back.held) == (1, 0)
    for batch_id in (back.batch, again.batch, joined.batch):
        with transaction() as writing:
            undo(Context(writing, SYSTEM, desk.now), batch_id or 0)
    assert known(session) == [("0012345", 12050, None)]
    assert bring(desk, short, week=50).held == 1


def test_two_cases_by_decision(desk: Desk, session: Session) -> None:
    bring(desk, line(INES, ref="0012"))
    report = bring(desk, line(INES, ref="12"), week=47, reference_changed_shape="different")
    assert (report.created, report.held) == (1, 0)
    assert {reference for reference, _owed, _missing in known(session)} == {"0012", "12"}
    later = bring(desk, line(INES, ref="12"), line(INES, ref="0012"), week=48)
    assert (later.unchanged, later.held) == (2, 0)


def test_two_customers_are_two(desk: Desk, session: Session) -> None:
    """Another person, or a reference that the file names as well, or a closed case."""
    bring(desk, line(INES, ref="0012", customer=""))
    stranger = line(PAUL, ref="12", customer="")
    report = bring(desk, stranger, line(INES, ref="0012", customer=""), week=47)
    assert (report.created, report.held) == (1, 0)
    report = bring(
        desk, line(INES, ref="00-12", customer=""), line(INES, ref="0012", customer=""), week=48
    )
    assert (report.created, report.held) == (1, 0)
    closed = session.scalars(select(Case).where(Case.reference.in_(("0012", "00-12")))).all()
    for case in closed:
        transitions.close(Context(session, SYSTEM, desk.now), case, Closure.SETTLED)
    session.commit()
    assert bring(desk, line(INES, ref="012", customer=""), week=49).created == 1


def test_payments_find_another_shape(desk: Desk, session: Session) -> None:
    bring(desk, line(INES, ref="0012345"))
    report = desk.payments(
        ("12345", "01/11/2026", 2000, "P1"), ("12345.0", "01/11/2026", 2000, "P1")
    )
    assert (report.recorded, report.duplicates, report.rejected) == (1, 1, 0)
    assert set(codes(report)) == {"reference_read_as"}
    assert known(session) == [("0012345", 10050, None)]
    again = desk.payments(("00-12345", "01/11/2026", 2000, "P1"))
    assert (again.recorded, again.duplicates) == (0, 1)


def test_payments_of_an_unclear_shape_are_unknown(desk: Desk, session: Session) -> None:
    bring(desk, line(INES, ref="0012", customer=""), line(PAUL, ref="012", customer=""))
    report = desk.payments(("12", "01/11/2026", 2000, "P1"))
    assert (report.recorded, codes(report)) == (0, ["unknown_reference"])


@pytest.mark.slow
@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text("abc0123456789", min_size=3, max_size=8).filter(lambda text: bare_key(text) != ""),
    st.integers(0, 3),
    st.sampled_from(["", "-", " ", "/"]),
    st.booleans(),
)
def test_no_shape_makes_a_second_debt_in_silence(
    desk: Desk, session: Session, core: str, zeros: int, sign: str, upper: bool
) -> None:
    core = f"k{desk.now:%H%M%S}{core}"
    other = "0" * zeros + core[:2] + sign + core[2:]
    other = other.upper() if upper else other
    bring(desk, line(INES, ref=core, customer=""), week=10)
    report = bring(desk, line(INES, ref=other, customer=""), week=11)
    assert report.created == 0
    assert report.held == (core != other)
