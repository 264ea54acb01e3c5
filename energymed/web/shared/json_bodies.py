"""JSON that comes in: what is nested too deep to be read is no JSON, and is answered as such.

Python's reader gives up on some thousand opening brackets with a RecursionError, which nobody who
reads a body (Flask, Flask-Security, our desks) counts among the errors of a sender.
"""

from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider


class BoundedJSON(DefaultJSONProvider):
    """Flask's own JSON, but for bodies nested without end."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a body.

        Raises:
            ValueError: it is no JSON, or nested too deep; Flask answers 400.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deep") from None


def register(app: Flask) -> None:
    """Read every body so."""
    app.json = BoundedJSON(app)
