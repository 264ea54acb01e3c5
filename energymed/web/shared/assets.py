"""Bootstrap, icons and htmx from the installed packages: the repository holds nothing of others.

Bootstrap-Flask ships one sprite of 1.1 MB; at start-up the few symbols in use are cut out of it
into a small sprite of our own, served once and kept by the browser.
"""

import re
from importlib.resources import files
from pathlib import Path

import flask_bootstrap
import flask_security

ICONS = (
    "archive", "arrow-left", "arrow-right", "arrow-repeat", "bar-chart", "box-arrow-right",
    "building", "calendar-check", "calendar-event", "chat-left-text", "check-circle", "check2",
    "chevron-left", "chevron-right", "clipboard", "clipboard-check", "clock", "clock-history",
    "columns-gap", "dash-circle",
    "download", "envelope", "exclamation-circle", "exclamation-triangle", "eye", "file-earmark",
    "file-earmark-arrow-up", "file-earmark-check", "flag", "folder2-open", "funnel",
    "geo-alt", "hand-thumbs-up", "heart-pulse", "hourglass-split", "house", "inbox", "info-circle",
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
_SYMBOL = re.compile(r'(<symbol\b[^>]*\bid="([\w-]+)"[^>]*>.*?</symbol>)', re.DOTALL)


def packaged() -> dict[str, bytes]:
    """What pages load from installed packages, by the names that they load it by."""
    bootstrap = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
    htmx = Path(str(files("js_lib_htmx"))) / "static" / "htmx"
    security = Path(flask_security.__file__).parent / "static" / "js"
    return {
        "lib/bootstrap.css": (bootstrap / "css" / "bootstrap.min.css").read_bytes(),
        "lib/htmx.js": (htmx / "htmx.min.js").read_bytes(),
        "lib/base64.js": (security / "base64.js").read_bytes(),
        "lib/webauthn.js": (security / "webauthn.js").read_bytes(),
        "lib/icons.svg": sprite().encode(),
    }


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
