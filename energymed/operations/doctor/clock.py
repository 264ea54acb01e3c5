"""Whether the clock is right: the machine's, the database's, and that of the last row."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from energymed.base.i18n import N_
from energymed.calling.models import Contact
from energymed.cases.models import CaseMove
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good, warning, wrong
from energymed.operations.models import JobRun

# A row may be written while the clock is read, and NTP moves a clock by less than that.
STEP = timedelta(minutes=1)
# A code of the second factor is good for thirty seconds on either side.
APART, FAR_APART = timedelta(seconds=5), timedelta(seconds=30)
_SET = N_("Réglez l'heure de la machine (timedatectl set-ntp true), puis refaites cet examen.")


def clock_findings(connection: Connection, at: datetime) -> list[Finding]:
    """The clock by which we live against that of the database and against the last rows.

    Args:
        at: now, as `base.clock` says it; a demo's is another than the machine's.
    """
    found = [*_gone_back(connection, at), *_apart(connection)]
    return found or [good(Check.CLOCK, N_("L'horloge montre le %(now)s, et avance."), now=at)]


def _gone_back(connection: Connection, at: datetime) -> list[Finding]:
    newest = max(filter(None, _newest(connection)), default=None)
    if newest is None or newest - at <= STEP:
        return []
    told = N_("L'horloge a reculé : la base a été écrite le %(newest)s, et il serait le %(now)s.")
    return [wrong(Check.CLOCK, told, _SET, newest=newest, now=at)]


def _newest(connection: Connection) -> list[datetime | None]:
    """When something was written last, by indexes alone."""
    return [
        connection.scalar(select(func.max(Contact.started_at))),
        connection.scalar(select(CaseMove.at).order_by(CaseMove.id.desc()).limit(1)),
        connection.scalar(select(JobRun.started_at).order_by(JobRun.id.desc()).limit(1)),
    ]


def _apart(connection: Connection) -> list[Finding]:
    """On PostgreSQL, whose clock may be another machine's."""
    if connection.dialect.name != "postgresql":
        return []
    theirs = connection.scalar(select(func.clock_timestamp()))
    ours = datetime.now(UTC)  # the machine's own, which a demo shifts
    apart = abs(ours - theirs) if theirs is not None else timedelta(0)
    if apart <= APART:
        return []
    tell = wrong if apart > FAR_APART else warning
    told = N_("L'horloge de cette machine et celle de PostgreSQL diffèrent de %(seconds)s s.")
    return [tell(Check.CLOCK, told, _SET, seconds=round(apart.total_seconds()))]
