"""energymed: a case tool for telephone energy-debt mediation.

`create_app` is the only place that wires the rooms, the desks and the extensions together.
"""

import gc
import sys
from datetime import timedelta
from importlib import import_module

from flask import Flask

from energymed.base.clock import shift_clock
from energymed.config import ROOT, Settings, load_settings

__all__ = ["create_app", "create_served_app"]


def create_app(settings: Settings | None = None, *, serving: bool = True) -> Flask:
    """Build the application.

    Args:
        settings: where to run; read from the environment when none is given.
        serving: True for a process that answers requests (it then needs its secret key);
            False for commands and jobs, which only need the database (and load no desk).

    Raises:
        Refused: when serving in production without a secret key.
    """
    from energymed.web.shared import extensions, monitoring, sign_in

    settings = settings or load_settings()
    app = Flask(
        "energymed",
        instance_path=str(settings.instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(
        extensions.flask_config(settings, secret_key=_secret_key(settings, serving))
    )
    app.extensions["energymed"] = settings
    shift_clock(timedelta(seconds=settings.clock_shift_s))
    # every table: what refers to a row is asked before it is deleted (`cases.references`)
    import_module("energymed.models")
    monitoring.register(app)
    extensions.register(app)
    sign_in.register(app)
    if serving:
        take_short_turns()
        _open_desks(app)
    return app


def create_served_app() -> Flask:
    """The application of a process that only answers requests.

    What is there at the start stays to the end: it is not searched for rubbish, which would keep
    somebody waiting for a fifth of a second now and then.
    """
    from energymed.base.db import keep_log_short

    app = create_app()
    with app.app_context():
        keep_log_short()
    gc.collect()
    gc.freeze()
    return app


def take_short_turns() -> None:
    """Let a request that computes make way for a quick one after a fifth of a millisecond.

    Python's own five milliseconds are waited for anew after every statement of a claim.
    """
    sys.setswitchinterval(0.0002)


def _open_desks(app: Flask) -> None:
    from energymed import schema
    from energymed.web import desks
    from energymed.web.shared import errors, shielding

    schema.know_migrations(app)
    for part in (shielding, desks, errors):
        part.register(app)


def _secret_key(settings: Settings, serving: bool) -> str:
    """A command never signs anything: it may run with the local salt as key."""
    return settings.require_secret_key() if serving else settings.secret_key or "unused"
