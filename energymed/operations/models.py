"""Table: the processes that serve this installation, on whichever machine."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model


class RunningNode(Model):
    """A server, or a scheduler of its own. `seen_at` is renewed while it runs.

    Instants are those of the database's clock. `revision` is that of the schema which its program
    knows.
    """

    __tablename__ = "running_node"
    __table_args__ = (UniqueConstraint("machine", "process"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    machine: Mapped[str] = mapped_column(String(255))
    process: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    revision: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
