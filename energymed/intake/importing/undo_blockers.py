"""What stands in the way of an undo, told exactly; and what an undo would do."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases import rules
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, LedgerEntry
from energymed.cases.references import columns_naming
from energymed.intake.codes import BatchState, RowOutcome
from energymed.intake.models import Batch, BatchRow
from energymed.partners.codes import Closure

TOUCHED = (
    RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED, RowOutcome.RECORDED,
)  # fmt: skip
# everything else on a case is somebody's work
# (a call for help is none: it goes with its case)
OWN_TABLES = ("ledger_entry", "batch_row", "case_move", "missing_mark", "help_request")
# what a table that points at a case holds, in a few words; any other is a follow-up of some kind
WORK = {
    "contact": N_("un appel ou un contact"),
    "act": N_("un acte de médiation"),
    "call_draft": N_("un appel en cours de saisie"),
    "message": N_("un SMS ou un e-mail"),
    "ledger_entry": N_("une écriture au compte"),
}
OTHER_WORK = N_("un suivi")


class Work(NamedTuple):
    """What somebody has recorded on a case that the file made; `row_id` is that of the first."""

    case_id: int
    reference: str
    table: str
    row_id: int


class TakenBack(NamedTuple):
    """An entry of the file that somebody has taken back by hand: its case."""

    case_id: int
    reference: str


class InCall(NamedTuple):
    """A case of the file that somebody has in call."""

    case_id: int
    reference: str
    user_id: int | None


@dataclass(slots=True)
class Obstacles:
    """Everything that stands in the way; falsy when nothing does.

    `continued` are files that brought mended lines of this one, `later` those imported since on
    the same cases, latest first; `work` is one line per case; `taken_back` are entries of it that
    a lead has taken back: undone as well, they would count twice.
    """

    continued: list[Batch] = field(default_factory=list)
    later: list[Batch] = field(default_factory=list)
    in_call: list[InCall] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    taken_back: list[TakenBack] = field(default_factory=list)

    def __bool__(self) -> bool:
        """True when the undo is to be refused."""
        return bool(self.continued or self.later or self.in_call or self.work or self.taken_back)

    def refusal(self) -> Refused:
        """The first thing to be told, in one sentence."""
        if self.continued:
            return _refused_by(
                self.continued[-1],
                N_(
                    "Le fichier « %(file)s » (lot %(batch)s) est la suite de celui-ci : annulez-le "
                    "d'abord."
                ),
            )
        if self.later:
            return _refused_by(
                self.later[0],
                N_(
                    "Le fichier « %(file)s » (lot %(batch)s) a été importé depuis sur les mêmes "
                    "dossiers : annulez-le d'abord."
                ),
            )
        if self.in_call:
            return Refused(
                N_(
                    "Un médiateur est en appel sur le dossier %(reference)s de ce fichier : "
                    "réessayez ensuite."
                ),
                reference=self.in_call[0].reference,
            )
        if self.taken_back:
            return Refused(
                N_(
                    "Une écriture de ce fichier a été annulée à la main sur le dossier "
                    "%(reference)s : reprenez d'abord cette annulation."
                ),
                reference=self.taken_back[0].reference,
            )
        return Refused(
            N_(
                "Des appels, des actes ou des suivis sont enregistrés sur %(count)s dossier(s) "
                "que ce fichier a créé(s), dont %(reference)s : l'import ne peut plus être annulé."
            ),
            count=len(self.work),
            reference=self.work[0].reference,
        )


class Foreseen(NamedTuple):
    """What an undo would do: cases deleted, cases given their former values, entries reversed.

    `settled` cases were closed because this file did not name them: they stay closed.
    """

    deleted: int
    restored: int
    reversed: int
    missing: int
    settled: int


def touched_cases(session: Session, batch: Batch, *, made: bool = False) -> list[int]:
    """Ids of the cases that the file touched, ascending; only those that it `made`."""
    outcomes = (RowOutcome.CREATED,) if made else TOUCHED
    found = session.scalars(
        select(BatchRow.case_id)
        .where(BatchRow.batch_id == batch.id, BatchRow.outcome.in_(outcomes))
        .where(BatchRow.case_id.is_not(None))
        .distinct()
    )
    return sorted(case_id for case_id in found if case_id is not None)


def obstacles(session: Session, batch: Batch, touched: list[int], made: list[int]) -> Obstacles:
    """What stands in the way of undoing the batch that touched and made these cases."""
    later = _later(session, batch, touched)
    return Obstacles(
        continued=list(
            session.scalars(
                select(Batch)
                .where(Batch.continues_id == batch.id, Batch.state == BatchState.COMMITTED)
                .order_by(Batch.committed_at, Batch.id)
            )
        ),
        later=later,
        in_call=_in_call(session, touched),
        work=_work(session, {batch.id, *(one.id for one in later)}, made),
        taken_back=_taken_back(session, batch),
    )


def foresee(session: Session, batch: Batch, touched: list[int], made: list[int]) -> Foreseen:
    """What undoing the batch would do, when nothing stands in the way."""
    absent = select(func.count(Case.id)).where(Case.missing_since_batch_id == batch.id)
    entries = select(func.count(LedgerEntry.id)).where(LedgerEntry.batch_id == batch.id)
    own = sum(
        session.scalar(entries.where(among(session, LedgerEntry.case_id, some))) or 0
        for some in chunks(made, PIECE)
    )
    return Foreseen(
        deleted=len(made),
        restored=len(touched) - len(made),
        reversed=(session.scalar(entries) or 0) - own,
        missing=session.scalar(absent.where(Case.state != CaseState.CLOSED)) or 0,
        settled=session.scalar(absent.where(Case.closure == Closure.SETTLED)) or 0,
    )


def _refused_by(batch: Batch, sentence: str) -> Refused:
    return Refused(sentence, file=batch.file_name, batch=batch.id)


def _later(session: Session, batch: Batch, case_ids: list[int]) -> list[Batch]:
    found: dict[int, Batch] = {}
    for some in chunks(case_ids, PIECE):
        touching = select(BatchRow.batch_id).where(
            among(session, BatchRow.case_id, some),
            BatchRow.outcome.in_(TOUCHED),
            BatchRow.batch_id != batch.id,
        )
        statement = (
            select(Batch)
            .where(Batch.id.in_(touching), Batch.state == BatchState.COMMITTED)
            .where(
                (Batch.committed_at > batch.committed_at)
                | ((Batch.committed_at == batch.committed_at) & (Batch.id > batch.id))
            )
        )
        found |= {one.id: one for one in session.scalars(statement)}
    return sorted(found.values(), key=lambda one: (one.committed_at, one.id), reverse=True)


def _taken_back(session: Session, batch: Batch) -> list[TakenBack]:
    """Entries of the batch that were taken back by hand, where that stands."""
    own = select(LedgerEntry.case_id).where(LedgerEntry.batch_id == batch.id)
    by_hand = select(LedgerEntry.case_id).where(
        LedgerEntry.batch_id.is_(None),
        LedgerEntry.reverses_id.is_not(None),
        LedgerEntry.case_id.in_(own),
    )
    rows = session.execute(
        select(
            LedgerEntry.id, LedgerEntry.reverses_id, LedgerEntry.batch_id, Case.id, Case.reference
        )
        .join(Case, Case.id == LedgerEntry.case_id)
        .where(LedgerEntry.case_id.in_(by_hand))
    ).all()
    taken = rules.taken_back((entry_id, reverses_id) for entry_id, reverses_id, *_ in rows)
    ours = {entry_id for entry_id, _, batch_id, *_ in rows if batch_id == batch.id}
    return [
        TakenBack(case_id, reference)
        for entry_id, reverses_id, batch_id, case_id, reference in rows
        if batch_id is None and reverses_id in ours and entry_id not in taken
    ]


def _in_call(session: Session, case_ids: list[int]) -> list[InCall]:
    statement = select(Case.id, Case.reference, Case.claimed_by_id).where(
        Case.state == CaseState.IN_CALL
    )
    return [
        InCall._make(row)
        for some in chunks(case_ids, PIECE)
        for row in session.execute(
            statement.where(among(session, Case.id, some)).order_by(Case.reference)
        )
    ]


def _work(session: Session, files: set[int], case_ids: list[int]) -> list[Work]:
    """Whatever another room has attached to a case that would be deleted stands in the way.

    What these `files` booked is taken back with them, or told with them.
    """
    first: dict[int, tuple[str, int]] = {}
    for some in chunks(case_ids, PIECE):
        here = among(session, Case.id, some)
        for table, column in columns_naming(Case.__tablename__):
            if table.name in OWN_TABLES:
                continue
            mine = table.c[column]
            rows = session.execute(
                select(mine, func.min(table.c.id))
                .join(Case, Case.id == mine)
                .where(here)
                .group_by(mine)
            )
            for case_id, row_id in rows:
                first.setdefault(case_id, (table.name, row_id))
        rows = session.execute(
            select(LedgerEntry.case_id, func.min(LedgerEntry.id))
            .outerjoin(Batch, LedgerEntry.batch_id == Batch.id)
            .where(among(session, LedgerEntry.case_id, some))
            .where(or_(LedgerEntry.batch_id.is_(None), LedgerEntry.batch_id.not_in(files)))
            .where(Batch.state.is_distinct_from(BatchState.UNDONE))
            .group_by(LedgerEntry.case_id)
        )
        for case_id, row_id in rows:
            first.setdefault(case_id, ("ledger_entry", row_id))
    references = _references(session, list(first))
    found = [Work(case_id, references[case_id], *what) for case_id, what in first.items()]
    return sorted(found, key=lambda one: one.reference)


def _references(session: Session, case_ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in chunks(case_ids, PIECE):
        rows = session.execute(select(Case.id, Case.reference).where(among(session, Case.id, some)))
        found |= {row.id: row.reference for row in rows}
    return found
