"""Tables: sites, users, their passkeys and one-time links, failed sign-ins."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.codes import LinkPurpose, Role
from energymed.accounts.signing_in import SignsIn, SignsWith
from energymed.base.clock import paris_date
from energymed.base.context import Actor
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check


class Association(Model):
    """Who all this is for: one row. `phone` is what people see and call back, in E.164.

    `set_up_at` is empty while the set-up pages are not yet left by their last button.
    """

    __tablename__ = "association"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(16))
    set_up_at: Mapped[datetime | None]


class Site(Model):
    """A place of the association; mediators, leads and cases belong to one.

    `department` ("26", "2A", "974") and `address` (lines of a postal address) are for letters. A
    site that is retired takes no new file and no new account.
    `practice`: that of people in formation, whose cases are invented and count nowhere.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    department: Mapped[str | None] = mapped_column(String(3))
    address: Mapped[str | None] = mapped_column(String(300))
    retired_at: Mapped[datetime | None]
    practice: Mapped[bool] = mapped_column(default=False)


class User(Model, SignsIn):
    """A person who signs in. `password` is an argon2 hash, never the password.

    `recovery_codes_due`: codes were made, and nobody has said yet that they are kept.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        code_check("role", Role),
        CheckConstraint("role != 'partner' OR partner_id IS NOT NULL", name="partner_bound"),
        CheckConstraint(
            "role NOT IN ('lead','mediator','trainee') OR site_id IS NOT NULL", name="site_bound"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(CodeType(Role, 16))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None]  # hashes, never the codes
    recovery_codes_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]
        String(64), unique=True, index=True
    )
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    weekly_hours: Mapped[int] = mapped_column(default=35)
    languages: Mapped[list[str]] = mapped_column(default=list)
    extension: Mapped[str | None] = mapped_column(String(10))  # of one's telephone
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    ends_on: Mapped[date | None]  # last day on which the person works here
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    site: Mapped[Site | None] = relationship()
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan", order_by="Passkey.id"
    )

    @property
    def role_label(self) -> str:
        """French label of the role (a msgid)."""
        return self.role.label

    def ended(self, now: datetime) -> bool:
        """True from the day after the last one, by the clocks of Paris."""
        return self.ends_on is not None and self.ends_on < paris_date(now)

    def as_actor(self) -> Actor:
        """The plain value that services take."""
        return Actor(self.id, self.role, self.site_id, self.partner_id, self.name)

    def end_sessions(self) -> None:
        """Make every session of the account worthless, on whatever machine it is open."""
        self.fs_uniquifier = uuid4().hex


class Passkey(Model, SignsWith):
    """A key of a telephone, a computer or a stick that stands in for the code at sign-in."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None]
    extensions: Mapped[str | None] = mapped_column(String(255))
    device_type: Mapped[str] = mapped_column(String(64))
    backup_state: Mapped[bool]
    usage: Mapped[str] = mapped_column(String(64))
    lastuse_datetime: Mapped[datetime]
    user: Mapped[User] = relationship(back_populates="webauthn")


class AccountLink(Model):
    """The link by which somebody chooses a password: one an account, a new one ends the former.

    `token_hash` is the sha256 of the token, which nobody keeps. The row goes with its use.
    """

    __tablename__ = "account_link"
    __table_args__ = (code_check("purpose", LinkPurpose),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    purpose: Mapped[LinkPurpose] = mapped_column(CodeType(LinkPurpose, 16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user: Mapped[User] = relationship()


class SignInTries(Model):
    """Failed sign-ins under one address, with one second factor, or from one place.

    `tried` stands for it, as `accounts.sign_in_tries` makes it; `user_id` is the account, if there
    is one, and `place` the `tried` of where the last one came from.
    """

    __tablename__ = "sign_in_tries"

    tried: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    failures: Mapped[int]
    first_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    place: Mapped[str | None] = mapped_column(String(64))
