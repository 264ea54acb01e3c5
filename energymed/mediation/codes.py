"""Codes of the mediation acts, with their French labels (DOMAIN §4-§7, §10)."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class ActKind(Code):
    """What may be agreed or done in a conversation (DOMAIN §10)."""

    INFO_GIVEN = "info_given", N_("Information donnée")
    PAID_ALREADY = "paid_already", N_("Déjà payé (déclaré)")
    PAYS_FULL = "pays_full", N_("Paiement promis")
    PLAN_AGREED = "plan_agreed", N_("Échéancier négocié")
    EXTENSION = "extension", N_("Délai accordé")
    AID_OPENED = "aid_opened", N_("Demande d'aide ouverte")
    REFERRAL = "referral", N_("Orientation")
    ENERGY_CHEQUE_AWARENESS = "energy_cheque_awareness", N_("Sensibilisation au chèque énergie")
    ATTESTATION_TO_SEND = "attestation_to_send", N_("Attestation à envoyer")
    ENERGY_ADVICE = "energy_advice", N_("Conseils d'économies d'énergie")
    METER_INFO = "meter_info", N_("Information compteur")
    APPOINTMENT_SET = "appointment_set", N_("Rendez-vous pris")
    CUTOFF_INFORMED = "cutoff_informed", N_("Informé de la coupure")
    TARIFF_CHECK = "tariff_check", N_("Vérification du tarif")
    HOLD_ASKED = "hold_asked", N_("Suspension demandée")
    SUPPLIER_ACTION = "supplier_action", N_("Action demandée au fournisseur")
    DISPUTE = "dispute", N_("Réclamation")
    OVERINDEBTEDNESS = "overindebtedness", N_("Surendettement")
    NO_CAPACITY = "no_capacity", N_("Aucune capacité de paiement")
    ALERT = "alert", N_("Alerte")
    REFUSES_SOLUTION = "refuses_solution", N_("Refuse toute solution")
    BUDGET_STUDY = "budget_study", N_("Étude de budget")
    LETTER_SENT = "letter_sent", N_("Courrier envoyé")


ACT_KINDS = ActKind.labels()
# a letter lies about at home, a message may be read by others: they tell of none of these
NOT_WRITTEN = (
    ActKind.ALERT, ActKind.NO_CAPACITY, ActKind.OVERINDEBTEDNESS, ActKind.REFUSES_SOLUTION,
    ActKind.BUDGET_STUDY, ActKind.LETTER_SENT,
)  # fmt: skip


class VoidReason(Code):
    """Why an act is crossed out, or another one takes its place."""

    TYPING = "typing", N_("Erreur de saisie")
    MISHEARD = "misheard", N_("Mal compris dans l'échange")
    WRONG_CASE = "wrong_case", N_("Noté sur le mauvais dossier")
    TWICE = "twice", N_("Noté deux fois")
    NOT_AGREED = "not_agreed", N_("La personne n'avait pas donné son accord")
    CHANGED_MIND = "changed_mind", N_("La personne est revenue sur ce qui était convenu")
    SINCE_LEARNT = "since_learnt", N_("Information apprise depuis")
    NOT_REACHED = "not_reached", N_("La personne n'avait pas été jointe")


VOID_REASONS = VoidReason.labels()


class PlanState(Code):
    """Where a payment plan stands (DOMAIN §7)."""

    PROPOSED = "proposed", N_("Proposé, accord du partenaire attendu")
    AGREED = "agreed", N_("Accepté par la personne")
    CONFIRMED = "confirmed", N_("Confirmé par le fournisseur")
    KEPT = "kept", N_("Respecté")
    BROKEN = "broken", N_("Rompu")
    COMPLETED = "completed", N_("Terminé")
    CANCELLED = "cancelled", N_("Annulé")
    RENEGOTIATED = "renegotiated", N_("Renégocié")


class BudgetBand(Code):
    """What a household's budget says of an instalment: a verdict beside the plan, no decision."""

    HOLDS = "holds", N_("Le budget tient")
    TIGHT = "tight", N_("Le budget est juste")
    DOES_NOT_HOLD = "does_not_hold", N_("Le budget ne tient pas")


