"""Aids that the supplier received, in the ledger: counted once, whichever file comes or goes.

What the weekly files had counted already is explained by the aid. Where a file or an entry is taken
back, what the aids noted since the last weekly file explain is reckoned anew: one whose decrease is
gone counts itself, one whose decrease has lost its payment explains that.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
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

_FILED, _EXPLAINS = "|filed|", "|explains|"
Decreases = list[tuple[LedgerKind, Cents, date]]


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
    if _is_booked(ctx.session, case.id, key):
        return
    before, filed = case.debt_cents, filed_on or date.min
    name = f"{key}{_FILED}{filed}"  # what it explains may be reckoned anew later
    entries = [Entry(case.id, LedgerKind.AID_PAYMENT, -cents, paid_on, source, payment_key=name)]
    ctx.session.flush()
    explained = _counted_already(ctx.session, case, cents, filed)
    if explained:
        entries.append(
            Entry(
                case.id, LedgerKind.REPORTED_DECREASE, explained, paid_on, source,
                payment_key=f"{explaining(name)}{filed}",
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


def _is_booked(session: Session, case_id: int, key: str) -> bool:
    """Whether the aid of this key is in the ledger of the case, by its old name or its new one."""
    known = select(LedgerEntry.id).where(
        LedgerEntry.case_id == case_id,
        LedgerEntry.kind == LedgerKind.AID_PAYMENT,
        or_(
            LedgerEntry.payment_key == key,
            LedgerEntry.payment_key.startswith(f"{key}{_FILED}", autoescape=True),
        ),
    )
    return session.scalar(known.limit(1)) is not None


def explaining(key: str) -> str:
    """How the names of entries begin by which an aid of that `key` explains what files counted.

    The day follows on which the request was filed, then the number of times it was reckoned anew.
    """
    return f"{key}{_EXPLAINS}"


def explained_since(session: Session, case_id: int, since: datetime) -> Cents:
    """What entries of that moment or later let aids of a case explain, in cents."""
    entries = select(LedgerEntry.amount_cents).where(
        LedgerEntry.case_id == case_id,
        LedgerEntry.recorded_at >= since,
        LedgerEntry.payment_key.contains(_EXPLAINS, autoescape=True),
    )
    return sum(session.scalars(entries))


def explained_no_more(session: Session, aid: LedgerEntry, source: str) -> list[Entry]:
    """What an aid that is taken back had explained loses it again; nothing where it was nothing."""
    prefix = explaining(aid.payment_key or "")
    own = session.scalars(
        select(LedgerEntry).where(
            LedgerEntry.case_id == aid.case_id,
            LedgerEntry.payment_key.startswith(prefix, autoescape=True),
        )
    ).all()
    cents = sum(each.amount_cents for each in own)
    return [_explanation(aid, own, -cents, source)] if cents else []


def explain_anew(
    ctx: Context,
    case_ids: Collection[int],
    last_stated: Callable[[Session, Collection[int]], Mapping[int, datetime]],
) -> None:
    """Reckon anew what the aids of these cases explain, now that something was taken back.

    Only those noted since the last weekly file that still stands, whose moment `last_stated`
    gives for each case that has one: what a file has said since has counted the aid.
    """
    with_aids: set[int] = set()
    for some in chunks(case_ids):
        statement = select(LedgerEntry.case_id).where(
            LedgerEntry.case_id.in_(some), LedgerEntry.kind == LedgerKind.AID_PAYMENT
        )
        with_aids.update(ctx.session.scalars(statement.distinct()))
    if not with_aids:
        return
    since = last_stated(ctx.session, with_aids)
    entries: dict[int, list[LedgerEntry]] = defaultdict(list)
    for some in chunks(sorted(with_aids)):
        of_cases = select(LedgerEntry).where(LedgerEntry.case_id.in_(some))
        for entry in ctx.session.scalars(of_cases.order_by(LedgerEntry.id)):
            entries[entry.case_id].append(entry)
    changed = [
        each for case_id, known in entries.items() for each in _changed(known, since.get(case_id))
    ]
    book(ctx.session, changed, now=ctx.now, user_id=ctx.actor.user_id)


def _changed(known: Sequence[LedgerEntry], since: datetime | None) -> list[Entry]:
    """What each aid of one case noted `since` explains more, or less, than is booked."""
    taken = rules.taken_back((each.id, each.reverses_id) for each in known)
    aids = [
        each
        for each in known
        if each.kind == LedgerKind.AID_PAYMENT
        and each.reverses_id is None
        and each.id not in taken
        and (since is None or each.recorded_at >= since)
    ]
    own = {aid.id: _explanations(aid, known) for aid in aids}
    anew = {each.id for some in own.values() for each in some}
    open_ones: Decreases = [
        (each.kind, each.amount_cents, each.on_date) for each in known if each.id not in anew
    ]
    changed: list[Entry] = []
    for aid in aids:
        filed_on, booked = _filed_on(aid, own[aid.id]), sum(e.amount_cents for e in own[aid.id])
        explained = booked
        if filed_on is not None:
            explained = rules.aid_explains(open_ones, -aid.amount_cents, filed_on)
        open_ones.append((LedgerKind.REPORTED_DECREASE, explained, aid.on_date))
        if explained != booked:
            changed.append(_explanation(aid, own[aid.id], explained - booked, aid.source))
    return changed


def _explanation(aid: LedgerEntry, own: Sequence[LedgerEntry], cents: Cents, source: str) -> Entry:
    """An entry more by which the aid explains, besides those that it has of its `own`."""
    name = f"{explaining(aid.payment_key or '')}{_filed_on(aid, own)}|again{len(own)}"
    return Entry(
        aid.case_id, LedgerKind.REPORTED_DECREASE, cents, aid.on_date, source, payment_key=name
    )


def _explanations(aid: LedgerEntry, known: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    prefix = explaining(aid.payment_key or "")
    return [each for each in known if (each.payment_key or "").startswith(prefix)]


def _filed_on(aid: LedgerEntry, own: Sequence[LedgerEntry]) -> date | None:
    """The day on which its request was filed; None of one of before that explained nothing."""
    name = own[0].payment_key if own else aid.payment_key
    for mark in (_EXPLAINS, _FILED):
        _key, found, rest = (name or "").partition(mark)
        if found:
            return date.fromisoformat(rest.split("|")[0])
    return None


def _counted_already(session: Session, case: Case, cents: Cents, filed_on: date) -> Cents:
    rows = session.execute(
        select(LedgerEntry.kind, LedgerEntry.amount_cents, LedgerEntry.on_date).where(
            LedgerEntry.case_id == case.id, LedgerEntry.kind == LedgerKind.REPORTED_DECREASE
        )
    )
    return rules.aid_explains([(kind, amount, day) for kind, amount, day in rows], cents, filed_on)
