"""Tables: acts and, for the four kinds that live on, their own record."""

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

from energymed.accounts.models import User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.base.db.defaults import given_as
from energymed.cases.models import Case
from energymed.mediation.aid_codes import AfterRefusal, AidPaper
from energymed.mediation.codes import (
    ActKind,
    AidState,
    Body,
    BudgetBand,
    ChequeHelp,
    ChequeStatus,
    EligibilityBand,
    Frequency,
    Fund,
    InstalmentState,
    InstalmentWord,
    PaymentMethod,
    PlanState,
    ReferralMode,
    ReferralReason,
    VoidReason,
)
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.referral_models import ReferralLink
from energymed.mediation.request_codes import NewsSource, ReferralNews, WordKept


class Act(Model):
    """One mediation act on a case (DOMAIN §10), dated, attributed, correctable with a trace.

    `details` holds the coded answers of the kinds that have no table of their own. `kept` and its
    day say what came of a payment announced, a delay or a paper to be sent. One that is crossed out
    keeps who did it, when and why; `corrects_id` is the one whose place it takes: it is as if it
    were noted then (`created_at`), and was written down later (`recorded_at`).
    """

    __tablename__ = "act"
    __table_args__ = (
        code_check("kind", ActKind),
        code_check("void_reason", VoidReason, optional=True),
        Index("ix_act_kind_acted_on", "kind", "acted_on"),
        UniqueConstraint("request_key", "kind"),
        code_check("kept", WordKept, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[ActKind] = mapped_column(CodeType(ActKind, 30))
    acted_on: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_key: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=given_as("created_at"))
    voided_at: Mapped[datetime | None]
    kept: Mapped[WordKept | None] = mapped_column(CodeType(WordKept, 10))
    kept_on: Mapped[date | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[VoidReason | None] = mapped_column(CodeType(VoidReason, 16))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)
    case: Mapped[Case] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])


def _in_charge(act: Act, case: Case) -> tuple[int | None, ...]:
    """Who agreed it, who has the case now, and who is on the phone with the person."""
    return act.user_id, case.assigned_to_id, case.claimed_by_id


