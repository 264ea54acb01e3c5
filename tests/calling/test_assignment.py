"""Spreading: even by hours, households together, languages matched, handed over in one step."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.calling.assignment import cover, spread
from energymed.calling.assignment.spread import Share
from energymed.calling.assignment.unassigned import CaseFilter, waiting_communes
from energymed.calling.eligibility.stopped import never_called_among
from energymed.cases.models import Case, Household
from tests.calling.conftest import NOW, Desk, counted, paris
from tests.factories import make_case, make_partner, make_person, make_site, make_user

ALL = CaseFilter()


@pytest.fixture
def lead(desk: Desk) -> Desk:
    """The same desk, with the lead acting."""
    desk.actor = make_user(desk.session, "lead", site=desk.site).as_actor()
    return desk


def team(desk: Desk, *hours: int) -> list[User]:
    return [make_user(desk.session, site=desk.site, weekly_hours=each) for each in hours]


def pile(desk: Desk, count: int, **values: Any) -> list[Case]:
    """Cases to be assigned."""
    values = {"partner": desk.partner, **values}
    return [make_case(desk.session, site=desk.site, **values) for _ in range(count)]


def ids(users: list[User]) -> list[int]:
    return [user.id for user in users]


def sizes(shares: list[Share]) -> dict[int, int]:
    return {share.user.id: len(share.cases) for share in shares}


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
    pile(lead, cases)
    shares = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    assert tuple(sizes(shares).values()) == expected


def test_the_same_cases_always_give_the_same_shares_and_a_preview_writes_nothing(
    lead: Desk,
) -> None:
    users = team(lead, 35, 20, 28)
    cases = pile(lead, 12)
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
    pile(lead, 5)
    shares = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    holders = [share for share in shares if family & set(share.case_ids)]
    assert len(holders) == 1
    assert sorted(sizes(shares).values()) == [4, 4]


def test_somebody_who_speaks_the_language_gets_the_case_and_the_rest_evens_out(
    lead: Desk,
) -> None:
    users = team(lead, 35, 35)
    users[1].languages = ["Portugais", "arabe"]
    pile(lead, 4)
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
    wanted = pile(lead, 2, commune="Crest", debt_cents=20_000, cutoff_date=date(2026, 12, 1))
    pile(lead, 1, commune="Crest", debt_cents=20_000, partner=other, cutoff_date=date(2026, 12, 1))
    pile(lead, 1, commune="Valence", debt_cents=20_000, cutoff_date=date(2026, 12, 1))
    pile(lead, 1, commune="Crest", debt_cents=9_999, cutoff_date=date(2026, 12, 1))
    pile(lead, 1, commune="Crest", debt_cents=30_001, cutoff_date=date(2026, 12, 1))
    pile(lead, 1, commune="Crest", debt_cents=20_000, cutoff_date=date(2026, 12, 24))
    pile(lead, 1, commune="Crest", debt_cents=20_000)
    pile(lead, 1, commune="Crest", campaign_kind="appointment", debt_cents=None)
    chosen = CaseFilter(
        partner_id=lead.partner.id, kind="unpaid_bill", commune="Crest", least_cents=10_000,
        most_cents=30_000, cutoff_before=date(2026, 12, 15),
    )  # fmt: skip
    shares = spread.preview_spread(Context(lead.session, lead.actor), chosen, [user.id])
    assert shares[0].case_ids == [case.id for case in wanted]
    assert waiting_communes(Context(lead.session, lead.actor)) == ["Crest", "Valence"]


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
    cases = pile(lead, 2)
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
    assert spread.take_back(Context(lead.session, lead.actor, NOW), everything) == 2
    lead.session.refresh(todo)
    assert {(case.state, case.assigned_to_id) for case in cases} == {("to_assign", None)}
    assert todo.assigned_to_id is None
    assert (in_call.state, foreign.state) == ("in_call", "to_assign")


def test_handing_over_keeps_every_promise(lead: Desk) -> None:
    users = team(lead, 35, 35)
    queued = [lead.case() for _ in range(3)]
    at = paris("2026-11-25 15:00")
    waiting = lead.case(state="waiting", waiting_reason="callback", next_action_at=at,
                        queue_reason=None)  # fmt: skip
    callback = lead.promise(waiting, "2026-11-25 15:00")
    paid = lead.case(state="closed", closure="settled", queue_reason=None)
    running = lead.case(state="closed", closure="plan_running", queue_reason=None)
    instalment = lead.promise(running, "2026-12-25 10:00", "instalment")
    in_call = lead.case(state="in_call", claimed_by_id=lead.user.id)
    shares = cover.hand_over(Context(lead.session, lead.actor, NOW), lead.user.id, ids(users))
    lead.session.expire_all()
    moved = [*queued, waiting, running]
    assert sum(sizes(shares).values()) == 5
    assert {case.assigned_to_id for case in moved} == set(ids(users))
    assert (waiting.state, waiting.next_action_at) == ("waiting", at)
    assert callback.assigned_to_id == waiting.assigned_to_id
    assert instalment.assigned_to_id == running.assigned_to_id
    assert (running.state, running.closure) == ("closed", "plan_running")
    assert {paid.assigned_to_id, in_call.assigned_to_id} == {lead.user.id}


def test_what_passes_is_told_before_and_is_exactly_what_passes(lead: Desk) -> None:
    users = team(lead, 35, 35)
    lead.case()
    running = lead.case(state="closed", closure="plan_running", queue_reason=None)
    lead.promise(running, "2026-12-25 10:00", "instalment")
    asked = lead.case(state="closed", closure="settled", queue_reason=None)
    lead.promise(asked, "2026-12-01 10:00", "partner_answer")  # the lead's own
    told = cover.what_passes(Context(lead.session, lead.actor), lead.user.id)
    assert (told.waiting, told.followed, told.total) == (1, 1, 2)

    def preview() -> list[Share]:
        return cover.preview_hand_over(Context(lead.session, lead.actor), lead.user.id, ids(users))

    def press(seen: str) -> list[Share]:
        away = lead.user.id
        return cover.hand_over(Context(lead.session, lead.actor, NOW), away, ids(users), seen=seen)

    seen = spread.digest(preview())
    lead.case()
    with pytest.raises(Conflict, match="a changé"):
        press(seen)
    fresh = preview()
    assert sizes(press(spread.digest(fresh))) == sizes(fresh)
    assert sum(sizes(fresh).values()) == 3
    assert asked.assigned_to_id == lead.user.id
    assert sum(sizes(press(seen)).values()) == 0, "nothing is left: that is told, not refused"


def test_more_than_was_previewed_is_not_given(lead: Desk) -> None:
    users = team(lead, 35, 35)
    pile(lead, 4)
    seen = spread.digest(spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users)))
    late = pile(lead, 2)

    def press(seen: str) -> list[Share]:
        return spread.apply_spread(
            Context(lead.session, lead.actor, NOW), ALL, ids(users), seen=seen
        )

    with pytest.raises(Conflict, match="aperçu"):
        press(seen)
    assert {case.state for case in late} == {"to_assign"}
    fresh = spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
    assert sizes(press(spread.digest(fresh))) == sizes(fresh)
    assert sum(sizes(press(seen)).values()) == 0, "nothing is left: that is told, not refused"


def test_who_is_never_called_is_marked_and_not_spread(lead: Desk) -> None:
    users = team(lead, 35)
    opposed, bereaved, free = pile(lead, 3)
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


def test_who_is_away_does_not_take_over(lead: Desk) -> None:
    with pytest.raises(Refused, match="personne absente"):
        cover.hand_over(Context(lead.session, lead.actor, NOW), lead.user.id, [lead.user.id])


def test_a_preview_costs_the_same_whatever_the_pile(lead: Desk) -> None:
    users = team(lead, 35, 35)
    counts = []
    for more in (2, 40):
        pile(lead, more)
        lead.session.commit()
        with counted() as sent:
            spread.preview_spread(Context(lead.session, lead.actor), ALL, ids(users))
        counts.append(len(sent))
    assert counts[0] == counts[1]
