"""The same household again: a repeat within 183 days, several partners within 31 (DOMAIN §15)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db
from energymed.cases.models import Case, Person
from energymed.cases.repeats import (
    Signal,
    again,
    is_beside,
    is_repeat,
    look_back,
    look_back_on,
    same_household,
    signal_of,
)
from energymed.casework.merge_people import merge_people
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Partner
from energymed.partners.rulebook import SignalRules, load_signal_rules
from tests.exploring import examples
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_person, make_site

RULES = SignalRules(repeat_days=183, several_days=31, least_debt_cents=0, least_age_days=0)
POINT, OTHER_POINT = "26123456789012", "26123456789099"
HOME = {"address": "12 rue du Four", "postal_code": "26000", "commune": "Valence"}
BILL, NOTICE = CampaignKind.UNPAID_BILL, CampaignKind.CUTOFF_NOTICE


def signal(days_ago: float = 0, **given_: Any) -> Signal:
    at = MONDAY_MORNING - timedelta(days=days_ago)
    usual: dict[str, Any] = {"partner_id": 1, "site_id": 1, "kind": BILL, "name_key": "morel ida"}
    return Signal(**{**usual, "opened_at": at, "delivery_point": POINT, **given_})


@pytest.mark.parametrize(("days", "repeated"), [(1, True), (183, True), (184, False)])
def test_a_repeat_comes_within_183_days(days: int, repeated: bool) -> None:
    assert is_repeat(signal(), signal(days), RULES) is repeated


def test_days_are_those_of_the_calendar_in_paris() -> None:
    late = signal(opened_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))  # the 23rd in Paris
    early = signal(opened_at=datetime(2026, 5, 24, 0, 30, tzinfo=UTC))
    assert is_repeat(late, early, RULES)
    day_before = signal(opened_at=datetime(2026, 5, 23, 21, 59, tzinfo=UTC))
    assert not is_repeat(late, day_before, RULES)


def test_what_comes_later_or_in_the_same_file_is_no_repeat() -> None:
    assert not is_repeat(signal(), signal(), RULES)
    assert not is_repeat(signal(5), signal(), RULES)


@pytest.mark.parametrize("other", [{"partner_id": 2}, {"kind": NOTICE}])
def test_another_partner_or_mission_is_no_repeat(other: dict[str, Any]) -> None:
    assert not is_repeat(signal(), signal(10, **other), RULES)


def test_another_site_of_the_partner_is_a_repeat_but_not_beside() -> None:
    assert is_repeat(signal(), signal(10, site_id=2), RULES)
    assert not is_beside(signal(), signal(10, partner_id=2, site_id=2), RULES)


@pytest.mark.parametrize(("days", "beside"), [(31, True), (32, False), (-31, True), (-32, False)])
def test_partners_are_several_within_31_days_either_way(days: int, beside: bool) -> None:
    assert is_beside(signal(), signal(days, partner_id=2), RULES) is beside


def test_partners_are_counted_once_each_and_own_cases_not() -> None:
    others = [signal(1, partner_id=2), signal(2, partner_id=2), signal(3), signal(4, partner_id=3)]
    assert again(signal(), others, RULES).partners == 3
    assert again(signal(), [signal(3)], RULES).partners == 1


AT_HOME = {"delivery_point": None, "address_key": "26000 12 rue four"}
OTHER_HOME = {"delivery_point": None, "address_key": "26000 14 rue four"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"delivery_point": POINT}, {"delivery_point": POINT, "name_key": "petit"}, True),
        ({"delivery_point": POINT}, {"delivery_point": OTHER_POINT}, False),
        ({**AT_HOME, "delivery_point": POINT}, {**AT_HOME, "delivery_point": OTHER_POINT}, True),
        (AT_HOME, AT_HOME, True),
        (AT_HOME, {**AT_HOME, "name_key": "petit leo"}, False),
        (AT_HOME, OTHER_HOME, False),
        (AT_HOME, {"delivery_point": POINT}, False),
        ({"delivery_point": None}, {"delivery_point": None}, False),
        ({"delivery_point": "0" * 14}, {"delivery_point": "0" * 14}, False),
        ({**AT_HOME, "name_key": ""}, {**AT_HOME, "name_key": ""}, False),
    ],
)
def test_one_household_is_one_point_or_one_address_and_name(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert same_household(signal(**one), signal(**other)) is same
    assert same_household(signal(**other), signal(**one)) is same


@pytest.fixture
def here(session: Session) -> tuple[Site, Partner]:
    return make_site(session), make_partner(session)


def at_home(
    session: Session, here: tuple[Site, Partner], days_ago: int = 0, *, of: Person | None = None,
    **values: Any,
) -> Case:  # fmt: skip
    site, partner = here
    name = {"last_name": "MOREL", "first_name": "Ida", "name_key": "morel ida"}
    person = of or make_person(session, site, partner, **name)
    opened = MONDAY_MORNING - timedelta(days=days_ago)
    return make_case(
        session, site=site, partner=partner, person=person, opened_at=opened, **values
    )  # fmt: skip


def told(session: Session, case: Case) -> list[int | None]:
    (found,) = look_back(session, [signal_of(case)], RULES)
    return [one.id for one in found.earlier_cases]


@pytest.mark.parametrize(("days", "count"), [(183, 1), (184, 0)])
def test_an_earlier_case_is_found_by_its_delivery_point(
    session: Session, here: tuple[Site, Partner], days: int, count: int
) -> None:
    at_home(session, here, days, delivery_point=POINT)
    assert len(told(session, at_home(session, here, delivery_point=POINT))) == count


def test_another_point_at_the_same_address_and_name_is_the_same_household(
    session: Session, here: tuple[Site, Partner]
) -> None:
    gas = at_home(session, here, 20, delivery_point=OTHER_POINT, **HOME)
    later = at_home(session, here, delivery_point=POINT, **{**HOME, "address": "12 r. du Four"})
    assert told(session, later) == [gas.id]


def test_a_neighbour_under_the_same_roof_is_not(
    session: Session, here: tuple[Site, Partner]
) -> None:
    neighbour = make_person(session, *here, name_key="petit leo")
    at_home(session, here, 20, of=neighbour, **HOME)
    assert told(session, at_home(session, here, **HOME)) == []


def test_the_latest_comes_first(session: Session, here: tuple[Site, Partner]) -> None:
    cases = [at_home(session, here, days, delivery_point=POINT) for days in (90, 10, 40)]
    found = told(session, at_home(session, here, delivery_point=POINT))
    assert found == [cases[1].id, cases[2].id, cases[0].id]


@pytest.mark.parametrize(("days", "partners"), [(31, 2), (32, 1)])
def test_another_partner_at_the_site_is_counted(
    session: Session, here: tuple[Site, Partner], days: int, partners: int
) -> None:
    site, _partner = here
    at_home(session, (site, make_partner(session)), days, **HOME)
    at_home(session, (make_site(session), make_partner(session)), days, **HOME)
    (found,) = look_back(session, [signal_of(at_home(session, here, **HOME))], RULES)
    assert (found.partners, found.earlier) == (partners, None)


def test_whom_a_lead_made_one_person_is_one_household(
    session: Session, here: tuple[Site, Partner]
) -> None:
    wrong = make_person(session, *here, name_key="morelle ida", last_name="MORELLE")
    earlier = at_home(session, here, 20, of=wrong, **HOME)
    later = at_home(session, here, **HOME)
    assert told(session, later) == []
    merge_people(Context(session, SYSTEM, MONDAY_MORNING), later.person_id, wrong.id)
    session.expire_all()
    assert told(session, later) == [earlier.id]


def test_an_address_is_known_again_whoever_writes_it(
    session: Session, here: tuple[Site, Partner]
) -> None:
    case = at_home(session, here, **HOME)
    assert case.address_key == "26000 12 rue four"
    case.postal_code = "26100"
    assert case.address_key == "26100 12 rue four"
    case.address = None
    assert case.address_key is None


def test_many_are_looked_at_in_one_query(session: Session, here: tuple[Site, Partner]) -> None:
    cases = [at_home(session, here, day, delivery_point=POINT) for day in range(30)]
    signals = [signal_of(case) for case in cases]
    sent: list[str] = []
    note: Callable[..., None] = lambda *args: sent.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = look_back(session, signals, RULES)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(sent) == 1
    assert [len(one.earlier_cases) for one in found] == list(range(29, -1, -1))


def test_the_rules_are_those_of_the_campaign(session: Session, here: tuple[Site, Partner]) -> None:
    assert load_signal_rules(session, MONDAY_MORNING.date()) == RULES


signals = st.builds(
    lambda days, hour, partner, site, kind, name, point, address: (
        days * 24 + hour, partner, site, kind, name, point, address
    ),
    st.sampled_from((0, 1, 30, 31, 32, 182, 183, 184)),
    st.sampled_from((0, 12)),
    st.sampled_from((0, 1, 2)),
    st.sampled_from((0, 1)),
    st.sampled_from((BILL, NOTICE)),
    st.sampled_from(("morel ida", "petit leo")),
    st.sampled_from((None, POINT, OTHER_POINT)),
    st.sampled_from((None, "12 rue du Four", "12, r. du four", "3 place X")),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(signals, min_size=1, max_size=8))
def test_one_by_one_and_all_at_once_agree(session: Session, drawn: list[tuple[Any, ...]]) -> None:
    """The desk asks for one case, an import and the lists for many; the pure rule for pairs."""
    with session.begin_nested() as savepoint:
        sites = [make_site(session), make_site(session)]
        partners = [make_partner(session) for _turn in range(3)]
        cases = []
        for hours, partner, site, kind, name, point, address in drawn:
            person = make_person(session, sites[site], partners[partner], name_key=name)
            cases.append(
                make_case(
                    session, site=sites[site], partner=partners[partner], person=person,
                    campaign_kind=kind, delivery_point=point, address=address,
                    opened_at=MONDAY_MORNING - timedelta(hours=hours),
                )
            )  # fmt: skip
        known = [signal_of(case) for case in cases]
        together = look_back_on(session, [case.id for case in cases], lambda _campaign: RULES)
        for one in known:
            household = [other for other in known if same_household(one, other)]
            expected = again(one, household, RULES)
            assert look_back(session, [one], RULES) == [expected]
            assert together[one.id or 0] == (one, expected)
        savepoint.rollback()
    session.expunge_all()
    assert session.scalar(select(Case.id).limit(1)) is None
