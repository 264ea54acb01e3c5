"""A lead sees how far people in formation are, and opens real calls to them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.service import NewUser, add_user
from energymed.base.context import SYSTEM, Context
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.practice import give_practice_cases
from tests.factories import MONDAY_MORNING, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import LeadDesk

PAGE = "/team/formation"


def trained(session: Session, calls: int) -> int:
    """Somebody in formation with so many calls on record; the first twice."""
    new = NewUser(email="nora@example.org", name="Nora Vert", role="trainee")
    user = add_user(Context(session, SYSTEM, MONDAY_MORNING), new)
    ctx = Context(session, user.as_actor(), MONDAY_MORNING)
    give_practice_cases(ctx)
    session.flush()
    cases = session.scalars(select(Case).order_by(Case.id).limit(calls)).all()
    for case in (*cases, *cases[:1]):
        called = {"channel": "call_out", "result": "no_answer", "started_at": MONDAY_MORNING}
        session.add(Contact(case_id=case.id, person_id=case.person_id, user_id=user.id, **called))
    session.commit()
    return user.id


def test_how_far_somebody_is_and_the_end_of_it(desk: LeadDesk, session: Session) -> None:
    user_id = trained(session, calls=3)
    assert "3 personnes sur 10" in text_of(desk.client.get(PAGE))
    said = desk.client.post(f"{PAGE}/{user_id}", follow_redirects=True)
    assert "Nora Vert appelle désormais pour votre site." in text_of(said)
    assert "Personne n'est en formation" in text_of(said)
    session.expire_all()
    user = session.get_one(type(desk.lead), user_id)
    assert (user.role, user.site_id) == ("mediator", desk.site.id)
    assert session.scalars(select(Case.id).where(Case.assigned_to_id == user_id)).all() == []
    assert desk.client.post(f"{PAGE}/{user_id}").status_code == 404  # it is over


def test_it_is_a_leads_to_see(desk: LeadDesk, session: Session) -> None:
    assert soup(desk.client.get("/team")).select_one(f"a[href='{PAGE}']") is not None
    mediator = make_user(session, site=desk.site)
    session.commit()
    sign_in(desk.client, mediator)
    assert desk.client.get(PAGE).status_code == 403
