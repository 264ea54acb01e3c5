"""The audit trail: one row for every change of state, never changed, never deleted by hand."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, Index, Insert, String, Table, insert, inspect
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.context import Actor, Context
from energymed.base.db import Model


class AuditEvent(Model):
    """Who did what to which record, when, with the values before and after (no personal data)."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_entity_entity_id", "entity", "entity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(60), index=True)
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


def record(
    ctx: Context,
    action: str,
    entity: Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one audit event about `entity` (flushed first, so that it has its id).

    `before` and `after` hold codes, ids, dates and cents, never names, phones or free text.
    """
    if inspect(entity).pending:
        ctx.session.flush()
    values = _event(
        ctx.actor, action, type(entity), getattr(entity, "id", None), ctx.recorded_at, before, after
    )
    entry = AuditEvent(**values)
    ctx.session.add(entry)
    return entry


def record_of(
    ctx: Context,
    action: str,
    kind: type[Model],
    entity_id: int | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """`record` for what was not loaded, told by its table and id; written at once.

    Without an id: about no row of the table (a sign-in under an address that names no account).
    """
    values = _event(ctx.actor, action, kind, entity_id, ctx.recorded_at, before, after)
    ctx.session.connection().execute(_written(), values)


@cache
def _written() -> Insert:
    return insert(cast(Table, AuditEvent.__table__)).inline()  # nobody asks for its id


def _event(
    actor: Actor,
    action: str,
    kind: type[Model],
    entity_id: int | None,
    now: datetime,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "at": now,
        "actor_id": actor.user_id,
        "actor_role": actor.role,
        "action": action,
        "entity": str(kind.__tablename__),
        "entity_id": entity_id,
        "before": dict(before) if before else None,
        "after": dict(after) if after else None,
    }
