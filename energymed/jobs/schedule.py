"""When jobs run. APScheduler says when; the ledger sees to it that each run happens once.

A demo lives at another time than the machine: its jobs run by the demo's clock.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from time import monotonic, sleep, time

from apscheduler.schedulers.background import BackgroundScheduler

from energymed.base.clock import now
from energymed.base.logs import Log
from energymed.config import Settings
from energymed.jobs.ledger import Outcome
from energymed.jobs.work import JOBS, Job

A_DAY_S = 86_400
LOOK_EVERY_S, PUT_BACK_S = 10, 60
log = Log("energymed.jobs")
Context = Callable[[], AbstractContextManager[object]]


def due_slot(at: datetime, every_minutes: int) -> datetime:
    """The due time that `at` belongs to: the last multiple of the rhythm, the same for all."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = int((at - midnight) / timedelta(minutes=1)) // every_minutes * every_minutes
    return midnight + timedelta(minutes=minutes)


def rhythm(every_minutes: int) -> dict[str, str]:
    """The fields of a cron trigger (UTC): some minutes, some hours, or a day."""
    if every_minutes < 60:
        return {"minute": f"*/{every_minutes}"}
    hours = every_minutes // 60
    return {"minute": "0", "hour": f"*/{hours}" if hours < 24 else "0"}


def run_slot(job: Job, at: datetime, settings: Settings) -> Outcome:
    """Run a job for the slot of `at`, unless it ran, or is another machine's."""
    if not job.here(settings):
        return Outcome("elsewhere")
    return job.run(due_slot(at, job.every_minutes), settings)


def clock_of(settings: Settings) -> tzinfo:
    """The zone whose clocks show, at any instant, the UTC time of day of this installation."""
    return timezone(timedelta(seconds=settings.clock_shift_s % A_DAY_S))


def serve(context: Context, settings: Settings) -> None:
    """Run the jobs now and then by their rhythm, until stopped; `context` opens the app's context.

    At the start they catch up: the machine may have been off, a demo may have gone forward. The
    main thread only waits: what a signal raises in it is nobody else's, and a job ends its work.
    """
    scheduler = BackgroundScheduler(timezone=clock_of(settings))
    start = datetime.now(UTC)  # the machine's own time, which the scheduler waits by
    for job in JOBS.values():
        scheduler.add_job(
            _in_context(context, job, settings),
            "cron",
            **rhythm(job.every_minutes),
            id=job.name,
            next_run_time=start,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    log.info("jobs_serving", jobs=list(JOBS))
    scheduler.start()
    clock = MachineClock()
    try:
        while True:
            sleep(LOOK_EVERY_S)
            if clock.went_back():
                log.warning("clock_went_back")
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
    finally:
        scheduler.shutdown()


class MachineClock:
    """Tells when the machine's clock was put back: the scheduler would wait until it caught up."""

    def __init__(self) -> None:
        self._ahead = time() - monotonic()  # of a clock that nobody sets

    def went_back(self) -> bool:
        """Whether it was, since this was asked last, by more than `PUT_BACK_S`."""
        before, self._ahead = self._ahead, time() - monotonic()
        return before - self._ahead > PUT_BACK_S


def _in_context(context: Context, job: Job, settings: Settings) -> Callable[[], None]:
    def run() -> None:
        with context():
            run_slot(job, now(), settings)

    return run
