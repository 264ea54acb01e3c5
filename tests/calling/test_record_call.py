"""Recording: what is required, a double click, two mediators, a lapsed lease; other channels."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError, NotFound, Refused
from energymed.calling.calls import drafts
from energymed.calling.calls.record import record_call, record_contact
from energymed.calling.codes import WRITTEN
from energymed.calling.models import CallDraft, Contact
from energymed.calling.queue import claims
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_case

KEY = "7f0c6b9e-0000-4000-8000-000000000001"
NIR = "1 84 12 76 451 089 46"
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def opened(desk: Desk) -> Case:
    case = desk.case()
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    return case


def record(desk: Desk, case: Case, result: str, **values: Any) -> Contact:
    report = desk.report(result, **values)
    return record_call(Context(desk.session, desk.actor, NOW), case.id, report)


def test_a_call_is_kept_with_its_times_and_what_was_answered(desk: Desk) -> None:
    case = opened(desk)
    phone = case.person.phones[0]
    details = {"identity_checked": True, "relation": "spouse", "language": "", "colour": "red"}
    contact = record(
        desk, case, "reached_mandated", phone_id=phone.id, details=details,
        note=" Rappeler \r\nle soir\x00 ",
    )  # fmt: skip
    assert (contact.channel, contact.result, contact.phone) == (
        "call_out",
        "reached_mandated",
        phone,
    )
    assert (contact.started_at, contact.ended_at) == (NOW - MINUTE, NOW)
    assert contact.details == {"identity_checked": True, "relation": "spouse"}
    assert contact.note == "Rappeler\nle soir"
    event = desk.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "contact.recorded")
    ).one()
    assert event.after == {"channel": "call_out", "result": "reached_mandated"}


def test_a_call_cannot_have_begun_in_the_future(desk: Desk) -> None:
    contact = record(desk, opened(desk), "no_answer", started_at=NOW + 5 * MINUTE)
    assert contact.started_at == NOW


CHECKED = {"identity_checked": True}


@pytest.mark.parametrize(
    ("result", "values", "field"),
    [
        ("", {}, "result"),
        ("shrug", {}, "result"),
        ("reached_holder", {"details": {}}, "identity_checked"),
        ("reached_holder", {"details": {"identity_checked": "yes"}}, "identity_checked"),
        ("reached_mandated", {"details": CHECKED}, "relation"),
        ("reached_mandated", {"details": {**CHECKED, "relation": "cat"}}, "relation"),
        ("reached_holder", {"next_step": None}, "next_step"),
        ("reached_holder", {"closure": None}, "closure"),
        ("reached_holder", {"closure": "done"}, "closure"),
        ("reached_holder", {"closure": "opposed"}, "closure"),
        ("reached_holder", {"closure": "deceased"}, "closure"),
        ("reached_holder", {"next_step": "follow_up"}, "follow_up_at"),
        ("reached_holder", {"next_step": "follow_up", "follow_up_at": NOW}, "follow_up_at"),
        ("callback_set", {"callback_at": None}, "callback_at"),
        ("callback_set", {"callback_at": NOW - MINUTE}, "callback_at"),
        ("third_party", {"details": {}}, "message_left"),
        ("third_party", {"details": {"message_left": "the debt"}}, "message_left"),
        ("hung_up", {"details": {}}, "hung_up_when"),
        ("wrong_number", {}, "phone_id"),
        ("invalid_number", {}, "phone_id"),
        ("language_barrier", {"details": {}}, "language"),
        ("language_barrier", {"details": {"language": "x" * 41}}, "language"),
        ("deceased", {"details": {}}, "reported_by"),
        ("no_answer", {"note": "x" * 2001}, "note"),
        ("no_answer", {"note": f"son numéro : {NIR}"}, "note"),
        ("no_answer", {"note": f"RIB {IBAN}"}, "note"),
        ("callback_set", {"follow_up_note": IBAN}, "follow_up_note"),
        ("callback_set", {"follow_up_note": "x" * 501}, "follow_up_note"),
        ("no_answer", {"request_key": "x" * 37}, None),
    ],
)
def test_what_is_missing_is_told_with_its_field_and_nothing_is_written(
    desk: Desk, result: str, values: dict[str, Any], field: str | None
) -> None:
    case = opened(desk)
    with pytest.raises((BadInput, Refused)) as refusal:
        record(desk, case, result, **values)
    assert refusal.value.params.get("field") == field
    assert str(refusal.value)
    assert case.state == "in_call"
    assert desk.session.scalar(select(func.count(Contact.id))) == 0


def test_a_number_of_somebody_else_is_refused(desk: Desk) -> None:
    stranger = desk.case().person.phones[0]
    with pytest.raises(BadInput) as refusal:
        record(desk, opened(desk), "wrong_number", phone_id=stranger.id)
    assert refusal.value.params["field"] == "phone_id"
    assert stranger.status == "ok"


def test_a_double_click_gives_the_first_contact(desk: Desk) -> None:
    case = opened(desk)
    first = record(desk, case, "no_answer", request_key=KEY)
    second = record(desk, case, "no_answer", request_key=KEY)
    assert first is second
    assert desk.session.scalar(select(func.count(Contact.id))) == 1


FRIDAY = paris("2026-11-27 15:00")
FOLLOW = {"next_step": "follow_up", "closure": None, "follow_up_at": FRIDAY}


@pytest.mark.parametrize(
    ("result", "first", "then"),
    [
        ("callback_set", {}, {"callback_at": FRIDAY}),
        ("callback_set", {}, {"follow_up_note": "Après 18 h"}),
        ("reached_holder", {}, {"closure": "settled"}),
        ("reached_holder", {}, FOLLOW),
        ("reached_holder", FOLLOW, {"follow_up_at": FRIDAY + MINUTE}),
        ("reached_holder", FOLLOW, {"follow_up_note": "Voir le FSL"}),
        ("reached_holder", {"beside": "a plan"}, {"beside": "a plan and a referral"}),
        ("no_answer", {}, {"note": "Rappelle"}),
        ("no_answer", {}, {"result": "busy"}),
    ],
)
def test_a_second_press_that_says_otherwise_is_told(
    desk: Desk, result: str, first: dict[str, Any], then: dict[str, Any]
) -> None:
    case = opened(desk)
    contact = record(desk, case, result, request_key=KEY, **first)
    assert record(desk, case, result, request_key=KEY, **first) is contact
    stood = (case.state, case.closure, case.next_action_at)
    again = {"result": result, **first, **then}
    with pytest.raises(Conflict, match="déjà enregistré"):
        record(desk, case, again.pop("result"), request_key=KEY, **again)
    assert (case.state, case.closure, case.next_action_at) == stood


def test_what_says_nothing_of_the_result_makes_no_difference(desk: Desk) -> None:
    case = opened(desk)
    contact = record(desk, case, "no_answer", request_key=KEY)
    typed = {"closure": "settled", "callback_at": FRIDAY, "details": {"colour": "red"}}
    assert record(desk, case, "no_answer", request_key=KEY, **typed) is contact


def test_a_form_is_kept_so_that_nobody_reads_it(desk: Desk) -> None:
    contact = record(desk, opened(desk), "no_answer", request_key=KEY, note="Paiera le 5")
    event = desk.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "contact.recorded")
    ).one()
    assert event.after == {"channel": "call_out", "result": "no_answer"}
    assert len(bytes.fromhex(contact.form_hash or "")) == 16
    assert contact.details == {}


def test_another_channel_pressed_again_and_changed_is_told(desk: Desk) -> None:
    case = desk.case()
    said = {"result": "answered_holder", "request_key": KEY, "beside": "a referral"}
    contact = record_contact(Context(desk.session, desk.actor, NOW), case.id, "email", **said)
    assert (
        record_contact(Context(desk.session, desk.actor, NOW), case.id, "email", **said) is contact
    )
    with pytest.raises(Conflict, match="Cet échange est déjà enregistré"):
        record_contact(
            Context(desk.session, desk.actor, NOW), case.id, "email", **{**said, "beside": ""}
        )


def test_the_key_of_another_case_is_refused(desk: Desk) -> None:
    record(desk, opened(desk), "no_answer", request_key=KEY)
    with pytest.raises(BadInput, match="Rechargez la page"):
        record(desk, opened(desk), "no_answer", request_key=KEY)


def test_a_case_that_a_colleague_holds_is_a_conflict(desk: Desk) -> None:
    case, colleague = desk.case(), desk.colleague()
    claims.claim_case(Context(desk.session, colleague, NOW), case.id)
    with pytest.raises(Conflict, match="Un collègue a repris ce dossier"):
        record(desk, case, "no_answer")


def test_a_case_closed_meanwhile_is_a_conflict(desk: Desk) -> None:
    case = desk.case(state="closed", closure="recalled_by_partner", queue_reason=None)
    with pytest.raises(Conflict, match="clos entre-temps"):
        record(desk, case, "no_answer")


def test_a_lapsed_lease_loses_nothing_while_nobody_took_the_case(desk: Desk) -> None:
    case = opened(desk)
    claims.release_lapsed(desk.session, now=NOW + 20 * MINUTE)
    assert case.state == "queued"
    desk.now = NOW + 21 * MINUTE
    contact = record(desk, case, "no_answer")
    assert contact.user_id == desk.user.id
    assert case.state == "waiting"


def test_a_case_of_another_site_does_not_exist(desk: Desk) -> None:
    with pytest.raises(NotFound):
        record(desk, make_case(desk.session), "no_answer")


def test_saving_forgets_the_draft_and_a_draft_holds_no_iban(desk: Desk) -> None:
    case = opened(desk)
    typed = {"note": f"RIB {IBAN} noté", "acts": ["plan_agreed", NIR], "phone_id": 3}
    drafts.save_draft(Context(desk.session, desk.actor, NOW), case.id, typed)
    drafts.save_draft(Context(desk.session, desk.actor, NOW + MINUTE), case.id, typed)
    draft = drafts.load_draft(Context(desk.session, desk.actor), case.id)
    assert draft is not None
    assert draft.saved_at == NOW + MINUTE
    assert draft.content == {
        "note": "RIB […] noté", "acts": ["plan_agreed", "[…]"], "phone_id": 3,
    }  # fmt: skip
    assert drafts.load_draft(Context(desk.session, desk.colleague()), case.id) is None
    record(desk, case, "no_answer")
    assert desk.session.scalar(select(func.count(CallDraft.id))) == 0


def test_a_draft_is_bounded_and_of_ones_own_site(desk: Desk) -> None:
    with pytest.raises(BadInput, match="trop longue"):
        drafts.save_draft(
            Context(desk.session, desk.actor, NOW), opened(desk).id, {"note": "x" * 20_000}
        )
    with pytest.raises(NotFound):
        drafts.save_draft(Context(desk.session, desk.actor, NOW), make_case(desk.session).id, {})


LEAVE_THE_CASE = [
    *((channel, result) for channel in WRITTEN for result in ("sent", "answered_holder")),
    *(("visit", result) for result in ("met_holder", "third_party", "nobody_card_left")),
    ("face_to_face", "met_mandated"),
]


@pytest.mark.parametrize(("channel", "result"), LEAVE_THE_CASE)
def test_other_channels_have_a_result_of_their_own_and_leave_the_case_where_it_is(
    desk: Desk, channel: str, result: str
) -> None:
    case, ctx = desk.case(), Context(desk.session, desk.actor, NOW)
    told = {"note": " Noté ", "result": result, "request_key": KEY}
    contact = record_contact(ctx, case.id, channel, **told)
    assert contact is record_contact(ctx, case.id, channel, **told)
    assert (contact.channel, contact.result, contact.note) == (channel, None, "Noté")
    assert contact.exchange_result == result
    assert case.state == "queued"


def test_an_incoming_call_says_who_called(desk: Desk) -> None:
    case = desk.case()
    contact = record_contact(
        Context(desk.session, desk.actor, NOW), case.id, "call_in", result="reached_holder"
    )
    assert contact.result == "reached_holder"


@pytest.mark.parametrize(
    ("channel", "values", "field"),
    [
        ("call_out", {}, "channel"),
        ("pigeon", {}, "channel"),
        ("call_in", {}, "result"),
        ("call_in", {"result": "no_answer"}, "result"),
        ("sms", {}, "result"),
        ("visit", {"result": "sent"}, "result"),
        ("sms", {"result": "sent", "note": IBAN}, "note"),
        ("sms", {"result": "sent", "note": "x" * 2001}, "note"),
    ],
)
def test_another_channel_is_checked_as_well(
    desk: Desk, channel: str, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        record_contact(Context(desk.session, desk.actor, NOW), desk.case().id, channel, **values)
    assert refusal.value.params["field"] == field


def test_a_call_saved_the_next_morning_counts_for_the_day_it_was_made(desk: Desk) -> None:
    case = opened(desk)
    desk.now = NOW + timedelta(hours=20)
    report = desk.report("no_answer", started_at=NOW)
    record_call(Context(desk.session, desk.actor, desk.now), case.id, report)
    assert case.next_action_at == paris("2026-11-24 13:30")
