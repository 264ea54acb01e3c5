"""The pages of those around the team: partners, and the administrator of the installation."""

from energymed.base.i18n import N_
from energymed.web.account.help.common import EVERY_PAGE, PASSWORD
from energymed.web.account.help.shapes import Guide, Picture, Step, Trouble

PARTNER = Guide(
    title=N_("L'espace du partenaire"),
    purpose=(
        N_("Vous déposez vos fichiers, et vous recevez ce que l'association a fait pour vos "
           "clients."),
        N_("Vous ne voyez que vos propres missions."),
    ),
    steps=(
        Step(
            N_("Regardez où en est la période, et ouvrez un chiffre pour voir les dossiers qui "
               "sont derrière."),
            "partner.overview", N_("Vue d'ensemble"),
        ),
        Step(
            N_("Choisissez votre fichier et sa mission, puis « Déposer le fichier ». N'y laissez "
               "ni numéro de sécurité sociale, ni IBAN, ni date de naissance."),
            "partner.deposit", N_("Dépôts"),
        ),
        Step(N_("Sur la même page, suivez la réponse de l'association dans « Vos dépôts ».")),
        Step(
            N_("Téléchargez les retours que l'association vous remet. Un rectificatif dit ce qui y "
               "a changé."),
            "partner.deliveries", N_("Retours"),
        ),
        Step(
            N_("Choisissez un mot de passe que vous seul connaissez, et ajoutez un second facteur "
               "si vous le souhaitez."),
            "account.profile", N_("Mon compte"),
        ),
    ),
    key_notes=(EVERY_PAGE,),
    troubles=(
        Trouble(
            N_("Vous avez déposé un mauvais fichier"),
            N_("Prévenez l'association : elle vérifie chaque fichier avant de l'importer, et peut "
               "refuser le dépôt ou annuler l'import. Déposez ensuite le bon."),
        ),
        Trouble(
            N_("Des lignes n'ont pas été retenues"),
            N_("La réponse, dans « Vos dépôts », dit combien. L'association peut vous en rendre la "
               "liste avec les raisons."),
        ),
        Trouble(
            N_("Un retour manque, ou vous paraît faux"),
            N_("Demandez-le au chef d'équipe : un retour remis ne change plus, une correction "
               "vient comme un retour rectificatif."),
        ),
        PASSWORD,
    ),
    ask=(
        N_("Le chef d'équipe de l'association, pour les fichiers et les retours."),
        N_("L'administrateur de l'association, pour votre compte."),
    ),
    pictures=(
        Picture("partner", N_("L'espace du partenaire : les chiffres de la période et les actes, "
                              "comparés à l'année précédente")),
    ),
)  # fmt: skip

ADMIN = Guide(
    title=N_("Le bureau de l'administrateur"),
    purpose=(
        N_("Vous ouvrez les comptes, et vous réglez les partenaires, les règles et l'annuaire."),
        N_("Vous veillez à ce que l'outil marche ; vous n'appelez personne."),
    ),
    steps=(
        Step(
            N_("Vérifiez que votre second facteur est en place, et gardez vos codes de secours en "
               "lieu sûr."),
            "account.profile", N_("Mon compte"),
        ),
        Step(
            N_("Vérifiez l'association et ses sites : leur nom et leur numéro sont dits aux "
               "personnes."),
            "admin.sites", N_("Sites"),
        ),
        Step(
            N_("Pour chaque partenaire, ne cochez que les missions qu'il confie."),
            "admin.partners", N_("Partenaires"),
        ),
        Step(
            N_("« Ouvrir un compte » invite une personne ; « Toute une équipe » lit un fichier. "
               "Chacun choisit son mot de passe par un lien qui ne sert qu'une fois."),
            "admin.users", N_("Comptes"),
        ),
        Step(
            N_("Lisez les règles : heures d'appel, nombre d'essais, délais. Chacune se change à "
               "partir d'un jour."),
            "admin.rules", N_("Règles"),
        ),
        Step(
            N_("Complétez les fonds et les organismes de votre département."),
            "admin.directory", N_("Annuaire"),
        ),
        Step(
            N_("Regardez chaque semaine ce qui tourne et ce qui a échoué."),
            "admin.health", N_("État du service"),
        ),
        Step(
            N_("Cherchez qui a changé quoi, et quand."),
            "admin.audit", N_("Journal"),
        ),
    ),
    key_notes=(EVERY_PAGE,),
    troubles=(
        Trouble(
            N_("Quelqu'un a oublié son mot de passe"),
            N_("Ouvrez sa fiche dans « Comptes » et choisissez « Nouveau mot de passe » : vous "
               "recevez un lien à lui remettre. Un compte verrouillé s'ouvre par "
               "« Déverrouiller »."),
        ),
        Trouble(
            N_("Quelqu'un a perdu le téléphone qui donne les codes"),
            N_("Assurez-vous que c'est bien cette personne, puis choisissez « Oublier le second "
               "facteur » : il lui sera redemandé à la connexion."),
        ),
        Trouble(
            N_("Une invitation n'est plus valable"),
            N_("Sur la fiche de la personne, choisissez « Inviter à nouveau »."),
        ),
        Trouble(
            N_("Quelqu'un s'en va"),
            N_("Notez son dernier jour sur sa fiche, ou choisissez « Fermer le compte » : la page "
               "demande qui reprend ses dossiers."),
        ),
        Trouble(
            N_("Un point est à corriger dans « État du service »"),
            N_("La page dit quoi faire. « Tout examiner » vérifie tout à nouveau, sans rien "
               "modifier."),
        ),
        Trouble(
            N_("Vous ne pouvez plus entrer vous-même"),
            N_("« Mot de passe oublié ? » et vos codes de secours valent aussi pour vous. Sinon, "
               "demandez à un autre administrateur, ou à la personne qui a installé l'outil."),
        ),
    ),
    ask=(
        N_("La personne qui a installé l'outil, pour le serveur, les sauvegardes et les e-mails."),
        N_("Les chefs d'équipe, pour ce qui est convenu avec un partenaire."),
    ),
)  # fmt: skip
