"""The menu: its groups, and the search of people that stands on every page."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_user
from tests.web.helpers import soup
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_cases import SECOND_FACTOR, references


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        ("mediator", []),
        ("lead", ["Appels et dossiers", "Fichiers et répartition", "Équipe et guide",
                  "Courriers et messages"]),
        ("admin", ["Réglages", "Service"]),
    ],
)  # fmt: skip
def test_the_menu_stands_in_groups_where_there_are_several(
    desk: MediatorDesk, session: Session, role: str, groups: list[str]
) -> None:
    site = None if role == "admin" else desk.site
    desk.sign_in_as(make_user(session, role, site=site, **SECOND_FACTOR))
    page = soup(desk.client.get("/cases"))
    assert [each.get_text() for each in page.select(".menu-group")] == groups
    named = page.select(".menu nav ul[aria-labelledby]")
    assert [page.select_one(f"#{each['aria-labelledby']}").get_text() for each in named] == groups  # type: ignore[union-attr]
    lines = page.select(".menu nav a")
    assert [each.select_one(".menu-label") is None for each in lines] == [False] * len(lines)


def test_a_person_is_searched_from_any_page_by_one_key(desk: MediatorDesk) -> None:
    for path in ("/queue", "/tasks", "/day", f"/cases/{desk.case.id}"):
        keys = soup(desk.client.get(path)).select("[data-shortcut='/']")
        assert [each["id"] for each in keys] == ["find-person"], path
    for path in ("/cases", "/inbound"):  # where the page itself is that search
        keys = soup(desk.client.get(path)).select("[data-shortcut='/']")
        assert [each["id"] for each in keys] == ["q"], path
    form = soup(desk.client.get("/queue")).select_one("form.menu-search")
    assert form is not None
    name = desk.case.person.last_name
    found = desk.client.post(str(form["action"]), data={"q": name}, follow_redirects=True)
    assert references(found) == [desk.case.reference]


def test_who_sees_no_names_has_no_search_of_them(desk: MediatorDesk, session: Session) -> None:
    desk.sign_in_as(make_user(session, "director", site=None))
    assert soup(desk.client.get("/reports")).select(".menu-search") == []
