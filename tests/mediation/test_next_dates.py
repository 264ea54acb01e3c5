"""The next date of all that runs: its day, who is awaited, and the end of waiting; both sides."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from energymed.base.dates import add_months
from energymed.mediation import next_dates
from energymed.mediation.after_refusal import SENTENCES, ways_after
from energymed.mediation.aid_codes import RefusalReason
from energymed.mediation.aid_turns import turn_of
from energymed.mediation.next_dates import Awaited, NextDate, Step, complaint_days
from energymed.partners.rulebook import DEFAULTS
from energymed.partners.waiting_rules import WaitingRules

RULES = WaitingRules.of({code: value for code, (value, _source) in DEFAULTS.items()})
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def plan(state: str = "agreed", **values: Any) -> Any:
    due = SimpleNamespace(due_on=MONDAY + 14 * DAY, state="due", said=None)
    given = {"agreed_on": MONDAY, "confirmed_on": None, "ended_on": None, "instalments": [due]}
    return SimpleNamespace(state=state, **{**given, **values})


def of_plan(about: Any, today: date = MONDAY) -> NextDate | None:
    return next_dates.of_plan(about, RULES, 7, today)


def test_a_plan_waits_for_its_instalment_then_for_its_confirmation() -> None:
    assert of_plan(plan()) == NextDate(MONDAY + 14 * DAY, Awaited.PERSON, Step.NEXT_INSTALMENT)
    late = of_plan(plan(confirmed_on=MONDAY), MONDAY + 22 * DAY)
    assert late == NextDate(MONDAY + 22 * DAY, Awaited.PERSON, Step.LATE_INSTALMENT)
    unconfirmed = of_plan(plan(), MONDAY + 21 * DAY)
    assert unconfirmed is not None
    assert unconfirmed.step == Step.ASK_PLAN_CONFIRMED
    assert of_plan(plan(), MONDAY + 22 * DAY) == late  # what is late comes first


def test_a_proposed_plan_waits_for_the_partner() -> None:
    asked = NextDate(MONDAY + 15 * DAY, Awaited.SUPPLIER, Step.ASK_PLAN_CONSENT)
    assert of_plan(plan("proposed")) == asked


def test_a_broken_plan_is_spoken_of_for_sixty_days() -> None:
    broken = plan("broken", ended_on=MONDAY)
    assert of_plan(broken, MONDAY + 60 * DAY) == NextDate(MONDAY, Awaited.US, Step.RENEGOTIATE)
    assert of_plan(broken, MONDAY + 61 * DAY) is None


@pytest.mark.parametrize("state", ["completed", "cancelled", "renegotiated"])
def test_a_plan_that_is_over_waits_for_nothing(state: str) -> None:
    assert of_plan(plan(state)) is None


@pytest.mark.parametrize(
    ("state", "days", "awaited"),
    [
        ("identified", 7, "person"), ("consent_given", 3, "us"), ("documents_pending", 7, "person"),
        ("complete", 3, "us"), ("submitted", 45, "fund"), ("adjourned", 7, "us"),
        ("granted_full", 30, "fund"), ("granted_partial", 30, "fund"), ("granted_loan", 30, "fund"),
        ("refused", None, ""), ("withdrawn", None, ""), ("lapsed", None, ""),
        ("paid_to_supplier", None, ""),
    ],
)  # fmt: skip
def test_an_aid_waits_from_the_day_of_its_last_step(
    state: str, days: int | None, awaited: str
) -> None:
    aid = SimpleNamespace(
        state=state, moved_on=MONDAY, protects_until=None, decision_on=None, after_refusal=None
    )
    found = next_dates.of_aid(aid, RULES, MONDAY)
    if days is None:
        assert found is None
    else:
        assert found is not None
        assert (found.on, found.awaited) == (MONDAY + days * DAY, awaited)


@pytest.mark.parametrize(
    ("until", "on", "step"),
    [(30, 16, "protection_ends"), (59, 45, "protection_ends"), (60, 45, "ask_decision")],
)
def test_a_protection_that_ends_before_the_decision_is_told(until: int, on: int, step: str) -> None:
    """It is told fourteen days before it ends."""
    aid = SimpleNamespace(state="submitted", moved_on=MONDAY, protects_until=MONDAY + until * DAY)
    found = next_dates.of_aid(aid, RULES, MONDAY)
    assert found is not None
    assert (found.on, found.step) == (MONDAY + on * DAY, step)


@pytest.mark.parametrize("submitted", [date(2026, 12, 31), date(2026, 1, 31), date(2026, 7, 1)])
@pytest.mark.parametrize("decision", [1, 45, 366])
@pytest.mark.parametrize("before_end", [1, 14, 60])
def test_what_is_filed_is_spoken_of_before_its_protection_ends(
    submitted: date, decision: int, before_end: int
) -> None:
    """Whatever the rules: dated before the end, on the day of the reminder, and after the end."""
    rules, end = replace(RULES, decision=decision, before_end=before_end), add_months(submitted, 2)
    aid = SimpleNamespace(state="submitted", moved_on=submitted, protects_until=end)
    reminded = end - before_end * DAY

    def found(today: date) -> NextDate:
        after = next_dates.of_aid(aid, rules, today)
        assert after is not None
        return after

    assert found(submitted).on <= reminded < end
    assert (found(reminded).on, found(reminded).step) == (reminded, Step.PROTECTION_ENDS)
    assert found(end).step == Step.PROTECTION_ENDS
    assert (found(end + DAY).on, found(end + DAY).step) == (end + DAY, Step.PROTECTION_ENDED)


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (119, Step.ASK_AID_PAYMENT), (120, Step.LAST_ASK_PAYMENT), (150, Step.LAST_ASK_PAYMENT),
        (151, None),
    ],
)  # fmt: skip
def test_a_grant_that_nobody_pays_is_asked_about_once_more_and_let_go(
    days: int, step: Step | None
) -> None:
    aid = SimpleNamespace(state="granted_full", moved_on=MONDAY, protects_until=None)
    found = next_dates.of_aid(aid, RULES, MONDAY + days * DAY)
    assert (found.step if found else None) == step


@pytest.mark.parametrize(
    ("today", "done", "spoken"),
    [
        (MONDAY, None, True), (date(2027, 1, 23), None, True), (date(2027, 1, 24), None, False),
        (MONDAY, "appeal", False),
    ],
)  # fmt: skip
def test_a_refusal_is_spoken_of_until_it_is_answered_or_an_appeal_too_late(
    today: date, done: str | None, spoken: bool
) -> None:
    aid = SimpleNamespace(state="refused", decision_on=MONDAY, after_refusal=done)
    found = next_dates.of_aid(aid, RULES, today)
    assert bool(found) is spoken
    if found:
        assert (found.on, found.end) == (MONDAY + 3 * DAY, date(2027, 1, 23))


@pytest.mark.parametrize(
    ("filer", "step", "turn"),
    [
        (None, "file_aid", "we_file"), ("professional", "file_aid", "professional_files"),
        ("person", "ask_filed", "person_files"),
    ],
)  # fmt: skip
def test_who_files_what_is_complete(filer: Any, step: str, turn: str) -> None:
    aid = SimpleNamespace(state="complete", moved_on=MONDAY, protects_until=None)
    found = next_dates.of_aid(aid, RULES, MONDAY, filer)
    assert found is not None
    assert (found.step, turn_of(found, filer)) == (step, turn)


@pytest.mark.parametrize("reason", [*RefusalReason, None])
def test_every_refusal_leads_somewhere(reason: RefusalReason | None) -> None:
    ways = ways_after(reason)
    assert ways
    assert all(SENTENCES[way] for way in ways)


def referral(news: str | None = None, **values: Any) -> Any:
    given = {
        "referred_on": MONDAY, "news": news, "news_on": MONDAY + DAY if news else None,
        "no_news_count": 1 if news == "no_news" else 0, "appointment_on": None, "consent": True,
    }  # fmt: skip
    return SimpleNamespace(**{**given, **values})


@pytest.mark.parametrize("news", [None, "no_news", "seen"])
def test_a_referral_is_asked_about_until_it_has_an_end(news: str | None) -> None:
    found = next_dates.of_referral(referral(news), RULES)
    assert found is not None
    assert found.on == MONDAY + (22 if news else 21) * DAY


@pytest.mark.parametrize(
    ("news", "met_on", "asked_on"),
    [
        (None, 0, 1),  # the day after the appointment, be it today's
        (None, 40, 41),
        ("no_news", 1, 22),  # asked on its very day: as ever
        ("no_news", 2, 3),  # it was still to come
        ("seen", 40, 41),
    ],
)
def test_an_appointment_is_asked_about_the_day_after(
    news: str | None, met_on: int, asked_on: int
) -> None:
    found = next_dates.of_referral(referral(news, appointment_on=MONDAY + met_on * DAY), RULES)
    assert found is not None
    assert found.on == MONDAY + asked_on * DAY


@pytest.mark.parametrize(("asked", "ended"), [(1, False), (2, True), (3, True)])
def test_asked_twice_in_vain_a_referral_ends_without_news(asked: int, ended: bool) -> None:
    silent = referral("no_news", no_news_count=asked)
    assert (next_dates.of_referral(silent, RULES) is None) is ended
    assert next_dates.is_silent(silent) is ended


def test_without_consent_nothing_is_awaited() -> None:
    assert next_dates.of_referral(referral(consent=False), RULES) is None


@pytest.mark.parametrize("news", ["taken_up", "not_gone", "ended"])
def test_a_referral_with_an_end_waits_for_nothing(news: str) -> None:
    assert next_dates.of_referral(referral(news), RULES) is None


def request(kind: str, state: str, **values: Any) -> Any:
    given = {"state_on": MONDAY, "asked_on": MONDAY, "until": MONDAY + 30 * DAY}
    return SimpleNamespace(kind=kind, state=state, **{**given, **values})


@pytest.mark.parametrize(
    ("kind", "state", "on", "step"),
    [
        ("hold", "asked", date(2026, 11, 26), "ask_hold_answer"),
        ("hold", "no_answer", date(2026, 11, 26), "ask_hold_answer"),
        ("hold", "granted", date(2026, 12, 23), "hold_ends"),
        ("action", "asked", date(2026, 12, 3), "ask_action_done"),
        ("dispute", "to_write", date(2026, 11, 30), "write_complaint"),
        ("dispute", "asked", date(2027, 1, 23), "ask_complaint_answer"),
        ("dispute", "refused", MONDAY, "go_to_mediator"),
        ("dispute", "no_answer", date(2027, 1, 23), "go_to_mediator"),
        ("dispute", "with_mediator", date(2027, 1, 23), "ask_mediator"),
    ],
)
def test_what_a_partner_was_asked_for_waits(kind: str, state: str, on: date, step: str) -> None:
    found = next_dates.of_request(request(kind, state), RULES, MONDAY)
    assert found is not None
    assert (found.on, found.step) == (on, step)


@pytest.mark.parametrize(
    ("kind", "state"),
    [("hold", "refused"), ("hold", "ended"), ("action", "granted"), ("action", "refused"),
     ("dispute", "granted"), ("dispute", "ended")],
)  # fmt: skip
def test_what_was_answered_or_ended_waits_for_nothing(kind: str, state: str) -> None:
    assert next_dates.of_request(request(kind, state), RULES, MONDAY) is None


def test_the_mediator_is_there_for_ten_months_after_two() -> None:
    assert complaint_days(date(2026, 12, 31), RULES) == (date(2027, 2, 28), date(2027, 12, 28))
    late = request("dispute", "no_answer", state_on=date(2028, 3, 1))
    last = date(2027, 11, 23)
    found = next_dates.of_request(late, RULES, last)
    assert found == NextDate(last, Awaited.US, Step.GO_TO_MEDIATOR)  # never after its last day


@pytest.mark.parametrize(
    ("state", "step"),
    [("no_answer", Step.MEDIATOR_TOO_LATE), ("refused", Step.MEDIATOR_TOO_LATE),
     ("asked", Step.ASK_COMPLAINT_ANSWER), ("with_mediator", Step.ASK_MEDIATOR)],
)  # fmt: skip
def test_nobody_is_sent_to_the_mediator_too_late(state: str, step: Step) -> None:
    today = date(2027, 11, 24)
    found = next_dates.of_request(request("dispute", state), RULES, today)
    assert found is not None
    assert (found.step, found.awaited == Awaited.US) == (step, step == Step.MEDIATOR_TOO_LATE)
    if step == Step.MEDIATOR_TOO_LATE:
        assert found.on == today


@pytest.mark.parametrize(
    ("kind", "details", "days"),
    [
        ("pays_full", {"promised_on": "2026-11-30", "amount_cents": 100}, 7 + 3),
        ("extension", {"new_due_on": "2026-12-03"}, 10 + 3),
        ("paid_already", {"declared_on": "2026-11-20"}, 30),
        ("attestation_to_send", {"supplier": "EDF"}, 7),
    ],
)
def test_a_word_waits_until_it_is_answered(kind: str, details: dict[str, Any], days: int) -> None:
    word = SimpleNamespace(kind=kind, details=details, acted_on=MONDAY, kept=None, voided_at=None)
    found = next_dates.of_act(word, RULES)
    assert found is not None
    assert found.on == MONDAY + days * DAY
    paid = next_dates.of_act(word, RULES, paid=True)
    assert (paid is None) == (kind != "attestation_to_send")
    word.kept = "not_kept"
    assert next_dates.of_act(word, RULES) is None
