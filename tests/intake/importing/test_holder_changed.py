"""The brake before joining: a known reference that comes back for another person."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.calling.calls.person_marks import never_again
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import StopKind
from energymed.cases.models import Case, Person
from energymed.cases.stops import note_person
from energymed.casework import hear_payments, import_batch
from energymed.intake.batches import imports, pending_batches, preview_store, uploads
from energymed.intake.importing.report import ImportReport
from energymed.intake.models import Batch, BatchRow
from tests.exploring import examples
from tests.factories import make_user
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk

TITLES = (
    "Référence", "N° client", "Nom", "Prénom", "Téléphone", "Adresse", "Code postal", "Montant dû",
)  # fmt: skip
INES = ("R1", "C1", "Morel", "Inès", "0639980001", "12 rue des Écoles", "26110", "120,50")
PAUL = ("R1", "C1", "Durand", "Paul", "0639980002", "3 place Neuve", "26110", "75,00")
OTHER = ("R9", "C9", "Petit", "Léa", "0639980009", "1 rue Haute", "26110", "10,00")
Line = tuple[str, ...]
_SENT = count()  # no two files are the same bytes


def line(base: Line, **changed: str) -> Line:
    names = ("ref", "customer", "last", "first", "phone", "address", "postal", "amount")
    return tuple(changed.get(name, value) for name, value in zip(names, base, strict=True))


def content(*lines: Line) -> bytes:
    sent = next(_SENT)
    return csv_bytes(*[(*each, sent) for each in lines], titles=(*TITLES, "Envoi"))


def bring(desk: Desk, *lines: Line, week: int = 46, **decisions: str) -> ImportReport:
    """Import a week as a lead does, who has decided."""
    desk.now += timedelta(seconds=1)
    with transaction() as session:
        upload = desk.upload(content(*lines), f"impayes-2026-S{week}.csv")
        batch = uploads.receive(Context(session, SYSTEM, desk.now), upload)
        batch_id = batch.id
        for code, choice in decisions.items():
            pending_batches.decide(Context(session, SYSTEM, desk.now), batch_id, code, choice)
    with transaction() as session:
        ctx = Context(session, SYSTEM, desk.now)
        done = imports.commit(ctx, batch_id)
        import_batch._end_follow_ups_of_moved(ctx.caused_by(batch_id=batch_id))
    return done


def codes(report: ImportReport) -> list[str]:
    return [str(problem.code) for problem in report.problems]


def cases(session: Session) -> list[tuple[str, str, str | None, int | None]]:
    session.expire_all()
    rows = session.scalars(select(Case).order_by(Case.id))
    return [(case.reference, case.person.last_name, case.closure, case.debt_cents) for case in rows]


HELD: Mapping[str, Line] = {
    "another number": line(PAUL, address="12 rue des Écoles"),
    "another address": line(PAUL, phone="0639980001"),
    "both": PAUL,
    "nothing but another name": line(PAUL, phone="", address="", postal=""),
    "another first name": line(PAUL, last="Morel"),
    "another reference of the customer": line(PAUL, ref="R2"),
    "no customer reference": line(PAUL, customer=""),
}  # fmt: skip


@pytest.mark.parametrize("kind", HELD)
def test_another_holder_is_asked_about(desk: Desk, session: Session, kind: str) -> None:
    bring(desk, INES)
    before = cases(session)
    report = bring(desk, HELD[kind], OTHER, week=47)
    assert (report.held, report.rejected, report.updated) == (1, 0, 0)
    assert "holder_changed" in codes(report)
    assert cases(session)[:1] == before
    assert [phone.e164 for phone in session.get_one(Person, 1).phones] == ["+33639980001"]
    told = str(report.as_dict()["problems"])
    assert "Durand" not in told
    assert "Morel" not in told


SAME: Mapping[str, Line] = {
    "a marriage": line(INES, last="Durand"),
    "initial and hyphen": line(INES, last="MOREL-PETIT", first="I.", phone="0639980007"),
    "order of the names": line(INES, last="Ines", first="Morel", phone="0639980007"),
    "accents and a move": line(INES, first="INES", phone="0639980007", address="1 quai Neuf",
                               postal="69001"),
    "a typo": line(INES, last="Morrel", phone="0639980007"),
    "address written otherwise": line(INES, last="Durand", address="12 R. DES ECOLES"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAME)
def test_the_same_person_is_not(desk: Desk, session: Session, kind: str) -> None:
    bring(desk, INES)
    report = bring(desk, SAME[kind], week=47)
    assert (report.held, report.updated, codes(report)) == (0, 1, [])
    assert session.scalar(select(func.count(Person.id))) == 1


def test_a_new_holder_takes_nothing_over(desk: Desk, session: Session) -> None:
    """Neither case, number, opposition nor debt; and all is back after an undo."""
    bring(desk, INES, OTHER)
    former = session.scalars(select(Case).where(Case.reference == "R1")).one()
    mediator = make_user(session, "mediator", site=desk.site)
    at = Context(session, SYSTEM, desk.now)
    transitions.assign(at, former, mediator.id)
    former.person.opposed_at = desk.now
    never_again(at, former.person)
    note_person(at, StopKind.OPPOSED, former.person)
    follow_up = add_follow_up(at, former, "other", desk.now)
    session.commit()
    report = bring(desk, PAUL, OTHER, week=47, holder_changed="new_holder")
    assert (report.created, report.held, report.missing_from_file) == (1, 0, 0)
    assert cases(session) == [
        ("R1", "Morel", "moved", 12050), ("R9", "Petit", None, 1000), ("R1", "Durand", None, 7500),
    ]  # fmt: skip
    new = session.scalars(select(Person).where(Person.last_name == "Durand")).one()
    assert [phone.e164 for phone in new.phones] == ["+33639980002"]
    assert (new.opposed_at, new.phones[0].status) == (None, "ok")
    assert new.household_id != former.person.household_id
    assert session.get_one(FollowUp, follow_up.id).state == "cancelled"
    session.commit()
    with transaction() as writing:
        hear_payments.undo_file(Context(writing, SYSTEM, desk.now), report.batch or 0)
    session.expire_all()
    assert cases(session) == [("R1", "Morel", None, 12050), ("R9", "Petit", None, 1000)]
    assert (former.state, former.queue_reason, former.missing_since_batch_id) == (
        "queued", "new", None,
    )  # fmt: skip
    assert session.get_one(FollowUp, follow_up.id).state == "open"
    assert session.scalar(select(func.count(Person.id))) == 2


def test_a_week_later_the_new_holder_is_known(desk: Desk, session: Session) -> None:
    bring(desk, INES)
    bring(desk, PAUL, week=47, holder_changed="new_holder")
    report = bring(desk, line(PAUL, amount="80,00"), week=48)
    assert (report.updated, report.held) == (1, 0)
    report = bring(desk, line(PAUL, ref="R2"), line(INES, ref="R3"), PAUL, week=49)
    assert (report.created, report.held) == (2, 0)
    assert session.scalar(select(func.count(Person.id))) == 2


def test_the_same_person_by_decision(desk: Desk, session: Session) -> None:
    bring(desk, INES, line(INES, ref="R2"))
    report = bring(desk, PAUL, line(INES, ref="R2"), week=47, holder_changed="same_person")
    assert (report.updated, report.created, report.held) == (1, 0, 0)
    person = session.scalars(select(Person)).one()
    assert (person.last_name, person.name_key) == ("Durand", "durand paul")
    assert [phone.e164 for phone in person.phones] == ["+33639980001", "+33639980002"]
    assert bring(desk, PAUL, line(INES, ref="R2"), week=48).held == 0


def test_rejected_by_decision(desk: Desk, session: Session) -> None:
    bring(desk, INES)
    report = bring(desk, PAUL, week=47, holder_changed="reject")
    assert (report.rejected, report.held, codes(report)) == (1, 0, ["holder_changed"])


def test_a_case_in_call_is_left_to_whoever_talks(desk: Desk, session: Session) -> None:
    bring(desk, INES)
    case = session.scalars(select(Case)).one()
    mediator = make_user(session, "mediator", site=desk.site)
    at = Context(session, SYSTEM, desk.now)
    transitions.assign(at, case, mediator.id)
    transitions.claim(at, case, mediator.id, until=desk.now)
    session.commit()
    report = bring(desk, PAUL, week=47, holder_changed="new_holder")
    assert (report.held, report.created, codes(report)) == (1, 0, ["holder_in_call"])
    assert cases(session) == [("R1", "Morel", None, 12050)]


def test_another_reference_of_a_customer_who_has_moved(desk: Desk, session: Session) -> None:
    """The former holder's case, which the file no longer names, is closed as moved."""
    bring(desk, INES)
    report = bring(desk, line(PAUL, ref="R2"), week=47, holder_changed="new_holder")
    assert cases(session) == [("R1", "Morel", "moved", 12050), ("R2", "Durand", None, 7500)]
    with transaction() as writing:
        hear_payments.undo_file(Context(writing, SYSTEM, desk.now), report.batch or 0)
    assert cases(session) == [("R1", "Morel", None, 12050)]


