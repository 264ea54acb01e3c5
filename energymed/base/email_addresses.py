"""Whether a text is an e-mail address, asked of the library; nothing is sent, no name looked up.

Its tables take longer to load than a command that reads: they wait for the first address.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

INNER = ("local", "test")  # domains that never leave a house; many associations have one


def read_address(text: str) -> "ValidatedEmail | None":
    """The address in its parts, as they are written; None when it is none."""
    library = load_library()
    try:
        found: ValidatedEmail = library.validate_email(text, check_deliverability=False)
    except library.EmailNotValidError:
        return None
    return found


@cache
def load_library() -> Any:
    """The library, which accepts inner domains from now on: for the sign-in form as well."""
    import email_validator

    for domain in INNER:  # the library's way to accept them
        if domain in email_validator.SPECIAL_USE_DOMAIN_NAMES:
            email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(domain)
    return email_validator
