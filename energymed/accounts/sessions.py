"""Sessions of an account: the text that each of them bears is renewed, and none is known again."""

from uuid import uuid4

from energymed.accounts.models import User


def end_sessions(user: User) -> None:
    """End every session of the account, on whichever machine."""
    user.fs_uniquifier = uuid4().hex
