"""Whether the jobs run by their rhythm, and run well."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from energymed.base.i18n import N_, Label
from energymed.operations.codes import RunState
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good, warning, wrong
from energymed.operations.plans import PLANS, Plan
from energymed.operations.runs import Run, last_done, last_ended, last_runs

# Some jobs run every minute; a large import may hold them back for a few.
STOPPED_AFTER = timedelta(minutes=10)
_START = N_(
    "Lancez « energymed serve », ou « energymed jobs serve » là où le site n'est pas servi."
)


def job_findings(connection: Connection, at: datetime) -> list[Finding]:
    """The scheduler's sign of life, the jobs that fail and those that are late at `at`."""
    newest = last_runs(connection)
    if not newest:
        told = N_("Aucune tâche planifiée n'est encore passée.")
        return [warning(Check.JOBS, told, _START)]
    last_sign = max(run.started_at for run in newest.values())
    failing = _failing(connection)
    if at - last_sign > STOPPED_AFTER:
        told = N_("Le planificateur ne tourne pas : aucune tâche depuis le %(since)s.")
        return [wrong(Check.JOBS, told, _START, since=last_sign), *failing]
    found = failing + _late(connection, at)
    told = N_("Les %(count)s tâches passent à leur rythme ; dernier passage le %(last)s.")
    return found or [good(Check.JOBS, told, count=len(PLANS), last=last_sign)]


def _failing(connection: Connection) -> list[Finding]:
    return [
        wrong(
            Check.JOBS,
            N_("La tâche « %(label)s » (%(job)s) échoue : %(kind)s, le %(when)s."),
            N_("Voyez le journal du serveur à cette heure ; elle réessaie d'elle-même."),
            label=Label(PLANS[run.job].label),
            job=run.job,
            kind=run.detail or "",
            when=run.started_at,
        )
        for run in last_ended(connection).values()
        if _fails(run)
    ]


def _late(connection: Connection, at: datetime) -> list[Finding]:
    done, ended = last_done(connection), last_ended(connection)
    late = [
        name
        for name, plan in PLANS.items()
        if not _fails(ended.get(name)) and _is_late(plan, done.get(name), at)
    ]
    if not late:
        return []
    told = N_("Des tâches ne sont pas passées à leur heure : %(jobs)s.")
    restart = N_("Arrêtez puis relancez le planificateur : l'une attend peut-être une autre.")
    return [warning(Check.JOBS, told, restart, jobs=", ".join(late))]


def _fails(last: Run | None) -> bool:
    return last is not None and last.state == RunState.FAILED


def _is_late(plan: Plan, last: Run | None, at: datetime) -> bool:
    """Whether it missed two of its times, and some minutes: one may still be under way."""
    patience = 2 * timedelta(minutes=plan.every_minutes) + STOPPED_AFTER
    return last is None or at - last.due_at > patience
