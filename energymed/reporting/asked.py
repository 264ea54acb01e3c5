"""What a partner was asked for, as its return tells it: hold, actions on the contract, complaint.

As of the end of the period. A record keeps its last state and the day of it: of one that moved
later, the return tells that it was asked, and of a complaint whether it was written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager

from energymed.cases.models import Case
from energymed.mediation.codes import ForwardedTo
from energymed.mediation.next_dates import complaint_days
from energymed.mediation.request_codes import RequestKind, RequestState
from energymed.mediation.request_models import PartnerRequest
from energymed.partners.rulebook import load_waiting_rules
from energymed.partners.waiting_rules import WaitingRules


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked on one case. `actions`: each as "code:state".

    Of holds and of complaints the latest. `answer_by`: until when the supplier may answer the
    complaint; `mediator_by`: the last day to go to the Médiateur national de l'énergie.
    """

    hold_state: str | None = None
    hold_until: date | None = None
    actions: tuple[str, ...] = ()
    dispute_state: str | None = None
    complaint_on: date | None = None
    answer_by: date | None = None
    mediator_by: date | None = None


NOTHING = Asked()


def asked_of_partner(
    session: Session, standing: Sequence[ColumnElement[bool]], end: date
) -> dict[int, Asked]:
    """{case: what its partner was asked for, as it stood at the end of a day}.

    Args:
        standing: conditions on `Act`: of which cases, not crossed out, known by then.

    One query, and one for each campaign of which there is a complaint.
    """
    requests = session.scalars(
        select(PartnerRequest)
        .join(PartnerRequest.act)
        .join(PartnerRequest.case)
        .options(contains_eager(PartnerRequest.act), contains_eager(PartnerRequest.case))
        .where(*standing)
        .order_by(PartnerRequest.id)
    )
    rules_of, found = _rules(session, end), dict[int, Asked]()
    for request in requests:
        before = found.get(request.case_id, NOTHING)
        found[request.case_id] = _TOLD[request.kind](before, request, end, rules_of)
    return found


def state_at(request: PartnerRequest, end: date) -> RequestState:
    """The state of a request at the end of a day, as far as its record tells."""
    if request.state_on <= end:
        return request.state
    if request.kind != RequestKind.DISPUTE:
        return RequestState.ASKED
    if request.asked_on is None or request.asked_on > end:
        return RequestState.TO_WRITE
    passed_on = request.act.details.get("forwarded_to") == ForwardedTo.MNE
    return RequestState.WITH_MEDIATOR if passed_on else RequestState.ASKED


RulesOf = Callable[[Case], WaitingRules]


def _rules(session: Session, on: date) -> RulesOf:
    """The times to wait of a case's campaign, read once for each."""
    known: dict[tuple[int, str], WaitingRules] = {}

    def of(case: Case) -> WaitingRules:
        key = (case.partner_id, case.campaign_kind)
        if key not in known:
            known[key] = load_waiting_rules(session, on, partner_id=key[0], kind=key[1])
        return known[key]

    return of


def _hold(before: Asked, request: PartnerRequest, end: date, _rules: RulesOf) -> Asked:
    state = state_at(request, end)
    until = request.until
    if state != request.state:  # what was asked, before it was granted for longer or shorter
        told = request.act.details.get("until")
        until = date.fromisoformat(told) if told else None
    return replace(before, hold_state=state, hold_until=until)


def _action(before: Asked, request: PartnerRequest, end: date, _rules: RulesOf) -> Asked:
    told = f"{request.subject}:{state_at(request, end)}"
    return replace(before, actions=(*before.actions, told))


def _dispute(before: Asked, request: PartnerRequest, end: date, rules: RulesOf) -> Asked:
    state = state_at(request, end)
    days: tuple[Any, Any, Any] = (None, None, None)
    if request.asked_on is not None and request.asked_on <= end:
        days = (request.asked_on, *complaint_days(request.asked_on, rules(request.case)))
    return replace(
        before, dispute_state=state, complaint_on=days[0], answer_by=days[1], mediator_by=days[2]
    )


_TOLD: dict[RequestKind, Callable[[Asked, PartnerRequest, date, RulesOf], Asked]] = {
    RequestKind.HOLD: _hold,
    RequestKind.ACTION: _action,
    RequestKind.DISPUTE: _dispute,
}
