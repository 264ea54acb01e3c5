"""Codes of letters: what each is for, how it is worded, and where one that is printed stands."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class LetterKind(Code):
    """What a letter is for."""

    UNREACHABLE = "unreachable", N_("Personne injoignable par téléphone")
    PLAN_AGREEMENT = "plan_agreement", N_("Accord d’échéancier")
    PAPERS = "papers", N_("Pièces à envoyer")
    CHEQUE = "cheque", N_("Fiche chèque énergie")
    REFERRAL = "referral", N_("Fiche d’orientation")
    AGREED = "agreed", N_("Ce qui a été convenu")
    BUDGET = "budget", N_("Synthèse de budget")


class LetterVariant(Code):
    """How a letter is worded."""

    USUAL = "usual", N_("Usuelle")
    PLAIN = "plain", N_("Facile à lire")


class LetterState(Code):
    """Where a letter that somebody asked for stands."""

    WAITING = "waiting", N_("à imprimer")
    SENT = "sent", N_("envoyé")
    WITHDRAWN = "withdrawn", N_("retiré")
