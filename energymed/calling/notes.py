"""What is noted most often, at one key each, in neutral words: typing is the exception.

Each key is one that no result or act of the desk has.
"""

from energymed.base.i18n import N_

PHRASES = {
    "f": N_("Difficulté passagère."),
    "j": N_("Baisse récente de revenus."),
    "q": N_("Demande une explication de la facture."),
    "x": N_("Dit avoir payé : à vérifier."),
    "y": N_("Souhaite garder le même interlocuteur."),
    "z": N_("Échange par un proche qui traduit."),
}
