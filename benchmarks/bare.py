"""The least that a claim over HTTP costs on this machine: Flask alone, with nothing in it.

    python -m benchmarks.bare PORT WORKERS BYTES

"Appel suivant" answers with a redirect to a page of so many bytes, which is always the same: no
session, no database, no template. Served as the product is.
"""

import os
import sys
from itertools import count

from flask import Flask, Response, redirect
from granian import Granian
from granian.constants import Interfaces

from energymed.cli.server import THREADS

DESK = (
    '<input name="csrf_token" value="t"><input name="request_key" value="k">'
    '<input name="phone_id" id="phone-1">'
)


def create_app() -> Flask:
    """The bare application."""
    app = Flask(__name__)
    page = DESK.ljust(int(sys.argv[3]))
    cases = count(os.getpid() * 10**6)  # never the same from two workers

    @app.post("/queue/next")
    def next_case() -> object:
        return redirect(f"/call/{next(cases)}", 303)

    @app.get("/call/<int:case_id>")
    def call(case_id: int) -> Response:
        return Response(page, headers={"X-Case": str(case_id)})

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    Granian(
        "benchmarks.bare:create_app", address="127.0.0.1", port=int(sys.argv[1]),
        interface=Interfaces.WSGI, workers=int(sys.argv[2]), blocking_threads=THREADS,
        factory=True, log_enabled=False,
    ).serve()  # fmt: skip
