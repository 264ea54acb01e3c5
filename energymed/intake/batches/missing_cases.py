"""Cases that a later file no longer names: perhaps paid, perhaps forgotten. Nobody books them.

A lead asks the partner, closes what is confirmed as settled, or keeps the case as it is. A case
that somebody has in call is passed over, and told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.scope import check_author, scoped
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, MissingMark
from energymed.cases.search import searched
from energymed.intake.codes import BatchState
from energymed.intake.models import Batch

MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class MissingSearch:
    """Which cases to list; empty fields ask nothing, amounts are in cents.

    `asked` is "no" for those about which the partner was not asked, "yes" for the others.
    """

    text: str = ""
    batch_id: int | None = None
    partner_id: int | None = None
    least_cents: int | None = None
    most_cents: int | None = None
    asked: str = ""
    sort: str = "-since"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Cases taken for a bulk act, locked; and references of those passed over.

    `in_call` are in somebody's hands, `gone` are no longer missing: a file names them again, or
    they were closed or kept meanwhile; about those `asked` somebody asked meanwhile.
    """

    cases: list[Case]
    in_call: list[str]
    gone: list[str]
    asked: list[str] = field(default_factory=list)


def missing_cases(ctx: Context, wanted: MissingSearch) -> Select[Case]:
    """Select of the open cases, within the actor's bounds, that their last file did not name."""
    statement = (
        scoped(select(Case), Case, ctx.actor)
        .where(Case.missing_since_batch_id.is_not(None), Case.state != CaseState.CLOSED)
        .options(joinedload(Case.partner, innerjoin=True))
    )
    return searched(ctx, MISSING.apply(statement, wanted), wanted.text)


def _asked(answer: str) -> ColumnElement[bool]:
    asked = Case.missing_asked_at.is_not(None)
    return asked if answer == "yes" else ~asked


MISSING = ListQuery(
    sorts={
        "reference": Case.reference,
        "debt": Case.debt_cents,
        "since": Case.missing_since_batch_id,
        "asked": Case.missing_asked_at,
    },
    usual="-since",
    ties=(Case.reference, Case.id),
    filters={
        "batch_id": lambda batch_id: Case.missing_since_batch_id == batch_id,
        "partner_id": lambda partner_id: Case.partner_id == partner_id,
        "least_cents": lambda cents: Case.debt_cents >= cents,
        "most_cents": lambda cents: Case.debt_cents <= cents,
        "asked": _asked,
    },
)


def files_of(session: Session, cases: Sequence[Case]) -> dict[int, Batch]:
    """{batch: it} for the files that do not name these cases, and those that named them last."""
    wanted = {one.missing_since_batch_id for one in cases} | {one.last_batch_id for one in cases}
    found = session.scalars(select(Batch).where(Batch.id.in_(wanted - {None})))
    return {batch.id: batch for batch in found}


def take(ctx: Context, case_ids: Sequence[int], *, seen: datetime | None = None) -> Chosen:
    """The cases of a bulk act, locked until the transaction ends.

    Cases out of the actor's bounds are left aside without a word. With `seen`, when the list was
    read, those about which the partner was asked since then are passed over: a second click, or
    somebody else's.

    Raises:
        BadInput: too many at once.
    """
    if len(case_ids) > MOST_AT_ONCE:
        raise BadInput(
            N_("Plus de %(most)s dossiers d'un coup : filtrez la liste."), most=MOST_AT_ONCE
        )
    found = ctx.session.scalars(
        scoped(select(Case), Case, ctx.actor)
        .where(among(ctx.session, Case.id, case_ids))
        .order_by(Case.id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).all()
    missing = [
        c for c in found if c.missing_since_batch_id is not None and c.state != CaseState.CLOSED
    ]
    listed = {case.id for case in missing}
    asked = {c.id for c in missing if seen and c.missing_asked_at and c.missing_asked_at > seen}
    return Chosen(
        cases=[c for c in missing if c.state != CaseState.IN_CALL and c.id not in asked],
        in_call=[
            c.reference for c in missing if c.state == CaseState.IN_CALL and c.id not in asked
        ],
        gone=[case.reference for case in found if case.id not in listed],
        asked=[case.reference for case in missing if case.id in asked],
    )


def mark_asked(ctx: Context, cases: Sequence[Case]) -> dict[int, MissingMark]:
    """The partner is asked what became of these cases; asked again, the last time counts.

    Returns:
        {case: what was noted of it}.
    """
    marks = {case.id: _mark(ctx, case, kept=False) for case in cases}
    for case in cases:
        before = case.missing_asked_at.isoformat() if case.missing_asked_at else None
        case.missing_asked_at = marks[case.id].at
        audit.record(
            ctx,
            "case.missing_asked",
            case,
            before={"asked_at": before},
            after={
                "asked_at": case.missing_asked_at.isoformat(),
                "batch_id": case.missing_since_batch_id,
            },
        )
    ctx.session.flush()
    return marks


def keep_open(ctx: Context, cases: Sequence[Case]) -> None:
    """Take the mark off: these cases go on as if their last file had named them."""
    for case in cases:
        _mark(ctx, case, kept=True)
        before = {"batch_id": case.missing_since_batch_id, "seen_in": case.last_batch_id}
        case.missing_since_batch_id = None
        audit.record(ctx, "case.missing_kept", case, before=before)
    ctx.session.flush()


def undo_decision(ctx: Context, at: datetime) -> list[MissingMark]:
    """Undo what was marked or kept at this instant; returns what was taken back.

    A case that a file has named or missed since, that was decided on again, or that is closed by
    now, is left as it is.

    Raises:
        Refused: somebody else decided it, and the actor is no lead.
    """
    later = select(func.max(MissingMark.id)).where(MissingMark.case_id == Case.id).correlate(Case)
    found = ctx.session.execute(
        scoped(select(Case, MissingMark), Case, ctx.actor)
        .join(MissingMark, MissingMark.case_id == Case.id)
        .where(MissingMark.at == at, MissingMark.id == later.scalar_subquery())
        .where(Case.state != CaseState.CLOSED)
        .order_by(Case.id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).all()
    done: list[MissingMark] = []
    for case, mark in found:
        check_author(ctx.actor, mark.user_id)
        restore = _unkeep if mark.kept else _unask
        if restore(ctx.session, case, mark):
            act = "kept" if mark.kept else "asked"
            audit.record(ctx, f"case.missing_{act}_taken_back", case)
            ctx.session.delete(mark)
            done.append(mark)
    ctx.session.flush()
    return done


def _mark(ctx: Context, case: Case, *, kept: bool) -> MissingMark:
    mark = MissingMark(
        case_id=case.id,
        at=ctx.now,
        user_id=ctx.actor.user_id,
        kept=kept,
        batch_id=case.missing_since_batch_id,
        seen_in_batch_id=case.last_batch_id,
        former_asked_at=case.missing_asked_at,
    )
    ctx.session.add(mark)
    return mark


def _unask(_session: Session, case: Case, mark: MissingMark) -> bool:
    if case.missing_since_batch_id != mark.batch_id:
        return False
    case.missing_asked_at = mark.former_asked_at
    return True


def _unkeep(session: Session, case: Case, mark: MissingMark) -> bool:
    seen_since = case.last_batch_id != mark.seen_in_batch_id
    if case.missing_since_batch_id is not None or seen_since:
        return False
    batch = session.get(Batch, mark.batch_id)
    if batch is None or batch.state != BatchState.COMMITTED:
        return False
    case.missing_since_batch_id = batch.id
    return True
