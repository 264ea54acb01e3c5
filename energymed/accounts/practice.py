"""Where somebody of a role is; people in formation are at a site of their own, the practice."""

from sqlalchemy import select

from energymed.accounts.codes import AT_A_SITE, Role
from energymed.accounts.models import Site
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_

CODE, NAME = "entrainement", "Entraînement"


def practice_site(ctx: Context) -> Site:
    """Where people in formation are, made when the first of them is."""
    site = ctx.session.scalar(select(Site).where(Site.practice))
    if site is None:
        site = Site(code=CODE, name=NAME, practice=True)
        ctx.session.add(site)
        audit.record(ctx, "site.added", site, after={"code": CODE})
        ctx.session.flush()
    return site


def site_of_role(ctx: Context, role: str, site_id: int | None) -> int | None:
    """Where somebody of this role is: at `site_id`, at the practice, or at no site in particular.

    Raises:
        BadInput: the role has a site, and none is given, or that of the practice, where nobody
            works; with `params["field"]`.
    """
    if role == Role.TRAINEE:
        return practice_site(ctx).id
    if role not in AT_A_SITE:
        return None
    practice = select(Site.id).where(Site.practice)
    if site_id is None or site_id == ctx.session.scalar(practice):
        raise BadInput(N_("Ce rôle a besoin d'un site."), field="site_id")
    return site_id
