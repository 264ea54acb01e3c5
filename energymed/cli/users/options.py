"""What several commands on accounts are given, and what they answer."""

from typing import Any

import click
from sqlalchemy.orm import Session

from energymed.accounts import service as accounts
from energymed.accounts.codes import OF_A_SITE, AccountState, Role
from energymed.accounts.models import User
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.partners import service as partners

role_choice = click.Choice([str(role) for role in Role])
day_option = click.DateTime(formats=["%Y-%m-%d"])


def site_id_of(session: Session, role: str, code: str | None) -> int | None:
    """The site that the role needs, by its code; None for a role without one."""
    return accounts.site_by_code(session, code).id if role in OF_A_SITE else None


def partner_id_of(session: Session, role: str, code: str | None) -> int | None:
    """The partner that the role needs, by its code; None for a role without one.

    Raises:
        BadInput: it needs one, and none is named.
    """
    if role != Role.PARTNER:
        return None
    if not code:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."))
    return partners.partner_by_code(session, code).id


def told(one: User, state: AccountState) -> dict[str, Any]:
    """What is answered of an account."""
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "site": one.site.code if one.site else None,
        "state": state,
        "weekly_hours": one.weekly_hours,
        "languages": one.languages,
        "extension": one.extension,
        "ends_on": one.ends_on,
        "last_sign_in_at": one.last_sign_in_at,
        "second_factor": bool(one.tf_totp_secret),
    }
