"""Asking the association's exchange to ring an extension and then a number (docs/telephony.md)."""

from dataclasses import asdict, dataclass

from energymed.base.errors import BadInput
from energymed.base.http_client import RemoteService, names_given
from energymed.base.i18n import N_
from energymed.config import Settings

TIMEOUT = 4.0  # seconds; somebody waits for it


@dataclass(frozen=True, slots=True)
class Dial:
    """What the exchange is asked: to ring `extension`, then to call `number` (E.164).

    `caller` is the number to show, where the partner asked for one (E.164).
    """

    call: str
    extension: str
    number: str
    caller: str | None = None

    def order(self) -> dict[str, str]:
        """What is sent: a number to show only where there is one."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def exchange(settings: Settings) -> RemoteService:
    """The exchange that the settings name: it takes `Dial.order`.

    Raises:
        BadInput: the address is not one of HTTPS (plain HTTP is for this machine alone).
    """
    names, as_form = names_given(settings.dial_fields), settings.dial_format == "form"
    service = RemoteService(settings.dial_url, settings.dial_token, as_form, names, TIMEOUT)
    if not service.is_safe:
        raise BadInput(N_("L'adresse du standard doit commencer par https://."))
    return service
