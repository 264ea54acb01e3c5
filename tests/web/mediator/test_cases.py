"""The list of cases: searched, filtered, sorted, paged, within one's own site."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.base.db import db
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_person, make_user
from tests.web.helpers import soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR
from tests.web.lead.test_query_counts import counted
from tests.web.mediator.conftest import MediatorDesk


@pytest.fixture
def durand(desk: MediatorDesk, session: Session) -> Any:
    """A case of Zoé Durand of Crest, received a day before the others."""
    person = make_person(
        session, desk.site, desk.partner, phones=("+33639981234",), last_name="DURAND",
        first_name="Zoé", name_key="durand zoe",
    )  # fmt: skip
    return desk.add_case(
        person=person, reference="EDF-777", commune="Crest", debt_cents=1_000,
        opened_at=MONDAY_MORNING - timedelta(days=1),
    )  # fmt: skip


def references(answer: Any) -> list[str]:
    return [row["Référence"].split()[0] for row in table_rows(answer)]


@pytest.mark.parametrize(
    "text", ["EDF-777", "edf-77", "durand", "Zoé DURAND", "06 39 98 12 34", "crest"]
)
def test_a_case_is_found(desk: MediatorDesk, durand: Any, text: str) -> None:
    answer = desk.client.post("/cases", data={"q": text}, follow_redirects=True)
    assert references(answer) == ["EDF-777"]
    assert f"Recherche : « {text} »" in text_of(answer)


def test_a_name_never_stands_in_an_address(desk: MediatorDesk, durand: Any) -> None:
    answer = desk.client.post("/cases?state=queued", data={"q": "durand"})
    assert answer.headers["Location"] == "/cases?state=queued&found=1"


def test_the_menu_shows_every_case_again(desk: MediatorDesk, durand: Any) -> None:
    desk.client.post("/cases", data={"q": "durand"})
    assert len(references(desk.client.get("/cases"))) == 2


def test_nothing_found_says_what_to_do(desk: MediatorDesk) -> None:
    answer = desk.client.post("/cases", data={"q": "nobody"}, follow_redirects=True)
    assert "Aucun dossier ne correspond" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=queued", 2),
        ("state=closed", 0),
        ("kind=unpaid_bill", 2),
        ("kind=cutoff_notice", 0),
        ("mine=1", 2),
        ("state=nonsense&kind=nonsense&sort=nonsense&page=abc", 2),
    ],
)
def test_filters_narrow_the_list(desk: MediatorDesk, durand: Any, query: str, found: int) -> None:
    assert len(references(desk.client.get(f"/cases?{query}"))) == found


def test_a_mediator_sees_their_own_first_and_all_the_site_when_asked(
    desk: MediatorDesk, session: Session
) -> None:
    other = make_user(session, site=desk.site)
    theirs = make_case(session, assigned_to=other, partner=desk.partner)
    session.commit()
    own, everybodys = [desk.case.reference], {desk.case.reference, theirs.reference}
    assert references(desk.client.get("/cases")) == own
    assert set(references(desk.client.get("/cases?all=1"))) == everybodys
    found = desk.client.post("/cases", data={"q": theirs.reference}, follow_redirects=True)
    assert references(found) == [theirs.reference]
    desk.sign_in_as(make_user(session, site=desk.site))
    said = desk.client.get("/cases")
    assert "Aucun dossier à votre nom" in text_of(said)
    assert soup(said).select_one(".empty a[href='/cases?all=1']") is not None


@pytest.mark.parametrize(
    ("query", "said"),
    [("", "Filtrer"), ("sort=debt&page=1", "Filtrer"), ("state=queued", "Filtrer (1)"),
     ("state=queued&kind=unpaid_bill&partner=", "Filtrer (2)")],
)  # fmt: skip
def test_the_fold_says_how_many_filters_are_chosen(
    desk: MediatorDesk, query: str, said: str
) -> None:
    fold = soup(desk.client.get(f"/cases?{query}")).select_one(".toolbar-fold summary")
    assert fold is not None
    assert " ".join(fold.get_text().split()) == said


def test_the_partner_filter(desk: MediatorDesk, session: Session) -> None:
    engie = make_partner(session, "engie")
    case = desk.add_case(partner=engie, reference="ENG-1")
    assert references(desk.client.get(f"/cases?partner={case.partner_id}")) == ["ENG-1"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("opened", "EDF-777"), ("debt", "EDF-777"), ("-debt", None), ("name", "EDF-777")],
)
def test_the_list_is_sorted(desk: MediatorDesk, durand: Any, sort: str, first: str | None) -> None:
    assert references(desk.client.get(f"/cases?sort={sort}"))[0] == (first or desk.case.reference)


def test_the_list_comes_by_pages(desk: MediatorDesk) -> None:
    for _turn in range(26):
        desk.add_case()
    assert len(references(desk.client.get("/cases"))) == 25
    answer = desk.client.get("/cases?page=2")
    assert len(references(answer)) == 2
    assert "26 à 27 sur 27" in text_of(answer)


def test_another_sites_cases_are_not_listed(desk: MediatorDesk, session: Session) -> None:
    make_case(session, assigned_to=make_user(session), reference="ELSEWHERE")
    session.commit()
    assert "ELSEWHERE" not in references(desk.client.get("/cases"))


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_lead_and_admin_see_cases_too(desk: MediatorDesk, session: Session, role: str) -> None:
    site = desk.site if role == "lead" else None
    desk.sign_in_as(make_user(session, role, site=site, **SECOND_FACTOR))
    assert references(desk.client.get("/cases")) == [desk.case.reference]
    page = soup(desk.client.get(f"/cases/{desk.case.id}"))
    worker = page.select_one(f"a[href='/cases/{desk.case.id}/contact']") is not None
    assert worker == (role == "lead")


def test_an_empty_site_says_what_comes_next(desk: MediatorDesk, session: Session) -> None:
    desk.sign_in_as(make_user(session))
    assert "Pas encore de dossier" in text_of(desk.client.get("/cases?all=1"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # user, site, cases, attempts, rules of the campaigns, later, shown, callbacks, day, held,
        # what one does
        ("/queue", 11),
        ("/cases", 6),  # user, site, count, page, partners, views
        ("/tasks", 9),  # user, site, six kinds of things, follow-ups and the rule; and the page
    ],
)
def test_a_list_costs_a_fixed_number_of_queries(
    desk: MediatorDesk, path: str, expected: int
) -> None:
    for _length in range(2):
        desk.add_case(cutoff_date=date(2026, 12, 1))
        desk.add_case()
        db.session.expire_all()
        with counted() as sent:
            assert desk.client.get(path).status_code == 200
        assert len(sent) == expected, sent


def test_one_case_costs_a_fixed_number_of_queries(desk: MediatorDesk) -> None:
    costs = []
    for _turn in range(2):
        address = desk.next_call()
        desk.save(address, result="no_answer")
        desk.client.get(f"/cases/{desk.case.id}")  # an opening is written the first time
        desk.session.expire_all()
        with counted() as sent:
            assert desk.client.get(f"/cases/{desk.case.id}").status_code == 200
        costs.append(len(sent))
        desk.client.post(f"/cases/{desk.case.id}/open")
    assert costs[0] == costs[1] == 33, sent


def test_who_has_a_case_open_is_named_in_the_list(desk: MediatorDesk) -> None:
    desk.next_call()
    assert "En appel : Ada Blanc" in text_of(desk.client.get("/cases"))
