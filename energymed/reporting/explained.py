"""What each figure counts, in the reader's words, each with an example (DOMAIN §11)."""

from dataclasses import dataclass

from energymed.base.i18n import N_


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is counted, and a small case in which one sees it."""

    counted: str
    example: str


EXPLAINED = {
    "files_imported": Explanation(
        N_("Les fichiers du partenaire importés dans la période et pas annulés depuis."),
        N_("Quatre fichiers hebdomadaires et un fichier de règlements en novembre : 5."),
    ),
    "cases_received": Explanation(
        N_("Les dossiers ouverts par un fichier dans la période."),
        N_("Un fichier de 80 lignes dont 65 sont nouvelles et 15 déjà suivies : 65."),
    ),
    "cases_handled": Explanation(
        N_(
            "Les dossiers avec au moins une tentative, un échange ou un acte dans la période, "
            "chacun une fois. Les mois ne s'additionnent pas : un dossier suivi en mai et en "
            "juin est dans les deux."
        ),
        N_("Trois appels sans réponse et un courrier sur le même dossier : 1."),
    ),
    "people_contacted": Explanation(
        N_(
            "Les personnes différentes vers qui au moins un contact est parti dans la période, "
            "par tout canal. Les mois ne s'additionnent pas."
        ),
        N_("Une cliente appelée pour ses deux dossiers : 1."),
    ),
    "cases_reached": Explanation(
        N_(
            "Les dossiers traités dont le titulaire ou une personne mandatée a été joint dans "
            "la période : au téléphone, en visite, en rendez-vous ou par une réponse écrite."
        ),
        N_("Deux messages vocaux, puis le titulaire répond à un courrier : 1."),
    ),
    "reach_rate": Explanation(
        N_("Les dossiers avec contact abouti divisés par les dossiers traités."),
        N_("50 dossiers joints sur 80 traités : 62,5 %."),
    ),
    "calls_out": Explanation(
        N_(
            "Les appels sortants, quel que soit leur résultat, sauf un incident technique. Un "
            "appel à propos de plusieurs dossiers de la personne est un seul appel."
        ),
        N_("Une absence, un répondeur et un appel abouti : 3."),
    ),
    "contacts_out": Explanation(
        N_("Les appels sortants, SMS, e-mails, courriers et visites."),
        N_("Deux appels, un SMS et une visite : 4."),
    ),
    "mails_letters": Explanation(
        N_("Les e-mails et les courriers envoyés ; un courrier qui revient reste compté."),
        N_("Un courrier pour fixer un appel et un e-mail de confirmation : 2."),
    ),
    "visits": Explanation(
        N_("Les visites à domicile, que quelqu'un ait ouvert ou non."),
        N_("Une visite avec un avis de passage et une seconde où la personne est là : 2."),
    ),
    "contacts_made": Explanation(
        N_("Tous les contacts de la période, entrants et sortants, sauf les incidents techniques."),
        N_("Deux appels sortants et un appel de la cliente : 3."),
    ),
    "contacts_acted": Explanation(
        N_("Les contacts pendant lesquels au moins un acte de médiation a été noté."),
        N_("Un appel avec un échéancier et une orientation : 1."),
    ),
    "action_share": Explanation(
        N_("Les contacts suivis d'une action divisés par tous les contacts."),
        N_("9 contacts sur 10 ont un acte : 90 %."),
    ),
    "plans_negotiated": Explanation(
        N_("Les échéanciers que le foyer a acceptés dans la période, quelle que soit leur suite."),
        N_("Accepté le 12 novembre, rompu en janvier : compte en novembre."),
    ),
    "plans_confirmed": Explanation(
        N_("Les échéanciers que le fournisseur a confirmés dans la période."),
        N_("Accepté en novembre, confirmé le 3 décembre : compte en décembre."),
    ),
    "plans_kept": Explanation(
        N_("Les échéanciers payés jusqu'au bout dans la période."),
        N_("La dernière échéance est confirmée le 6 mars : compte en mars."),
    ),
    "plans_broken": Explanation(
        N_("Les échéanciers rompus dans la période."),
        N_("Deux échéances manquées, rompu le 20 avril : compte en avril."),
    ),
    "aids_created": Explanation(
        N_("Les demandes d'aide ouvertes dans la période."),
        N_("Une demande au FSL et une au CCAS pour le même dossier : 2."),
    ),
    "aids_granted": Explanation(
        N_("Les décisions favorables de la période, entières ou partielles, dons ou prêts."),
        N_("Demandée en octobre, accordée le 4 décembre : compte en décembre."),
    ),
    "aids_granted_cents": Explanation(
        N_("Les montants accordés par ces décisions. Une aide accordée n'est pas encore versée."),
        N_("200 € du FSL et 80 € du CCAS : 280 €."),
    ),
    "referrals": Explanation(
        N_("Les orientations vers un organisme social : une par organisme et par dossier."),
        N_("Orientée vers le CCAS et vers un Point conseil budget : 2."),
    ),
    "cheque_awareness": Explanation(
        N_("Les sensibilisations au chèque énergie : une au plus par dossier et par campagne."),
        N_("Le chèque est rappelé dans trois appels de la même campagne : 1."),
    ),
    "debt_total_cents": Explanation(
        N_(
            "La dette à l'ouverture des dossiers traités dans la période. Un nouveau fichier "
            "n'y ajoute rien. Les mois ne s'additionnent pas."
        ),
        N_("Deux dossiers traités, de 300 € et de 120 € : 420 €."),
    ),
    "payments_confirmed_cents": Explanation(
        N_(
            "Ce que le partenaire a confirmé comme payé, aides versées comprises et rejets "
            "déduits, à la date du règlement, sur les dossiers traités jusqu'à la fin de la "
            "période ; jamais plus que la dette du dossier. Un règlement d'avant le premier "
            "appel compte dans la période de cet appel. Les mois s'additionnent."
        ),
        N_("Appelée en décembre, 60 € payés le 12 janvier : 60 € en janvier."),
    ),
    "debt_cleared_cents": Explanation(
        N_(
            "Pour les dossiers traités dans la période : ce qui a été confirmé depuis leur "
            "ouverture jusqu'à la fin de la période, au plus leur dette. C'est le suivi d'un "
            "groupe de dossiers : les mois ne s'additionnent pas."
        ),
        N_("300 € dus, 100 € payés en avril, traitée en mai sans règlement : 100 € en mai."),
    ),
    "cleared_share": Explanation(
        N_("La dette apurée divisée par le montant total des dettes des mêmes dossiers."),
        N_("105 € confirmés sur 2 100 € : 5 %."),
    ),
    "debt_cleared_to_date_cents": Explanation(
        N_(
            "Pour les dossiers traités dans la période : ce qui a été confirmé depuis leur "
            "ouverture jusqu'à aujourd'hui, au plus leur dette. Ce chiffre avance après la "
            "période."
        ),
        N_("Traitée en mai, soldée en juillet : comptée ici, pas dans la dette apurée de mai."),
    ),
    "cleared_share_to_date": Explanation(
        N_("La dette apurée à ce jour divisée par la dette des mêmes dossiers."),
        N_("630 € confirmés à ce jour sur 2 100 € : 30 %."),
    ),
    "cutoff_calls": Explanation(
        N_("Les dossiers d'avis de coupure appelés au moins une fois dans la période."),
        N_("Appelé deux fois puis visité : 1. Visité sans appel : 0."),
    ),
    "appointment_calls": Explanation(
        N_("Les dossiers de rendez-vous (compteur communicant) traités dans la période."),
        N_("Deux appels pour fixer un rendez-vous : 1."),
    ),
    "cutoff_told_in_time": Explanation(
        N_("Les avis de coupure dont le client a été prévenu avant l'heure de l'intervention."),
        N_("Coupure prévue le 24 à 8 h, prévenu le 23 : 1. Prévenu le 24 à 9 h : 0."),
    ),
    "interventions_avoided": Explanation(
        N_(
            "Les suspensions demandées après lesquelles le partenaire a dit, dans la période, "
            "que l'intervention n'a pas eu lieu."
        ),
        N_("Suspension accordée mais rien de dit ensuite : 0."),
    ),
}