BUDGET_BANDS = BudgetBand.labels()


class Frequency(Code):
    """How often an instalment is due."""

    WEEKLY = "weekly", N_("Toutes les semaines")
    FORTNIGHTLY = "fortnightly", N_("Toutes les deux semaines")
    MONTHLY = "monthly", N_("Tous les mois")


FREQUENCIES = Frequency.labels()


class PaymentMethod(Code):
    """How the household pays."""

    DIRECT_DEBIT = "direct_debit", N_("Prélèvement")
    CARD = "card", N_("Carte bancaire auprès du fournisseur")
    TRANSFER = "transfer", N_("Virement")
    CHEQUE = "cheque", N_("Chèque")
    CASH = "cash", N_("Espèces (La Poste)")
    ENERGY_CHEQUE = "energy_cheque", N_("Chèque énergie")


PAYMENT_METHODS = PaymentMethod.labels()


class InstalmentState(Code):
    """What became of an instalment.

    What the partner tells comes first: payments, or its word to a lead. Without any, the person's.
    """

    DUE = "due", N_("À venir")
    DECLARED_PAID = "declared_paid", N_("Payée (déclaré)")
    CONFIRMED = "confirmed", N_("Payée (confirmé)")
    MISSED = "missed", N_("Manquée")


class InstalmentWord(Code):
    """What the person says of an instalment, beside what payments say."""

    PAID = "paid", N_("Dit avoir payé")
    UNPAID = "unpaid", N_("Dit ne pas avoir payé")


class Fund(Code):
    """Who may grant an aid (DOMAIN §5)."""

    FSL_ENERGY = "fsl_energy", N_("FSL énergie")
    FSL_WATER = "fsl_water", N_("FSL eau")
    CCAS = "ccas", N_("Secours du CCAS / CIAS")
    CAF = "caf", N_("CAF")
    MSA = "msa", N_("MSA")
    CARSAT = "carsat", N_("CARSAT")
    AGIRC_ARRCO = "agirc_arrco", N_("AGIRC-ARRCO")
    ACTION_LOGEMENT = "action_logement", N_("Action Logement")
    SUPPLIER_FUND = "supplier_fund", N_("Fonds du fournisseur")
    WATER_FUND = "water_fund", N_("Fonds de solidarité eau")
    CHARITY = "charity", N_("Association caritative")


FUNDS = Fund.labels()


class FundFiler(Code):
    """Who may file a request with a fund."""

    PERSON = "person", N_("La personne elle-même")
    PROFESSIONAL = "professional", N_("Un professionnel seulement")


FUND_FILERS = FundFiler.labels()


class Near(Code):
    """How near to the person a fund or a body is, the nearest first."""

    HERE = "here", N_("Dans la commune")
    DEPARTMENT = "department", N_("Dans le département")
    AROUND = "around", N_("Autres communes du département")
    EVERYWHERE = "everywhere", N_("Partout")


class AidState(Code):
    """Where an aid request stands (DOMAIN §5)."""

    IDENTIFIED = "identified", N_("Repérée")
    CONSENT_GIVEN = "consent_given", N_("Accord de la personne")
    DOCUMENTS_PENDING = "documents_pending", N_("Pièces en attente")
    COMPLETE = "complete", N_("Dossier complet")
    SUBMITTED = "submitted", N_("Déposée")
    GRANTED_FULL = "granted_full", N_("Accordée en totalité")
    GRANTED_PARTIAL = "granted_partial", N_("Accordée en partie")
    GRANTED_LOAN = "granted_loan", N_("Accordée en prêt")
    REFUSED = "refused", N_("Refusée")
    ADJOURNED = "adjourned", N_("Ajournée")
    WITHDRAWN = "withdrawn", N_("Retirée")
    LAPSED = "lapsed", N_("Caduque")
    PAID_TO_SUPPLIER = "paid_to_supplier", N_("Versée au fournisseur")
    NEVER_PAID = "never_paid", N_("Accordée, jamais versée")


AID_STATES = AidState.labels()


