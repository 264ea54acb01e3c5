"""The small menu of queue and desk: what one does, the call for help, and the lead who reads."""

from typing import Any

import pytest
from sqlalchemy import select

from energymed.accounts.models import User
from energymed.calling.models import CallDraft, Contact, HelpRequest, Presence
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import SECOND_FACTOR
from tests.web.mediator.conftest import MediatorDesk

BY_SCRIPT = {"HX-Request": "true"}
TYPED: dict[str, Any] = {
    "result": "reached_holder", "identity_checked": "y", "relation": "spouse",
    "acts": ["info_given", "plan_agreed", "budget_study"], "plan_amount": "600,00",
    "plan_count": "3", "plan_first_due_on": "2026-12-05", "plan_method": "direct_debit",
    "info_given_topics": ["bill"], "budget_rent": "450", "cheque_adults": "4",
    "referral_reason": "budget", "next_step": "follow_up", "follow_up_at": "2026-12-07T10:00",
    "closure": "advised", "note": "Elle attend son salaire.",
}  # fmt: skip


def draft(desk: MediatorDesk, **typed: Any) -> None:
    desk.session.add(
        CallDraft(
            case_id=desk.case.id, user_id=desk.user.id, content=typed, saved_at=MONDAY_MORNING
        )
    )
    desk.session.commit()


def as_lead(desk: MediatorDesk, **values: Any) -> User:
    """A lead of the site sits down."""
    lead = make_user(desk.session, "lead", **{"site": desk.site, **SECOND_FACTOR, **values})
    desk.sign_in_as(lead)
    return lead


def asked(desk: MediatorDesk) -> HelpRequest:
    """The request for help that there is."""
    desk.session.rollback()
    return desk.session.scalars(select(HelpRequest)).one()


