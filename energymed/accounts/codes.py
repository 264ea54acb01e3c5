"""Codes of the room: roles, with their French labels."""

from energymed.base.i18n import N_

ROLES = {
    "mediator": N_("Médiateur"),
    "lead": N_("Chef d'équipe"),
    "partner": N_("Partenaire"),
    "admin": N_("Administrateur"),
}
