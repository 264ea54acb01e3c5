"""Tables: what people say and need, who speaks for them; rows of people joined or parted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.cases.codes import (
    MandateKind,
    NeedKind,
    PersonChangeKind,
    TrustedRelation,
    WordField,
)
from energymed.cases.models import Person


class PersonWord(Model):
    """What a person said of themselves, and who noted it when. The last word of a field stands.

    `value` is None where the person says that there is none, `former` what stood before. An address
    is that of `case_id`; for the rest the case is where it was said.
    """

    __tablename__ = "person_word"
    __table_args__ = (code_check("field", WordField),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    field: Mapped[WordField] = mapped_column(CodeType(WordField, 16))
    value: Mapped[str | None] = mapped_column(String(254))
    former: Mapped[str | None] = mapped_column(String(254))
    said_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User | None] = relationship()


class Mandate(Model):
    """Who may speak for a person, as it was said: a protection measure, or somebody's mandate.

    `name` is the guardian's or the mandated person's. `proof_seen_on` is the day on which somebody
    saw the judgment or the mandate; `until` its last day. It holds until it is over or `ended_at`.
    """

    __tablename__ = "person_mandate"
    __table_args__ = (code_check("kind", MandateKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[MandateKind] = mapped_column(CodeType(MandateKind, 14))
    name: Mapped[str | None] = mapped_column(String(120))
    proof_seen_on: Mapped[date | None]
    until: Mapped[date | None]
    noted_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class PersonNeed(Model):
    """What one must know to work with a person safely, noted with their consent, until a day.

    `language` is the interpreter's; `name`, `relation` and `e164` are of whom the person trusts.
    `agreed_on` is the day on which the person agreed that it be noted, `until` the last day on
    which it holds, unless `ended_at` before. `corrects_id` is the row whose place it takes.
    """

    __tablename__ = "person_need"
    __table_args__ = (
        code_check("kind", NeedKind),
        code_check("relation", TrustedRelation, optional=True),
        CheckConstraint("until >= agreed_on", name="period"),
        Index("ix_person_need_kind_until", "kind", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[NeedKind] = mapped_column(CodeType(NeedKind, 16))
    language: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str | None] = mapped_column(String(120))
    relation: Mapped[TrustedRelation | None] = mapped_column(CodeType(TrustedRelation, 14))
    e164: Mapped[str | None] = mapped_column(String(20))
    agreed_on: Mapped[date]
    until: Mapped[date]
    noted_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("person_need.id"))
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class PersonChange(Model):
    """Two rows of people made one, or one made two; `undo` holds what taking it back needs.

    `kept_id` is who stays; `other_id` who was merged, or who was made by a split (nobody once that
    is undone). `undo` is shaped by `casework.person_rows`.
    """

    __tablename__ = "person_change"
    __table_args__ = (code_check("kind", PersonChangeKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PersonChangeKind] = mapped_column(CodeType(PersonChangeKind, 8))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undo: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    other: Mapped[Person | None] = relationship(foreign_keys=[other_id])
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class PersonOpening(Model):
    """Who opened whose page on which day, so that the trail says it once a day.

    Rows of former days serve nothing and go with the user's next opening. No foreign keys: a row
    stands in the way of nobody's erasure or merge.
    """

    __tablename__ = "person_opening"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
