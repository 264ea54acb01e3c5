"""Codes of what was checked, found and said: tariff, meter, a solution that is refused, a letter.

What is said is advice on the contract that there is, never an offer nor a firm (DOMAIN §8).
"""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class TariffPoint(Code):
    """What was looked at on the bill or the contract."""

    OPTION = "option", N_("Option tarifaire")
    POWER = "power", N_("Puissance souscrite")
    PRICE = "price", N_("Prix du contrat")
    METER = "meter", N_("Compteur et relevés")
    OFF_PEAK = "off_peak", N_("Heures creuses")


class TariffFinding(Code):
    """What the check of a tariff found."""

    SUITABLE = "suitable", N_("Le contrat convient")
    POWER_TOO_HIGH = "power_too_high", N_("Puissance trop forte")
    OPTION_UNSUITABLE = "option_unsuitable", N_("Option mal adaptée")
    OLD_PRICE = "old_price", N_("Prix ancien")
    CANNOT_SAY = "cannot_say", N_("On ne peut pas le dire")


class TariffAdvice(Code):
    """What was said of it; the person decides, and asks its own supplier."""

    KEEP = "keep", N_("Ne rien changer")
    LOWER_POWER = "lower_power", N_("Demander une puissance plus faible")
    CHANGE_OPTION = "change_option", N_("Demander une autre option")
    SELF_READ = "self_read", N_("Transmettre un auto-relevé")
    SHIFT_USE = "shift_use", N_("Décaler des usages en heures creuses")
    COMPARE = "compare", N_("Comparer avec le comparateur public (MNE)")
    FIND_BILL = "find_bill", N_("Retrouver une facture et rappeler")


class MeterTopic(Code):
    """What was said of the meter."""

    HOW_IT_WORKS = "how_it_works", N_("Fonctionnement et affichage")
    READINGS = "readings", N_("Relevés et auto-relevé")
    DATA = "data", N_("Données et vie privée")
    INSTALLATION = "installation", N_("Pose : déroulement et coût")
    REDUCED_POWER = "reduced_power", N_("Puissance réduite : que faire")
    RECONNECTION = "reconnection", N_("Remise en service")


class MeterFinding(Code):
    """What the person says of the meter."""

    COMMUNICATING = "communicating", N_("Compteur communicant")
    OLDER = "older", N_("Compteur plus ancien")
    NO_ACCESS = "no_access", N_("Compteur inaccessible")
    FAULT = "fault", N_("Panne ou anomalie signalée")
    INSTALLATION_REFUSED = "installation_refused", N_("Pose refusée")
    UNKNOWN = "unknown", N_("Ne sait pas")


class OfferedSolution(Code):
    """What was laid open to somebody who took none of it."""

    PLAN = "plan", N_("Échéancier")
    DELAY = "delay", N_("Délai")
    AID = "aid", N_("Demande d'aide")
    REFERRAL = "referral", N_("Orientation")
    BUDGET = "budget", N_("Étude de budget")
    HOLD = "hold", N_("Suspension")
    COMPLAINT = "complaint", N_("Réclamation")


class WhyRefused(Code):
    """Why somebody takes no solution, as said; never health."""

    CONTESTS_DEBT = "contests_debt", N_("Conteste la dette")
    CANNOT_PAY = "cannot_pay", N_("Ne peut rien verser")
    SETTLES_ALONE = "settles_alone", N_("Veut voir directement avec le fournisseur")
    ALREADY_HELPED = "already_helped", N_("Accompagnement en cours ailleurs")
    NO_TRUST = "no_trust", N_("Ne fait pas confiance à la démarche")
    NOT_YET = "not_yet", N_("Pas maintenant")
    NOT_SAID = "not_said", N_("Ne dit pas pourquoi")


class LetterSubject(Code):
    """What a letter is about."""

    CONTACT = "contact", N_("Prise de contact")
    AGREEMENT = "agreement", N_("Accord d'échéancier")
    PAPERS = "papers", N_("Pièces à envoyer")
    AID = "aid", N_("Demande d'aide")
    COMPLAINT = "complaint", N_("Réclamation")
    HOLD = "hold", N_("Demande de suspension")
    ATTESTATION = "attestation", N_("Attestation du chèque énergie")
    INFORMATION = "information", N_("Droits et contacts utiles")
