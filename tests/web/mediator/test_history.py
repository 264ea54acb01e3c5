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
from tests.web.mediator.conftest import LATER as LATER_ON
from tests.web.mediator.conftest import REACHED, MediatorDesk
from tests.web.mediator.test_save_call import PLAN

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


def test_the_desk_tells_what_was_agreed_on_the_persons_other_cases(desk: MediatorDesk) -> None:
    other = desk.add_case(person=desk.case.person, reference="AUTRE7")
    address = desk.next_call()
    desk.save(address, **REACHED, **PLAN, **LATER_ON)
    agreed = desk.fresh() if str(desk.case.id) in address else desk.fresh(other)
    left = other if agreed.id == desk.case.id else desk.case
    desk.client.post(f"/cases/{left.id}/open")
    past = soup(desk.client.get(f"/call/{left.id}")).select("section[aria-labelledby=past] li")
    told = [" ".join(line.get_text(" ").split()) for line in past]
    (plan,) = (line for line in told if "Échéancier négocié" in line)
    assert agreed.reference in plan
