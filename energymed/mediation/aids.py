"""Aid requests: the mediator opens one, the fund decides, the supplier is paid (DOMAIN §5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from energymed.accounts.scope import may_take_back
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Actor, Context
from energymed.base.dates import add_months
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse
from energymed.base.text.free_text import refuse_sensitive
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.aid_codes import AfterRefusal, AidPaper, RefusalReason
from energymed.mediation.aid_papers import (
    all_came,
    ask_papers,
    by_papers,
    carry_papers,
    first_papers,
)
from energymed.mediation.codes import ActKind, AidState, Fund
from energymed.mediation.directory_choice import chosen_fund
from energymed.mediation.directory_models import AidFund
from energymed.mediation.journal import check_in_charge, known_act, locked, new_act
from energymed.mediation.models import Act, AidRequest
from energymed.mediation.move_models import MoveKind
from energymed.mediation.moves import Step, carry_moves, set_aid_state
from energymed.mediation.states import (
    AID_MOVES,
    DECISIONS,
    NOT_NEXT,
    check_move,
    whose_step,
)
from energymed.partners.rulebook import load_fsl_months

STARTED = (AidState.IDENTIFIED, AidState.CONSENT_GIVEN, AidState.DOCUMENTS_PENDING)
PROTECTING_FUNDS = (Fund.FSL_ENERGY, Fund.FSL_WATER)
STEPS = (
    "submitted_on", "decision_on", "amount_granted_cents", "grant_part_cents", "loan_part_cents",
    "refusal_reason", "after_refusal", "moved_by_id",
)  # fmt: skip
PAID = N_(
    "Cette aide est versée au fournisseur : sa demande ne se corrige plus. Si le versement est "
    "faux, un chef d'équipe l'annule dans les mouvements de la dette."
)
DECIDED = N_(
    "Le fonds a décidé de cette demande : elle ne peut plus être barrée. Corrigez ce qui est faux "
    "; sa décision reste."
)
MAX_BODY = 120
REFUSAL_REASONS = RefusalReason.labels()
DOCUMENTS = AidPaper.labels()


@dataclass(frozen=True, slots=True)
class AidOpening:
    """What is known when a request is opened. `consent`: the household agrees to the request.

    `fund_id` is the row of the directory; else `fund` is a kind, for the row there for everybody.
    """

    fund: str
    consent: bool
    body: str | None = None
    amount_requested_cents: int | None = None
    missing_documents: tuple[str, ...] = ()
    fund_id: int | None = None


@dataclass(frozen=True, slots=True)
class AidStep:
    """What a step brings: a decision's amounts and date, a payment, missing papers."""

    on: date | None = None
    amount_cents: int | None = None
    loan_part_cents: int | None = None
    refusal_reason: str | None = None
    missing_documents: tuple[str, ...] = field(default=())


