"""Table: calls that the exchange was asked to make."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.base.db import Model
from energymed.base.i18n import N_
from energymed.cases.models import Phone, one_of

STATES = {
    "asked": N_("Demandé au standard"),
    "ringing": N_("Ça sonne"),
    "answered": N_("En ligne"),
    "ended": N_("Appel terminé"),
    "failed": N_("L'appel n'a pas abouti"),
}


class DialledCall(Model):
    """One call by the exchange; `token` is how the exchange names it, and cannot be guessed."""

    __tablename__ = "dialled_call"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("ix_dialled_call_case_id_user_id", "case_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phone.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    phone: Mapped[Phone | None] = relationship()
