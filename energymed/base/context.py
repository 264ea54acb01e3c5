"""Who acts, when, and in which transaction: the one value that use cases are given."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from sqlalchemy.orm import Session

from energymed.base.clock import now


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in a role; `site_id` and `partner_id` bound what the actor may see."""

    user_id: int | None
    role: str
    site_id: int | None = None
    partner_id: int | None = None
    name: str = ""


SYSTEM = Actor(user_id=None, role="system", name="energymed")


@dataclass(frozen=True, slots=True)
class Context:
    """One use case: its transaction, who acts, and at which instant (aware UTC).

    A use case flushes and never commits; whoever made the context ends the transaction.
    """

    session: Session
    actor: Actor
    now: datetime = field(default_factory=now)

    def acting_as(self, actor: Actor) -> Self:
        """The same transaction and instant, in somebody else's name."""
        return replace(self, actor=actor)
