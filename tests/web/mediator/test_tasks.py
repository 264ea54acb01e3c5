"""Follow-ups: one's own and the site's, due, late, done, cancelled, postponed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.context import Context
from energymed.calling.models import FollowUp
from energymed.cases.codes import MandateKind
from energymed.cases.mandates import MandateSaid, note_mandate
from energymed.mediation.models import Referral
from energymed.mediation.referrals import ReferralRequest, refer
from tests.factories import MONDAY_MORNING, make_user
from tests.web.helpers import soup, table_rows, text_of
from tests.web.mediator.conftest import MediatorDesk


@pytest.fixture
def three(desk: MediatorDesk, session: Session) -> list[FollowUp]:
    """One that is late, one for this afternoon, one for next week."""
    return [
        add(desk, kind, MONDAY_MORNING + after)
        for kind, after in (
            ("callback", timedelta(hours=-1)),
            ("instalment", timedelta(hours=5)),
            ("documents", timedelta(days=7)),
        )
    ]


def add(desk: MediatorDesk, kind: str, due_at: datetime, **values: Any) -> FollowUp:
    defaults = {"assigned_to_id": desk.user.id, "created_at": MONDAY_MORNING}
    follow_up = FollowUp(case_id=desk.case.id, kind=kind, due_at=due_at, **{**defaults, **values})
    desk.session.add(follow_up)
    desk.session.commit()
    return follow_up


def kinds(desk: MediatorDesk, query: str = "") -> list[str]:
    return [row["Quoi"] for row in all_rows(desk.client.get(f"/tasks?{query}"))]


def all_rows(answer: TestResponse) -> list[dict[str, str]]:
    """The rows of every group of the tray."""
    groups = [f"#{each['id']} table" for each in soup(answer).select(".table-region[id]")]
    return [row for each in groups or ["table"] for row in table_rows(answer, each)]


def test_the_soonest_comes_first_and_the_late_one_is_marked(
    desk: MediatorDesk, three: list[FollowUp]
) -> None:
    answer = desk.client.get("/tasks")
    assert [row["Quoi"] for row in all_rows(answer)] == [
        "Rappel convenu", "Échéance à vérifier", "Pièces manquantes",
    ]  # fmt: skip
    titles = [" ".join(each.get_text().split()) for each in soup(answer).select("h2.tray-group")]
    assert titles == ["En retard 1", "Aujourd'hui 1", "On attend la personne 1"]
    assert len(soup(answer).select("td .badge, td .status")) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("due=late", ["Rappel convenu"]),
        ("due=today", ["Échéance à vérifier"]),
        ("due=later", ["Pièces manquantes"]),
        ("kind=documents", ["Pièces manquantes"]),
        ("state=done", []),
        ("state=x&kind=x&due=x", ["Rappel convenu", "Échéance à vérifier", "Pièces manquantes"]),
    ],
)
def test_filters(desk: MediatorDesk, three: list[FollowUp], query: str, found: list[str]) -> None:
    assert kinds(desk, query) == found


def test_a_follow_up_is_found_by_a_name_that_is_in_no_address(
    desk: MediatorDesk, three: list[FollowUp]
) -> None:
    found = desk.client.post("/tasks", data={"q": desk.case.person.last_name.lower()})
    assert found.location == "/tasks?found=1"
    assert len(all_rows(desk.client.get(found.location))) == 3
    nobody = desk.client.post("/tasks", data={"q": "Zzyzx"}, follow_redirects=True)
    assert "Aucun suivi trouvé pour « Zzyzx »" in text_of(nobody)
    assert len(all_rows(desk.client.get("/tasks"))) == 3


def test_a_colleagues_are_shown_on_demand(desk: MediatorDesk, session: Session) -> None:
    other = make_user(session, site=desk.site, name="Bob Noir")
    add(desk, "other", MONDAY_MORNING, assigned_to_id=other.id)
    assert kinds(desk) == []
    assert "Bob Noir" in text_of(desk.client.get("/tasks?all=1"))


def test_done_and_cancelled_leave_the_list(desk: MediatorDesk, three: list[FollowUp]) -> None:
    done = desk.client.post(f"/tasks/{three[0].id}/finish?due=late", data={"state": "done"})
    assert done.headers["Location"] == "/tasks?due=late"
    desk.client.post(f"/tasks/{three[1].id}/finish", data={"state": "cancelled"})
    assert kinds(desk) == ["Pièces manquantes"]
    assert kinds(desk, "state=done") == ["Rappel convenu"]
    assert kinds(desk, "state=cancelled") == ["Échéance à vérifier"]


def test_finishing_from_the_file_goes_back_to_it(desk: MediatorDesk, three: list[FollowUp]) -> None:
    data = {"state": "done", "case_id": desk.case.id}
    answer = desk.client.post(f"/tasks/{three[0].id}/finish", data=data)
    assert answer.headers["Location"] == f"/cases/{desk.case.id}"


def test_a_follow_up_is_postponed(
    desk: MediatorDesk, session: Session, three: list[FollowUp]
) -> None:
    data = {"due_at": "2026-12-01T10:30"}
    answer = desk.client.post(f"/tasks/{three[0].id}/postpone", data=data, follow_redirects=True)
    assert "Le suivi est reporté." in text_of(answer)
    session.rollback()
    assert session.get_one(FollowUp, three[0].id).due_at.isoformat() == "2026-12-01T09:30:00+00:00"


@pytest.mark.parametrize(
    ("due_at", "said"),
    [
        ("", "Donnez le jour et l'heure."),
        ("never", "Donnez le jour et l'heure."),
        ("2026-11-01T10:00", "Ce moment est déjà passé."),
        ("2026-11-24T03:00", "Ce moment est hors des heures d'appel."),
        ("2026-12-25T10:00", "Ce moment est hors des heures d'appel."),
    ],
)
def test_a_time_that_makes_no_sense_is_told(
    desk: MediatorDesk, three: list[FollowUp], due_at: str, said: str
) -> None:
    address = f"/tasks/{three[0].id}/postpone?state=open&page=1"
    answer = desk.client.post(address, data={"due_at": due_at}, follow_redirects=True)
    assert answer.request.query_string == b"state=open&page=1"
    control = soup(answer).select_one("details[open] input[data-focus][aria-invalid=true]")
    assert control is not None
    assert control["value"] == due_at
    error = soup(answer).select_one(f"#{control['aria-describedby']}")
    assert error is not None
    assert said in error.get_text()
    assert soup(desk.client.get("/tasks")).select_one("[data-focus]") is None


def test_nothing_to_do_leads_to_the_queue(desk: MediatorDesk) -> None:
    answer = desk.client.get("/tasks")
    assert "Rien à suivre ici" in text_of(answer)
    assert soup(answer).select_one(".empty a[href='/queue']") is not None


def test_an_address_cannot_lead_the_links_of_a_list_elsewhere(
    desk: MediatorDesk, three: list[FollowUp]
) -> None:
    for path in ("/tasks", "/cases"):
        crafted = "state=open&endpoint=x&_external=1&_scheme=javascript&_anchor=y"
        answer = desk.client.get(f"{path}?{crafted}")
        assert answer.status_code == 200
        page = soup(answer)
        links = [str(each.get("href") or each.get("action")) for each in page.select("a, form")]
        assert not [link for link in links if "javascript" in link or "://" in link]


def running(desk: MediatorDesk) -> Referral:
    ctx = Context(desk.session, desk.user.as_actor(), MONDAY_MORNING)
    body = ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
    referral = refer(ctx, desk.case.id, body)
    desk.session.commit()
    return referral


def test_what_runs_is_a_line_with_its_next_step_and_is_taken_on_in_place(
    desk: MediatorDesk,
) -> None:
    referral = running(desk)
    (row,) = all_rows(desk.client.get("/tasks"))
    assert row["Quoi"] == "Orientation · CCAS / CIAS Noté le 23 nov. 2026 par Ada Blanc"
    assert row["Prochain pas"] == (
        "Demander ce qu'a donné l'orientation Attendu : l'organisme, depuis le 23 nov. 2026"
    )
    step = {"kind": "referral", "record": referral.id, "to": "taken_up"}
    answer = desk.client.post("/tasks/move?awaited=body", data=step)
    assert answer.headers["Location"] == "/tasks?awaited=body"
    assert all_rows(desk.client.get("/tasks")) == []
    desk.session.rollback()
    assert desk.session.get_one(Referral, referral.id).news == "taken_up"


@pytest.mark.parametrize(
    "step", [{"kind": "x"}, {"kind": "referral", "to": "x"}, {"kind": "referral", "to": ""}]
)
def test_a_step_that_cannot_follow_is_told(desk: MediatorDesk, step: dict[str, str]) -> None:
    data = {"record": running(desk).id, **step}
    answer = desk.client.post("/tasks/move", data=data, follow_redirects=True)
    assert "Cette étape ne peut pas suivre la précédente." in text_of(answer)


def test_a_case_is_paused_from_the_tray_and_told_on_the_case(desk: MediatorDesk) -> None:
    running(desk)
    address = f"/cases/{desk.case.id}/pause"
    data = {"until": "2026-12-01", "reason": "away"}
    answer = desk.client.post(f"{address}?all=1", data=data)
    assert answer.headers["Location"] == "/tasks?all=1"
    assert "Fin de la pause" in kinds(desk, "group=paused")[0]
    page = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "En pause" in page
    assert "La personne est absente ou en congés" in page
    assert "Reprendre maintenant" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Donnez le jour où le dossier revient."),
        ({"until": "2026-12-01"}, "Choisissez la raison de la pause."),
        ({"until": "2026-12-01", "reason": "health"}, "Choisissez la raison de la pause."),
        ({"until": "2026-11-23", "reason": "away"}, "La pause finit au plus tôt demain."),
    ],
)
def test_a_pause_that_makes_no_sense_is_told_on_the_case(
    desk: MediatorDesk, data: dict[str, str], said: str
) -> None:
    posted = {**data, "case_id": desk.case.id}
    answer = desk.client.post(f"/cases/{desk.case.id}/pause", data=posted, follow_redirects=True)
    assert answer.request.path == f"/cases/{desk.case.id}"
    assert said in text_of(answer)


def test_what_will_lapse_is_listed_with_its_last_day(desk: MediatorDesk) -> None:
    ctx = Context(desk.session, desk.user.as_actor(), MONDAY_MORNING)
    note_mandate(ctx, desk.case.id, MandateSaid(MandateKind.TUTELLE, until=date(2026, 12, 20)))
    desk.session.commit()
    (row,) = table_rows(desk.client.get("/tasks?state=lapses"))
    assert (row["Dernier jour"], row["Quoi"]) == ("20 déc. 2026", "Mandat ou mesure de protection")
    assert table_rows(desk.client.get("/tasks?state=lapses&days=7")) == []
    assert table_rows(desk.client.get("/tasks?state=lapses&lapse=hold")) == []


def test_one_key_calls_from_the_first_row_and_from_that_of_the_focus(
    desk: MediatorDesk, three: list[FollowUp]
) -> None:
    page = soup(desk.client.get("/tasks"))
    calls = page.select(f"form[action='/cases/{desk.case.id}/open'] button")
    assert [each.get("data-shortcut") for each in calls] == ["c", None, None]
    for button in calls:
        row = button.find_parent("tr")
        assert row is not None
        assert (row["data-keys"], button["data-key"]) == (button["data-key-in"], "c")
    assert len({each["data-key-in"] for each in calls}) == 3
