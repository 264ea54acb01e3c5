"""Tables: deliveries to a partner, frozen, and who fetched them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.partners.models import Partner
from energymed.reporting.codes import ExportFormat


class Delivery(Model):
    """A return handed to a partner: its bytes and sha256 never change afterwards.

    The bytes are the stored file of that sha256, as long as it is kept (`base.files`). A later
    correction is a new delivery whose `amends_id` names the one it replaces.
    """

    __tablename__ = "delivery"
    __table_args__ = (code_check("format", ExportFormat),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    period: Mapped[str] = mapped_column(String(10))
    period_start: Mapped[date]
    period_end: Mapped[date]
    format: Mapped[ExportFormat] = mapped_column(CodeType(ExportFormat, 4))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    row_count: Mapped[int]
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    changes_summary: Mapped[str | None] = mapped_column(String(300))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    partner: Mapped[Partner] = relationship()
    fetches: Mapped[list["DeliveryFetch"]] = relationship(order_by="DeliveryFetch.fetched_at")


class DeliveryFetch(Model):
    """Who downloaded a delivery, and when."""

    __tablename__ = "delivery_fetch"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    fetched_at: Mapped[datetime]
    user: Mapped[User] = relationship()
