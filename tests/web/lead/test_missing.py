"""Missing from the file, by pages: the list, the acts, the way back; own site only."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.context import SYSTEM, Context
from energymed.calling.models import Contact, FollowUp
from energymed.cases import ledger, transitions
from energymed.mediation.models import Act, Plan
from tests.factories import MONDAY_MORNING, make_partner, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.absent import case_of, cases_of, weeks
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

MINUTE = timedelta(minutes=1)


def act(desk: LeadDesk, code: str, *references: str, query: str = "", **form: str) -> TestResponse:
    """Tick these references on the list and press a button."""
    page = soup(desk.client.get(f"/missing{query}"))
    seen = page.select_one("form[action*='/missing/act'] input[name=seen]")
    data: dict[str, object] = {"act": code, "case": cases_of(desk, *references), **form}
    if seen is not None:
        data.setdefault("seen", str(seen["value"]))
    return desk.client.post(f"/missing/act{query}", data=data, follow_redirects=True)


def listed(answer: TestResponse) -> list[str]:
    return [row["Référence"].split()[0] for row in table_rows(answer)]


def test_an_empty_list_says_what_comes_here(desk: LeadDesk) -> None:
    page = text_of(desk.client.get("/missing"))
    assert "Aucun dossier absent." in page
    assert "Voir les fichiers" in page


def test_the_list_says_since_when_and_where_it_was_named_before(desk: LeadDesk) -> None:
    weeks(desk)
    answer = desk.client.get("/missing?sort=debt")
    row = table_rows(answer)[0]
    assert row["Référence"] == "R4 EDF, Médiation sur impayés"
    assert row["Absent depuis"].startswith("s47.csv")
    assert row["Cité avant dans"].startswith("s46.csv")
    assert (row["Dernier contact"], row["Interrogé le"], row["Solde connu"]) == (
        "jamais", "—", "3,00 €"
    )  # fmt: skip
    assert listed(answer) == ["R4", "R2", "R3"]


def test_a_file_leads_to_its_own(desk: LeadDesk) -> None:
    _first, second = weeks(desk)
    answer = desk.client.get(f"{second}/missing", follow_redirects=True)
    assert listed(answer) == ["R2", "R3", "R4"]
    assert "Absents du fichier" in text_of(answer)
    assert "3 encore à décider" in text_of(desk.client.get(second))
    assert "3 dossiers absents" in text_of(desk.client.get("/files"))


def test_the_filters(desk: LeadDesk, session: Session) -> None:
    weeks(desk)
    called, planned = case_of(session, "R2"), case_of(session, "R4")
    act_of = Act(
        case_id=planned.id,
        kind="plan_agreed",
        acted_on=MONDAY_MORNING.date(),
        created_at=MONDAY_MORNING,
    )
    session.add(act_of)
    session.flush()
    session.add(
        Plan(
            act_id=act_of.id, case_id=planned.id, amount_cents=300, instalment_count=3,
            frequency="monthly", first_due_on=MONDAY_MORNING.date(), method="direct_debit",
            state="agreed",
        )
    )  # fmt: skip
    session.add(
        Contact(
            case_id=called.id, person_id=called.person_id, channel="sms",
            started_at=MONDAY_MORNING - timedelta(days=31),
        )
    )  # fmt: skip
    session.commit()

    def found(query: str) -> list[str]:
        return listed(desk.client.get(f"/missing?sort=reference&{query}"))

    assert found("least=3&most=50,00") == ["R2", "R4"]
    assert found("contact=never") == ["R3", "R4"]
    assert found("contact=old") == ["R2"]
    assert found("contact=recent") == []
    assert found("plan=yes") == ["R4"]
    assert found("asked=no&plan=no") == ["R2", "R3"]
    assert found("asked=perhaps&contact=x&plan=x&partner=x&at=hier") == ["R2", "R3", "R4"]
    page = text_of(desk.client.get("/missing?least=beaucoup"))
    assert "Le montant « beaucoup » ne peut pas être lu." in page


def test_a_reference_is_searched_for_by_post(desk: LeadDesk) -> None:
    weeks(desk)
    answer = desk.client.post("/missing/search?asked=no", data={"q": "r3"})
    assert answer.headers["Location"] == "/missing?asked=no&found=1"
    assert listed(desk.client.get(answer.headers["Location"])) == ["R3"]


def test_asking_leads_to_what_was_asked_and_to_one_follow_up(
    desk: LeadDesk, session: Session
) -> None:
    weeks(desk)
    answer = act(desk, "ask", "R2", "R3")
    assert "2 dossiers marqués" in text_of(answer)
    assert listed(answer) == ["R2", "R3"]
    task = session.scalars(select(FollowUp)).one()
    assert (task.kind, task.assigned_to_id) == ("partner_answer", desk.lead.id)
    assert task.due_at.date() == (MONDAY_MORNING + timedelta(days=7)).date()
    assert listed(desk.client.get("/missing?asked=no")) == ["R4"]
    assert (task.note, task.case_count) == (None, 2)
    told = "2 dossiers absents du fichier, dont celui-ci : le partenaire a-t-il répondu ?"
    assert told in text_of(desk.client.get("/tasks"))
    assert told in text_of(desk.client.get(f"/cases/{task.case_id}"))
    desk.client.post("/account/language", data={"locale": "en"})
    assert "has the partner answered?" in text_of(desk.client.get("/tasks"))


def test_each_partner_is_asked_apart(desk: LeadDesk, session: Session) -> None:
    weeks(desk)
    other = make_partner(session, "engie")
    session.commit()
    weeks(desk, partner=other, prefix="E")
    answer = act(desk, "ask", "R2", "E2", "E3")
    assert "3 dossiers marqués" in text_of(answer)
    tasks = session.scalars(select(FollowUp).order_by(FollowUp.id)).all()
    assert [task.case.reference for task in tasks] == ["R2", "E2"]


def test_a_second_click_asks_nothing_more(
    desk: LeadDesk, session: Session, clock: time_machine.Traveller
) -> None:
    weeks(desk)
    seen = MONDAY_MORNING.isoformat()
    clock.shift(MINUTE)
    act(desk, "ask", "R2", seen=seen)
    clock.shift(MINUTE)
    answer = act(desk, "ask", "R2", seen=seen)
    assert "Le partenaire vient d'être interrogé pour R2" in text_of(answer)
    session.expire_all()
    assert case_of(session, "R2").missing_asked_at == MONDAY_MORNING + MINUTE
    assert len(session.scalars(select(FollowUp)).all()) == 1


def test_closing_waits_for_a_confirmation_and_books_nothing(
    desk: LeadDesk, session: Session
) -> None:
    weeks(desk)
    answer = act(desk, "settle", "R2", "R3")
    page = text_of(answer)
    assert "Oui, clore 2 dossiers" in page
    assert "250,00 €" in page
    session.expire_all()
    assert case_of(session, "R2").state == "to_assign"
    form = {
        str(field["name"]): field["value"] for field in soup(answer).select("form input[value]")
    }
    assert form["confirmed"] == "1"
    answer = act(desk, "settle", "R2", "R3", confirmed="1")
    assert "2 dossiers clos comme soldés. Rien n'est compté comme payé." in text_of(answer)
    assert listed(answer) == ["R4"]
    session.expire_all()
    case = case_of(session, "R2")
    assert (case.state, case.closure) == ("closed", "settled")
    assert ledger.read_ledger(session, case).repaid_cents == 0
    again = act(desk, "settle", "R2", confirmed="1")
    assert "Déjà traités, ou cités depuis par un fichier : R2." in text_of(again)


def test_the_whole_filtered_list_can_be_closed(desk: LeadDesk, session: Session) -> None:
    weeks(desk)
    page = soup(act(desk, "settle", query="?least=10", scope="all", expected="2"))
    ids = {int(str(field["value"])) for field in page.select("input[name=case]")}
    assert ids == set(cases_of(desk, "R2", "R3"))


@pytest.mark.parametrize("code", ["ask", "settle", "keep"])
def test_the_whole_list_only_as_it_was_read(desk: LeadDesk, session: Session, code: str) -> None:
    weeks(desk)
    page = text_of(act(desk, code, scope="all", expected="2"))
    assert "La liste a changé entre-temps" in page
    session.expire_all()
    assert case_of(session, "R2").missing_asked_at is None
    assert len(listed(desk.client.get("/missing"))) == 3


def test_keeping_takes_off_the_list_and_can_be_taken_back(desk: LeadDesk) -> None:
    weeks(desk)
    answer = act(desk, "keep", "R2", query="?sort=reference")
    assert "1 dossier gardé" in text_of(answer)
    assert listed(answer) == ["R3", "R4"]
    at = soup(answer).select_one("form[action='/missing/undo'] input[name=at]")
    assert at is not None
    form = {"at": at["value"]}
    answer = desk.client.post("/missing/undo", data=form, follow_redirects=True)
    assert "1 dossier remis comme avant." in text_of(answer)
    assert sorted(listed(answer)) == ["R2", "R3", "R4"]
    answer = desk.client.post("/missing/undo", data=form, follow_redirects=True)
    assert "Rien à défaire" in text_of(answer)


def test_taking_an_asking_back_cancels_its_follow_up(desk: LeadDesk, session: Session) -> None:
    weeks(desk)
    act(desk, "ask", "R2")
    form = {"at": MONDAY_MORNING.isoformat()}
    desk.client.post("/missing/undo", data=form)
    session.expire_all()
    assert session.scalars(select(FollowUp.state)).all() == ["cancelled"]
    assert case_of(session, "R2").missing_asked_at is None


@pytest.mark.parametrize("at", ["", "hier", "2026-11-23T09:00:00"])
def test_nothing_is_taken_back_at_no_instant(desk: LeadDesk, at: str) -> None:
    answer = desk.client.post("/missing/undo", data={"at": at}, follow_redirects=True)
    assert "Rien à défaire" in text_of(answer)


def test_a_case_in_call_is_left_and_named(desk: LeadDesk, session: Session) -> None:
    weeks(desk)
    mediator = make_user(session, site=desk.site)
    case = case_of(session, "R2")
    transitions.assign(Context(session, SYSTEM, MONDAY_MORNING), case, mediator.id)
    until = MONDAY_MORNING + MINUTE
    transitions.claim(Context(session, SYSTEM, MONDAY_MORNING), case, mediator.id, until=until)
    session.commit()
    assert "en appel" in text_of(desk.client.get("/missing"))
    page = text_of(act(desk, "settle", "R2", "R3"))
    assert "En appel en ce moment, laissés tels quels : R2." in page
    assert "Oui, clore 1 dossier" in page
    page = text_of(act(desk, "keep", "R2", "R3"))
    assert "1 dossier gardé" in page
    assert "En appel en ce moment, laissés tels quels : R2." in page


@pytest.mark.parametrize("code", ["ask", "settle", "keep"])
def test_nothing_ticked(desk: LeadDesk, code: str) -> None:
    weeks(desk)
    assert "Cochez d'abord des dossiers." in text_of(act(desk, code))


def test_an_unknown_act_is_refused(desk: LeadDesk) -> None:
    assert desk.client.post("/missing/act", data={"act": "delete"}).status_code == 400


def test_another_site_sees_and_changes_nothing(
    desk: LeadDesk, session: Session, client: FlaskClient
) -> None:
    _first, second = weeks(desk)
    ids = cases_of(desk, "R2")
    sign_in(client, make_user(session, "lead", **SECOND_FACTOR))
    session.commit()
    assert client.get(f"{second}/missing").status_code == 404
    assert client.get(f"/missing?batch={second.rsplit('/')[-1]}").status_code == 404
    assert "Aucun dossier absent." in text_of(client.get("/missing"))
    for code in ("ask", "keep", "settle"):
        client.post("/missing/act", data={"act": code, "case": ids, "confirmed": "1"})
    session.expire_all()
    case = case_of(session, "R2")
    assert (case.state, case.missing_asked_at) == ("to_assign", None)
    assert case.missing_since_batch_id is not None
