"""energymed: a case tool for telephone energy-debt mediation.

`create_app` is the only place that wires the rooms, the desks and the extensions together. What it
needs is loaded when it is called: `energymed --help` needs none of it.
"""

import gc
import sys
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from energymed.config import Settings

__all__ = ["attach_sign_in", "create_app", "create_served_app"]


def create_app(settings: "Settings | None" = None, *, serving: bool = True) -> "Flask":
    """Build the application.

    Args:
        settings: where to run; read from the environment when none is given.
        serving: True for a process that answers requests (it then needs its secret key);
            False for commands and jobs, which only need the database: nothing of the web is
            loaded, as a command would wait for it longer than for its work.

    Raises:
        Unusable: when serving in production without a secret key.
    """
    from flask import Flask

    from energymed.base import logs
    from energymed.base.clock import shift_clock
    from energymed.config import ROOT, load_settings

    settings = settings or load_settings()
    app = Flask(
        "energymed",
        instance_path=str(settings.instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.extensions["energymed"] = settings
    shift_clock(timedelta(seconds=settings.clock_shift_s))
    logs.configure(settings.log_level)
    # every table: what refers to a row is asked before it is deleted (`cases.references`)
    import_module("energymed.models")
    _attach_database(app, settings, serving)
    if serving:
        attach_sign_in(app, settings.require_secret_key())
        take_short_turns()
        _open_desks(app)
    return app


def _attach_database(app: "Flask", settings: "Settings", serving: bool) -> None:
    from energymed.base.db import db, engine_options, prepare_engine

    url = settings.database_url
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, settings.hash_key, serving=serving)


def attach_sign_in(app: "Flask", secret_key: str) -> None:
    """Let the app know who signs in and how passwords are hashed."""
    from energymed.web import watch
    from energymed.web.shared import extensions, sign_in

    settings: Settings = app.extensions["energymed"]
    app.config.from_mapping(extensions.flask_config(settings, secret_key=secret_key))
    watch.register(app)
    extensions.register(app)
    sign_in.register(app)


def create_served_app() -> "Flask":
    """The application of a process that only answers requests.

    What is there at the start stays to the end: it is not searched for rubbish, which would keep
    somebody waiting for a fifth of a second now and then.
    """
    from energymed.base.db import keep_log_short
    from energymed.base.parent_process import end_when_told, end_with_parent

    end_when_told()
    end_with_parent()
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


def _open_desks(app: "Flask") -> None:
    from energymed import schema
    from energymed.web import desks
    from energymed.web.shared import errors, shielding

    schema.know_migrations(app)
    for part in (shielding, desks, errors):
        part.register(app)
