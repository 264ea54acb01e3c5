"""Setting an organisation up: all of it or nothing, once; and step by step."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.association import (
    association,
    end_set_up,
    has_accounts,
    has_administrator,
    is_set_up,
)
from energymed.accounts.models import Site, User
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.casework.setup_organisation import (
    USUAL_PARTNERS,
    MemberPlan,
    Organisation,
    PartnerPlan,
    SitePlan,
    begin,
    give_missions,
    open_first_administrator,
    set_up,
)
from energymed.messages.models import MessageSender
from energymed.partners.models import Campaign, Partner
from energymed.partners.queries import sites_by_partner
from energymed.partners.taking import missions_given
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user

ADMIN = MemberPlan("Helene@Example.org", "Hélène Vasseur", "admin")
PLAN = Organisation(
    association="PIMMS Exemple",
    phone="04 65 71 00 00",
    administrator=ADMIN,
    sites=[SitePlan("Valence", "Valence", department="26"),
           SitePlan("lyon", "Lyon", phone="04 65 71 00 01", address="1 rue du Port\n69001 Lyon")],
    partners=[PartnerPlan("edf", "EDF", ["unpaid_bill"], phone="04 65 71 00 09"),
              PartnerPlan("enedis", "Enedis", ["cutoff_notice"], sites=["valence"])],
    team=[MemberPlan("lead@example.org", "Claire", "lead", site="valence", hours=28),
          MemberPlan("edf@example.org", "Pôle", "partner", partner="edf",
                     password="une phrase assez longue")],
)  # fmt: skip


def hashed(password: str) -> str:
    return f"<{password}>"


def made(plan: Organisation) -> list[tuple[str, str, str]]:
    with transaction() as session:
        return set_up(Context(session, SYSTEM, NOW), plan, hashed).accounts


def wrong(plan: Organisation) -> list[str]:
    """What is said of a plan, which then leaves nothing behind."""
    with pytest.raises(DomainError) as told:
        made(plan)
    with transaction() as session:
        for table in (Site, Partner, User):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert association(session) is None
    return [str(each) for each in (told.value, *told.value.more)]


def test_an_organisation_is_made_from_its_plan(session: Session) -> None:
    accounts = made(PLAN)
    assert [(email, role) for email, role, _drawn in accounts] == [
        ("helene@example.org", "admin"), ("lead@example.org", "lead"),
        ("edf@example.org", "partner"),
    ]  # fmt: skip
    drawn = [password for _email, _role, password in accounts]
    assert len(drawn[0]) >= 12
    assert drawn[0] != drawn[1]
    assert drawn[2] == ""
    users = {user.email: user for user in session.scalars(select(User))}
    assert users["helene@example.org"].password == f"<{drawn[0]}>"
    assert users["edf@example.org"].password == "<une phrase assez longue>"
    sites = {site.code: site for site in session.scalars(select(Site))}
    assert users["lead@example.org"].site_id == sites["valence"].id
    assert users["lead@example.org"].weekly_hours == 28
    assert (sites["valence"].department, sites["lyon"].address) == (
        "26", "1 rue du Port\n69001 Lyon",
    )  # fmt: skip
    senders = {row.site_id: (row.association, row.phone)
               for row in session.scalars(select(MessageSender))}  # fmt: skip
    assert senders == {
        sites["valence"].id: ("PIMMS Exemple", "+33465710000"),
        sites["lyon"].id: ("PIMMS Exemple", "+33465710001"),
    }
    partners = {partner.code: partner for partner in session.scalars(select(Partner))}
    assert missions_given(session, partners["edf"].id) == ["unpaid_bill"]
    assert partners["edf"].shown_phone == "+33465710009"
    assert sites_by_partner(session) == {partners["enedis"].id: [sites["valence"].id]}
    assert session.scalar(select(func.count()).select_from(Campaign)) == 6
    assert is_set_up(session)


def test_it_is_made_once(session: Session) -> None:
    made(PLAN)
    with pytest.raises(Refused, match="déjà un administrateur"):
        made(replace(PLAN, sites=[SitePlan("nyons", "Nyons")]))
    assert set(session.scalars(select(Site.code))) == {"valence", "lyon"}


def test_an_installation_with_an_administrator_is_left_alone(session: Session) -> None:
    make_user(session, "admin")
    session.commit()
    with pytest.raises(Refused):
        made(PLAN)
    assert is_set_up(session)


def test_all_that_is_wrong_is_told_with_its_place(session: Session) -> None:
    bad = Organisation(
        association=" ",
        phone="12",
        administrator=replace(ADMIN, email="rien", password="court"),
        sites=[SitePlan("é", "X"), SitePlan("valence", "Valence", department="99")],
        partners=[PartnerPlan("edf", "EDF", ["unpaid"]), PartnerPlan("suez", "Suez", []),
                  PartnerPlan("engie", "Engie", ["unpaid_bill"], sites=["nyons"])],
        team=[MemberPlan("a@example.org", "A", "boss"),
              MemberPlan("b@example.org", "B", "lead", site="nyons"),
              MemberPlan("c@example.org", "C", "mediator", site="valence", hours=49)],
    )  # fmt: skip
    said = wrong(bad)
    places = [sentence.split(" : ")[0] for sentence in said]
    assert places == [
        "association", "association", "sites 1", "sites 2", "partners 1", "partners 2",
        "partners 3", "administrator", "administrator", "team 1", "team 2", "team 3",
    ]  # fmt: skip
    assert "Mission inconnue : unpaid." in said[4]
    assert "Site inconnu : nyons." in said[6]
    assert "12 caractères" in said[7]


def test_a_password_is_one_that_nobody_guesses(session: Session) -> None:
    assert wrong(replace(PLAN, administrator=replace(ADMIN, password="azerty12345678"))) == [
        "administrator : Ce mot de passe est de ceux qu'on essaie d'abord. "
        "Prenez plutôt quatre mots sans rapport entre eux."
    ]
    [said] = wrong(replace(PLAN, administrator=replace(ADMIN, password=f"{PLAN.association}!")))
    assert "il est fait de votre nom" in said


def test_whoever_typed_the_own_password_keeps_it(session: Session) -> None:
    made(replace(PLAN, administrator=replace(ADMIN, password="huit girafes sous la neige")))
    users = {user.email: user for user in session.scalars(select(User))}
    assert not users["helene@example.org"].must_change_password
    assert users["lead@example.org"].must_change_password
    assert users["edf@example.org"].must_change_password  # the administrator typed it


def test_there_is_at_least_a_site_and_no_code_comes_twice(session: Session) -> None:
    assert wrong(replace(PLAN, sites=[], partners=[], team=[])) == ["Il faut au moins un site."]
    twice = replace(PLAN, partners=[PLAN.partners[0]] * 2, team=[])
    assert wrong(twice) == ["partners 2 : Le code edf est déjà pris."]


def test_the_only_site_goes_without_saying(session: Session) -> None:
    made(replace(PLAN, sites=PLAN.sites[:1], partners=[],
                 team=[MemberPlan("m@example.org", "M", "mediator")]))  # fmt: skip
    site = session.scalars(select(Site)).one()
    assert session.scalars(select(User.site_id).where(User.role == "mediator")).one() == site.id


def test_the_steps_keep_what_was_done(session: Session) -> None:
    ctx = Context(session, SYSTEM, NOW)
    with pytest.raises(Refused, match="Donnez d'abord son nom"):
        open_first_administrator(ctx, replace(ADMIN, password="huit girafes sous la neige"), hashed)
    begin(ctx, "PIMMS", "04 65 71 00 00", SitePlan("valence", "Valance"))
    begin(ctx, "PIMMS Exemple", "04 65 71 00 02", SitePlan("other", "Valence", department="26"))
    site = session.scalars(select(Site)).one()
    assert (site.code, site.name, site.department) == ("valence", "Valence", "26")
    known = association(session)
    assert known is not None
    assert (known.name, known.phone) == ("PIMMS Exemple", "+33465710002")
    assert not has_accounts(session)
    open_first_administrator(ctx, replace(ADMIN, password="huit girafes sous la neige"), hashed)
    assert has_administrator(session)
    assert not is_set_up(session)
    with pytest.raises(Refused):
        begin(ctx, "Autre", "04 65 71 00 02", SitePlan("valence", "Valence"))
    with pytest.raises(Refused):
        open_first_administrator(ctx, MemberPlan("b@example.org", "B", "admin"), hashed)
    end_set_up(ctx)
    assert is_set_up(session)


def test_missions_are_given_and_taken_back_while_setting_up(session: Session) -> None:
    ctx = Context(session, SYSTEM, NOW)
    offered = [PartnerPlan(code, name, []) for code, name, _kinds in USUAL_PARTNERS]
    give_missions(ctx, offered)
    assert session.scalars(select(Partner)).all() == []
    offered[0] = replace(offered[0], missions=["unpaid_bill", "appointment"])
    give_missions(ctx, [*offered, PartnerPlan("gdv", "Gaz de ville", ["unpaid_bill"])])
    edf = session.scalars(select(Partner).where(Partner.code == "edf")).one()
    assert missions_given(session, edf.id) == ["unpaid_bill", "appointment"]
    offered[0] = replace(offered[0], missions=[])
    give_missions(ctx, offered)
    assert missions_given(session, edf.id) == []
    assert set(session.scalars(select(Partner.code))) == {"edf", "gdv"}
    with pytest.raises(BadInput, match="déjà pris"):
        give_missions(ctx, [*offered, PartnerPlan("gdv", "Gaz du village", ["unpaid_bill"])])
    with pytest.raises(BadInput, match="Dites quelles missions"):
        give_missions(ctx, [PartnerPlan("autre", "Autre", [])])