class Body(Code):
    """To whom a person is referred (DOMAIN §6)."""

    CCAS = "ccas", N_("CCAS / CIAS")
    CMS = "cms", N_("CMS / maison des solidarités")
    SOCIAL_WORKER = "social_worker", N_("Travailleur social / CESF")
    UDAF = "udaf", N_("UDAF")
    PCB = "pcb", N_("Point conseil budget")
    CRESUS = "cresus", N_("CRESUS")
    BANQUE_DE_FRANCE = "banque_de_france", N_("Banque de France (surendettement)")
    SOLIHA = "soliha", N_("SOLIHA")
    ADIL = "adil", N_("ADIL")
    SLIME = "slime", N_("SLIME")
    PARI = "pari", N_("PARI")
    FRANCE_SERVICES = "france_services", N_("France Services")
    MNE = "mne", N_("Médiateur national de l'énergie")
    CAF = "caf", N_("CAF")
    MSA = "msa", N_("MSA")
    CARSAT = "carsat", N_("CARSAT")
    SUPPLIER_DESK = "supplier_desk", N_("Pôle solidarité du fournisseur")
    CHARITY = "charity", N_("Association caritative")
    ENERGY_CHEQUE = "energy_cheque", N_("Assistance chèque énergie")


BODIES = Body.labels()


class ReferralReason(Code):
    """Why a person is referred."""

    BUDGET = "budget", N_("Difficulté budgétaire")
    AID_REQUEST = "aid_request", N_("Demande d'aide financière")
    ACCESS_TO_RIGHTS = "access_to_rights", N_("Accès aux droits")
    OVERINDEBTEDNESS = "overindebtedness", N_("Surendettement")
    HOUSING = "housing", N_("Logement et précarité énergétique")
    DISPUTE = "dispute", N_("Litige avec le fournisseur")
    SOCIAL_FOLLOW_UP = "social_follow_up", N_("Accompagnement social")


REFERRAL_REASONS = ReferralReason.labels()


class ReferralMode(Code):
    """How a referral is made."""

    COORDINATES_GIVEN = "coordinates_given", N_("Coordonnées remises")
    APPOINTMENT_MADE = "appointment_made", N_("Rendez-vous pris")
    FILE_TRANSMITTED = "file_transmitted", N_("Dossier transmis")


REFERRAL_MODES = ReferralMode.labels()


class ChequeStatus(Code):
    """What the person says of the energy cheque (DOMAIN §4)."""

    RECEIVED_UNUSED = "received_unused", N_("Reçu, pas encore utilisé")
    USED = "used", N_("Déjà utilisé")
    LOST = "lost", N_("Perdu")
    NOT_RECEIVED = "not_received", N_("Pas reçu")
    NOT_ELIGIBLE = "not_eligible", N_("Pas éligible")
    UNKNOWN = "unknown", N_("Ne sait pas")


CHEQUE_STATUSES = ChequeStatus.labels()


class ChequeTopic(Code):
    """What was talked about of the energy cheque."""

    ASKED_RECEIVED = "asked_received", N_("Réception vérifiée")
    ASKED_USED = "asked_used", N_("Utilisation vérifiée")
    PREASSIGNMENT = "preassignment", N_("Pré-affectation expliquée")
    ATTESTATION = "attestation", N_("Attestation à envoyer")
    REQUEST_HELP = "request_help", N_("Demande en cas de non-réception")
    ELIGIBILITY = "eligibility", N_("Éligibilité estimée")
    EXPIRY = "expiry", N_("Date de fin de validité rappelée")


CHEQUE_TOPICS = ChequeTopic.labels()


class ChequeHelp(Code):
    """How far the mediator went with the person."""

    INFORMED = "informed", N_("Informé")
    DONE_TOGETHER = "done_together", N_("Démarche faite ensemble")


CHEQUE_HELP = ChequeHelp.labels()


# thresholds are dated rules; what is kept is the rank alone, never an income
class EligibilityBand(Code):
    """The rank of an income; thresholds are dated rules, an income is never kept."""

    BAND_1 = "band_1", N_("Tranche 1 (la plus aidée)")
    BAND_2 = "band_2", N_("Tranche 2")
    BAND_3 = "band_3", N_("Tranche 3")
    BAND_4 = "band_4", N_("Tranche 4")
    ABOVE = "above", N_("Au-dessus du plafond")


