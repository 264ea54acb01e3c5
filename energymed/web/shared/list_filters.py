"""What a list's address, or a form that acts on it, asks for: each value in its type.

What makes no sense asks nothing; an amount or a day that cannot be read is told as well. A name
that is searched for is posted and kept in the session: it has no place in an address, which then
only says that something is searched for (`found`).
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Self

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.base.codes import AnyCode, as_code
from energymed.base.db.list_query import ListQuery
from energymed.base.money import parse_cents
from energymed.base.text.folding import collapse, whole_number

LONGEST_SEARCH = 80
_OTHERS = {"form", "endpoint"}  # a download's, not the list's; and what `url_for` takes itself


def filters_now(*without: str) -> dict[str, Any]:
    """The filters of the address, {name: texts}, to be handed to `url_for` again.

    Without the words that `url_for` takes for its own: they would lead the links elsewhere.
    """
    return {
        name: texts
        for name, texts in request.args.to_dict(flat=False).items()
        if not name.startswith("_") and name not in _OTHERS and name not in without
    }


class ListFilters:
    """Reads the filters of one list; `error` is the first that cannot be read, in a sentence."""

    def __init__(self, given: MultiDict[str, str] | None = None) -> None:
        self.given: MultiDict[str, str] = request.args if given is None else given
        self.error: str | None = None

    @classmethod
    def posted(cls) -> Self:
        """The same for a form that was posted."""
        return cls(request.form)

    def typed(self, *names: str) -> dict[str, str]:
        """What these filters say, as typed, for links and hidden fields; empty ones left out."""
        return {name: text for name in names if (text := self.text(name))}

    def text(self, name: str) -> str:
        """A text without the spaces around it."""
        return self.given.get(name, "").strip()

    def one_of(self, name: str, codes: Collection[str], usual: str = "") -> str:
        """One of these codes."""
        text = self.text(name)
        return text if text in codes else usual

    def code(self, name: str, family: type[AnyCode]) -> AnyCode | None:
        """A member of a family of codes."""
        return as_code(family, self.text(name))

    def number(self, name: str, known: Collection[int] | None = None) -> int | None:
        """A whole number; one of these when they are given."""
        found = whole_number(self.text(name))
        return found if known is None or found in known else None

    def cents(self, name: str) -> int | None:
        """An amount in euros, as cents."""
        text = self.text(name)
        try:
            return parse_cents(text) if text else None
        except ValueError:
            self._tell(_("Le montant « %(text)s » ne peut pas être lu.", text=text))
            return None

    def day(self, name: str) -> date | None:
        """A day."""
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._tell(_("La date « %(text)s » ne peut pas être lue.", text=text))
            return None

    def timestamp(self, name: str) -> datetime | None:
        """An aware instant, as the page itself wrote it."""
        try:
            at = datetime.fromisoformat(self.text(name))
        except ValueError:
            return None
        return at if at.tzinfo is not None else None

    def sort(self, listed: ListQuery) -> str:
        """The order of this list."""
        return listed.known_sort(self.text("sort"))

    def _tell(self, sentence: str) -> None:
        self.error = self.error or sentence


def keep_search(key: str, endpoint: str, **values: Any) -> Response:
    """Keep the text that was posted for this list and go back to it, with its filters."""
    text = "" if "clear" in request.form else collapse(request.form.get("q", ""))[:LONGEST_SEARCH]
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
