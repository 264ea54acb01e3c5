"""Codes of conventions and their rules: missions, call results, closures (DOMAIN §2, §9, §10)."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class CampaignKind(Code):
    """What a partner entrusts: a mission (DOMAIN §2)."""

    UNPAID_BILL = "unpaid_bill", N_("Médiation sur impayés")
    CUTOFF_NOTICE = "cutoff_notice", N_("Information coupure (DPI)")
    APPOINTMENT = "appointment", N_("Prise de rendez-vous (Linky)")


class ConventionUnit(Code):
    """What the volume and the price of a convention count."""

    CASES = "cases", N_("Dossiers")
    CALLS = "calls", N_("Appels")
    HOURS = "hours", N_("Heures")


class DisclosureTopic(Code):
    """A subject of a person's social follow-up, which a partner need not know (DOMAIN §10)."""

    FUNDS = "funds", N_("Aides demandées et noms des fonds")
    REFERRALS = "referrals", N_("Orientations et noms des organismes")
    OVERINDEBTEDNESS = "overindebtedness", N_("Surendettement")
    NO_CAPACITY = "no_capacity", N_("Absence de capacité de paiement")
    ALERT = "alert", N_("Alertes")
    BUDGET = "budget", N_("Étude de budget")
    CAUSE = "cause", N_("Cause des impayés")


class Energy(Code):
    """What is supplied."""

    ELECTRICITY = "electricity", N_("Électricité")
    GAS = "gas", N_("Gaz")
    BOTH = "both", N_("Électricité et gaz")
    WATER = "water", N_("Eau")
    HEAT = "heat", N_("Chaleur")


ENERGIES = Energy.labels()


class Certainty(Code):
    """How sure a dated fact of law is (DOMAIN)."""

    A = "A", N_("A – texte ou organisme officiel")
    A_MINUS = "A-", N_("A- – texte ou organisme officiel, à vérifier")
    B = "B", N_("B – source secondaire sérieuse")
    C = "C", N_("C – une seule source, fragile")
    P = "P", N_("P – choix de l'association")


class ResultCode(Code):
    """The single result of a call (DOMAIN §9)."""

    REACHED_HOLDER = "reached_holder", N_("Joint – titulaire")
    REACHED_MANDATED = "reached_mandated", N_("Joint – cotitulaire ou mandataire")
    THIRD_PARTY = "third_party", N_("Tiers")
    NO_ANSWER = "no_answer", N_("Absent")
    BUSY = "busy", N_("Occupé")
    VOICEMAIL_LEFT = "voicemail_left", N_("Répondeur, message neutre")
    VOICEMAIL_NONE = "voicemail_none", N_("Répondeur, sans message")
    CALLBACK_SET = "callback_set", N_("Rappel convenu")
    HUNG_UP = "hung_up", N_("Raccroché")
    REFUSED = "refused", N_("Refuse l'échange")
    OPPOSED = "opposed", N_("S'oppose à tout nouveau contact")
    WRONG_NUMBER = "wrong_number", N_("Faux numéro")
    INVALID_NUMBER = "invalid_number", N_("Hors service")
    LANGUAGE_BARRIER = "language_barrier", N_("Barrière de langue")
    DECEASED = "deceased", N_("Décès déclaré")
    MOVED = "moved", N_("Déménagé")
    NOT_CUSTOMER = "not_customer", N_("Conteste être client")
    TECHNICAL = "technical", N_("Incident technique")


class Closure(Code):
    """How a case ends, exactly one (DOMAIN §10)."""

    SETTLED = "settled", N_("Soldé")
    PLAN_RUNNING = "plan_running", N_("Échéancier en cours")
    AID_PENDING = "aid_pending", N_("Aide en attente")
    REFERRED = "referred", N_("Orienté")
    PROMISE = "promise", N_("Promesse de paiement")
    INFORMED_ONLY = "informed_only", N_("Informé")
    UNREACHABLE = "unreachable", N_("Injoignable")
    REFUSED = "refused", N_("Refus d'échange")
    OPPOSED = "opposed", N_("Opposition")
    WRONG_DATA = "wrong_data", N_("Coordonnées erronées")
    DECEASED = "deceased", N_("Décès déclaré")
    MOVED = "moved", N_("Déménagé")
    NOT_CUSTOMER = "not_customer", N_("Conteste être client")
    DISPUTED = "disputed", N_("Contesté")
    RECALLED_BY_PARTNER = "recalled_by_partner", N_("Retiré par le partenaire")
    DUPLICATE = "duplicate", N_("Doublon")
    TOO_LATE = "too_late", N_("Hors délai")
    REPEATED = "repeated", N_("Signalement répété")
    UNJUSTIFIED = "unjustified", N_("Hors critères de la convention")
    FOLLOWED_ELSEWHERE = "followed_elsewhere", N_("Accompagnement en cours ailleurs")
    LOST_AFTER_CONTACT = "lost_after_contact", N_("Sans réponse après un premier échange")
    SELF_SOLVED = "self_solved", N_("Réglé par la personne")
    ADVISED = "advised", N_("Conseil suffisant")
    INTERVENTION_AVOIDED = "intervention_avoided", N_("Intervention évitée")


class CaseEffect(Code):
    """What a result does to the case."""

    OUTCOME = "outcome", N_("ouvre ce qui a été convenu, puis ce qui suit")
    CALLBACK = "callback", N_("revient à l'heure promise")
    RETRY = "retry", N_("est rappelé plus tard")
    NEXT_NUMBER = "next_number", N_("passe au numéro suivant ; sans autre numéro, se clôt")
    INTERPRETER = "interpreter", N_("attend un interprète")
    BACK = "back", N_("revient bientôt, sans compter d'essai")
    CLOSE = "close", N_("se clôt")


class NumberEffect(Code):
    """What a result does to the number that was dialled."""

    WRONG = "wrong", N_("n'est plus jamais composé (faux numéro)")
    INVALID = "invalid", N_("n'est plus jamais composé (hors service)")
    OPPOSED = "opposed", N_("n'est plus jamais composé, chez personne (opposition)")


class PersonEffect(Code):
    """What a result does to the person."""

    RESTS = "rests", N_("n'est plus appelée le temps du repos")
    OPPOSED = "opposed", N_("n'est plus jamais appelée")
    DECEASED = "deceased", N_("n'est plus jamais appelée, ni son foyer")


class Again(Code):
    """When a case that is called again is called."""

    OTHER_HALF_DAY = "other_half_day", N_("dans l'autre demi-journée d'un jour suivant")
    SAME_DAY = "same_day", N_("une fois encore le jour même")
    HOURS = "hours", N_("après un nombre d'heures")


class CallbackBy(Code):
    """Who calls back as promised."""

    ME = "me", N_("le même médiateur")
    ANYONE = "anyone", N_("le premier médiateur libre")
