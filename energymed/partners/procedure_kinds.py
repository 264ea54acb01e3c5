"""The rules of the unpaid-bill procedure as the page of the rules shows them (DOMAIN §3). Pure."""

from energymed.base.i18n import N_
from energymed.partners.rule_kinds import RuleKind

_DAYS, _MONTHS, _TIMES = N_("jours"), N_("mois"), N_("fois")

PROCEDURE_RULES: dict[str, RuleKind] = {
    "due_days": RuleKind(
        N_("Facture à payer"),
        N_("Après son émission ; ou la date écrite sur la facture, si elle est plus tardive."),
        "count", 1, 90, _DAYS,
    ),
    "first_letter_days": RuleKind(
        N_("Première lettre"),
        N_("Temps laissé à la personne avant que la seconde puisse partir."),
        "count", 1, 120, _DAYS,
    ),
    "first_letter_protected_days": RuleKind(
        N_("Première lettre, foyer protégé"),
        N_("Chèque énergie attesté, ou aide du FSL déjà reçue pour ce fournisseur."),
        "count", 1, 180, _DAYS,
    ),
    "second_letter_days": RuleKind(
        N_("Seconde lettre"), N_("Au moins, avant une coupure ou une réduction de puissance."),
        "count", 1, 120, _DAYS,
    ),
    "least_contacts": RuleKind(
        N_("Contacts avant une coupure"),
        N_("Que le fournisseur doit tenter entre la réduction de puissance et la coupure."),
        "count", 1, 10, _TIMES,
    ),
    "least_written_contacts": RuleKind(
        N_("Dont par écrit"), N_("Courrier, SMS ou e-mail."), "count", 0, 10, _TIMES
    ),
    "least_voice_contacts": RuleKind(
        N_("Dont de vive voix"), N_("Au téléphone, en visite ou face à face."),
        "count", 0, 10, _TIMES,
    ),
    "limited_days": RuleKind(
        N_("Puissance réduite avant une coupure"),
        N_("Foyer protégé à compteur communicant ; le compte s'arrête pendant la trêve."),
        "count", 1, 366, _DAYS,
    ),
    "fsl_months": RuleKind(
        N_("Demande FSL déposée"),
        N_("La fourniture est maintenue jusqu'à la décision, ce temps au plus."),
        "count", 1, 12, _MONTHS,
    ),
    "fsl_notice_days": RuleKind(
        N_("Préavis après le FSL"), N_("Après la décision ou le délai, avant toute mesure."),
        "count", 1, 120, _DAYS,
    ),
    "social_services_days": RuleKind(
        N_("Services sociaux prévenus"),
        N_("Quand une coupure ou une réduction dure, sauf si la personne s'y oppose."),
        "count", 1, 60, _DAYS,
    ),
    "oldest_bill_months": RuleKind(
        N_("Consommation facturable"),
        N_("Au-delà, en remontant du dernier relevé ou auto-relevé, rien n'est dû."),
        "count", 1, 60, _MONTHS,
    ),
    "claim_years": RuleKind(
        N_("Prescription"), N_("Au-delà, le fournisseur ne peut plus réclamer sa créance."),
        "count", 1, 10, N_("ans"),
    ),
    "appeal_months": RuleKind(
        N_("Recours contre un refus d'aide"),
        N_("Pour écrire au fonds qui a refusé, depuis sa décision."),
        "count", 1, 12, _MONTHS,
    ),
    "complaint_months": RuleKind(
        N_("Réponse à une réclamation"),
        N_("Sans bonne réponse d'ici là, le médiateur national de l'énergie peut être saisi."),
        "count", 1, 12, _MONTHS,
    ),
    "mne_months": RuleKind(
        N_("Saisine du médiateur national de l'énergie"),
        N_("À compter de la fin du temps de réponse à la réclamation."), "count", 1, 36, _MONTHS,
    ),
    "supplier_cuts": RuleKind(
        N_("Le fournisseur coupe"),
        N_("Non : sa pratique est de laisser la puissance réduite ; la loi n'en dit pas autant."),
        "choice",
    ),
    "usual_energy": RuleKind(
        N_("Énergie de la mission"),
        N_("Quand le fichier ne la dit pas et que le point de livraison ne la montre pas."),
        "energy",
    ),
}  # fmt: skip
OF_A_CAMPAIGN = ("supplier_cuts", "usual_energy")
LAWS = tuple(code for code in PROCEDURE_RULES if code not in OF_A_CAMPAIGN)
