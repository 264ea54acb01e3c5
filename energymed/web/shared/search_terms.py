"""What is searched for in lists of people: kept in the session, a name has no place in an address.

The form posts; the list's address then only says that something is searched for (`found`).
"""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from energymed.base.text.folding import collapse
from energymed.web.shared.list_filters import filters_now

LONGEST = 80


def keep_search(key: str, endpoint: str, **values: Any) -> Response:
    """Keep the text that was posted for this list and go back to it, with its filters."""
    text = "" if "clear" in request.form else collapse(request.form.get("q", ""))[:LONGEST]
    session[key] = text
    filters = filters_now("page", "found")
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
