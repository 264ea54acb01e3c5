"""An exchange off the telephone that was noted by mistake: taken back with all that it did."""

from datetime import timedelta

import pytest

from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.eligibility.stopped import stops_of
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.casework.take_back_exchange import take_back_exchange
from energymed.mediation.codes import ActKind
from energymed.mediation.models import Act
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user


def context(desk: Desk) -> Context:
    return Context(desk.session, desk.actor, NOW)


def noted(desk: Desk, case: Case, channel: str, result: str, *acts: AgreedAct) -> Contact:
    report = ExchangeReport(channel=channel, result=result)
    outcome = Outcome(report=report, acts=acts, identity_checked=True)
    return record_conversation(context(desk), case.id, outcome)


@pytest.mark.parametrize(("channel", "result"), [("visit", "refused"), ("letter", "opposed")])
def test_a_stop_is_lifted_with_what_set_it(desk: Desk, channel: str, result: str) -> None:
    case = desk.case()
    contact = noted(desk, case, channel, result)
    stopped = stops_of(desk.session, case.person)
    assert stopped.for_good or stopped.rests_until
    take_back_exchange(context(desk), contact.id)
    lifted = stops_of(desk.session, case.person)
    assert not lifted.for_good
    assert not lifted.rests_until
    assert case.state == "queued"
    assert contact.voided_at is not None


def test_its_acts_are_crossed_out(desk: Desk) -> None:
    case = desk.case()
    informed = AgreedAct(ActKind.INFO_GIVEN, {"topics": ["bill"]})
    contact = noted(desk, case, "face_to_face", "met_holder", informed)
    take_back_exchange(context(desk), contact.id)
    assert desk.session.query(Act).one().voided_at is not None


def test_an_address_is_good_again(desk: Desk) -> None:
    case = desk.case(address="1 rue Haute", postal_code="26000", commune="Valence")
    case.address_key = "1 rue haute 26000"
    contact = noted(desk, case, "visit", "wrong_address")
    assert case.address_is_wrong
    take_back_exchange(context(desk), contact.id)
    assert not case.address_is_wrong


def test_neither_a_call_nor_another_day_nor_somebody_elses(desk: Desk) -> None:
    case = desk.case()
    call = desk.called(case, "2026-11-23 09:30", "no_answer")
    with pytest.raises(Refused):
        take_back_exchange(context(desk), call.id)
    contact = noted(desk, case, "visit", "no_access")
    colleague = Context(desk.session, desk.colleague(), NOW)
    tomorrow = Context(desk.session, desk.actor, NOW + timedelta(days=1))
    for ctx in (colleague, tomorrow):
        with pytest.raises(Refused):
            take_back_exchange(ctx, contact.id)
    with pytest.raises(NotFound):
        take_back_exchange(
            Context(desk.session, make_user(desk.session).as_actor(), NOW), contact.id
        )
    take_back_exchange(context(desk), contact.id)
    assert take_back_exchange(context(desk), contact.id) is contact  # a second press
