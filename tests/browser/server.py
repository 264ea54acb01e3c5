"""The demo in a process of its own, on a Monday morning within calling hours.

`prepare` fills the instance folder and prints what `energymed demo --json` prints; `serve` serves
it on a free port and prints {"url": …, "code": …} (the code of the set-up); `stand` loads all that
a server needs and makes one in a moment of each line that it is given; `beside` is the `energymed`
command that a server starts for the work on a large file. Their clock starts at `MORNING` and runs
from there, so that a test sees the same day, and an open queue, whenever it is run; the demo's own
clock is left alone. Of its past, the network's fifty thousand cases are left out: each test has a
copy of it. No scheduler runs beside it: that one would live in the present.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import CodeType

import time_machine
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.serving import WSGIRequestHandler, make_server

from energymed import create_app
from energymed.base.db import db
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


class Compiled(BytecodeCache):
    """The pages' templates, compiled once for every server of this process and its children."""

    def __init__(self) -> None:
        self.known: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled."""
        bucket.code = self.known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.known[bucket.key] = bucket.code


COMPILED = Compiled()


def ready() -> Flask:
    """The application on the instance folder, as the shipped `serve` has it."""
    app = create_app()
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context():
        prepare_database()
    return app


def serve() -> None:
    """Serve until killed."""
    import_batch.PROGRAM = (sys.executable, "-m", "tests.browser.server", "beside")
    app = ready()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    told = {
        "url": f"http://127.0.0.1:{server.server_port}",
        "code": app.extensions["energymed"].setup_code,
    }
    print(json.dumps(told), flush=True)  # noqa: T201
    server.serve_forever()


def stand() -> None:
    """Load everything, then serve what each line names, in a child, until the line that follows.

    A line is JSON, {"instance": folder, "log": file for what goes wrong}; an empty one stops. The
    children inherit what is loaded and nothing else: no connection, no thread.
    """
    with monday_morning():
        app = ready()
        for name in app.jinja_env.list_templates(extensions=("html",)):
            app.jinja_env.get_template(name)
        app.test_client().get("/login")
        with app.app_context():
            db.engine.dispose()
    while line := sys.stdin.readline().strip():
        child = os.fork()
        if not child:
            serve_apart(**json.loads(line))
        sys.stdin.readline()
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        print("{}", flush=True)  # noqa: T201
    os._exit(0)  # taking apart all that was loaded takes seconds on a busy machine


def serve_apart(instance: str, log: str) -> None:
    """Serve a folder in this child, on a morning of its own."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    os.environ["ENERGYMED_INSTANCE"] = instance
    os.environ.pop(BEHIND, None)
    try:
        with monday_morning():
            serve()
    except BaseException:
        traceback.print_exc()
    print("{}", flush=True)  # noqa: T201
    os._exit(1)


def beside() -> None:
    """Run the command that the rest of the arguments name."""
    energymed(sys.argv[2:])


@contextmanager
def monday_morning() -> Iterator[None]:
    """The time of day in this process and in those that it starts."""
    present = datetime.now(UTC)
    behind = os.environ.setdefault(BEHIND, str((present - MORNING).total_seconds()))
    with time_machine.travel(present - timedelta(seconds=float(behind)), tick=True):
        yield


if __name__ == "__main__":
    if sys.argv[1] == "stand":
        stand()
    else:
        with monday_morning():
            {"prepare": prepare, "serve": serve, "beside": beside}[sys.argv[1]]()
