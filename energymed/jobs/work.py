"""The jobs: each is one service call, given the session and the due time, or a few of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from energymed.base.clock import now, paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.db import measure_tables
from energymed.base.files import purge_files
from energymed.base.progress import forget_old_work
from energymed.calling.presence.help_requests import end_with_calls, forget_old_requests
from energymed.calling.presence.states import end_forgotten, forget_old_states
from energymed.calling.queue.automatic_closures import (
    close_never_called,
    close_paid,
    close_past_cutoffs,
)
from energymed.calling.queue.claims import release_lapsed
from energymed.cases.search_index import forget_unused_names
from energymed.cases.silent_numbers import judge_all_numbers
from energymed.cases.stops import forget_lapsed
from energymed.casework.due_work import follow_running, queue_due_work
from energymed.casework.leaving import end_accounts
from energymed.config import Settings
from energymed.jobs.inbox import take_in_files
from energymed.jobs.ledger import Outcome, Work, forget_old_runs, run_once, run_steps_once
from energymed.messages.sending import send_waiting
from energymed.operations.codes import RunState
from energymed.operations.doctor.kept import checkup, forget_old_examinations
from energymed.operations.failing_jobs import tell_administrators
from energymed.operations.failures import forget_old_failures
from energymed.operations.leftovers import sweep
from energymed.operations.plans import PLANS, Plan
from energymed.operations.rotation import scheduled_backup
from energymed.partners.rulebook import load_names_per_number


@dataclass(frozen=True, slots=True)
class Steps:
    """Work in several transactions of its own, on what the settings name; returns a count."""

    run: Callable[[Settings, datetime], int]


def _everywhere(_settings: Settings) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Job(Plan):
    """A planned job with its work.

    `here` says of an optional one whether this machine has what it works on: of several nodes, one
    without it would take the run from the one that has it, and do nothing.
    """

    work: Work | Steps
    here: Callable[[Settings], bool] = field(default=_everywhere, kw_only=True)

    def run(self, at: datetime, settings: Settings) -> Outcome:
        """Run for this due time, unless another process does."""
        if isinstance(self.work, Steps):
            outcome = run_steps_once(self.name, partial(self.work.run, settings, at), at)
        else:
            outcome = run_once(self.name, self.work, at)
        if outcome.state == RunState.FAILED:
            tell_administrators(settings, now())
        return outcome


def lapsed_claims(session: Session, at: datetime) -> int:
    """Cases whose lease is over return to the queue; what stood in a call that is over, ends."""
    released = release_lapsed(session, now=at)
    return released + end_with_calls(session, now=at) + end_forgotten(session, now=at)


def due_work(_settings: Settings, at: datetime) -> int:
    """What falls due becomes queue entries: instalments, callbacks, retries, pauses, follow-ups."""
    return queue_due_work(at)


def running(_settings: Settings, at: datetime) -> int:
    """What runs and is due makes its follow-ups; what moved on ends them."""
    return follow_running(at)


def cutoffs(session: Session, at: datetime) -> int:
    """Cut-off notices whose intervention may have begun are over."""
    return close_past_cutoffs(session, now=at)


def paid(session: Session, at: datetime) -> int:
    """Cases that payments brought to zero are over, those that were in call meanwhile too."""
    return close_paid(Context(session, SYSTEM, at))


def stops(session: Session, at: datetime) -> int:
    """Cases of people who are never called go back to their partner; old stops are forgotten.

    So are names that nobody bears any more, which the search would still know.
    """
    closed = close_never_called(session, now=at)
    return closed + forget_lapsed(session, now=at) + forget_unused_names(session)


def shared_numbers(session: Session, at: datetime) -> int:
    """Which numbers stand under too many names to link people, as the rule says on that day."""
    return judge_all_numbers(session, load_names_per_number(session, paris_date(at)))


def ended_accounts(_settings: Settings, at: datetime) -> int:
    """Accounts whose last day is over are closed; their queues are to be assigned."""
    return end_accounts(at)


def leftovers(settings: Settings, _at: datetime) -> int:
    """Half-written files of processes that were killed are removed."""
    return sweep(settings)


def table_sizes(session: Session, _at: datetime) -> int:
    """The database learns how full its tables are."""
    measure_tables(session)
    return 0


def old_files(session: Session, at: datetime) -> int:
    """Raw files and returns whose time is over are deleted, and what was told of old work."""
    return purge_files(Context(session, SYSTEM, at)) + forget_old_work(session, at)


def checkups(settings: Settings, _at: datetime) -> int:
    """The installation is examined and the findings kept; how many things are wrong."""
    return checkup(settings)


def old_runs(session: Session, at: datetime) -> int:
    """What was told of runs, failures, examinations, pauses and help of long ago is forgotten."""
    runs = forget_old_runs(session, at) + forget_old_failures(session, at)
    said = forget_old_states(session, at) + forget_old_requests(session, at)
    return runs + said + forget_old_examinations(session, at)


_WORK: dict[str, Work | Steps] = {
    "lapsed_claims": lapsed_claims,
    "due_work": Steps(due_work),
    "running": Steps(running),
    "cutoffs": cutoffs,
    "paid": paid,
    "stops": stops,
    "inbox": Steps(take_in_files),
    "messages": Steps(send_waiting),
    "shared_numbers": shared_numbers,
    "table_sizes": table_sizes,
    "accounts": Steps(ended_accounts),
    "files": old_files,
    "backup": Steps(scheduled_backup),
    "leftovers": Steps(leftovers),
    "checkup": Steps(checkups),
    "old_runs": old_runs,
}
_HERE: dict[str, Callable[[Settings], bool]] = {
    "inbox": lambda settings: settings.inbox.is_dir(),
    "backup": lambda settings: bool(settings.backup_folder),
}
JOBS = {
    name: Job(**asdict(plan), work=_WORK[name], here=_HERE.get(name, _everywhere))
    for name, plan in PLANS.items()
}
