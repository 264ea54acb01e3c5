"""Why a call does not open, told at each door that opens one."""

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from energymed.base.errors import DomainError
from energymed.calling.queue.claims import AnotherCallOpen
from energymed.web.shared.errors import sentence


def why_not_opened(error: DomainError) -> str:
    """The sentence of the error; with the way to the call that is open, when it is that."""
    if not isinstance(error, AnotherCallOpen):
        return sentence(error)
    address = url_for("mediator.call", case_id=error.case_id)
    return Markup('{} <a href="{}">{}</a>').format(
        sentence(error), address, _("Revenir à cet appel")
    )
