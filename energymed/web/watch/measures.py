"""What each process counts for `/metrics`: requests, failures, and waits for the database.

A server has several processes and a scrape meets one of them: in the folder that
`PROMETHEUS_MULTIPROC_DIR` names (made by `serve` before anything counts, removed at its end) each
writes a file of its own, and whoever answers adds them up. Without it, a process tells of itself
alone. Labels are names of endpoints, never addresses, and codes of ours: nothing of a person.
"""

import os

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from energymed.base.db.waits import Wait, on_wait
from energymed.web.watch.requests import seconds_taken

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = ("GET", "POST", "HEAD", "OPTIONS")
NO_ENDPOINT = "none"  # an address that does not exist
REQUEST_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
WAIT_S = (0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 30.0)

OWN = CollectorRegistry()
REQUESTS = Counter(
    "energymed_requests", "Requests answered, by status class.",
    ("endpoint", "method", "status"), registry=OWN,
)  # fmt: skip
SECONDS = Histogram(
    "energymed_request_seconds", "How long a request took.",
    ("endpoint",), buckets=REQUEST_S, registry=OWN,
)  # fmt: skip
FAILURES = Counter(
    "energymed_failures", "Requests that failed by no fault of whoever sent them.",
    ("kind",), registry=OWN,
)  # fmt: skip
WAITS = Histogram(
    "energymed_database_wait_seconds",
    "Waits for a connection, and on SQLite for one's turn to write.",
    ("wait",), buckets=WAIT_S, registry=OWN,
)  # fmt: skip


def register(app: Flask) -> None:
    """Count every request of the app, and the waits of its process."""
    app.after_request(_count)
    on_wait(_count_wait)


def count_failure(kind: str) -> None:
    """One more failure page: "database" or "unexpected"."""
    FAILURES.labels(kind).inc()


def of_all_processes() -> CollectorRegistry:
    """What the processes of this server counted, or this one where it is alone."""
    if not os.environ.get(FOLDER):
        return OWN
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _count(response: Response) -> Response:
    endpoint = request.endpoint or NO_ENDPOINT
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(endpoint, method, f"{response.status_code // 100}xx").inc()
    SECONDS.labels(endpoint).observe(seconds_taken())
    return response


def _count_wait(kind: Wait, seconds: float) -> None:
    WAITS.labels(kind.value).observe(seconds)
