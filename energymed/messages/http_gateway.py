"""Text messages by an HTTP gateway: one POST, JSON or form, with a token and a sender."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from energymed.base.errors import BadInput
from energymed.base.http_client import TIMEOUT, NotTaken, RemoteService
from energymed.base.i18n import N_
from energymed.messages.gateway import NotSent, Outgoing

ID_NAMES = ("id", "message_id", "messageId", "sid", "ids")
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
        if not self._service().is_safe:
            raise BadInput(N_("L'adresse de la passerelle SMS doit commencer par https://."))

    def send(self, message: Outgoing) -> str:
        """See `gateway.Gateway`."""
        values = {
            "to": message.to,
            "from": self.sender,
            "text": message.text,
            "reference": message.key,
        }
        try:
            return _receipt(self._service().post(values, message.key))
        except NotTaken as error:
            raise NotSent(error.code, error.detail) from None

    def reach(self) -> None:
        """See `gateway.Gateway`: whether anybody answers at its address."""
        try:
            self._service().reach()
        except NotTaken as error:
            raise NotSent(error.code, error.detail) from None

    def _service(self) -> RemoteService:
        return RemoteService(self.url, self.token, self.form, self.fields, self.timeout)


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
