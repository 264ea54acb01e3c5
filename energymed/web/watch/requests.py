"""One log line a request, without a word on people, and the number by which it is found again."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import inspect

from energymed.base.logs import Log
from energymed.config import Settings

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
UNLOGGED = ("static", "healthz", "readyz", "metrics")
log = Log("energymed.request")


def register(app: Flask) -> None:
    """Number every request, and log it by its route's name, never by its full address."""
    settings: Settings = app.extensions["energymed"]

    def start() -> None:
        g.started = perf_counter()
        g.request_id = _given_id(settings) or uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    app.before_request(start)
    app.after_request(_finish)


def request_id() -> str:
    """The number of the request that is being answered; "" where there is none."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def seconds_taken() -> float:
    """How long this request has been answered for."""
    return perf_counter() - float(g.started)


def _given_id(settings: Settings) -> str:
    """The number that a trusted proxy gave: it logs its own line under it.

    Whoever comes without the header that proxies add is none, whatever the settings say.
    """
    if not settings.trusted_proxies or "X-Forwarded-For" not in request.headers:
        return ""
    given = request.headers.get(HEADER, "")
    return given if SANE.fullmatch(given) else ""


def _finish(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    if request.endpoint in UNLOGGED:
        return response
    log.info(
        "request",
        endpoint=request.endpoint,
        method=request.method,
        status=response.status_code,
        milliseconds=round(seconds_taken() * 1000, 1),
        user_id=_known_user_id(),
    )
    return response


def _known_user_id() -> int | None:
    """Whoever this request has looked up already: the log asks no database that may be away."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    return state.identity[0] if state is not None and state.identity else None
