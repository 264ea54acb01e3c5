"""What an address asks of a list: each value in its type, nonsense passed over."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from energymed.base.text.typed import typed
from energymed.cases.codes import CaseState
from energymed.cases.queries import CASES
from energymed.web.shared.list_filters import ListFilters


def given(**values: str) -> ListFilters:
    return ListFilters(MultiDict(values))


@pytest.mark.parametrize(
    ("text", "cents"), [("12,50", 1250), (" 0 ", 0), ("", None), ("abc", None), ("1,234", None)]
)
def test_an_amount(app: Flask, text: str, cents: int | None) -> None:
    with app.test_request_context("/"):
        found = given(least=text)
        assert found.cents("least") == cents
        told = f"Le montant « {text} » ne peut pas être lu."
        assert typed(found.error or "") == (told if text and cents is None else "")


def test_the_first_that_cannot_be_read_is_told(app: Flask) -> None:
    with app.test_request_context("/"):
        found = given(before="hier", most="x")
        assert (found.day("before"), found.cents("most")) == (None, None)
        assert typed(found.error or "") == "La date « hier » ne peut pas être lue."
    assert given(before="2026-11-23").day("before") == date(2026, 11, 23)


def test_codes_and_numbers_are_known_ones_or_nothing() -> None:
    found = given(state="queued", partner="3", page="-1", kind="")
    assert found.code("state", CaseState) is CaseState.QUEUED
    assert found.code("kind", CaseState) is None
    assert (found.one_of("state", ["closed"], "closed"), found.one_of("kind", ["a"])) == (
        "closed", "",
    )  # fmt: skip
    assert (found.number("partner"), found.number("partner", [4]), found.number("page")) == (
        3, None, None,
    )  # fmt: skip
    assert found.typed("state", "kind", "partner", "none") == {"state": "queued", "partner": "3"}


@pytest.mark.parametrize("text", ["", "hier", "2026-11-23T09:00:00", "2026-13-01"])
def test_what_is_no_instant_is_none(text: str) -> None:
    assert given(seen=text).timestamp("seen") is None


def test_an_instant_is_aware() -> None:
    at = given(seen="2026-11-23T09:00:00+00:00").timestamp("seen")
    assert at == datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("debt", "debt"),
        ("-debt", "-debt"),
        ("--debt", "-opened"),
        ("", "-opened"),
        ("x", "-opened"),
    ],
)
def test_a_list_is_sorted_by_its_own_columns(text: str, sort: str) -> None:
    assert given(sort=text).sort(CASES) == sort
