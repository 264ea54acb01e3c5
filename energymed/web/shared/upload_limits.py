"""How large a file may be, as pages and forms say it: the one limit of the intake."""

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from energymed.intake.reading.file_safety import MAX_BYTES, MAX_MEGABYTES, MAX_ROWS
from energymed.web.shared.filters import number

_ENVELOPE = 1024 * 1024  # what a form sends around its file
TOO_LARGE = _l(
    "Ce fichier dépasse %(limit)s Mo. Rien n'a été enregistré : découpez-le et réessayez.",
    limit=MAX_MEGABYTES,
)
ACCEPTED_FILES = _l(
    "CSV, TXT, XLSX, XLS ou ODS ; %(limit)s Mo et %(rows)s lignes au plus.",
    limit=MAX_MEGABYTES,
    rows=LazyString(number, MAX_ROWS),
)


def register(app: Flask) -> None:
    """Bound what is sent to the server; tell templates the bound."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES + _ENVELOPE
    app.jinja_env.globals["upload_megabytes"] = MAX_MEGABYTES
