"""Assignment by pages: filter, preview, spread, give by hand, hand over, take back."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from energymed.accounts.models import User
from energymed.base.context import Context
from energymed.calling.follow_ups.service import add_follow_up
from energymed.cases.models import Case
from tests.factories import MONDAY_MORNING, make_case, make_person, make_site, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

PREVIEW = "section[aria-labelledby=preview] table"
PILE = "section[aria-labelledby=unassigned] table"


@pytest.fixture
def team(desk: LeadDesk, session: Session) -> tuple[User, User]:
    """Two mediators of the site, one full-time and one half-time."""
    ada = make_user(session, site=desk.site, name="Ada Blanc", weekly_hours=30)
    bob = make_user(session, site=desk.site, name="Bob Noir", weekly_hours=15)
    session.commit()
    return ada, bob


def pile(desk: LeadDesk, count: int = 9, **values: object) -> list[int]:
    """Cases to be assigned; their ids."""
    cases = [
        make_case(desk.session, site=desk.site, partner=desk.partner, **values)  # type: ignore[arg-type]
        for _turn in range(count)
    ]
    desk.session.commit()
    return [case.id for case in cases]


def spread(desk: LeadDesk, *mediators: User, **filters: str) -> TestResponse:
    """Look at the preview and press its button."""
    query = {"preview": "1", "mediator": [one.id for one in mediators], **filters}
    page = soup(desk.client.get("/assign", query_string=query))
    fields = page.select("form[action='/assign/spread'] input[type=hidden]")
    data = MultiDict((str(field["name"]), str(field["value"])) for field in fields)
    return desk.client.post("/assign/spread", data=data, follow_redirects=True)


def pass_on(desk: LeadDesk, away: User, *mediators: User) -> TestResponse:
    """Look at who would get what of somebody's cases, and press the preview's button."""
    page = soup(desk.client.get("/assign/hand-over", query_string=shown(away, *mediators)))
    fields = page.select("form[method=post][action='/assign/hand-over'] input[type=hidden]")
    data = MultiDict((str(field["name"]), str(field["value"])) for field in fields)
    return desk.client.post("/assign/hand-over", data=data, follow_redirects=True)


def shown(away: User, *mediators: User) -> dict[str, Any]:
    """The query of a hand-over's preview."""
    return {"from": away.id, "preview": "1", "mediator": [one.id for one in mediators]}


def held_by(session: Session, user: User) -> int:
    session.rollback()
    return len(session.scalars(select(Case).where(Case.assigned_to_id == user.id)).all())


def test_an_empty_pile_says_so(desk: LeadDesk) -> None:
    assert "Tout est réparti." in text_of(desk.client.get("/assign"))


