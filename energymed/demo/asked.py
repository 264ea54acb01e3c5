"""What partners were asked for, and what they answered: holds, actions, complaints, promises.

Beside some of the latest conversations of a site, through the same use cases as a person's work;
what is older than a few weeks has come to its end. Nothing is drawn: the nth conversation has the
nth story.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, today
from energymed.base.context import Actor, Context
from energymed.cases.models import Case
from energymed.demo.team import Office
from energymed.mediation.acts import note_kept, record_act
from energymed.mediation.codes import ActKind, ForwardedTo, PaymentMethod
from energymed.mediation.models import Act
from energymed.mediation.request_codes import (
    DisputeSubject,
    HoldReason,
    HoldSubject,
    HoldTarget,
    RequestKind,
    RequestState,
    SupplierAction,
    WordKept,
)
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import MOVES, move_request, note_avoided
from energymed.partners.codes import CampaignKind, Energy

TOLD, EVERY = 24, 5  # conversations of a mission; of the latest, every so many
LEFT_OPEN = timedelta(days=25)
AVOIDED_AFTER = 9  # days
SOURCE = "Courriel du partenaire"


@dataclass(frozen=True, slots=True)
class Story:
    """An act, and what came of it: (days later, the states of its requests, in their order)."""

    kind: ActKind
    details: Mapping[str, Any] = field(default_factory=dict)
    steps: Sequence[tuple[int, tuple[RequestState, ...]]] = ()
    avoided: bool = False


def _hold(of: HoldTarget, what: HoldSubject, why: HoldReason) -> dict[str, Any]:
    return {"subjects": [what], "asked_of": of, "reason": why}


GRANTED, REFUSED = (RequestState.GRANTED,), (RequestState.REFUSED,)
SUPPLIER, NETWORK = HoldTarget.SUPPLIER, HoldTarget.NETWORK
OF_A_BILL = (
    Story(
        ActKind.HOLD_ASKED,
        _hold(SUPPLIER, HoldSubject.REMINDERS, HoldReason.AID_PENDING),
        [(2, GRANTED)],
    ),
    Story(
        ActKind.SUPPLIER_ACTION,
        {"actions": [SupplierAction.MONTHLY_AMOUNT, SupplierAction.DEBIT_DATE]},
        [(4, (RequestState.GRANTED, RequestState.REFUSED))],
    ),
    Story(
        ActKind.HOLD_ASKED,
        _hold(SUPPLIER, HoldSubject.LIMITATION, HoldReason.PLAN_TO_COME),
        [(1, GRANTED)],
        avoided=True,
    ),
    Story(ActKind.DISPUTE, {"subject": DisputeSubject.READING,
                            "forwarded_to": ForwardedTo.SUPPLIER}),
    Story(ActKind.PAYS_FULL, {"method": PaymentMethod.CARD}),
    Story(
        ActKind.HOLD_ASKED,
        _hold(SUPPLIER, HoldSubject.CUT, HoldReason.DISPUTE),
        [(3, REFUSED)],
    ),
    Story(ActKind.SUPPLIER_ACTION, {"actions": [SupplierAction.SELF_READING]}),
    Story(
        ActKind.DISPUTE,
        {"subject": DisputeSubject.AMOUNT, "forwarded_to": ForwardedTo.SUPPLIER, "written": True},
        [(12, REFUSED), (15, (RequestState.WITH_MEDIATOR,))],
    ),
    Story(
        ActKind.HOLD_ASKED,
        _hold(SUPPLIER, HoldSubject.REMINDERS, HoldReason.SOCIAL_FOLLOW_UP),
        [(5, (RequestState.NO_ANSWER,))],
    ),
)  # fmt: skip
OF_A_NOTICE = (
    Story(
        ActKind.HOLD_ASKED,
        _hold(NETWORK, HoldSubject.CUT, HoldReason.PAYMENT_ANNOUNCED),
        [(1, GRANTED)],
        avoided=True,
    ),
    Story(ActKind.PAYS_FULL, {"method": PaymentMethod.TRANSFER}),
    Story(ActKind.PAID_ALREADY),
)


def ask_partners(session: Session, office: Office) -> None:
    """Tell the stories beside the latest conversations of a site, of each mission."""
    for kind, near, stories in (
        (CampaignKind.UNPAID_BILL, (ActKind.PLAN_AGREED, ActKind.AID_OPENED), OF_A_BILL),
        (CampaignKind.CUTOFF_NOTICE, (ActKind.CUTOFF_INFORMED,), OF_A_NOTICE),
    ):
        latest = session.scalars(
            select(Act)
            .join(Case, Case.id == Act.case_id)
            .where(Case.site_id == office.site.id, Case.campaign_kind == kind)
            .where(Case.energy.is_(None) | (Case.energy == Energy.ELECTRICITY))
            .where(Act.kind.in_(near), Act.user_id.is_not(None))
            .order_by(Act.created_at.desc(), Act.id.desc())
            .limit(TOLD * EVERY)
        ).all()
        for act, story in zip(latest[::EVERY], cycle(stories), strict=False):
            _Telling(session, office, act).tell(story)


class _Telling:
    """One story beside one conversation."""

    def __init__(self, session: Session, office: Office, near: Act) -> None:
        self.session, self.office, self.near = session, office, near
        mediators = {user.id: user.as_actor() for user in office.mediators}
        self.actor = mediators.get(near.user_id or 0, office.lead.as_actor())
        self.day: date = near.acted_on
        self.over = today() - self.day > LEFT_OPEN

    def tell(self, story: Story) -> None:
        """The act of the same conversation, then what came of it up to today."""
        ctx = self._ctx(self.actor, self.near.created_at)
        case = self.session.get_one(Case, self.near.case_id)
        details = self._details(story, case)
        if details is None:
            return
        act = record_act(ctx, case.id, story.kind, details, contact_id=self.near.contact_id)
        requests = self.session.scalars(
            select(PartnerRequest)
            .where(PartnerRequest.act_id == act.id)
            .order_by(PartnerRequest.id)
        ).all()
        for after, states in story.steps:
            for request, state in zip(requests, states, strict=True):
                self._move(request, state, after)
        if story.avoided and self._passed(AVOIDED_AFTER):
            for request in requests:
                lead = self._ctx(self.office.lead.as_actor(), self._at(AVOIDED_AFTER))
                note_avoided(lead, request.id, self._on(AVOIDED_AFTER), SOURCE)
        if self.over:
            self._end(act, requests)

    def _details(self, story: Story, case: Case) -> dict[str, Any] | None:
        """The answers of the act on its day; None where there is nothing to promise."""
        details = dict(story.details)
        if details.pop("written", False):
            details["complaint_on"] = self.day
        if story.kind == ActKind.PAID_ALREADY:
            details["declared_on"] = self.day
        if story.kind == ActKind.PAYS_FULL:
            details["promised_on"] = self._on(10)
            if case.debt_cents is not None:
                details["amount_cents"] = case.debt_cents // 2
                return details if details["amount_cents"] > 0 else None
        return details

    def _end(self, act: Act, requests: Sequence[PartnerRequest]) -> None:
        """What nobody awaits any more."""
        after = LEFT_OPEN.days
        for request in requests:
            if request.state == RequestState.TO_WRITE:
                self._move(request, RequestState.ENDED, after)
            elif request.kind == RequestKind.ACTION:
                self._move(request, RequestState.GRANTED, after)
            elif request.kind == RequestKind.HOLD:
                end = (request.until - self.day).days if request.until else after
                self._move(request, RequestState.ENDED, max(after, end))
        if act.kind in (ActKind.PAYS_FULL, ActKind.PAID_ALREADY):
            note_kept(self._ctx(self.actor, self._at(after)), act.id, WordKept.KEPT)

    def _move(self, request: PartnerRequest, state: RequestState, after: int) -> None:
        if self._passed(after) and state in MOVES[request.kind][request.state]:
            move_request(self._ctx(self.office.lead.as_actor(), self._at(after)), request.id, state)

    def _ctx(self, actor: Actor, at: datetime) -> Context:
        return Context(self.session, actor, at)

    def _on(self, after: int) -> date:
        return self.day + timedelta(days=after)

    def _at(self, after: int) -> datetime:
        return at_paris(self._on(after), time(11, 0))

    def _passed(self, after: int) -> bool:
        return self._on(after) < today()
