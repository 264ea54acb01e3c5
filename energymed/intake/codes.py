"""Fields, kinds and problem codes of an intake, with their French sentences (DESIGN, Intake)."""

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.partners.codes import KINDS, CampaignKind


class FileKind(Code):
    """What a file holds: the cases of a mission, or payments."""

    UNPAID_BILL = "unpaid_bill", CampaignKind.UNPAID_BILL.label
    CUTOFF_NOTICE = "cutoff_notice", CampaignKind.CUTOFF_NOTICE.label
    APPOINTMENT = "appointment", CampaignKind.APPOINTMENT.label
    PAYMENTS = "payments", N_("Règlements confirmés")


PAYMENTS = FileKind.PAYMENTS
CASE_KINDS = tuple(KINDS)
FILE_KINDS = FileKind.labels()


class BatchState(Code):
    """Where a file stands between its arrival and its end."""

    DEPOSITED = "deposited"
    PREVIEW = "preview"
    COMMITTED = "committed"
    UNDONE = "undone"
    DISCARDED = "discarded"


class BatchOrigin(Code):
    """Who brought a file: the site, the partner on its desk, or the watched folder."""

    SITE = "site"
    DESK = "desk"
    INBOX = "inbox"


class RowOutcome(Code):
    """What became of a line of a file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    RECORDED = "recorded"


class DiscardReason(Code):
    """Why a file was refused; `on_arrival`: the watched folder itself did, its note says why."""

    COLUMNS = "columns", N_("Des colonnes attendues manquent ou ne se lisent pas")
    ERRORS = "errors", N_("Trop de lignes sont à corriger")
    PERIOD = "period", N_("Ce n'est pas la période attendue")
    RECEIVED = "received", N_("Ces dossiers nous sont déjà parvenus")
    SITE = "site", N_("Ce fichier n'est pas pour notre site")
    OTHER = "other", N_("Autre motif")
    ON_ARRIVAL = "on_arrival"


ON_ARRIVAL = DiscardReason.ON_ARRIVAL
# those that a person may give
DISCARD_REASONS = {reason: reason.label for reason in DiscardReason if reason.label}

# in the order in which a person reads them on the mapping screen
CASE_FIELDS = {
    "reference": N_("Référence du dossier"),
    "customer_reference": N_("Référence du client"),
    "contract_number": N_("Numéro de contrat"),
    "delivery_point": N_("Point de livraison (PDL, PRM, PCE)"),
    "civility": N_("Civilité"),
    "last_name": N_("Nom"),
    "first_name": N_("Prénom"),
    "full_name": N_("Nom et prénom dans une colonne"),
    "phone_1": N_("Téléphone 1"),
    "phone_2": N_("Téléphone 2"),
    "phone_3": N_("Téléphone 3"),
    "email": N_("Courriel"),
    "address": N_("Adresse"),
    "address_extra": N_("Complément d'adresse"),
    "postal_code": N_("Code postal"),
    "commune": N_("Commune"),
    "postal_commune": N_("Code postal et commune dans une colonne"),
    "energy": N_("Énergie"),
    "amount": N_("Montant dû"),
    "amount_2": N_("Montant à ajouter (2)"),
    "amount_3": N_("Montant à ajouter (3)"),
    "amount_4": N_("Montant à ajouter (4)"),
    "amount_5": N_("Montant à ajouter (5)"),
    "invoice_date": N_("Date de facture"),
    "due_date": N_("Date d'échéance"),
    "reminders_count": N_("Nombre de relances"),
    "cutoff_date": N_("Date de coupure prévue"),
    "cutoff_slot": N_("Créneau de coupure"),
    "supplier": N_("Fournisseur"),
    "energy_cheque": N_("Chèque énergie"),
    "comment": N_("Commentaire"),
}
PAYMENT_FIELDS = {
    "reference": N_("Référence du dossier"),
    "paid_on": N_("Date du règlement"),
    "amount": N_("Montant réglé"),
    "method": N_("Mode de paiement"),
    "payment_reference": N_("Référence du règlement"),
}

# what a file may hold and we never keep (DOMAIN §12)
PRIVATE = {
    "nir": N_("numéro de sécurité sociale"),
    "bank": N_("coordonnées bancaires"),
    "card": N_("carte bancaire"),
    "birth": N_("naissance ou âge"),
    "family": N_("parents"),
    "tax": N_("numéro fiscal"),
    "income": N_("revenus"),
    "health": N_("santé"),
    "origin": N_("nationalité, origine ou religion"),
    "identity": N_("pièce d'identité"),
    "secret": N_("mot de passe"),
}

ERRORS = (
    "missing_reference",
    "missing_name",
    "bad_amount",
    "amount_not_positive",
    "conflicting_duplicate",
    "too_long",
    "too_many_cells",
)
WARNINGS = (
    "no_phone",
    "bad_phone",
    "bad_date",
    "bad_postal_code",
    "delivery_point_damaged",
    "comment_cut",
    "sensitive_text",
    "cutoff_in_truce",
)

MESSAGES = {
    "missing_reference": N_("La référence du dossier est absente ou abîmée."),
    "missing_name": N_("Le nom du client est absent."),
    "bad_amount": N_("Le montant « %(value)s » ne peut pas être lu."),
    "amount_not_positive": N_("Le montant « %(value)s » n'est pas une somme due."),
    "conflicting_duplicate": N_(
        "La même référence est aux lignes %(rows)s avec un contenu différent."
    ),
    "too_long": N_("« %(column)s » dépasse %(limit)s caractères."),
    "too_many_cells": N_(
        "La ligne a plus de cellules que d'en-têtes : un séparateur sans guillemets s'y est glissé "
        "et ses colonnes sont décalées."
    ),
    "no_phone": N_("Aucun numéro de téléphone utilisable."),
    "bad_phone": N_("Le numéro de téléphone « %(value)s » n'est pas utilisable."),
    "bad_date": N_("La date « %(value)s » n'existe pas ou ne peut pas être lue."),
    "bad_postal_code": N_("Le code postal « %(value)s » n'est pas valable."),
    "delivery_point_damaged": N_("Le point de livraison « %(value)s » est incomplet ou abîmé."),
    "comment_cut": N_("Le commentaire a été coupé à %(limit)s caractères."),
    "sensitive_text": N_(
        "Un numéro de sécurité sociale, un IBAN, un numéro de carte ou une date de naissance a été "
        "retiré du texte."
    ),
    "cutoff_in_truce": N_("La coupure du %(date)s tombe pendant la trêve hivernale."),
    # errors found only when the file is compared with what is there
    "unknown_reference": N_("Aucun dossier de ce partenaire ne porte cette référence."),
    "other_site": N_("Un dossier ouvert de cette référence est suivi par un autre site."),
    "payment_differs": N_(
        "Ce règlement est déjà enregistré, avec un autre montant ou un autre jour (%(date)s)."
    ),
}
