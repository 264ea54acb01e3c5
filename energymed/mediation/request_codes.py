"""Codes of what is asked of a partner, and of what came of referrals and of words given."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class RequestKind(Code):
    """What a partner is asked for (DOMAIN §10)."""

    HOLD = "hold", N_("Suspension")
    ACTION = "action", N_("Action du fournisseur")
    DISPUTE = "dispute", N_("Réclamation")


class RequestState(Code):
    """Where a request to a partner stands; `REQUEST_LABELS` names it for each kind."""

    TO_WRITE = "to_write", N_("À écrire")
    ASKED = "asked", N_("Demandée")
    GRANTED = "granted", N_("Accordée")
    REFUSED = "refused", N_("Refusée")
    NO_ANSWER = "no_answer", N_("Sans réponse")
    WITH_MEDIATOR = "with_mediator", N_("Chez le médiateur national de l'énergie")
    ENDED = "ended", N_("Terminée")


# what a kind says otherwise than its state
_OTHERWISE: dict[tuple[RequestKind, RequestState], str] = {
    (RequestKind.HOLD, RequestState.ENDED): N_("Arrivée à son terme"),
    (RequestKind.ACTION, RequestState.GRANTED): N_("Confirmée"),
    (RequestKind.ACTION, RequestState.ENDED): N_("Abandonnée"),
    (RequestKind.DISPUTE, RequestState.ASKED): N_("Envoyée"),
    (RequestKind.DISPUTE, RequestState.GRANTED): N_("Réponse favorable"),
    (RequestKind.DISPUTE, RequestState.REFUSED): N_("Réponse défavorable"),
    (RequestKind.DISPUTE, RequestState.ENDED): N_("Abandonnée"),
}


def request_label(kind: RequestKind, state: RequestState) -> str:
    """The French name of a state, as it is said of this kind of request."""
    return _OTHERWISE.get((kind, state), state.label)


class HoldTarget(Code):
    """Of whom a hold is asked."""

    SUPPLIER = "supplier", N_("Le fournisseur")
    NETWORK = "network", N_("Le gestionnaire du réseau")


class HoldSubject(Code):
    """What is asked to be held back."""

    REMINDERS = "reminders", N_("Les relances")
    LIMITATION = "limitation", N_("La réduction de puissance")
    CUT = "cut", N_("La coupure")


class HoldReason(Code):
    """Why a hold is asked; never health."""

    AID_PENDING = "aid_pending", N_("Demande d'aide en cours")
    PLAN_TO_COME = "plan_to_come", N_("Échéancier en préparation")
    PAYMENT_ANNOUNCED = "payment_announced", N_("Paiement annoncé")
    DISPUTE = "dispute", N_("Réclamation en cours")
    SOCIAL_FOLLOW_UP = "social_follow_up", N_("Rendez-vous social pris")
    VITAL_EQUIPMENT = "vital_equipment", N_("Équipement indispensable sur secteur")
    CHILDREN = "children", N_("Jeunes enfants au foyer")
    OTHER = "other", N_("Autre motif")


class SupplierAction(Code):
    """What a supplier is asked to do on the contract (DOMAIN §10)."""

    MONTHLY_BILLING = "monthly_billing", N_("Mensualisation")
    MONTHLY_AMOUNT = "monthly_amount", N_("Nouveau montant de la mensualité")
    DEBIT_DATE = "debit_date", N_("Date de prélèvement")
    TARIFF = "tariff", N_("Changement de tarif")
    POWER = "power", N_("Changement de puissance")
    SELF_READING = "self_reading", N_("Auto-relevé transmis")
    DUPLICATE_BILL = "duplicate_bill", N_("Duplicata de facture")
    CHEQUE_POSTED = "cheque_posted", N_("Chèque énergie affecté au compte")
    CORRECT_HOLDER = "correct_holder", N_("Titulaire corrigé")
    INSTALMENT_PLAN = "instalment_plan", N_("Échéancier mis en place")


class DisputeSubject(Code):
    """What a complaint is about."""

    AMOUNT = "amount", N_("Montant de la facture")
    READING = "reading", N_("Relevé ou consommation")
    OLD_CONSUMPTION = "old_consumption", N_("Consommation de plus de quatorze mois")
    PAYMENT_NOT_BOOKED = "payment_not_booked", N_("Paiement non pris en compte")
    DOUBLE_BILLING = "double_billing", N_("Facturé deux fois")
    CONTRACT = "contract", N_("Contrat non souscrit ou résilié")
    HOLDER = "holder", N_("Erreur de titulaire ou d'adresse")
    SERVICE = "service", N_("Service ou intervention")
    OTHER = "other", N_("Autre objet")


class ReferralNews(Code):
    """What came of a referral."""

    NO_NEWS = "no_news", N_("Pas de nouvelles")
    SEEN = "seen", N_("La personne a été reçue")
    TAKEN_UP = "taken_up", N_("Accompagnement commencé")
    NOT_GONE = "not_gone", N_("La personne n'y est pas allée")
    ENDED = "ended", N_("Terminée")


class NewsSource(Code):
    """From whom is known what came of a referral."""

    US = "us", N_("Médiateur")
    BODY = "body", N_("Organisme")


class BodyAnswer(Code):
    """What a body may answer by its link, and nothing more."""

    RECEIVED = "received", N_("Orientation bien reçue")
    MET = "met", N_("Personne rencontrée")
    ENDED = "ended", N_("Suivi terminé")


class WordKept(Code):
    """What came of a payment announced, a delay, or a paper to be sent."""

    KEPT = "kept", N_("Fait")
    NOT_KEPT = "not_kept", N_("Pas fait")
    DROPPED = "dropped", N_("N'a plus lieu d'être")
