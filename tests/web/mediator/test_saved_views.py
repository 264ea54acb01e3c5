"""Views of the list of cases by the pages: kept, opened at their own address, taken away."""

from sqlalchemy.orm import Session

from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_cases import SECOND_FACTOR, references

FILTERED = "/cases?state=queued&sort=-opened"


def keep(desk: MediatorDesk, **values: str) -> str:
    """Keep a view; its address."""
    form = {"name": "À appeler", "state": "queued", **values}
    said = desk.client.post("/cases/views", data=form, follow_redirects=True)
    assert "La vue « À appeler » est gardée." in text_of(said)
    link = soup(said).select_one(".views li a[aria-current=true]")
    assert link is not None
    return str(link["href"])


def test_a_filtered_list_is_kept_and_opened_at_its_own_address(desk: MediatorDesk) -> None:
    page = soup(desk.client.get("/cases"))
    assert page.select(".views") == []  # nothing is filtered
    form = soup(desk.client.get(FILTERED)).select_one("form[action='/cases/views']")
    assert form is not None
    hidden = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    assert hidden.pop("csrf_token", "") is not None
    assert hidden == {"state": "queued"}
    address = keep(desk)
    answer = desk.client.get(address)
    assert answer.headers["Location"] == "/cases?state=queued"
    opened = desk.client.get(address, follow_redirects=True)
    assert references(opened) == [desk.case.reference]
    assert soup(opened).select("form[action='/cases/views']") == []


def test_a_view_is_taken_away_after_a_question(desk: MediatorDesk) -> None:
    address = keep(desk)
    page = soup(desk.client.get(FILTERED))
    assert page.select_one(f"dialog form[action='{address}/delete']") is not None
    said = desk.client.post(f"{address}/delete", follow_redirects=True)
    assert "La vue est supprimée." in text_of(said)
    assert desk.client.get(address).status_code == 404


def test_a_shared_view_is_the_sites_and_names_whose_it_is(
    desk: MediatorDesk, session: Session
) -> None:
    address = keep(desk, shared="1")
    desk.sign_in_as(make_user(session, site=desk.site))
    page = soup(desk.client.get(FILTERED))
    link = page.select_one(f".views a[href='{address}']")
    assert link is not None
    assert "Ada Blanc" in link.get_text()
    assert page.select(f"form[action='{address}/delete']") == []  # not theirs to take away
    desk.sign_in_as(make_user(session))
    assert desk.client.get(address).status_code == 404


def test_what_is_to_be_shared_out_leads_to_where_that_is_done(
    desk: MediatorDesk, session: Session
) -> None:
    desk.sign_in_as(make_user(session, "lead", site=desk.site, **SECOND_FACTOR))
    path = f"/cases?state=to_assign&partner={desk.partner.id}"
    link = soup(desk.client.get(path)).select_one(".views a[href^='/assign']")
    assert link is not None
    assert link["href"] == f"/assign?partner={desk.partner.id}"


def test_a_view_without_a_name_is_refused_in_a_sentence(desk: MediatorDesk) -> None:
    form = {"name": " ", "state": "queued"}
    said = desk.client.post("/cases/views", data=form, follow_redirects=True)
    assert "Donnez un nom à la vue." in text_of(said)
