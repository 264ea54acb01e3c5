"""Codes of a case, with their French labels (DOMAIN §2, §10; DESIGN, Queue and calling)."""

from energymed.base.i18n import N_

KINDS = {
    "unpaid_bill": N_("Médiation sur impayés"),
    "cutoff_notice": N_("Information coupure (DPI)"),
    "appointment": N_("Prise de rendez-vous (Linky)"),
}

STATES = {
    "to_assign": N_("À répartir"),
    "queued": N_("En file"),
    "in_call": N_("En appel"),
    "waiting": N_("En attente"),
    "closed": N_("Clos"),
}

WAITING_REASONS = {
    "callback": N_("Rappel convenu"),
    "retry": N_("Nouvel essai"),
    "follow_up": N_("Suivi"),
}

QUEUE_REASONS = {
    "callback": N_("Rappel convenu"),
    "instalment": N_("Échéance à vérifier"),
    "follow_up": N_("Suivi"),
    "retry": N_("Nouvel essai"),
    "new": N_("Nouveau dossier"),
}

CLOSURES = {
    "settled": N_("Soldé"),
    "plan_running": N_("Échéancier en cours"),
    "aid_pending": N_("Aide en attente"),
    "referred": N_("Orienté"),
    "promise": N_("Promesse de paiement"),
    "informed_only": N_("Informé"),
    "unreachable": N_("Injoignable"),
    "refused": N_("Refus d'échange"),
    "opposed": N_("Opposition"),
    "wrong_data": N_("Coordonnées erronées"),
    "deceased": N_("Décès déclaré"),
    "moved": N_("Déménagé"),
    "not_customer": N_("Conteste être client"),
    "disputed": N_("Contesté"),
    "recalled_by_partner": N_("Rappelé par le partenaire"),
    "duplicate": N_("Doublon"),
    "too_late": N_("Hors délai"),
}

ENERGIES = {
    "electricity": N_("Électricité"),
    "gas": N_("Gaz"),
    "both": N_("Électricité et gaz"),
    "water": N_("Eau"),
    "heat": N_("Chaleur"),
}

LEDGER_KINDS = {
    "opening": N_("Dette à l'ouverture"),
    "new_charge": N_("Nouvelle somme due"),
    "payment": N_("Paiement confirmé"),
    "aid_payment": N_("Aide versée"),
    "reported_decrease": N_("Baisse annoncée, non expliquée"),
    "write_off": N_("Abandon de créance"),
    "correction": N_("Correction"),
}

PHONE_STATUSES = {
    "ok": N_("À appeler"),
    "wrong": N_("Faux numéro"),
    "invalid": N_("Hors service"),
    "opposed": N_("Ne pas appeler"),
}

# days for which a stop is remembered as keyed hashes; 3 years for an opposition (DOMAIN §12);
# a rest as long as it lasts, a year at the most
STOP_DAYS = {"opposed": 1096, "deceased": 1096, "wrong": 1096, "invalid": 365, "rests": 366}
