"""What a new installation says of emergencies; afterwards the rows are the truth.

The European emergency number alone is known: of the others none is told until somebody has
checked it (DOMAIN §16).
"""

from datetime import date
from typing import Any

from energymed.base.i18n import N_
from energymed.mediation.codes import Emergency

PUBLIC_NUMBER = "112"
CHECKED_ON = date(2026, 11, 29)
_NUMBER = {"phone": PUBLIC_NUMBER, "checked_on": CHECKED_ON}
_NONE: dict[str, Any] = {"phone": None, "checked_on": None}
EMERGENCY_SEEDS: dict[Emergency, dict[str, Any]] = {
    Emergency.DANGER: {
        "advice": N_(
            "Restez en ligne. Demandez si la personne peut parler, puis où elle est : des "
            "questions auxquelles on répond par oui ou non. Ne rappelez pas, ne laissez aucun "
            "message."
        ),
        "whom": N_("Les secours"),
        **_NUMBER,
    },
    Emergency.EQUIPMENT: {
        "advice": N_(
            "Demandez combien de temps la batterie tient encore. Si une vie est en jeu : les "
            "secours d'abord. Sinon, demandez aussitôt au fournisseur de rétablir le courant."
        ),
        "whom": N_("Les secours si une vie est en jeu, sinon le fournisseur"),
        **_NUMBER,
    },
    Emergency.HEATING: {
        "advice": N_(
            "Demandez depuis quand, et qui est au foyer. Ni barbecue, ni brasero, ni groupe "
            "électrogène à l'intérieur : leurs fumées tuent. Cherchez avec la personne où passer "
            "la nuit."
        ),
        "whom": N_(
            "Le CCAS de la commune (annuaire), et le fournisseur si la fourniture est coupée"
        ),
        **_NONE,
    },
    Emergency.FOOD: {
        "advice": N_(
            "Demandez combien de personnes sont au foyer, et s'il y a des enfants. Proposez "
            "d'appeler avec la personne une aide alimentaire proche, pour aujourd'hui."
        ),
        "whom": N_("Le CCAS de la commune ou une association caritative (annuaire)"),
        **_NONE,
    },
}  # fmt: skip
