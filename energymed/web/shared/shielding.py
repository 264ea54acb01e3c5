"""What shields every request: security headers on the answer, bounds on bodies of JSON.

No inline script or style is allowed anywhere.
"""

from flask import Flask, Response, abort, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
OWN_JSON = ("mediator.draft", "exchange.events")  # read their body by themselves, with own bounds
TICKS = ("remember",)  # what a form in JSON may say with true or false


class BoundedJSON(DefaultJSONProvider):
    """Flask's own JSON, but for bodies nested without end.

    Python's reader gives up on some thousand opening brackets with a RecursionError, which nobody
    who reads a body (Flask, Flask-Security, our desks) counts among the errors of a sender.
    """

    def loads(self, s: str | bytes, **kwargs: object) -> object:
        """Read a body.

        Raises:
            ValueError: it is no JSON, or nested too deep; Flask answers 400.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deep") from None


def register(app: Flask) -> None:
    """Shield the app."""
    app.json = BoundedJSON(app)
    app.before_request(_refuse_odd_json)
    app.after_request(_add_headers)


def _refuse_odd_json() -> None:
    """A body of JSON in a form's place holds what a form can hold, or is answered 400.

    Flask-WTF reads it as the form, and breaks on a list, a number or half a letter. What is no
    JSON at all is left to whoever reads it.
    """
    if request.endpoint is None or request.endpoint in OWN_JSON or not request.is_json:
        return
    try:
        sent = request.get_json()
    except BadRequest:
        return
    if not isinstance(sent, dict) or not all(_fits_a_form(*each) for each in sent.items()):
        abort(400)


def _fits_a_form(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return name in TICKS
    if not isinstance(value, str):
        return False
    try:
        (name + value).encode()
    except UnicodeEncodeError:  # half a letter, which no form can carry
        return False
    return True


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static" and not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response
