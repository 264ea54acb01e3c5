"""One POST to a machine outside: JSON or form, with a token, no redirect, a bounded answer.

A status from 200 to 299 says that it was taken. 429, 500 and 503 say that it was not. 502 and 504
come from something in between, and silence from anywhere: whether it was taken is unknown.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

FORM = "application/x-www-form-urlencoded"
NOT_TAKEN, UNKNOWN = (429, 500, 503), (408, 502, 504)
LONGEST_ANSWER = 65_536
TIMEOUT = 8.0  # seconds for a connection, and again for an answer


class NotTaken(Exception):
    """What was posted was not taken, or nobody knows.

    `code` is busy, refused, broken_off, unreachable or timeout; `detail` a code of the other
    side's ("HTTP 503"), never its words: they may name a person.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where to post. `names` are the other side's names for our fields, "" to leave one out."""

    url: str
    token: str = field(default="", repr=False)
    form: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    timeout: float = TIMEOUT

    @property
    def safe(self) -> bool:
        """False for an address over which a number would travel in the open."""
        parts = urlsplit(self.url)
        local = parts.scheme == "http" and is_loopback(parts.hostname)
        return bool(parts.hostname) and (parts.scheme == "https" or local)

    def post(self, values: Mapping[str, str], key: str) -> bytes:
        """Post the values that are not empty; gives the beginning of the answer.

        Args:
            key: the same at every try: the other side may know it again.

        Raises:
            NotTaken: with the reason.
        """
        try:
            with self._opener().open(self._request(values, key), timeout=self.timeout) as answer:
                return _read(answer, monotonic() + self.timeout)
        except HTTPError as error:
            error.close()
            raise NotTaken(_judge(error.code), f"HTTP {error.code}") from None
        except URLError as error:  # no connection, or cut before the request was through
            raise NotTaken("unreachable", type(error.reason).__name__) from None
        except TimeoutError:
            raise NotTaken("timeout") from None
        except (OSError, HTTPException) as error:
            raise NotTaken("broken_off", type(error).__name__) from None

    def _request(self, values: Mapping[str, str], key: str) -> Request:
        named = {self.names.get(name, name): value for name, value in values.items() if value}
        named.pop("", None)
        body = urlencode(named) if self.form else json.dumps(named, ensure_ascii=False)
        headers = {
            "Content-Type": FORM if self.form else "application/json",
            "Accept": "application/json",
            "Idempotency-Key": key,
            "User-Agent": "energymed",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # whoever makes a mailbox checks that it is `safe`
        return Request(self.url, body.encode(), headers, method="POST")  # noqa: S310

    def _opener(self) -> OpenerDirector:
        """No redirect is followed: it would carry the token somewhere else."""
        here = is_loopback(urlsplit(self.url).hostname)
        return build_opener(ProxyHandler({} if here else None), _NoRedirect)


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, to which an unencrypted line is good enough."""
    return host in ("localhost", "::1") or (host or "").startswith("127.")


def names_given(text: str) -> dict[str, str]:
    """{our name: theirs} of a setting such as "to=recipient,text=message"."""
    pairs = (pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    return {ours.strip(): theirs.strip() for ours, theirs in pairs}


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Let the redirect end as the error that it is."""


def _judge(status: int) -> str:
    if status in NOT_TAKEN:
        return "busy"
    return "broken_off" if status in UNKNOWN or status > 504 else "refused"


def _read(answer: HTTPResponse, until: float) -> bytes:
    """The answer's beginning. The message is taken: an answer cut short changes nothing."""
    found = b""
    try:
        while len(found) < LONGEST_ANSWER and monotonic() < until:
            piece = answer.read1(LONGEST_ANSWER - len(found))
            if not piece:
                break
            found += piece
    except (OSError, HTTPException):
        return found
    return found
