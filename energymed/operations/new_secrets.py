"""Living on after the secrets were lost for good, knowingly: what they had made is worth nothing.

Only for an installation whose `secrets.toml` is in no backup either.
"""

from sqlalchemy import select

from energymed.accounts.models import User
from energymed.accounts.service import reset_second_factor
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.local_secrets import NAME

COST = N_(
    "De nouveaux secrets font perdre pour toujours : tous les mots de passe, tous les seconds "
    "facteurs et clés d'accès, et toutes les oppositions (qui a dit de ne plus être appelé, quels "
    "numéros sont faux) des personnes dont le dossier n'est plus là. Pour le vouloir malgré tout : "
    "energymed new-secrets --forget"
)


def refuse_kept_secrets(settings: Settings) -> None:
    """Refuse to replace secrets that are there, whole or not.

    Raises:
        Refused: there is such a file.
    """
    if (settings.instance / NAME).exists():
        raise Refused(
            N_(
                "Le fichier secrets.toml est là : rien n'a été touché. S'il est abîmé et dans "
                "aucune sauvegarde, rangez-le ailleurs, puis recommencez."
            )
        )


def forget_second_factors(ctx: Context) -> int:
    """Take away what the former secrets had locked, so that people can choose anew; how many.

    Their passwords serve no longer by themselves: each account needs a link.
    """
    users = ctx.session.scalars(select(User).order_by(User.id)).all()
    for user in users:
        reset_second_factor(ctx, user)
    audit.record_of(ctx, "user.secrets_renewed", User, None, after={"accounts": len(users)})
    ctx.session.flush()
    return len(users)
