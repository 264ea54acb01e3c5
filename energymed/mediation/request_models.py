"""Table: what a partner was asked for, and what came of it."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.cases.models import Case
from energymed.mediation.models import Act
from energymed.mediation.request_codes import RequestKind, RequestState


class PartnerRequest(Model):
    """A hold, one action of the supplier, or a complaint: asked, answered, ended.

    `subject` is the code of the action or of the complaint, empty for a hold, whose subjects are in
    the act's details. `asked_on` is empty while a complaint is still to be written. `until`: a hold
    is asked or granted until then. `state_on` is the day of the state. `avoided_on`: the partner
    said on that day that the intervention did not take place.
    """

    __tablename__ = "partner_request"
    __table_args__ = (
        code_check("kind", RequestKind),
        code_check("state", RequestState),
        CheckConstraint("asked_on IS NOT NULL OR state IN ('to_write','ended')", name="asked_on"),
        UniqueConstraint("act_id", "subject"),
        Index("ix_partner_request_state_state_on", "state", "state_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(CodeType(RequestKind, 10))
    subject: Mapped[str] = mapped_column(String(24), default="")
    state: Mapped[RequestState] = mapped_column(CodeType(RequestState, 14))
    state_on: Mapped[date]
    asked_on: Mapped[date | None]
    until: Mapped[date | None]
    avoided_on: Mapped[date | None]
    avoided_source: Mapped[str | None] = mapped_column(String(200))
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    act: Mapped[Act] = relationship()
    case: Mapped[Case] = relationship()

    @property
    def in_charge(self) -> tuple[int | None, ...]:
        """Who may drop it beside a lead, by their ids."""
        return self.act.user_id, self.case.assigned_to_id, self.case.claimed_by_id
