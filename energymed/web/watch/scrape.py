"""`/metrics`, in the words of Prometheus: by the token of the settings, or from this machine.

What is in rows is counted in the database at the scrape, at most every ten seconds; a database
that is away leaves out these figures and says so (`energymed_database_up`).
"""

from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address

from flask import Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from energymed.base.clock import now
from energymed.base.db import db
from energymed.config import Settings
from energymed.operations.figures import Figure, row_figures
from energymed.web.shared.permissions import public
from energymed.web.watch.asked import Asked
from energymed.web.watch.measures import of_all_processes

KEPT_S = 10.0
# who adds one of these stands between, and makes everybody seem to come from this machine
FORWARDED = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip",
)  # fmt: skip


def register(app: Flask) -> None:
    """Count what is in rows whenever somebody asks, but not at each scrape."""

    def count() -> list[Figure]:
        with app.app_context():
            return list(row_figures(db.session(), now()))

    app.extensions["energymed_figures"] = Asked(count, KEPT_S)


@public
def metrics() -> Response:
    """Every figure of this installation, and what this server's processes counted."""
    if not _may_read(current_app.extensions["energymed"]):
        return Response("forbidden\n", 403, mimetype="text/plain")
    rows = CollectorRegistry()
    rows.register(_Rows(current_app.extensions["energymed_figures"]))
    told = generate_latest(rows) + generate_latest(of_all_processes())
    return Response(told, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(settings: Settings) -> bool:
    sent = request.authorization
    if settings.metrics_token and sent is not None and sent.type == "bearer":
        return compare_digest((sent.token or "").encode(), settings.metrics_token.encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _Rows:
    """What was counted in the database, as a collector."""

    def __init__(self, asked: Asked[list[Figure]]) -> None:
        self._asked = asked

    def describe(self) -> list[Metric]:
        """Nothing: what there is is known once it is counted."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each name once, with all its labels."""
        up = GaugeMetricFamily("energymed_database_up", "1 when the database answered in time.")
        try:
            figures = self._asked.answer()
        except (SQLAlchemyError, TimeoutError):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        families: dict[str, GaugeMetricFamily] = {}
        for figure in figures:
            family = families.setdefault(
                figure.name,
                GaugeMetricFamily(figure.name, figure.told, labels=list(figure.labels)),
            )
            family.add_metric(list(figure.labels.values()), figure.value)
        yield from families.values()
