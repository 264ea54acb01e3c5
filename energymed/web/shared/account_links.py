"""Links to choose a password with, at the edge: where they lead, and in which language they go."""

from flask import current_app, request
from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.config import Settings


def base_address() -> str:
    """Where the site stands: as it is set, else as the administrator sees it."""
    settings: Settings = current_app.extensions["energymed"]
    return settings.public_url or request.host_url


def in_language(sentence: str, language: str) -> str:
    """A sentence in the language of who gets it."""
    with force_locale(language):
        return str(_(sentence))
