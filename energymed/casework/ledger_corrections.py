"""What a lead corrects in a case's ledger: an entry taken back, a correction, a write-off.

Nothing is changed or deleted: each is an entry of its own, with who wrote it and why, and can be
taken back the same way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.base.text.folding import collapse
from energymed.base.text.free_text import check_words
from energymed.cases import ledger, rules
from energymed.cases.aid_payments import explain_anew, explained_no_more, explained_since
from energymed.cases.codes import LedgerKind
from energymed.cases.ledger import Entry
from energymed.cases.models import Case, LedgerEntry
from energymed.cases.queries import get_case
from energymed.cases.rules import Movement
from energymed.casework.hear_payments import hear_of_payments
from energymed.intake.codes import BatchState
from energymed.intake.importing.balances import accounts, last_stated, stated_since
from energymed.intake.models import Batch

MAX_REASON = 200
ADJUSTMENTS = (LedgerKind.CORRECTION, LedgerKind.WRITE_OFF)
# what a file says is owed is taken back with the file
_REVERSIBLE = (LedgerKind.PAYMENT, LedgerKind.REVERSAL, LedgerKind.AID_PAYMENT, *ADJUSTMENTS)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A correction or a write-off: signed cents, as they move what is owed.

    `seen_version`: of the case as the page showed it; None where nobody looked at one.
    """

    kind: LedgerKind
    cents: Cents
    on: date
    reason: str
    seen_version: int | None = None


def reversible(session: Session, entries: Sequence[LedgerEntry]) -> set[int]:
    """Ids of the entries of a case that may be taken back: they stand, and no undo wrote them.

    What takes back a reversal is not: the first entry stands again, and that one is taken back.
    """
    files = {entry.batch_id for entry in entries if entry.batch_id}
    undone = set(
        session.scalars(
            select(Batch.id).where(Batch.id.in_(files), Batch.state == BatchState.UNDONE)
        )
    )
    taken = _taken(entries)
    reversals = {entry.id for entry in entries if entry.reverses_id}
    return {
        entry.id
        for entry in entries
        if entry.kind in _REVERSIBLE
        and entry.batch_id not in undone
        and entry.id not in taken
        and entry.reverses_id not in reversals
    }


def reverse_entry(ctx: Context, entry_id: int, *, reason: str, on: date | None = None) -> Case:
    """Take one entry of a ledger back, for the reason given.

    A payment is taken back on the day on which it was rejected or refunded; without a day it never
    was one, and its own day is meant. Any other entry is taken back as if it had not been written.

    Raises:
        BadInput: no reason, a day to come or before the payment; with `params["field"]`.
        Refused: it is taken back already, or belongs to a file; or the actor is no lead.
        NotFound: not the actor's.
    """
    entry, case = entry_to_reverse(ctx, entry_id, lock=True)
    check_author(ctx.actor)
    given = _reason(reason)
    day = on if on and entry.kind == LedgerKind.PAYMENT else entry.on_date
    _check_day(ctx, day, earliest=entry.on_date)
    kind = LedgerKind.REVERSAL if entry.kind == LedgerKind.PAYMENT else entry.kind
    movements, counted = _movements(ctx.session, entry, kind, day)
    entries = [
        Entry(
            case.id, each.kind, each.amount_cents, day, given, entry.method,
            reverses_id=entry.id if each.kind == kind else None,
        )
        for each in movements
    ]  # fmt: skip
    if entry.kind == LedgerKind.AID_PAYMENT and not counted:
        entries += explained_no_more(ctx.session, entry, given)
    _book(ctx, case, entries, "ledger.reversed")
    return case


