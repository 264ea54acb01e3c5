"""Codes of the room: channels, follow-ups, what a result asks for, and why nobody may be called."""

from typing import NamedTuple

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.partners.codes import ResultCode


class Channel(Code):
    """How an exchange took place (DOMAIN §2)."""

    CALL_OUT = "call_out", N_("Appel sortant")
    CALL_IN = "call_in", N_("Appel entrant")
    SMS = "sms", N_("SMS")
    EMAIL = "email", N_("E-mail")
    LETTER = "letter", N_("Courrier")
    VISIT = "visit", N_("Visite à domicile")
    FACE_TO_FACE = "face_to_face", N_("Face à face")


class ExchangeResult(Code):
    """The single result of an exchange off the telephone (DOMAIN §9)."""

    MET_HOLDER = "met_holder", N_("Rencontré : le titulaire")
    MET_MANDATED = "met_mandated", N_("Rencontré : cotitulaire ou mandataire")
    THIRD_PARTY = "third_party", N_("Un tiers : rien n'est dit de la dette")
    NOBODY_CARD_LEFT = "nobody_card_left", N_("Absence, carte laissée")
    NO_ACCESS = "no_access", N_("Pas d'accès")
    REFUSED = "refused", N_("Refuse l'échange")
    WRONG_ADDRESS = "wrong_address", N_("Mauvaise adresse")
    ANSWERED_HOLDER = "answered_holder", N_("Reçu : le titulaire répond")
    ANSWERED_MANDATED = "answered_mandated", N_("Reçu : cotitulaire ou mandataire répond")
    OPPOSED = "opposed", N_("Reçu : s'oppose à tout nouveau contact")
    SENT = "sent", N_("Envoyé")
    RETURNED = "returned", N_("Revenu : non distribué")


CALLS = (Channel.CALL_OUT, Channel.CALL_IN)
WRITTEN = (Channel.SMS, Channel.EMAIL, Channel.LETTER)
# the ways that a campaign's cascade proposes, one after the other (DOMAIN §15)
STEPS = (Channel.SMS, Channel.LETTER, Channel.VISIT)


class FollowUpKind(Code):
    """What is to be done on a case at a time."""

    CALLBACK = "callback", N_("Rappel convenu")
    INSTALMENT = "instalment", N_("Échéance à vérifier")
    DOCUMENTS = "documents", N_("Pièces manquantes")
    AID_DECISION = "aid_decision", N_("Décision d'aide à suivre")
    INTERPRETER = "interpreter", N_("Interprète à trouver")
    PARTNER_ANSWER = "partner_answer", N_("Réponse du partenaire attendue")
    ASK_PERSON = "ask_person", N_("À voir avec la personne")
    ASK_OTHERS = "ask_others", N_("Démarche à faire")
    PAUSE = "pause", N_("Fin de la pause")
    VISIT = "visit", N_("Visite prévue")
    OTHER = "other", N_("Autre suivi")


class PauseReason(Code):
    """Why a case is left in peace until a day; never health."""

    AWAY = "away", N_("La personne est absente ou en congés")
    PAPER = "paper", N_("La personne attend un papier")
    INCOME = "income", N_("La personne attend une rentrée d'argent")
    PARTNER = "partner", N_("Le partenaire demande de patienter")
    OTHER = "other", N_("Autre raison")


class DeclineReason(Code):
    """Why a proposed way to reach somebody is not taken; never health."""

    CALL_AGAIN = "call_again", N_("Un autre appel d'abord")
    UNSUITED = "unsuited", N_("Ce moyen ne convient pas à la personne")
    OTHERWISE = "otherwise", N_("La personne est jointe par quelqu'un d'autre")
    OTHER = "other", N_("Autre raison")


