"""The live board: missed callbacks are told and given to somebody else; when people answer."""

from datetime import timedelta

from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.models import Contact, FollowUp
from energymed.calling.queue.claims import claim_case
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import soup, table_rows, text_of
from tests.web.lead.conftest import LeadDesk


def test_a_missed_callback_is_given_to_somebody_else(desk: LeadDesk, session: Session) -> None:
    ada = make_user(session, site=desk.site, name="Ada Blanc")
    zoe = make_user(session, site=desk.site, name="Zoé Noir")
    case = make_case(session, partner=desk.partner, assigned_to=ada, queue_reason="callback")
    session.add(
        FollowUp(
            case_id=case.id, kind="callback", due_at=MONDAY_MORNING - timedelta(hours=1),
            assigned_to_id=ada.id, created_at=MONDAY_MORNING,
        )
    )  # fmt: skip
    session.commit()
    page = desk.client.get("/team")
    assert "1 rappel promis et pas tenu" in text_of(page)
    assert "dont 1 en retard" in text_of(page)
    form = soup(page).select_one(f'form[action="/team/callbacks/{case.id}"]')
    assert form is not None
    assert [option["value"] for option in form.select("option")] == ["", str(zoe.id)]
    give = f"/team/callbacks/{case.id}"
    assert "Choisissez à qui" in text_of(desk.client.post(give, follow_redirects=True))
    asked = {"user": zoe.id, "holder": ada.id}
    given = desk.client.post(give, data=asked, follow_redirects=True)
    assert "Le rappel est donné." in text_of(given)
    session.refresh(case)
    assert case.assigned_to_id == zoe.id
    again = desk.client.post(give, data=asked, follow_redirects=True)
    assert "fait, pris ou donné entre-temps" in text_of(again)


def test_a_cutoff_that_nobody_was_told_of_is_given(desk: LeadDesk, session: Session) -> None:
    zoe = make_user(session, site=desk.site, name="Zoé Noir")
    case = make_case(
        session, site=desk.site, partner=desk.partner, campaign_kind="cutoff_notice",
        debt_cents=None, cutoff_date=MONDAY_MORNING.date(), cutoff_slot="14h-16h",
    )  # fmt: skip
    session.commit()
    give = f"/team/cutoffs/{case.id}"
    assert soup(desk.client.get("/team")).select_one(f'form[action="{give}"]') is not None
    assert "Choisissez à qui" in text_of(desk.client.post(give, follow_redirects=True))
    given = desk.client.post(give, data={"user": zoe.id, "holder": 0}, follow_redirects=True)
    assert "Le dossier est donné." in text_of(given)
    session.refresh(case)
    assert (case.state, case.assigned_to_id) == ("queued", zoe.id)
    again = desk.client.post(give, data={"user": zoe.id, "holder": 0}, follow_redirects=True)
    assert "pris ou donné entre-temps" in text_of(again)


def test_a_lead_in_call_is_on_the_board(desk: LeadDesk, session: Session) -> None:
    make_user(session, site=desk.site, name="Ada Blanc")
    case = make_case(session, site=desk.site, partner=desk.partner)
    assert [row["Médiateur"][:9] for row in table_rows(desk.client.get("/team"))] == ["Ada Blanc"]
    claim_case(Context(session, desk.lead.as_actor(), MONDAY_MORNING), case.id)
    session.commit()
    rows = {row["Médiateur"]: row for row in table_rows(desk.client.get("/team"))}
    assert set(rows) == {"Ada Blanc 35 h par semaine", f"{desk.lead.name} Chef d'équipe"}
    mine = rows[f"{desk.lead.name} Chef d'équipe"]
    assert case.person.full_name in mine["En ce moment"]


def test_when_people_answer(desk: LeadDesk, session: Session) -> None:
    assert "Pas encore d'appel" in text_of(desk.client.get("/team/when"))
    case = make_case(session, partner=desk.partner, site=desk.site)
    for turn in range(10):
        at = MONDAY_MORNING - timedelta(days=3, minutes=turn - 20)
        session.add(
            Contact(
                case_id=case.id, person_id=case.person_id, channel="call_out", details={},
                result="reached_holder" if turn < 5 else "busy", started_at=at,
            )
        )  # fmt: skip
    session.commit()
    page = text_of(desk.client.get("/team/when"))
    assert "On répond le plus : vendredi de 10 h à 11 h (50 %)" in page
    assert "10 appels" in page
