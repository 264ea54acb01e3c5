"""Text messages by an HTTP gateway: one POST, JSON or form, with a token and a sender.

A status from 200 to 299 is a receipt. 429, 500 and 503 say that the message was not taken. 502
and 504 come from something in between, and silence from anywhere: whether it was taken is unknown.
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

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.messages.gateway import TIMEOUT, NotSent, Outgoing, is_loopback

FIELDS = {"to": "to", "from": "from", "text": "text", "reference": "reference"}
FORM = "application/x-www-form-urlencoded"
ID_NAMES = ("id", "message_id", "messageId", "sid", "ids")
NOT_TAKEN, UNKNOWN = (429, 500, 503), (408, 502, 504)
LONGEST_ANSWER = 65_536
LONGEST_ID = 120


@dataclass(frozen=True, slots=True)
class HttpSms:
    """An HTTP gateway; `fields` are its names for ours, where they differ.

    Raises:
        BadInput: the address is not one of HTTPS (plain HTTP is for this machine alone).
    """

    url: str
    token: str = field(default="", repr=False)
    sender: str = ""
    form: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        """Refuse an address over which a number would travel in the open."""
        parts = urlsplit(self.url)
        local = parts.scheme == "http" and is_loopback(parts.hostname)
        if not parts.hostname or not (parts.scheme == "https" or local):
            raise BadInput(N_("L'adresse de la passerelle SMS doit commencer par https://."))

    def send(self, message: Outgoing) -> str:
        """See `gateway.Gateway`."""
        request = self._request(message)
        try:
            with self._opener().open(request, timeout=self.timeout) as answer:
                return _receipt(_read(answer, monotonic() + self.timeout))
        except HTTPError as error:
            error.close()
            raise NotSent(_judge(error.code), f"HTTP {error.code}") from None
        except URLError as error:  # no connection, or cut before the request was through
            raise NotSent("unreachable", type(error.reason).__name__) from None
        except TimeoutError:
            raise NotSent("timeout") from None
        except (OSError, HTTPException) as error:
            raise NotSent("broken_off", type(error).__name__) from None

    def _request(self, message: Outgoing) -> Request:
        values = {
            "to": message.to,
            "from": self.sender,
            "text": message.text,
            "reference": message.key,
        }
        named = {self.fields.get(ours, theirs): values[ours] for ours, theirs in FIELDS.items()}
        named = {name: value for name, value in named.items() if name and value}
        body = urlencode(named) if self.form else json.dumps(named, ensure_ascii=False)
        headers = {
            "Content-Type": FORM if self.form else "application/json",
            "Accept": "application/json",
            "Idempotency-Key": message.key,
            "User-Agent": "energymed",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # the scheme was checked when the gateway was made
        return Request(self.url, body.encode(), headers, method="POST")  # noqa: S310

    def _opener(self) -> OpenerDirector:
        """No redirect is followed: it would carry the token somewhere else."""
        here = is_loopback(urlsplit(self.url).hostname)
        return build_opener(ProxyHandler({} if here else None), _NoRedirect)


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


def _receipt(answer: bytes) -> str:
    """The id in a JSON answer, wherever gateways usually put it; empty when there is none."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    for _depth in range(3):
        if isinstance(found, list) and found:
            found = found[0]
        if not isinstance(found, dict):
            break
        name = next((name for name in ID_NAMES if name in found), None)
        found = found[name] if name else next(iter(found.values()), "")
    return str(found)[:LONGEST_ID] if isinstance(found, str | int) else ""
