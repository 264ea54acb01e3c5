"""Tables: sites and users. Flask-Security's user mixin is the only guest from the web."""

from datetime import datetime
from uuid import uuid4

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.codes import Role
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
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    department: Mapped[str | None] = mapped_column(String(3))
    address: Mapped[str | None] = mapped_column(String(300))
    retired_at: Mapped[datetime | None]


class User(Model, UserMixin):
    """A person who signs in. `password` is an argon2 hash, never the password."""

    __tablename__ = "user_account"
    __table_args__ = (
        code_check("role", Role),
        CheckConstraint("role != 'partner' OR partner_id IS NOT NULL", name="partner_bound"),
        CheckConstraint(
            "role NOT IN ('lead','mediator') OR site_id IS NOT NULL", name="site_bound"
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
    mf_recovery_codes: Mapped[list[str] | None]
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    weekly_hours: Mapped[int] = mapped_column(default=35)
    languages: Mapped[list[str]] = mapped_column(default=list)
    extension: Mapped[str | None] = mapped_column(String(10))  # of one's telephone
    created_at: Mapped[datetime]
    site: Mapped[Site | None] = relationship()

    @property
    def roles(self) -> list[str]:  # type: ignore[override]
        """None for Flask-Security: what a role may do is `web.shared.permissions`' to say."""
        return []

    @property
    def role_label(self) -> str:
        """French label of the role (a msgid)."""
        return self.role.label

    def as_actor(self) -> Actor:
        """The plain value that services take."""
        return Actor(self.id, self.role, self.site_id, self.partner_id, self.name)
