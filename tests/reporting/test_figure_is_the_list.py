"""Every figure is the count or the sum of the list that it opens, for each who may see it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Actor
from energymed.base.errors import NotFound
from energymed.calling.models import Contact
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation.models import AidRequest, ChequeAwareness, Plan, Referral
from energymed.reporting.behind import behind
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.handled import was_handled
from energymed.reporting.indicators import compute
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_person
from tests.reporting.makers import (
    AFTER,
    EARLIER,
    NOVEMBER,
    World,
    batch,
    contact,
    listed,
    one_of_each,
)

Measure = Callable[[Session, list[Case]], int]
VIEWERS = ("admin", "lead", "partner")


@pytest.fixture
def full_world(world: World) -> World:
    """Each thing that is counted, for each partner on each site, in November and around it."""
    for values in ({}, {"partner": world.suez}, {"site": world.far}):
        one_of_each(world, NOW, **values)
    for at in (EARLIER, AFTER):
        contact(world.session, world.case(), at, result="reached_holder")
    person = make_person(world.session, world.site, world.edf)
    for _turn in range(2):
        contact(world.session, world.case(person=person), NOW, "email")
    world.session.flush()
    return world


def seen_by(world: World, viewer: str) -> tuple[Actor, Scope]:
    """Who looks, and the question as that person's desk asks it."""
    if viewer == "lead":
        site = world.site.id
        return Actor(1, "lead", site_id=site), Scope(NOVEMBER, site_id=site)
    if viewer == "partner":
        partner = world.edf.id
        return Actor(1, "partner", partner_id=partner), Scope(NOVEMBER, partner_id=partner)
    return Actor(1, "admin"), Scope(NOVEMBER)


def rows_of(model: Any, where: Any, amount: Any = None) -> Measure:
    """Rows of a table on the listed cases."""

    def measure(session: Session, cases: list[Case]) -> int:
        what: Select[Any] = select(func.count() if amount is None else func.sum(amount))
        on_them = model.case_id.in_([case.id for case in cases])
        return int(session.scalar(what.select_from(model).where(on_them, where)) or 0)

    return measure


def contacts_on(*channels: str) -> Measure:
    return rows_of(
        Contact,
        Contact.channel.in_(channels) & Contact.started_at.between(*NOVEMBER.bounds),
    )


def contacts_made() -> Any:
    return Contact.started_at.between(*NOVEMBER.bounds)


def in_november(column: Any) -> Any:
    return column.between(NOVEMBER.start, NOVEMBER.end)


def cases_listed(_session: Session, cases: list[Case]) -> int:
    return len(cases)


# what the list must add up to, where it is not simply the number of its cases
MEASURES: dict[str, Measure] = {
    "people_contacted": lambda _session, cases: len({case.person_id for case in cases}),
    "calls_out": contacts_on("call_out"),
    "contacts_out": contacts_on("call_out", "sms", "email", "letter", "visit"),
    "mails_letters": contacts_on("email", "letter"),
    "visits": contacts_on("visit"),
    "contacts_made": rows_of(Contact, contacts_made()),
    "plans_negotiated": rows_of(Plan, in_november(Plan.agreed_on)),
    "plans_confirmed": rows_of(Plan, in_november(Plan.confirmed_on)),
    "plans_kept": rows_of(Plan, in_november(Plan.ended_on)),
    "plans_broken": rows_of(Plan, in_november(Plan.ended_on)),
    "aids_created": rows_of(AidRequest, in_november(AidRequest.opened_on)),
    "aids_granted": rows_of(AidRequest, in_november(AidRequest.decision_on)),
    "aids_granted_cents": rows_of(
        AidRequest, in_november(AidRequest.decision_on), AidRequest.amount_granted_cents
    ),
    "referrals": rows_of(Referral, in_november(Referral.referred_on)),
    "cheque_awareness": rows_of(ChequeAwareness, in_november(ChequeAwareness.given_on)),
    "debt_total_cents": lambda _session, cases: sum(c.opening_debt_cents or 0 for c in cases),
    **dict.fromkeys(
        ("payments_confirmed_cents", "debt_cleared_cents", "debt_cleared_to_date_cents"),
        rows_of(
            LedgerEntry,
            LedgerEntry.kind.in_(("payment", "aid_payment")) & in_november(LedgerEntry.on_date),
            -LedgerEntry.amount_cents,
        ),
    ),
}
OF_CASES = [code for code in INDICATORS if code != "files_imported"]


@pytest.mark.slow
def test_every_figure_is_what_its_list_adds_up_to(full_world: World) -> None:
    """For a lead, a partner and an administrator; a share opens its numerator's cases."""
    session = full_world.session
    for viewer in VIEWERS:
        actor, scope = seen_by(full_world, viewer)
        found = compute(session, scope)
        lists = {code: listed(session, actor, code, scope) for code in OF_CASES}
        figures = {code: found[code].value for code in OF_CASES}
        added_up = {
            code: MEASURES.get(code, cases_listed)(session, cases) for code, cases in lists.items()
        }
        assert (viewer, figures) == (viewer, added_up)
        assert all(added_up.values())
        for code in OF_CASES:  # with what each case weighs, the list is the figure
            assert behind(session, actor, code, scope).total == figures[code]
        for code, share in SHARES.items():
            terms = figures[share.numerator], figures[share.denominator]
            assert found[code].terms == terms
            opened = listed(session, actor, code, scope)
            assert opened == lists[share.numerator]


def test_a_case_is_handled_by_one_rule(full_world: World) -> None:
    session, scope = full_world.session, Scope(NOVEMBER)
    by_itself = set(session.scalars(select(Case.id).where(was_handled(scope))))
    assert by_itself == set(behind(session, SYSTEM, "cases_handled", scope).weights)


def test_the_list_is_by_reference_and_each_case_is_there_once(world: World) -> None:
    last, first = world.case(reference="Z1"), world.case(reference="A1")
    for case in (last, first, first):
        contact(world.session, case, NOW)
    found = listed(world.session, SYSTEM, "calls_out", Scope(NOVEMBER))
    assert [case.reference for case in found] == ["A1", "Z1"]


def test_files_are_counted_but_open_no_case(world: World) -> None:
    batch(world.session, world.case(), NOW)
    scope = Scope(NOVEMBER)
    assert listed(world.session, SYSTEM, "files_imported", scope) == []


@pytest.mark.parametrize("code", ["nonsense", "", "var_n1"])
def test_an_unknown_indicator_is_not_found(session: Session, code: str) -> None:
    with pytest.raises(NotFound, match="Indicateur inconnu"):
        behind(session, SYSTEM, code, Scope(NOVEMBER))


def test_a_figure_is_the_same_whatever_the_moment_of_asking(world: World) -> None:
    case = world.case()
    contact(world.session, case, NOW)
    before = compute(world.session, Scope(NOVEMBER))
    contact(world.session, case, AFTER, result="reached_holder")
    assert compute(world.session, Scope(NOVEMBER)) == before