ELIGIBILITY_BANDS = EligibilityBand.labels()


class OverindebtednessStage(Code):
    """Where an over-indebtedness file stands."""

    CONSIDERED = "considered", N_("Envisagé")
    FILED = "filed", N_("Dossier déposé")
    ADMISSIBLE = "admissible", N_("Recevable")


OVERINDEBTEDNESS_STAGES = OverindebtednessStage.labels()


class InfoTopic(Code):
    """What information was given about."""

    BILL = "bill", N_("Lecture de la facture")
    RIGHTS = "rights", N_("Droits et protections")
    PROCEDURE = "procedure", N_("Procédure de coupure")
    PAYMENT_MEANS = "payment_means", N_("Moyens de paiement")
    CONTACTS = "contacts", N_("Contacts utiles")


TOPICS = InfoTopic.labels()


class AdviceTopic(Code):
    """What advice on saving energy was given about."""

    HEATING = "heating", N_("Chauffage")
    HOT_WATER = "hot_water", N_("Eau chaude")
    APPLIANCES = "appliances", N_("Appareils et veille")
    OFF_PEAK = "off_peak", N_("Heures creuses")
    WATER_USE = "water_use", N_("Consommation d'eau")
    HOUSING = "housing", N_("État du logement")


ADVICE_TOPICS = AdviceTopic.labels()


class ForwardedTo(Code):
    """Who a dispute is passed on to."""

    SUPPLIER = "supplier", N_("Fournisseur")
    MNE = "mne", N_("Médiateur national de l'énergie")


FORWARDED_TO = ForwardedTo.labels()


class AlertAction(Code):
    """What an alert led to."""

    LEAD_INFORMED = "lead_informed", N_("Chef d'équipe prévenu")
    EMERGENCY_CALLED = "emergency_called", N_("Secours appelés")
    SOCIAL_SERVICES_INFORMED = "social_services_informed", N_("Services sociaux prévenus")
    SUPPLIER_INFORMED = "supplier_informed", N_("Fournisseur prévenu")


ALERT_ACTIONS = AlertAction.labels()


class Emergency(Code):
    """What cannot wait for the end of a call; the gravest first."""

    DANGER = "danger", N_("Danger pour quelqu'un")
    EQUIPMENT = "equipment", N_("Équipement médical sans courant")
    HEATING = "heating", N_("Logement sans chauffage")
    FOOD = "food", N_("Rien à manger")


EMERGENCIES = Emergency.labels()


class Cause(Code):
    """Why the arrears came about, as the person says; never health (DOMAIN §10)."""

    BILL_CATCH_UP = "bill_catch_up", N_("Régularisation de facture")
    ESTIMATED_BILL = "estimated_bill", N_("Facture estimée")
    MONTHLY_TOO_LOW = "monthly_too_low", N_("Mensualité trop basse")
    PRICE_RISE = "price_rise", N_("Hausse des prix")
    POOR_HOUSING = "poor_housing", N_("Logement mal isolé")
    LEAK_OR_FAULT = "leak_or_fault", N_("Fuite ou panne")
    INCOME_DROP = "income_drop", N_("Baisse de revenus")
    BENEFIT_DELAY = "benefit_delay", N_("Prestation en retard")
    SEPARATION = "separation", N_("Séparation")
    HOUSEHOLD_CHANGE = "household_change", N_("Changement dans le foyer")
    MOVE_OR_DOUBLE_CONTRACT = "move_or_double_contract", N_("Déménagement ou double contrat")
    BILL_NOT_RECEIVED = "bill_not_received", N_("Facture non reçue")
    PAYMENT_INCIDENT = "payment_incident", N_("Incident de paiement")
    SEVERAL_DEBTS = "several_debts", N_("Autres dettes en même temps")
    CONTESTED = "contested", N_("Litige sur la facture")
    FORGOTTEN = "forgotten", N_("Oubli")
    PERSONAL_EVENT = "personal_event", N_("Événement personnel")
    NOT_SAID = "not_said", N_("Non dite")


CAUSES = Cause.labels()
