"""The texts of letters that an installation starts with; afterwards the rows are the truth.

Those that are easy to read keep to short sentences, one idea each, everyday words and "vous".
"""

LETTER_SEEDS: dict[str, dict[str, str]] = {
    "unreachable_usual": {
        "kind": "unreachable",
        "variant": "usual",
        "subject": "Nous n’arrivons pas à vous joindre",
        "body": (
            "Bonjour,\n\n"
            "{association} est une association de médiation. Nous souhaitons vous parler, et nous "
            "n’arrivons pas à vous joindre par téléphone.\n\n"
            "Vous pouvez nous appeler au {telephone}, au moment qui vous arrange, ou nous dire "
            "comment et quand vous joindre.\n\n"
            "Notre aide est gratuite et confidentielle. Nous ne vendons rien, et vous restez libre "
            "de donner suite ou non.\n\n"
            "L’équipe de {association}"
        ),
    },
    "unreachable_plain": {
        "kind": "unreachable",
        "variant": "plain",
        "subject": "Nous voulons vous parler",
        "body": (
            "Bonjour,\n\n"
            "Nous sommes l’association {association}.\n"
            "Nous voulons vous parler.\n"
            "Nous n’arrivons pas à vous joindre par téléphone.\n\n"
            "Vous pouvez nous appeler.\n"
            "Notre numéro est : {telephone}\n\n"
            "Notre aide est gratuite.\n"
            "Nous ne vendons rien.\n"
            "Nous ne répétons à personne ce que vous nous dites.\n"
            "C’est vous qui choisissez.\n\n"
            "L’équipe de {association}"
        ),
    },
    "plan_agreement_usual": {
        "kind": "plan_agreement",
        "variant": "usual",
        "subject": "Accord d’échéancier",
        "body": (
            "Lors de notre échange du {jour}, nous avons convenu ensemble de l’échéancier "
            "ci-dessous pour votre dossier {partenaire}.\n\n"
            "{details}\n\n"
            "{confirmation}\n\n"
            "Si votre situation change, ou si une date ne convient plus, appelez-nous : "
            "l’échéancier peut être revu avec vous. Notre association ne reçoit aucun paiement."
        ),
    },
    "plan_agreement_plain": {
        "kind": "plan_agreement",
        "variant": "plain",
        "subject": "Votre accord pour payer en plusieurs fois",
        "body": (
            "Bonjour,\n\n"
            "Nous avons parlé ensemble le {jour}.\n"
            "Nous avons choisi avec vous de payer en plusieurs fois.\n"
            "C’est pour {partenaire}.\n\n"
            "Voici les dates et les montants :\n\n"
            "{details}\n\n"
            "{confirmation}\n\n"
            "Une date ne vous va plus ?\n"
            "Votre vie change ?\n"
            "Appelez-nous. Notre numéro est en haut de cette lettre.\n"
            "Nous pouvons changer les dates avec vous.\n\n"
            "Notre association ne reçoit pas d’argent."
        ),
    },
    "papers_usual": {
        "kind": "papers",
        "variant": "usual",
        "subject": "Pièces de votre demande d’aide",
        "body": (
            "Nous préparons avec vous une demande d’aide auprès de : {fonds}. C’est ce fonds qui "
            "décide.\n\n"
            "{details}\n\n"
            "Un doute sur une pièce ? Appelez-nous : nous regardons ensemble ce qui peut la "
            "remplacer."
        ),
    },
    "papers_plain": {
        "kind": "papers",
        "variant": "plain",
        "subject": "Les papiers pour votre demande d’aide",
        "body": (
            "Bonjour,\n\n"
            "Nous préparons avec vous une demande d’aide.\n"
            "La demande est pour : {fonds}.\n"
            "C’est ce fonds qui dit oui ou non.\n\n"
            "Voici les papiers qui manquent :\n\n"
            "{details}\n\n"
            "Vous n’avez pas un papier ?\n"
            "Vous ne comprenez pas un mot ?\n"
            "Appelez-nous. Notre numéro est en haut de cette lettre.\n"
            "Nous cherchons avec vous."
        ),
    },
    "cheque_usual": {
        "kind": "cheque",
        "variant": "usual",
        "subject": "Le chèque énergie {annee}",
        "body": (
            "Le chèque énergie est envoyé chaque année, selon les revenus, à qui a un contrat à "
            "son nom. Si vous y avez droit et ne l’avez pas reçu, il se demande en ligne ou par "
            "courrier.\n\n"
            "{details}\n\n"
            "L’attestation jointe au chèque s’envoie à chaque fournisseur : pas de réduction de "
            "puissance pendant la trêve hivernale, pas de frais de mise en service après un "
            "déménagement ni de rejet de paiement."
        ),
    },
    "cheque_plain": {
        "kind": "cheque",
        "variant": "plain",
        "subject": "Le chèque énergie {annee}",
        "body": (
            "Le chèque énergie est une aide.\n"
            "Il aide à payer l’électricité, le gaz ou le chauffage.\n"
            "Il arrive chaque année par la poste.\n"
            "Il dépend de ce que vous gagnez.\n\n"
            "Vous n’avez pas reçu le chèque ?\n"
            "Vous pouvez le demander.\n"
            "Voici les papiers, les dates et le numéro à appeler :\n\n"
            "{details}\n\n"
            "Avec le chèque, il y a un papier : l’attestation.\n"
            "Envoyez l’attestation à votre fournisseur.\n"
            "Elle vous protège en hiver."
        ),
    },
    "referral_usual": {
        "kind": "referral",
        "variant": "usual",
        "subject": "Fiche d’orientation",
        "body": (
            "Lors de notre échange du {jour}, nous avons parlé ensemble de l’organisme ci-dessous, "
            "qui peut vous aider. Vous étiez d’accord pour cette orientation.\n\n"
            "{details}\n\n"
            "{transmission}"
        ),
    },
    "referral_plain": {
        "kind": "referral",
        "variant": "plain",
        "subject": "Qui peut vous aider",
        "body": (
            "Bonjour,\n\n"
            "Nous avons parlé ensemble le {jour}.\n"
            "Vous étiez d’accord pour demander de l’aide à : {organisme}.\n\n"
            "Voici comment les joindre :\n\n"
            "{details}\n\n"
            "{transmission}\n\n"
            "Vous pouvez nous appeler si c’est difficile.\n"
            "Notre numéro est en haut de cette lettre."
        ),
    },
    "agreed_usual": {
        "kind": "agreed",
        "variant": "usual",
        "subject": "Ce que nous avons convenu",
        "body": (
            "Voici ce dont nous sommes convenus ensemble le {jour}, au sujet de votre dossier "
            "{partenaire}.\n\n"
            "{details}\n\n"
            "Le fournisseur confirme, le fonds décide : nous vous tenons au courant. Si quelque "
            "chose ne correspond pas à notre échange, appelez-nous. Notre association ne reçoit "
            "aucun paiement."
        ),
    },
    "agreed_plain": {
        "kind": "agreed",
        "variant": "plain",
        "subject": "Ce que nous avons décidé ensemble",
        "body": (
            "Bonjour,\n\n"
            "Nous avons parlé ensemble le {jour}.\n"
            "Nous avons parlé de votre dossier chez {partenaire}.\n\n"
            "Voici ce que nous avons décidé ensemble :\n\n"
            "{details}\n\n"
            "Votre fournisseur ou le fonds donne ensuite sa réponse.\n"
            "Nous vous dirons cette réponse.\n\n"
            "Il y a une erreur ?\n"
            "Appelez-nous. Notre numéro est en haut de cette lettre.\n\n"
            "Notre association ne reçoit pas d’argent."
        ),
    },
    "budget_usual": {
        "kind": "budget",
        "variant": "usual",
        "subject": "Synthèse du budget du foyer",
        "body": "Établie avec la personne, d’après ce qu’elle déclare.\n\n{details}",
    },
    "budget_plain": {
        "kind": "budget",
        "variant": "plain",
        "subject": "Le budget de votre foyer",
        "body": (
            "Nous avons fait ce calcul avec vous.\n"
            "Ce sont les montants que vous nous avez dits.\n"
            "« Ressources » : l’argent qui arrive.\n"
            "« Charges » : l’argent qui part.\n\n"
            "{details}"
        ),
    },
}
