"""Codes of the room: languages of the texts, states of a message, and why one did not leave."""

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.cases.needs import NO_MESSAGE


class MessageChannel(Code):
    """How a message leaves."""

    SMS = "sms", N_("SMS")
    EMAIL = "email", N_("E-mail")


class Purpose(Code):
    """What a text is for: to be called back, or to put in writing what was agreed."""

    CONTACT = "contact", N_("Être rappelé")
    AGREED = "agreed", N_("Écrire ce qui a été convenu")


class Obstacle(Code):
    """Why nothing can be sent to a number or address."""

    LANDLINE = "landline", N_("ligne fixe ou étrangère : pas de SMS")
    STOPPED = "stopped", N_("numéro arrêté")
    BAD_ADDRESS = "bad_address", N_("adresse inutilisable")


class NoMessageReason(Code):
    """Why nothing may be sent to a person at an instant, besides what stops calls as well."""

    CLOSED = "closed", N_("Ce dossier est clos : rien n'est envoyé.")
    NOT_SAFE = "not_safe", NO_MESSAGE
    PENDING = "pending", N_("Un message attend déjà de partir pour cette personne.")
    UNSURE = (
        "unsure",
        N_("Un message est peut-être déjà parti : voyez l'historique avant d'en envoyer un."),
    )
    RECENT = ("recent", N_("Un message lui a déjà été envoyé il y a peu : un seul par période."))
    OUTSIDE_HOURS = (
        "outside_hours",
        N_("Pas de SMS à cette heure, ni le dimanche ou un jour férié."),
    )


class Language(Code):
    """Languages whose telling words `texts` knows: a text that nobody can check is not sent."""

    FR = "fr", N_("français")
    EN = "en", N_("anglais")
    ES = "es", N_("espagnol")
    PT = "pt", N_("portugais")
    IT = "it", N_("italien")
    DE = "de", N_("allemand")
    TR = "tr", N_("turc")
    AR = "ar", N_("arabe")


class MessageState(Code):
    """Where a message stands."""

    QUEUED = "queued", N_("pas encore parti")
    SENDING = "sending", N_("en cours d'envoi")
    SENT = "sent", N_("envoyé")
    FAILED = "failed", N_("non envoyé")
    CANCELLED = "cancelled", N_("annulé")


class MessageError(Code):
    """Why a message did not leave."""

    UNREACHABLE = "unreachable", N_("La passerelle n'a pas pu être jointe.")
    BUSY = "busy", N_("La passerelle n'a pas pris le message.")
    REFUSED = "refused", N_("La passerelle a refusé le message.")
    ADDRESS_REFUSED = "address_refused", N_("La passerelle a refusé le destinataire.")
    INSECURE = "insecure", N_("La passerelle n'offre pas de liaison chiffrée.")
    NOT_CONFIGURED = "not_configured", N_("Aucune passerelle n'est réglée pour ce canal.")
    TIMEOUT = (
        "timeout",
        N_("La passerelle n'a pas répondu à temps : on ne sait pas si le message est parti."),
    )
    BROKEN_OFF = (
        "broken_off",
        N_("La liaison a été coupée : on ne sait pas si le message est parti."),
    )
    INTERRUPTED = (
        "interrupted",
        N_("L'envoi a été interrompu : on ne sait pas si le message est parti."),
    )
    STOPPED = "stopped", N_("La personne ou le numéro ne doit plus être contacté.")
    EXPIRED = "expired", N_("Le message a attendu trop longtemps : il n'a plus lieu d'être.")


# surely not taken: tried again by itself
LATER = (MessageError.UNREACHABLE, MessageError.BUSY, MessageError.NOT_CONFIGURED)
# perhaps taken: only a person tries again
UNSURE = (MessageError.TIMEOUT, MessageError.BROKEN_OFF, MessageError.INTERRUPTED)
