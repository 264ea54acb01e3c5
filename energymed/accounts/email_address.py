"""The address that names an account, written the way that signing in reads it."""

from energymed.base.email_addresses import read_address
from energymed.base.errors import BadInput
from energymed.base.i18n import N_


def account_address(text: str) -> str:
    """The address in lower case.

    Raises:
        BadInput: it is no address, so that nobody could ever sign in with it.
    """
    found = read_address(text.strip())
    if found is None:
        raise BadInput(N_("Adresse e-mail incorrecte : %(email)s."), email=text.strip())
    return found.normalized.lower()
