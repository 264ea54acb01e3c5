"""What several roles are told in the same words."""

from energymed.base.i18n import N_
from energymed.web.account.help.shapes import Trouble

PASSWORD = Trouble(
    N_("Vous avez oublié votre mot de passe"),
    N_("Sur la page de connexion, choisissez « Mot de passe oublié ? ». Si aucun e-mail n'arrive, "
       "demandez un lien à votre administrateur."),
)  # fmt: skip
PHONE_LOST = Trouble(
    N_("Vous n'avez plus le téléphone qui donne les codes"),
    N_("À la connexion, servez-vous d'un code de secours. Si vous n'en avez plus, votre "
       "administrateur peut vous faire choisir un nouveau second facteur."),
)  # fmt: skip
WRONG_CALL = Trouble(
    N_("Un appel est mal enregistré"),
    N_("Juste après, choisissez « Corriger » (⇧Z) dans la ligne qui le confirme. Plus tard, ouvrez "
       "le dossier et choisissez « Corriger ce résultat » : ce qui était noté y reste, barré."),
)  # fmt: skip
PAGE_GONE = Trouble(
    N_("La page s'est fermée, ou la connexion est tombée"),
    N_("Ouvrez « File d'appels » et choisissez « Reprendre l'appel ». Ce que vous aviez tapé est "
       "retrouvé : vérifiez-le, puis enregistrez."),
)  # fmt: skip
EVERY_PAGE = N_("Sur toute page, ? montre ses touches, et / va à la recherche quand il y en a une.")
ACCOUNT = N_("Votre administrateur, pour votre compte et votre mot de passe.")

HEADINGS = {
    "first_hour": N_("Votre première heure"),
    "keys": N_("Les touches utiles"),
    "troubles": N_("Si quelque chose ne va pas"),
    "ask": N_("À qui demander"),
}
