"""The jobs: each is one service call, given the session and the due time."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from energymed.accounts.actor import SYSTEM
from energymed.base.clock import at_paris, paris_date
from energymed.base.i18n import N_
from energymed.calling.claim import release_lapsed
from energymed.calling.followups import add_follow_up, surface_due
from energymed.jobs.ledger import Work
from energymed.mediation.queries import instalments_due, papers_due

MORNING = time(9, 0)


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name, what it does, every how many minutes, and its work."""

    name: str
    label: str
    every_minutes: int
    work: Work


def lapsed_claims(session: Session, at: datetime) -> int:
    """Cases whose lease is over return to the queue."""
    return release_lapsed(session, now=at)


def due_work(session: Session, at: datetime) -> int:
    """What falls due becomes queue entries: instalments, papers, callbacks, retries, follow-ups."""
    morning = at_paris(paris_date(at), MORNING)
    for instalment in instalments_due(session, paris_date(at)):
        add_follow_up(
            session,
            SYSTEM,
            instalment.plan.case,
            "instalment",
            morning,
            now=at,
            instalment_id=instalment.id,
        )
    for aid in papers_due(session, paris_date(at)):
        add_follow_up(session, SYSTEM, aid.case, "documents", morning, now=at)
    return surface_due(session, now=at)


JOBS = {
    job.name: job
    for job in (
        Job("lapsed_claims", N_("Remet en file les dossiers dont la réservation a expiré"), 1,
            lapsed_claims),
        Job("due_work", N_("Met en file les rappels et les échéances arrivés à terme"), 1,
            due_work),
    )
}  # fmt: skip
