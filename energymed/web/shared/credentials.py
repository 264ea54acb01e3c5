"""Passwords, code applications and recovery codes of an account, as Flask-Security makes them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import current_app
from flask_security import hash_password, verify_password
from flask_security.changeable import change_user_password

from energymed.accounts.models import User
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import transaction

WINDOW = 30  # seconds by which the clock of a telephone may be off


class ToScan(NamedTuple):
    """What a code application needs: an image (a data address), or a key in groups of four."""

    image: str
    key: str


def password_hash(password: str) -> str:
    """The argon2 hash to keep for `password`; needs an app context."""
    return hash_password(_normal(password))


def knows_password(user: User, password: str) -> bool:
    """Whether it is the user's password."""
    return user.password is not None and verify_password(_normal(password), user.password)


def change_password(user: User, password: str) -> None:
    """Keep a new password of the signed-in user; every other session of the account ends."""
    with transaction() as session:
        mine = session.get_one(User, user.id)
        change_user_password(mine, _normal(password), notify=False)
        audit.record(Context(session, mine.as_actor()), "user.password_changed", mine)


def new_key() -> str:
    """A new key of a code application, encrypted."""
    return str(_totp().generate_totp_secret())


def to_scan(key: str, user: User) -> ToScan:
    """How a telephone takes the key in."""
    shown = _totp().fetch_setup_values(key, user)
    bare = shown["b32key"]
    return ToScan(shown["image"], " ".join(bare[at : at + 4] for at in range(0, len(bare), 4)))


def proves(key: str, code: str, user: User) -> bool:
    """Whether the code is what a telephone with this new key shows now."""
    user.totp_last_counter = None  # it counted the codes of the former key
    digits = "".join(code.split())
    return bool(_totp().verify_totp(digits, key, user, WINDOW))


def new_recovery_codes() -> list[str]:
    """Ten codes that serve once each, encrypted."""
    codes = _totp().generate_recovery_codes(10)
    return list(_recovery()._encrypt_codes(codes))


def readable(codes: Sequence[str]) -> list[str]:
    """Recovery codes as a person types them."""
    return list(_recovery()._decrypt_codes(list(codes)))


def _normal(password: str) -> str:
    """As the sign-in form compares it: one form of the letters that can be written in two ways."""
    return str(_security()._password_util.normalize(password))


def _security() -> Any:
    return current_app.extensions["security"]


def _totp() -> Any:
    return _security().totp_factory


def _recovery() -> Any:
    return _security().mf_recovery_codes_util
