"""The lead's board: what is chosen stays, nothing sticks out, the bar of acts is in reach."""

import sqlite3

from playwright.sync_api import Page

from tests.browser.tools import LiveServer

WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
TABLES = """[...document.querySelectorAll(".table-region")]
    .map((each) => each.scrollWidth - each.clientWidth)"""


def stir(live_server: LiveServer) -> None:
    """A promise that nobody kept, a cut-off that nobody was told of, a call about to lapse."""
    with sqlite3.connect(live_server.instance / "energymed.sqlite") as data:
        late, untold, talks, pile = [
            row[0] for row in data.execute("SELECT id FROM case_file WHERE state='queued' LIMIT 4")
        ]
        data.execute(
            "INSERT INTO follow_up (case_id, kind, due_at, assigned_to_id, state, created_at) "
            "SELECT id, 'callback', '2026-11-23 07:00:00.000000', assigned_to_id, 'open', "
            "opened_at FROM case_file WHERE id=?",
            (late,),
        )
        data.execute(
            "UPDATE case_file SET campaign_kind='cutoff_notice', cutoff_date='2026-11-24', "
            "cutoff_slot='14h-16h' WHERE id=?",
            (untold,),
        )
        data.execute(
            "UPDATE case_file SET state='in_call', claimed_by_id=assigned_to_id, "
            "claimed_at='2026-11-23 08:20:00.000000', claimed_until='2026-11-23 08:31:30.000000' "
            "WHERE id=?",
            (talks,),
        )
        data.execute(
            "UPDATE person SET opposed_at='2026-11-20 08:00:00.000000' "
            "WHERE id=(SELECT person_id FROM case_file WHERE id=?)",
            (pile,),
        )
        data.execute(
            "UPDATE case_file SET state='to_assign', assigned_to_id=NULL, queue_reason=NULL "
            "WHERE id=?",
            (pile,),
        )


def sticks_out(page: Page) -> list[int]:
    """By how much the page and its tables are wider than their places."""
    page_width, width = page.evaluate(WIDTHS)
    return [page_width - width, *page.evaluate(TABLES)]


def test_a_choice_that_is_not_sent_is_not_wiped(page: Page, live_server: LiveServer) -> None:
    stir(live_server)
    live_server.sign_in(page, "lead")
    page.clock.install()
    page.goto(f"{live_server.url}/team")
    choice = page.locator(".need select").first
    choice.select_option(index=2)
    choice.evaluate("(select) => select.blur()")
    wanted = choice.input_value()
    told = page.locator("[data-live] > p").first
    told.evaluate("(line) => { line.textContent = 'old'; }")
    page.clock.run_for(21_000)
    assert (told.inner_text(), choice.input_value()) == ("old", wanted)
    choice.select_option(index=0)
    choice.evaluate("(select) => select.blur()")
    with page.expect_response("**/team"):
        page.clock.run_for(21_000)
    page.get_by_text("Mis à jour à").wait_for()


def test_alerts_keep_their_place(page: Page, phone_page: Page, live_server: LiveServer) -> None:
    stir(live_server)
    for each in (page, phone_page):
        live_server.sign_in(each, "lead")
        each.goto(f"{live_server.url}/team")
        assert each.get_by_text("la réservation va expirer").is_visible()
        assert set(sticks_out(each)) == {0}
    phone_page.goto(f"{live_server.url}/assign?preview=1")
    assert set(sticks_out(phone_page)) == {0}


def test_giving_is_in_reach_on_a_phone(phone_page: Page, live_server: LiveServer) -> None:
    stir(live_server)
    live_server.sign_in(phone_page, "lead")
    phone_page.goto(f"{live_server.url}/assign")
    phone_page.locator("[data-tick]").nth(5).check()
    bar = phone_page.get_by_role("button", name="Donner", exact=True).bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] <= 844
    assert phone_page.get_by_text("1 dossier coché").is_visible()
