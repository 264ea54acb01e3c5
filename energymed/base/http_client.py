"""One POST to a machine outside, by httpx: JSON or form, a token, no redirect, a bounded answer.

A status from 200 to 299 says that it was taken. 429, 500 and 503 say that it was not. 502 and 504
come from something in between, and silence from anywhere: whether it was taken is unknown.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext, create_default_context
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

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
class RemoteService:
    """Where to post. `names` are the other side's names for our fields, "" to leave one out."""

    url: str
    token: str = field(default="", repr=False)
    form: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    timeout: float = TIMEOUT

    @property
    def is_safe(self) -> bool:
        """False for an address over which a number would travel in the open."""
        parts = urlsplit(self.url)
        local = parts.scheme == "http" and is_loopback(parts.hostname)
        return bool(parts.hostname) and (parts.scheme == "https" or local)

    def post(self, values: Mapping[str, str], key: str) -> bytes:
        """Post the values that are not empty; gives the beginning of the answer.

        Whoever makes a service checks that it `is_safe`.

        Args:
            key: the same at every try: the other side may know it again.

        Raises:
            NotTaken: with the reason.
        """
        named = {self.names.get(name, name): value for name, value in values.items() if value}
        named.pop("", None)
        data, json = (named, None) if self.form else (None, named)
        with (
            _reasons(),
            self._client({"Idempotency-Key": key, **self._ticket()}) as client,
            client.stream("POST", self.url, data=data, json=json) as answer,
        ):
            if not answer.is_success:
                raise NotTaken(_judge(answer.status_code), f"HTTP {answer.status_code}")
            return _beginning(answer, monotonic() + self.timeout)

    def reach(self) -> None:
        """Ask for the head of the page there, without the token; any answer will do.

        Raises:
            NotTaken: nobody answers.
        """
        with _reasons(), self._client({}) as client, client.stream("HEAD", self.url):
            return

    def _ticket(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _client(self, more: Mapping[str, str]) -> "httpx.Client":
        """No redirect is followed: it would carry the token somewhere else."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # what is read is bounded as it is sent
            "User-Agent": "energymed",
            **more,
        }
        client: httpx.Client = _httpx().Client(
            headers=headers,
            verify=_certificates(),
            timeout=self.timeout,
            follow_redirects=False,
            trust_env=not is_loopback(urlsplit(self.url).hostname),  # no proxy towards ourselves
        )
        return client


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, to which an unencrypted line is good enough."""
    return host in ("localhost", "::1") or (host or "").startswith("127.")


def names_given(text: str) -> dict[str, str]:
    """{our name: theirs} of a setting such as "to=recipient,text=message"."""
    pairs = (pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    return {ours.strip(): theirs.strip() for ours, theirs in pairs}


@contextmanager
def _reasons() -> Iterator[None]:
    """What the library raises, as our reasons."""
    httpx = _httpx()
    # no such address, no connection, or one that was cut before the request was through
    before_it_was_sent = (
        httpx.InvalidURL, httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError,
        httpx.WriteError, httpx.WriteTimeout,
    )  # fmt: skip
    try:
        yield
    except httpx.ReadTimeout:
        raise NotTaken("timeout") from None
    except before_it_was_sent as error:
        raise NotTaken("unreachable", _cause(error)) from None
    except httpx.HTTPError as error:
        raise NotTaken("broken_off", _cause(error)) from None


@cache
def _httpx() -> Any:
    """The library, loaded by the first request: no command waits for it that sends nothing."""
    import httpx

    # it writes addresses, which may hold a key
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx


@cache
def _certificates() -> SSLContext:
    """Those that the machine trusts: an association may have its own authority."""
    return create_default_context()


def _judge(status: int) -> str:
    if status in NOT_TAKEN:
        return "busy"
    return "broken_off" if status in UNKNOWN or status > 504 else "refused"


def _cause(error: BaseException) -> str:
    """The name of the system's error underneath, or of the library's own."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, OSError):
        found = found.__cause__ or found.__context__
    return type(found or error).__name__


def _beginning(answer: "httpx.Response", until: float) -> bytes:
    """The answer's beginning. The message is taken: an answer cut short changes nothing."""
    found = b""
    try:
        for piece in answer.iter_raw():
            found += piece
            if len(found) >= LONGEST_ANSWER or monotonic() >= until:
                break
    except _httpx().HTTPError:
        return found
    return found[:LONGEST_ANSWER]
