"""A whole examination asked for on a page: in a process of its own, which tells how far it is.

A large database takes minutes; the demo's a few seconds.
"""

import os
import subprocess
import sys

from sqlalchemy.orm import Session

from energymed.base.progress import Progress, announce, progress_of, telling
from energymed.config import PLACE, Settings
from energymed.operations.doctor.kept import checkup

NUMBER = 0  # among long works, which have the numbers of files: no file has this one
WORK, PARTS = "examine", 9
_PROGRAM = (sys.executable, "-m", "energymed", "jobs", "examine")


def begin(settings: Settings) -> None:
    """Start an examination; when one is under way, let it go on."""
    if announce(NUMBER, WORK, PARTS):
        start_process(settings)


def start_process(settings: Settings) -> None:
    """The process that carries it out; it outlives a web process that is stopped."""
    subprocess.Popen(
        _PROGRAM,
        env={
            **os.environ,
            PLACE: str(settings.instance),
            "ENERGYMED_DATABASE_URL": settings.database_url,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def carry_out(settings: Settings) -> None:
    """Do what `begin` announced."""
    with telling(NUMBER, WORK, PARTS) as tick:
        checkup(settings, tick)


def how_far(session: Session) -> Progress | None:
    """The examination that was asked for last; None when there was none."""
    return progress_of(session, NUMBER)
