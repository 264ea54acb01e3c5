"""What who runs the site watches: one log line a request, without a word on people; `/healthz`."""

from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from sqlalchemy import inspect, text

from energymed.base.db import db
from energymed.base.logs import Log
from energymed.web.shared.permissions import public

log = Log("energymed.request")


def register(app: Flask) -> None:
    """Log every request by its route's name, never by its full address; answer `/healthz`."""
    app.before_request(_start)
    app.after_request(_finish)
    app.add_url_rule("/healthz", "healthz", healthz)


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
        user_id=_known_user_id(),
    )
    return response


def _known_user_id() -> int | None:
    """Whoever this request has looked up already: the log asks no database that may be away."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    return state.identity[0] if state is not None and state.identity else None


@public
def healthz() -> tuple[dict[str, str], int]:
    """200 and {"status": "ok"} while the database answers; 503 comes from the error page."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}, 200