class TestWhatOneDoes:
    """A pause and the like, from the queue and from the desk."""

    def test_it_is_said_in_one_press_and_told_on_both_pages(self, desk: MediatorDesk) -> None:
        queue = text_of(desk.client.get("/queue"))
        assert "Aux appels" in queue
        assert "« Appel suivant » vous remet aux appels." in queue
        answer = desk.client.post("/presence", data={"state": "pause"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/queue")
        page = desk.client.get("/queue")
        assert "Pause depuis 10 h" in text_of(page)
        (pressed,) = soup(page).select('#presence [aria-pressed="true"]')
        assert pressed["value"] == "pause"

    def test_a_script_is_given_the_menu_alone(self, desk: MediatorDesk) -> None:
        answer = desk.client.post("/presence", data={"state": "meeting"}, headers=BY_SCRIPT)
        assert "Réunion depuis 10 h" in text_of(answer)
        assert soup(answer).select_one("nav, h1") is None
        assert soup(answer).select_one("summary[autofocus]") is not None

    def test_the_next_call_ends_it(self, desk: MediatorDesk) -> None:
        desk.client.post("/presence", data={"state": "wrap_up"})
        page = desk.client.get(desk.next_call())
        assert "Après-appel depuis" not in text_of(page)
        assert desk.session.scalars(select(Presence)).one().until == MONDAY_MORNING

    def test_the_next_call_ends_it_also_where_there_is_nobody_to_call(
        self, desk: MediatorDesk
    ) -> None:
        desk.save(desk.next_call(), result="no_answer")
        desk.client.post("/presence", data={"state": "pause"})
        assert desk.next_call() == "/queue"
        assert "Aux appels" in text_of(desk.client.get("/queue"))

    def test_a_save_does_not_end_it(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        back = desk.client.post("/presence", data={"state": "pause"})
        assert back.headers["Location"] == address
        told = text_of(desk.client.get(address))
        assert "le dossier ouvert retourne dans la file à 10 h 15" in told
        desk.save(address, result="no_answer")
        assert "Pause depuis 10 h" in text_of(desk.client.get("/queue"))

    def test_what_is_no_state_changes_nothing(self, desk: MediatorDesk) -> None:
        assert desk.client.post("/presence", data={"state": "holiday"}).status_code == 400
        assert desk.session.scalars(select(Presence)).all() == []

    @pytest.mark.parametrize("role", ["partner", "admin", "director"])
    def test_who_does_not_call_has_none(self, desk: MediatorDesk, role: str) -> None:
        desk.sign_in_as(make_user(desk.session, role, **SECOND_FACTOR))
        assert desk.client.post("/presence", data={"state": "pause"}).status_code == 403


class TestAskingForHelp:
    """The mediator's side."""

    def test_the_desk_asks_and_ends(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        button = soup(desk.client.get(address)).select_one('#presence [data-shortcut="G"]')
        assert button is not None
        assert "J'ai besoin d'aide" in button.get_text()
        told = desk.client.post(f"{address}/help", headers=BY_SCRIPT)
        assert "Demandée à 10 h" in text_of(told)
        assert soup(told).select_one(f'details[hx-get="{address}/help"]') is not None
        assert asked(desk).ended_at is None
        over = desk.client.post(f"{address}/help/end", headers=BY_SCRIPT)
        assert "Aide demandée" not in text_of(over)
        assert asked(desk).ended_by_id == desk.user.id

    def test_the_queue_offers_no_help_without_a_call(self, desk: MediatorDesk) -> None:
        assert soup(desk.client.get("/queue")).select_one('[data-shortcut="G"]') is None

    def test_without_script_one_comes_back_to_the_desk(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        assert desk.client.post(f"{address}/help").headers["Location"] == address
        assert desk.client.post(f"{address}/help/end").headers["Location"] == address

    def test_a_case_that_is_not_held_is_a_conflict(self, desk: MediatorDesk) -> None:
        assert desk.client.post(f"/call/{desk.case.id}/help").status_code == 409

    def test_the_desk_learns_that_the_lead_ended_it(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        as_lead(desk)
        over = desk.client.post(f"{address}/help/end")
        assert (over.status_code, over.headers["Location"]) == (303, "/team")
        desk.sign_in_as(desk.user)
        assert "Aux appels" in text_of(desk.client.get(f"{address}/help", headers=BY_SCRIPT))


class TestReadingAlong:
    """The lead's side."""

    def test_the_board_has_a_link_to_the_desk_to_be_read(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        as_lead(desk)
        for page in ("/team", "/team/help"):
            link = soup(desk.client.get(page)).select_one(f'a[href="{address}/reading"]')
            assert link is not None
            assert desk.case.person.full_name in link.get_text()
        desk.client.post(f"{address}/help/end")
        assert desk.client.get("/team/help").get_data(as_text=True).strip() == ""

    def test_what_is_typed_is_told_in_words_and_nothing_of_the_budget(
        self, desk: MediatorDesk
    ) -> None:
        address = desk.next_call()
        draft(desk, **TYPED)
        desk.client.post(f"{address}/help")
        as_lead(desk)
        page = desk.client.get(f"{address}/reading")
        (typed,) = soup(page).select("#typed")
        told = " ".join(typed.get_text(" ").split())
        for words in (
            "Joint – titulaire", "Identité vérifiée avant de parler de la dette oui",
            "Nombre d'échéances 3", "600,00", "5 déc. 2026",
            "Revenir vers la personne", "Elle attend son salaire.",
        ):  # fmt: skip
            assert words in told.replace("\xa0", " "), told
        # nor what the page does not show: another result's answer, an act not ticked, a closure
        for words in ("udget", "450", "Lien avec le titulaire", "Clôture", "Adultes", "Motif"):
            assert words not in told, told
        piece = desk.client.get(f"{address}/reading", headers=BY_SCRIPT)
        assert " ".join(soup(piece).get_text(" ").split()) == told

    @pytest.mark.parametrize(
        ("result", "told"),
        [
            ("callback_set", ("Le premier médiateur libre", "Sonner longtemps.")),
            ("no_answer", ("Envoyer un SMS neutre oui",)),
            ("busy", ("Envoyer un SMS neutre oui",)),
            ("hung_up", ()),
        ],
    )
    def test_a_callback_and_a_neutral_message_are_told_where_the_page_shows_them(
        self, desk: MediatorDesk, result: str, told: tuple[str, ...]
    ) -> None:
        address = desk.next_call()
        typed = {"callback_by": "anyone", "callback_note": "Sonner longtemps.", "neutral_sms": "y"}
        draft(desk, result=result, **typed)
        desk.client.post(f"{address}/help")
        as_lead(desk)
        (page,) = soup(desk.client.get(f"{address}/reading")).select("#typed")
        words = " ".join(page.get_text(" ").split())
        every = ("Le premier médiateur libre", "Sonner longtemps.", "Envoyer un SMS neutre oui")
        assert tuple(each for each in every if each.lower() in words.lower()) == told

    def test_the_lead_sees_the_desk_and_can_write_nothing(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        until = desk.fresh().claimed_until
        as_lead(desk)
        page = desk.client.get(f"{address}/reading")
        told = text_of(page)
        assert "Rien de tapé pour l'instant." in told
        for words in (desk.case.person.full_name, "Reste dû", "Historique", "Ada Blanc"):
            assert words in told
        main = soup(page).select_one("main")
        assert main is not None
        assert [form["action"] for form in main.select("form")] == [f"{address}/help/end"]
        assert not main.select("input:not([type=hidden]), textarea, select, [data-lease]")
        assert "call_desk" not in page.get_data(as_text=True)
        assert desk.fresh().claimed_until == until
        assert desk.session.scalars(select(CallDraft)).all() == []
        assert desk.session.scalars(select(Contact)).all() == []
        assert desk.client.post(f"{address}/lease", json={}).status_code == 409

    def test_it_is_read_as_long_as_help_is_asked(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        as_lead(desk)
        for _turn in ("never asked", "ended"):
            assert "Aucune aide n'est demandée ici" in text_of(
                desk.client.get(f"{address}/reading")
            )
            over = desk.client.get(f"{address}/reading", headers=BY_SCRIPT)
            assert over.status_code == 286, "htmx asks no more"
            desk.sign_in_as(desk.user)
            desk.client.post(f"{address}/help")
            as_lead(desk)
            assert desk.client.get(f"{address}/reading", headers=BY_SCRIPT).status_code == 200
            desk.client.post(f"{address}/help/end")

    def test_after_the_save_nobody_asks(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        desk.save(address, result="no_answer")
        as_lead(desk)
        assert desk.client.get("/team/help").get_data(as_text=True).strip() == ""

    def test_a_lead_of_another_site_is_told_of_no_such_case(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        as_lead(desk, site=make_case(desk.session).site)
        assert desk.client.get(f"{address}/reading").status_code == 404
        assert desk.client.post(f"{address}/help/end").status_code == 404
        assert desk.client.get("/team/help").get_data(as_text=True).strip() == ""

    @pytest.mark.parametrize("role", ["mediator", "trainee", "admin", "partner", "director"])
    def test_nobody_else_reads_along(self, desk: MediatorDesk, role: str) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        desk.sign_in_as(make_user(desk.session, role, site=desk.site, **SECOND_FACTOR))
        assert desk.client.get(f"{address}/reading").status_code == 403

    def test_a_colleague_does_not_end_it(self, desk: MediatorDesk) -> None:
        address = desk.next_call()
        desk.client.post(f"{address}/help")
        desk.sign_in_as(make_user(desk.session, site=desk.site))
        assert desk.client.post(f"{address}/help/end").status_code == 409
        assert asked(desk).ended_at is None
