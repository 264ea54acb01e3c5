"""`jobs run NAME`, `jobs serve`."""

import os
import signal
import sys

import click
from flask import current_app

from energymed import create_app
from energymed.base.clock import now
from energymed.base.db import db
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.logs import Log
from energymed.base.parent_process import PARENT, end_with_parent
from energymed.cli.common import answer, json_option, with_app
from energymed.cli.doctor import quick_part
from energymed.config import load_settings
from energymed.jobs import schedule
from energymed.jobs.work import JOBS
from energymed.operations.codes import RunState
from energymed.operations.running import Presence, leave, serving_process
from energymed.revisions import judge_schema

log = Log("energymed.jobs")


@click.command("run")
@click.argument("name")
@json_option
@with_app
def run_job(name: str, as_json: bool) -> None:
    """Fait passer une tâche maintenant."""
    job = JOBS.get(name)
    if job is None:
        raise NotFound(
            N_("Tâche inconnue : %(name)s. Tâches connues : %(known)s."),
            name=name,
            known=", ".join(JOBS),
        )
    at = now()
    outcome = job.run(at, current_app.extensions["energymed"])
    if outcome.state != RunState.DONE:
        raise Refused(
            N_("La tâche %(name)s a échoué (%(error)s) : elle reprendra à son prochain passage."),
            name=name,
            error=outcome.error or outcome.state,
        )
    data = {"job": name, "due_at": at.isoformat(), "count": outcome.count}
    answer(data, as_json=as_json, text=f"{name} : {outcome.count}")


@click.command("serve")
def serve() -> None:
    """Fait passer les tâches à leur rythme, jusqu'à l'arrêt."""
    settings = load_settings()
    app = create_app(settings, serving=False)
    with app.app_context(), db.engine.connect() as connection:
        judge_schema(connection, upgrades=False)
    if PARENT not in os.environ:  # a server that starts this one has told it
        for sentence in quick_part():
            log.warning("doctor", told=sentence)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    end_with_parent()
    process = serving_process()
    presence = Presence(app.app_context, process)
    presence.start()
    try:
        schedule.serve(app.app_context, settings)
    finally:
        presence.stop()
        if process == os.getpid():  # a server takes its own leave
            leave(app.app_context, process)
