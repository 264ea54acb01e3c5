"""French as a printer sets it: one filter for every sentence, and pages that are read for it."""

from datetime import UTC, datetime, time

import pytest
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.base.spoken_hours import spoken_hour
from energymed.base.text.typed import typed
from energymed.cases.models import Case
from energymed.web.shared.permissions import PERMISSIONS
from tests.factories import make_user
from tests.guards.test_foreign_records import TABLES, Rows
from tests.guards.test_permissions import ROLES, address, own_rules
from tests.printed_pages import oddities
from tests.web.helpers import sign_in
from tools import catalogues

WIDE, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("L'appel d'%(name)s", "L’appel d’%(name)s"),
        ("Qu'« elle » dise", f"Qu’«{WIDE}elle{WIDE}» dise"),
        ("l'{association}", "l’{association}"),
        ("jusqu'<strong>ici</strong>", "jusqu’<strong>ici</strong>"),
        ("Prêt ? Oui ! Non ; si : 5 %% de 3 €",
         f"Prêt{NARROW}? Oui{NARROW}! Non{NARROW}; si{WIDE}: 5{WIDE}%% de 3{WIDE}€"),
        ("%(share)s %(rest)s", "%(share)s %(rest)s"),  # a placeholder is no percent sign
        ("de %(from)s h à 10 h 30", f"de %(from)s{WIDE}h à 10{WIDE}h{WIDE}30"),
        ("Écrivez 9:00 - 12:30.", "Écrivez 9:00 - 12:30."),
        ("https://a.fr/l'un : d'x@y.fr", f"https://a.fr/l'un{WIDE}: d’x@y.fr"),
        ('<a title="l\'un">d\'un</a>', '<a title="l\'un">d’un</a>'),
        ("déjà l’un", "déjà l’un"),
    ],
)  # fmt: skip
def test_a_sentence_is_printed(said: str, expected: str) -> None:
    assert catalogues.printed(said) == expected
    assert catalogues.printed(expected) == expected


def test_every_sentence_is_served_printed() -> None:
    """The source language as well: none is left to be its own msgid."""
    served = Translations.load(catalogues.TRANSLATIONS, ["fr"], "energymed")
    for message in catalogues.read("fr"):
        if message.id and not message.pluralizable:
            assert served.ugettext(message.id) == catalogues.printed(message.id)
        elif message.id:
            one, many = message.id
            assert served.ungettext(one, many, 2) == catalogues.printed(message.string[1])


@pytest.mark.parametrize("text", ["l'un « deux » : trois ? quatre ; 5 h 30", "12 % et 3 €"])
def test_what_is_read_again_is_as_typed(text: str) -> None:
    amounts = text.replace(" %", f"{WIDE}%").replace(" €", f"{WIDE}€")
    assert typed(catalogues.printed(text)) == amounts


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(9), "9 h"), (time(9, 5), "9 h 05"), (time(0), "0 h"), (time(23, 59), "23 h 59"),
        (datetime(2026, 11, 30, 10, 30, tzinfo=UTC), "10 h 30"),
    ],
)  # fmt: skip
def test_an_hour_is_written_as_one_says_it(at: time | datetime, said: str) -> None:
    assert spoken_hour(at) == said.replace(" ", WIDE)


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("<p>l'appel</p>", "typed apostrophe"),
        ('<button aria-label="l\'appel">x</button>', "typed apostrophe"),
        ("<p>le 2026-11-30</p>", "date of a machine"),
        ("<p>à 10:30</p>", "hour of a machine"),
        ("<p>Prêt ?</p>", "space that breaks"),
        ("<p>reached_holder</p>", "code: reached_holder"),
    ],
)
def test_the_reader_sees(page: str, what: str) -> None:
    assert [found[: len(what)] for found in oddities(f"<html lang='fr'>{page}</html>")] == [what]


@pytest.mark.parametrize(
    "page",
    [
        "<p>l’appel, 10&nbsp;h&nbsp;30</p>",
        "<code>reached_holder</code>",
        "<textarea>l'appel</textarea>",
        "<p class='small event-note'>Dit qu'elle paie à 10:30</p>",
        "<p lang='fr'>Êtes-vous d'accord ?</p>",
        "<td>Tain-l'Hermitage, François D'ANGELO</td>",
        "<a href='/x'>https://a.fr/2026-11-30</a>",
        "<time datetime='2026-11-30'>30 nov.</time>",
        "",
    ],
)
def test_the_reader_lets_pass(page: str) -> None:
    assert oddities(f"<html lang='fr'>{page}</html>") == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_typed_sign_a_code_or_a_machines_date(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    """Every page that a role may open, of records that are there; the browser reads a demo's."""
    rows = Rows(session)
    ids = {place: rows.id_of(name) for place, name in TABLES.items() if name}
    case = session.get_one(Case, ids["case_id"])
    user = make_user(
        session, role, site=case.site if role in ("mediator", "lead") else None,
        partner=case.partner if role == "partner" else None,
        tf_totp_secret="set", tf_primary_method="authenticator",
    )  # fmt: skip
    session.commit()
    sign_in(client, user)
    found: dict[str, list[str]] = {}
    seen = 0
    for rule in own_rules(app):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if "GET" in (rule.methods or ()) and permission in {"public", *PERMISSIONS[role]}:
            answer = client.get(address(rule, {**ids, "kind": "unpaid_bill", "year": 2026}))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                seen += 1
                if odd := oddities(answer.data.decode()):
                    found[rule.rule] = odd
    assert found == {}
    assert seen > 5