def open_aid(
    ctx: Context,
    case_id: int,
    opening: AidOpening,
    *,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> AidRequest:
    """Open an aid request.

    Raises:
        BadInput: unknown fund or paper, one that is not offered at the person's place today, or
            an amount that is not positive.
        Refused: the body's name holds a social-security number or an IBAN.
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, ActKind.AID_OPENED, request_key)
    if known is not None:
        return ctx.session.scalars(select(AidRequest).where(AidRequest.act_id == known.id)).one()
    fund, row = check_opening(ctx, case, opening)
    act = new_act(ctx, case, ActKind.AID_OPENED, contact_id=contact_id, request_key=request_key)
    aid = AidRequest(
        act_id=act.id,
        case_id=case.id,
        fund=fund,
        fund_id=row.id if row else None,
        body=collapse(opening.body or "") or None,
        opened_on=paris_date(ctx.now),
        moved_on=paris_date(ctx.now),
        amount_requested_cents=opening.amount_requested_cents,
        papers=first_papers(row, opening.missing_documents, paris_date(ctx.now), ctx.actor.user_id),
    )
    set_aid_state(ctx, aid, _first_state(opening), aid.opened_on)
    ctx.session.add(aid)
    after = {"fund": aid.fund, "fund_id": aid.fund_id, "state": aid.state}
    audit.record(ctx, "aid.opened", aid, after=after)
    ctx.session.flush()
    return aid


def check_opening(ctx: Context, case: Case, opening: AidOpening) -> tuple[Fund, AidFund | None]:
    """Refuse what `open_aid` would, writing nothing; gives the fund with its row."""
    requested, faults = opening.amount_requested_cents, Faults()
    with faults:
        chosen = chosen_fund(ctx.session, case, opening.fund, opening.fund_id, paris_date(ctx.now))
    faults.when(
        requested is not None and requested <= 0,
        BadInput(N_("Le montant demandé doit être positif."), field="amount"),
    )
    faults.when(
        not set(opening.missing_documents) <= set(DOCUMENTS),
        BadInput(N_("Pièce inconnue."), field="missing_documents"),
    )
    faults.when(
        len(opening.body or "") > MAX_BODY,
        BadInput(N_("Ce texte dépasse %(most)s caractères."), field="body", most=MAX_BODY),
    )
    with faults:
        refuse_sensitive(opening.body, "body")
    faults.tell()
    return chosen


def _first_state(opening: AidOpening) -> AidState:
    if not opening.consent:
        return AidState.IDENTIFIED
    return AidState.DOCUMENTS_PENDING if opening.missing_documents else AidState.CONSENT_GIVEN


def move_aid(ctx: Context, aid_id: int, state: AidState, step: AidStep) -> AidRequest:
    """Take a request one step further.

    A submitted FSL request protects supply for the months that the rule of its day gives. The fund
    decides; a decision in part or in full needs its amount, a refusal its coded reason, a payment
    its date and amount.
    Anybody of the site takes a request on; whoever is in charge, or a lead, takes it back.

    Raises:
        NotFound: unknown or of another site.
        Refused: when the state may not follow, or takes back what is somebody else's.
        BadInput: when the step lacks what it needs, with `params["field"]`.
    """
    aid, case = locked(ctx, AidRequest, aid_id)
    if aid.state == state:
        return aid
    check_move(AID_MOVES, aid.state, state)
    if whose := whose_step(aid, state):
        check_in_charge(ctx.actor, *whose)
    before = aid.state
    _apply(ctx, aid, state, step)
    aid.moved_on, aid.moved_by_id = step.on or paris_date(ctx.now), ctx.actor.user_id
    set_aid_state(ctx, aid, state, aid.moved_on)
    audit.record(
        ctx,
        "aid.moved",
        aid,
        before={"state": before},
        after={"state": state, "amount_cents": step.amount_cents},
    )
    ctx.session.flush()
    if state == AidState.PAID_TO_SUPPLIER and case.debt_cents is not None:
        _book(ctx, case, aid)
    return aid


def next_states(actor: Actor, aid: AidRequest) -> list[AidState]:
    """The states to which the actor may take a request."""
    whose = {state: whose_step(aid, state) for state in AID_MOVES[aid.state]}
    return [state for state, ids in whose.items() if not ids or may_take_back(actor, *ids)]


def note_after_refusal(ctx: Context, aid_id: int, done: AfterRefusal) -> AidRequest:
    """What was done after a fund refused; noted again, it is corrected.

    Raises:
        NotFound: unknown or of another site.
        Refused: nobody refused it.
    """
    aid, _case = locked(ctx, AidRequest, aid_id)
    if aid.state != AidState.REFUSED:
        raise Refused(NOT_NEXT)
    before, aid.after_refusal = aid.after_refusal, done
    if before != done:
        told = {"after_refusal": done}
        audit.record(ctx, "aid.moved", aid, before={"after_refusal": before}, after=told)
    ctx.session.flush()
    return aid


def aid_of(ctx: Context, act: Act) -> AidRequest:
    """The request that an act opened."""
    return ctx.session.scalars(select(AidRequest).where(AidRequest.act_id == act.id)).one()


def withdraw_aid(ctx: Context, act: Act, *, replaced: bool = False) -> None:
    """Withdraw the request of an act that is taken back.

    Args:
        replaced: another request takes its place, with the steps that were taken.

    Raises:
        Refused: the supplier has the money; or the fund has decided, and nothing replaces it.
    """
    aid = aid_of(ctx, act)
    if aid.state == AidState.PAID_TO_SUPPLIER:
        raise Refused(PAID)
    if aid.state in DECISIONS and not replaced:
        raise Refused(DECIDED)
    before = aid.state
    if before == AidState.WITHDRAWN:
        return
    set_aid_state(ctx, aid, AidState.WITHDRAWN, paris_date(ctx.now))
    aid.moved_by_id = ctx.actor.user_id
    told = {"state": aid.state}
    audit.record(ctx, "aid.moved", aid, before={"state": before}, after=told)
    ctx.session.flush()


def carry_steps(ctx: Context, former: AidRequest, steps: Sequence[Step], aid: AidRequest) -> None:
    """Let a request stand where the one whose place it takes stood, by the steps that it took.

    The fund may be another: what it protects is worked out anew.
    """
    carry_papers(former, aid)
    state = AidState(steps[-1].state)
    if state in STARTED:
        if (after := by_papers(aid)) != aid.state:
            set_aid_state(ctx, aid, after, former.moved_on)
        return
    for name in STEPS:
        setattr(aid, name, getattr(former, name))
    carry_moves(ctx, aid.act, MoveKind.AID, steps[1:-1])
    set_aid_state(ctx, aid, state, steps[-1].on)
    aid.protects_until = None
    if aid.submitted_on and aid.fund in PROTECTING_FUNDS:
        months = load_fsl_months(ctx.session, aid.submitted_on)
        aid.protects_until = add_months(aid.submitted_on, months)
    audit.record(ctx, "aid.moved", aid, after={"state": state})
    ctx.session.flush()


def _book(ctx: Context, case: Case, aid: AidRequest) -> None:
    """The supplier has the money: the debt falls by as much, once."""
    if aid.paid_cents and aid.paid_on:
        record_aid_payment(
            ctx,
            case,
            cents=aid.paid_cents,
            paid_on=aid.paid_on,
            key=f"aid:{aid.id}",
            source=aid.fund,
            filed_on=aid.submitted_on or aid.opened_on,
        )


def _apply(ctx: Context, aid: AidRequest, state: AidState, step: AidStep) -> None:
    on = step.on or paris_date(ctx.now)
    if on > paris_date(ctx.now):
        raise BadInput(N_("Cette date est dans le futur."), field="on")
    last = max((day for day in (aid.submitted_on, aid.decision_on) if day), default=on)
    if on < last:
        raise BadInput(N_("Cette date précède l'étape d'avant."), field="on")
    if state in (AidState.DOCUMENTS_PENDING, AidState.COMPLETE, AidState.SUBMITTED):
        _prepare(ctx, aid, state, step, on)
    elif state in (*DECISIONS, AidState.REFUSED, AidState.ADJOURNED):
        aid.decision_on = on
        _decide(aid, state, step)
    elif state == AidState.PAID_TO_SUPPLIER:
        paid = _amount(step)
        if aid.amount_granted_cents is not None and paid > aid.amount_granted_cents:
            raise BadInput(N_("Le versement dépasse le montant accordé."), field="amount")
        aid.paid_on, aid.paid_cents = on, paid


def _prepare(ctx: Context, aid: AidRequest, state: AidState, step: AidStep, on: date) -> None:
    if state == AidState.SUBMITTED:
        aid.submitted_on = on
        if aid.fund in PROTECTING_FUNDS:
            aid.protects_until = add_months(on, load_fsl_months(ctx.session, on))
        return
    if state == AidState.COMPLETE:
        all_came(aid, on, ctx.actor.user_id)
        return
    if not step.missing_documents or not set(step.missing_documents) <= set(DOCUMENTS):
        raise BadInput(N_("Cochez les pièces qui manquent."), field="missing_documents")
    ask_papers(aid, step.missing_documents, on, ctx.actor.user_id)


def _decide(aid: AidRequest, state: AidState, step: AidStep) -> None:
    if state == AidState.ADJOURNED:
        return
    if state == AidState.REFUSED:
        if as_code(RefusalReason, step.refusal_reason) is None:
            raise BadInput(N_("Choisissez le motif du refus."), field="refusal_reason")
        aid.refusal_reason = step.refusal_reason
        return
    granted = _amount(step)
    loan = granted if state == AidState.GRANTED_LOAN else step.loan_part_cents or 0
    if not 0 <= loan <= granted:
        raise BadInput(N_("La part de prêt dépasse le montant accordé."), field="loan_part")
    aid.amount_granted_cents = granted
    aid.loan_part_cents = loan
    aid.grant_part_cents = granted - loan


def _amount(step: AidStep) -> int:
    if step.amount_cents is None or step.amount_cents <= 0:
        raise BadInput(N_("Donnez le montant."), field="amount")
    return step.amount_cents
