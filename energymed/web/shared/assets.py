"""Icons and htmx from the installed packages: nothing third-party lives in the repository.

Bootstrap-Flask ships one sprite of 1.1 MB; at start-up the few symbols in use are cut out of it
into a small sprite of our own, served once and kept by the browser.
"""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import flask_bootstrap
from flask import Flask, Response, g, send_file, url_for

from energymed.web.shared.permissions import public

ICONS = (
    "archive", "arrow-left", "arrow-right", "arrow-repeat", "bar-chart", "box-arrow-right",
    "building", "calendar-check", "calendar-event", "chat-left-text", "check-circle", "check2",
    "chevron-left", "chevron-right", "clipboard", "clipboard-check", "clock", "clock-history",
    "columns-gap", "dash-circle",
    "download", "envelope", "exclamation-circle", "exclamation-triangle", "eye", "file-earmark",
    "file-earmark-arrow-up", "file-earmark-check", "flag", "folder2-open", "funnel",
    "geo-alt", "hand-thumbs-up", "heart-pulse", "hourglass-split", "inbox", "info-circle",
    "journal-text", "key",
    "lightning-charge", "list", "list-check", "list-task", "lock", "mortarboard", "pause-circle",
    "pencil", "people", "person", "person-check", "person-plus", "person-x", "phone", "piggy-bank",
    "play-circle",
    "plus-lg", "printer", "question-circle", "search", "send", "shield-check",
    "shield-exclamation", "signpost-split", "slash-circle", "sliders", "snow", "sort-down",
    "sort-up", "telephone", "telephone-forward", "telephone-inbound", "telephone-outbound",
    "telephone-x", "trash",
    "unlock", "upload", "wallet2", "x-circle", "x-lg",
)  # fmt: skip
A_YEAR = 31_536_000
_SYMBOL = re.compile(r'(<symbol\b[^>]*\bid="([\w-]+)"[^>]*>.*?</symbol>)', re.DOTALL)


def register(app: Flask) -> None:
    """Serve the sprite and htmx."""
    app.add_url_rule("/assets/icons.svg", "icons", icons)
    app.add_url_rule("/assets/htmx.js", "htmx", htmx)
    app.add_template_global(icons_address)


@public
def icons() -> Response:
    """The small sprite."""
    response = Response(sprite(), mimetype="image/svg+xml")
    response.cache_control.max_age = A_YEAR
    return response


def icons_address() -> str:
    """Where the small sprite is, worked out once a request: every line of a page asks."""
    if "icons_address" not in g:
        g.icons_address = url_for("icons")
    address: str = g.icons_address
    return address


@public
def htmx() -> Response:
    """htmx, from its installed package."""
    path = Path(str(files("js_lib_htmx"))) / "static" / "htmx" / "htmx.min.js"
    return send_file(path, mimetype="text/javascript", max_age=A_YEAR)


@cache
def sprite() -> str:
    """The symbols of `ICONS`, cut out of Bootstrap-Flask's sprite.

    Raises:
        LookupError: an icon that the installed package does not have.
    """
    folder = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons"
    text = (folder / "bootstrap-icons.svg").read_text(encoding="utf-8")
    found = {name: symbol for symbol, name in _SYMBOL.findall(text)}
    missing = [name for name in ICONS if name not in found]
    if missing:
        raise LookupError(f"no such icon: {', '.join(missing)}")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg">'
        + "".join(found[name] for name in ICONS)
        + "</svg>"
    )
