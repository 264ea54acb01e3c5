"""What a mediator does in a browser, against an application in this process."""

import html
import re

from flask import Flask
from werkzeug.test import TestResponse

from benchmarks.desk_client import COOKIE, PHONE, hidden
from benchmarks.survival.installation import NotDone

# of the page of an error, above a form, and of what is told once
_SENTENCES = [
    re.compile(shape, re.DOTALL)
    for shape in (
        r'<p class="lead-line">(.*?)</p>',
        r'class="notice[^>]* data-focus>(.*?)</div>',
        r'class="notice[^"]*"[^>]*>(.*?)</div>',
    )
]
SEE_OTHER = 303


class Browser:
    """A browser that is signed in."""

    def __init__(self, app: Flask, cookie: str) -> None:
        self.client = app.test_client()
        self.client.set_cookie(COOKIE, cookie)

    def page(self, path: str) -> bytes:
        """A page that is there.

        Raises:
            NotDone: another status than 200.
        """
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise _refusal(answer)
        return answer.get_data()

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form; where it leads.

        Raises:
            NotDone: it leads nowhere.
        """
        answer = self.client.post(path, data=fields)
        if answer.status_code != SEE_OTHER:
            raise _refusal(answer)
        return answer.headers["Location"]

    def token(self) -> str:
        """What forms are sent with."""
        return str(dict(hidden(self.page("/queue")))["csrf_token"])

    def next_case(self, token: str) -> int:
        """Press "Appel suivant"; the number of the case."""
        address = self.post("/queue/next", {"csrf_token": token})
        if not address.startswith("/call/"):
            raise NotDone(SEE_OTHER, sentence_of(self.page(address).decode()))
        return int(address.removeprefix("/call/"))

    def desk(self, case_id: int) -> dict[str, str]:
        """The fields that the desk sends back, with the number that is called."""
        page = self.page(f"/call/{case_id}")
        phone = PHONE.search(page)
        return {**dict(hidden(page)), "phone_id": phone[1].decode() if phone else ""}


def sentence_of(page: str) -> str:
    """What the page of an error says; its beginning, if it is none."""
    found = [each[1] for shape in _SENTENCES if (each := shape.search(page))]
    text = found[0] if found else page[:300]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split())


def _refusal(answer: TestResponse) -> NotDone:
    return NotDone(answer.status_code, sentence_of(answer.get_data(as_text=True)))