def test_both_lines_of_a_customer_who_is_two_are_kept_apart(desk: Desk, session: Session) -> None:
    """Within one file: the reference may be a landlord's; neither case is closed for it."""
    report = bring(desk, INES, line(PAUL, ref="R2"))
    assert (report.created, report.held, codes(report)) == (1, 1, ["holder_changed"])
    report = bring(desk, INES, line(PAUL, ref="R2"), week=47, holder_changed="new_holder")
    assert (report.created, report.unchanged) == (1, 1)
    assert cases(session) == [("R1", "Morel", None, 12050), ("R2", "Durand", None, 7500)]


def test_the_preview_shows_both_names(desk: Desk, session: Session) -> None:
    bring(desk, INES)
    with transaction() as writing:
        upload = desk.upload(content(PAUL), "impayes-2026-S47.csv")
        batch_id = uploads.receive(Context(writing, SYSTEM, desk.now), upload).id
    shown = desk.checked(batch_id)
    assert shown.summary is not None
    assert shown.summary.counts["held"] == 1
    assert shown.summary.changed == 0
    (row,) = session.scalars(preview_store.preview_rows(shown.batch, code="holder_changed"))
    assert (row.name, row.outcome) == ("Paul Durand", "held")
    assert row.changes == {"items": [["holder", "Inès Morel", "Paul Durand"]]}
    for kept in session.scalars(select(BatchRow)):
        assert "Durand" not in str(kept.problems)
    assert session.get_one(Batch, batch_id).state == "preview"


