"""What Flask-Login and Flask-Security ask of whoever signs in, said of our own tables.

Their classes stand on the whole of the web, for which every command would wait. A test compares
these with theirs; where an answer is the library's own, it is asked when somebody signs in.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # to whoever checks types they are of theirs, whose place they take
    from flask_security import UserMixin as Account
    from flask_security import WebAuthnMixin as Key
else:
    Account = Key = object


class SignsIn(Account):
    """Somebody with `active`, `email`, `password` and `fs_uniquifier`."""

    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account is open."""
        return bool(self.active)

    @property
    def is_authenticated(self) -> bool:
        """Whether it counts as signed in: not once it is closed."""
        return self.is_active

    @property
    def roles(self) -> list[str]:  # type: ignore[override]
        """None: what a role may do is `web.shared.permissions`' to say."""
        return []

    def get_id(self) -> str:
        """What a session keeps of the account."""
        return str(self.fs_uniquifier)

    def calc_username(self) -> str:
        """The name under which a telephone or a key keeps its secret."""
        return str(self.email)

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """As theirs, never: `accounts.sign_in_tries` counts failed tries, for all processes."""
        from flask_security import UserMixin

        return bool(UserMixin.is_locked(self, form_error))

    def verify_and_update_password(self, password: str) -> bool:
        """Whether it is the password; its hash is renewed when it is not made as today."""
        from flask_security.utils import verify_and_update_password

        return bool(verify_and_update_password(password, self))

    def check_tf_required(self, *asked: Any) -> tuple[bool, list[tuple[str, str]]]:
        """Whether a second factor follows the password, and which there are."""
        from flask_security import UserMixin

        found: tuple[bool, list[tuple[str, str]]] = UserMixin.check_tf_required(self, *asked)
        return found

    def check_tf_required_setup(self) -> bool:
        """Whether the pages of the second factor say that it must be there."""
        from flask_security import UserMixin

        return bool(UserMixin.check_tf_required_setup(self))

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Tell who listens that this sign-in failed."""
        from flask_security import UserMixin

        UserMixin.track_failed_authn(self, auth_type, tfa)

    def get_security_payload(self) -> dict[str, Any]:
        """What an answer in JSON says of the account: nothing."""
        return {}

    def get_redirect_qparams(self, existing: dict[str, Any] | None = None) -> dict[str, Any]:
        """What an address that one is led to says of the account: nothing."""
        return existing or {}


class SignsWith(Key):
    """A passkey of an account."""

    def get_user_mapping(self) -> dict[str, Any]:
        """By what its account is found."""
        return {"id": self.user_id}  # type: ignore[attr-defined]
