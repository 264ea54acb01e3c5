"""How the invented partners' weekly files are laid out and named: the same from week to week."""

from energymed.intake.codes import FileKind

_PERSON = ("PRM", "Nom client", "Prénom client", "Numéro de téléphone", "Adresse du point",
           "Code postal", "Commune")  # fmt: skip
SUPPLY = (
    "Limité depuis", "Date 1re lettre", "Date 2e lettre", "Résidence principale",
    "Compteur communicant",
)  # fmt: skip
HEADERS = {
    FileKind.UNPAID_BILL: (
        "Référence dossier", "Référence client", "Civilité", "Nom", "Prénom", "Téléphone 1",
        "Téléphone 2", "Email", "Adresse", "Code postal", "Commune", "Énergie",
        "Montant dette TTC", "Date échéance", "Date prévisionnelle coupure", "Chèque énergie",
        *SUPPLY,
    ),
    FileKind.CUTOFF_NOTICE: ("ID affaire", *_PERSON, "Date DPI", "Créneau"),
    FileKind.APPOINTMENT: ("ID affaire", *_PERSON),
    FileKind.PAYMENTS: ("Référence dossier", "Date règlement", "Montant réglé"),
}  # fmt: skip
NAMES = {
    FileKind.UNPAID_BILL: "impayes",
    FileKind.CUTOFF_NOTICE: "dpi",
    FileKind.APPOINTMENT: "rdv",
    FileKind.PAYMENTS: "reglements",
}
