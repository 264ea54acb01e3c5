"""What is searched for in lists of people: kept in the session, a name has no place in an address.

The form posts; the list's address then only says that something is searched for (`found`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from energymed.base.text.folding import collapse

LONGEST = 80


def keep_search(key: str, endpoint: str, **values: Any) -> Response:
    """Keep the text that was posted for this list and go back to it, with its filters."""
    text = "" if "clear" in request.form else collapse(request.form.get("q", ""))[:LONGEST]
    session[key] = text
    filters = filters_now()
    for name in ("page", "found"):
        filters.pop(name, None)
    if text:
        filters["found"] = "1"
    return redirect(url_for(endpoint, **{**filters, **values}), 303)


def kept_search(key: str, given: Mapping[str, str] | None = None) -> str:
    """What is searched for in this list now; nothing when its address does not say so.

    Args:
        given: the values of a form that acts on the list, in place of the address.
    """
    values = request.args if given is None else given
    return str(session.get(key, "")) if "found" in values else ""


def filters_now() -> dict[str, Any]:
    """The filters of the address, to be carried on to another one."""
    own = {"form", "endpoint"}  # a download's, not the list's; and what `url_for` takes itself
    return {
        name: text
        for name, text in request.args.items()
        if not name.startswith("_") and name not in own
    }


def instant(text: str | None) -> datetime | None:
    """The aware instant of an address or a form; None when it is none."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
