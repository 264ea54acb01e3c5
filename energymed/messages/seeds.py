"""The neutral texts that an installation starts with; afterwards the rows are the truth.

No accent that would double the price of a text message: ê, ç and the like are outside GSM-7.
"""

SEEDS: dict[str, dict[str, str]] = {
    "tried_sms_fr": {
        "channel": "sms",
        "language": "fr",
        "name": "Nous avons essayé de vous joindre",
        "body": (
            "Bonjour, {mediateur} ({association}) a essayé de vous joindre. "
            "Vous pouvez rappeler au {telephone}. Bonne journée."
        ),
    },
    "call_back_sms_fr": {
        "channel": "sms",
        "language": "fr",
        "name": "Rappelez-nous quand vous voulez",
        "body": (
            "Bonjour, {association} souhaite vous parler. Rappelez {mediateur} au {telephone}, "
            "au moment qui vous arrange. Merci."
        ),
    },
    "soon_sms_fr": {
        "channel": "sms",
        "language": "fr",
        "campaign_kind": "cutoff_notice",
        "name": "Rappelez-nous rapidement",
        "body": (
            "Bonjour, {association} souhaite vous parler rapidement. "
            "Merci de rappeler {mediateur} au {telephone}."
        ),
    },
    "tried_sms_en": {
        "channel": "sms",
        "language": "en",
        "name": "We tried to reach you",
        "body": (
            "Hello, {mediateur} ({association}) tried to reach you. "
            "You can call back on {telephone}. Thank you."
        ),
    },
    "tried_email_fr": {
        "channel": "email",
        "language": "fr",
        "name": "Nous avons essayé de vous joindre",
        "subject": "Nous avons essayé de vous joindre",
        "body": (
            "Bonjour,\n\n"
            "{mediateur}, de {association}, a essayé de vous joindre par téléphone.\n"
            "Vous pouvez rappeler au {telephone}, ou répondre à ce message en disant quand "
            "vous êtes disponible.\n\n"
            "Cet échange est gratuit et confidentiel.\n\n"
            "{mediateur}\n{association}"
        ),
    },
    "tried_email_en": {
        "channel": "email",
        "language": "en",
        "name": "We tried to reach you",
        "subject": "We tried to reach you",
        "body": (
            "Hello,\n\n"
            "{mediateur}, of {association}, tried to reach you by telephone.\n"
            "You can call back on {telephone}, or answer this message and say when you are "
            "available.\n\n"
            "{mediateur}\n{association}"
        ),
    },
    "agreed_sms_fr": {
        "channel": "sms",
        "language": "fr",
        "purpose": "agreed",
        "name": "Suite à notre échange",
        "body": (
            "Bonjour, suite à notre échange du {jour} avec {mediateur} ({association}). {suite} "
            "Une question ? Appelez le {telephone}."
        ),
    },
    "agreed_email_fr": {
        "channel": "email",
        "language": "fr",
        "purpose": "agreed",
        "name": "Suite à notre échange",
        "subject": "Suite à notre échange du {jour}",
        "body": (
            "Bonjour,\n\n"
            "Merci pour notre échange du {jour}.\n"
            "{suite}\n\n"
            "Une question, ou un changement ? Appelez-nous au {telephone}.\n\n"
            "{mediateur}\n{association}"
        ),
    },
}
