"""Codes of the room: roles, with their French labels."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class Role(Code):
    """What a person does here, and so what they see."""

    MEDIATOR = "mediator", N_("Médiateur")
    LEAD = "lead", N_("Chef d'équipe")
    PARTNER = "partner", N_("Partenaire")
    ADMIN = "admin", N_("Administrateur")
