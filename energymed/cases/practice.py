"""Cases of people in formation: nothing leaves the house for them, whichever door is asked."""

from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case


def refuse_practice(case: Case) -> None:
    """Raises Refused when the case is an invented one, to be trained with."""
    if case.partner.practice:
        raise Refused(N_("Dossier d'entraînement : rien n'est appelé ni envoyé. Faites comme si."))
