"""What who runs the site watches: the log, `/healthz`, `/readyz` and `/metrics`.

None of the three addresses asks who it is, opens a session, or waits for a database that is away:
they are answered before anything else looks at the request.
"""

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from energymed.web.watch import alive, measures, requests, scrape

VIEWS: dict[str, Callable[[], ResponseReturnValue]] = {
    "healthz": alive.healthz,
    "readyz": alive.readyz,
    "metrics": scrape.metrics,
}


def register(app: Flask) -> None:
    """Attach the log, the measures and the addresses; before every other part of the app."""
    requests.register(app)
    for part in (measures, scrape, alive):
        part.register(app)
    for name, view in VIEWS.items():
        app.add_url_rule(f"/{name}", name, view)
    app.before_request(_answer_at_once)


def _answer_at_once() -> ResponseReturnValue | None:
    """The answer to a watcher: whatever would look up a person is passed by."""
    view = VIEWS.get(request.endpoint or "")
    return None if view is None else view()
