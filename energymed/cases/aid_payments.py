"""Aids that the supplier received, in the ledger: counted once, whichever file comes or goes.

What the weekly files had counted already is explained by the aid; where such a file is undone, the
aid counts itself again.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.chunks import chunks
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.cases import rules
from energymed.cases.codes import LedgerKind
from energymed.cases.ledger import Entry, book
from energymed.cases.models import Case, LedgerEntry

_EXPLAINS = "|explains|"


def record_aid_payment(
    ctx: Context,
    case: Case,
    *,
    cents: Cents,
    paid_on: date,
    key: str,
    source: str,
    filed_on: date | None = None,
) -> None:
    """Book an aid that the supplier received. Told twice under the same `key`, it is booked once.

    What the weekly files had counted since `filed_on` is explained by it (`rules.aid_explains`);
    the debt falls by the rest, until the next weekly file says what is owed.

    Raises:
        BadInput: the case has no debt, or the amount is not positive.
    """
    if case.debt_cents is None:
        raise BadInput(N_("Ce dossier ne suit pas de dette."))
    if cents <= 0:
        raise BadInput(N_("Le montant versé doit être positif."))
    known = select(LedgerEntry.id).where(
        LedgerEntry.case_id == case.id, LedgerEntry.payment_key == key
    )
    if ctx.session.scalar(known) is not None:
        return
    before = case.debt_cents
    entries = [Entry(case.id, LedgerKind.AID_PAYMENT, -cents, paid_on, source, payment_key=key)]
    ctx.session.flush()
    explained = _counted_already(ctx.session, case, cents, filed_on or date.min)
    if explained:
        entries.append(
            Entry(
                case.id, LedgerKind.REPORTED_DECREASE, explained, paid_on, source,
                payment_key=f"{explaining(key)}{filed_on or date.min}",
            )
        )  # fmt: skip
    book(ctx.session, entries, now=ctx.now, user_id=ctx.actor.user_id)
    ctx.session.refresh(case, ["debt_cents", "version"])
    audit.record(
        ctx,
        "ledger.aid_paid",
        case,
        before={"debt_cents": before},
        after={"debt_cents": case.debt_cents},
    )


def explaining(key: str) -> str:
    """How the names of entries begin by which an aid of that `key` explains what files counted.

    The day follows on which the request was filed, then the file whose undo took some of it.
    """
    return f"{key}{_EXPLAINS}"


def explain_anew(ctx: Context, case_ids: Collection[int], batch_id: int, since: datetime) -> None:
    """Let aids noted `since` a file that is undone count themselves, where it was its decrease.

    Such an aid had explained the decrease; the file's entries are reversed already. Later files
    on these cases are undone before this one: what still stands was told before the aid.
    """
    named: list[int] = []
    for some in chunks(case_ids):
        statement = select(LedgerEntry.case_id).where(
            LedgerEntry.case_id.in_(some),
            LedgerEntry.recorded_at >= since,
            LedgerEntry.payment_key.contains(_EXPLAINS, autoescape=True),
        )
        named.extend(ctx.session.scalars(statement.distinct()))
    entries: dict[int, list[LedgerEntry]] = defaultdict(list)
    for some in chunks(named):
        of_cases = select(LedgerEntry).where(LedgerEntry.case_id.in_(some))
        for entry in ctx.session.scalars(of_cases.order_by(LedgerEntry.id)):
            entries[entry.case_id].append(entry)
    lost = [each for known in entries.values() for each in _lost(known, batch_id, since)]
    book(ctx.session, lost, now=ctx.now, user_id=ctx.actor.user_id)


def _lost(known: Sequence[LedgerEntry], batch_id: int, since: datetime) -> list[Entry]:
    """The part of each aid's explanation, on one case, that has no decrease any more."""
    taken = rules.taken_back((each.id, each.reverses_id) for each in known)
    decreases = [
        (each.payment_key or "", each.amount_cents, each.on_date)
        for each in known
        if each.kind == LedgerKind.REPORTED_DECREASE
    ]
    lost: list[Entry] = []
    for aid in known:
        if aid.kind != LedgerKind.AID_PAYMENT or aid.recorded_at < since or aid.id in taken:
            continue
        name, gone = _no_longer_explained(aid, decreases)
        if gone > 0:
            name = f"{name}|{batch_id}"
            decreases.append((name, -gone, aid.on_date))
            lost.append(
                Entry(
                    aid.case_id, LedgerKind.REPORTED_DECREASE, -gone, aid.on_date, aid.source,
                    payment_key=name,
                )
            )  # fmt: skip
    return lost


def _no_longer_explained(
    aid: LedgerEntry, decreases: Sequence[tuple[str, Cents, date]]
) -> tuple[str, Cents]:
    """How an aid's explanation is named, and how much of it (cents) nothing stands for any more."""
    prefix = explaining(aid.payment_key or "")
    own = [(name, cents) for name, cents, _day in decreases if name.startswith(prefix)]
    if not own:
        return "", 0
    others = [
        (LedgerKind.REPORTED_DECREASE, cents, day)
        for name, cents, day in decreases
        if not name.startswith(prefix)
    ]
    filed_on = date.fromisoformat(own[0][0].removeprefix(prefix))
    possible = rules.aid_explains(others, -aid.amount_cents, filed_on)
    return own[0][0], sum(cents for _name, cents in own) - possible


def _counted_already(session: Session, case: Case, cents: Cents, filed_on: date) -> Cents:
    rows = session.execute(
        select(LedgerEntry.kind, LedgerEntry.amount_cents, LedgerEntry.on_date).where(
            LedgerEntry.case_id == case.id, LedgerEntry.kind == LedgerKind.REPORTED_DECREASE
        )
    )
    return rules.aid_explains([(kind, amount, day) for kind, amount, day in rows], cents, filed_on)