PEOPLE: list[Line] = [
    INES,
    line(PAUL, ref="R2"),
    line(INES, ref="R3", first="I.", phone="0639980001"),
    line(PAUL, ref="R4", last="Benali", first="Karim", phone="0639980004", address="9 rue Basse"),
]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
@pytest.mark.parametrize("files", [1, 2])
def test_no_order_of_lines_or_files_joins_strangers(
    desk: Desk, session: Session, order: tuple[int, ...], files: int
) -> None:
    lines = [PEOPLE[at] for at in order]
    if files == 1:
        bring(desk, *lines)
    else:
        for week, each in enumerate(lines, 40):
            bring(desk, each, week=week)
    strangers: dict[int, set[str]] = {}
    for case in session.scalars(select(Case)):
        strangers.setdefault(case.person_id, set()).add(case.reference)
    assert f"R{order[0] + 1}" in set().union(*strangers.values()), "whoever came first is there"
    for joined in strangers.values():
        assert joined <= {"R1", "R3"} or len(joined) == 1


@pytest.mark.slow
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_person_spelled_in_any_way_stays_one(desk: Desk, data: Any) -> None:
    last, first = data.draw(
        st.sampled_from([("Morel", "Inès"), ("Le Goff", "Zoé"), ("Ben Ali", "Karim-Amine")])
    )
    respell = data.draw(
        st.sampled_from([str.upper, str.lower, lambda name: name.replace(" ", "-"),
                         lambda name: name.replace("è", "e").replace("é", "e")])
    )  # fmt: skip
    swap = data.draw(st.booleans())
    reference = f"X{next(_SENT)}"
    known = (reference, "", last, first, "0639980001", "", "", "5,00")
    names = (respell(last), respell(first))
    again = (reference, "", *(names[::-1] if swap else names), "0639980077", "", "", "6,00")
    assert bring(desk, known, week=10).held == 0
    report = bring(desk, again, week=11)
    assert (report.held, report.updated) == (0, 1)
