"""Tables: texts of messages, who signs them at a site, and the messages themselves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import Site, User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.messages.codes import (
    Language,
    MessageChannel,
    MessageError,
    MessageState,
    Purpose,
)
from energymed.partners.codes import CampaignKind


class MessageTemplate(Model):
    """A text with places to fill in, for all sites or for one, all missions or one.

    `code` names those that an installation starts with; `subject` is that of an e-mail. `version`
    guards against two people saving at once, and tells a desk that its preview is out of date.
    """

    __tablename__ = "message_template"
    __table_args__ = (
        code_check("channel", MessageChannel),
        code_check("campaign_kind", CampaignKind, optional=True),
        code_check("language", Language),
        code_check("purpose", Purpose),
        CheckConstraint("(channel = 'email') = (subject IS NOT NULL)", name="email_has_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    channel: Mapped[MessageChannel] = mapped_column(CodeType(MessageChannel, 12))
    campaign_kind: Mapped[CampaignKind | None] = mapped_column(CodeType(CampaignKind, 20))
    language: Mapped[Language] = mapped_column(CodeType(Language, 5), default=Language.FR)
    purpose: Mapped[Purpose] = mapped_column(
        CodeType(Purpose, 10), default=Purpose.CONTACT, server_default=Purpose.CONTACT
    )
    name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str | None] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    site: Mapped[Site | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own shape


class MessageSender(Model):
    """Who signs the messages of a site, and the number (E.164) at which it is called back."""

    __tablename__ = "message_sender"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), unique=True)
    association: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))


class Message(Model):
    """One message to one person, written before it is sent.

    `queued` waits for `next_try_at`; `sending` was given to the gateway at `taken_at` and nobody
    knows yet; `sent` has its contact. `error_detail` is what the
    gateway said in a code of its own, never in words. `agreed_contact_id`: the exchange of which it
    puts in writing that something was agreed.
    """

    __tablename__ = "message"
    __table_args__ = (
        code_check("channel", MessageChannel),
        code_check("state", MessageState),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        Index("ix_message_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    template_id: Mapped[int] = mapped_column(ForeignKey("message_template.id"))
    channel: Mapped[MessageChannel] = mapped_column(CodeType(MessageChannel, 12))
    address: Mapped[str] = mapped_column(String(254), index=True)
    sender: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[MessageState] = mapped_column(
        CodeType(MessageState, 10), default=MessageState.QUEUED
    )
    request_key: Mapped[str] = mapped_column(String(36), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[MessageError | None] = mapped_column(CodeType(MessageError, 20))
    error_detail: Mapped[str | None] = mapped_column(String(40))
    provider_id: Mapped[str | None] = mapped_column(String(120))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), unique=True)
    agreed_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    user: Mapped[User | None] = relationship()
    template: Mapped[MessageTemplate] = relationship()
