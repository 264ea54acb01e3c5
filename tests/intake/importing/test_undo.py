"""Undo: everything back as it was, or a refusal that says what stands in the way."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import NotFound, Refused
from energymed.calling.calls.release_case import leave
from energymed.calling.models import Contact, HelpRequest
from energymed.calling.presence.help_requests import ask_help
from energymed.calling.queue.claims import claim_case
from energymed.cases import ledger, transitions
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.models import Case, CaseMove, Household, LedgerEntry, Person, Phone
from energymed.intake.importing.undo import undo
from energymed.intake.models import Batch
from energymed.mediation.models import Act
from energymed.partners.codes import Closure
from tests.factories import make_person, make_user
from tests.intake.imports import Desk

R1 = ("R1", "DURAND", "06 39 98 45 27", "12,50")
R2 = ("R2", "PETIT", "06 39 98 45 28", "80,00")
MODELS = (Case, CaseMove, Person, Phone, Household, LedgerEntry)


def take_back(desk: Desk, batch_id: int | None, actor: Actor = SYSTEM) -> None:
    assert batch_id is not None
    with transaction() as session:
        undo(Context(session, actor, desk.now), batch_id)


def picture(session: Session) -> dict[str, Any]:
    """Every open case with its person, numbers and balance, whatever the ids."""
    session.expire_all()
    return {
        case.reference: (
            case.person.last_name,
            case.person.name_key,
            case.person.email,
            [phone.e164 for phone in case.person.phones],
            case.debt_cents,
            case.commune,
            case.last_batch_id,
            case.missing_since_batch_id,
            ledger.read_ledger(session, case).balance_cents,
            ledger.read_ledger(session, case).repaid_cents,
        )
        for case in session.scalars(select(Case))
    }


@pytest.mark.parametrize("trail", ["kept", "emptied"])
def test_what_the_import_closed_is_open_again_and_nothing_else(
    desk: Desk, session: Session, trail: str
) -> None:
    """By their cause: the case closed in the same instant by somebody else stays closed."""
    desk.week(46, R1, R2)
    batch_id = desk.week(47, R1, R2).batch
    r1, r2 = session.scalars(select(Case).order_by(Case.reference)).all()
    at = Context(session, SYSTEM, desk.now)
    transitions.close(at.caused_by(batch_id=batch_id), r1, Closure.SETTLED)
    transitions.close(at, r2, Closure.SETTLED)
    if trail == "emptied":
        session.execute(delete(AuditEvent))
    session.commit()
    take_back(desk, batch_id)
    session.expire_all()
    assert (r1.state, r2.state) == ("to_assign", "closed")


def test_a_first_file_leaves_nothing_behind(desk: Desk, session: Session) -> None:
    report = desk.week(46, R1, R2, ("R9", "", "", ""))
    take_back(desk, report.batch)
    for model in MODELS:
        assert session.scalar(select(func.count()).select_from(model)) == 0
    batch = session.get_one(Batch, report.batch)
    assert (batch.state, batch.undone_at) == ("undone", desk.now)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "batch.undone")).one()
    assert event.after == {"state": "undone", "deleted": 2, "restored": 0}


def test_the_file_may_then_come_again(desk: Desk, session: Session) -> None:
    take_back(desk, desk.week(46, R1).batch)
    report = desk.week(46, R1)
    assert report.created == 1
    with pytest.raises(Refused, match=f"lot {report.batch}"):
        desk.week(46, R1)


def test_a_second_file_gives_back_what_it_changed(desk: Desk, session: Session) -> None:
    desk.week(46, R1, R2, ("R3", "TROIS", "0639980003", "5,00"))
    before = picture(session)
    report = desk.week(
        47,
        ("R1", "DURAND-NEUF", "06 39 98 00 01", "99,00"),
        R2,
        ("R4", "PETIT", "0639984528", "1,00"),
    )
    assert picture(session) != before
    take_back(desk, report.batch)
    assert picture(session) == before
    entries = session.scalars(select(LedgerEntry.amount_cents).order_by(LedgerEntry.id)).all()
    assert entries == [1250, 8000, 500, 8650, -8650]  # nothing deleted from a case that stays


def test_both_weeks_in_turn(desk: Desk, session: Session) -> None:
    first = desk.week(46, R1, R2)
    second = desk.week(47, (*R1[:3], "99,00"))
    take_back(desk, second.batch)
    take_back(desk, first.batch)
    for model in MODELS:
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_payments_are_reversed_and_may_come_again(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    desk.owed(47, R1=3959)
    before = picture(session)
    line = ("R1", "11/11/2026", 6599, "REG1")
    report = desk.payments(line)
    after = picture(session)
    take_back(desk, report.batch)
    assert picture(session) == before
    assert desk.payments(line).recorded == 1
    assert picture(session) == after


def test_an_undone_payment_is_not_taken_for_a_decrease(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    desk.owed(47, R1=6000)
    take_back(desk, desk.payments(("R1", "23/11/2026", 4000, "REG1")).batch)
    desk.owed(48, R1=9000)
    kinds = [entry.kind for entry in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))]
    assert kinds[-1] == "new_charge"


def test_a_household_joined_by_the_file_parts_again(desk: Desk, session: Session) -> None:
    people = [
        make_person(session, desk.site, desk.partner, phones=(number,))
        for number in ("+33639980001", "+33639980002")
    ]
    homes = [person.household_id for person in people]
    session.commit()
    report = desk.week(46, ("R1", "NOM", "0639980001 / 0639980002", "5,00"))
    session.expire_all()
    assert people[1].household_id == homes[0]
    take_back(desk, report.batch)
    session.expire_all()
    assert [person.household_id for person in people] == homes


def test_a_later_file_stands_in_the_way(desk: Desk) -> None:
    first = desk.owed(46, R1=6599)
    later = desk.payments(("R1", "11/11/2026", 100, "REG1"))
    with pytest.raises(Refused, match=rf"reglements\.csv.*lot {later.batch}"):
        take_back(desk, first.batch)


@pytest.mark.parametrize("work", ["call", "act", "aid", "claim"])
def test_work_stands_in_the_way(desk: Desk, session: Session, work: str) -> None:
    report = desk.week(46, R1)
    case = session.scalars(select(Case)).one()
    mediator = make_user(session, site=desk.site)
    if work == "call":
        session.add(
            Contact(
                case_id=case.id, person_id=case.person_id, user_id=mediator.id,
                channel="call_out", result="no_answer", started_at=desk.now,
            )
        )  # fmt: skip
    elif work == "act":
        session.add(
            Act(case_id=case.id, kind="info_given", acted_on=desk.now.date(), created_at=desk.now)
        )
    elif work == "aid":
        record_aid_payment(
            Context(session, SYSTEM, desk.now),
            case,
            cents=100,
            paid_on=desk.now.date(),
            key="a",
            source="FSL",
        )
    else:
        transitions.assign(Context(session, SYSTEM, desk.now), case, mediator.id)
        transitions.claim(Context(session, SYSTEM, desk.now), case, mediator.id, until=desk.now)
    session.commit()
    sentence = "en appel" if work == "claim" else "ne peut plus être annulé"
    with pytest.raises(Refused, match=sentence):
        take_back(desk, report.batch)
    assert session.scalar(select(func.count(Case.id))) == 1


def test_a_case_only_assigned_goes_too(desk: Desk, session: Session) -> None:
    report = desk.week(46, R1)
    mediator = make_user(session, site=desk.site)
    transitions.assign(
        Context(session, SYSTEM, desk.now), session.scalars(select(Case)).one(), mediator.id
    )
    session.commit()
    take_back(desk, report.batch)
    assert session.scalar(select(func.count(Case.id))) == 0


def test_a_call_for_help_on_a_case_opened_by_mistake_goes_with_it(
    desk: Desk, session: Session
) -> None:
    report = desk.week(46, R1)
    mediator = Context(session, make_user(session, site=desk.site).as_actor(), desk.now)
    case_id = claim_case(mediator, session.scalars(select(Case.id)).one()).id
    ask_help(mediator, case_id)
    leave(mediator, case_id, "mistake")
    session.commit()
    take_back(desk, report.batch)
    assert session.scalar(select(func.count(Case.id))) == 0
    assert session.scalar(select(func.count(HelpRequest.id))) == 0


def test_a_call_on_a_case_that_the_file_only_changed_is_kept(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    report = desk.week(47, ("R1", "DURAND", "0639980001", "99,00"))
    case = session.scalars(select(Case)).one()
    dialled = case.person.phones[-1]
    session.add(
        Contact(
            case_id=case.id, person_id=case.person_id, phone_id=dialled.id,
            channel="call_out", result="no_answer", started_at=desk.now,
        )
    )  # fmt: skip
    session.commit()
    take_back(desk, report.batch)
    session.expire_all()
    assert case.debt_cents == 1250
    assert dialled in case.person.phones  # it was dialled: it stays


def test_only_an_imported_file_within_bounds(desk: Desk, session: Session) -> None:
    report = desk.week(46, R1)
    stranger = make_user(session, "lead").as_actor()
    session.commit()
    with pytest.raises(NotFound):
        take_back(desk, report.batch, stranger)
    take_back(desk, report.batch)
    with pytest.raises(Refused, match="rien à annuler"):
        take_back(desk, report.batch)


def test_two_lines_of_one_person_are_undone_backwards(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    before = picture(session)
    report = desk.week(
        47, ("R1", "DURAND", "06 39 98 45 27", "12,50"), ("R5", "Durand", "0639984527", "7,00")
    )
    assert session.scalar(select(func.count(Person.id))) == 1
    assert session.scalars(select(Person.last_name)).one() == "Durand"
    take_back(desk, report.batch)
    assert picture(session) == before
