"""What page tests share: signing in without the form, and reading pages."""

from time import time

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

from energymed.accounts.models import User

VISIBLE = "//text()[not(ancestor::script or ancestor::style or ancestor::template)]"


def sign_in(client: FlaskClient, user: User) -> None:
    """Put a fresh sign-in of `user` into the client's session (the form has tests of its own)."""
    with client.session_transaction() as cookie:
        cookie["_user_id"] = user.fs_uniquifier
        cookie["_fresh"] = True
        cookie["identity"] = user.fs_uniquifier
        cookie["fs_paa"] = time()
        for moment in ("began", "seen"):  # of a sign-in before
            cookie.pop(moment, None)


def soup(answer: TestResponse) -> BeautifulSoup:
    """The page, parsed."""
    return BeautifulSoup(answer.get_data(as_text=True), "lxml")


def text_of(answer: TestResponse) -> str:
    """The page's visible words with single spaces (no-break spaces become plain ones)."""
    words = document_fromstring(answer.get_data(as_text=True)).xpath(VISIBLE)
    return " ".join(" ".join(words).split())


def hidden_fields(answer: TestResponse, form: str) -> dict[str, str]:
    """The hidden fields that stand directly in the form of this id."""
    page = document_fromstring(answer.get_data(as_text=True))
    inputs = page.xpath(f"//form[@id='{form}']/input[@type='hidden']")
    return {each.get("name"): each.get("value", "") for each in inputs}


def table_rows(answer: TestResponse, selector: str = "table") -> list[dict[str, str]]:
    """The rows of a table as dicts by header, spaces collapsed."""
    table = soup(answer).select_one(selector)
    if table is None:
        return []
    headers = [" ".join(cell.get_text(" ").split()) for cell in table.select("thead th")]
    return [
        dict(
            zip(
                headers,
                (" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")),
                strict=False,
            )
        )
        for row in table.select("tbody tr")
    ]
