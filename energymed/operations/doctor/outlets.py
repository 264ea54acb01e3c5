"""Whether what messages and calls leave by can be reached; nothing is sent."""

from collections.abc import Callable

from energymed.base.errors import BadInput
from energymed.base.http_client import NotTaken
from energymed.base.i18n import N_, Label
from energymed.config import Settings
from energymed.messages.codes import MessageChannel, MessageError
from energymed.messages.gateway import NotSent
from energymed.messages.sending import MAKERS
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good, wrong
from energymed.telephony.exchange import exchange

TELEPHONY = N_("Standard téléphonique")
_NOT_SET = N_("%(name)s : non réglé.")
_REACHED = N_("%(name)s : répond.")
_SILENT = N_("%(name)s : %(why)s (%(detail)s)")
_LOOK = N_("Vérifiez l'adresse, le réseau et le mot de passe ; ce qui attend partira de lui-même.")


def outlet_findings(settings: Settings) -> list[Finding]:
    """E-mail, text messages and the exchange, each within some seconds."""
    return [
        _judged(MessageChannel.EMAIL.label, settings.smtp_url, lambda: _reach(settings, "email")),
        _judged(MessageChannel.SMS.label, settings.sms_url, lambda: _reach(settings, "sms")),
        _judged(TELEPHONY, settings.dial_url, lambda: exchange(settings).reach()),
    ]


def _reach(settings: Settings, channel: str) -> None:
    gateway = MAKERS[channel](settings)
    if gateway is not None:
        gateway.reach()


def _judged(name: str, url: str, reach: Callable[[], None]) -> Finding:
    if not url:
        return good(Check.OUTLETS, _NOT_SET, name=Label(name))
    try:
        reach()
    except BadInput as error:
        return wrong(Check.OUTLETS, error.message, "", **error.params)
    except (NotSent, NotTaken) as error:
        why = Label(MessageError(error.code).label)
        return wrong(
            Check.OUTLETS, _SILENT, _LOOK, name=Label(name), why=why, detail=error.detail or "–"
        )
    return good(Check.OUTLETS, _REACHED, name=Label(name))
