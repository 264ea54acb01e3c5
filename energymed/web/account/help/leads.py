"""The pages of those who lead: team leads, and the direction that reads the figures."""

from energymed.base.i18n import N_
from energymed.web.account.help.common import ACCOUNT, EVERY_PAGE, PASSWORD, PHONE_LOST
from energymed.web.account.help.shapes import Guide, Picture, Step, Trouble

LEAD = Guide(
    title=N_("Le bureau du chef d'équipe"),
    purpose=(
        N_("Vous faites entrer les fichiers des partenaires, vous répartissez les dossiers et vous "
           "veillez à ce que personne ne soit oublié."),
        N_("L'outil vérifie, compte et propose ; rien n'est importé ni réparti sans votre accord."),
    ),
    steps=(
        Step(
            N_("Vérifiez que votre second facteur est en place, et gardez vos codes de secours en "
               "lieu sûr."),
            "account.profile", N_("Mon compte"),
        ),
        Step(
            N_("Donnez le fichier de la semaine et son partenaire, puis choisissez « Vérifier le "
               "fichier »."),
            "lead.new_file", N_("Importer un fichier"),
        ),
        Step(
            N_("Lisez ce que l'import ferait : dossiers nouveaux, dossiers modifiés, lignes à "
               "corriger. Rien n'est encore importé avant « Importer »."),
            "lead.files", N_("Fichiers"),
        ),
        Step(
            N_("Cochez les médiateurs présents et choisissez « Voir la répartition » : vous voyez "
               "ce que chacun recevrait avant de confirmer."),
            "lead.assign", N_("Répartition"),
        ),
        Step(
            N_("Voyez qui est disponible, quels rappels promis sont en retard et qui demande de "
               "l'aide."),
            "lead.team", N_("Équipe"),
        ),
        Step(
            N_("Écrivez aux personnes qui n'ont aucun numéro utilisable."),
            "lead.letters", N_("Courriers"),
        ),
        Step(
            N_("À la fin de la période, lisez les chiffres, puis choisissez le partenaire et "
               "« Remettre le retour »."),
            "lead.reports", N_("Indicateurs"),
        ),
        Step(
            N_("Lisez la page du médiateur : c'est ce que voit votre équipe."),
            "account.help_of", N_("Le bureau du médiateur"), {"role": "mediator"},
        ),
    ),
    key_notes=(EVERY_PAGE,),
    troubles=(
        Trouble(
            N_("Ce n'est pas le bon fichier"),
            N_("Avant l'import, choisissez « Abandonner ce fichier ». Après, ouvrez-le dans "
               "« Fichiers » et choisissez « Annuler cet import… » : les dossiers reviennent à "
               "leur état d'avant. Si un travail y est déjà noté, la page dit lequel, et que "
               "faire."),
        ),
        Trouble(
            N_("Des lignes sont rejetées"),
            N_("« Voir les lignes rejetées » montre chacune avec sa raison. Corrigez-les sur la "
               "page, ou importez sans elles et rendez la liste au partenaire."),
        ),
        Trouble(
            N_("Un appel de votre équipe est mal enregistré"),
            N_("Ouvrez le dossier et choisissez « Corriger ce résultat », ou « Corriger ou barrer "
               "cet acte ». Les chiffres de la période suivent."),
        ),
        Trouble(
            N_("Un médiateur demande de l'aide"),
            N_("Dans « Équipe », « Lire sa page » montre son appel sans rien y changer."),
        ),
        Trouble(
            N_("Un médiateur est absent"),
            N_("Dans « Équipe », « Quelqu'un est absent » passe ses dossiers à d'autres, ou les "
               "remet à répartir."),
        ),
        PHONE_LOST,
        PASSWORD,
    ),
    ask=(
        N_("Votre administrateur, pour les comptes, les partenaires et les règles."),
        N_("Le partenaire, pour une ligne de son fichier que vous ne comprenez pas."),
    ),
    pictures=(
        Picture("file-preview", N_("La vérification d'un fichier : une question sur le fichier "
                                   "entier, puis les lignes lues, les nouveaux dossiers et les "
                                   "lignes rejetées")),
        Picture("board", N_("La page de l'équipe : ce que fait chacun et ce qui l'attend, par "
                            "ordre alphabétique")),
    ),
)  # fmt: skip

DIRECTOR = Guide(
    title=N_("Le bureau de la direction"),
    purpose=(
        N_("Vous lisez les chiffres de tous les sites, et ce qui change d'une année à l'autre."),
        N_("Vous ne voyez que des totaux, jamais le nom d'une personne."),
    ),
    steps=(
        Step(
            N_("Ouvrez la page des chiffres : elle est aussi celle qui vous accueille."),
            "lead.reports", N_("Indicateurs"),
        ),
        Step(N_("Choisissez la période : les chiffres de l'année d'avant sont à côté.")),
        Step(N_("Choisissez un partenaire, une mission ou un site, pour ne compter qu'eux.")),
        Step(N_("Lisez les deux termes sous une part : ils disent sur combien elle est calculée.")),
        Step(
            N_("Changez votre mot de passe, et ajoutez un second facteur si vous le souhaitez."),
            "account.profile", N_("Mon compte"),
        ),
    ),
    key_notes=(EVERY_PAGE,),
    troubles=(
        Trouble(
            N_("Un chiffre vous étonne"),
            N_("Demandez au chef d'équipe du site : il peut ouvrir les dossiers qui sont derrière. "
               "Seules les sommes confirmées par le partenaire comptent comme dette apurée."),
        ),
        Trouble(
            N_("Un chiffre a changé depuis la dernière lecture"),
            N_("Un appel corrigé ou un règlement confirmé plus tard change la période où il "
               "compte. Un retour déjà remis à un partenaire, lui, ne change pas."),
        ),
        PASSWORD,
    ),
    ask=(N_("Le chef d'équipe de chaque site, pour ce que disent les chiffres."), ACCOUNT),
)  # fmt: skip
