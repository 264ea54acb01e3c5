"""The address that names an account, written the way that signing in reads it."""

import email_validator

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

INNER = ("local", "test")  # domains that never leave a house; many associations have one

for _domain in INNER:  # the library's way to accept them, for the sign-in form as well
    if _domain in email_validator.SPECIAL_USE_DOMAIN_NAMES:
        email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(_domain)


def account_address(text: str) -> str:
    """The address in lower case.

    Raises:
        BadInput: it is no address, so that nobody could ever sign in with it.
    """
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise BadInput(N_("Adresse e-mail incorrecte : %(email)s."), email=text.strip()) from None
    return found.normalized.lower()
