"""Codes of the mediation acts, with their French labels (DOMAIN §4-§7, §10)."""

from energymed.base.i18n import N_

ACT_KINDS = {
    "info_given": N_("Information donnée"),
    "paid_already": N_("Déjà payé (déclaré)"),
    "pays_full": N_("Paiement intégral promis"),
    "plan_agreed": N_("Échéancier négocié"),
    "extension": N_("Délai accordé"),
    "aid_opened": N_("Demande d'aide ouverte"),
    "referral": N_("Orientation"),
    "energy_cheque_awareness": N_("Sensibilisation au chèque énergie"),
    "attestation_to_send": N_("Attestation à envoyer"),
    "energy_advice": N_("Conseils d'économies d'énergie"),
    "meter_info": N_("Information compteur"),
    "appointment_set": N_("Rendez-vous pris"),
    "cutoff_informed": N_("Informé de la coupure"),
    "tariff_check": N_("Vérification du tarif"),
    "dispute": N_("Litige transmis"),
    "overindebtedness": N_("Surendettement"),
    "no_capacity": N_("Aucune capacité de paiement"),
    "alert": N_("Alerte"),
    "refuses_solution": N_("Refuse toute solution"),
    "budget_study": N_("Étude de budget"),
    "letter_sent": N_("Courrier envoyé"),
}
PLAN_STATES = {
    "proposed": N_("Proposé"),
    "agreed": N_("Accepté par le client"),
    "confirmed": N_("Confirmé par le fournisseur"),
    "kept": N_("Respecté"),
    "broken": N_("Rompu"),
    "completed": N_("Terminé"),
    "cancelled": N_("Annulé"),
}
FREQUENCIES = {
    "weekly": N_("Toutes les semaines"),
    "fortnightly": N_("Toutes les deux semaines"),
    "monthly": N_("Tous les mois"),
}
PAYMENT_METHODS = {
    "direct_debit": N_("Prélèvement"),
    "card": N_("Carte bancaire auprès du fournisseur"),
    "transfer": N_("Virement"),
    "cheque": N_("Chèque"),
    "cash": N_("Espèces (La Poste)"),
    "energy_cheque": N_("Chèque énergie"),
}
INSTALMENT_STATES = {
    "due": N_("À venir"),
    "declared_paid": N_("Payée (déclaré)"),
    "confirmed": N_("Payée (confirmé)"),
    "missed": N_("Manquée"),
}
FUNDS = {
    "fsl_energy": N_("FSL énergie"),
    "fsl_water": N_("FSL eau"),
    "ccas": N_("Secours du CCAS / CIAS"),
    "caf": N_("CAF"),
    "msa": N_("MSA"),
    "carsat": N_("CARSAT"),
    "agirc_arrco": N_("AGIRC-ARRCO"),
    "action_logement": N_("Action Logement"),
    "supplier_fund": N_("Fonds du fournisseur"),
    "water_fund": N_("Fonds de solidarité eau"),
    "charity": N_("Association caritative"),
}
AID_STATES = {
    "identified": N_("Repérée"),
    "consent_given": N_("Accord du client"),
    "documents_pending": N_("Pièces en attente"),
    "complete": N_("Dossier complet"),
    "submitted": N_("Déposée"),
    "granted_full": N_("Accordée en totalité"),
    "granted_partial": N_("Accordée en partie"),
    "granted_loan": N_("Accordée en prêt"),
    "refused": N_("Refusée"),
    "adjourned": N_("Ajournée"),
    "withdrawn": N_("Retirée"),
    "lapsed": N_("Caduque"),
    "paid_to_supplier": N_("Versée au fournisseur"),
}
BODIES = {
    "ccas": N_("CCAS / CIAS"),
    "cms": N_("CMS / maison des solidarités"),
    "social_worker": N_("Travailleur social / CESF"),
    "udaf": N_("UDAF"),
    "pcb": N_("Point conseil budget"),
    "cresus": N_("CRESUS"),
    "banque_de_france": N_("Banque de France (surendettement)"),
    "soliha": N_("SOLIHA"),
    "adil": N_("ADIL"),
    "slime": N_("SLIME"),
    "pari": N_("PARI"),
    "france_services": N_("France Services"),
    "mne": N_("Médiateur national de l'énergie"),
    "caf": N_("CAF"),
    "msa": N_("MSA"),
    "carsat": N_("CARSAT"),
    "supplier_desk": N_("Pôle solidarité du fournisseur"),
    "charity": N_("Association caritative"),
}
REFERRAL_REASONS = {
    "budget": N_("Difficulté budgétaire"),
    "aid_request": N_("Demande d'aide financière"),
    "access_to_rights": N_("Accès aux droits"),
    "overindebtedness": N_("Surendettement"),
    "housing": N_("Logement et précarité énergétique"),
    "dispute": N_("Litige avec le fournisseur"),
    "social_follow_up": N_("Accompagnement social"),
}
REFERRAL_MODES = {
    "coordinates_given": N_("Coordonnées remises"),
    "appointment_made": N_("Rendez-vous pris"),
    "file_transmitted": N_("Dossier transmis"),
}
CHEQUE_STATUSES = {
    "received_unused": N_("Reçu, pas encore utilisé"),
    "used": N_("Déjà utilisé"),
    "lost": N_("Perdu"),
    "not_received": N_("Pas reçu"),
    "not_eligible": N_("Pas éligible"),
    "unknown": N_("Ne sait pas"),
}
CHEQUE_TOPICS = {
    "asked_received": N_("Réception vérifiée"),
    "asked_used": N_("Utilisation vérifiée"),
    "preassignment": N_("Pré-affectation expliquée"),
    "attestation": N_("Attestation à envoyer"),
    "request_help": N_("Demande en cas de non-réception"),
    "eligibility": N_("Éligibilité estimée"),
    "expiry": N_("Date de fin de validité rappelée"),
}
CHEQUE_HELP = {"informed": N_("Informé"), "done_together": N_("Démarche faite ensemble")}
# thresholds are dated rules; what is kept is the rank alone, never an income
ELIGIBILITY_BANDS = {
    "band_1": N_("Tranche 1 (la plus aidée)"),
    "band_2": N_("Tranche 2"),
    "band_3": N_("Tranche 3"),
    "band_4": N_("Tranche 4"),
    "above": N_("Au-dessus du plafond"),
}
OVERINDEBTEDNESS_STAGES = {
    "considered": N_("Envisagé"),
    "filed": N_("Dossier déposé"),
    "admissible": N_("Recevable"),
}
TOPICS = {
    "bill": N_("Lecture de la facture"),
    "rights": N_("Droits et protections"),
    "procedure": N_("Procédure de coupure"),
    "payment_means": N_("Moyens de paiement"),
    "contacts": N_("Contacts utiles"),
}
ADVICE_TOPICS = {
    "heating": N_("Chauffage"),
    "hot_water": N_("Eau chaude"),
    "appliances": N_("Appareils et veille"),
    "off_peak": N_("Heures creuses"),
    "water_use": N_("Consommation d'eau"),
    "housing": N_("État du logement"),
}
FORWARDED_TO = {"supplier": N_("Fournisseur"), "mne": N_("Médiateur national de l'énergie")}
ALERT_ACTIONS = {
    "lead_informed": N_("Responsable d'équipe prévenu"),
    "emergency_called": N_("Secours appelés"),
    "social_services_informed": N_("Services sociaux prévenus"),
    "supplier_informed": N_("Fournisseur prévenu"),
}
