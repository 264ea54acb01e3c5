"""What shields every request: security headers on the answer, a bound on nested JSON.

No inline script or style is allowed anywhere.
"""

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider

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
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static" and not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response
