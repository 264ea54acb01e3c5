"""Table: what was known of whether a customer was told of an intervention, and since when."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model


class CutoffTold(Model):
    """`Case.told_at` and `told_in_time` as they were from an instant on. Rows are only added.

    A file may move the intervention, and a correction take the telling back (`told_at` is empty).
    """

    __tablename__ = "cutoff_told"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    told_at: Mapped[datetime | None]
    in_time: Mapped[bool | None]
    recorded_at: Mapped[datetime]
