"""Table: what people say of their supply, beside what files say."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.cases.codes import SupplyField


class SupplyWord(Model):
    """What the person of a case said of the supply, and who noted it when.

    `value` and `former` are texts as `cases.supply` shapes them, None for nothing known. Whoever
    spoke last holds: the person, or a file that came later.
    """

    __tablename__ = "supply_word"
    __table_args__ = (code_check("field", SupplyField),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    field: Mapped[SupplyField] = mapped_column(CodeType(SupplyField, 20))
    value: Mapped[str | None] = mapped_column(String(12))
    former: Mapped[str | None] = mapped_column(String(12))
    said_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User | None] = relationship()
