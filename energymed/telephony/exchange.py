"""Asking the association's exchange to ring an extension and then a number (docs/telephony.md)."""

from dataclasses import dataclass

from energymed.base.errors import BadInput
from energymed.base.http_client import RemoteService, names_given
from energymed.base.i18n import N_

TIMEOUT = 4.0  # seconds; somebody waits for it


@dataclass(frozen=True, slots=True)
class Dial:
    """What the exchange is asked: to ring `extension`, then to call `number` (E.164)."""

    call: str
    extension: str
    number: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange that takes calls over HTTP."""

    service: RemoteService

    @classmethod
    def at(cls, url: str, *, token: str = "", form: bool = False, fields: str = "") -> "Exchange":
        """The exchange that the settings name.

        Raises:
            BadInput: the address is not one of HTTPS (plain HTTP is for this machine alone).
        """
        service = RemoteService(url, token, form, names_given(fields), TIMEOUT)
        if not service.is_safe:
            raise BadInput(N_("L'adresse du standard doit commencer par https://."))
        return cls(service)

    def dial(self, dial: Dial) -> None:
        """Hand the call over.

        Raises:
            NotTaken: with the reason.
        """
        values = {"call": dial.call, "extension": dial.extension, "number": dial.number}
        self.service.post(values, dial.call)