def adjust_debt(ctx: Context, case_id: int, adjustment: Adjustment) -> Case:
    """Book a correction or a write-off; the balance moves by it until the next weekly file.

    Raises:
        BadInput: nothing, a day to come, no reason; with `params["field"]`.
        Refused: the case has no debt, or less of it than is written off.
        Conflict: the case moved since it was shown, perhaps by this very form.
        NotFound: not the actor's.
    """
    case = get_case(ctx, case_id, lock=True)
    if adjustment.seen_version not in (None, case.version):
        raise Conflict(
            N_("Le dossier a changé depuis l'ouverture de cette page : regardez ce qui est dû, "
               "puis enregistrez de nouveau si c'est encore à faire.")
        )  # fmt: skip
    if case.debt_cents is None:
        raise Refused(N_("Ce dossier ne suit pas de dette."))
    cents, written_off = adjustment.cents, adjustment.kind == LedgerKind.WRITE_OFF
    if cents == 0 or (written_off and cents > 0):
        raise BadInput(N_("Le montant doit être plus grand que zéro."), field="amount")
    if written_off and -cents > case.debt_cents:
        raise BadInput(N_("C'est plus que ce qui est dû."), field="amount")
    _check_day(ctx, adjustment.on)
    entry = Entry(case.id, adjustment.kind, cents, adjustment.on, _reason(adjustment.reason))
    action = "ledger.written_off" if written_off else "ledger.corrected"
    _book(ctx, case, [entry], action)
    return case


def entry_to_reverse(
    ctx: Context, entry_id: int, *, lock: bool = False
) -> tuple[LedgerEntry, Case]:
    """An entry that may be taken back, with its case. Errors as `reverse_entry`."""
    entry = ctx.session.get(LedgerEntry, entry_id)
    if entry is None:
        raise NotFound(N_("Cette écriture n'existe pas, ou n'est pas de votre site."))
    case = get_case(ctx, entry.case_id, lock=lock)
    entries = ledger.read_ledger(ctx.session, case).entries
    if entry.id in _taken(entries):
        raise Refused(N_("Cette écriture est déjà annulée."))
    if entry.id not in reversible(ctx.session, entries):
        raise Refused(N_("Cette écriture vient d'un fichier, ou en annule une autre : elle reste."))
    return entry, case


def _movements(
    session: Session, entry: LedgerEntry, kind: LedgerKind, day: date
) -> tuple[tuple[Movement, ...], bool]:
    """What takes the entry back; and whether a weekly file that came since has had its word."""
    account = accounts(session, [entry.case_id])[entry.case_id]
    if entry.kind == LedgerKind.REVERSAL:  # the payment goes before aids that took its decrease
        aids = explained_since(session, entry.case_id, entry.recorded_at)
        account = replace(account, unexplained_cents=account.unexplained_cents + max(0, aids))
    if entry.kind in (LedgerKind.PAYMENT, LedgerKind.REVERSAL):
        counted = account.covers(day)
    else:
        counted = stated_since(session, entry.case_id, entry.recorded_at)
    return rules.told(account, kind, -entry.amount_cents, counted=counted)[0], counted


def _book(ctx: Context, case: Case, entries: Sequence[Entry], action: str) -> None:
    before = case.debt_cents
    ctx.session.flush()
    ledger.book(ctx.session, entries, now=ctx.now, user_id=ctx.actor.user_id)
    explain_anew(ctx, [case.id], last_stated)
    ctx.session.refresh(case, ["debt_cents", "version"])
    first = entries[0]
    after = {
        "debt_cents": case.debt_cents,
        "kind": first.kind,
        "amount_cents": first.amount_cents,
        "entry": first.reverses_id,
    }
    audit.record(ctx, action, case, before={"debt_cents": before}, after=after)
    hear_of_payments(ctx, [case.id])


def _taken(entries: Iterable[LedgerEntry]) -> set[int]:
    return rules.taken_back((entry.id, entry.reverses_id) for entry in entries)


def _reason(reason: str) -> str:
    given = collapse(reason)
    if not given:
        raise BadInput(N_("Dites pourquoi, en quelques mots."), field="reason")
    check_words(given, "reason", most=MAX_REASON)
    return given


def _check_day(ctx: Context, day: date, *, earliest: date | None = None) -> None:
    if day > paris_date(ctx.now):
        raise BadInput(N_("Ce jour n'est pas encore venu."), field="on")
    if earliest and day < earliest:
        raise BadInput(N_("C'est avant le règlement lui-même."), field="on")
