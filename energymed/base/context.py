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
    `contact_id` and `batch_id` are the cause of what is done: the call whose result is carried
    out, the file that is imported. Whatever is moved, made or settled meanwhile bears it.
    `written_at` is when it is written down, where that is not `now`: the trail keeps it.
    """

    session: Session
    actor: Actor
    now: datetime = field(default_factory=now)
    contact_id: int | None = None
    batch_id: int | None = None
    written_at: datetime | None = None

    def acting_as(self, actor: Actor) -> Self:
        """The same transaction and instant, in somebody else's name."""
        return replace(self, actor=actor)

    def caused_by(self, *, contact_id: int | None = None, batch_id: int | None = None) -> Self:
        """The same, for what this call or this file brings about."""
        return replace(self, contact_id=contact_id, batch_id=batch_id)

    @property
    def recorded_at(self) -> datetime:
        """When it is written down, whenever it is as if it were done."""
        return self.written_at or self.now

    def as_of(self, at: datetime) -> Self:
        """The same as if it were done at an earlier instant; the trail tells when it was."""
        return replace(self, now=at, written_at=self.written_at or self.now)
