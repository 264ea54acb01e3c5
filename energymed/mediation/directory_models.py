"""Tables: the directory of the funds and bodies that there are, with their place and validity.

What a fund or body is (`Fund`, `Body`) is what indicators, returns and privacy speak of; the rows
say which ones there are (DOMAIN §5, §6).
"""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.mediation.codes import Body, Fund, FundFiler
from energymed.partners.codes import Certainty


class Entry:
    """What funds and bodies have alike; what is not known is empty.

    Without a `department` it is there for everybody; with a `commune`, in that one. It holds from
    `valid_from` to `valid_until`, both within. `documents` are codes of `aids.DOCUMENTS`.
    `version` counts the changes: two editors at once do not overwrite one another.
    """

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    name: Mapped[str] = mapped_column(String(120))
    department: Mapped[str | None] = mapped_column(String(3), index=True)
    commune: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(200))
    website: Mapped[str | None] = mapped_column(String(200))
    hours: Mapped[str | None] = mapped_column(String(200))
    documents: Mapped[list[str]] = mapped_column(default=list)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    checked_on: Mapped[date | None]
    certainty: Mapped[Certainty] = mapped_column(CodeType(Certainty, 2))
    source: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)


class AidFund(Entry, Model):
    """A fund with its rules.

    `ceiling_cents` of resources, measured as `ceiling_basis` says; `contract_months`: the contract
    must be open (0), or have ended within so many months.
    """

    __tablename__ = "aid_fund"
    __table_args__ = (
        code_check("kind", Fund),
        code_check("filed_by", FundFiler, optional=True),
        code_check("certainty", Certainty),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("own_share BETWEEN 0 AND 100", name="own_share"),
        CheckConstraint("loan_share BETWEEN 0 AND 100", name="loan_share"),
        CheckConstraint("most_cents >= least_cents", name="amounts"),
    )

    kind: Mapped[Fund] = mapped_column(CodeType(Fund, 20))
    ceiling_cents: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_basis: Mapped[str | None] = mapped_column(String(80))
    least_cents: Mapped[int | None] = mapped_column(BigInteger)
    most_cents: Mapped[int | None] = mapped_column(BigInteger)
    own_share: Mapped[int | None]
    loan_share: Mapped[int | None]
    times_a_year: Mapped[int | None]
    contract_months: Mapped[int | None]
    filed_by: Mapped[FundFiler | None] = mapped_column(CodeType(FundFiler, 12))


class SocialBody(Entry, Model):
    """A social body to which a person may be referred."""

    __tablename__ = "social_body"
    __table_args__ = (
        code_check("kind", Body),
        code_check("certainty", Certainty),
        CheckConstraint("valid_until >= valid_from", name="validity"),
    )

    kind: Mapped[Body] = mapped_column(CodeType(Body, 20))