class Plan(Model):
    """A payment plan: `agreed_on` is the household's word, `confirmed_on` the supplier's.

    `replaces_plan_id` is the plan whose place it takes, or will once the partner consents to it;
    `replaced_state` how that one stood when it ended as renegotiated, for whoever takes this one
    back. `letter_contact_id` is the letter that somebody says was sent.
    """

    __tablename__ = "payment_plan"
    __table_args__ = (
        code_check("state", PlanState),
        code_check("frequency", Frequency),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("down_payment_cents >= 0", name="down_payment"),
        CheckConstraint("instalment_count >= 1", name="instalment_count"),
        code_check("replaced_state", PlanState, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    down_payment_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    instalment_count: Mapped[int]
    frequency: Mapped[Frequency] = mapped_column(CodeType(Frequency, 12))
    first_due_on: Mapped[date]
    method: Mapped[PaymentMethod] = mapped_column(CodeType(PaymentMethod, 16))
    state: Mapped[PlanState] = mapped_column(CodeType(PlanState, 12))
    agreed_on: Mapped[date | None] = mapped_column(index=True)
    confirmed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    replaces_plan_id: Mapped[int | None] = mapped_column(ForeignKey("payment_plan.id"), index=True)
    replaced_state: Mapped[PlanState | None] = mapped_column(CodeType(PlanState, 12))
    letter_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    act: Mapped[Act] = relationship()
    case: Mapped[Case] = relationship()
    replaces: Mapped["Plan | None"] = relationship(remote_side=[id])
    instalments: Mapped[list["Instalment"]] = relationship(
        back_populates="plan", order_by="Instalment.number", cascade="all, delete-orphan"
    )

    @property
    def in_charge(self) -> tuple[int | None, ...]:
        """Who may cancel it beside a lead, by their ids."""
        return _in_charge(self.act, self.case)


class Instalment(Model):
    """One payment of a plan; number 0 is the first payment (down payment).

    `state`, `paid_cents` and `confirmed_on` (the day of the payment that settled it) follow from
    the ledger and from what leads were told: `mediation.instalments` keeps them. `said`,
    `declared_on` and `said_by_id` are the person's word, its day, and who noted it.
    """

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        code_check("state", InstalmentState),
        code_check("said", InstalmentWord, optional=True),
        CheckConstraint("amount_cents > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("payment_plan.id", ondelete="CASCADE"))
    number: Mapped[int]
    due_on: Mapped[date] = mapped_column(index=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[InstalmentState] = mapped_column(
        CodeType(InstalmentState, 14), default=InstalmentState.DUE
    )
    paid_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_on: Mapped[date | None]
    said: Mapped[InstalmentWord | None] = mapped_column(CodeType(InstalmentWord, 10))
    declared_on: Mapped[date | None]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    plan: Mapped[Plan] = relationship(back_populates="instalments")
    confirmations: Mapped[list["Confirmation"]] = relationship(
        back_populates="instalment", order_by="Confirmation.id", cascade="all, delete-orphan"
    )

    @property
    def confirmation(self) -> "Confirmation | None":
        """What a lead was told by the partner, unless it was taken back."""
        standing = [each for each in self.confirmations if each.withdrawn_at is None]
        return standing[-1] if standing else None


class Confirmation(Model):
    """The partner told a lead that an instalment was paid: on which day, and where that stands.

    It books nothing: the payment itself comes with the partner's file. Taken back, it stays.
    """

    __tablename__ = "instalment_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    instalment_id: Mapped[int] = mapped_column(
        ForeignKey("instalment.id", ondelete="CASCADE"), index=True
    )
    paid_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    instalment: Mapped[Instalment] = relationship(back_populates="confirmations")
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])


class AidDocument(Model):
    """One paper of a request for aid.

    `asked_on` is empty while it is only usual: nobody has told the person of it. `noted_by_id`
    noted last that it was asked for, or came.
    """

    __tablename__ = "aid_paper"
    __table_args__ = (
        UniqueConstraint("aid_id", "paper"),
        code_check("paper", AidPaper),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    aid_id: Mapped[int] = mapped_column(ForeignKey("aid_request.id"))
    paper: Mapped[AidPaper] = mapped_column(CodeType(AidPaper, 20))
    asked_on: Mapped[date | None]
    received_on: Mapped[date | None]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class AidRequest(Model):
    """A request to a fund: the mediator opens it, the fund decides, the supplier is paid.

    `fund` is what kind of fund it is, `fund_id` which one. `moved_by_id` noted its last step, which
    was taken on `moved_on`.
    """

    __tablename__ = "aid_request"
    __table_args__ = (
        code_check("fund", Fund),
        code_check("state", AidState),
        code_check("after_refusal", AfterRefusal, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    fund: Mapped[Fund] = mapped_column(CodeType(Fund, 20))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("aid_fund.id"), index=True)
    body: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[AidState] = mapped_column(CodeType(AidState, 20))
    opened_on: Mapped[date] = mapped_column(index=True)
    amount_requested_cents: Mapped[int | None] = mapped_column(BigInteger)
    amount_granted_cents: Mapped[int | None] = mapped_column(BigInteger)
    grant_part_cents: Mapped[int | None] = mapped_column(BigInteger)
    loan_part_cents: Mapped[int | None] = mapped_column(BigInteger)
    submitted_on: Mapped[date | None]
    decision_on: Mapped[date | None]
    paid_on: Mapped[date | None]
    paid_cents: Mapped[int | None] = mapped_column(BigInteger)
    refusal_reason: Mapped[str | None] = mapped_column(String(40))
    protects_until: Mapped[date | None]
    after_refusal: Mapped[AfterRefusal | None] = mapped_column(CodeType(AfterRefusal, 20))
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    moved_on: Mapped[date]
    act: Mapped[Act] = relationship()
    case: Mapped[Case] = relationship()
    listed: Mapped[AidFund | None] = relationship()
    papers: Mapped[list[AidDocument]] = relationship(
        order_by=AidDocument.id, cascade="all, delete-orphan"
    )

    @property
    def missing_documents(self) -> list[AidPaper]:
        """What was asked of the person and is not there yet."""
        return [each.paper for each in self.papers if each.asked_on and not each.received_on]

    @property
    def to_bring(self) -> list[AidPaper]:
        """What is not there yet, be it asked for or only usual."""
        return [each.paper for each in self.papers if not each.received_on]

    @property
    def in_charge(self) -> tuple[int | None, ...]:
        """Who may withdraw it beside a lead, by their ids."""
        return _in_charge(self.act, self.case)


class Referral(Model):
    """The person is pointed to a social body; counts once per body and case.

    `body` is what kind of body it is, `body_id` which one; without one, the kind stands for it.
    `consent` holds since `consent_on` until the person goes back on it (`consent_ended_on`);
    `consent_text_id` is which words were read to them, empty where nobody says so.
    `news` is what came of it as known on `news_on`, from `news_source`; none yet when empty.
    `no_news_count`: how often in a row there were none.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("case_id", "body_id"),
        Index(
            "uq_referral_case_id_body",
            "case_id",
            "body",
            unique=True,
            sqlite_where=text("body_id IS NULL"),
            postgresql_where=text("body_id IS NULL"),
        ),
        code_check("body", Body),
        code_check("reason", ReferralReason),
        code_check("mode", ReferralMode),
        code_check("news", ReferralNews, optional=True),
        code_check("news_source", NewsSource, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    body: Mapped[Body] = mapped_column(CodeType(Body, 20))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("social_body.id"), index=True)
    reason: Mapped[ReferralReason] = mapped_column(CodeType(ReferralReason, 20))
    mode: Mapped[ReferralMode] = mapped_column(CodeType(ReferralMode, 20))
    consent: Mapped[bool]
    consent_on: Mapped[date | None]
    consent_ended_on: Mapped[date | None]
    consent_text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_text.id"))
    referred_on: Mapped[date] = mapped_column(index=True)
    appointment_on: Mapped[date | None]
    news: Mapped[ReferralNews | None] = mapped_column(CodeType(ReferralNews, 10))
    news_on: Mapped[date | None]
    no_news_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    news_source: Mapped[NewsSource | None] = mapped_column(CodeType(NewsSource, 10))
    act: Mapped[Act] = relationship()
    case: Mapped[Case] = relationship()
    listed: Mapped[SocialBody | None] = relationship()
    link: Mapped[ReferralLink | None] = relationship()

    @property
    def number(self) -> str:
        """What the referral is called outside the house; it says nothing of anybody."""
        return f"OR-{self.id:06d}"


class ChequeAwareness(Model):
    """Energy-cheque awareness: once per case and campaign year, at least one topic (DOMAIN §4)."""

    __tablename__ = "cheque_awareness"
    __table_args__ = (
        UniqueConstraint("case_id", "campaign_year"),
        code_check("declared_status", ChequeStatus, name="status"),
        code_check("help", ChequeHelp),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    campaign_year: Mapped[int]
    declared_status: Mapped[ChequeStatus] = mapped_column(CodeType(ChequeStatus, 16))
    topics: Mapped[list[str]]
    help: Mapped[ChequeHelp] = mapped_column(CodeType(ChequeHelp, 14))
    eligibility_band: Mapped[EligibilityBand | None] = mapped_column(CodeType(EligibilityBand, 20))
    given_on: Mapped[date] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    act: Mapped[Act] = relationship()
    case: Mapped[Case] = relationship()


class HouseholdBudget(Model):
    """What was found of a household's budget (DOMAIN §14): the verdict band.

    `amounts` (cents a month by line) and `household` are there only where the person agreed that
    they be kept; `instalment_cents` is what the band was about, a month.
    """

    __tablename__ = "household_budget"
    __table_args__ = (code_check("band", BudgetBand),)

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    band: Mapped[BudgetBand] = mapped_column(CodeType(BudgetBand, 14))
    instalment_cents: Mapped[int] = mapped_column(BigInteger)
    amounts: Mapped[dict[str, Any] | None]
    household: Mapped[dict[str, Any] | None]
    made_on: Mapped[date] = mapped_column(index=True)
    act: Mapped[Act] = relationship()
    case: Mapped[Case] = relationship()
