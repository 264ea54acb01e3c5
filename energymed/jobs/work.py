"""The jobs: each is one service call, given the session and the due time, or a few of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial

from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, measure_tables, transaction
from energymed.base.db.chunks import chunks
from energymed.base.i18n import N_
from energymed.calling.codes import FollowUpKind
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.queue.automatic_closures import close_never_called, close_past_cutoffs
from energymed.calling.queue.claims import release_lapsed
from energymed.calling.queue.due import due_cases, surface_due
from energymed.cases.models import Case
from energymed.cases.stops import forget_lapsed
from energymed.config import Settings
from energymed.jobs.inbox import take_in_files
from energymed.jobs.ledger import Outcome, Work, forget_old_runs, run_once, run_steps_once
from energymed.jobs.messages import send_waiting
from energymed.mediation.queries import instalments_due, papers_due

MORNING = time(9, 0)
AT_ONCE = 50  # cases in one transaction


@dataclass(frozen=True, slots=True)
class Steps:
    """Work in several transactions of its own, on what the settings name; returns a count."""

    run: Callable[[Settings, datetime], int]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name, what it does, every how many minutes, and its work."""

    name: str
    label: str
    every_minutes: int
    work: Work | Steps

    def run(self, at: datetime, settings: Settings) -> Outcome:
        """Run for this due time, unless another process does."""
        if isinstance(self.work, Steps):
            return run_steps_once(self.name, partial(self.work.run, settings, at), at)
        return run_once(self.name, self.work, at)


def lapsed_claims(session: Session, at: datetime) -> int:
    """Cases whose lease is over return to the queue."""
    return release_lapsed(session, now=at)


def due_work(_settings: Settings, at: datetime) -> int:
    """What falls due becomes queue entries: instalments, papers, callbacks, retries, follow-ups.

    Thousands fall due at once when the calling hours begin: a few at a time, so that nobody who
    saves a call waits for all of them.
    """
    with transaction() as session:
        _ask_for_what_is_due(session, at)
    due = due_cases(db.session(), now=at)
    return sum(_surface(piece, at) for piece in chunks(due, AT_ONCE))


def _surface(case_ids: list[int], at: datetime) -> int:
    with transaction() as session:
        return surface_due(session, now=at, among=case_ids)


def _ask_for_what_is_due(session: Session, at: datetime) -> None:
    today = paris_date(at)
    for instalment in instalments_due(session, today):
        _ask(
            session, instalment.plan.case, FollowUpKind.INSTALMENT, at, instalment_id=instalment.id
        )
    for aid in papers_due(session, today):
        _ask(session, aid.case, FollowUpKind.DOCUMENTS, at)


def cutoffs(session: Session, at: datetime) -> int:
    """Cut-off notices whose intervention may have begun are over."""
    return close_past_cutoffs(session, now=at)


def stops(session: Session, at: datetime) -> int:
    """Cases of people who are never called go back to their partner; old stops are forgotten."""
    return close_never_called(session, now=at) + forget_lapsed(session, now=at)


def table_sizes(session: Session, _at: datetime) -> int:
    """The database learns how full its tables are."""
    measure_tables(session)
    return 0


def _ask(
    session: Session, case: Case, kind: FollowUpKind, at: datetime, instalment_id: int | None = None
) -> None:
    morning = at_paris(paris_date(at), MORNING)
    add_follow_up(Context(session, SYSTEM, at), case, kind, morning, instalment_id=instalment_id)


JOBS = {
    job.name: job
    for job in (
        Job("lapsed_claims", N_("Remet en file les dossiers dont la réservation a expiré"), 1,
            lapsed_claims),
        Job("due_work", N_("Met en file les rappels et les échéances arrivés à terme"), 1,
            Steps(due_work)),
        Job("cutoffs", N_("Clôt les informations de coupure dont l'heure est passée"), 5, cutoffs),
        Job("stops", N_("Rend aux partenaires les dossiers des personnes à ne plus appeler"), 5,
            stops),
        Job("inbox", N_("Prend les fichiers que les partenaires déposent par transfert sécurisé"),
            1, Steps(take_in_files)),
        Job("messages", N_("Envoie les SMS et les e-mails qui attendent"), 1, Steps(send_waiting)),
        Job("table_sizes", N_("Mesure les tables, pour que les pages restent rapides"), 10,
            table_sizes),
        Job("old_runs", N_("Oublie les passages de plus de trente jours"), 1440, forget_old_runs),
    )
}  # fmt: skip
