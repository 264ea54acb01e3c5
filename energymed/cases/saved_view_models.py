"""Table: lists of cases that people keep under a name."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model


class SavedView(Model):
    """A filtered list of cases under a name; `shared`: everybody of the site may open it.

    `filters` are {name of a filter: code or id, as in the address}; never what is searched for,
    which is somebody's name.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(40))
    shared: Mapped[bool]
    filters: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    owner: Mapped[User] = relationship()
