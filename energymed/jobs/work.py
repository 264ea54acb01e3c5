"""The jobs: each is one service call, given the session and the due time, or a few of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.db import measure_tables
from energymed.base.files import purge_files
from energymed.base.i18n import N_
from energymed.base.progress import forget_old_work
from energymed.calling.queue.automatic_closures import (
    close_never_called,
    close_paid,
    close_past_cutoffs,
)
from energymed.calling.queue.claims import release_lapsed
from energymed.cases.search_index import forget_unused_names
from energymed.cases.silent_numbers import judge_all_numbers
from energymed.cases.stops import forget_lapsed
from energymed.casework.due_work import queue_due_work
from energymed.casework.leaving import end_accounts
from energymed.config import Settings
from energymed.jobs.inbox import take_in_files
from energymed.jobs.ledger import Outcome, Work, forget_old_runs, run_once, run_steps_once
from energymed.messages.sending import send_waiting
from energymed.operations.leftovers import sweep
from energymed.operations.rotation import scheduled_backup
from energymed.partners.rulebook import load_names_per_number


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
    """What falls due becomes queue entries: instalments, papers, callbacks, retries, follow-ups."""
    return queue_due_work(at)


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


JOBS = {
    job.name: job
    for job in (
        Job("lapsed_claims", N_("Remet en file les dossiers dont la réservation a expiré"), 1,
            lapsed_claims),
        Job("due_work", N_("Met en file les rappels et les échéances arrivés à terme"), 1,
            Steps(due_work)),
        Job("cutoffs", N_("Clôt les informations de coupure dont l'heure est passée"), 5, cutoffs),
        Job("paid", N_("Clôt les dossiers que des paiements ont soldés"), 1, paid),
        Job("stops", N_("Rend aux partenaires les dossiers des personnes à ne plus appeler"), 5,
            stops),
        Job("inbox", N_("Prend les fichiers que les partenaires déposent par transfert sécurisé"),
            1, Steps(take_in_files)),
        Job("messages", N_("Envoie les SMS et les e-mails qui attendent"), 1, Steps(send_waiting)),
        Job("shared_numbers", N_("Repère les numéros de téléphone qui servent à trop de noms"),
            1440, shared_numbers),
        Job("table_sizes", N_("Mesure les tables, pour que les pages restent rapides"), 10,
            table_sizes),
        Job("accounts", N_("Ferme les comptes dont le dernier jour est passé"), 60,
            Steps(ended_accounts)),
        Job("files", N_("Efface les fichiers dont la durée de conservation est passée"), 60,
            old_files),
        Job("backup", N_("Sauvegarde la base chaque nuit, là où un dossier est réglé"), 1440,
            Steps(scheduled_backup)),
        Job("leftovers", N_("Enlève les fichiers laissés à moitié écrits par un arrêt brutal"), 60,
            Steps(leftovers)),
        Job("old_runs", N_("Oublie les passages de plus de trente jours"), 1440, forget_old_runs),
    )
}  # fmt: skip
