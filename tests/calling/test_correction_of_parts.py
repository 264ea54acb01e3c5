"""A call that settled several cases is corrected: what it did elsewhere stays, or goes with it."""

from datetime import date

import pytest
from sqlalchemy import select

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.calling.calls.linked_cases import Agreed, parts_of, record_others
from energymed.calling.models import Contact, FollowUp
from energymed.calling.queue import claims
from energymed.cases import transitions
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.calling.test_correction import AFTERNOON, correct
from tests.calling.test_household_call import WEEK, talked, twin

FRIDAY = paris("2026-11-27 15:00")


def settled(desk: Desk, *agreed: Agreed, case: Case) -> tuple[Contact, list[Contact]]:
    """A conversation on `case`, with what was agreed on the others in the same instant."""
    call = talked(desk, case)
    return call, record_others(Context(desk.session, desk.actor, desk.now), call, agreed)


def events(desk: Desk, action: str) -> list[AuditEvent]:
    found = select(AuditEvent).where(AuditEvent.action == action)
    return list(desk.session.scalars(found))


def test_without_a_conversation_nothing_was_settled(desk: Desk) -> None:
    case = desk.case()
    water, gas = twin(desk, case), twin(desk, case, queue_reason="retry")
    call, parts = settled(
        desk, Agreed(water.id, "close", "settled"), Agreed(gas.id, "follow_up", None, WEEK),
        case=case,
    )  # fmt: skip
    new = correct(desk, call, "wrong_number", phone_id=case.person.phones[0].id)
    assert [part.voided_at for part in parts] == [AFTERNOON, AFTERNOON]
    assert (water.state, water.queue_reason, water.closure) == ("queued", "new", None)
    assert (gas.state, gas.queue_reason, gas.next_action_at) == ("queued", "retry", None)
    assert set(desk.session.scalars(select(FollowUp.state))) == {"cancelled"}
    assert [(event.entity_id, event.before) for event in events(desk, "contact.voided")] == [
        (part.id, {"result": "reached_holder", "part_of": call.id}) for part in parts
    ]
    assert parts_of(desk.session, call) == parts_of(desk.session, new) == []


def test_what_waited_and_what_was_promised_come_back(desk: Desk) -> None:
    case = desk.case()
    water = twin(
        desk, case, state="waiting", waiting_reason="callback", queue_reason=None,
        next_action_at=FRIDAY,
    )  # fmt: skip
    promise = desk.promise(water, "2026-11-27 15:00")
    call, _parts = settled(desk, Agreed(water.id, "close", "settled"), case=case)
    assert promise.state == "done"
    correct(desk, call, "no_answer")
    stood = (water.state, water.waiting_reason, water.next_action_at)
    assert stood == ("waiting", "callback", FRIDAY)
    assert promise.state == "open"


def test_a_cutoff_told_to_nobody(desk: Desk) -> None:
    case = desk.case()
    notice = twin(
        desk, case, campaign_kind="cutoff_notice", debt_cents=None, cutoff_date=date(2026, 11, 24)
    )
    call, _parts = settled(desk, Agreed(notice.id, "close", "informed_only"), case=case)
    assert notice.told_at is not None
    correct(desk, call, "no_answer")
    assert (notice.told_at, notice.told_in_time) == (None, None)


def test_a_conversation_corrected_into_another_keeps_them(desk: Desk) -> None:
    case = desk.case()
    water = twin(desk, case)
    call, parts = settled(desk, Agreed(water.id, "follow_up", None, WEEK), case=case)
    new = correct(desk, call, "reached_mandated")
    assert (case.state, water.state, parts[0].voided_at) == ("closed", "waiting", None)
    assert list(parts_of(desk.session, new)) == parts
    (moved,) = events(desk, "contact.part_moved")
    assert (moved.before, moved.after) == ({"part_of": call.id}, {"part_of": new.id})
    with pytest.raises(Refused, match="fait partie d'un appel"):
        correct(desk, parts[0], "no_answer")
    desk.now = AFTERNOON + 5 * MINUTE
    correct(desk, new, "no_answer")
    assert (water.state, water.queue_reason) == ("queued", "new"), "a correction of the correction"


def goes_on(desk: Desk, water: Case, how: str) -> None:
    if how == "in call":
        claims.claim_case(Context(desk.session, desk.colleague(), NOW + MINUTE), water.id)
    elif how == "called":
        desk.call(water, "no_answer", at=NOW + MINUTE)
    elif how == "closed":
        transitions.close(
            Context(desk.session, desk.actor, NOW + MINUTE), water, "recalled_by_partner"
        )
    else:
        anew = twin(desk, water, reference=water.reference)
        anew.partner_id = water.partner_id
        desk.session.flush()


@pytest.mark.parametrize("how", ["in call", "called", "closed", "sent anew"])
def test_a_case_that_went_on_since_is_named_and_nothing_changes(desk: Desk, how: str) -> None:
    case = desk.case()
    water = twin(desk, case)
    closes = Agreed(water.id, "close", "settled")
    later = Agreed(water.id, "follow_up", None, WEEK)
    call, parts = settled(desk, closes if how == "sent anew" else later, case=case)
    goes_on(desk, water, how)
    with pytest.raises(Refused) as refusal:
        correct(desk, call, "no_answer")
    assert refusal.value.params["reference"] == water.reference
    assert "a continué depuis" in str(refusal.value)
    assert parts[0].voided_at is None
