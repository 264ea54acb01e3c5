"""What usually helps against each cause of arrears: a sentence, and acts to propose (P). Pure.

Proposals only: the person chooses, the mediator judges. Advice names a public service, never a firm
or an offer (DOMAIN §8).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from energymed.base.i18n import N_
from energymed.mediation.codes import ActKind as Act
from energymed.mediation.codes import Cause


@dataclass(frozen=True, slots=True)
class CauseHelp:
    """A French msgid that says what to try, and the acts that go with it, the likeliest first."""

    sentence: str
    acts: tuple[Act, ...]


HELPS: Mapping[Cause, CauseHelp] = {
    Cause.BILL_CATCH_UP: CauseHelp(
        N_("Relire la facture ensemble, vérifier l'index, étaler le rattrapage et ajuster la "
           "mensualité."), (Act.PLAN_AGREED, Act.TARIFF_CHECK, Act.INFO_GIVEN),
    ),
    Cause.ESTIMATED_BILL: CauseHelp(
        N_("Faire relever le compteur par la personne et demander une facture corrigée."),
        (Act.DISPUTE, Act.INFO_GIVEN),
    ),
    Cause.MONTHLY_TOO_LOW: CauseHelp(
        N_("Demander une nouvelle mensualité, proche de la consommation réelle."),
        (Act.TARIFF_CHECK, Act.PLAN_AGREED),
    ),
    Cause.PRICE_RISE: CauseHelp(
        N_("Vérifier le tarif et la puissance, parler des usages qui coûtent le plus."),
        (Act.TARIFF_CHECK, Act.ENERGY_ADVICE, Act.ENERGY_CHEQUE_AWARENESS),
    ),
    Cause.POOR_HOUSING: CauseHelp(
        N_("Orienter vers le SLIME ou l'ADIL, donner des conseils d'économies."),
        (Act.REFERRAL, Act.ENERGY_ADVICE),
    ),
    Cause.LEAK_OR_FAULT: CauseHelp(
        N_("Faire constater la fuite ou la panne, et demander au fournisseur de revoir la "
           "facture ; un délai en attendant."), (Act.DISPUTE, Act.EXTENSION),
    ),
    Cause.INCOME_DROP: CauseHelp(
        N_("Vérifier les droits, penser au FSL, puis un échéancier à la mesure du budget."),
        (Act.AID_OPENED, Act.REFERRAL, Act.PLAN_AGREED),
    ),
    Cause.BENEFIT_DELAY: CauseHelp(
        N_("Demander un délai jusqu'au versement ; faire le point avec la CAF ou la MSA."),
        (Act.EXTENSION, Act.REFERRAL),
    ),
    Cause.SEPARATION: CauseHelp(
        N_("Mettre le contrat au bon nom, refaire le point sur les droits et le budget."),
        (Act.BUDGET_STUDY, Act.REFERRAL, Act.INFO_GIVEN),
    ),
    Cause.HOUSEHOLD_CHANGE: CauseHelp(
        N_("Adapter la mensualité ou la puissance au foyer, et déclarer le changement."),
        (Act.TARIFF_CHECK, Act.ENERGY_CHEQUE_AWARENESS),
    ),
    Cause.MOVE_OR_DOUBLE_CONTRACT: CauseHelp(
        N_("Faire clore l'ancien contrat à la bonne date et demander la facture corrigée."),
        (Act.DISPUTE, Act.INFO_GIVEN),
    ),
    Cause.BILL_NOT_RECEIVED: CauseHelp(
        N_("Demander un duplicata, corriger l'adresse ou l'e-mail, et un délai pour payer."),
        (Act.EXTENSION, Act.INFO_GIVEN),
    ),
    Cause.PAYMENT_INCIDENT: CauseHelp(
        N_("Choisir une autre date ou un autre moyen de paiement ; l'attestation du chèque "
           "énergie évite les frais de rejet."),
        (Act.PAYS_FULL, Act.ATTESTATION_TO_SEND, Act.PLAN_AGREED),
    ),
    Cause.SEVERAL_DEBTS: CauseHelp(
        N_("Faire le point sur le budget ; orienter vers un point conseil budget, ou la Banque "
           "de France."), (Act.BUDGET_STUDY, Act.REFERRAL, Act.OVERINDEBTEDNESS),
    ),
    Cause.CONTESTED: CauseHelp(
        N_("Aider à écrire la réclamation au fournisseur ; sans réponse, le médiateur national "
           "de l'énergie, gratuit."), (Act.DISPUTE,),
    ),
    Cause.FORGOTTEN: CauseHelp(
        N_("Convenir d'un paiement, et parler de la mensualisation ou du prélèvement."),
        (Act.PAYS_FULL, Act.PLAN_AGREED),
    ),
    Cause.PERSONAL_EVENT: CauseHelp(
        N_("Écouter, demander un délai, proposer une orientation ; ne rien noter de plus."),
        (Act.EXTENSION, Act.REFERRAL),
    ),
    Cause.NOT_SAID: CauseHelp(
        N_("Ne pas insister ; dire les aides qui existent et comment revenir vers nous."),
        (Act.INFO_GIVEN, Act.ENERGY_CHEQUE_AWARENESS),
    ),
}  # fmt: skip
