"""One partner never sees another's data, one site never another's: figures, lists, returns."""

import pytest

from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound
from energymed.reporting.definitions import INDICATORS
from energymed.reporting.deliveries import deliver, deliveries, fetch, get_delivery, make_return
from energymed.reporting.formats import WRITERS
from energymed.reporting.indicators import compute
from energymed.reporting.lines import return_lines
from energymed.reporting.models import Delivery
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.reporting.makers import NOVEMBER, World, listed, one_of_each

OF_CASES = [code for code in INDICATORS if code != "files_imported"]

TODAY = NOW.date()


@pytest.fixture
def busy_suez(world: World) -> World:
    """Suez has everything on the far site; EDF, on the first, nothing at all."""
    one_of_each(world, NOW, "SUEZ-", partner=world.suez, site=world.far)
    return world


def test_nothing_of_another_partner_or_site_is_in_the_figures(busy_suez: World) -> None:
    world = busy_suez
    for scope in (
        Scope(NOVEMBER, partner_id=world.edf.id),
        Scope(NOVEMBER, site_id=world.site.id),
        Scope(NOVEMBER, partner_id=world.suez.id, site_id=world.site.id),
    ):
        found = compute(world.session, scope)
        assert {found[code].value for code in INDICATORS} == {0}


@pytest.mark.slow
def test_nothing_of_another_partner_or_site_is_in_the_lists(busy_suez: World) -> None:
    """Even asked about everything, or about the other by name."""
    world = busy_suez
    strangers = (
        Actor(1, "partner", partner_id=world.edf.id),
        Actor(1, "lead", site_id=world.site.id),
        Actor(1, "mediator", site_id=world.site.id),
        Actor(1, "partner"),  # an account that lost its bound sees nothing
        Actor(1, "lead"),
    )
    own = Actor(1, "partner", partner_id=world.suez.id)
    for code in OF_CASES:
        everything = Scope(NOVEMBER)
        assert listed(world.session, own, code, everything)
        for actor in strangers:
            assert listed(world.session, actor, code, everything) == []
    by_name = Scope(NOVEMBER, partner_id=world.suez.id, site_id=world.far.id)
    for actor in strangers:
        assert listed(world.session, actor, "calls_out", by_name) == []


def test_a_return_holds_its_own_partners_cases_of_its_own_site(busy_suez: World) -> None:
    world = busy_suez
    world.case(reference="EDF-1", opened_at=NOW)
    world.case(reference="EDF-FAR", opened_at=NOW, site=world.far)
    edf = Scope(NOVEMBER, partner_id=world.edf.id, site_id=world.site.id)
    assert [line.reference for line in return_lines(world.session, edf)] == ["EDF-1"]
    both = Scope(NOVEMBER, partner_id=world.edf.id)
    assert [line.reference for line in return_lines(world.session, both)] == ["EDF-1", "EDF-FAR"]


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_no_other_reference_and_no_name_is_in_the_bytes(busy_suez: World, file_format: str) -> None:
    world = busy_suez
    case = world.case(reference="EDF-1", opened_at=NOW, comment="Madame est malade")
    made = make_return(world.session, Scope(NOVEMBER, partner_id=world.edf.id), file_format, TODAY)
    text = made.content.decode("utf-8-sig")
    assert "EDF-1" in text
    for secret in ("SUEZ", case.person.last_name, "Camille", "+336", "malade", "Valence"):
        assert secret not in text


@pytest.mark.parametrize("partner_id", [None, 0, 999_999])
def test_a_return_is_always_of_one_partner(world: World, partner_id: int | None) -> None:
    with pytest.raises(BadInput, match="Choisissez un partenaire"):
        make_return(world.session, Scope(NOVEMBER, partner_id=partner_id), "csv", TODAY)


def test_a_return_has_three_formats(world: World) -> None:
    assert set(WRITERS) == {"csv", "xlsx", "json"}
    with pytest.raises(BadInput, match=r"Format inconnu : pdf\. Formats possibles : csv, xlsx"):
        make_return(world.session, Scope(NOVEMBER, partner_id=world.edf.id), "pdf", TODAY)


@pytest.fixture
def delivery(world: World) -> Delivery:
    """A return of EDF's cases on the first site."""
    lead = make_user(world.session, "lead", site=world.site).as_actor()
    return deliver(
        Context(world.session, lead, NOW),
        partner_id=world.edf.id,
        site_id=world.site.id,
        period=NOVEMBER,
        file_format="json",
    )


def test_a_delivery_is_for_its_partner_and_its_site_only(world: World, delivery: Delivery) -> None:
    session = world.session
    allowed = (
        make_user(session, "partner", partner=world.edf).as_actor(),
        make_user(session, "lead", site=world.site).as_actor(),
        make_user(session, "admin").as_actor(),
    )
    for actor in allowed:
        assert session.scalars(deliveries(actor)).unique().all() == [delivery]
        assert fetch(Context(session, actor, NOW), delivery.id)[0] is delivery
    for actor in (
        make_user(session, "partner", partner=world.suez).as_actor(),
        make_user(session, "lead", site=world.far).as_actor(),
    ):
        assert session.scalars(deliveries(actor)).unique().all() == []
        for reach in (get_delivery, fetch):
            with pytest.raises(NotFound, match="Ce retour n'existe pas"):
                reach(Context(session, actor, NOW), delivery.id)
    session.expire(delivery)
    assert [each.user_id for each in delivery.fetches] == [actor.user_id for actor in allowed]
