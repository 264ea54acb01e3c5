"""Structured logs: one line a request, without names, numbers or addresses of people."""

import logging
import sys
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user

log = structlog.get_logger("energymed.request")


def configure(level: str) -> None:
    """Write JSON lines on stderr from `level` on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def register(app: Flask) -> None:
    """Log every request by its route's name, never by its full address."""
    configure(app.extensions["energymed"].log_level)
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=uuid4().hex[:12])


def _finish(response: Response) -> Response:
    if request.endpoint in ("static", "healthz"):
        return response
    log.info(
        "request",
        endpoint=request.endpoint,
        method=request.method,
        status=response.status_code,
        milliseconds=round((perf_counter() - g.started) * 1000, 1),
        user_id=getattr(current_user, "id", None),
    )
    return response
