"""Tables: contacts (calls and every other channel), follow-ups, half-typed calls, who is there."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.base.db.defaults import given_as
from energymed.calling.codes import (
    AWAY,
    MET,
    OF_VISIT,
    OF_WRITING,
    STEPS,
    WRITTEN,
    Channel,
    DeclineReason,
    ExchangeResult,
    FollowUpKind,
    FollowUpState,
    PauseReason,
    PresenceState,
)
from energymed.cases.models import Case, Phone
from energymed.partners.codes import CampaignKind, ResultCode


def _one_of(codes: Iterable[str]) -> str:
    return "(" + ",".join(f"'{code}'" for code in codes) + ")"


class Contact(Model):
    """One exchange or attempt on a case; a call has exactly one result (DOMAIN §9).

    Off the telephone `exchange_result` is one of its channel's; visits and meetings that were noted
    before there were any have none.

    `details` holds what the result requires (identity_checked, relation, message_left, language,
    reported_by, hung_up_when). A corrected contact is `voided_at`, the new one points to it. What a
    call settled on another case of the person is a part of that call (`call_of_id`).
    `recorded_at` is when it was written down: figures as of an earlier instant do not know it.
    """

    __tablename__ = "contact"
    __table_args__ = (
        code_check("channel", Channel),
        code_check("result", ResultCode, optional=True),
        CheckConstraint(
            "(channel IN ('call_out','call_in')) = (result IS NOT NULL)", name="call_has_result"
        ),
        code_check("exchange_result", ExchangeResult, optional=True),
        CheckConstraint(
            "exchange_result IS NULL"
            f" OR (channel IN {_one_of(WRITTEN)} AND exchange_result IN {_one_of(OF_WRITING)})"
            f" OR (channel = 'visit' AND exchange_result IN {_one_of(OF_VISIT)})"
            f" OR (channel = 'face_to_face' AND exchange_result IN {_one_of(MET)})",
            name="exchange_result_of_channel",
        ),
        Index("ix_contact_person_id_started_at", "person_id", "started_at"),
        Index("ix_contact_user_id_started_at", "user_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phone.id"))
    channel: Mapped[Channel] = mapped_column(CodeType(Channel, 12))
    result: Mapped[ResultCode | None] = mapped_column(CodeType(ResultCode, 20))
    exchange_result: Mapped[ExchangeResult | None] = mapped_column(CodeType(ExchangeResult, 20))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    request_key: Mapped[str | None] = mapped_column(String(36), unique=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    call_of_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=given_as("started_at"))
    voided_at: Mapped[datetime | None]
    # who wrote it down: for a corrected call somebody else than who made it, perhaps
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    form_hash: Mapped[str | None] = mapped_column(String(32))  # `calling.calls.idempotency`
    case: Mapped[Case] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    phone: Mapped[Phone | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])


class FollowUp(Model):
    """Something to do on a case at a time: a callback, an instalment to check, papers to chase.

    The calls that made it, put it off (from `former_due_at`) and settled it are kept, so that
    their correction takes that back; so is the file that settled it, for its undo.
    `settled_by_payment`: the instalment to check was paid; should that be taken back, it is
    checked anew. `act_id`: the act that made what it is about (a plan, an aid, a referral…), so
    that nothing is told twice. `pause_reason`: why a case is left in peace until then.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        code_check("kind", FollowUpKind),
        code_check("state", FollowUpState),
        code_check("pause_reason", PauseReason, optional=True),
        CheckConstraint("(kind = 'pause') = (pause_reason IS NOT NULL)", name="pause_has_reason"),
        Index("ix_follow_up_state_due_at", "state", "due_at"),
        Index("ix_follow_up_case_id_state_due_at", "case_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[FollowUpKind] = mapped_column(CodeType(FollowUpKind, 16))
    due_at: Mapped[datetime]
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[FollowUpState] = mapped_column(
        CodeType(FollowUpState, 10), default=FollowUpState.OPEN
    )
    note: Mapped[str | None] = mapped_column(String(500))
    case_count: Mapped[int | None]  # of a follow-up that stands for several cases
    instalment_id: Mapped[int | None] = mapped_column(ForeignKey("instalment.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)
    pause_reason: Mapped[PauseReason | None] = mapped_column(CodeType(PauseReason, 10))
    surfaced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_by_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    put_off_by_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    settled_by_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    settled_by_batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    settled_by_payment: Mapped[bool] = mapped_column(default=False)
    former_due_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    assigned_to: Mapped[User | None] = relationship(foreign_keys=[assigned_to_id])
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    made_by_contact: Mapped[Contact | None] = relationship(foreign_keys=[made_by_contact_id])


class GuideStep(Model):
    """One step of what a site's mediators say in the calls of a mission, in the team's words."""

    __tablename__ = "guide_step"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "position"),
        code_check("kind", CampaignKind),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[CampaignKind] = mapped_column(CodeType(CampaignKind, 20))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(40))
    say: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class NotePhrase(Model):
    """A phrase that a site's mediators add to a note with one key, in the team's words."""

    __tablename__ = "note_phrase"
    __table_args__ = (UniqueConstraint("site_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class WayDeclined(Model):
    """A step of the cascade that somebody declined: not proposed again until someone answers.

    `declined_at` is measured against the exchanges of the case (`eligibility.cascade.tried`). One
    that was taken back (`taken_back_at`) stays on file and counts no more.
    """

    __tablename__ = "way_declined"
    __table_args__ = (
        CheckConstraint(f"way IN {_one_of(STEPS)}", name="way"),
        code_check("reason", DeclineReason, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    way: Mapped[Channel] = mapped_column(CodeType(Channel, 12))
    reason: Mapped[DeclineReason | None] = mapped_column(CodeType(DeclineReason, 20))
    declined_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    declined_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    declined_by: Mapped[User | None] = relationship()


class CallDraft(Model):
    """What a mediator has typed on a call desk and not yet saved."""

    __tablename__ = "call_draft"
    __table_args__ = (UniqueConstraint("case_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Presence(Model):
    """A time in which somebody was not there for calls; the open one is what they do now."""

    __tablename__ = "presence"
    __table_args__ = (
        code_check("state", AWAY),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after"),
        Index(
            "uq_presence_user_id_open",
            "user_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_presence_since", "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[PresenceState] = mapped_column(CodeType(PresenceState, 10))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class HelpRequest(Model):
    """A mediator asks the lead for help in a call; ended by either, or with the call (`None`)."""

    __tablename__ = "help_request"
    __table_args__ = (
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended_by_when"),
        Index(
            "uq_help_request_case_id_open",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    case: Mapped[Case] = relationship()
    mediator: Mapped[User] = relationship(foreign_keys=[mediator_id])
