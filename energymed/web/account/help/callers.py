"""The pages of those who call: mediators, and people in training on invented cases."""

from energymed.base.i18n import N_
from energymed.web.account.help.common import (
    ACCOUNT,
    EVERY_PAGE,
    PAGE_GONE,
    PASSWORD,
    WRONG_CALL,
)
from energymed.web.account.help.shapes import Guide, Picture, Step, Trouble

NEXT_CALL = N_("Dans la file, N ouvre l'appel suivant. Pendant l'appel, chaque choix montre sa "
               "touche ; Ctrl + Entrée enregistre, Échap sort d'un champ.")  # fmt: skip

MEDIATOR = Guide(
    title=N_("Le bureau du médiateur"),
    purpose=(
        N_("Vous appelez les personnes que les partenaires confient à l'association, et vous "
           "cherchez avec chacune une solution à sa mesure."),
        N_("L'outil propose d'abord la personne la plus urgente et garde ce que vous notez ; la "
           "conversation est à vous."),
    ),
    steps=(
        Step(
            N_("Regardez combien de personnes sont à appeler maintenant, puis choisissez « Appel "
               "suivant » : la plus urgente s'ouvre."),
            "mediator.queue", N_("File d'appels"),
        ),
        Step(N_("Lisez la page avant de composer : qui est la personne, ce qui a déjà été dit, ce "
                "qui presse. Appelez ensuite le premier numéro.")),
        Step(N_("Choisissez le résultat dès que vous le connaissez. Vérifiez l'identité avant de "
                "parler de la dette, puis suivez le guide étape par étape.")),
        Step(N_("Notez ce qui est convenu et la suite. « Enregistrer et suivant » ouvre l'appel "
                "suivant, « Enregistrer » revient à la file.")),
        Step(
            N_("Relisez vos appels du jour et ce qui y a été convenu."),
            "mediator.my_day", N_("Ma journée"),
        ),
        Step(
            N_("Retrouvez ce qui est à vérifier plus tard : échéances, pièces, réponses "
               "attendues."),
            "mediator.tasks", N_("Suivis"),
        ),
        Step(
            N_("Quelqu'un vous rappelle ? Cherchez la personne, vérifiez son identité, puis "
               "choisissez « Prendre l'appel »."),
            "mediator.incoming_call", N_("Appel entrant"),
        ),
        Step(
            N_("Dites quelles langues vous parlez. Vous pouvez aussi y couper les touches, si vous "
               "dictez à l'ordinateur."),
            "account.profile", N_("Mon compte"),
        ),
    ),
    keys=("p", "u", "g", "n", "Q", "U", "G", "Z"),
    key_notes=(NEXT_CALL, EVERY_PAGE),
    troubles=(
        WRONG_CALL,
        Trouble(
            N_("La ligne est coupée pendant l'appel"),
            N_("Rappelez si vous le pouvez. Sinon, choisissez « Incident technique » : cela ne "
               "compte pas comme un essai. Si vous aviez déjà pu parler, gardez le résultat de la "
               "conversation et dites la coupure dans la note."),
        ),
        PAGE_GONE,
        Trouble(
            N_("Un collègue a déjà ce dossier"),
            N_("L'outil vous dit qui est en ligne avec ce foyer : attendez la fin de son appel. Si "
               "votre dossier est retourné dans la file entre-temps, votre saisie est conservée : "
               "reprenez-le s'il est encore libre."),
        ),
        Trouble(
            N_("Un appel est difficile"),
            N_("« J'ai besoin d'aide » (⇧G) prévient votre chef d'équipe, qui peut lire votre page "
               "sans rien y changer. Devant un danger, « Urgence » (⇧U) dit que faire et qui "
               "appeler."),
        ),
        Trouble(
            N_("Vous devez quitter l'appel sans résultat"),
            N_("Choisissez « Laisser sans résultat » : le dossier retourne dans la file, et votre "
               "saisie y reste."),
        ),
        PASSWORD,
    ),
    ask=(
        N_("Votre chef d'équipe, pour un dossier, un partenaire ou une façon de faire."),
        ACCOUNT,
    ),
    pictures=(
        Picture("queue", N_("La file d'appels : le bouton « Appel suivant », le nombre de "
                            "personnes à appeler et les raisons")),
        Picture("call-desk", N_("Un appel en cours : les numéros et le reste dû à gauche, le guide "
                                "et les causes au milieu, la note et « Enregistrer et suivant » en "
                                "bas, l'historique à droite")),
    ),
)  # fmt: skip

TRAINEE = Guide(
    title=N_("Le bureau d'entraînement"),
    purpose=(
        N_("Vous apprenez sur le même bureau que les médiateurs, avec des personnes inventées."),
        N_("Rien n'est compté, appelé ni envoyé : vous pouvez tout essayer, et vous tromper."),
    ),
    steps=(
        Step(
            N_("Quand la file est vide, choisissez « Recevoir des dossiers d'entraînement »."),
            "mediator.queue", N_("File d'appels"),
        ),
        Step(N_("Choisissez « Appel suivant » et lisez la page comme pour un vrai appel.")),
        Step(N_("Faites comme si la personne répondait : choisissez un résultat, vérifiez "
                "l'identité, suivez le guide étape par étape.")),
        Step(N_("Notez ce qui serait convenu et la suite, puis choisissez « Enregistrer ».")),
        Step(N_("Trompez-vous exprès, puis choisissez « Corriger » (⇧Z) juste après avoir "
                "enregistré.")),
        Step(
            N_("Faites comme si l'une de ces personnes vous rappelait : cherchez-la par son nom."),
            "mediator.incoming_call", N_("Appel entrant"),
        ),
        Step(
            N_("Lisez la page du médiateur : ce sera votre bureau."),
            "account.help_of", N_("Le bureau du médiateur"), {"role": "mediator"},
        ),
    ),
    keys=("p", "u", "g", "n", "Q", "Z"),
    key_notes=(NEXT_CALL, EVERY_PAGE),
    troubles=(
        WRONG_CALL,
        Trouble(
            N_("Il n'y a personne à appeler"),
            N_("Les dossiers inventés suivent les heures d'appel, comme les vrais. La page dit ce "
               "qui attend, et pourquoi."),
        ),
        PAGE_GONE,
        PASSWORD,
    ),
    ask=(N_("La personne qui vous forme, pour tout ce que montre la page."), ACCOUNT),
    pictures=MEDIATOR.pictures,
)  # fmt: skip
