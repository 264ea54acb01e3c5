"""A mediator's own day, and a word for whoever takes over."""

from datetime import timedelta

import time_machine
from sqlalchemy.orm import Session

from tests.web.helpers import sign_in, soup, text_of
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk
from tests.web.mediator.test_save_call import PLAN


def test_the_day_tells_calls_promises_and_what_became_of_them(
    desk: MediatorDesk, clock: time_machine.Traveller
) -> None:
    assert "Pas encore d'appel aujourd'hui." in text_of(desk.client.get("/day"))
    assert desk.save(desk.next_call(), **REACHED, **PLAN, **LATER).status_code == 303
    desk.client.get("/queue")  # which tells what was saved
    today = text_of(desk.client.get("/day"))
    for part in ("Joint – titulaire", desk.case.reference, "Personnes jointes 1"):
        assert part in today
    assert "€" not in today
    clock.shift(timedelta(days=44))
    sign_in(desk.client, desk.user)
    later = text_of(desk.client.get("/day"))
    assert "Pas encore confirmée" in later
    assert "Pas encore d'appel aujourd'hui." in later


def test_the_diary_repeats_neither_the_queue_nor_the_follow_ups(desk: MediatorDesk) -> None:
    page = soup(desk.client.get("/day"))
    assert page.select("#callbacks, #due") == []
    main = page.select_one("main")
    assert main is not None
    assert [each["href"] for each in main.select("a:not(#session-over a)")] == ["/queue", "/tasks"]


def test_a_word_is_on_the_case_and_the_desk_until_it_is_done(
    desk: MediatorDesk, session: Session
) -> None:
    case, word = f"/cases/{desk.case.id}", "Rappeler avec l'assistante sociale."
    said = desk.client.post(f"{case}/handover", data={"handover": word}, follow_redirects=True)
    assert "Le mot est sur le dossier." in text_of(said)
    address = desk.next_call()
    for page in (case, address):
        notice = soup(desk.client.get(page)).select_one(".handover")
        assert notice is not None
        assert word in notice.get_text()
        assert "Ada Blanc" in notice.get_text()
    done = desk.client.post(f"{case}/handover", data={"desk": "1"})
    assert done.headers["Location"] == f"/call/{desk.case.id}"
    assert soup(desk.client.get(case)).select_one(".handover") is None


def test_a_word_with_an_iban_is_refused(desk: MediatorDesk) -> None:
    said = desk.client.post(
        f"/cases/{desk.case.id}/handover",
        data={"handover": "FR76 3000 6000 0112 3456 7890 189"},
        follow_redirects=True,
    )
    assert "ne se note jamais" in text_of(said)
