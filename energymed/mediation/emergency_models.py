"""Table: what to do and whom to ring when something cannot wait."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.mediation.codes import Emergency


class EmergencyLine(Model):
    """What a mediator does in a situation and whom they ring, as an administrator writes it.

    `phone` is as it is dialled; empty until somebody has checked one. `checked_on` is the day on
    which somebody last did.
    """

    __tablename__ = "emergency_line"
    __table_args__ = (
        code_check("situation", Emergency),
        CheckConstraint("phone IS NULL OR checked_on IS NOT NULL", name="checked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    situation: Mapped[Emergency] = mapped_column(CodeType(Emergency, 12), unique=True)
    advice: Mapped[str] = mapped_column(String(500))
    whom: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    checked_on: Mapped[date | None]
