"""Whose record it is: the one place where site and partner bounds are applied."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false

from energymed.accounts.actor import Actor

AnySelect = TypeVar("AnySelect", bound=Select[*tuple[Any, ...]])


def scoped(statement: AnySelect, model: Any, actor: Actor) -> AnySelect:
    """Bound a select on `model` (with `site_id` and `partner_id`) to what `actor` may see.

    Mediators and leads see their own site, partners their own files, admins and the system all.
    An actor without the bound that its role needs sees nothing.
    """
    bound = _bound(model, actor)
    return statement if bound is None else statement.where(bound)


def within(condition: ColumnElement[bool], model: Any, actor: Actor) -> ColumnElement[bool]:
    """`condition`, and what `scoped` would add to it."""
    bound = _bound(model, actor)
    return condition if bound is None else and_(condition, bound)


def _bound(model: Any, actor: Actor) -> ColumnElement[bool] | None:
    if actor.role in ("admin", "system"):
        return None
    if actor.role == "partner":
        return model.partner_id == actor.partner_id if actor.partner_id is not None else false()
    return model.site_id == actor.site_id if actor.site_id is not None else false()
