"""People in formation: invented cases at a site of their own, counted and sent nowhere."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.accounts.queries import sites
from energymed.accounts.scope import scoped
from energymed.accounts.service import NewUser, add_user, site_by_code
from energymed.accounts.sites import get_site, listed_sites
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import NotFound, Refused
from energymed.base.periods import parse_period
from energymed.calling.queue.claims import claim_case
from energymed.calling.queue.view import view_queue
from energymed.cases.models import Case, Phone
from energymed.cases.queries import get_case
from energymed.casework.practice import AT_ONCE, give_practice_cases
from energymed.intake.batches.deposits import possible_sites
from energymed.messages.service import MessageRequest, write_message
from energymed.partners.models import Partner
from energymed.partners.queries import all_partners, campaigns, listed_partners, named_partner
from energymed.partners.service import get_partner, partner_by_code
from energymed.partners.taking import partners_of_site
from energymed.reporting.indicators import compute
from energymed.reporting.scope import Scope
from energymed.telephony.service import ask_call
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_site, make_user


def trainee(session: Session, email: str = "nora@example.org") -> User:
    """Somebody in formation, as any door opens the account."""
    new = NewUser(email, "Nora", "trainee", "-")
    user = add_user(Context(session, SYSTEM, MONDAY_MORNING), new)
    session.flush()
    return user


def practised(session: Session, user: User | None = None) -> Context:
    """The context of somebody in formation with cases in the queue."""
    user = user or trainee(session)
    user.extension = "42"
    ctx = Context(session, user.as_actor(), MONDAY_MORNING)
    assert give_practice_cases(ctx) == AT_ONCE
    session.flush()
    return ctx


def test_cases_wait_in_the_own_queue_ready_to_be_called(session: Session) -> None:
    ctx = practised(session)
    assert len(view_queue(ctx).ready) == AT_ONCE
    phones = session.scalars(select(Phone.e164)).all()
    assert len(set(phones)) == AT_ONCE
    assert all(number.startswith("+3319900") for number in phones)


def test_a_new_round_leaves_nothing_of_the_former_and_nobody_is_missing(session: Session) -> None:
    ctx = practised(session)
    former = {row.case_id for row in view_queue(ctx).ready}
    assert give_practice_cases(ctx) == AT_ONCE
    session.flush()
    queue = view_queue(ctx)
    assert len(queue.ready) == AT_ONCE
    assert not former & {row.case_id for row in queue.ready}
    missing = select(Case.id).where(Case.missing_since_batch_id.is_not(None))
    assert session.scalars(missing).all() == []


def test_two_in_formation_have_cases_of_their_own(session: Session) -> None:
    first = practised(session)
    second = practised(session, trainee(session, "omar@example.org"))
    mine = {row.case_id for row in view_queue(first).ready}
    others = {row.case_id for row in view_queue(second).ready}
    assert len(mine | others) == 2 * AT_ONCE


def test_a_mediator_of_a_real_site_gets_none(session: Session) -> None:
    mediator = make_user(session, "mediator")
    with pytest.raises(Refused):
        give_practice_cases(Context(session, mediator.as_actor(), MONDAY_MORNING))
    assert session.scalars(select(Case)).all() == []


def test_no_figure_counts_them(session: Session) -> None:
    practised(session)
    scope = Scope(parse_period("2026-11"))
    assert {code for code, figure in compute(session, scope).items() if figure.value} == set()


def test_the_practice_is_offered_nowhere_else(session: Session) -> None:
    real, partner = make_site(session), make_partner(session)
    practised(session)
    admin = Context(session, make_user(session, "admin").as_actor())
    assert [site.id for site in sites(admin)] == [real.id]
    assert [each.id for each in all_partners(session)] == [partner.id]
    assert {each.partner_id for each in campaigns(session)} == {partner.id}
    assert site_by_code(session, None).id == real.id
    for door in (partner_by_code, site_by_code):
        with pytest.raises(NotFound) as refusal:
            door(session, "entrainement")
        assert "entrainement" not in refusal.value.params["known"]


def test_nobody_who_manages_or_leads_finds_it_among_the_real(session: Session) -> None:
    ctx, real = practised(session), make_partner(session)
    practice = session.scalars(select(Partner).where(Partner.practice)).one()
    site = make_site(session)
    assert session.scalars(listed_partners()).all() == [real]
    assert partners_of_site(session, site.id) == [real]
    assert named_partner(session, f"un mot de {practice.name} pour vous") is None
    with pytest.raises(NotFound):
        get_partner(session, practice.id)
    with pytest.raises(NotFound):
        get_site(session, ctx.actor.site_id or 0)


def test_whoever_sees_all_sites_sees_no_invented_case(session: Session) -> None:
    trained, real = practised(session), make_case(session)
    admin = Context(session, make_user(session, "admin").as_actor(), MONDAY_MORNING)
    invented = session.scalars(select(Case.id).where(Case.id != real.id)).first() or 0
    assert session.scalars(scoped(select(Case), Case, admin.actor)).all() == [real]
    assert get_case(trained, invented).id == invented
    with pytest.raises(NotFound):
        get_case(admin, invented)


def test_in_formation_one_sees_the_practice_alone(session: Session) -> None:
    make_site(session)
    user = trainee(session)
    seen = sites(Context(session, user.as_actor()))
    assert [site.practice for site in seen] == [True]
    assert session.scalar(select(Site.id).where(Site.practice)) == user.site_id


def test_no_telephone_rings_and_no_message_leaves(session: Session) -> None:
    ctx = practised(session)
    case = session.scalars(select(Case).order_by(Case.id)).first()
    assert case is not None
    with pytest.raises(Refused):
        write_message(
            ctx,
            case.id,
            MessageRequest("sms", 1, "", "6f9619ff-8b86-4011-b42d-00c04fc964ff"),
        )
    claim_case(ctx, case.id)
    with pytest.raises(Refused):
        ask_call(ctx, case.id, case.person.phones[0].id)


def test_its_site_is_none_of_the_association(session: Session) -> None:
    partner, site = make_partner(session), make_site(session)
    trainee(session)
    assert session.scalars(listed_sites()).all() == [site]
    assert possible_sites(session, partner.id) == [site]
