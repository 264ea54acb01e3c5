"""Codes of a case, with their French labels (DOMAIN §2, §10; DESIGN, Queue and calling)."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class CaseState(Code):
    """Where a case stands (DESIGN, Queue and calling)."""

    TO_ASSIGN = "to_assign", N_("À répartir")
    QUEUED = "queued", N_("En file")
    IN_CALL = "in_call", N_("En appel")
    WAITING = "waiting", N_("En attente")
    CLOSED = "closed", N_("Clos")


STATES = CaseState.labels()


class WaitingReason(Code):
    """What a waiting case waits for."""

    CALLBACK = "callback", N_("Rappel convenu")
    RETRY = "retry", N_("Nouvel essai")
    FOLLOW_UP = "follow_up", N_("Suivi")


class QueueReason(Code):
    """Why a case is in the queue."""

    CALLBACK = "callback", N_("Rappel convenu")
    INSTALMENT = "instalment", N_("Échéance à vérifier")
    FOLLOW_UP = "follow_up", N_("Suivi")
    RETRY = "retry", N_("Nouvel essai")
    NEW = "new", N_("Nouveau dossier")


QUEUE_REASONS = QueueReason.labels()


class ReopenReason(Code):
    """Why somebody opens a closed case again."""

    CALLED_BACK = "called_back", N_("La personne a rappelé")
    PLAN_BROKEN = "plan_broken", N_("L'échéancier n'est pas tenu")
    PROMISE_BROKEN = "promise_broken", N_("Le paiement promis n'est pas venu")
    AID_REFUSED = "aid_refused", N_("L'aide est refusée")
    PARTNER_ASKS = "partner_asks", N_("Le partenaire le demande")
    NEW_ELEMENT = "new_element", N_("Élément nouveau")
    BY_MISTAKE = "by_mistake", N_("Clos par erreur")


REOPEN_REASONS = ReopenReason.labels()


class LedgerKind(Code):
    """Movements of a debt (DESIGN, Money)."""

    OPENING = "opening", N_("Dette à l'ouverture")
    NEW_CHARGE = "new_charge", N_("Nouvelle somme due")
    PAYMENT = "payment", N_("Paiement confirmé")
    REVERSAL = "reversal", N_("Paiement rejeté, annulé ou remboursé")
    AID_PAYMENT = "aid_payment", N_("Aide versée")
    REPORTED_DECREASE = "reported_decrease", N_("Baisse annoncée, non expliquée")
    WRITE_OFF = "write_off", N_("Abandon de créance")
    CORRECTION = "correction", N_("Correction")


# what counts as repaid: what the partner confirmed and did not take back, never what was promised
# or declared
REPAID = (LedgerKind.PAYMENT, LedgerKind.REVERSAL, LedgerKind.AID_PAYMENT)
# what the household itself paid, less what was taken back
PAID_BY_HOUSEHOLD = tuple(kind for kind in REPAID if kind != LedgerKind.AID_PAYMENT)


class PhoneStatus(Code):
    """Whether a number may be dialled."""

    OK = "ok", N_("À appeler")
    WRONG = "wrong", N_("Faux numéro")
    INVALID = "invalid", N_("Hors service")
    OPPOSED = "opposed", N_("Ne pas appeler")


class PhoneOwner(Code):
    """Whose number it is, as the person or whoever answers it says."""

    OWN = "own", N_("le sien")
    PARTNER = "partner", N_("conjoint")
    CHILD = "child", N_("enfant")
    NEIGHBOUR = "neighbour", N_("voisin")
    SOCIAL_WORKER = "social_worker", N_("travailleur social")
    CARER = "carer", N_("aidant ou tuteur")
    LANDLORD = "landlord", N_("bailleur")
    INSTITUTION = "institution", N_("institution")


# they answer for many people: such a number says nothing of who lives with whom
SHARED_OWNERS = (
    PhoneOwner.SOCIAL_WORKER, PhoneOwner.CARER, PhoneOwner.LANDLORD, PhoneOwner.INSTITUTION,
)  # fmt: skip


class WordField(Code):
    """What a person may say of themselves: a column of `Person` or of `Case`, or a number."""

    CIVILITY = "civility", N_("Civilité")
    LAST_NAME = "last_name", N_("Nom")
    FIRST_NAME = "first_name", N_("Prénom")
    EMAIL = "email", N_("E-mail")
    ADDRESS = "address", N_("Adresse")
    ADDRESS_EXTRA = "address_extra", N_("Complément d'adresse")
    POSTAL_CODE = "postal_code", N_("Code postal")
    COMMUNE = "commune", N_("Commune")
    PHONE = "phone", N_("Téléphone")


ADDRESS_FIELDS = (
    WordField.ADDRESS, WordField.ADDRESS_EXTRA, WordField.POSTAL_CODE, WordField.COMMUNE,
)  # fmt: skip


class SupplyState(Code):
    """Whether energy or water still comes (DOMAIN §3)."""

    UNKNOWN = "unknown", N_("Pas connue")
    NORMAL = "normal", N_("Normale")
    LIMITED = "limited", N_("Puissance réduite")
    CUT = "cut", N_("Coupée")
    TERMINATED = "terminated", N_("Contrat résilié")


SUPPLY_STATES = SupplyState.labels()


class SupplyField(Code):
    """What may be said of a supply: a column of `Case`."""

    SUPPLY_STATE = "supply_state", N_("Fourniture")
    LIMITED_KVA = "limited_kva", N_("Puissance laissée (kVA)")
    SUPPLY_SINCE = "supply_since", N_("Depuis le")
    FIRST_LETTER_ON = "first_letter_on", N_("Première lettre du")
    SECOND_LETTER_ON = "second_letter_on", N_("Seconde lettre du")
    MAIN_RESIDENCE = "main_residence", N_("Résidence principale")
    COMMUNICATING_METER = "communicating_meter", N_("Compteur communicant")


class PersonChangeKind(Code):
    """What a lead did to the rows of people."""

    MERGE = "merge", N_("Fiches réunies")
    SPLIT = "split", N_("Fiche séparée")


class StopKind(Code):
    """Why a person or number is not called in files to come (`cases.stops`)."""

    OPPOSED = "opposed"
    DECEASED = "deceased"
    WRONG = "wrong"
    INVALID = "invalid"
    RESTS = "rests"


# days for which a stop is remembered as keyed hashes; 3 years for an opposition (DOMAIN §12);
# a rest as long as it lasts, a year at the most
STOP_DAYS = {
    StopKind.OPPOSED: 1096, StopKind.DECEASED: 1096, StopKind.WRONG: 1096,
    StopKind.INVALID: 365, StopKind.RESTS: 366,
}  # fmt: skip


class MandateKind(Code):
    """Who may speak for a person (DOMAIN §9). Under tutelle nobody agrees to a plan alone."""

    TUTELLE = "tutelle", N_("Tutelle")
    CURATELLE = "curatelle", N_("Curatelle")
    CO_HOLDER = "co_holder", N_("Cotitulaire")
    RELATIVE = "relative", N_("Proche")
    SOCIAL_WORKER = "social_worker", N_("Travailleur social")


MANDATE_KINDS = MandateKind.labels()


class NeedKind(Code):
    """What one must know to work with a person safely. The equipment, never an illness.

    The gravest first: this is the order of the cautions.
    """

    NO_MESSAGE = "no_message", N_("Ne laisser aucun message")
    EQUIPMENT = "equipment", N_("Équipement médical sur secteur")
    INFANT = "infant", N_("Nourrisson au foyer")
    INTERPRETER = "interpreter", N_("Interprète nécessaire")
    HARD_OF_HEARING = "hard_of_hearing", N_("Entend mal")
    READS_LITTLE = "reads_little", N_("Lit peu")
    NO_INTERNET = "no_internet", N_("Pas d'internet")
    TRUSTED = "trusted", N_("Personne de confiance")


NEED_KINDS = NeedKind.labels()


class TrustedRelation(Code):
    """What somebody whom a person trusts is to them."""

    SPOUSE = "spouse", N_("Conjoint")
    CHILD = "child", N_("Enfant")
    PARENT = "parent", N_("Parent")
    FAMILY = "family", N_("Famille")
    FRIEND = "friend", N_("Ami ou voisin")
    SOCIAL_WORKER = "social_worker", N_("Travailleur social")
    OTHER = "other", N_("Autre")


TRUSTED_RELATIONS = TrustedRelation.labels()
