"""A name that is searched for stays in the session: no address, and so no log, holds it."""

import pytest
from flask import Flask, session

from energymed.web.shared.list_filters import LONGEST_SEARCH, filters_now, keep_search, kept_search


def test_what_is_searched_for_is_kept_out_of_the_address(app: Flask) -> None:
    sent = {"q": "  Zoé\n DURAND "}
    with app.test_request_context("/letters/search?commune=Die&page=3", method="POST", data=sent):
        answer = keep_search("letter_search", "lead.letters")
        assert answer.status_code == 303
        assert answer.location == "/letters?commune=Die&found=1"
        assert session["letter_search"] == "Zoé DURAND"


def test_the_list_finds_it_only_when_its_address_says_so(app: Flask) -> None:
    for query, expected in (("?found=1", "Zoé"), ("", ""), ("?found=1&page=2", "Zoé")):
        with app.test_request_context(f"/letters{query}"):
            session["letter_search"] = "Zoé"
            assert kept_search("letter_search") == expected
            assert kept_search("missing_search") == ""  # each list has its own


@pytest.mark.parametrize("sent", [{"q": ""}, {"q": "  "}, {"q": "Zoé", "clear": "1"}, {}])
def test_a_search_is_cleared(app: Flask, sent: dict[str, str]) -> None:
    with app.test_request_context("/letters/search?found=1", method="POST", data=sent):
        session["letter_search"] = "Zoé"
        assert keep_search("letter_search", "lead.letters").location == "/letters"
        assert session["letter_search"] == ""


def test_a_search_is_cut(app: Flask) -> None:
    with app.test_request_context("/letters/search", method="POST", data={"q": "x" * 500}):
        keep_search("letter_search", "lead.letters")
        assert len(session["letter_search"]) == LONGEST_SEARCH


def test_filters_cannot_name_another_server(app: Flask) -> None:
    query = "?partner=2&form=xlsx&_external=1&_scheme=http&_anchor=x&endpoint=static"
    with app.test_request_context(f"/letters{query}"):
        assert filters_now() == {"partner": ["2"]}
        assert filters_now("partner") == {}
