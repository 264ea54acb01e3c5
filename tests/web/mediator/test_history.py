"""The history names whoever did it, whoever holds the case now."""

from datetime import timedelta

from bs4 import Tag
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.assignment.spread import unassign_cases
from energymed.calling.assignment.transfer import transfer_cases
from energymed.calling.calls.record import correct_call, record_call
from energymed.calling.calls.report import CallReport
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case
from tests.factories import MONDAY_MORNING, make_user
from tests.web.helpers import soup
from tests.web.mediator.conftest import MediatorDesk

LATER = MONDAY_MORNING + timedelta(minutes=10)
PROMISED = MONDAY_MORNING + timedelta(days=2)


def promise(desk: MediatorDesk) -> Contact:
    """The mediator calls and promises to call again."""
    claim_case(Context(desk.session, desk.user.as_actor(), MONDAY_MORNING), desk.case.id)
    said = CallReport(result="callback_set", started_at=MONDAY_MORNING, callback_at=PROMISED)
    contact = record_call(
        Context(desk.session, desk.user.as_actor(), MONDAY_MORNING), desk.case.id, said
    )
    desk.session.commit()
    return contact


def lines(desk: MediatorDesk) -> list[str]:
    """The lines of the history, newest first."""
    page = soup(desk.client.get(f"/cases/{desk.case.id}"))
    history = page.select_one("section[aria-labelledby=history]")
    assert isinstance(history, Tag)
    return [" ".join(line.get_text(" ").split()) for line in history.select(".timeline > li")]


def test_a_promise_is_told_with_whoever_made_it(desk: MediatorDesk, session: Session) -> None:
    promise(desk)
    (told,) = (line for line in lines(desk) if "Rappel convenu pour" in line)
    assert "Ada Blanc" in told
    assert "confié" not in told
    lead = make_user(session, "lead", site=desk.site).as_actor()
    zoe = make_user(session, site=desk.site, name="Zoé Noir")
    unassign_cases(Context(session, lead, LATER), [desk.case.id])
    transfer_cases(Context(session, lead, LATER), [desk.case], zoe.id)
    session.commit()
    (told,) = (line for line in lines(desk) if "Rappel convenu pour" in line)
    assert "Ada Blanc" in told
    assert "confié à Zoé Noir" in told


def test_a_correction_is_told_with_whoever_corrected(desk: MediatorDesk, session: Session) -> None:
    contact = promise(desk)
    lead = make_user(session, "lead", site=desk.site, name="Luc Chef").as_actor()
    other = PROMISED + timedelta(days=1)
    said = CallReport(result="callback_set", started_at=MONDAY_MORNING, callback_at=other)
    correct_call(Context(session, lead, LATER), contact.id, said)
    session.commit()
    calls = [line for line in lines(desk) if "Appel sortant" in line]
    assert len(calls) == 2
    assert ["corrigé par Luc Chef" in line for line in calls].count(True) == 1
    assert all("Ada Blanc" in line for line in calls)
    promises = [line for line in lines(desk) if "Rappel convenu pour" in line]
    assert len(promises) == 2
    assert all("· Ada Blanc" in line for line in promises), "she promised, both times"
