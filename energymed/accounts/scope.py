"""Whose record it is: the one place where site and partner bounds are applied."""

from typing import Any, TypeVar

from sqlalchemy import Integer, Select, bindparam, false, or_, select

from energymed.accounts.codes import Role
from energymed.accounts.models import Site
from energymed.base.context import Actor
from energymed.base.errors import Refused
from energymed.base.i18n import N_

LEADS = (Role.LEAD, Role.ADMIN, "system")  # within their bounds they take back what others did

AnySelect = TypeVar("AnySelect", bound=Select[*tuple[Any, ...]])


def scoped(statement: AnySelect, model: Any, actor: Actor) -> AnySelect:
    """Bound a select on `model` (with `site_id` and `partner_id`) to what `actor` may see.

    Mediators and leads see their own site, partners their own files, the system all, and admins
    all but what people in formation practise on. An actor without the bound that its role needs
    sees nothing.
    """
    if actor.role == "system":
        return statement
    if actor.role == Role.ADMIN:
        practice = select(Site.id).where(Site.practice)
        return statement.where(or_(model.site_id.is_(None), model.site_id.not_in(practice)))
    if actor.role == Role.PARTNER:
        own = actor.partner_id
        return statement.where(model.partner_id == own if own is not None else false())
    own = actor.site_id
    return statement.where(model.site_id == own if own is not None else false())


def within_bounds(actor: Actor, *, site_id: int, partner_id: int) -> bool:
    """Whether a record of this site and partner is one that `scoped` leaves to the actor."""
    if actor.role in (Role.ADMIN, "system"):
        return True
    if actor.role == Role.PARTNER:
        return actor.partner_id == partner_id
    return actor.site_id == site_id


def may_take_back(actor: Actor, *authors: int | None) -> bool:
    """What somebody wrote is taken back by themselves or by a lead, as a call is.

    Args:
        authors: ids of whose it is; None among them is the system, whose things are a lead's.
    """
    return actor.role in LEADS or (actor.user_id is not None and actor.user_id in authors)


def check_author(actor: Actor, *authors: int | None) -> None:
    """Ask before something is taken back.

    Raises:
        Refused: it is somebody else's; without `authors`, it is for a lead alone.
    """
    if may_take_back(actor, *authors):
        return
    if authors:
        raise Refused(N_("Seul l'auteur ou le chef d'équipe peut revenir là-dessus."))
    raise Refused(N_("Seul le chef d'équipe peut revenir là-dessus."))


def unnamed(role: str) -> Actor:
    """An actor of `role` for a statement that is put together once; `named` says who it is."""
    who: Any = [bindparam(name, type_=Integer()) for name in ("my_id", "my_site", "my_partner")]
    return Actor(who[0], role, site_id=who[1], partner_id=who[2])


def named(actor: Actor) -> dict[str, object]:
    """What `unnamed` leaves open."""
    return {"my_id": actor.user_id, "my_site": actor.site_id, "my_partner": actor.partner_id}
