"""The fields that a file can feed: their labels, which are required, which go together."""

from collections.abc import Container

from energymed.base.i18n import N_
from energymed.intake.codes import FileKind

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
    "supply_state": N_("État de la fourniture"),
    "limited_kva": N_("Puissance réduite (kVA)"),
    "limited_since": N_("Puissance réduite depuis le"),
    "cut_since": N_("Coupé depuis le"),
    "terminated_since": N_("Contrat résilié le"),
    "first_letter_on": N_("Date de la première lettre"),
    "second_letter_on": N_("Date de la seconde lettre"),
    "main_residence": N_("Résidence principale"),
    "communicating_meter": N_("Compteur communicant"),
    "comment": N_("Commentaire"),
}
PAYMENT_FIELDS = {
    "reference": N_("Référence du dossier"),
    "paid_on": N_("Date du règlement"),
    "amount": N_("Montant réglé"),
    "method": N_("Mode de paiement"),
    "payment_reference": N_("Référence du règlement"),
    "status": N_("Statut du règlement"),
    "rejection": N_("Motif ou date de rejet"),
    "label": N_("Libellé du règlement"),
}
PHONE_FIELDS = ("phone_1", "phone_2", "phone_3")
MORE_AMOUNTS = ("amount_2", "amount_3", "amount_4", "amount_5")
AMOUNT_FIELDS = ("amount", *MORE_AMOUNTS)  # added up
# a column that holds two data, and the columns that it stands for
WHOLES = {
    "full_name": ("last_name", "first_name"),
    "postal_commune": ("postal_code", "commune"),
}
# what names a case and its person, or says what is owed: no file can be read without
NEEDED = {"reference", "paid_on", "amount", "full_name", *WHOLES["full_name"]}
# numbers of the partner's own, which may look like a NIR without being one
PARTNER_NUMBERS = (
    "reference", "customer_reference", "contract_number", "delivery_point", *PHONE_FIELDS,
    "payment_reference",
)  # fmt: skip


def fields_of(kind: FileKind) -> dict[str, str]:
    """{field: French label} that a file of `kind` can feed, in the order of the screen."""
    return PAYMENT_FIELDS if kind == FileKind.PAYMENTS else CASE_FIELDS


def missing_fields(fields: Container[str], kind: FileKind) -> list[str]:
    """What a file of `kind` cannot do without and `fields` lack; 'full_name' does for a name."""
    if kind == FileKind.PAYMENTS:
        return [field for field in ("reference", "paid_on", "amount") if field not in fields]
    missing = [] if "reference" in fields else ["reference"]
    if "last_name" not in fields and "full_name" not in fields:
        missing.append("last_name")
    if kind == FileKind.UNPAID_BILL and "amount" not in fields:
        missing.append("amount")
    return missing
