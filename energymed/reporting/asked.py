"""What a partner was asked for, as its return tells it: hold, actions on the contract, complaint.

As it stood at the end of the period, by the journal of its moves (`mediation.as_of`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from energymed.cases.models import Case
from energymed.mediation.as_of import stood_as_of
from energymed.mediation.move_models import ActMove, MoveKind
from energymed.mediation.next_dates import complaint_days
from energymed.mediation.request_codes import RequestKind
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
    session: Session,
    standing: Sequence[ColumnElement[bool]],
    end: date,
    as_of: datetime | None = None,
) -> dict[int, Asked]:
    """{case: what its partner was asked for, as it stood at the end of a day}.

    Args:
        standing: conditions on `Act`: of which cases, not crossed out, known by then.
        as_of: as was known just before this instant.

    One query, and one for each campaign of which there is a complaint.
    """
    stood = stood_as_of(MoveKind.REQUEST, standing, end, as_of).subquery()
    move = aliased(ActMove, stood)
    requests = session.execute(
        select(PartnerRequest, move)
        .join(
            move,
            and_(move.act_id == PartnerRequest.act_id, move.subject == PartnerRequest.subject),
        )
        .join(PartnerRequest.case)
        .options(contains_eager(PartnerRequest.case))
        .order_by(PartnerRequest.id)
    )
    rules_of, found = _rules(session, end), dict[int, Asked]()
    for request, moved in requests:
        before = found.get(request.case_id, NOTHING)
        found[request.case_id] = _TOLD[request.kind](before, request, moved, rules_of)
    return found


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


def _hold(before: Asked, _request: PartnerRequest, moved: ActMove, _rules: RulesOf) -> Asked:
    return replace(before, hold_state=moved.state, hold_until=moved.until)


def _action(before: Asked, request: PartnerRequest, moved: ActMove, _rules: RulesOf) -> Asked:
    told = f"{request.subject}:{moved.state}"
    return replace(before, actions=(*before.actions, told))


def _dispute(before: Asked, request: PartnerRequest, moved: ActMove, rules: RulesOf) -> Asked:
    days: tuple[Any, Any, Any] = (None, None, None)
    if moved.asked_on is not None:
        days = (moved.asked_on, *complaint_days(moved.asked_on, rules(request.case)))
    return replace(
        before,
        dispute_state=moved.state,
        complaint_on=days[0],
        answer_by=days[1],
        mediator_by=days[2],
    )


_TOLD: dict[RequestKind, Callable[[Asked, PartnerRequest, ActMove, RulesOf], Asked]] = {
    RequestKind.HOLD: _hold,
    RequestKind.ACTION: _action,
    RequestKind.DISPUTE: _dispute,
}
