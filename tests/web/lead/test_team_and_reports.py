"""The team's board, the indicators with the cases behind them, and the partner's returns."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.clock import today
from energymed.calling.models import Contact, FollowUp
from energymed.cases.models import Case
from energymed.reporting.definitions import INDICATORS
from energymed.reporting.indicators import Figure
from energymed.web.lead.reports.report_view import BAR_WIDTH, bars
from tests.factories import MONDAY_MORNING, make_case, make_site, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk


def called(session: Session, case: Case, user: User, result: str = "reached_holder") -> None:
    session.add(
        Contact(
            case_id=case.id,
            person_id=case.person_id,
            user_id=user.id,
            channel="call_out",
            result=result,
            details={"identity_checked": True},
            started_at=MONDAY_MORNING,
        )
    )
    session.flush()


@pytest.fixture
def ada(desk: LeadDesk, session: Session) -> User:
    """A mediator of the site."""
    user = make_user(session, site=desk.site, name="Ada Blanc")
    session.commit()
    return user


def test_the_board_counts_each_mediator_without_money_or_rank(
    desk: LeadDesk, session: Session, ada: User
) -> None:
    make_user(session, site=desk.site, name="Zoé Noir")
    make_user(session, site=make_site(session), name="Élsewhere")
    first = make_case(session, partner=desk.partner, assigned_to=ada, debt_cents=123_456)
    second = make_case(session, partner=desk.partner, assigned_to=ada, debt_cents=123_456)
    called(session, first, ada, "no_answer")
    session.add(
        FollowUp(
            case_id=second.id, kind="callback", due_at=MONDAY_MORNING + timedelta(hours=3),
            assigned_to_id=ada.id, created_at=MONDAY_MORNING,
        )
    )  # fmt: skip
    second.state, second.claimed_by_id = "in_call", ada.id
    second.claimed_at = MONDAY_MORNING - timedelta(minutes=5)
    session.commit()
    answer = desk.client.get("/team")
    lines = [
        [" ".join(cell.get_text(" ").split()) for cell in line.select("th, td")]
        for line in soup(answer).select("[data-live] tbody tr")
    ]
    assert len(lines) == 2
    assert lines[0][1].startswith("en appel depuis 9 h 55")
    assert lines[0][0] == "Ada Blanc 35 h par semaine"
    assert lines[0][2:6] == ["1", "0", "1", "1"], "to call, waiting, callbacks, calls"
    assert lines[1][:2] == ["Zoé Noir 35 h par semaine", "pas en appel"]
    assert "€" not in text_of(answer)


def test_the_board_tells_what_is_not_assigned(desk: LeadDesk, session: Session, ada: User) -> None:
    make_case(session, site=desk.site, partner=desk.partner)
    session.commit()
    assert "1 dossier attend d'être réparti." in text_of(desk.client.get("/team"))


def test_each_figure_opens_the_cases_behind_it(desk: LeadDesk, session: Session, ada: User) -> None:
    reached = make_case(session, partner=desk.partner, assigned_to=ada)
    missed = make_case(session, partner=desk.partner, assigned_to=ada)
    make_case(session, partner=desk.partner, assigned_to=ada)
    called(session, reached, ada)
    called(session, missed, ada, "no_answer")
    session.commit()
    page = desk.client.get("/reports?period=2026-11")
    rows = {row["Indicateur"]: row for row in table_rows(page, "section:nth-of-type(1) table")}
    assert rows["Dossiers traités"]["Période"].startswith("2")
    assert "sur 2" in rows["Taux de contact abouti"]["Période"]
    behind = desk.client.get("/reports/cases_handled?period=2026-11")
    assert {row["Référence"] for row in table_rows(behind)} == {
        reached.reference, missed.reference,
    }  # fmt: skip
    share = desk.client.get("/reports/reach_rate?period=2026-11")
    assert [row["Référence"] for row in table_rows(share)] == [reached.reference]
    assert "Aucun dossier derrière" in text_of(
        desk.client.get("/reports/cases_handled?period=2026-10")
    )


def test_the_chart_shows_the_solutions_beside_last_year(desk: LeadDesk) -> None:
    assert soup(desk.client.get("/reports?period=2026")).select_one(".chart") is None
    figures = {
        code: Figure(code, INDICATORS[code].label, "count", value, before=before)
        for code, value, before in (("aids_created", 40, 10), ("referrals", 20, 0))
    }
    first, second = bars(figures)
    assert (first.value, first.before) == (40, 10)
    assert first.length == 2 * second.length == 4 * first.length_before == BAR_WIDTH
    assert second.length_before == 0


@pytest.mark.slow
def test_every_link_of_the_page_leads_somewhere(desk: LeadDesk) -> None:
    page = soup(desk.client.get("/reports?period=2026-W47"))
    links = [str(a["href"]) for a in page.select(".figures a")]
    assert len(links) >= 25
    for link in links:
        assert desk.client.get(link).status_code == 200, link


@pytest.mark.parametrize("period", ["2026-13", "demain", "2026-W60"])
def test_a_period_that_makes_no_sense_is_told(desk: LeadDesk, period: str) -> None:
    answer = desk.client.get(f"/reports?period={period}")
    assert answer.status_code == 200
    assert "Période incorrecte" in text_of(answer)
    assert "Novembre 2026" in text_of(answer)


def test_an_unknown_figure_is_not_found(desk: LeadDesk) -> None:
    assert desk.client.get("/reports/nothing").status_code == 404


@pytest.mark.slow
def test_a_return_is_made_fetched_and_amended(
    desk: LeadDesk, session: Session, ada: User, clock: time_machine.Traveller
) -> None:
    case = make_case(session, partner=desk.partner, assigned_to=ada)
    called(session, case, ada)
    session.commit()
    data = {"period": "2026-W48", "partner": desk.partner.id, "format": "csv"}

    def deliver() -> str:
        clock.shift(timedelta(minutes=1))
        return text_of(desk.client.post("/reports/deliver", data=data, follow_redirects=True))

    assert "est remis sur l'espace du partenaire" in deliver()
    assert "est déjà remis, à l'identique" in deliver()
    page = desk.client.get("/reports")
    (row,) = table_rows(page, "section[aria-labelledby=returns] table")
    assert row["Téléchargé par"] == "pas encore téléchargé"

    link = soup(page).select_one("section[aria-labelledby=returns] tbody a")
    assert link is not None
    answer = desk.client.get(str(link["href"]))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert case.reference in answer.data.decode("utf-8-sig")
    (row,) = table_rows(desk.client.get("/reports"), "section[aria-labelledby=returns] table")
    assert row["Téléchargé par"].startswith(desk.lead.name)

    called(session, make_case(session, partner=desk.partner, assigned_to=ada), ada)
    session.commit()
    assert "il corrige le précédent" in deliver()


def test_a_return_needs_a_partner_and_a_known_format(desk: LeadDesk) -> None:
    def said(**data: object) -> str:
        answer = desk.client.post("/reports/deliver", data=data, follow_redirects=True)
        return text_of(answer)

    assert "Choisissez un partenaire." in said(format="csv")
    assert "Format inconnu" in said(partner=desk.partner.id, format="exe")


def test_another_sites_return_is_not_found(
    desk: LeadDesk, client: FlaskClient, session: Session, ada: User
) -> None:
    called(session, make_case(session, partner=desk.partner, assigned_to=ada), ada)
    session.commit()
    data = {"period": "2026-11", "partner": desk.partner.id, "format": "json"}
    page = desk.client.post("/reports/deliver", data=data, follow_redirects=True)
    link = soup(page).select_one("section[aria-labelledby=returns] tbody a")
    assert link is not None
    other = make_user(session, "lead", site=make_site(session), **SECOND_FACTOR)
    session.commit()
    sign_in(client, other)
    assert client.get(str(link["href"])).status_code == 404
    assert "Aucun retour remis" in text_of(client.get("/reports"))
    handled = text_of(client.get("/reports/cases_handled?period=2026-11"))
    assert "Aucun dossier derrière" in handled


def test_an_admin_sees_figures_but_makes_no_return(client: FlaskClient, session: Session) -> None:
    admin = make_user(session, "admin", **SECOND_FACTOR)
    session.commit()
    sign_in(client, admin)
    answer = client.get("/reports")
    assert answer.status_code == 200
    assert "Retours aux partenaires" not in text_of(answer)
    assert client.post("/reports/deliver").status_code == 403


@pytest.mark.parametrize("role", ["mediator", "partner"])
def test_others_do_not_see_the_reports(client: FlaskClient, session: Session, role: str) -> None:
    user = make_user(session, role, **SECOND_FACTOR)
    session.commit()
    sign_in(client, user)
    assert client.get("/reports").status_code == 403
    assert client.get("/reports/cases_handled").status_code == 403


def test_the_ends_of_contracts_are_on_the_board(client: FlaskClient, session: Session) -> None:
    lead = make_user(session, "lead", tf_totp_secret="s", tf_primary_method="authenticator")
    make_user(session, site=lead.site, name="Part Bientôt", ends_on=today() + timedelta(days=14))
    make_user(session, site=lead.site, name="Plus Tard", ends_on=today() + timedelta(days=15))
    make_user(session, site=lead.site, name="Est Parti", ends_on=today() - timedelta(days=1),
              active=False)  # fmt: skip
    session.commit()
    sign_in(client, lead)
    board = soup(client.get("/team")).select_one("section[aria-labelledby=ends]")
    assert board is not None
    told = board.get_text()
    assert ("Part Bientôt" in told, "Plus Tard" in told, "Est Parti" in told) == (True, False, True)
    assert "à répartir" in told