class FollowUpState(Code):
    """Whether a follow-up is still to be done."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class PresenceState(Code):
    """What somebody does just now; whoever is there for calls has no row that says so."""

    CALLING = "calling", N_("Aux appels")
    PAUSE = "pause", N_("Pause")
    MEETING = "meeting", N_("Réunion")
    TRAINING = "training", N_("Formation")
    WRAP_UP = "wrap_up", N_("Après-appel")


class NoCallReason(Code):
    """Why a person may not be called at an instant (DOMAIN §8)."""

    NO_PHONE = "no_phone", N_("Aucun numéro à appeler")
    OPPOSED = "opposed", N_("S'oppose à tout nouveau contact")
    DECEASED = "deceased", N_("Décès déclaré")
    RESTING = "resting", N_("En repos après un refus")
    OUTSIDE_HOURS = "outside_hours", N_("Hors des heures d'appel")
    PUBLIC_HOLIDAY = "public_holiday", N_("Jour férié : pas d'appel")
    AVAILABILITY = "availability", N_("La personne préfère un autre moment")
    ATTEMPTED_TODAY = "attempted_today", N_("Déjà appelé aujourd'hui")
    ATTEMPTS_EXHAUSTED = "attempts_exhausted", N_("Nombre d'essais atteint")
    OTHER_HALF_DAY = "other_half_day", N_("À rappeler dans l'autre demi-journée")
    HOUSEHOLD_IN_CALL = "household_in_call", N_("Même foyer déjà en ligne")
    TOO_LATE = "too_late", N_("Intervention déjà passée")


class WhyNow(Code):
    """Why a case comes now, by its place in the calling order (`queue.why`)."""

    CALLBACK = "callback", N_("Rappel promis")
    CUTOFF = "cutoff", N_("Coupure prévue")
    INSTALMENT = "instalment", N_("Une échéance convenue est à vérifier")
    FOLLOW_UP = "follow_up", N_("Un suivi est arrivé à sa date")
    RETRY = "retry", N_("Nouvel essai, les appels d'avant n'ont pas abouti")
    NEW = "new", N_("Nouveau dossier")


class ResultGroup(Code):
    """The groups in which the desk shows the results."""

    REACHED = "reached", N_("Joint")
    NOT_REACHED = "not_reached", N_("Pas joint")
    STOP = "stop", N_("On s'arrête là")


class MessageLeft(Code):
    """What a third party was told: never anything of the debt."""

    NONE = "none", N_("Aucun message")
    CALLBACK_ONLY = "callback_only", N_("Seulement « rappelez-nous »")


class Relation(Code):
    """What whoever speaks for the holder is to them."""

    SPOUSE = "spouse", N_("Conjoint")
    CO_HOLDER = "co_holder", N_("Cotitulaire")
    CHILD = "child", N_("Enfant")
    PARENT = "parent", N_("Parent")
    SOCIAL_WORKER = "social_worker", N_("Travailleur social")
    GUARDIAN = "guardian", N_("Tuteur ou curateur")
    OTHER = "other", N_("Autre personne mandatée")


class Reporter(Code):
    """Who told of a death."""

    FAMILY = "family", N_("Famille")
    NEIGHBOUR = "neighbour", N_("Voisin")
    NOTARY = "notary", N_("Notaire")
    OTHER = "other", N_("Autre")


class HungUpWhen(Code):
    """When the person hung up."""

    BEFORE_IDENTIFICATION = "before_identification", N_("Avant de se présenter")
    AFTER_IDENTIFICATION = "after_identification", N_("Après s'être présenté")


# what a row says of somebody: the absence of one means that they are there for calls
AWAY = tuple(each for each in PresenceState if each != PresenceState.CALLING)
REACHED = (ResultCode.REACHED_HOLDER, ResultCode.REACHED_MANDATED)
# nobody was on the line: a neutral message may tell that somebody called
UNREACHED = (
    ResultCode.NO_ANSWER, ResultCode.BUSY, ResultCode.VOICEMAIL_LEFT, ResultCode.VOICEMAIL_NONE,
)  # fmt: skip
# the same off the telephone: somebody who may speak of the case was met, or answered
MET = (ExchangeResult.MET_HOLDER, ExchangeResult.MET_MANDATED)
ANSWERED = (ExchangeResult.ANSWERED_HOLDER, ExchangeResult.ANSWERED_MANDATED)
COMING_IN = (*ANSWERED, ExchangeResult.OPPOSED)
OF_VISIT = (
    *MET, ExchangeResult.THIRD_PARTY, ExchangeResult.NOBODY_CARD_LEFT, ExchangeResult.NO_ACCESS,
    ExchangeResult.REFUSED, ExchangeResult.WRONG_ADDRESS,
)  # fmt: skip
OF_WRITING = (ExchangeResult.SENT, ExchangeResult.RETURNED, *COMING_IN)
# the results of each channel off the telephone, in the order of the form
EXCHANGE_RESULTS: dict[Channel, tuple[ExchangeResult, ...]] = {
    **dict.fromkeys(WRITTEN, OF_WRITING),
    Channel.VISIT: OF_VISIT,
    Channel.FACE_TO_FACE: MET,
}
# what is asked for beside some results, by name of the detail
CHOICES = {
    "relation": Relation.labels(),
    "message_left": MessageLeft.labels(),
    "reported_by": Reporter.labels(),
    "hung_up_when": HungUpWhen.labels(),
}


class CallResult(NamedTuple):
    """How the desk shows a result; the frequent ones large.

    What it requires and does is declared for each campaign (`partners.result_rules`).
    """

    key: str
    group: ResultGroup
    frequent: bool = False


RESULTS: dict[ResultCode, CallResult] = {
    ResultCode.REACHED_HOLDER: CallResult("1", ResultGroup.REACHED, frequent=True),
    ResultCode.REACHED_MANDATED: CallResult("2", ResultGroup.REACHED, frequent=True),
    ResultCode.CALLBACK_SET: CallResult("3", ResultGroup.REACHED, frequent=True),
    ResultCode.NO_ANSWER: CallResult("4", ResultGroup.NOT_REACHED, frequent=True),
    ResultCode.BUSY: CallResult("5", ResultGroup.NOT_REACHED),
    ResultCode.VOICEMAIL_LEFT: CallResult("6", ResultGroup.NOT_REACHED, frequent=True),
    ResultCode.VOICEMAIL_NONE: CallResult("7", ResultGroup.NOT_REACHED, frequent=True),
    ResultCode.THIRD_PARTY: CallResult("8", ResultGroup.NOT_REACHED),
    ResultCode.HUNG_UP: CallResult("9", ResultGroup.NOT_REACHED),
    ResultCode.WRONG_NUMBER: CallResult("w", ResultGroup.NOT_REACHED),
    ResultCode.INVALID_NUMBER: CallResult("i", ResultGroup.NOT_REACHED),
    ResultCode.LANGUAGE_BARRIER: CallResult("l", ResultGroup.NOT_REACHED),
    ResultCode.TECHNICAL: CallResult("t", ResultGroup.NOT_REACHED),
    ResultCode.REFUSED: CallResult("r", ResultGroup.STOP),
    ResultCode.OPPOSED: CallResult("o", ResultGroup.STOP),
    ResultCode.MOVED: CallResult("m", ResultGroup.STOP),
    ResultCode.NOT_CUSTOMER: CallResult("c", ResultGroup.STOP),
    ResultCode.DECEASED: CallResult("d", ResultGroup.STOP),
}
