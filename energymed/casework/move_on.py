"""Taking on what runs with a person, from any door: the desk's save, the case, the work tray."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.codes import AnyCode, as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, Faults, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.cases.queries import get_case
from energymed.casework.due_follow_ups import end_moved
from energymed.mediation.acts import note_kept
from energymed.mediation.aid_codes import AfterRefusal
from energymed.mediation.aid_papers import PapersNoted, check_papers, note_papers
from energymed.mediation.aids import AidStep, move_aid, note_after_refusal
from energymed.mediation.codes import AidState, InstalmentWord, PlanState
from energymed.mediation.instalments import get_instalment, note_word
from energymed.mediation.models import Act, AidRequest, Instalment, Plan, Referral
from energymed.mediation.plans import is_confirmed, move_plan
from energymed.mediation.referrals import note_news
from energymed.mediation.request_codes import ReferralNews, RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import RequestStep, move_request
from energymed.mediation.running import Needs, Running, moves_of
from energymed.mediation.states import NOT_NEXT


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one thing that runs: `to` is the code of its move (`mediation.running.Move`).

    `on` is today when nobody says; amounts in cents; `until` of a hold that is granted.
    """

    kind: Running
    record_id: int
    to: str
    on: date | None = None
    amount_cents: Cents | None = None
    loan_part_cents: Cents | None = None
    refusal_reason: str | None = None
    missing_documents: tuple[str, ...] = ()
    until: date | None = None
    papers: PapersNoted | None = None

    @property
    def name(self) -> str:
        """What the names of its controls begin with."""
        return f"move-{self.kind}-{self.record_id}"


def check_all(ctx: Context, steps: Sequence[Step]) -> None:
    """Refuse steps that cannot follow or lack what they need, writing nothing.

    Raises:
        NotFound: unknown or of another site.
        DomainError: with `params["field"]` naming a control of the step; all at once.
    """
    faults = Faults()
    for step in steps:
        with faults, _named(step):
            _check(ctx, step)
    faults.tell()


def move_all(ctx: Context, steps: Sequence[Step]) -> None:
    """Take things on (`check_all` has found them right, or raises as it does)."""
    for step in steps:
        with _named(step):
            move_on(ctx, step)


def move_on(ctx: Context, step: Step) -> int:
    """Take one thing a step further; gives the id of its case.

    Raises:
        NotFound: unknown or of another site.
        DomainError: the step may not follow, or lacks what it needs; with `params["field"]`.
    """
    case_id = _moved(ctx, step)
    end_moved(ctx, case_id)
    return case_id


def _moved(ctx: Context, step: Step) -> int:
    match step.kind:
        case Running.INSTALMENT:
            get_instalment(ctx, step.record_id)
            said = note_word(ctx, step.record_id, _code(InstalmentWord, step))
            return said.plan.case_id
        case Running.PLAN:
            return move_plan(ctx, step.record_id, _code(PlanState, step)).case_id
        case Running.AID:
            state = _code(AidState, step)
            told = AidStep(
                on=step.on,
                amount_cents=step.amount_cents,
                loan_part_cents=step.loan_part_cents,
                refusal_reason=step.refusal_reason,
                missing_documents=step.missing_documents,
            )
            return move_aid(ctx, step.record_id, state, told).case_id
        case Running.PAPERS:
            return note_papers(ctx, step.record_id, step.papers or PapersNoted()).case_id
        case Running.REFUSAL:
            done = _code(AfterRefusal, step)
            return note_after_refusal(ctx, step.record_id, done).case_id
        case Running.REFERRAL:
            return note_news(ctx, step.record_id, _code(ReferralNews, step), step.on).case_id
        case Running.REQUEST:
            answer = RequestStep(on=step.on, until=step.until)
            return move_request(ctx, step.record_id, _code(RequestState, step), answer).case_id
        case Running.WORD:
            return note_kept(ctx, step.record_id, _code(WordKept, step)).case_id


def _check(ctx: Context, step: Step) -> None:
    record = ctx.session.get(RECORDS[step.kind], step.record_id)
    plan = record.plan if isinstance(record, Instalment) else record
    if record is None or plan is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, plan.case_id)
    if step.kind == Running.PAPERS:
        check_papers(record, step.papers or PapersNoted())
        return
    if _stands_so(record, step):
        return  # a second press, or a colleague was quicker: `move_on` changes nothing
    move = next(
        (
            each
            for each in moves_of(ctx.actor, plan, paris_date(ctx.now))
            if (each.kind, each.record_id, each.to) == (step.kind, step.record_id, step.to)
        ),
        None,
    )
    if move is None:
        raise Refused(NOT_NEXT)
    for need in move.needed:
        if not getattr(step, _FIELDS.get(need, need)):
            raise BadInput(_MISSING[need], field=need)


def _stands_so(record: Any, step: Step) -> bool:
    if isinstance(record, Plan) and step.to == PlanState.CONFIRMED and is_confirmed(record):
        return True
    return bool(getattr(record, _STANDS[step.kind]) == step.to)


# where a record says how it stands
_STANDS: dict[Running, str] = {
    Running.INSTALMENT: "said",
    Running.PLAN: "state",
    Running.AID: "state",
    Running.REFUSAL: "after_refusal",
    Running.REFERRAL: "news",
    Running.REQUEST: "state",
    Running.WORD: "kept",
}
_FIELDS = {Needs.AMOUNT: "amount_cents", Needs.LOAN: "loan_part_cents"}
_MISSING = {
    Needs.AMOUNT: N_("Donnez le montant."),
    Needs.REASON: N_("Choisissez le motif du refus."),
    Needs.PAPERS: N_("Cochez les pièces qui manquent."),
}
RECORDS: dict[Running, type[Any]] = {
    Running.INSTALMENT: Instalment,
    Running.PLAN: Plan,
    Running.AID: AidRequest,
    Running.PAPERS: AidRequest,
    Running.REFUSAL: AidRequest,
    Running.REFERRAL: Referral,
    Running.REQUEST: PartnerRequest,
    Running.WORD: Act,
}


def _code(family: type[AnyCode], step: Step) -> AnyCode:
    found = as_code(family, step.to)
    if found is None:
        raise Refused(NOT_NEXT)
    return found


@contextmanager
def _named(step: Step) -> Iterator[None]:
    """Let an error of a step name the control that it is about."""
    try:
        yield
    except DomainError as error:
        for each in (error, *error.more):
            field = each.params.get("field")
            each.params["field"] = f"{step.name}-{field}" if field else step.name
        raise