def test_the_preview_writes_nothing_and_shows_who_gets_what(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    pile(desk, 9)
    ada, bob = team
    answer = desk.client.get(f"/assign?preview=1&mediator={ada.id}&mediator={bob.id}")
    rows = {row["Médiateur"]: row for row in table_rows(answer, PREVIEW)}
    assert list(rows) == ["Ada Blanc", "Bob Noir"]
    assert (rows["Ada Blanc"]["Dossiers"], rows["Bob Noir"]["Dossiers"]) == ("6", "3")
    assert held_by(session, ada) == 0


def test_the_preview_tells_language_and_household(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, bob = team
    bob.languages = ["arabe"]
    person = make_person(session, desk.site, desk.partner, language="arabe")
    for _turn in range(2):
        make_case(session, site=desk.site, partner=desk.partner, person=person)
    session.commit()
    answer = desk.client.get(f"/assign?preview=1&mediator={ada.id}&mediator={bob.id}")
    rows = {row["Médiateur"]: row for row in table_rows(answer, PREVIEW)}
    assert rows["Bob Noir"]["Remarques"] == "1 personne pour sa langue, 1 foyer gardé ensemble"


def test_applying_does_what_was_shown_and_only_once(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    pile(desk, 9)
    ada, bob = team
    answer = spread(desk, ada, bob)
    assert "Dossiers répartis : Ada Blanc 6, Bob Noir 3." in text_of(answer)
    assert (held_by(session, ada), held_by(session, bob)) == (6, 3)
    data = {"mediator": [ada.id, bob.id], "seen": "before"}
    again = desk.client.post("/assign/spread", data=data, follow_redirects=True)
    assert "Aucun dossier à donner" in text_of(again)
    assert (held_by(session, ada), held_by(session, bob)) == (6, 3)


def test_only_the_filtered_cases_are_spread(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    pile(desk, 2, commune="Valence")
    pile(desk, 3, commune="Crest")
    ada, _bob = team
    page = desk.client.get("/assign?commune=Crest")
    assert "3 dossiers à répartir" in text_of(page)
    spread(desk, ada, commune="Crest")
    assert held_by(session, ada) == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("least=100", 2),
        ("most=99,99", 1),
        ("least=50&most=150,50", 2),
        ("kind=cutoff_notice", 0),
        ("before=2026-12-01", 1),
        ("commune=Ailleurs", 0),
    ],
)
def test_each_filter_narrows_the_pile(
    desk: LeadDesk, team: tuple[User, User], query: str, expected: int
) -> None:
    pile(desk, 1, debt_cents=5_000)
    pile(desk, 1, debt_cents=15_000)
    pile(desk, 1, debt_cents=25_000, cutoff_date=date(2026, 11, 30))
    assert len(table_rows(desk.client.get(f"/assign?{query}"), PILE)) == expected


def test_an_amount_that_cannot_be_read_is_told_and_nothing_is_spread(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    pile(desk, 2)
    answer = desk.client.post("/assign/spread", data={"mediator": team[0].id, "least": "beaucoup"})
    assert answer.status_code == 422
    assert "Le montant « beaucoup » ne peut pas être lu." in text_of(answer)
    assert held_by(session, team[0]) == 0


def test_ticked_cases_go_to_one_mediator(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    cases = pile(desk, 4)
    data = {"case": cases[:2], "user": team[1].id}
    answer = desk.client.post("/assign/by-hand", data=data, follow_redirects=True)
    assert "2 dossiers donnés." in text_of(answer)
    assert held_by(session, team[1]) == 2
    stale = {"case": cases[:3], "user": team[0].id}
    answer = desk.client.post("/assign/by-hand", data=stale, follow_redirects=True)
    assert "1 dossier donné. 2 dossiers cochés ont été donnés ou pris" in text_of(answer)
    assert (held_by(session, team[0]), held_by(session, team[1])) == (1, 2)


def test_what_came_in_after_the_preview_is_shown_before_it_is_given(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, bob = team
    pile(desk, 2)
    query = f"preview=1&mediator={ada.id}&mediator={bob.id}"
    page = soup(desk.client.get(f"/assign?{query}"))
    seen = page.select_one("input[name=seen]")
    assert seen is not None
    pile(desk, 1)
    data = {"mediator": [ada.id, bob.id], "seen": seen["value"]}
    answer = desk.client.post("/assign/spread", data=data, follow_redirects=True)
    assert "ont changé depuis l'aperçu : rien n'a été donné" in text_of(answer)
    assert sum(int(row["Dossiers"]) for row in table_rows(answer, PREVIEW)) == 3
    assert "Répartir 3 dossiers" in text_of(answer)
    assert held_by(session, ada) == held_by(session, bob) == 0


def test_whoever_is_never_called_is_marked_and_left_out(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    first, _second = pile(desk, 2)
    session.get_one(Case, first).person.opposed_at = MONDAY_MORNING
    session.commit()
    answer = desk.client.get(f"/assign?preview=1&mediator={team[0].id}")
    assert "1 dossier reste dans la pile : cette personne n'est plus jamais" in text_of(answer)
    assert "Répartir 1 dossier" in text_of(answer)
    clients = [row["Client"] for row in table_rows(answer, PILE)]
    assert sum("ne pas appeler" in client for client in clients) == 1


def test_notices_that_end_soon_weigh_more_in_a_day(desk: LeadDesk, team: tuple[User, User]) -> None:
    pile(desk, 6, campaign_kind="cutoff_notice", debt_cents=None,
         cutoff_date=date(2026, 11, 24), cutoff_slot="14h-16h")  # fmt: skip
    answer = desk.client.get(f"/assign?preview=1&mediator={team[0].id}")
    (row,) = table_rows(answer, PREVIEW)
    assert row["Appels par jour ensuite"] == "≈ 3"
    assert table_rows(answer, PILE)[0]["Coupure prévue"] == "mar. 24 nov., 14h-16h"


def test_the_pile_is_searched_and_sorted_and_the_spread_follows_the_search(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    pile(desk, 1, commune="Crest", reference="B1")
    pile(desk, 2, commune="Valence")
    page = desk.client.post("/assign/search", data={"q": "b1"}, follow_redirects=True)
    assert page.request.query_string == b"found=1"
    assert [row["Commune"] for row in table_rows(page, PILE)] == ["Crest"]
    spread(desk, team[0], found="1")
    assert held_by(session, team[0]) == 1
    assert "Aucun dossier à répartir ne correspond" in text_of(desk.client.get("/assign?found=1"))
    pile(desk, 1, commune="Die")
    rows = table_rows(desk.client.get("/assign?sort=commune"), PILE)
    assert [row["Commune"] for row in rows] == ["Die", "Valence", "Valence"]
    rows = table_rows(desk.client.get("/assign?sort=-commune"), PILE)
    assert [row["Commune"] for row in rows] == ["Valence", "Valence", "Die"]


def test_nothing_ticked_is_told(desk: LeadDesk, team: tuple[User, User]) -> None:
    answer = desk.client.post("/assign/by-hand", data={"user": team[0].id}, follow_redirects=True)
    assert "Cochez des dossiers" in text_of(answer)


def test_handing_over_a_queue_when_somebody_is_away(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, bob = team
    cases = pile(desk, 3)
    desk.client.post("/assign/by-hand", data={"case": cases, "user": ada.id})
    page = desk.client.get(f"/assign/hand-over?from={ada.id}")
    assert "Ada Blanc : 3 dossiers à passer" in text_of(page)
    ticks = soup(page).select("input[name=mediator]")
    assert [tick["value"] for tick in ticks] == [str(bob.id)]
    answer = pass_on(desk, ada, bob)
    assert "Dossiers répartis : Bob Noir 3." in text_of(answer)
    assert (held_by(session, ada), held_by(session, bob)) == (0, 3)


def test_closed_cases_with_something_to_do_are_told_apart(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, bob = team
    make_case(session, partner=desk.partner, assigned_to=ada)
    closed = make_case(
        session, partner=desk.partner, assigned_to=ada, state="closed", closure="plan_running",
        queue_reason=None,
    )  # fmt: skip
    add_follow_up(
        Context(session, ada.as_actor(), MONDAY_MORNING),
        closed,
        "instalment",
        MONDAY_MORNING + timedelta(days=9),
    )
    session.commit()
    said = text_of(desk.client.get(f"/assign/hand-over?from={ada.id}"))
    assert "Ada Blanc : 2 dossiers à passer" in said
    assert "1 dossier en attente d'appel. 1 dossier clos, avec un suivi encore à faire." in said
    stale = {"from": ada.id, "mediator": bob.id, "seen": "x"}
    refused = desk.client.post("/assign/hand-over", data=stale, follow_redirects=True)
    assert "Cette file a changé depuis l'aperçu" in text_of(refused)
    (row,) = table_rows(refused, "section[aria-labelledby=preview] table")
    assert (row["Médiateur"], row["Dossiers"], row["Appels par jour ensuite"]) == (
        "Bob Noir", "2", "≈ 1",
    )  # fmt: skip
    assert row["Remarques"] == "1 dossier clos à suivre"
    assert held_by(session, bob) == 0
    assert "Dossiers répartis : Bob Noir 2." in text_of(pass_on(desk, ada, bob))
    assert held_by(session, bob) == 2


def test_a_hand_over_without_anybody_to_take_over_says_so(
    desk: LeadDesk, team: tuple[User, User]
) -> None:
    ada, _bob = team
    desk.client.post("/assign/by-hand", data={"case": pile(desk, 1), "user": ada.id})
    for nobody in ((), (ada,)):
        page = desk.client.get("/assign/hand-over", query_string=shown(ada, *nobody))
        assert not soup(page).select("section[aria-labelledby=preview]")
        said = "ne peut pas recevoir ses propres" if nobody else "Choisissez des médiateurs"
        assert said in text_of(page)


def test_what_somebody_holds_is_searched_and_sorted(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, _bob = team
    for commune in ("Die", "Crest"):
        make_case(session, partner=desk.partner, assigned_to=ada, commune=commune)
    session.commit()
    held = "section[aria-labelledby=held] table"
    page = desk.client.get(f"/assign/hand-over?from={ada.id}&sort=commune")
    assert [row["Commune"] for row in table_rows(page, held)] == ["Crest", "Die"]
    search = f"/assign/hand-over/search?from={ada.id}"
    page = desk.client.post(search, data={"q": "die"}, follow_redirects=True)
    assert [row["Commune"] for row in table_rows(page, held)] == ["Die"]
    page = desk.client.post(search, data={"q": "xyz"}, follow_redirects=True)
    assert "Aucun dossier ne correspond" in text_of(page)


def test_a_closed_accounts_queue_can_be_handed_over(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, bob = team
    desk.client.post("/assign/by-hand", data={"case": pile(desk, 2), "user": ada.id})
    session.get_one(User, ada.id).active = False
    session.commit()
    assert "Ada Blanc (2)" in text_of(desk.client.get("/assign/hand-over"))
    pass_on(desk, ada, bob)
    assert held_by(session, bob) == 2


def test_ticked_cases_are_taken_back(
    desk: LeadDesk, session: Session, team: tuple[User, User]
) -> None:
    ada, _bob = team
    cases = pile(desk, 3)
    desk.client.post("/assign/by-hand", data={"case": cases, "user": ada.id})
    data = {"case": cases[:1], "from": ada.id}
    answer = desk.client.post("/assign/unassign", data=data, follow_redirects=True)
    assert "1 dossier repris" in text_of(answer)
    assert held_by(session, ada) == 2


def test_another_sites_people_and_cases_stay_out(
    desk: LeadDesk, client: FlaskClient, session: Session, team: tuple[User, User]
) -> None:
    cases = pile(desk, 3)
    lead = make_user(session, "lead", site=make_site(session), **SECOND_FACTOR)
    own = make_user(session, site=lead.site)
    session.commit()
    sign_in(client, lead)
    assert "0 dossier" in text_of(client.get("/assign"))
    client.post("/assign/by-hand", data={"case": cases, "user": own.id})
    answer = client.post("/assign/spread", data={"mediator": team[0].id}, follow_redirects=True)
    assert "Choisissez des médiateurs de votre site." in text_of(answer)
    assert held_by(session, own) == held_by(session, team[0]) == 0


@pytest.mark.parametrize("role", ["mediator", "partner", "admin"])
@pytest.mark.parametrize("path", ["/assign", "/assign/hand-over", "/team"])
def test_only_a_lead_assigns(client: FlaskClient, session: Session, role: str, path: str) -> None:
    user = make_user(session, role, **SECOND_FACTOR)
    session.commit()
    sign_in(client, user)
    assert client.get(path).status_code == 403
