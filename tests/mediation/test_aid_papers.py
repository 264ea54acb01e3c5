"""The papers of a request, one by one: ticked, unticked, asked besides; the state follows."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.mediation.aid_papers import PapersNoted, note_papers
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.codes import AidState
from energymed.mediation.models import AidRequest
from energymed.mediation.states import state_by_papers
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.mediation.conftest import Desk

TODAY = date(2026, 11, 23)


def opened(session: Session, desk: Desk, *missing: str, consent: bool = True) -> AidRequest:
    opening = AidOpening("fsl_energy", consent, missing_documents=missing)
    return open_aid(Context(session, desk.actor, NOW), desk.case.id, opening)


def note(session: Session, desk: Desk, aid: AidRequest, **noted: tuple[str, ...]) -> AidRequest:
    return note_papers(Context(session, desk.actor, NOW), aid.id, PapersNoted(**noted))


def test_the_last_paper_makes_it_complete_and_one_less_does_not(
    session: Session, desk: Desk
) -> None:
    aid = opened(session, desk, "income", "bill")
    note(session, desk, aid, came=("income",))
    assert (aid.state, aid.missing_documents) == ("documents_pending", ["bill"])
    note(session, desk, aid, came=("bill",))
    assert (aid.state, aid.missing_documents) == ("complete", [])
    assert [(each.asked_on, each.received_on) for each in aid.papers] == [(TODAY, TODAY)] * 2
    note(session, desk, aid, not_come=("bill",))
    assert (aid.state, aid.missing_documents) == ("documents_pending", ["bill"])


def test_the_same_papers_again_leave_no_trace(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, "income", "bill")
    events = session.query(AuditEvent).filter_by(action="aid.papers").order_by(AuditEvent.id)
    note(session, desk, aid, came=("income",), asked=("lease",))
    noted = events.one()
    assert noted.after == {
        "state": "documents_pending", "came": ["income"], "not_come": [], "asked": ["lease"],
    }  # fmt: skip
    note(session, desk, aid, came=("income",), not_come=("bill",), asked=("lease", "bill"))
    assert events.all() == [noted]
    note(session, desk, aid, came=("income", "bill"), not_come=("lease",))
    assert events.all()[1].after == {
        "state": "documents_pending", "came": ["bill"], "not_come": [], "asked": [],
    }  # fmt: skip


def test_several_at_once_and_one_more(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, "income", "bill")
    note(session, desk, aid, came=("income", "bill"), asked=("lease",))
    assert (aid.state, aid.missing_documents) == ("documents_pending", ["lease"])


def test_usual_papers_wait_until_somebody_speaks_of_them(session: Session, desk: Desk) -> None:
    aid = opened(session, desk)
    assert (aid.state, aid.missing_documents) == ("consent_given", [])
    assert aid.to_bring == ["identity", "income", "bill"]
    note(session, desk, aid, came=("bill",))
    assert (aid.state, aid.missing_documents) == ("documents_pending", ["identity", "income"])


def test_complete_by_one_press_is_complete_by_its_papers(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, "income")
    move_aid(Context(session, desk.actor, NOW), aid.id, "complete", AidStep())
    assert (aid.missing_documents, aid.papers[0].received_on) == ([], TODAY)


@pytest.mark.parametrize("state", ["identified", "submitted"])
def test_before_consent_and_once_filed_no_paper_is_noted(
    session: Session, desk: Desk, state: str
) -> None:
    aid = opened(session, desk, consent=state != "identified")
    for step in ("complete", "submitted") if state == "submitted" else ():
        move_aid(Context(session, desk.actor, NOW), aid.id, step, AidStep())
    with pytest.raises(Refused):
        note(session, desk, aid, came=("bill",))


def test_an_unknown_paper_and_a_foreign_request(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, "bill")
    with pytest.raises(BadInput, match="inconnue"):
        note(session, desk, aid, asked=("blood",))
    with pytest.raises(NotFound):
        note_papers(Context(session, desk.stranger, NOW), aid.id, PapersNoted(came=("bill",)))


def test_what_a_colleague_completed_is_not_undone_by_anybody(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, "bill")
    note(session, desk, aid, came=("bill",))
    other = make_user(session, site=desk.case.site)
    session.commit()
    with pytest.raises(Refused):
        note_papers(Context(session, other.as_actor(), NOW), aid.id, PapersNoted((), ("bill",)))


@pytest.mark.parametrize(
    ("state", "missing", "known", "after"),
    [
        ("consent_given", 3, False, "consent_given"),
        ("consent_given", 1, True, "documents_pending"),
        ("consent_given", 0, True, "complete"), ("documents_pending", 1, True, "documents_pending"),
        ("documents_pending", 0, True, "complete"), ("complete", 1, True, "documents_pending"),
        ("identified", 0, True, "identified"), ("adjourned", 0, True, "adjourned"),
        ("submitted", 1, True, "submitted"),
    ],
)  # fmt: skip
def test_where_a_request_stands_by_its_papers(
    state: str, missing: int, known: bool, after: str
) -> None:
    assert state_by_papers(AidState(state), missing, known=known) == after
