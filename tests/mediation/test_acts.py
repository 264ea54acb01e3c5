"""Other acts, referrals and energy-cheque talks: recorded, told once, taken back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.models import Contact
from energymed.mediation.acts import OWN_TABLE, record_act, void_act
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.models import Act, ChequeAwareness, Referral
from energymed.mediation.referrals import ReferralRequest, refer
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case
from tests.mediation.conftest import Desk

CCAS = ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
TALK = ChequeTalk(2025, "received_unused", ("preassignment", "expiry", "expiry"))
INFO = {"topics": ["bill"]}
ADMISSIBLE = {"stage": "admissible"}


def act(session: Session, desk: Desk, kind: str, details: Mapping[str, Any], at: datetime = NOW,
        **trace: Any) -> Act:  # fmt: skip
    return record_act(session, desk.actor, desk.case.id, kind, details, now=at, **trace)


def test_an_act_is_dated_attributed_and_audited(session: Session, desk: Desk) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # past midnight in Paris
    written = act(session, desk, "info_given", INFO, late)
    assert (written.acted_on, written.user_id) == (date(2026, 11, 24), desk.actor.user_id)
    assert written.details == INFO
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "act.recorded")).one()
    assert (event.entity, event.entity_id) == ("act", written.id)


@pytest.mark.parametrize("kind", [*OWN_TABLE, "gossip"])
def test_only_plain_kinds_are_recorded_plainly(session: Session, desk: Desk, kind: str) -> None:
    with pytest.raises(BadInput, match="Acte inconnu"):
        act(session, desk, kind, {})


def test_a_double_click_makes_one_act(session: Session, desk: Desk) -> None:
    first = act(session, desk, "info_given", INFO, request_key="k")
    assert act(session, desk, "info_given", INFO, request_key="k").id == first.id
    assert session.scalar(select(func.count()).select_from(Act)) == 1


def test_an_act_belongs_to_a_contact_of_its_own_case(session: Session, desk: Desk) -> None:
    other = make_case(session, site=desk.case.site)
    contacts = [
        Contact(case_id=case.id, person_id=case.person_id, channel="letter", started_at=NOW)
        for case in (desk.case, other)
    ]
    session.add_all(contacts)
    session.flush()
    mine, foreign = (contact.id for contact in contacts)
    assert act(session, desk, "info_given", INFO, contact_id=mine).contact_id == mine
    with pytest.raises(BadInput):
        act(session, desk, "info_given", INFO, contact_id=foreign)


def test_an_act_is_voided_the_same_day_only_and_stays_on_file(session: Session, desk: Desk) -> None:
    written = act(session, desk, "info_given", INFO)
    with pytest.raises(Refused):
        void_act(session, desk.actor, written.id, now=NOW + timedelta(days=1))
    for _click in range(2):
        void_act(session, desk.actor, written.id, now=NOW)
    assert session.get_one(Act, written.id).voided_at == NOW
    events = select(func.count()).where(AuditEvent.action == "act.voided")
    assert session.scalar(events) == 1


def test_the_case_stays_suspended_while_one_admissible_act_stands(
    session: Session, desk: Desk
) -> None:
    first = act(session, desk, "overindebtedness", ADMISSIBLE)
    second = act(session, desk, "overindebtedness", ADMISSIBLE)
    considered = act(session, desk, "overindebtedness", {"stage": "considered"})
    for each, suspended in ((considered, True), (second, True), (first, False)):
        void_act(session, desk.actor, each.id, now=NOW)
        assert desk.case.suspended is suspended
    changes = select(func.count()).where(AuditEvent.action == "case.suspended")
    assert session.scalar(changes) == 2


def test_the_first_time_the_customer_was_told_counts(session: Session, desk: Desk) -> None:
    desk.case.cutoff_date, desk.case.cutoff_slot = date(2026, 11, 23), "14h-17h"
    told = {"scheduled_on": date(2026, 11, 23)}
    late = NOW + timedelta(hours=6)
    first = act(session, desk, "cutoff_informed", told)
    second = act(session, desk, "cutoff_informed", told, late)
    assert (desk.case.told_at, desk.case.told_in_time) == (NOW, True)
    void_act(session, desk.actor, first.id, now=late)
    assert (desk.case.told_at, desk.case.told_in_time) == (late, False)
    void_act(session, desk.actor, second.id, now=late)
    assert (desk.case.told_at, desk.case.told_in_time) == (None, None)


def test_what_a_call_told_is_not_taken_back_with_a_later_act(session: Session, desk: Desk) -> None:
    earlier = NOW - timedelta(hours=1)
    desk.case.told_at = earlier
    session.flush()
    written = act(session, desk, "cutoff_informed", {"scheduled_on": date(2026, 11, 25)})
    void_act(session, desk.actor, written.id, now=NOW)
    assert desk.case.told_at == earlier


def test_no_capacity_needs_a_referral_or_its_refusal(session: Session, desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        act(session, desk, "no_capacity", {})
    assert refusal.value.params["field"] == "referral_refused"
    refused = act(session, desk, "no_capacity", {"referral_refused": True})
    assert refused.details == {"referral_refused": True}
    referral = refer(session, desk.actor, desk.case.id, CCAS, now=NOW)
    assert act(session, desk, "no_capacity", {}).details == {}
    void_act(session, desk.actor, referral.act_id, now=NOW)
    with pytest.raises(Refused):
        act(session, desk, "no_capacity", {})


@pytest.mark.parametrize("mode", ["file_transmitted", "coordinates_given"])
def test_a_referral_needs_consent(session: Session, desk: Desk, mode: str) -> None:
    with pytest.raises(Refused) as refusal:
        refer(
            session, desk.actor, desk.case.id,
            ReferralRequest("ccas", "budget", mode, consent=False), now=NOW,
        )  # fmt: skip
    assert refusal.value.params["field"] == "consent"


@pytest.mark.parametrize("field", ["body", "reason", "mode"])
def test_a_referral_needs_all_its_codes(session: Session, desk: Desk, field: str) -> None:
    given = {"body": "ccas", "reason": "budget", "mode": "coordinates_given", field: "elsewhere"}
    with pytest.raises(BadInput) as refusal:
        refer(session, desk.actor, desk.case.id, ReferralRequest(**given, consent=True), now=NOW)
    assert refusal.value.params["field"] == field


def test_a_referral_counts_once_per_body(session: Session, desk: Desk) -> None:
    first = refer(session, desk.actor, desk.case.id, CCAS, now=NOW, request_key="k")
    again = refer(session, desk.actor, desk.case.id, CCAS, now=NOW, request_key="k")
    assert again.id == first.id
    with pytest.raises(Refused, match="déjà orienté"):
        refer(session, desk.actor, desk.case.id, CCAS, now=NOW)
    assert session.scalar(select(func.count()).select_from(Act)) == 1
    refer(
        session, desk.actor, desk.case.id,
        ReferralRequest("pcb", "budget", "coordinates_given", consent=True), now=NOW,
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Referral)) == 2


def test_a_referral_taken_back_may_be_made_again(session: Session, desk: Desk) -> None:
    wrong = refer(session, desk.actor, desk.case.id, CCAS, now=NOW)
    old_act = wrong.act_id
    void_act(session, desk.actor, old_act, now=NOW)
    right = refer(
        session, desk.actor, desk.case.id,
        ReferralRequest("ccas", "aid_request", "appointment_made", consent=True), now=NOW,
    )  # fmt: skip
    assert (right.id, right.reason, right.act.voided_at) == (wrong.id, "aid_request", None)
    assert session.get_one(Act, old_act).voided_at == NOW


@pytest.mark.parametrize(
    ("talk", "field"),
    [
        (ChequeTalk(2025, "used", ()), "topics"),
        (ChequeTalk(2025, "used", ("weather",)), "topics"),
        (ChequeTalk(2025, "sold", ("expiry",)), "status"),
        (ChequeTalk(2025, "used", ("expiry",), help="none"), "status"),
        (ChequeTalk(2023, "used", ("expiry",)), "campaign_year"),
        (ChequeTalk(2027, "used", ("expiry",)), "campaign_year"),
        (ChequeTalk(2025, "used", ("expiry",), eligibility_band="9800"), "eligibility_band"),
    ],
)
def test_a_talk_that_does_not_count(
    session: Session, desk: Desk, talk: ChequeTalk, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        give_awareness(session, desk.actor, desk.case.id, talk, now=NOW)
    assert refusal.value.params["field"] == field


def test_a_talk_counts_once_a_campaign_year(session: Session, desk: Desk) -> None:
    given = give_awareness(session, desk.actor, desk.case.id, TALK, now=NOW, request_key="k")
    assert given.topics == ["preassignment", "expiry"]
    again = give_awareness(session, desk.actor, desk.case.id, TALK, now=NOW, request_key="k")
    assert again.id == given.id
    with pytest.raises(Refused, match="déjà notée"):
        give_awareness(session, desk.actor, desk.case.id, TALK, now=NOW)
    next_year = ChequeTalk(2026, "unknown", ("eligibility",), eligibility_band="band_1")
    give_awareness(session, desk.actor, desk.case.id, next_year, now=NOW)
    assert session.scalar(select(func.count()).select_from(ChequeAwareness)) == 2


def test_a_talk_taken_back_may_be_told_again(session: Session, desk: Desk) -> None:
    wrong = give_awareness(session, desk.actor, desk.case.id, TALK, now=NOW)
    void_act(session, desk.actor, wrong.act_id, now=NOW)
    used = ChequeTalk(2025, "used", ("asked_used",), help="done_together")
    right = give_awareness(session, desk.actor, desk.case.id, used, now=NOW)
    assert (right.id, right.declared_status, right.topics) == (wrong.id, "used", ["asked_used"])
    assert right.act.voided_at is None


def test_another_sites_case_does_not_exist(session: Session, desk: Desk) -> None:
    written = act(session, desk, "info_given", INFO)
    case_id, stranger = desk.case.id, desk.stranger
    attempts = (
        lambda: refer(session, stranger, case_id, CCAS, now=NOW),
        lambda: give_awareness(session, stranger, case_id, TALK, now=NOW),
        lambda: record_act(session, stranger, case_id, "info_given", INFO, now=NOW),
        lambda: void_act(session, stranger, written.id, now=NOW),
        lambda: void_act(session, desk.actor, 999_999, now=NOW),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
