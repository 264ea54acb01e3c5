"""What stands in the way of an undo is named exactly; what it would do is counted beforehand."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import NotFound
from energymed.calling.follow_ups.service import close_case
from energymed.calling.models import Contact
from energymed.cases import transitions
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.models import Case
from energymed.intake.importing.undo import look_ahead, undo
from energymed.intake.importing.undo_blockers import Foreseen, Obstacles
from energymed.mediation.models import Act
from tests.factories import make_user
from tests.intake.imports import Desk
from tests.intake.rejects import mended, rejects


def ahead(desk: Desk, batch_id: int | None) -> tuple[Obstacles, Foreseen]:
    assert batch_id is not None
    desk.session.expire_all()
    _batch, standing, foreseen = look_ahead(Context(desk.session, SYSTEM), batch_id)
    return standing, foreseen


def case_of(desk: Desk, reference: str) -> Case:
    return desk.session.scalars(select(Case).where(Case.reference == reference)).one()


def test_nothing_stands_in_the_way_of_a_fresh_file(desk: Desk) -> None:
    report = desk.owed(46, R1=100, R2=200)
    standing, foreseen = ahead(desk, report.batch)
    assert not standing
    assert foreseen == Foreseen(deleted=2, restored=0, reversed=0, missing=0, settled=0)


def test_what_an_undo_would_do_is_what_it_does(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=100, R2=200, R3=300)
    report = desk.owed(47, R1=150, R4=400)
    standing, foreseen = ahead(desk, report.batch)
    assert not standing
    assert foreseen == Foreseen(deleted=1, restored=1, reversed=1, missing=2, settled=0)
    assert report.batch is not None
    with transaction() as writing:
        undo(Context(writing, SYSTEM, desk.now), report.batch)
    session.expire_all()
    assert sorted(session.scalars(select(Case.reference))) == ["R1", "R2", "R3"]
    assert set(session.scalars(select(Case.missing_since_batch_id))) == {None}
    assert case_of(desk, "R1").debt_cents == 100


def test_a_case_settled_because_it_was_missing_is_told(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=100, R2=200)
    report = desk.owed(47, R1=100)
    case = case_of(desk, "R2")
    close_case(Context(session, SYSTEM, desk.now), case, "settled", for_good=False)
    session.commit()
    standing, foreseen = ahead(desk, report.batch)
    assert not standing
    assert (foreseen.missing, foreseen.settled) == (0, 1)


def test_later_files_are_told_latest_first_and_once(desk: Desk) -> None:
    first = desk.owed(46, R1=10_000)
    second = desk.owed(47, R1=12_000)
    third = desk.payments(("R1", "11/11/2026", 100, "REG1"))
    standing, _foreseen = ahead(desk, first.batch)
    assert [batch.id for batch in standing.later] == [third.batch, second.batch]
    assert standing.work == []  # what those files booked goes with them


def test_a_file_that_was_undone_no_longer_stands_in_the_way(desk: Desk) -> None:
    first = desk.owed(46, R1=10_000)
    second = desk.owed(47, R1=12_000)
    assert second.batch is not None
    with transaction() as writing:
        undo(Context(writing, SYSTEM, desk.now), second.batch)
    standing, _foreseen = ahead(desk, first.batch)
    assert not standing


def test_a_continuation_is_told(desk: Desk, session: Session) -> None:
    line = ("R1", "DURAND", "06 39 98 45 27", "12,50")
    first = desk.week(46, line, ("R2", "PETIT", "06 39 98 45 28", "abc"))
    second = desk.bring(mended(rejects(session, first)), "corrige.csv")
    standing, _foreseen = ahead(desk, first.batch)
    assert [batch.id for batch in standing.continued] == [second.batch]
    refusal = standing.refusal()
    assert refusal.params == {"file": "corrige.csv", "batch": second.batch}


def test_a_case_in_call_is_told_with_who_holds_it(desk: Desk, session: Session) -> None:
    report = desk.owed(46, R1=100)
    mediator = make_user(session, site=desk.site)
    case = case_of(desk, "R1")
    transitions.assign(Context(session, SYSTEM, desk.now), case, mediator.id)
    transitions.claim(Context(session, SYSTEM, desk.now), case, mediator.id, until=desk.now)
    session.commit()
    standing, _foreseen = ahead(desk, report.batch)
    assert standing.in_call == [(case.id, "R1", mediator.id)]
    assert standing.refusal().params == {"reference": "R1"}


def test_work_is_told_case_by_case_by_reference(desk: Desk, session: Session) -> None:
    report = desk.owed(46, R3=300, R1=100, R2=200, R4=400)
    called, aided, acted = (case_of(desk, reference) for reference in ("R3", "R1", "R2"))
    contact = Contact(
        case_id=called.id, person_id=called.person_id, channel="sms", started_at=desk.now
    )
    act = Act(case_id=acted.id, kind="info_given", acted_on=desk.now.date(), created_at=desk.now)
    session.add_all([contact, act])
    record_aid_payment(
        Context(session, SYSTEM, desk.now),
        aided,
        cents=50,
        paid_on=desk.now.date(),
        key="a",
        source="FSL",
    )
    session.commit()
    standing, _foreseen = ahead(desk, report.batch)
    told = [(one.reference, one.table) for one in standing.work]
    assert told == [("R1", "ledger_entry"), ("R2", "act"), ("R3", "contact")]
    assert standing.work[2].row_id == contact.id
    assert standing.refusal().params == {"count": 3, "reference": "R1"}


def test_work_on_a_case_that_the_file_only_named_does_not_bar_it(
    desk: Desk, session: Session
) -> None:
    desk.owed(46, R1=100)
    case = case_of(desk, "R1")
    report = desk.owed(47, R1=150)
    session.add(
        Contact(case_id=case.id, person_id=case.person_id, channel="sms", started_at=desk.now)
    )
    session.commit()
    standing, _foreseen = ahead(desk, report.batch)
    assert not standing


def test_another_sites_file_does_not_exist(desk: Desk, session: Session) -> None:
    report = desk.owed(46, R1=100)
    stranger = make_user(session, "lead").as_actor()
    session.commit()
    assert report.batch is not None
    with pytest.raises(NotFound):
        look_ahead(Context(session, stranger), report.batch)
