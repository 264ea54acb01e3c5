"""Codes of the room: where a call by the exchange stands."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class DialState(Code):
    """Where a call that the exchange was asked for stands."""

    ASKED = "asked", N_("Demandé au standard")
    RINGING = "ringing", N_("Ça sonne")
    ANSWERED = "answered", N_("En ligne")
    ENDED = "ended", N_("Appel terminé")
    FAILED = "failed", N_("L'appel n'a pas abouti")
