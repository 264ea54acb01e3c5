"""Short codes of sites and partners: they name folders and files, and people type them."""

import re

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")


def code_and_name(code: str, name: str) -> tuple[str, str]:
    """The code in lower case and the name, blanks around them cut off.

    Raises:
        BadInput: one is missing, or the code has signs that a folder or a command may not take.
    """
    code, name = code.strip().lower(), name.strip()
    if not code or not name:
        raise BadInput(N_("Donnez un code et un nom."))
    if not _CODE.fullmatch(code):
        raise BadInput(
            N_("Un code a des lettres sans accent, des chiffres, - et _ : 20 signes au plus.")
        )
    return code, name
