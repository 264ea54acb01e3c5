"""Codes of the room: roles, with their French labels."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class Role(Code):
    """What a person does here, and so what they see."""

    TRAINEE = "trainee", N_("En formation")
    MEDIATOR = "mediator", N_("Médiateur")
    LEAD = "lead", N_("Chef d'équipe")
    PARTNER = "partner", N_("Partenaire")
    ADMIN = "admin", N_("Administrateur")
    DIRECTOR = "director", N_("Direction")


# they work at one site, and see no other
AT_A_SITE = (Role.TRAINEE, Role.MEDIATOR, Role.LEAD)
CALLERS = (Role.TRAINEE, Role.MEDIATOR)  # their own calls are theirs to correct, and no one else's
