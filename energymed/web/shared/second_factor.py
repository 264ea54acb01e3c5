"""The second factor on top of Flask-Security: codes that serve once, recovery codes, passkeys.

What the person is shown is of the account desk; here is how codes are made and checked.
"""

import hmac
import re
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, session
from flask_babel import ngettext
from flask_security import MfRecoveryCodesUtil, Totp
from flask_security.forms import TwoFactorVerifyCodeForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.webauthn import WebAuthnSigninResponseForm

from energymed.accounts.models import User
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import db
from energymed.web.shared import security_trail, sign_in_gate

CODES = 10  # recovery codes made at a time
FEW = 3  # below, whoever spends one is told to make new ones
WINDOW_S = 60  # how far the clock of a telephone may be out
PENDING = "pending_factor"  # the key that is being put in place, encrypted, until a code proves it


class OnceTotp(Totp):
    """Remembers the last accepted counter, so that a code seen over a shoulder is worthless."""

    def get_last_counter(self, user: User) -> int | None:  # type: ignore[override]
        """Counter of the last accepted code; whoever comes with the same at once waits here."""
        db.session.refresh(user, ["totp_last_counter"], with_for_update=True)
        return user.totp_last_counter

    def set_last_counter(self, user: User, tmatch: Any) -> None:  # type: ignore[override]
        """Keep the counter of the code just accepted."""
        user.totp_last_counter = tmatch.counter


class HashedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes of which the database has keyed hashes only: they can be shown once."""

    def check_recovery_code(self, user: User, code: str) -> bool:  # type: ignore[override]
        """Whether it is one of the account's, however it is written."""
        db.session.refresh(user, ["mf_recovery_codes"], with_for_update=True)
        return code_hash(code) in (user.mf_recovery_codes or [])

    def delete_recovery_code(self, user: User, code: str) -> bool:  # type: ignore[override]
        """Spend a code; say how many are left when they become few."""
        spent = code_hash(code)
        left = [each for each in user.mf_recovery_codes or [] if each != spent]
        user.mf_recovery_codes = left
        ctx = Context(db.session(), user.as_actor())
        audit.record(ctx, "user.recovery_code_spent", user, after={"left": len(left)})
        if len(left) < FEW:
            flash(
                ngettext(
                    "Il vous reste %(num)s code de secours : faites-en de nouveaux sur votre page.",
                    "Il vous reste %(num)s codes de secours : faites-en de nouveaux sur votre "
                    "page.",
                    len(left),
                ),
                "warning",
            )
        return True


class CodeForm(TwoFactorVerifyCodeForm):
    """A code of the application, of which too many wrong ones lock."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the code opens the account."""
        return sign_in_gate.may_pass(self, super().validate(**kwargs))


class RecoveryForm(MfRecoveryForm):
    """Tells the trail of a recovery code that is none, of which too many lock."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the code opens the account."""
        valid: bool = super().validate(**kwargs)
        if not valid and isinstance(self.user, User):
            security_trail.second_factor_refused(self.user, "recovery_code")
        return sign_in_gate.may_pass(self, valid)


class PasskeyAnswerForm(WebAuthnSigninResponseForm):
    """Takes a passkey of the account whose password was just given, of no other."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the passkey answers for this account."""
        valid: bool = super().validate(**kwargs)
        mine = self.user is not None and self.user.fs_uniquifier == session.get("tf_user_id")
        return valid and mine


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown to put a code application in place: an image and the key in groups of four."""

    image: str
    key: list[str]


def enrolment(user: User) -> Enrolment:
    """The key that waits to be proved by a code; the same one as long as the page is reloaded."""
    totp = current_app.extensions["security"].totp_factory
    if PENDING not in session:
        session[PENDING] = totp.generate_totp_secret()
    shown = totp.fetch_setup_values(session[PENDING], user)
    return Enrolment(shown["image"], re.findall("....", shown["b32key"]))


def proved_secret(user: User, code: str) -> str | None:
    """The waiting key, encrypted as the account keeps it, when `code` is one of its codes."""
    secret: str | None = session.get(PENDING)
    if secret is None:
        return None
    former, user.totp_last_counter = user.totp_last_counter, None  # it counted another key's codes
    totp = current_app.extensions["security"].totp_factory
    if not totp.verify_totp(code, secret, user, window=WINDOW_S):
        user.totp_last_counter = former
        return None
    session.pop(PENDING)
    return secret


def new_recovery_codes() -> tuple[list[str], list[str]]:
    """(the codes to show once, their hashes to keep)."""
    codes = current_app.extensions["security"].totp_factory.generate_recovery_codes(CODES)
    return codes, [code_hash(code) for code in codes]


def code_hash(code: str) -> str:
    """What the database keeps of a recovery code; spaces, hyphens and capitals do not count."""
    plain = re.sub(r"[^0-9a-z]", "", code.lower())
    key: bytes = current_app.extensions["energymed"].hash_key
    return hmac.digest(key, f"recovery code {plain}".encode(), "sha256").hex()
