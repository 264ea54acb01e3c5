"""Which state may follow which, for plans, aid requests and requests to a partner. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.request_codes import RequestState

State = TypeVar("State", PlanState, AidState, RequestState)

NOT_NEXT = N_("Cette étape ne peut pas suivre la précédente.")

# what somebody may do; kept, broken and completed follow from payments (`plan_payments`),
# renegotiated from the plan that takes the place (`plans.agree_plan`)
PLAN_MOVES: dict[PlanState, tuple[PlanState, ...]] = {
    PlanState.PROPOSED: (PlanState.CONFIRMED, PlanState.CANCELLED),
    PlanState.AGREED: (PlanState.CONFIRMED, PlanState.CANCELLED),
    PlanState.CONFIRMED: (PlanState.CANCELLED,),
    PlanState.KEPT: (PlanState.CONFIRMED, PlanState.CANCELLED),
    PlanState.BROKEN: (),
    PlanState.COMPLETED: (),
    PlanState.CANCELLED: (),
    PlanState.RENEGOTIATED: (),
}
RUNNING_PLANS = (PlanState.AGREED, PlanState.CONFIRMED, PlanState.KEPT)
FOLLOWED_PLANS = (*RUNNING_PLANS, PlanState.BROKEN)  # a payment may still come
ENDED_PLANS = (PlanState.CANCELLED, PlanState.RENEGOTIATED)  # nobody is bound by them any more
NOT_IN_FORCE = (PlanState.PROPOSED, PlanState.CANCELLED)

DECISIONS = (AidState.GRANTED_FULL, AidState.GRANTED_PARTIAL, AidState.GRANTED_LOAN)
_OPEN = (AidState.WITHDRAWN, AidState.LAPSED)
AID_MOVES: dict[AidState, tuple[AidState, ...]] = {
    AidState.IDENTIFIED: (AidState.CONSENT_GIVEN, *_OPEN),
    AidState.CONSENT_GIVEN: (AidState.DOCUMENTS_PENDING, AidState.COMPLETE, *_OPEN),
    AidState.DOCUMENTS_PENDING: (AidState.COMPLETE, *_OPEN),
    AidState.COMPLETE: (AidState.SUBMITTED, AidState.DOCUMENTS_PENDING, *_OPEN),
    AidState.SUBMITTED: (*DECISIONS, AidState.REFUSED, AidState.ADJOURNED, *_OPEN),
    AidState.ADJOURNED: (AidState.DOCUMENTS_PENDING, AidState.SUBMITTED, *_OPEN),
    AidState.GRANTED_FULL: (AidState.PAID_TO_SUPPLIER, AidState.NEVER_PAID),
    AidState.GRANTED_PARTIAL: (AidState.PAID_TO_SUPPLIER, AidState.NEVER_PAID),
    AidState.GRANTED_LOAN: (AidState.PAID_TO_SUPPLIER, AidState.NEVER_PAID),
    AidState.REFUSED: (),
    AidState.WITHDRAWN: (),
    AidState.LAPSED: (),
    AidState.PAID_TO_SUPPLIER: (),
    AidState.NEVER_PAID: (AidState.PAID_TO_SUPPLIER,),  # it came after all
}
ENDED_AIDS = (
    AidState.REFUSED,
    AidState.WITHDRAWN,
    AidState.LAPSED,
)  # nothing more will come of them
NOBODY_DECIDED = (AidState.WITHDRAWN, AidState.LAPSED)  # we end the request, not the fund
NOT_COMPLETE_AFTER_ALL = (AidState.COMPLETE, AidState.DOCUMENTS_PENDING)  # the one step back

NO_MORE_OPEN = (*ENDED_AIDS, AidState.PAID_TO_SUPPLIER, AidState.NEVER_PAID)  # the others are open

# where papers come in, and what they alone lead to
PAPERS_COME = (
    AidState.CONSENT_GIVEN, AidState.DOCUMENTS_PENDING, AidState.COMPLETE, AidState.ADJOURNED,
)  # fmt: skip


def state_by_papers(state: AidState, missing: int, *, known: bool) -> AidState:
    """Where a request stands by its papers: they are awaited until the last one is there.

    Args:
        missing: how many are not there.
        known: somebody has asked for one, or noted that it came; until then they are only usual.

    An adjourned request is filed again by hand, or its papers are asked for anew.
    """
    if state not in (AidState.CONSENT_GIVEN, AidState.DOCUMENTS_PENDING, AidState.COMPLETE):
        return state
    if not known:
        return state
    return AidState.DOCUMENTS_PENDING if missing else AidState.COMPLETE


def whose_step(aid: Any, state: AidState) -> tuple[int | None, ...]:
    """Whose it is to take a request to a state, by ids; nobody's own when that is a step on."""
    if state in NOBODY_DECIDED:
        return tuple(aid.in_charge)
    if (aid.state, state) == NOT_COMPLETE_AFTER_ALL:
        return (*aid.in_charge, aid.moved_by_id)
    return ()


def check_move(moves: Mapping[State, Sequence[State]], before: State, after: State) -> None:
    """Refuse a state that cannot follow.

    Raises:
        Refused: when `after` may not follow `before`.
    """
    if after not in moves[before]:
        raise Refused(NOT_NEXT)
