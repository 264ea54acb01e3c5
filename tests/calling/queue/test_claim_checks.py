"""The claim decides who may write: who has the case, or had it last, records its call."""

import pytest
from sqlalchemy import func, select

from energymed.base.context import Actor, Context
from energymed.base.errors import Conflict
from energymed.calling.calls.record import record_call, record_contact
from energymed.calling.calls.release_case import leave
from energymed.calling.models import Contact
from energymed.calling.queue import claims
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_user

NOT_YOURS = "n'est pas en appel chez vous"
LATER = NOW + 20 * MINUTE


def record(desk: Desk, actor: Actor, case: Case, result: str = "no_answer") -> Contact:
    desk.now = LATER + 5 * MINUTE
    return record_call(Context(desk.session, actor, desk.now), case.id, desk.report(result))


def refused(desk: Desk, actor: Actor, case: Case, sentence: str) -> None:
    before = case.state, desk.session.scalar(select(func.count(Contact.id)))
    for result in ("no_answer", "reached_holder"):
        with pytest.raises(Conflict, match=sentence):
            record(desk, actor, case, result)
    assert (case.state, desk.session.scalar(select(func.count(Contact.id)))) == before


def lapsed(desk: Desk, actor: Actor, case: Case) -> None:
    """The actor opened the case, and the lease ran out."""
    claims.claim_case(Context(desk.session, actor, NOW), case.id)
    assert claims.release_lapsed(desk.session, now=LATER) == 1


def test_who_never_took_the_case_records_nothing(desk: Desk) -> None:
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    for actor in (desk.actor, desk.colleague(), lead):
        refused(desk, actor, desk.case(), NOT_YOURS)


def test_a_lead_steps_in_by_taking_the_case(desk: Desk) -> None:
    lead, case = make_user(desk.session, "lead", site=desk.site).as_actor(), desk.case()
    claims.claim_case(Context(desk.session, lead, NOW), case.id)
    assert record(desk, lead, case).user_id == lead.user_id


def test_a_call_already_recorded_ends_the_claim(desk: Desk) -> None:
    case = desk.case()
    desk.call(case, "no_answer")
    refused(desk, desk.actor, case, "reprenez le dossier")
    claims.claim_case(Context(desk.session, desk.actor, LATER), case.id)
    assert record(desk, desk.actor, case).result == "no_answer"


def test_a_lapse_loses_nothing_not_even_after_a_message(desk: Desk) -> None:
    case = desk.case()
    lapsed(desk, desk.actor, case)
    record_contact(Context(desk.session, desk.actor, LATER), case.id, "sms", result="sent")
    assert record(desk, desk.actor, case).case_id == case.id


def test_who_took_it_last_decides_even_when_it_was_given_back(desk: Desk) -> None:
    case, colleague = desk.case(), desk.colleague()
    lapsed(desk, desk.actor, case)
    claims.claim_case(Context(desk.session, colleague, LATER), case.id)
    leave(Context(desk.session, colleague, LATER), case.id, "mistake")
    refused(desk, desk.actor, case, "Un collègue a repris ce dossier")


def test_nothing_while_a_colleague_has_the_household_in_call(desk: Desk) -> None:
    case, colleague = desk.case(), desk.colleague()
    sister = desk.case(person=case.person)
    lapsed(desk, desk.actor, sister)
    claims.claim_case(Context(desk.session, colleague, LATER), case.id)
    refused(desk, desk.actor, sister, "en ligne avec ce foyer")
    leave(Context(desk.session, colleague, LATER), case.id, "mistake")
    assert record(desk, desk.actor, sister).case_id == sister.id
