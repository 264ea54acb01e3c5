"""Spreading: even by hours, households together, languages matched."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict
from energymed.calling.assignment import spread
from energymed.calling.assignment.spread import MediatorShare
from energymed.calling.assignment.unassigned import CaseFilter, unassigned_communes
from energymed.calling.eligibility.stopped import never_called_among
from energymed.cases.models import Household
from tests.calling.assignment.conftest import ids, sizes, team, unassigned
from tests.calling.conftest import NOW, Desk, counted
from tests.factories import make_case, make_partner, make_person, make_site, make_user

ALL = CaseFilter()


@pytest.mark.parametrize(
    ("hours", "cases", "expected"),
    [
        ((35, 35), 9, (5, 4)),
        ((35, 35, 35), 10, (4, 3, 3)),
        ((30, 15), 9, (6, 3)),
        ((35, 28, 7), 20, (10, 8, 2)),
        ((35, 0), 4, (4, 0)),
        ((35,), 0, (0,)),
    ],
)
def test_cases_are_spread_by_available_hours(
    lead: Desk, hours: tuple[int, ...], cases: int, expected: tuple[int, ...]
) -> None:
    users = team(lead, *hours)
    unassigned(lead, cases)
    shares = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    assert tuple(sizes(shares).values()) == expected


def test_the_same_cases_always_give_the_same_shares_and_a_preview_writes_nothing(
    lead: Desk,
) -> None:
    users = team(lead, 35, 20, 28)
    cases = unassigned(lead, 12)
    first = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    second = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users)[::-1])
    assert [share.case_ids for share in first] == [share.case_ids for share in second]
    assert {case.state for case in cases} == {"to_assign"}
    applied = spread.apply_spread(Context(lead.session, lead.actor, NOW), ALL, ids(users))
    assert [share.case_ids for share in applied] == [share.case_ids for share in first]
    assert {case.state for case in cases} == {"queued"}
    again = spread.apply_spread(Context(lead.session, lead.actor, NOW), ALL, ids(users))
    assert set(sizes(again).values()) == {0}


def test_a_household_goes_to_one_mediator(lead: Desk) -> None:
    users = team(lead, 35, 35)
    home = Household(site_id=lead.site.id)
    lead.session.add(home)
    lead.session.flush()
    people = [make_person(lead.session, lead.site, lead.partner, household=home) for _ in range(3)]
    family = {make_case(lead.session, site=lead.site, person=one).id for one in people}
    unassigned(lead, 5)
    shares = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    holders = [share for share in shares if family & set(share.case_ids)]
    assert len(holders) == 1
    assert sorted(sizes(shares).values()) == [4, 4]


def test_somebody_who_speaks_the_language_gets_the_case_and_the_rest_evens_out(
    lead: Desk,
) -> None:
    users = team(lead, 35, 35)
    users[1].languages = ["Portugais", "arabe"]
    unassigned(lead, 4)
    for _turn in range(4):
        person = make_person(lead.session, lead.site, lead.partner, language="portugais")
        make_case(lead.session, site=lead.site, person=person)
    unknown = make_person(lead.session, lead.site, lead.partner, language="tamoul")
    make_case(lead.session, site=lead.site, person=unknown)
    shares = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    assert [share.by_language for share in shares] == [0, 4]
    assert sorted(sizes(shares).values()) == [4, 5]


def test_only_what_the_filter_keeps_is_spread(lead: Desk) -> None:
    (user,) = team(lead, 35)
    other = make_partner(lead.session)
    wanted = unassigned(lead, 2, commune="Crest", debt_cents=20_000, cutoff_date=date(2026, 12, 1))
    unassigned(
        lead,
        1,
        commune="Crest",
        debt_cents=20_000,
        partner=other,
        cutoff_date=date(2026, 12, 1),
    )
    unassigned(lead, 1, commune="Valence", debt_cents=20_000, cutoff_date=date(2026, 12, 1))
    unassigned(lead, 1, commune="Crest", debt_cents=9_999, cutoff_date=date(2026, 12, 1))
    unassigned(lead, 1, commune="Crest", debt_cents=30_001, cutoff_date=date(2026, 12, 1))
    unassigned(lead, 1, commune="Crest", debt_cents=20_000, cutoff_date=date(2026, 12, 24))
    unassigned(lead, 1, commune="Crest", debt_cents=20_000)
    unassigned(lead, 1, commune="Crest", campaign_kind="appointment", debt_cents=None)
    chosen = CaseFilter(
        partner_id=lead.partner.id, kind="unpaid_bill", commune="Crest", least_cents=10_000,
        most_cents=30_000, cutoff_before=date(2026, 12, 15),
    )  # fmt: skip
    shares = spread.preview_spread(Context(lead.session, lead.actor), chosen, [user.id])
    assert shares[0].case_ids == [case.id for case in wanted]
    assert unassigned_communes(Context(lead.session, lead.actor)) == ["Crest", "Valence"]


def test_a_case_never_goes_to_a_mediator_of_another_site(desk: Desk, session: Session) -> None:
    far = make_site(session)
    admin = make_user(session, "admin").as_actor()
    there = make_user(session, site=far)
    case = make_case(session, site=desk.site, partner=desk.partner)
    shares = spread.apply_spread(Context(session, admin, NOW), ALL, [there.id])
    assert (sizes(shares), case.state) == ({there.id: 0}, "to_assign")
    assert spread.assign_by_hand(Context(session, admin, NOW), [case.id], there.id) == (0, 0)


@pytest.mark.parametrize("chosen", ["nobody", "elsewhere", "a lead", "away"])
def test_only_active_mediators_of_the_site_may_be_chosen(lead: Desk, chosen: str) -> None:
    mediators = {
        "nobody": [],
        "elsewhere": [make_user(lead.session).id],
        "a lead": [lead.actor.user_id or 0],
        "away": [make_user(lead.session, site=lead.site, active=False).id],
    }
    for act in (
        lambda: spread.preview_spread(Context(lead.session, lead.actor), ALL, mediators[chosen]),
        lambda: spread.apply_spread(Context(lead.session, lead.actor, NOW), ALL, mediators[chosen]),
    ):
        with pytest.raises(BadInput) as refusal:
            act()
        assert refusal.value.params["field"] == "mediators"


def test_by_hand_and_back_again(lead: Desk) -> None:
    (user,) = team(lead, 35)
    cases = unassigned(lead, 2)
    in_call = lead.case(state="in_call", claimed_by_id=lead.user.id)
    closed = lead.case(state="closed", closure="settled", queue_reason=None)
    foreign = make_case(lead.session)
    everything = [case.id for case in (*cases, in_call, closed, foreign)]
    assert spread.assign_by_hand(Context(lead.session, lead.actor, NOW), everything, user.id) == (
        2,
        2,
    )
    assert {case.assigned_to_id for case in cases} == {user.id}
    todo = lead.promise(cases[0], "2026-11-25 10:00")
    assert spread.unassign_cases(Context(lead.session, lead.actor, NOW), everything) == 2
    lead.session.refresh(todo)
    assert {(case.state, case.assigned_to_id) for case in cases} == {("to_assign", None)}
    assert todo.assigned_to_id is None
    assert (in_call.state, foreign.state) == ("in_call", "to_assign")


def test_more_than_was_previewed_is_not_given(lead: Desk) -> None:
    users = team(lead, 35, 35)
    unassigned(lead, 4)
    seen = spread.version_of(
        spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    )
    late = unassigned(lead, 2)

    def press(seen: str) -> list[MediatorShare]:
        return spread.apply_spread(
            Context(lead.session, lead.actor, NOW), ALL, ids(users), seen_version=seen
        )

    with pytest.raises(Conflict, match="aperçu"):
        press(seen)
    assert {case.state for case in late} == {"to_assign"}
    fresh = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    assert sizes(press(spread.version_of(fresh))) == sizes(fresh)
    assert sum(sizes(press(seen)).values()) == 0, "nothing is left: that is told, not refused"


def test_who_is_never_called_is_marked_and_not_spread(lead: Desk) -> None:
    users = team(lead, 35)
    opposed, bereaved, free = unassigned(lead, 3)
    opposed.person.opposed_at = NOW
    home = lead.session.get_one(Household, bereaved.person.household_id)
    gone = make_person(lead.session, lead.site, lead.partner, household=home)
    gone.deceased_at = NOW
    lead.session.flush()
    shares = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    assert shares[0].case_ids == [free.id]
    everybody = [opposed.id, bereaved.id, free.id]
    assert never_called_among(lead.session, everybody) == {
        opposed.id: "opposed",
        bereaved.id: "deceased",
    }


def test_a_preview_costs_the_same_however_many_wait(lead: Desk) -> None:
    users = team(lead, 35, 35)
    counts = []
    for more in (2, 40):
        unassigned(lead, more)
        lead.session.commit()
        with counted() as sent:
            spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
        counts.append(len(sent))
    assert counts[0] == counts[1]
