"""What every line of a page asks again, worked out once a request: its language, its icons."""

from typing import Any

from babel.support import Translations
from flask import Flask, g, url_for
from flask_babel import get_domain, get_locale


def register(app: Flask) -> None:
    """Let the templates read sentences and icons so."""
    environment: Any = app.jinja_env
    environment.install_gettext_callables(
        gettext=lambda text: sentences().ugettext(text),
        ngettext=lambda one, many, count: sentences().ungettext(one, many, count),
        newstyle=True,
    )
    app.add_template_global(icons_address)


def sentences() -> Translations:
    """The sentences of the reader's language."""
    language = get_locale()
    known: tuple[object, Translations] | None = g.get("sentences")
    if known is None or known[0] is not language:
        g.sentences = known = (language, get_domain().get_translations())
    return known[1]


def icons_address() -> str:
    """Where the small sprite of icons is."""
    if "icons_address" not in g:
        g.icons_address = url_for("icons")
    address: str = g.icons_address
    return address
