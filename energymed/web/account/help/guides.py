"""Which page of the help is whose, and what else each role reads."""

from energymed.accounts.codes import Role
from energymed.web.account.help.callers import MEDIATOR, TRAINEE
from energymed.web.account.help.leads import DIRECTOR, LEAD
from energymed.web.account.help.others import ADMIN, PARTNER
from energymed.web.account.help.shapes import Guide

GUIDES: dict[Role, Guide] = {
    Role.MEDIATOR: MEDIATOR,
    Role.TRAINEE: TRAINEE,
    Role.LEAD: LEAD,
    Role.PARTNER: PARTNER,
    Role.ADMIN: ADMIN,
    Role.DIRECTOR: DIRECTOR,
}

# whom one works with, besides one's own page: an administrator helps everybody
_OTHERS: dict[Role, tuple[Role, ...]] = {
    Role.TRAINEE: (Role.MEDIATOR,),
    Role.LEAD: (Role.MEDIATOR, Role.TRAINEE, Role.PARTNER),
    Role.ADMIN: (Role.LEAD, Role.MEDIATOR, Role.TRAINEE, Role.PARTNER, Role.DIRECTOR),
}


def readable(role: Role) -> tuple[Role, ...]:
    """The roles whose page somebody of `role` may read, their own first."""
    return (role, *_OTHERS.get(role, ()))
