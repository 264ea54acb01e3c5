"""What the papers, the refusals and the turns of a request for aid may be, with their labels."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class AidPaper(Code):
    """What funds ask for."""

    IDENTITY = "identity", N_("Pièce d'identité")
    INCOME = "income", N_("Justificatifs de ressources")
    BILL = "bill", N_("Dernière facture")
    LEASE = "lease", N_("Bail ou titre de propriété")
    TAX_NOTICE = "tax_notice", N_("Avis d'imposition")
    FAMILY_BENEFITS = "family_benefits", N_("Attestation CAF ou MSA")
    REMINDER = "reminder", N_("Courrier de relance du fournisseur")
    CHARGES = "charges", N_("Justificatifs de charges")
    HOUSEHOLD = "household", N_("Livret de famille")
    FORM = "form", N_("Formulaire du fonds, signé")
    SOCIAL_REPORT = "social_report", N_("Évaluation d'un travailleur social")


class RefusalReason(Code):
    """Why a fund refuses."""

    INCOME = "income", N_("Ressources au-dessus du plafond")
    INCOMPLETE = "incomplete", N_("Dossier incomplet")
    ALREADY_AIDED = "already_aided", N_("Déjà aidé cette année")
    OUT_OF_SCOPE = "out_of_scope", N_("Hors critères du fonds")
    OTHER = "other", N_("Autre motif")


class AfterRefusal(Code):
    """What is done after a fund refuses."""

    OTHER_FUND = "other_fund", N_("Autre fonds demandé")
    ASKED_AGAIN = "asked_again", N_("Nouvelle demande au même fonds")
    APPEAL = "appeal", N_("Recours envoyé")
    REFERRAL = "referral", N_("Orientation vers un travailleur social")
    HOLD = "hold", N_("Suspension demandée au fournisseur")
    PLAN = "plan", N_("Échéancier proposé")
    NOTHING = "nothing", N_("Expliqué, sans suite")


# what is asked where a fund says nothing of its papers
USUAL_PAPERS = (AidPaper.IDENTITY, AidPaper.INCOME, AidPaper.BILL)
