"""Acts: recorded with the coded answers that their kind requires, crossed out with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.cases.cutoff import mark_told
from energymed.cases.ledger import owed_as_of
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.aids import withdraw_aid
from energymed.mediation.codes import (
    ACT_KINDS,
    OVERINDEBTEDNESS_STAGES,
    TOPICS,
    ActKind,
    OverindebtednessStage,
    VoidReason,
)
from energymed.mediation.details import MISSING, clean_details
from energymed.mediation.holds import check_hold
from energymed.mediation.journal import check_in_charge, known_act, locked, new_act
from energymed.mediation.models import Act
from energymed.mediation.moves import set_kept
from energymed.mediation.next_dates import WAITING_ACTS
from energymed.mediation.plan_withdrawal import withdraw_plan
from energymed.mediation.request_codes import WordKept
from energymed.mediation.requests import check_asking, open_requests, withdraw_requests

__all__ = [
    "OVERINDEBTEDNESS_STAGES", "OWN_TABLE", "TOPICS", "note_kept", "record_act", "void_act",
    "who_voids",
]  # fmt: skip

OWN_TABLE = (
    ActKind.PLAN_AGREED,
    ActKind.AID_OPENED,
    ActKind.REFERRAL,
    ActKind.ENERGY_CHEQUE_AWARENESS,
    ActKind.BUDGET_STUDY,
)


def record_act(
    ctx: Context,
    case_id: int,
    kind: str,
    details: Mapping[str, Any],
    *,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> Act:
    """Record an act of a kind without a table of its own (`details.FIELDS` says what it asks).

    Dates in `details` are given as `date`, kept as ISO text; amounts are cents.

    Raises:
        NotFound: the case is unknown or of another site.
        BadInput: unknown kind, or an answer is missing or impossible, with `params["field"]`.
        Refused: an answer holds a social-security number or an IBAN; no capacity to pay without
            a referral or the refusal of one; more promised than is owed.
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, kind, request_key)
    if known is not None:
        return known
    clean = check_act(ctx, case, kind, details)
    act = new_act(ctx, case, kind, details=clean, contact_id=contact_id, request_key=request_key)
    open_requests(ctx, case, act)
    _follow(ctx, case, act)
    return act


def check_act(
    ctx: Context, case: Case, kind: str, details: Mapping[str, Any], *, referred: bool = False
) -> dict[str, Any]:
    """The answers of an act as they are kept; refuses what `record_act` would, writing nothing.

    Args:
        referred: the same conversation refers the person.
    """
    if kind not in ACT_KINDS or kind in OWN_TABLE:
        raise BadInput(N_("Acte inconnu : %(kind)s."), kind=kind)
    faults = Faults()
    with faults:
        clean = clean_details(kind, details, ctx.now)
    with faults:
        _check_promise(kind, details, owed_as_of(ctx, case))
    with faults:
        check_asking(ActKind(kind), details)
    with faults:
        if kind == ActKind.HOLD_ASKED:
            check_hold(ctx, case, details)
    with faults:
        if kind == ActKind.NO_CAPACITY and not (referred or details.get("referral_refused")):
            _check_referred(ctx.session, case)
    faults.tell()
    return clean


def who_voids(act: Act, case: Case, today: date) -> tuple[int | None, ...]:
    """Whose an act is to cross out, beside a lead's: on its day, its author's; then also of
    whoever follows the case."""
    return (act.user_id,) if act.acted_on == today else (act.user_id, case.assigned_to_id)


