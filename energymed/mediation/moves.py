"""How the records of acts move: each state is set here and nowhere else, with its move.

Which state may follow which is for `states`; the audit event is for whoever moves the record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.models import Act, AidRequest, Plan
from energymed.mediation.move_models import ActMove, Avoidance, MoveKind
from energymed.mediation.request_codes import RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.states import DECISIONS


def set_plan_state(ctx: Context, plan: Plan, state: PlanState, on: date) -> None:
    """Let a plan stand in this state from a day on."""
    plan.state = state
    _note(ctx, plan.act_id, MoveKind.PLAN, state, on)


def set_aid_state(ctx: Context, aid: AidRequest, state: AidState, on: date) -> None:
    """Let a request for aid stand in this state from a day on, with the amounts that it has."""
    aid.state = state
    _note(ctx, aid.act_id, MoveKind.AID, state, on, cents=_cents(aid, state))


def set_request_state(ctx: Context, request: PartnerRequest, state: RequestState, on: date) -> None:
    """Let what a partner was asked stand in this state from a day on, with the days that it has."""
    request.state, request.state_on = state, on
    _note(
        ctx, request.act_id, MoveKind.REQUEST, state, on, subject=request.subject,
        asked_on=request.asked_on, until=request.until,
    )  # fmt: skip


def set_kept(ctx: Context, act: Act, kept: WordKept, on: date) -> None:
    """Note on an act what came of the word given, and on which day that is so."""
    act.kept, act.kept_on = kept, on
    _note(ctx, act.id, MoveKind.WORD, kept, on)


def set_avoided(ctx: Context, request: PartnerRequest, on: date | None) -> None:
    """Note on which day the partner says that no intervention took place; None takes it back."""
    before, request.avoided_on = request.avoided_on, on
    said = Avoidance.AVOIDED if on else Avoidance.NOT_AVOIDED
    if day := on or before:
        _note(ctx, request.act_id, MoveKind.INTERVENTION, said, day, subject=request.subject)


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a record reached, and from which day on."""

    subject: str
    state: str
    on: date
    cents: int | None
    asked_on: date | None
    until: date | None


def steps_of(session: Session, act: Act, kind: MoveKind) -> Sequence[Step]:
    """The states that the records of an act reached, in the order in which they were noted."""
    moves = (
        select(ActMove).where(ActMove.act_id == act.id, ActMove.kind == kind).order_by(ActMove.id)
    )
    return [
        Step(each.subject, each.state, each.on_date, each.cents, each.asked_on, each.until)
        for each in session.scalars(moves)
    ]


def carry_moves(ctx: Context, act: Act, kind: MoveKind, steps: Iterable[Step]) -> None:
    """Let an act that takes another's place have gone through the same states on the same days.

    Known from now on: what was told before does not change.
    """
    for each in steps:
        _note(
            ctx, act.id, kind, each.state, each.on, subject=each.subject, cents=each.cents,
            asked_on=each.asked_on, until=each.until,
        )  # fmt: skip


def _cents(aid: AidRequest, state: AidState) -> int | None:
    if state in DECISIONS:
        return aid.amount_granted_cents
    return aid.paid_cents if state == AidState.PAID_TO_SUPPLIER else None


def _note(
    ctx: Context,
    act_id: int,
    kind: MoveKind,
    state: str,
    on: date,
    *,
    subject: str = "",
    cents: int | None = None,
    asked_on: date | None = None,
    until: date | None = None,
) -> None:
    ctx.session.add(
        ActMove(
            act_id=act_id, kind=kind, subject=subject, state=str(state), on_date=on,
            recorded_at=ctx.recorded_at, cents=cents, asked_on=asked_on, until=until,
        )
    )  # fmt: skip
