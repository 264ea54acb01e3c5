"""Table: calls that the exchange was asked to make."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.cases.models import Phone
from energymed.telephony.codes import DialState


class DialledCall(Model):
    """One call by the exchange; `token` is how the exchange names it, and cannot be guessed."""

    __tablename__ = "dialled_call"
    __table_args__ = (
        code_check("state", DialState),
        Index("ix_dialled_call_case_id_user_id", "case_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phone.id", ondelete="SET NULL"))
    state: Mapped[DialState] = mapped_column(CodeType(DialState, 10), default=DialState.ASKED)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    phone: Mapped[Phone | None] = relationship()
