"""Codes of the room: roles, states of an account, what a link is for, with their French labels."""

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
OF_A_SITE = (Role.LEAD, Role.MEDIATOR)  # it is chosen when the account is opened
AT_A_SITE = (Role.TRAINEE, *OF_A_SITE)


class AccountState(Code):
    """What an account is just now; `ENDING` and `LOCKED` ones are open as well."""

    ACTIVE = "active", N_("ouvert")
    INVITED = "invited", N_("invité")
    LOCKED = "locked", N_("verrouillé")
    ENDING = "ending", N_("se termine bientôt")
    CLOSED = "closed", N_("fermé")


class LinkPurpose(Code):
    """What a link with a one-time token is for."""

    INVITATION = "invitation", N_("invitation")
    RESET = "reset", N_("nouveau mot de passe")
