"""Makes the small database that a version leaves behind, as text (`tests/fixtures/released`).

    .venv/bin/python -m tools.released_database [FILE.sql.gz]

Run once for each version that changes the schema, by that version: what it writes is how people's
databases look who come from it, and `tests/test_released.py` brings it up to date for ever after.
Everybody in it is invented (`tests/samples`); it is always Monday 23 November 2026, 10:00.
"""

import gzip
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import time_machine
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed import create_app
from energymed.accounts.models import User
from energymed.base.clock import at_paris
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.base.periods import parse_period
from energymed.calling.calls.record import record_call
from energymed.calling.calls.report import CallReport
from energymed.calling.codes import FollowUpKind
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case
from energymed.cli import main as command_line
from energymed.config import load_settings
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.codes import InstalmentWord, PlanState
from energymed.mediation.instalments import confirm_instalment, note_word
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.rules import PlanTerms
from energymed.reporting.deliveries import deliver

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "fixtures" / "released"
SAMPLES = ROOT / "tests" / "samples"
NOW = at_paris(date(2026, 11, 23), time(10))
A_MINUTE = timedelta(minutes=1)
LINES = 26  # of each file
PASSWORD = "un-mot-de-passe-long"  # of nobody
SET_UP = (
    "init",
    "site add valence Valence",
    "partner add edf EDF",
    "partner add enedis Enedis",
    "user add lead@example.org --role lead --name Lise --site valence --password-stdin",
    "user add ada@example.org --role mediator --name Ada --site valence --password-stdin",
)
FILES = (
    "edf-impayes-2026-S46.csv --partner edf --week 2026-W46",
    "enedis-dpi-2026-S46.csv --partner enedis --kind appointment",
    "edf-reglements-2026-S47.csv --partner edf --kind payments",
    "edf-impayes-2026-S47.csv --partner edf --week 2026-W47",
)
RESULTS = (
    "no_answer", "callback_set", "language_barrier", "wrong_number", "refused", "moved",
    "opposed", "deceased", "reached_holder", "third_party", "hung_up",
)  # fmt: skip
DETAILS: dict[str, dict[str, Any]] = {
    "reached_holder": {"identity_checked": True},
    "third_party": {"message_left": "none"},
    "hung_up": {"hung_up_when": "before_identification"},
    "language_barrier": {"language": "tamoul"},
    "deceased": {"reported_by": "family"},
}


def main() -> None:
    """Make it, and say where it is."""
    with TemporaryDirectory() as folder, time_machine.travel(NOW, tick=False):
        os.environ["ENERGYMED_INSTANCE"] = folder
        os.environ.pop("ENERGYMED_DATABASE_URL", None)
        for words in SET_UP:
            run(words)
        for words in FILES:
            name = words.split()[0]
            few = (SAMPLES / name).read_bytes().splitlines(keepends=True)[:LINES]
            Path(folder, name).write_bytes(b"".join(few))
            run(f"import {folder}/{words} --site valence --json")
            run("assign --partner edf --mediator ada@example.org --json")
        with create_app(load_settings(), serving=False).app_context(), transaction() as session:
            a_morning(session)
        print(written(Path(folder) / "energymed.sqlite"))


def run(words: str) -> None:
    """One command, as a person types it."""
    done = CliRunner().invoke(command_line, words.split(), input=f"{PASSWORD}\n")
    if done.exit_code:
        sys.exit(f"{words}: {done.output} {done.exception!r}")


def a_morning(session: Session) -> None:
    """Calls of every consequence, what was agreed in some, and what went back to the partner."""
    user = session.scalars(select(User).where(User.email == "ada@example.org")).one()
    desk = Desk(session, user.as_actor())
    statement = select(Case).where(Case.assigned_to_id == user.id, Case.state == "queued")
    waiting = session.scalars(statement.order_by(Case.id)).all()
    cases = (case for case in waiting if case.person.phones and case.state == "queued")
    for result in RESULTS:
        desk.call(next(cases), result)
    put_off = next(cases)
    add_follow_up(desk.ctx(), put_off, FollowUpKind.CALLBACK, NOW + timedelta(minutes=20))
    desk.call(put_off, "technical")
    close_never_called(session, now=desk.ctx().now)
    what_was_agreed(desk, next(cases), next(cases))
    for later in (timedelta(0), timedelta(days=1)):
        ctx = Context(session, SYSTEM, desk.now + later)
        partner_id, site_id = put_off.partner_id, put_off.site_id
        for file_format in ("csv", "json"):
            deliver(
                ctx, partner_id=partner_id, site_id=site_id, file_format=file_format,
                period=parse_period("2026-11"),
            )  # fmt: skip
        desk.call(next(cases), "no_answer")
    claim_case(desk.ctx(), next(cases).id)


@dataclass
class Desk:
    """A mediator at work; a minute goes by for each thing that is done."""

    session: Session
    actor: Actor
    now: datetime = NOW

    def ctx(self) -> Context:
        """A minute later."""
        self.now += A_MINUTE
        return Context(self.session, self.actor, self.now)

    def call(self, case: Case, result: str) -> None:
        """Open the case and record a call on it."""
        claim_case(self.ctx(), case.id)
        given: dict[str, Any] = {"details": DETAILS.get(result, {}), "note": "Rien de plus."}
        if result == "reached_holder":
            given |= {"next_step": "close", "closure": "informed_only"}
        if result == "callback_set":
            given["callback_at"] = NOW + timedelta(days=2, hours=5)
        if result == "wrong_number":
            given["phone_id"] = case.person.phones[0].id
        ctx = self.ctx()
        record_call(ctx, case.id, CallReport(result, ctx.now - A_MINUTE, **given))


def what_was_agreed(desk: Desk, planned: Case, aided: Case) -> None:
    """A plan with what person and partner say of it, and an aid request."""
    ctx = desk.ctx()
    plan = agree_plan(ctx, planned.id, PlanTerms(9_000, 3, date(2026, 12, 7)))
    move_plan(ctx, plan.id, PlanState.CONFIRMED)
    first, second, third = plan.instalments
    confirm_instalment(ctx, first.id, paid_on=date(2026, 11, 23), source="liste")
    note_word(ctx, second.id, InstalmentWord.PAID)
    note_word(ctx, third.id, InstalmentWord.UNPAID)
    open_aid(ctx, aided.id, AidOpening("fsl_energy", consent=True))


def written(database: Path) -> Path:
    """The database as text, named after its revision unless a name was given."""
    with closing(sqlite3.connect(database)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        lines = "".join(f"{line}\n" for line in connection.iterdump())
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / f"{revision}.sql.gz"
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(lines.encode())
    return path


if __name__ == "__main__":
    main()
