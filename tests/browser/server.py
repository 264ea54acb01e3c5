"""The demo in a process of its own, on a Monday morning within calling hours.

`prepare` fills the instance folder and prints what `energymed demo --json` prints; `serve` serves
it on a free port and prints {"url": …, "code": …} (the code of the set-up); `beside` is the
`energymed` command that it starts for the work on a large file. Their clock starts at `MORNING` and
runs from there, so that a test sees the same day, and an open queue, whenever it is run; the demo's
own clock is left alone. Of its past, the network's fifty thousand cases are left out: each test has
a copy of it. No scheduler runs beside it: that one would live in the present.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine
from werkzeug.serving import WSGIRequestHandler, make_server

from energymed import create_app
from energymed.casework import import_batch
from energymed.cli import main as energymed
from energymed.demo import service
from energymed.schema import prepare_database

MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # 9:30 in Paris
BEHIND = "TEST_SECONDS_BEHIND"


class QuietHandler(WSGIRequestHandler):
    """Leaves the server's output to errors."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def prepare() -> None:
    """Make the demo's data; the logins go to stdout as JSON."""
    service.MISSIONS = [one for one in service.MISSIONS if one.partner != "enedis"]
    energymed(["demo", "--no-serve", "--json"], standalone_mode=False)


def serve() -> None:
    """Serve until killed."""
    import_batch.PROGRAM = (sys.executable, "-m", "tests.browser.server", "beside")
    app = create_app()
    with app.app_context():
        prepare_database()  # as the shipped `serve` does
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    told = {
        "url": f"http://127.0.0.1:{server.server_port}",
        "code": app.extensions["energymed"].setup_code,
    }
    print(json.dumps(told), flush=True)  # noqa: T201
    server.serve_forever()


def beside() -> None:
    """Run the command that the rest of the arguments name."""
    energymed(sys.argv[2:])


if __name__ == "__main__":
    present = datetime.now(UTC)
    behind = os.environ.setdefault(BEHIND, str((present - MORNING).total_seconds()))
    with time_machine.travel(present - timedelta(seconds=float(behind)), tick=True):
        {"prepare": prepare, "serve": serve, "beside": beside}[sys.argv[1]]()
