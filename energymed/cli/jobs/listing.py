"""`jobs list`."""

import click

from energymed.base.db import db
from energymed.cli.common import answer, json_option, with_app
from energymed.operations.plans import PLANS
from energymed.operations.runs import last_runs


@click.command("list")
@json_option
@with_app
def list_jobs(as_json: bool) -> None:
    """Les tâches, leur rythme et leur dernier passage."""
    last = last_runs(db.session())
    data = [
        {
            "name": job.name,
            "label": job.label,
            "every_minutes": job.every_minutes,
            "last_run": last[job.name].due_at.isoformat() if job.name in last else None,
        }
        for job in PLANS.values()
    ]
    lines = [f"{row['name']:<16} {row['label']} ({row['last_run'] or '—'})" for row in data]
    answer(data, as_json=as_json, text="\n".join(lines))
