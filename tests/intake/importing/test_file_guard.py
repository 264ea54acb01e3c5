"""The file guard: a wrong file makes nobody missing and changes nothing before somebody says so."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Refused
from energymed.cases.models import Case, Person, Phone
from energymed.intake.batches import uploads
from energymed.intake.importing.report import ImportReport
from tests.factories import make_partner
from tests.intake.books import TITLES, csv_bytes
from tests.intake.imports import PAYMENT_TITLES, Desk

MANY = range(20)


def file_of(
    desk: Desk, numbers: range | list[int], *, week: int, euros: int = 50, **decided: str
) -> ImportReport:
    """A weekly file of these people, each owing so much; `decided` are decisions about it."""
    lines = [(f"R{n}", f"NOM{n}", "Léa", f"06 39 98 {n:04d}", f"{euros},00", week) for n in numbers]
    content = csv_bytes(*lines, titles=(*TITLES, "Envoi"))
    return desk.bring(content, f"impayes-2026-S{week}.csv", decisions=decided)


def debts(session: Session) -> set[int | None]:
    session.expire_all()
    return set(session.scalars(select(Case.debt_cents)))


def missing(session: Session) -> int:
    session.expire_all()
    marked = select(Case.id).where(Case.missing_since_batch_id.is_not(None))
    return len(session.scalars(marked).all())


def doubts(report: ImportReport) -> list[str]:
    return [str(doubt.code) for doubt in report.doubts]


def test_an_older_file_changes_nobody_and_makes_nobody_missing(
    desk: Desk, session: Session
) -> None:
    file_of(desk, MANY, week=47, euros=60)
    report = file_of(desk, [0, 1, 99], week=46, euros=50)
    assert doubts(report) == ["older_week"]
    assert (report.created, report.unchanged, report.missing_from_file) == (1, 2, 0)
    assert missing(session) == 0
    assert debts(session) == {6000, 5000}, "the new case alone has the amount of the older file"


def test_an_older_file_tells_nothing_of_known_people(desk: Desk, session: Session) -> None:
    file_of(desk, MANY, week=47)
    older = csv_bytes(("R1", "AUTRE", "Nina", "06 39 98 99 99", "50,00"))
    report = desk.bring(older, "impayes-2026-S46.csv")
    assert (report.unchanged, report.held) == (1, 0), "nothing to decide where nothing is written"
    assert "NOM1" in session.scalars(select(Person.last_name)).all()
    assert "+33639989999" not in session.scalars(select(Phone.e164)).all()


def test_the_next_file_is_compared_with_the_latest_week(desk: Desk, session: Session) -> None:
    file_of(desk, MANY, week=46)
    file_of(desk, [*MANY, 99], week=45)
    report = file_of(desk, range(15), week=47)
    assert (report.missing_from_file, doubts(report)) == (5, [])


def test_the_amounts_of_an_older_file_count_when_somebody_says_so(
    desk: Desk, session: Session
) -> None:
    file_of(desk, MANY, week=47, euros=60)
    report = file_of(desk, range(3), week=46, euros=50, older_week="go_on")
    assert (report.updated, report.missing_from_file, missing(session)) == (3, 0, 0)
    assert debts(session) == {6000, 5000}


def test_half_of_a_file_makes_nobody_missing_unless_it_is_the_whole(
    desk: Desk, session: Session
) -> None:
    file_of(desk, MANY, week=46)
    half = file_of(desk, range(10), week=47)
    assert (doubts(half), half.missing_from_file, missing(session)) == (["many_gone"], 0, 0)
    rest = file_of(desk, range(10, 18), week=48)
    assert (rest.missing_from_file, missing(session)) == (0, 0)
    whole = file_of(desk, range(9), week=49, many_gone="whole")
    assert whole.missing_from_file == 11, "those of the parts and those of the whole file before"


@pytest.mark.parametrize(("before", "after"), [(9, 1), (20, 11)])
def test_few_cases_or_fewer_than_half_gone_are_a_week_like_others(
    desk: Desk, before: int, after: int
) -> None:
    file_of(desk, range(before), week=46)
    report = file_of(desk, range(after), week=47)
    assert (doubts(report), report.missing_from_file) == ([], before - after)


@pytest.mark.parametrize(("euros", "code"), [(5000, "100"), (5, "10")])
def test_amounts_that_jump_are_refused_until_somebody_says_so(
    desk: Desk, session: Session, euros: int, code: str
) -> None:
    file_of(desk, range(5), week=46)
    with pytest.raises(Refused, match=f"environ {code} fois plus"):
        file_of(desk, range(5), week=47, euros=euros)
    assert debts(session) == {5000}
    name = "amounts_jumped" if euros > 50 else "amounts_fell"
    assert file_of(desk, range(5), week=47, euros=euros, **{name: "go_on"}).updated == 5


def test_amounts_of_new_people_are_compared_with_the_last_file(desk: Desk) -> None:
    file_of(desk, range(10), week=46)
    with pytest.raises(Refused, match="environ 100 fois plus"):
        file_of(desk, range(50, 60), week=47, euros=5000, many_gone="whole")


def test_a_file_named_after_another_partner_is_refused(desk: Desk) -> None:
    make_partner(desk.session, "engie")
    desk.session.commit()
    line = ("R1", "NOM", "Léa", "06 39 98 00 01", "5,00")
    with pytest.raises(Refused, match="un autre partenaire"):
        desk.bring(csv_bytes(line), "Engie_impayes.csv")
    assert desk.bring(csv_bytes(line), "EDF_et_engie.csv").created == 1


def test_a_file_in_the_columns_of_another_partner_is_refused(desk: Desk) -> None:
    line = ("R1", "NOM", "Léa", "06 39 98 00 01", "5,00")
    own, theirs = (*TITLES, "Agence"), (*TITLES, "Secteur")
    desk.bring(csv_bytes((*line, "a"), titles=own))
    edf, desk.partner = desk.partner, make_partner(desk.session, "engie")
    desk.session.commit()
    desk.bring(csv_bytes(("E1", *line[1:], "s"), titles=theirs))
    desk.partner = edf
    with pytest.raises(Refused, match="ressemble à ceux de"):
        desk.bring(csv_bytes((*line, "s"), titles=theirs))


def test_the_people_of_another_partner_are_asked_about(desk: Desk) -> None:
    file_of(desk, MANY, week=46)
    desk.partner = make_partner(desk.session, "engie")
    desk.session.commit()
    lines = [(f"E{n}", f"NOM{n}", "Léa", f"06 39 98 {n:04d}", "50,00") for n in range(8)]
    with pytest.raises(Refused, match="déjà suivies ici pour un autre partenaire"):
        desk.bring(csv_bytes(*lines))
    assert desk.bring(csv_bytes(*lines), decisions={"known_elsewhere": "go_on"}).created == 8


def paid(desk: Desk, euros: str, numbers: range = MANY, **decided: str) -> ImportReport:
    """A payments file of so much for each of these people."""
    lines = [(f"R{n}", "02/11/2026", euros, "CB", f"P{n}") for n in numbers]
    return desk.bring(csv_bytes(*lines, titles=PAYMENT_TITLES), decisions=decided)


@pytest.mark.parametrize("euros", ["100,00", "500", "5000,00"])
def test_payments_far_above_the_debts_settle_nobody(
    desk: Desk, session: Session, euros: str
) -> None:
    file_of(desk, MANY, week=44)
    with pytest.raises(Refused, match="fois plus élevés que ceux que nous connaissons"):
        paid(desk, euros)
    assert debts(session) == {5000}
    assert paid(desk, euros, amounts_jumped="go_on").recorded == 20


@pytest.mark.parametrize("euros", ["99,99", "50,00", "0,50"])
def test_payments_that_may_be_are_booked(desk: Desk, euros: str) -> None:
    file_of(desk, MANY, week=44)
    report = paid(desk, euros)
    assert (report.recorded, doubts(report)) == (20, [])


def test_one_payment_above_its_debt_is_booked_unless_it_is_absurd(desk: Desk) -> None:
    file_of(desk, MANY, week=44)
    assert paid(desk, "399,99", range(1)).recorded == 1
    with pytest.raises(Refused, match="environ 8 fois"):
        paid(desk, "400,00", range(1, 2))


def test_the_preview_of_payments_asks_about_them(desk: Desk) -> None:
    file_of(desk, MANY, week=44)
    lines = [(f"R{n}", "02/11/2026", "5000", "CB", f"P{n}") for n in MANY]
    with transaction() as writing:
        ctx = Context(writing, SYSTEM, desk.now)
        upload = desk.upload(csv_bytes(*lines, titles=PAYMENT_TITLES))
        batch_id = uploads.receive(ctx, upload).id
    summary = desk.checked(batch_id).summary
    assert summary is not None
    assert [doubt.code for doubt in summary.doubts] == ["amounts_jumped"]


def test_a_decision_that_does_not_exist_is_told(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Ce choix n'existe pas"):
        file_of(desk, range(1), week=46, many_gone="perhaps")
