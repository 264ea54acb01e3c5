"""Tables: partners, their conventions, campaigns, column profiles and dated rules."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.partners.codes import CampaignKind, Certainty, ConventionUnit, DisclosureTopic


class Partner(Model):
    """A utility that sends files and receives the outcomes.

    `shown_phone` is the number that the partner asks to be shown to the people who are called,
    in E.164. A partner that is retired gives no new file; what runs goes on.
    `practice`: the invented one of people in formation, offered and counted nowhere.
    """

    __tablename__ = "partner"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    practice: Mapped[bool] = mapped_column(default=False)
    shown_phone: Mapped[str | None] = mapped_column(String(16))
    retired_at: Mapped[datetime | None]
    contacts: Mapped[list["PartnerContact"]] = relationship(
        order_by="PartnerContact.id", cascade="all, delete-orphan"
    )


class PartnerContact(Model):
    """A person whom the association may turn to at a partner."""

    __tablename__ = "partner_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(16))


class PartnerSite(Model):
    """A site that works for a partner; a partner without any is worked for by all."""

    __tablename__ = "partner_site"

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)


class PartnerDisclosure(Model):
    """Whether a partner is told of a subject of a person's life, where it was decided."""

    __tablename__ = "partner_disclosure"
    __table_args__ = (
        UniqueConstraint("partner_id", "topic"),
        code_check("topic", DisclosureTopic),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    topic: Mapped[DisclosureTopic] = mapped_column(CodeType(DisclosureTopic, 20))
    told: Mapped[bool]


class Convention(Model):
    """What was agreed with a partner for a time: how much of what, and at what price.

    `kind` is the mission, none for all of them. Two conventions for one mission never hold on
    the same day (`partners.conventions`). `price_cents` is per unit.
    """

    __tablename__ = "convention"
    __table_args__ = (
        code_check("kind", CampaignKind, optional=True),
        code_check("unit", ConventionUnit),
        CheckConstraint("valid_to >= valid_from", name="period"),
        CheckConstraint("volume IS NULL OR volume > 0", name="volume"),
        CheckConstraint("price_cents IS NULL OR price_cents >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    kind: Mapped[CampaignKind | None] = mapped_column(CodeType(CampaignKind, 20))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    unit: Mapped[ConventionUnit] = mapped_column(CodeType(ConventionUnit, 8))
    volume: Mapped[int | None]
    price_cents: Mapped[int | None]


class Campaign(Model):
    """A mission of a partner: one per partner and kind (DOMAIN §2); `active` when it is given."""

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


class ChequeCampaignRow(Model):
    """One year's campaign of the energy cheque, as `cheque_campaigns.ChequeCampaign` says."""

    __tablename__ = "cheque_campaign"
    __table_args__ = (
        code_check("certainty", Certainty),
        CheckConstraint("sent_until >= sent_from", name="sent"),
        CheckConstraint("protections_end >= sent_from", name="protections"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    sent_from: Mapped[date]
    sent_until: Mapped[date]
    ask_until: Mapped[date | None]
    spend_until: Mapped[date]
    late_after: Mapped[date | None]
    late_spend_until: Mapped[date | None]
    protections_end: Mapped[date]
    certainty: Mapped[Certainty] = mapped_column(CodeType(Certainty, 2))
    source: Mapped[str] = mapped_column(String(200))


class ChequeBandRow(Model):
    """One band of incomes of a campaign, as `cheque_bands.ChequeBand` says."""

    __tablename__ = "cheque_band"
    __table_args__ = (UniqueConstraint("year", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("cheque_campaign.year"))
    rank: Mapped[int]
    below_cents: Mapped[int] = mapped_column(BigInteger)
    one_cents: Mapped[int]
    few_cents: Mapped[int]
    many_cents: Mapped[int]


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
