"""Accounts: who may be opened, closed, helped; whose records are seen."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts import queries, service
from energymed.accounts.scope import scoped
from energymed.accounts.sites import set_site_retired
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.models import Case
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import PASSWORD, make_case, make_partner, make_site, make_user


def new(**values: object) -> service.NewUser:
    given = {"email": "a@example.org", "name": "A", "role": "admin", "password_hash": "h", **values}
    return service.NewUser(**given)  # type: ignore[arg-type]


def test_an_account_is_opened_and_audited(session: Session) -> None:
    user = service.add_user(Context(session, SYSTEM, NOW), new(email=" A@Example.org "))
    session.flush()
    assert (user.email, user.role, user.active) == ("a@example.org", "admin", True)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.entity_id, event.after) == (
        "user.added",
        user.id,
        {"role": "admin"},
    )


def test_a_retired_site_takes_no_account(session: Session) -> None:
    ctx, site = Context(session, SYSTEM, NOW), make_site(session)
    set_site_retired(ctx, site, retired=True)
    with pytest.raises(Refused, match="ni compte ni fichier"):
        service.add_user(ctx, new(role="lead", site_id=site.id))
    set_site_retired(ctx, site, retired=False)
    assert service.add_user(ctx, new(role="lead", site_id=site.id)).site_id == site.id


@pytest.mark.parametrize(
    "values",
    [
        {"email": "nobody"},
        {"email": "@"},
        {"email": "jean@exemple"},
        {"email": "jean..p@x.fr"},
        {"email": "jean\t@x.fr"},
        {"email": "<b>@x.fr"},
        {"role": "boss"},
        {"role": "lead"},
        {"role": "mediator"},
        {"role": "partner"},
    ],
)
def test_what_makes_no_account_is_said(session: Session, values: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        service.add_user(Context(session, SYSTEM, NOW), new(**values))


def test_one_account_per_email_whatever_the_case(session: Session) -> None:
    service.add_user(Context(session, SYSTEM, NOW), new())
    session.flush()
    with pytest.raises(BadInput, match="existe déjà"):
        service.add_user(Context(session, SYSTEM, NOW), new(email="A@EXAMPLE.ORG"))


def test_nobody_closes_their_own_account(session: Session) -> None:
    admin, other = make_user(session, "admin", password=PASSWORD), make_user(session, "admin")
    with pytest.raises(BadInput):
        service.set_active(Context(session, admin.as_actor(), NOW), admin, False)
    service.set_active(Context(session, admin.as_actor(), NOW), other, False)
    assert not other.active


def test_a_lost_second_factor_is_forgotten_with_its_codes(session: Session) -> None:
    lead = make_user(
        session, "lead", tf_totp_secret="s", tf_primary_method="authenticator",
        mf_recovery_codes=["a"], totp_last_counter=3,
    )  # fmt: skip
    service.reset_second_factor(Context(session, SYSTEM, NOW), lead)
    left = (lead.tf_totp_secret, lead.tf_primary_method, lead.mf_recovery_codes)
    assert left == (None, None, None)


def test_nobody_forgets_the_own_second_factor_so(session: Session) -> None:
    admin = make_user(session, "admin", tf_totp_secret="s")
    with pytest.raises(BadInput, match="Mon compte"):
        service.reset_second_factor(Context(session, admin.as_actor(), NOW), admin)
    assert admin.tf_totp_secret == "s"


def test_each_role_sees_its_own_cases_only(session: Session) -> None:
    case, other = make_case(session), make_case(session)
    everybody = select(Case.id).order_by(Case.id)

    def seen(actor: Actor) -> list[int]:
        return list(session.scalars(scoped(everybody, Case, actor)))

    assert seen(Actor(1, "mediator", site_id=case.site_id)) == [case.id]
    assert seen(Actor(1, "lead", site_id=other.site_id)) == [other.id]
    assert seen(Actor(1, "partner", partner_id=case.partner_id)) == [case.id]
    assert seen(Actor(1, "admin")) == [case.id, other.id]
    for unbound in (Actor(1, "mediator"), Actor(1, "lead"), Actor(1, "partner")):
        assert seen(unbound) == []


def test_the_only_site_needs_no_code(session: Session) -> None:
    site = make_site(session, "pdp")
    assert service.site_by_code(session, None).id == site.id
    make_site(session, "dijon")
    with pytest.raises(NotFound, match="dijon, pdp"):
        service.site_by_code(session, None)
    with pytest.raises(NotFound, match="lyon"):
        service.site_by_code(session, "lyon")


def test_mediators_are_those_of_the_site_who_still_work(session: Session) -> None:
    lead = make_user(session, "lead")
    here = make_user(session, site=lead.site)
    make_user(session, site=lead.site, active=False)
    make_user(session)
    make_partner(session)
    assert queries.mediators(Context(session, lead.as_actor())) == [here]
