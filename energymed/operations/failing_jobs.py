"""Jobs that fail: a spell begins with a run that fails and ends with one that goes well.

The administrators are written to once a spell, where e-mail is set; their pages say it meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.accounts.models import User
from energymed.base.clock import paris
from energymed.base.db import transaction
from energymed.base.db.adding import inserting
from energymed.base.i18n import N_
from energymed.base.logs import Log
from energymed.casework.account_links import APP_NAME, can_mail
from energymed.config import Settings
from energymed.messages.gateway import Gateway, NotSent, Outgoing
from energymed.messages.sending import gateways
from energymed.operations.models import FailingJob
from energymed.operations.plans import PLANS

PAGE = "/admin/health"
SUBJECT = N_("energymed : la tâche « %(job)s » échoue")
TEXT = N_(
    "Bonjour %(name)s,\n\nLa tâche planifiée « %(label)s » (%(job)s) échoue depuis le %(since)s "
    "(%(kind)s). Elle réessaie d'elle-même ; ce message ne revient qu'après un passage réussi.\n\n"
    "L'état du service : %(address)s\n"
)
log = Log("energymed.jobs")


@dataclass(frozen=True, slots=True)
class _Told:
    """A spell that is to be told, and to whom: (name, address)."""

    job: str
    since: datetime
    kind: str
    people: tuple[tuple[str, str], ...]


def begin_spell(session: Session, job: str, kind: str, at: datetime) -> None:
    """A run failed; nothing changes where the spell has begun already."""
    adding = inserting(session, FailingJob).values(job=job, since=at, kind=kind[:80])
    session.execute(adding.on_conflict_do_nothing(index_elements=["job"]))


def end_spell(session: Session, job: str) -> None:
    """A run went well."""
    session.execute(delete(FailingJob).where(FailingJob.job == job))


def failing_jobs(session: Session) -> Sequence[FailingJob]:
    """The spells of jobs that there are, the oldest first."""
    known = select(FailingJob).where(FailingJob.job.in_(PLANS))
    return session.scalars(known.order_by(FailingJob.since, FailingJob.job)).all()


def tell_administrators(settings: Settings, at: datetime) -> int:
    """Write to the administrators of each spell that nobody was told of; how many mails left.

    In French: what runs the jobs knows no other language.

    A spell is marked before its mails go, so that two processes do not both write; one of which
    no mail left is told at the next failure.
    """
    gateway = gateways(settings)["email"] if can_mail(settings) else None
    if gateway is None:
        return 0
    return sum(_tell(settings, gateway, spell) for spell in _taken(at))


def _taken(at: datetime) -> list[_Told]:
    with transaction() as session:
        untold = update(FailingJob).where(FailingJob.told_at.is_(None)).values(told_at=at)
        spells = session.execute(
            untold.returning(FailingJob.job, FailingJob.since, FailingJob.kind)
        ).all()
        if not spells:
            return []
        people = tuple(
            (user.name, user.email)
            for user in session.scalars(
                select(User).where(User.role == Role.ADMIN, User.active).order_by(User.id)
            )
            if not user.ended(at)
        )
    return [_Told(job, since, kind, people) for job, since, kind in spells if job in PLANS]


def _tell(settings: Settings, gateway: Gateway, spell: _Told) -> int:
    left = 0
    for name, address in spell.people:
        try:
            gateway.send(_mail(settings, spell, name, address))
        except NotSent as failure:
            log.warning("failing_job_not_told", job=spell.job, code=failure.code)
            break  # the server would treat the others no better
        left += 1
    if not left:
        with transaction() as session:
            mine = update(FailingJob).where(FailingJob.job == spell.job)
            session.execute(mine.values(told_at=None))
    return left


def _mail(settings: Settings, spell: _Told, name: str, address: str) -> Outgoing:
    values = {
        "name": name,
        "job": spell.job,
        "label": PLANS[spell.job].label,
        "since": f"{paris(spell.since):%d/%m/%Y %H:%M}",
        "kind": spell.kind,
        "address": f"{settings.public_url.rstrip('/')}{PAGE}",
    }
    return Outgoing(
        key=uuid4().hex,
        to=address,
        text=TEXT % values,
        sender=APP_NAME,
        subject=SUBJECT % values,
    )
