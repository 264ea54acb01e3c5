"""Codes of the room: languages of the texts, states of a message, and why one did not leave."""

from energymed.base.i18n import N_

CHANNELS = {"sms": N_("SMS"), "email": N_("E-mail")}
# those whose telling words `texts` knows: a text that nobody can check is not sent
LANGUAGES = {
    "fr": N_("français"),
    "en": N_("anglais"),
    "es": N_("espagnol"),
    "pt": N_("portugais"),
    "it": N_("italien"),
    "de": N_("allemand"),
    "tr": N_("turc"),
    "ar": N_("arabe"),
}
STATES = {
    "queued": N_("pas encore parti"),
    "sending": N_("en cours d'envoi"),
    "sent": N_("envoyé"),
    "failed": N_("non envoyé"),
    "cancelled": N_("annulé"),
}
ERRORS = {
    "unreachable": N_("La passerelle n'a pas pu être jointe."),
    "busy": N_("La passerelle n'a pas pris le message."),
    "refused": N_("La passerelle a refusé le message."),
    "address_refused": N_("La passerelle a refusé le destinataire."),
    "insecure": N_("La passerelle n'offre pas de liaison chiffrée."),
    "not_configured": N_("Aucune passerelle n'est réglée pour ce canal."),
    "timeout": N_(
        "La passerelle n'a pas répondu à temps : on ne sait pas si le message est parti."
    ),
    "broken_off": N_("La liaison a été coupée : on ne sait pas si le message est parti."),
    "interrupted": N_("L'envoi a été interrompu : on ne sait pas si le message est parti."),
    "stopped": N_("La personne ou le numéro ne doit plus être contacté."),
    "expired": N_("Le message a attendu trop longtemps : il n'a plus lieu d'être."),
}
LATER = ("unreachable", "busy", "not_configured")  # surely not taken: tried again by itself
UNSURE = ("timeout", "broken_off", "interrupted")  # perhaps taken: only a person tries again
