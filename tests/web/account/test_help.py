"""The help of each role: what it says is on the pages, and where it leads may be opened."""

import re
from collections.abc import Iterator

import pytest
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.web.account.help.guides import GUIDES, readable
from energymed.web.account.help.shapes import Guide
from energymed.web.mediator.call.keys import SINGLE
from energymed.web.shared.navigation import GROUPS
from energymed.web.shared.permissions import PERMISSIONS
from tests.factories import make_user
from tests.web.helpers import sign_in, soup, text_of
from tools import catalogues, help_pages

QUOTED = re.compile(r"« ([^»]+) »")
STEPS, MOST_PICTURES, MOST_BYTES = range(5, 9), 8, 60_000
EVERY = [pytest.param(role, id=role) for role in Role]


def sentences(guide: Guide) -> Iterator[str]:
    yield from (guide.title, *guide.purpose, *guide.key_notes, *guide.ask)
    for step in guide.steps:
        yield step.said
    for trouble in guide.troubles:
        yield from (trouble.title, trouble.said)
    yield from (picture.alt for picture in guide.pictures)


def arrive(client: FlaskClient, session: Session, role: str) -> None:
    sign_in(client, make_user(session, role, tf_totp_secret="set", tf_primary_method="app"))
    session.commit()


@pytest.mark.parametrize("role", EVERY)
class TestWhatIsWritten:
    def test_the_first_hour_is_short(self, app: Flask, role: Role) -> None:
        assert len(GUIDES[role].steps) in STEPS

    def test_the_role_may_open_where_each_step_leads(self, app: Flask, role: Role) -> None:
        led = [step.endpoint for step in GUIDES[role].steps if step.endpoint]
        assert len(led) > 1
        for endpoint in led:
            permission = app.view_functions[endpoint].permission  # type: ignore[attr-defined]
            assert permission in PERMISSIONS[role], endpoint

    def test_links_are_named_as_in_the_menu(self, app: Flask, role: Role) -> None:
        with app.test_request_context():
            entries = [entry for _, group in GROUPS for entry in group]
            menu = {entry.endpoint: str(entry.label) for entry in entries}
        for step in GUIDES[role].steps:
            assert bool(step.label) == bool(step.endpoint)
            typed = catalogues.printed(step.label)
            assert menu.get(step.endpoint, typed) in (typed, step.label)

    def test_quoted_words_stand_on_a_page(self, app: Flask, role: Role) -> None:
        known = {message.id for message in catalogues.read("en") if isinstance(message.id, str)}
        said = {words for each in sentences(GUIDES[role]) for words in QUOTED.findall(each)}
        assert sorted(said - known) == []

    def test_english_quotes_the_words_of_the_english_pages(self, app: Flask, role: Role) -> None:
        english = Translations.load(catalogues.TRANSLATIONS, ["en"], "energymed")
        for sentence in sentences(GUIDES[role]):
            for words in QUOTED.findall(sentence):
                assert f"“{english.gettext(words)}”" in english.gettext(sentence)

    def test_keys_are_those_of_the_call_desk(self, app: Flask, role: Role) -> None:
        assert set(GUIDES[role].keys) <= SINGLE.keys()
        assert not GUIDES[role].keys or "queue.call" in PERMISSIONS[role]


@pytest.mark.parametrize("role", EVERY)
def test_one_reads_ones_own_page_first(client: FlaskClient, session: Session, role: Role) -> None:
    arrive(client, session, role)
    page = client.get("/help")
    guide = GUIDES[role]
    assert page.status_code == 200
    assert guide.title in text_of(page)
    assert [link["href"] for link in soup(page).select(".help-roles a")] == (
        [f"/help/{each}" for each in readable(role)] if len(readable(role)) > 1 else []
    )
    led = [step for step in guide.steps if step.endpoint]
    for step, link in zip(led, soup(page).select(".help-steps a"), strict=True):
        assert client.get(str(link["href"])).status_code == 200, step.endpoint


@pytest.mark.parametrize("role", EVERY)
def test_the_menu_ends_with_the_help(client: FlaskClient, session: Session, role: Role) -> None:
    arrive(client, session, role)
    menu = soup(client.get("/help")).select("nav[aria-label='Menu principal'] a")
    assert (menu[-1]["href"], menu[-1]["aria-current"]) == ("/help", "page")


@pytest.mark.parametrize(
    ("reader", "role", "status"),
    [
        ("lead", "mediator", 200),
        ("lead", "admin", 404),
        ("trainee", "mediator", 200),
        ("mediator", "lead", 404),
        ("admin", "lead", 200),
        ("partner", "mediator", 404),
        ("director", "director", 200),
        ("lead", "nobody", 404),
    ],
)
def test_one_reads_the_pages_of_those_one_works_with(
    client: FlaskClient, session: Session, reader: str, role: str, status: int
) -> None:
    arrive(client, session, reader)
    assert client.get(f"/help/{role}").status_code == status


def test_a_reader_is_led_to_no_page_that_would_refuse_them(
    client: FlaskClient, session: Session
) -> None:
    arrive(client, session, "admin")
    page = client.get("/help/lead")
    assert [link["href"] for link in soup(page).select(".help-steps a")] == [
        "/account", "/reports", "/help/mediator",
    ]  # fmt: skip
    assert "Importer un fichier" in text_of(page)


def test_the_page_of_the_documents_is_the_one_that_is_made() -> None:
    assert help_pages.PAGE.read_text(encoding="utf-8") == help_pages.whole(), (
        "run `python -m tools.help_pages`"
    )


def test_pictures_are_there_and_small() -> None:
    folder = catalogues.ROOT / "static" / "img" / "help"
    named = {f"{one.name}.png" for guide in GUIDES.values() for one in guide.pictures}
    kept = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert kept.keys() == named
    assert len(kept) <= MOST_PICTURES
    assert [name for name, size in kept.items() if size > MOST_BYTES] == []


def test_a_picture_is_kept_by_the_browser(client: FlaskClient, session: Session) -> None:
    arrive(client, session, "mediator")
    image = soup(client.get("/help")).select_one(".help-picture img")
    assert image is not None
    answer = client.get(str(image["src"]))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
