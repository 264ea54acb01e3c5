"""What a partner is asked for: a hold, actions on the contract, a complaint; answered and ended.

A hold is the strongest lever of the trade (DOMAIN §10): it is asked of the supplier or the network,
granted until a day, and ends. That an intervention did not take place counts on the partner's word
alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from energymed.accounts.scope import may_take_back
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse
from energymed.base.text.free_text import check_words
from energymed.cases.max_future import check_max_future
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.codes import ActKind, ForwardedTo
from energymed.mediation.holds import usual_end
from energymed.mediation.journal import check_in_charge, locked
from energymed.mediation.models import Act
from energymed.mediation.moves import set_avoided, set_request_state
from energymed.mediation.request_codes import RequestKind, RequestState
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.states import check_move

ASKING = {
    ActKind.HOLD_ASKED: RequestKind.HOLD,
    ActKind.SUPPLIER_ACTION: RequestKind.ACTION,
    ActKind.DISPUTE: RequestKind.DISPUTE,
}
LONGEST_SOURCE = 200
_ANSWERS = (RequestState.GRANTED, RequestState.REFUSED)
_OF_ALL: dict[RequestState, tuple[RequestState, ...]] = {
    RequestState.TO_WRITE: (RequestState.ASKED, RequestState.ENDED),
    RequestState.ASKED: (*_ANSWERS, RequestState.NO_ANSWER, RequestState.ENDED),
    RequestState.NO_ANSWER: (RequestState.ASKED, *_ANSWERS, RequestState.ENDED),
    RequestState.GRANTED: (),
    RequestState.REFUSED: (),
    RequestState.WITH_MEDIATOR: (*_ANSWERS, RequestState.ENDED),
    RequestState.ENDED: (),
}
MOVES: dict[RequestKind, Mapping[RequestState, tuple[RequestState, ...]]] = {
    RequestKind.HOLD: {**_OF_ALL, RequestState.GRANTED: (RequestState.ENDED,)},
    RequestKind.ACTION: _OF_ALL,
    RequestKind.DISPUTE: {
        **_OF_ALL,
        RequestState.REFUSED: (RequestState.WITH_MEDIATOR, RequestState.ENDED),
        RequestState.NO_ANSWER: (RequestState.WITH_MEDIATOR, *_ANSWERS, RequestState.ENDED),
    },
}
OPEN_STATES = {
    kind: tuple(state for state, following in moves.items() if following)
    for kind, moves in MOVES.items()
}


@dataclass(frozen=True, slots=True)
class RequestStep:
    """What a step brings: its day, and for a hold the day until which it is granted."""

    on: date | None = None
    until: date | None = None


def open_requests(ctx: Context, case: Case, act: Act) -> list[PartnerRequest]:
    """What an act of asking asks for, one request each; nothing for an act that asks nothing.

    Raises:
        BadInput: a complaint for the mediator that nobody has written to the supplier.
    """
    kind = ASKING.get(act.kind)
    if kind is None:
        return []
    requests = []
    for subject in _subjects(kind, act.details):
        state, days = _asked(ctx, case, act, kind)
        request = PartnerRequest(
            act_id=act.id, case_id=case.id, kind=kind, subject=subject, **days
        )  # fmt: skip
        set_request_state(ctx, request, state, act.acted_on)
        requests.append(request)
    ctx.session.add_all(requests)
    ctx.session.flush()
    for each in requests:
        after = {"kind": kind, "subject": each.subject, "state": each.state}
        audit.record(ctx, "request.asked", each, after=after)
    return requests


def check_asking(kind: ActKind, details: Mapping[str, Any]) -> None:
    """Refuse what `open_requests` would: the mediator for energy comes after a written complaint.

    Raises:
        BadInput: with `params["field"]`.
    """
    passed_on = kind == ActKind.DISPUTE and details.get("forwarded_to") == ForwardedTo.MNE
    if passed_on and not details.get("complaint_on"):
        raise BadInput(
            N_("Le médiateur demande une réclamation écrite au fournisseur : donnez sa date."),
            field="complaint_on",
        )


def move_request(
    ctx: Context, request_id: int, state: RequestState, step: RequestStep | None = None
) -> PartnerRequest:
    """Take a request one step further; noted again as it stands, it changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Refused: when the state may not follow, or drops what is somebody else's.
        BadInput: a day in the future, before the request, or a hold's end before its grant.
    """
    request, case = locked(ctx, PartnerRequest, request_id)
    if request.state == state:
        return request
    check_move(MOVES[request.kind], request.state, state)
    if state == RequestState.ENDED and request.state != RequestState.GRANTED:
        check_in_charge(ctx.actor, *request.in_charge)
    step = step or RequestStep()
    on = _day_of(ctx, request, step)
    before, request.moved_by_id = request.state, ctx.actor.user_id
    if state == RequestState.ASKED:
        request.asked_on = on
    if request.kind == RequestKind.HOLD and state == RequestState.GRANTED:
        request.until = _granted_until(ctx, case, request, step, on)
    set_request_state(ctx, request, state, on)
    audit.record(
        ctx, "request.moved", request, before={"state": before},
        after={"state": state, "on": on.isoformat()},
    )  # fmt: skip
    ctx.session.flush()
    return request


def note_avoided(ctx: Context, request_id: int, on: date | None, source: str) -> PartnerRequest:
    """The partner says that the intervention did not take place after a hold (DOMAIN §10).

    Args:
        source: where that stands, in a few words (an e-mail, a file, a call).

    Raises:
        NotFound: unknown or of another site.
        Refused: its act is crossed out.
        BadInput: no hold that was asked for, a day before it or in the future, or no source.
    """
    request, _case = locked(ctx, PartnerRequest, request_id)
    if request.act.voided_at is not None:
        raise Refused(N_("Cette demande est barrée."))
    if request.kind != RequestKind.HOLD or request.asked_on is None:
        raise BadInput(N_("Seule une suspension demandée évite une intervention."))
    if on is None or not request.asked_on <= on <= paris_date(ctx.now):
        raise BadInput(N_("Donnez un jour entre la demande et aujourd'hui."), field="on")
    said = collapse(source)
    if not said:
        raise BadInput(N_("Dites d'où le partenaire le tient."), field="source")
    check_words(said, "source", most=LONGEST_SOURCE)
    before = request.avoided_on.isoformat() if request.avoided_on else None
    set_avoided(ctx, request, on)
    request.avoided_source = said
    audit.record(
        ctx, "request.avoided", request, before={"on": before}, after={"on": on.isoformat()}
    )
    ctx.session.flush()
    return request


def forget_avoided(ctx: Context, request_id: int) -> PartnerRequest:
    """The partner did not say so after all; a second time changes nothing.

    Raises:
        NotFound: unknown or of another site.
    """
    request, _case = locked(ctx, PartnerRequest, request_id)
    if request.avoided_on is None:
        return request
    before = request.avoided_on.isoformat()
    set_avoided(ctx, request, None)
    request.avoided_source = None
    audit.record(ctx, "request.not_avoided", request, before={"on": before})
    ctx.session.flush()
    return request


def get_request(ctx: Context, request_id: int) -> PartnerRequest:
    """A request, when its case is the actor's to see.

    Raises:
        NotFound: unknown or of another site.
    """
    request = ctx.session.get(PartnerRequest, request_id)
    if request is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, request.case_id)
    return request


def withdraw_requests(ctx: Context, act: Act) -> None:
    """End what an act asked of a partner, as the act itself is crossed out."""
    for request in ctx.session.scalars(
        select(PartnerRequest).where(PartnerRequest.act_id == act.id)
    ):
        if request.state == RequestState.ENDED:
            continue
        before, request.moved_by_id = request.state, ctx.actor.user_id
        set_request_state(ctx, request, RequestState.ENDED, paris_date(ctx.now))
        audit.record(
            ctx, "request.withdrawn", request, before={"state": before},
            after={"state": RequestState.ENDED},
        )  # fmt: skip
    ctx.session.flush()


def next_request_states(actor: Actor, request: PartnerRequest) -> list[RequestState]:
    """The states to which the actor may take a request."""
    mine = may_take_back(actor, *request.in_charge)
    granted = request.state == RequestState.GRANTED
    return [
        state
        for state in MOVES[request.kind][request.state]
        if mine or granted or state != RequestState.ENDED
    ]


def _subjects(kind: RequestKind, details: Mapping[str, Any]) -> list[str]:
    match kind:
        case RequestKind.ACTION:
            return list(details["actions"])
        case RequestKind.DISPUTE:
            return [details["subject"]]
        case _:
            return [""]


def _asked(
    ctx: Context, case: Case, act: Act, kind: RequestKind
) -> tuple[RequestState, dict[str, Any]]:
    """State of a request as it begins, and its days: since when, until when."""
    if kind != RequestKind.DISPUTE:
        until = None
        if kind == RequestKind.HOLD:
            until = _day(act.details.get("until")) or usual_end(ctx, case, act.acted_on)
        return RequestState.ASKED, {"asked_on": act.acted_on, "until": until}
    written = _day(act.details.get("complaint_on"))
    if written is None:
        return RequestState.TO_WRITE, {"asked_on": None}
    passed_on = act.details.get("forwarded_to") == ForwardedTo.MNE
    state = RequestState.WITH_MEDIATOR if passed_on else RequestState.ASKED
    return state, {"asked_on": written}


def _granted_until(
    ctx: Context, case: Case, request: PartnerRequest, step: RequestStep, on: date
) -> date:
    """The day said, else the day asked for while it is to come, else the usual end."""
    if step.until is not None and step.until < on:
        raise BadInput(N_("Cette date est déjà passée."), field="until")
    if step.until is not None:
        check_max_future(step.until, on, "until")
    asked = request.until if request.until is not None and request.until >= on else None
    return step.until or asked or usual_end(ctx, case, on)


def _day_of(ctx: Context, request: PartnerRequest, step: RequestStep) -> date:
    on = step.on or paris_date(ctx.now)
    if on > paris_date(ctx.now):
        raise BadInput(N_("Cette date est dans le futur."), field="on")
    if request.state != RequestState.TO_WRITE and on < request.state_on:
        raise BadInput(N_("Cette date précède l'étape d'avant."), field="on")
    return on


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
