"""Tables: partners, campaigns, column profiles and dated rules."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.partners.codes import CampaignKind


class Partner(Model):
    """A utility that sends files and receives the outcomes.

    `practice`: the invented one of people in formation, offered and counted nowhere.
    """

    __tablename__ = "partner"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    practice: Mapped[bool] = mapped_column(default=False)


class Campaign(Model):
    """A mission that a partner gives: one per partner and kind (DOMAIN §2)."""

    __tablename__ = "campaign"
    __table_args__ = (
        UniqueConstraint("partner_id", "kind"),
        code_check("kind", CampaignKind),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    kind: Mapped[CampaignKind] = mapped_column(CodeType(CampaignKind, 20))
    active: Mapped[bool] = mapped_column(default=True)
    partner: Mapped[Partner] = relationship()


class ColumnProfile(Model):
    """How a partner names its columns in one layout of its files.

    `mapping` is {our field: their header, None for a field that has no column}; `headers` are
    all the columns of the layout. A layout is known by its `name`; each change of it is a new
    `version`, counted over all layouts of the partner and kind.
    """

    __tablename__ = "column_profile"
    __table_args__ = (UniqueConstraint("partner_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[dict[str, Any]]
    headers: Mapped[list[str]]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # no file is read by it any more

    partner: Mapped[Partner] = relationship()


class DatedRule(Model):
    """A number or window that the law or a campaign may change, with its period of validity.

    It holds for one campaign (`campaign_id`), for a mission of every partner (`kind`), or for all
    (neither). `value` is {"value": …} in the shape that
    `partners.rulebook` documents for the code; `source` cites DOMAIN or the text of law.
    """

    __tablename__ = "dated_rule"
    __table_args__ = (
        Index(
            "uq_dated_rule_code_valid_from_general",
            "code",
            "valid_from",
            unique=True,
            sqlite_where=text("campaign_id IS NULL AND kind IS NULL"),
            postgresql_where=text("campaign_id IS NULL AND kind IS NULL"),
        ),
        UniqueConstraint("kind", "code", "valid_from"),
        UniqueConstraint("campaign_id", "code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("campaign_id IS NULL OR kind IS NULL", name="scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[CampaignKind | None] = mapped_column(CodeType(CampaignKind, 20))
    value: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