def void_act(
    ctx: Context, act_id: int, reason: VoidReason | None = None, *, replaced: bool = False
) -> Act:
    """Cross out an act; it stays on file with who did it, when and why, and counts no more.

    Its plan is cancelled, its aid request withdrawn, what it asks of a partner ended. A second time
    changes nothing.

    Args:
        reason: may be left out on the day of the act.
        replaced: another act takes its place at once.

    Raises:
        NotFound: unknown or of another site.
        BadInput: an act of another day without a reason, with `params["field"]`.
        Refused: it is somebody else's, its plan was paid or replaced, or its aid granted or paid.
    """
    act, case = locked(ctx, Act, act_id)
    if act.voided_at is not None:
        return act
    today = paris_date(ctx.now)
    if act.acted_on == today:
        check_author(ctx.actor, act.user_id)
    else:
        check_in_charge(ctx.actor, *who_voids(act, case, today))
    if reason is None and act.acted_on != today:
        raise BadInput(N_("Dites pourquoi cet acte est barré."), field="void_reason")
    if act.kind == ActKind.PLAN_AGREED:
        withdraw_plan(ctx, act)
    if act.kind == ActKind.AID_OPENED:
        withdraw_aid(ctx, act, replaced=replaced)
    withdraw_requests(ctx, act)
    act.voided_at, act.voided_by_id, act.void_reason = ctx.now, ctx.actor.user_id, reason
    why = {"reason": reason} if reason else None
    audit.record(ctx, "act.voided", act, before={"kind": act.kind}, after=why)
    ctx.session.flush()
    _follow(ctx, case, act)
    return act


def note_kept(ctx: Context, act_id: int, kept: WordKept) -> Act:
    """Note what came of a payment announced, a delay, or a paper to be sent.

    Raises:
        NotFound: unknown or of another site.
        Refused: an act that waits for nothing, or that was crossed out.
    """
    act, _case = locked(ctx, Act, act_id)
    if act.kind not in WAITING_ACTS or act.voided_at is not None:
        raise Refused(N_("Cet acte n'attend rien."))
    if act.kept == kept:
        return act
    before = act.kept
    set_kept(ctx, act, kept, paris_date(ctx.now))
    audit.record(ctx, "act.kept", act, before={"kept": before}, after={"kept": kept})
    ctx.session.flush()
    return act


def _check_promise(kind: str, details: Mapping[str, Any], owed: Cents | None) -> None:
    """Of a debt, how much is promised, and no more than that: a zero too many would swell it.

    A mission without a debt knows no amount (DOMAIN §2).
    """
    if kind != ActKind.PAYS_FULL or owed is None:
        return
    promised = details.get("amount_cents")
    if promised is None:
        raise BadInput(MISSING, field="amount_cents")
    if promised > owed:
        raise Refused(
            N_("La promesse dépasse la dette du dossier : vérifiez le montant."),
            field="amount_cents",
        )


def _check_referred(session: Session, case: Case) -> None:
    """DOMAIN §10: no capacity to pay needs a referral, or the refusal of one."""
    referral = select(Act.id).where(
        Act.case_id == case.id, Act.kind == ActKind.REFERRAL, Act.voided_at.is_(None)
    )
    if session.scalar(referral.limit(1)) is None:
        raise Refused(
            N_("Sans capacité de paiement : orientez la personne, ou notez qu'elle le refuse."),
            field="referral_refused",
        )


def _follow(ctx: Context, case: Case, act: Act) -> None:
    """Let the case say what its acts of this kind say, crossed-out ones aside."""
    if act.kind not in (ActKind.OVERINDEBTEDNESS, ActKind.CUTOFF_INFORMED):
        return
    acts = ctx.session.scalars(
        select(Act)
        .where(Act.case_id == case.id, Act.kind == act.kind, Act.voided_at.is_(None))
        .order_by(Act.created_at, Act.id)
    ).all()
    if act.kind == ActKind.OVERINDEBTEDNESS:
        admissible = any(
            each.details.get("stage") == OverindebtednessStage.ADMISSIBLE for each in acts
        )
        _suspend(ctx, case, admissible)
    # what another call told earlier stands; the first time counts, not the last
    elif case.told_at is None or (act.voided_at and case.told_by_contact_id is None):
        _told(ctx, case, acts[0].created_at if acts else None)


def _suspend(ctx: Context, case: Case, suspended: bool) -> None:
    """Admissible over-indebtedness blocks new plans on arrears (DOMAIN §6)."""
    if case.suspended == suspended:
        return
    before, case.suspended = case.suspended, suspended
    audit.record(
        ctx, "case.suspended", case, before={"suspended": before}, after={"suspended": suspended}
    )
    ctx.session.flush()


def _told(ctx: Context, case: Case, at: datetime | None) -> None:
    mark_told(ctx, case, at)
    audit.record(
        ctx, "case.told", case, after={"told": at is not None, "in_time": case.told_in_time}
    )
    ctx.session.flush()
