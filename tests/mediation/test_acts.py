"""Other acts, referrals and energy-cheque talks: recorded, told once, taken back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.models import Contact
from energymed.mediation.acts import OWN_TABLE, record_act, void_act
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.codes import VoidReason
from energymed.mediation.models import Act, ChequeAwareness, Referral
from energymed.mediation.referrals import ReferralRequest, refer
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user, tell_customer
from tests.mediation.conftest import Desk

CCAS = ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
TALK = ChequeTalk(2025, "received_unused", ("preassignment", "expiry", "expiry"))
INFO = {"topics": ["bill"]}
ADMISSIBLE = {"stage": "admissible"}


def act(session: Session, desk: Desk, kind: str, details: Mapping[str, Any], at: datetime = NOW,
        **trace: Any) -> Act:  # fmt: skip
    return record_act(Context(session, desk.actor, at), desk.case.id, kind, details, **trace)


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


def test_an_act_is_tied_to_its_exchange(session: Session, desk: Desk) -> None:
    case = desk.case
    contact = Contact(case_id=case.id, person_id=case.person_id, channel="letter", started_at=NOW)
    session.add(contact)
    session.flush()
    assert act(session, desk, "info_given", INFO, contact_id=contact.id).contact_id == contact.id


@pytest.mark.parametrize("days", [0, 1, 90])
def test_an_act_of_any_day_is_crossed_out_and_stays_on_file(
    session: Session, desk: Desk, days: int
) -> None:
    written, later = act(session, desk, "info_given", INFO), NOW + timedelta(days=days)
    for _click in range(2):
        void_act(Context(session, desk.actor, later), written.id, VoidReason.TYPING)
    kept = session.get_one(Act, written.id)
    assert (kept.voided_at, kept.voided_by_id, kept.void_reason) == (
        later, desk.actor.user_id, "typing",
    )  # fmt: skip
    events = select(func.count()).where(AuditEvent.action == "act.voided")
    assert session.scalar(events) == 1


@pytest.mark.parametrize(("hours", "needed"), [(13, False), (14, True)])
def test_an_act_of_another_day_needs_a_reason(
    session: Session, desk: Desk, hours: int, needed: bool
) -> None:
    written = act(session, desk, "info_given", INFO)  # at ten in Paris: midnight is 14 hours later
    ctx = Context(session, desk.actor, NOW + timedelta(hours=hours))
    if not needed:
        assert void_act(ctx, written.id).voided_at == ctx.now
        return
    with pytest.raises(BadInput) as refusal:
        void_act(ctx, written.id)
    assert refusal.value.params["field"] == "void_reason"


def test_who_follows_the_case_crosses_out_what_is_of_another_day(
    session: Session, desk: Desk
) -> None:
    written = act(session, desk, "info_given", INFO)
    heir = make_user(session, site=desk.case.site)
    desk.case.assigned_to_id = heir.id
    session.commit()
    with pytest.raises(Refused, match="Seul l'auteur"):
        void_act(Context(session, heir.as_actor(), NOW), written.id, VoidReason.TYPING)
    tomorrow = Context(session, heir.as_actor(), NOW + timedelta(days=1))
    assert void_act(tomorrow, written.id, VoidReason.TYPING).voided_by_id == heir.id


def test_the_case_stays_suspended_while_one_admissible_act_stands(
    session: Session, desk: Desk
) -> None:
    first = act(session, desk, "overindebtedness", ADMISSIBLE)
    second = act(session, desk, "overindebtedness", ADMISSIBLE)
    considered = act(session, desk, "overindebtedness", {"stage": "considered"})
    for each, suspended in ((considered, True), (second, True), (first, False)):
        void_act(Context(session, desk.actor, NOW), each.id)
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
    void_act(Context(session, desk.actor, late), first.id)
    assert (desk.case.told_at, desk.case.told_in_time) == (late, False)
    void_act(Context(session, desk.actor, late), second.id)
    assert (desk.case.told_at, desk.case.told_in_time) == (None, None)


def test_what_a_call_told_is_not_taken_back_with_a_later_act(session: Session, desk: Desk) -> None:
    earlier = NOW - timedelta(hours=1)
    case_id, person_id = desk.case.id, desk.case.person_id
    call = Contact(case_id=case_id, person_id=person_id, channel="visit", started_at=earlier)
    session.add(call)
    session.flush()
    tell_customer(desk.case, earlier, contact_id=call.id)
    session.flush()
    written = act(session, desk, "cutoff_informed", {"scheduled_on": date(2026, 11, 25)})
    void_act(Context(session, desk.actor, NOW), written.id)
    assert desk.case.told_at == earlier


def test_no_capacity_needs_a_referral_or_its_refusal(session: Session, desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        act(session, desk, "no_capacity", {})
    assert refusal.value.params["field"] == "referral_refused"
    refused = act(session, desk, "no_capacity", {"referral_refused": True})
    assert refused.details == {"referral_refused": True}
    referral = refer(Context(session, desk.actor, NOW), desk.case.id, CCAS)
    assert act(session, desk, "no_capacity", {}).details == {}
    void_act(Context(session, desk.actor, NOW), referral.act_id)
    with pytest.raises(Refused):
        act(session, desk, "no_capacity", {})


@pytest.mark.parametrize("mode", ["file_transmitted", "coordinates_given"])
def test_a_referral_needs_consent(session: Session, desk: Desk, mode: str) -> None:
    with pytest.raises(Refused) as refusal:
        refer(
            Context(session, desk.actor, NOW),
            desk.case.id,
            ReferralRequest("ccas", "budget", mode, consent=False),
        )
    assert refusal.value.params["field"] == "consent"


@pytest.mark.parametrize("field", ["body", "reason", "mode"])
def test_a_referral_needs_all_its_codes(session: Session, desk: Desk, field: str) -> None:
    given = {"body": "ccas", "reason": "budget", "mode": "coordinates_given", field: "elsewhere"}
    with pytest.raises(BadInput) as refusal:
        refer(
            Context(session, desk.actor, NOW), desk.case.id, ReferralRequest(**given, consent=True)
        )
    assert refusal.value.params["field"] == field


def test_a_referral_counts_once_per_body(session: Session, desk: Desk) -> None:
    first = refer(Context(session, desk.actor, NOW), desk.case.id, CCAS, request_key="k")
    again = refer(Context(session, desk.actor, NOW), desk.case.id, CCAS, request_key="k")
    assert again.id == first.id
    with pytest.raises(Refused, match="déjà orienté"):
        refer(Context(session, desk.actor, NOW), desk.case.id, CCAS)
    assert session.scalar(select(func.count()).select_from(Act)) == 1
    refer(
        Context(session, desk.actor, NOW),
        desk.case.id,
        ReferralRequest("pcb", "budget", "coordinates_given", consent=True),
    )
    assert session.scalar(select(func.count()).select_from(Referral)) == 2


def test_a_referral_taken_back_may_be_made_again(session: Session, desk: Desk) -> None:
    wrong = refer(Context(session, desk.actor, NOW), desk.case.id, CCAS)
    old_act = wrong.act_id
    void_act(Context(session, desk.actor, NOW), old_act)
    right = refer(
        Context(session, desk.actor, NOW),
        desk.case.id,
        ReferralRequest(
            "ccas", "aid_request", "appointment_made", consent=True, appointment_on=NOW.date()
        ),
    )
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
        give_awareness(Context(session, desk.actor, NOW), desk.case.id, talk)
    assert refusal.value.params["field"] == field


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_talk_is_of_the_running_campaign_or_of_one_still_spent(
    session: Session, desk: Desk, year: int
) -> None:
    talk = ChequeTalk(year, "used", ("expiry",))
    given = give_awareness(Context(session, desk.actor, NOW), desk.case.id, talk)
    assert given.campaign_year == year


def test_nobody_promises_more_than_the_debt(session: Session, desk: Desk) -> None:
    promise = {"promised_on": NOW.date(), "amount_cents": 10_000, "method": "card"}
    assert act(session, desk, "pays_full", promise).details["amount_cents"] == 10_000
    with pytest.raises(Refused) as refusal:
        act(session, desk, "pays_full", {**promise, "amount_cents": 10_001})
    assert refusal.value.params["field"] == "amount_cents"


def test_a_talk_counts_once_a_campaign_year(session: Session, desk: Desk) -> None:
    given = give_awareness(Context(session, desk.actor, NOW), desk.case.id, TALK, request_key="k")
    assert given.topics == ["preassignment", "expiry"]
    again = give_awareness(Context(session, desk.actor, NOW), desk.case.id, TALK, request_key="k")
    assert again.id == given.id
    with pytest.raises(Refused, match="déjà notée"):
        give_awareness(Context(session, desk.actor, NOW), desk.case.id, TALK)
    next_year = ChequeTalk(2026, "unknown", ("eligibility",), eligibility_band="band_1")
    give_awareness(Context(session, desk.actor, NOW), desk.case.id, next_year)
    assert session.scalar(select(func.count()).select_from(ChequeAwareness)) == 2


def test_a_talk_taken_back_may_be_told_again(session: Session, desk: Desk) -> None:
    wrong = give_awareness(Context(session, desk.actor, NOW), desk.case.id, TALK)
    void_act(Context(session, desk.actor, NOW), wrong.act_id)
    used = ChequeTalk(2025, "used", ("asked_used",), help="done_together")
    right = give_awareness(Context(session, desk.actor, NOW), desk.case.id, used)
    assert (right.id, right.declared_status, right.topics) == (wrong.id, "used", ["asked_used"])
    assert right.act.voided_at is None


def test_another_sites_case_does_not_exist(session: Session, desk: Desk) -> None:
    written = act(session, desk, "info_given", INFO)
    case_id, stranger = desk.case.id, desk.stranger
    attempts = (
        lambda: refer(Context(session, stranger, NOW), case_id, CCAS),
        lambda: give_awareness(Context(session, stranger, NOW), case_id, TALK),
        lambda: record_act(Context(session, stranger, NOW), case_id, "info_given", INFO),
        lambda: void_act(Context(session, stranger, NOW), written.id),
        lambda: void_act(Context(session, desk.actor, NOW), 999_999),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
