"""Who acts, as a plain value that services can carry without a web session."""

from dataclasses import dataclass

from energymed.base.i18n import N_

ROLES = {
    "mediator": N_("Médiateur"),
    "lead": N_("Chef d'équipe"),
    "partner": N_("Partenaire"),
    "admin": N_("Administrateur"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in a role; `site_id` and `partner_id` bound what the actor may see."""

    user_id: int | None
    role: str
    site_id: int | None = None
    partner_id: int | None = None
    name: str = ""


SYSTEM = Actor(user_id=None, role="system", name="energymed")
