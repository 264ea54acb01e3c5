"""Table: why the arrears of a case came about."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.mediation.codes import Cause

STANDS = text("withdrawn_at IS NULL")


class CaseCause(Model):
    """One cause that the person of a case has named; at most one standing cause is the `main` one.

    `contact_id` is the exchange in which it was said, if it was in one. A cause that was said
    otherwise later stays on file, `withdrawn_at` and by whom.
    """

    __tablename__ = "case_cause"
    __table_args__ = (
        code_check("cause", Cause),
        Index(
            "uq_case_cause_standing", "case_id", "cause", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index(
            "uq_case_cause_main", "case_id", unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND main = 1"),
            postgresql_where=text("withdrawn_at IS NULL AND main"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    cause: Mapped[Cause] = mapped_column(CodeType(Cause, 24))
    main: Mapped[bool]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
