"""Tables: households, people, phones, cases and the debt ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from energymed.accounts.models import Site, User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.base.text.addresses import address_key
from energymed.base.text.references import bare_key
from energymed.cases.case_indexes import list_indexes
from energymed.cases.codes import (
    CaseState,
    LedgerKind,
    PhoneOwner,
    PhoneStatus,
    QueueReason,
    ReopenReason,
    StopKind,
    SupplyState,
    WaitingReason,
)
from energymed.partners.codes import CampaignKind, Closure, Energy
from energymed.partners.models import Partner

READY = "state IN ('queued','waiting')"  # the words of the index: only they lead to it
IN_CALL = literal_column("'in_call'", String())  # the word of the index of who holds a case
CLOSED = text("to_state = 'closed'")
NEVER_CALLED = "opposed_at IS NOT NULL OR deceased_at IS NOT NULL"


class Household(Model):
    """People who answer the same phone: while one is called, the others are held back."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))


class Person(Model):
    """A customer of one partner. `name_key` is last and first name without accents or case.

    `availability` is when the person wishes to be called, as `eligibility.availability` shapes it.
    A row that was merged into another has no case; files that name it mean the other one.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_partner_id_site_id_customer_reference", "partner_id", "site_id",
              "customer_reference"),
        Index("ix_person_site_id_name_key", "site_id", "name_key"),
        Index(
            "ix_person_stopped",
            "id",
            sqlite_where=text(NEVER_CALLED),
            postgresql_where=text(NEVER_CALLED),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    customer_reference: Mapped[str | None] = mapped_column(String(60))
    civility: Mapped[str | None] = mapped_column(String(20))
    last_name: Mapped[str] = mapped_column(String(120))
    first_name: Mapped[str | None] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(250))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(40))
    opposed_at: Mapped[datetime | None]
    deceased_at: Mapped[datetime | None]
    rests_until: Mapped[date | None]
    # the calls that said so (`cases.stops`); contacts refer to people, who cannot refer to them
    opposed_by_contact_id: Mapped[int | None]
    deceased_by_contact_id: Mapped[int | None]
    rests_by_contact_id: Mapped[int | None]
    availability: Mapped[dict[str, Any] | None] = mapped_column("wishes")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    phones: Mapped[list["Phone"]] = relationship(
        back_populates="person", order_by="Phone.position", cascade="all, delete-orphan"
    )

    @property
    def full_name(self) -> str:
        """Civility, first name and last name, as one speaks to the person."""
        return " ".join(part for part in (self.civility, self.first_name, self.last_name) if part)


class Phone(Model):
    """A number of a person, E.164; `status` says whether it may be dialled, `owner` whose it is.

    `remark` is what a file says beside it ("fille", "après 18h"): personal, never logged.
    `links`: it tells who lives together; False for a number of many strangers (`silent_numbers`).
    """

    __tablename__ = "phone"
    __table_args__ = (
        UniqueConstraint("person_id", "e164"),
        code_check("status", PhoneStatus),
        code_check("owner", PhoneOwner, optional=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    e164: Mapped[str] = mapped_column(String(20), index=True)
    ending: Mapped[str] = mapped_column(String(4), index=True)  # its last figures, to be found by
    position: Mapped[int]
    status: Mapped[PhoneStatus] = mapped_column(CodeType(PhoneStatus, 10), default=PhoneStatus.OK)
    remark: Mapped[str | None] = mapped_column(String(60))
    owner: Mapped[PhoneOwner | None] = mapped_column(CodeType(PhoneOwner, 16))
    links: Mapped[bool] = mapped_column(default=True)
    person: Mapped[Person] = relationship(back_populates="phones")

    @validates("e164")
    def _ends(self, _name: str, e164: str) -> str:
        self.ending = ending(e164)
        return e164


def ending(e164: str) -> str:
    """The last four figures of a number, `Phone.ending`; for whoever writes many rows at once."""
    return e164[-4:]


class Stop(Model):
    """What must hold for a person or number in files to come, as a keyed hash: `cases.stops`."""

    __tablename__ = "stop"
    __table_args__ = (code_check("kind", StopKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[StopKind] = mapped_column(CodeType(StopKind, 10))
    key: Mapped[str] = mapped_column(String(64), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("contact.id", ondelete="SET NULL"), index=True
    )


class Case(Model):
    """One reference of one partner to be followed until it is closed.

    `state` with its companions: `waiting_reason` and `next_action_at` while waiting;
    `queue_reason` while queued; `claimed_by_id` and `claimed_until` while in call;
    `closure` once closed. `for_anyone` while it is for whoever is free. `version` guards
    against two people saving at once.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        Index(
            "uq_case_file_open_reference",
            "partner_id",
            "campaign_kind",
            "reference",
            unique=True,
            sqlite_where=text("state != 'closed'"),
            postgresql_where=text("state != 'closed'"),
        ),
        Index("ix_case_file_queue", "site_id", "state", "assigned_to_id"),
        Index(  # all that the order of a queue asks, so that no case is read for it
            "ix_case_file_ready",
            "assigned_to_id", "site_id", "state", "next_action_at", "queue_reason",
            "waiting_reason", "cutoff_date", "due_date", "opened_at",
            sqlite_where=text(READY),
            postgresql_where=text(READY),
        ),
        *list_indexes(),
        Index("ix_case_file_reference", "partner_id", "reference"),
        Index("ix_case_file_bare_reference", "partner_id", "bare_reference"),
        Index("ix_case_file_delivery_point", "delivery_point"),
        Index("ix_case_file_address_key", "address_key"),
        Index(
            "ix_case_file_missing",
            "missing_since_batch_id",
            sqlite_where=text("missing_since_batch_id IS NOT NULL"),
            postgresql_where=text("missing_since_batch_id IS NOT NULL"),
        ),
        Index(
            "ix_case_file_for_anyone",
            "site_id",
            "state",
            "next_action_at",
            sqlite_where=text("for_anyone = 1"),
            postgresql_where=text("for_anyone"),
        ),
        code_check("campaign_kind", CampaignKind),
        code_check("state", CaseState),
        code_check("waiting_reason", WaitingReason, optional=True),
        code_check("closure", Closure, optional=True),
        code_check("supply_state", SupplyState, optional=True),
        CheckConstraint("(state = 'closed') = (closure IS NOT NULL)", name="closed_has_closure"),
        CheckConstraint(
            "(state = 'in_call') = (claimed_by_id IS NOT NULL)", name="in_call_has_claim"
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    campaign_kind: Mapped[CampaignKind] = mapped_column(CodeType(CampaignKind, 20))
    reference: Mapped[str] = mapped_column(String(60))
    bare_reference: Mapped[str] = mapped_column(Text)  # its `bare_key`: some letters become many
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # as the partner's last file says
    contract_number: Mapped[str | None] = mapped_column(String(60))
    delivery_point: Mapped[str | None] = mapped_column(String(14))
    energy: Mapped[Energy | None] = mapped_column(CodeType(Energy, 12))
    supplier: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(250))
    address_extra: Mapped[str | None] = mapped_column(String(250))
    postal_code: Mapped[str | None] = mapped_column(String(5))
    commune: Mapped[str | None] = mapped_column(String(120))
    address_key: Mapped[str | None] = mapped_column(Text)  # of the three: short forms are opened
    # the `address_key` at which the person was not found: wrong for as long as it is that one
    wrong_address_key: Mapped[str | None] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(index=True)  # its words: `cases.search_index`
    invoice_date: Mapped[date | None]
    due_date: Mapped[date | None]
    reminders_count: Mapped[int | None]
    cutoff_date: Mapped[date | None]
    cutoff_slot: Mapped[str | None] = mapped_column(String(30))
    energy_cheque: Mapped[bool | None]
    energy_cheque_year: Mapped[int | None]  # of the campaign that ran on the day of that file
    # of the supply, as the last file or the person says: `cases.supply`
    supply_state: Mapped[SupplyState | None] = mapped_column(CodeType(SupplyState, 12))
    limited_kva: Mapped[int | None]
    supply_since: Mapped[date | None]  # since when it is limited, cut or terminated
    first_letter_on: Mapped[date | None]
    second_letter_on: Mapped[date | None]
    main_residence: Mapped[bool | None]
    communicating_meter: Mapped[bool | None]
    comment: Mapped[str | None] = mapped_column(Text)
    debt_cents: Mapped[int | None] = mapped_column(BigInteger)  # balance, kept by the ledger
    opening_debt_cents: Mapped[int | None] = mapped_column(BigInteger)
    # where the case stands
    state: Mapped[CaseState] = mapped_column(CodeType(CaseState, 12), default=CaseState.TO_ASSIGN)
    waiting_reason: Mapped[WaitingReason | None] = mapped_column(CodeType(WaitingReason, 12))
    queue_reason: Mapped[QueueReason | None] = mapped_column(CodeType(QueueReason, 12))
    next_action_at: Mapped[datetime | None]
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    claimed_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    # whoever had it in call last, until a call is recorded
    last_claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    for_anyone: Mapped[bool] = mapped_column(default=False)
    closure: Mapped[Closure | None] = mapped_column(CodeType(Closure, 24))
    closed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # cut-off told to the customer
    told_in_time: Mapped[bool | None]
    told_by_contact_id: Mapped[int | None]  # the call that told; None: by an act
    suspended: Mapped[bool] = mapped_column(default=False)  # over-indebtedness declared admissible
    # files that touched it
    opened_batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    last_batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    missing_since_batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    missing_asked_at: Mapped[datetime | None]  # the partner was asked what became of it
    # a word for whoever takes it next
    handover_note: Mapped[str | None] = mapped_column(String(500))
    handover_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    handover_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    partner: Mapped[Partner] = relationship()
    site: Mapped[Site] = relationship()
    person: Mapped[Person] = relationship()
    assigned_to: Mapped[User | None] = relationship(foreign_keys=[assigned_to_id])
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    handover_by: Mapped[User | None] = relationship(foreign_keys=[handover_by_id])
    ledger: Mapped[list["LedgerEntry"]] = relationship(
        back_populates="case", order_by="LedgerEntry.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own shape

    @validates("reference")
    def _bares(self, _name: str, reference: str) -> str:
        self.bare_reference = bare_key(reference)
        return reference

    @validates("address", "postal_code", "commune")
    def _settles(self, name: str, value: str | None) -> str | None:
        said = {"address": self.address, "postal_code": self.postal_code, "commune": self.commune}
        self.address_key = address_key(**{**said, name: value})
        return value

    @property
    def address_is_wrong(self) -> bool:
        """Whether the person was not found at the address on file."""
        return self.address_key is not None and self.wrong_address_key == self.address_key

    @property
    def campaign(self) -> tuple[int, str]:
        """Partner and mission: whose rules hold for it."""
        return self.partner_id, self.campaign_kind


class CaseMove(Model):
    """One move of a case: where it stood, where it went, when, by whom and because of what.

    `from_reason` and `from_until` say why and until when it waited: a correction puts it back
    there. `contact_id` is the call that caused it, also where a job drew the consequence later.
    """

    __tablename__ = "case_move"
    __table_args__ = (
        code_check("from_state", CaseState),
        code_check("from_reason", QueueReason, optional=True),
        code_check("to_state", CaseState),
        code_check("closure", Closure, optional=True),
        code_check("reopen_reason", ReopenReason, optional=True),
        Index("ix_case_move_closed", "at", sqlite_where=CLOSED, postgresql_where=CLOSED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_state: Mapped[CaseState] = mapped_column(CodeType(CaseState, 12))
    from_reason: Mapped[QueueReason | None] = mapped_column(CodeType(QueueReason, 12))
    from_until: Mapped[datetime | None]
    to_state: Mapped[CaseState] = mapped_column(CodeType(CaseState, 12))
    closure: Mapped[Closure | None] = mapped_column(CodeType(Closure, 24))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    reopen_reason: Mapped[ReopenReason | None] = mapped_column(CodeType(ReopenReason, 16))
    actor: Mapped[User | None] = relationship()


class MissingMark(Model):
    """What was decided on a case that a file no longer names: the partner was asked, or it is kept.

    It holds what taking that back needs: the file, when the partner was asked before, and the
    follow-up on the answer.
    """

    __tablename__ = "missing_mark"
    __table_args__ = (Index("ix_missing_mark_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    kept: Mapped[bool]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    seen_in_batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    former_asked_at: Mapped[datetime | None]
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"))
    case: Mapped[Case] = relationship()


class LedgerEntry(Model):
    """One movement of a case's debt: positive cents add to it, negative ones lower it.

    Append-only. `payment_key` names a confirmed payment, or its reversal, so that no file books it
    twice; `reverses_id` is the entry that this one takes back.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        code_check("kind", LedgerKind),
        UniqueConstraint("case_id", "payment_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[LedgerKind] = mapped_column(CodeType(LedgerKind, 20))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    on_date: Mapped[date] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(200))
    method: Mapped[str | None] = mapped_column(String(60))
    payment_key: Mapped[str | None] = mapped_column(String(130))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="ledger")
