"""Tables beside a referral: the words read for the consent, the link by which a body answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import User
from energymed.base.db import Model


class ConsentText(Model):
    """One version of what is read to a person before a referral; its number is the version.

    Rows are added, never changed: a referral says which of them was read.
    """

    __tablename__ = "consent_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_by: Mapped[User | None] = relationship()


class ReferralLink(Model):
    """The one link of a referral by which its body answers without an account, and its answers.

    The token is kept as its hash alone. `received_at`, `met_at` and `ended_at` are when the body
    said so for the first time; a new token keeps them. It names nobody but who made it.
    """

    __tablename__ = "referral_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
