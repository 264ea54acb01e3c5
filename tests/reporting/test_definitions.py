"""Each indicator of DOMAIN §11 against numbers worked out by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.periods import parse_period
from energymed.base.spreadsheets import Kind
from energymed.calling.codes import EXCHANGE_RESULTS, Channel
from energymed.calling.models import Contact
from energymed.cases import ledger
from energymed.cases.models import LedgerEntry
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidStep, move_aid
from energymed.mediation.models import Act
from energymed.mediation.request_codes import RequestState
from energymed.mediation.requests import move_request, note_avoided
from energymed.partners.codes import ResultCode
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.explained import EXPLAINED
from energymed.reporting.indicators import Figure, compute, compute_with_year_before
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_person, tell_customer
from tests.reporting.makers import (
    AFTER,
    EARLIER,
    FIRST,
    GRANTED,
    INSTANT,
    NOVEMBER,
    PAID,
    World,
    aid,
    batch,
    booked,
    contact,
    decided,
    figure,
    figures,
    hold,
    move,
    one_of_each,
    plan,
    received,
    referral,
    talk,
)

TODAY = date(2026, 11, 23)
# of each thing that is counted one, each on a case of its own of 100 € (`makers.MAKERS`)
ONE_OF_EACH = {
    "files_imported": 2,  # one opened the case that was received
    "cases_received": 1,
    "cases_handled": 19,  # 15 contacts; a plan, an aid, an orientation and a talk of the period
    "people_contacted": 13,
    "calls_out": 9,
    "contacts_out": 13,  # the calls, two SMS, a letter and a visit
    "mails_letters": 1,
    "visits": 1,
    "cases_reached": 1,
    "contacts_made": 15,
    "contacts_acted": 1,
    "plans_negotiated": 1,  # the other three were agreed in October
    "plans_confirmed": 1,
    "plans_kept": 1,
    "plans_broken": 1,
    "aids_created": 1,
    "aids_granted": 2,
    "aids_granted_cents": 2 * GRANTED,
    "referrals": 1,
    "cheque_awareness": 1,
    "debt_total_cents": 19 * 10_000,
    "payments_confirmed_cents": 3 * PAID,
    "debt_cleared_cents": 3 * PAID,
    "debt_cleared_to_date_cents": 3 * PAID,
    "cutoff_calls": 1,
    "appointment_calls": 1,
    "cutoff_told_in_time": 1,
    "interventions_avoided": 1,
}
NOT_CROSSED_OUT = {"files_imported": 2, "cases_received": 1, "cutoff_told_in_time": 1}


def all_figures(session: Session, **scope: Any) -> dict[str, float | None]:
    found = compute(session, Scope(NOVEMBER, **scope))
    return {code: found[code].value for code in INDICATORS}


@pytest.mark.slow
def test_a_period_begins_at_its_first_instant_and_ends_before_the_next(world: World) -> None:
    for at in (FIRST, AFTER - INSTANT):
        one_of_each(world, at)
    assert all_figures(world.session) == {code: 2 * one for code, one in ONE_OF_EACH.items()}


@pytest.mark.slow
def test_nothing_just_before_or_after_the_period_counts(world: World) -> None:
    for at in (FIRST - INSTANT, AFTER):
        one_of_each(world, at)
    assert all_figures(world.session) == dict.fromkeys(ONE_OF_EACH, 0)


@pytest.mark.slow
def test_only_the_asked_partner_site_and_kind_count(world: World) -> None:
    session, edf, valence = world.session, world.edf.id, world.site.id
    one_of_each(world, NOW)
    contact(session, world.case(partner=world.suez), NOW)
    contact(session, world.case(site=world.far), NOW)
    assert all_figures(session, partner_id=edf, site_id=valence) == ONE_OF_EACH
    asked = ({}, {"partner_id": edf}, {"site_id": valence}, {"kind": "cutoff_notice"})
    assert [figure(session, "calls_out", **scope) for scope in asked] == [11, 10, 10, 1]
    cutoffs = all_figures(session, partner_id=edf, site_id=valence, kind="cutoff_notice")
    assert {code: value for code, value in cutoffs.items() if value} == {
        "cases_handled": 1, "people_contacted": 1, "calls_out": 1, "contacts_out": 1,
        "contacts_made": 1, "debt_total_cents": 10_000, "cutoff_calls": 1, "cutoff_told_in_time": 1,
    }  # fmt: skip


def test_what_was_crossed_out_does_not_count(world: World) -> None:
    one_of_each(world, NOW)
    for model in (Act, Contact):
        world.session.execute(update(model).values(voided_at=NOW))
    assert all_figures(world.session) == {**dict.fromkeys(ONE_OF_EACH, 0), **NOT_CROSSED_OUT}


@pytest.mark.parametrize("state", ["deposited", "preview", "undone", "discarded"])
def test_a_file_counts_once_it_is_imported_and_not_undone(world: World, state: str) -> None:
    case = world.case()
    batch(world.session, case, NOW)
    batch(world.session, case, NOW, kind="payments")
    batch(world.session, case, NOW, state=state)
    assert figure(world.session, "files_imported") == 2


def test_a_case_that_no_file_opened_was_not_received(world: World) -> None:
    received(world.session, world.case(), NOW)
    world.case(opened_at=NOW)
    assert figure(world.session, "cases_received") == 1


def test_handled_is_an_attempt_or_an_act_once_per_case(world: World) -> None:
    session = world.session
    both, only_act, _untouched, technical = (world.case() for _ in range(4))
    contact(session, both, NOW)
    contact(session, both, NOW, "call_in", "reached_holder")
    record_act(Context(session, SYSTEM, NOW), both.id, "info_given", {"topics": ["bill"]})
    record_act(Context(session, SYSTEM, NOW), only_act.id, "info_given", {"topics": ["rights"]})
    contact(session, technical, NOW, result="technical")
    assert figure(session, "cases_handled") == 2


def test_people_are_counted_once_over_cases_and_channels(world: World) -> None:
    session = world.session
    person = make_person(session, world.site, world.edf)
    for channel in ("call_out", "letter"):
        contact(session, world.case(person=person), NOW, channel)
    contact(session, world.case(), NOW, "visit")
    contact(session, world.case(), NOW, "call_in")  # the customer's own call
    contact(session, world.case(), NOW, "face_to_face")
    contact(session, world.case(), NOW, result="technical")
    assert figure(session, "people_contacted") == 2


def test_every_call_counts_but_a_technical_incident(world: World) -> None:
    case = world.case()
    for result in ResultCode:
        contact(world.session, case, NOW, result=result)
    contact(world.session, case, NOW, "call_in")
    assert figures(world.session, "calls_out", "contacts_out") == [len(ResultCode) - 1] * 2


def test_each_channel_counts_where_it_belongs(world: World) -> None:
    case = world.case()
    for channel in Channel:
        contact(world.session, case, NOW, channel)
    codes = ("calls_out", "contacts_out", "mails_letters", "visits")
    assert figures(world.session, *codes) == [1, 5, 2, 1]


def test_reached_is_an_exchange_with_the_holder_or_a_mandated_person(world: World) -> None:
    for result in ResultCode:
        contact(world.session, world.case(), NOW, result=result)
    twice = world.case()
    for result in ("reached_holder", "reached_mandated"):
        contact(world.session, twice, NOW, result=result)
    by_act = world.case()
    record_act(Context(world.session, SYSTEM, NOW), by_act.id, "info_given", {"topics": ["bill"]})
    handled = len(ResultCode) - 1 + 2
    share = compute(world.session, Scope(NOVEMBER))["reach_rate"]
    assert share.terms == (3, handled)
    assert share.value == 3 / handled


@pytest.mark.parametrize(
    ("channel", "result", "reached"),
    [
        (channel, result, result.startswith(("met_", "answered_")))
        for channel, results in EXCHANGE_RESULTS.items()
        for result in results
    ],
)
def test_reached_is_so_on_every_channel(
    world: World, channel: str, result: str, reached: bool
) -> None:
    contact(world.session, world.case(), NOW)
    assert compute(world.session, Scope(NOVEMBER))["reach_rate"].terms == (0, 1)
    contact(world.session, world.case(), NOW, channel, result)
    assert compute(world.session, Scope(NOVEMBER))["reach_rate"].terms == (int(reached), 2)


def test_what_comes_in_or_back_is_no_contact_of_ours(world: World) -> None:
    session, case = world.session, world.case()
    for result in ("sent", "returned", "answered_holder", "answered_mandated", "opposed"):
        contact(session, case, NOW, "letter", result)
    codes = ("contacts_out", "mails_letters", "people_contacted")
    assert figures(session, *codes) == [1, 1, 1]


def test_a_plan_counts_as_negotiated_whatever_became_of_it(world: World) -> None:
    session = world.session
    for state in (None, "confirmed", "broken", "cancelled", "completed"):
        agreed = plan(session, world.case(), NOW)
        if state:
            move(session, agreed, state, NOW + timedelta(days=30))
    codes = ("plans_negotiated", "plans_confirmed", "plans_kept", "plans_broken")
    assert figures(session, *codes) == [5, 0, 0, 0]


def test_a_kept_plan_counts_in_the_period_in_which_it_was_paid_to_the_end(world: World) -> None:
    session, december = world.session, parse_period("2026-12")
    kept = plan(session, world.case(), EARLIER)
    move(session, kept, "kept", NOW)
    assert figure(session, "plans_kept") == 0
    move(session, kept, "completed", AFTER)
    assert figure(session, "plans_kept") == 0
    assert figure(session, "plans_kept", period=december) == 1


def test_a_plan_that_broke_after_all_was_not_kept(world: World) -> None:
    session = world.session
    broken = plan(session, world.case(), EARLIER)
    for state in ("kept", "broken"):
        move(session, broken, state, NOW)
    assert figures(session, "plans_kept", "plans_broken") == [0, 1]


def test_aids_granted_are_favourable_decisions_and_their_amounts(world: World) -> None:
    session = world.session
    whole, part, loan, refused, open_one = (aid(session, world.case(), EARLIER) for _ in range(5))
    decided(session, whole, "granted_full", NOW, amount_cents=5_000)
    decided(session, part, "granted_partial", NOW, amount_cents=1_250)
    decided(session, loan, "granted_loan", NOW, amount_cents=2_000, loan_part_cents=2_000)
    decided(session, refused, "refused", NOW, refusal_reason="income")
    move_aid(Context(session, SYSTEM, NOW), open_one.id, "complete", AidStep())
    paid = AidStep(on=date(2026, 12, 1), amount_cents=5_000)
    move_aid(Context(session, SYSTEM, AFTER), whole.id, "paid_to_supplier", paid)
    assert figures(session, "aids_granted", "aids_granted_cents", "aids_created") == [3, 8_250, 0]


def test_two_bodies_are_two_orientations_of_one_case(world: World) -> None:
    case = world.case()
    for body in ("ccas", "pcb"):
        referral(world.session, case, NOW, body)
    assert figures(world.session, "referrals", "cases_handled") == [2, 1]


def test_an_act_taken_back_and_made_again_counts_once(world: World) -> None:
    session, case = world.session, world.case()
    for _turn in range(2):
        for each in session.query(Act).filter_by(voided_at=None):
            void_act(Context(session, SYSTEM, NOW), each.id)
        referral(session, case, NOW)
        talk(session, case, NOW)
        plan(session, case, NOW)
        aid(session, case, NOW)
    counted = ("referrals", "cheque_awareness", "plans_negotiated", "aids_created")
    assert figures(session, *counted) == [1, 1, 1, 1]


def test_a_talk_counts_once_a_campaign_year(world: World) -> None:
    case = world.case()
    for year in (2025, 2026):
        talk(world.session, case, NOW, year)
    assert figure(world.session, "cheque_awareness") == 2


def test_the_debt_is_what_was_owed_at_the_opening_of_handled_cases(world: World) -> None:
    session = world.session
    case, _untouched = world.case(debt_cents=12_345), world.case(debt_cents=99_900)
    linky = world.case(debt_cents=None, campaign_kind="appointment")
    for handled in (case, linky):
        contact(session, handled, NOW)
    booked(session, case, 5_000, TODAY, "new_charge")  # a later file that says more
    assert figure(session, "debt_total_cents") == 12_345


def test_cleared_is_what_the_partner_confirmed_and_nothing_else(world: World) -> None:
    session, case = world.session, world.case()
    contact(session, case, NOW)
    plan(session, case, NOW)  # 90 € promised
    booked(session, case, -1_000, TODAY)
    booked(session, case, -500, TODAY, "aid_payment")
    booked(session, case, -2_000, TODAY, "reported_decrease")
    booked(session, case, -300, TODAY, "write_off")
    booked(session, case, -40, TODAY, "correction")
    booked(session, case, -700, date(2026, 10, 31))
    untouched = world.case()
    booked(session, untouched, -5_000, TODAY)
    share = compute(session, Scope(NOVEMBER))["cleared_share"]
    assert share.terms == (2_200, 10_000)
    assert share.value == 0.22


def test_cleared_never_exceeds_the_debt_of_its_own_case(world: World) -> None:
    session = world.session
    overpaid, in_part = world.case(debt_cents=4_000), world.case(debt_cents=10_000)
    for case in (overpaid, in_part):
        contact(session, case, NOW)
        booked(session, case, -3_000, TODAY)
        booked(session, case, -3_000, TODAY)
    assert figure(session, "debt_cleared_cents") == 4_000 + 6_000


def test_a_payment_that_was_undone_cleared_nothing(world: World) -> None:
    session, case = world.session, world.case()
    contact(session, case, NOW)
    booked(session, case, -3_000, TODAY)
    paid = session.query(LedgerEntry).filter_by(kind="payment")
    ledger.reverse(session, paid, source="undo", now=NOW)
    assert figure(session, "debt_cleared_cents") == 0


def test_an_avoided_intervention_counts_on_the_partners_day_and_word_alone(world: World) -> None:
    session, ctx = world.session, Context(world.session, SYSTEM, AFTER)
    asked = [hold(session, world.case()) for _turn in range(3)]
    for each in asked:
        move_request(Context(session, SYSTEM, NOW), each.id, RequestState.GRANTED)
    assert figure(session, "interventions_avoided") == 0
    note_avoided(ctx, asked[0].id, date(2026, 11, 30), "courriel")
    assert figure(session, "interventions_avoided") == 1
    note_avoided(ctx, asked[0].id, date(2026, 12, 1), "courriel")
    december = parse_period("2026-12")
    assert figure(session, "interventions_avoided") == 0
    assert figure(session, "interventions_avoided", period=december) == 1


def test_told_too_late_is_not_told_in_time(world: World) -> None:
    for day in (date(2026, 11, 23), date(2026, 11, 24), None):
        case = world.case(campaign_kind="cutoff_notice", cutoff_date=day, debt_cents=None)
        tell_customer(case, NOW)  # 10:00 in Paris, after the first hour of today's
    world.session.flush()
    assert figure(world.session, "cutoff_told_in_time") == 1


def test_a_quiet_month_has_zeros_and_shares_without_a_value(session: Session) -> None:
    found = compute(session, Scope(NOVEMBER))
    assert list(found) == [*INDICATORS, *SHARES]
    assert {found[code].value for code in INDICATORS} == {0}
    assert [(found[code].value, found[code].terms) for code in SHARES] == [(None, (0, 0))] * len(
        SHARES
    )


def test_n1_is_the_same_question_a_year_before(world: World) -> None:
    for at, number in ((NOW, 3), (NOW.replace(year=2025), 2)):
        for _turn in range(number):
            contact(world.session, world.case(), at)
    contact(world.session, world.case(partner=world.suez), NOW.replace(year=2025))
    found = compute_with_year_before(
        world.session, Scope(NOVEMBER, partner_id=world.edf.id), date(2026, 12, 1)
    )
    calls, visits = found["calls_out"], found["visits"]
    assert (calls.value, calls.before, calls.change) == (3, 2, 0.5)
    assert (visits.value, visits.before, visits.change) == (0, 0, None)


@pytest.mark.parametrize(
    ("value", "before", "change"),
    [(5, 0, None), (5, None, None), (None, 0.5, None), (0, 4, -1), (4, 4, 0)],
)
def test_the_change_is_blank_when_it_means_nothing(
    value: float | None, before: float | None, change: float | None
) -> None:
    assert Figure("calls_out", "", "count", value, before=before).change == change


def test_week_53_has_no_year_before(session: Session) -> None:
    found = compute_with_year_before(session, Scope(parse_period("2026-W53")), TODAY)
    assert {figure.before for figure in found.values()} == {None}


def test_a_running_month_is_compared_with_the_same_days(world: World) -> None:
    for day in (3, 23, 24):
        contact(world.session, world.case(), NOW.replace(year=2025, day=day))
    whole, same_days = (
        compute_with_year_before(world.session, Scope(NOVEMBER), today)["calls_out"].before
        for today in (date(2026, 12, 1), TODAY)
    )
    assert (whole, same_days) == (3, 2)


def test_a_rate_changes_in_points() -> None:
    assert Figure("reach_rate", "", Kind.SHARE, 0.5, before=0.25).change == 0.25


def test_every_figure_is_explained() -> None:
    assert set(EXPLAINED) == {*INDICATORS, *SHARES}
    assert len({each.example for each in EXPLAINED.values()}) == len(EXPLAINED)
