"""Tables: texts of letters, and the letters that wait to be printed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import Site, User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.cases.models import Case
from energymed.messages.letters.codes import LetterKind, LetterState, LetterVariant
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Partner


class LetterText(Model):
    """The text of a kind of letter, for all partners, missions and sites or for one of them.

    `code` names those that an installation starts with. `version` guards against two people
    saving at once. A text that is not `active` is chosen for no letter.
    """

    __tablename__ = "letter_text"
    __table_args__ = (
        code_check("kind", LetterKind),
        code_check("variant", LetterVariant),
        code_check("campaign_kind", CampaignKind, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    kind: Mapped[LetterKind] = mapped_column(CodeType(LetterKind, 20))
    variant: Mapped[LetterVariant] = mapped_column(CodeType(LetterVariant, 10))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    campaign_kind: Mapped[CampaignKind | None] = mapped_column(CodeType(CampaignKind, 20))
    subject: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    site: Mapped[Site | None] = relationship()
    partner: Mapped[Partner | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own shape


class LetterToPrint(Model):
    """A letter that was asked for: printed with the others, then on file as a contact.

    It is composed when it is printed, from what stands then. It puts in writing an exchange
    (`asked_contact_id`) or one act of the case (`act_id`: a referral, a request for aid, the
    energy cheque); the one of the cascade puts nothing in writing, it is for whom calls do not
    reach. `contact_id` is the letter itself once it was sent.
    """

    __tablename__ = "letter_to_print"
    __table_args__ = (
        code_check("kind", LetterKind),
        code_check("variant", LetterVariant),
        code_check("state", LetterState),
        CheckConstraint("(state = 'sent') = (contact_id IS NOT NULL)", name="sent_has_contact"),
        CheckConstraint(
            "(asked_contact_id IS NULL) <> (act_id IS NULL)"
            " OR (kind = 'unreachable' AND act_id IS NULL)",
            name="of_one",
        ),
        Index("ix_letter_to_print_state_asked_at", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[LetterKind] = mapped_column(CodeType(LetterKind, 20))
    variant: Mapped[LetterVariant] = mapped_column(CodeType(LetterVariant, 10))
    asked_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    state: Mapped[LetterState] = mapped_column(
        CodeType(LetterState, 10), default=LetterState.WAITING
    )
    settled_at: Mapped[datetime | None]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), unique=True)
    case: Mapped[Case] = relationship()
    user: Mapped[User | None] = relationship()
