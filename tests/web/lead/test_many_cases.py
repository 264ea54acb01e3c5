"""A lead acts on many cases of the list at once: looked at, confirmed, done as it was seen."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.cases.models import Case
from tests.factories import make_case, make_site, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import LeadDesk

MANY = "/cases/many"


@pytest.fixture
def ada(desk: LeadDesk, session: Session) -> Any:
    user = make_user(session, site=desk.site, name="Ada Blanc")
    session.commit()
    return user


def add(desk: LeadDesk, **values: Any) -> Case:
    case = make_case(desk.session, site=desk.site, partner=desk.partner, **values)
    desk.session.commit()
    return case


def look(desk: LeadDesk, **asked: Any) -> Any:
    return desk.client.get(MANY, query_string=asked, follow_redirects=True)


def confirm(desk: LeadDesk, page: Any) -> str:
    form = soup(page).select_one(f"form[action='{MANY}']")
    assert form is not None
    sent: dict[str, list[str]] = {}
    for each in form.select("input[type=hidden]"):
        sent.setdefault(str(each["name"]), []).append(str(each["value"]))
    return text_of(desk.client.post(MANY, data=sent, follow_redirects=True))


def events(session: Session, action: str) -> int:
    count = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == action)
    return session.scalar(count) or 0


def test_ticked_cases_go_to_a_mediator_after_a_look(
    desk: LeadDesk, session: Session, ada: Any
) -> None:
    zoe = make_user(session, site=desk.site, name="Zoé Noir")
    given = [add(desk), add(desk, assigned_to=zoe)]
    hers, other = add(desk, assigned_to=ada), add(desk)
    asked = {"case": [each.id for each in (*given, hers)], "act": "give", "user": ada.id}
    page = look(desk, **asked)
    assert "2 dossiers vont à Ada Blanc" in text_of(page)
    assert "1 autre reste comme il est" in text_of(page)
    assert "2 dossiers confiés." in confirm(desk, page)
    session.expire_all()
    assert [each.assigned_to_id for each in (*given, hers)] == [ada.id] * 3
    assert other.assigned_to_id is None
    assert events(session, "case.assigned") >= 2


def test_all_that_is_filtered_is_taken_back_and_nothing_else(
    desk: LeadDesk, session: Session, ada: Any
) -> None:
    queued = [add(desk, assigned_to=ada) for _ in range(30)]  # more than a page
    cut = add(desk, assigned_to=ada, campaign_kind="cutoff_notice")
    page = look(desk, act="take_back", whole="1", kind="unpaid_bill")
    assert "30 dossiers sont repris à leur médiateur" in text_of(page)
    assert "30 dossiers repris" in confirm(desk, page)
    session.expire_all()
    assert {each.state for each in queued} == {"to_assign"}
    assert cut.state == "queued"


def test_what_changed_since_the_look_is_looked_at_again(
    desk: LeadDesk, session: Session, ada: Any
) -> None:
    case = add(desk)
    page = look(desk, whole="1", act="give", user=ada.id)
    add(desk)
    said = confirm(desk, page)
    assert "rien n'a été fait" in said
    assert "2 dossiers vont à Ada Blanc" in said
    session.expire_all()
    assert case.assigned_to_id is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"act": "queue"}, "Cochez des dossiers"),
        ({"whole": "1"}, "Choisissez ce qui est à faire."),
        ({"whole": "1", "act": "give"}, "Choisissez à qui confier les dossiers."),
        ({"whole": "1", "act": "queue"}, "Aucun de ces dossiers ne s'y prête"),
    ],
)
def test_what_is_missing_is_told(desk: LeadDesk, asked: dict[str, str], said: str) -> None:
    add(desk)
    assert said in text_of(look(desk, **asked))


def test_another_sites_cases_are_nobodys_to_give(
    desk: LeadDesk, session: Session, ada: Any
) -> None:
    foreign = make_case(session, site=make_site(session, "dijon"), partner=desk.partner)
    session.commit()
    said = text_of(look(desk, case=foreign.id, act="give", user=ada.id))
    assert "Cochez des dossiers" in said


def test_a_mediator_sees_no_boxes(desk: LeadDesk, session: Session, ada: Any) -> None:
    add(desk, assigned_to=ada)
    assert soup(desk.client.get("/cases")).select("[data-tick]")
    sign_in(desk.client, ada)
    assert soup(desk.client.get("/cases")).select("[data-tick]") == []
    assert look(desk, whole="1", act="queue").status_code == 403
