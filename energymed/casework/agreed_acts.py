"""What was agreed in a conversation: each act with its typed terms, judged and then written.

An error of an act names the control that it is about: "amount" of the plan is "plan_amount".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import DomainError, Faults
from energymed.cases.models import Case
from energymed.mediation.acts import check_act, record_act
from energymed.mediation.aids import AidOpening, check_opening, open_aid
from energymed.mediation.budget_studies import BudgetStudy, check_study, record_study
from energymed.mediation.cheque import ChequeTalk, check_talk, give_awareness
from energymed.mediation.codes import ActKind
from energymed.mediation.plans import agree_plan, payments_of
from energymed.mediation.referrals import ReferralRequest, check_referral, refer
from energymed.mediation.rules import PlanTerms

Terms = PlanTerms | AidOpening | ReferralRequest | ChequeTalk | BudgetStudy | Mapping[str, Any]
# act → what the names of its controls begin with, where it is not the code itself
PREFIXES = {
    ActKind.PLAN_AGREED: "plan",
    ActKind.AID_OPENED: "aid",
    ActKind.ENERGY_CHEQUE_AWARENESS: "cheque",
    ActKind.BUDGET_STUDY: "budget",
}
WITH_TERMS = (
    ActKind.PLAN_AGREED, ActKind.BUDGET_STUDY, ActKind.AID_OPENED, ActKind.REFERRAL,
    ActKind.ENERGY_CHEQUE_AWARENESS,
)  # fmt: skip
# a referral comes before the lack of means that asks for one
ORDER = (*WITH_TERMS, *(kind for kind in ActKind if kind not in WITH_TERMS))


@dataclass(frozen=True, slots=True)
class AgreedAct:
    """An act that was agreed.

    `terms` are those of its kind: the answers by name (`mediation.details.FIELDS`) where the kind
    has no table of its own. What was not given, or could not be read, is left out.
    """

    kind: ActKind
    terms: Terms


def prefix(kind: ActKind) -> str:
    """What the names of the act's controls begin with."""
    return PREFIXES.get(kind, kind)


def check_acts(
    ctx: Context, case: Case, acts: Sequence[AgreedAct], *, with_guardian: bool = False
) -> None:
    """Refuse acts that the case does not bear, all that is wrong at once; nothing is written.

    Args:
        with_guardian: the person's guardian takes part in the conversation.

    Raises:
        DomainError: with `params["field"]` naming a control, or "acts".
    """
    faults = Faults()
    said = _Said(
        referred=any(act.kind == ActKind.REFERRAL for act in acts), with_guardian=with_guardian
    )
    for act in in_order(acts):
        with faults, _named(act.kind):
            _check(ctx, case, act, said)
    faults.tell()


def record_acts(
    ctx: Context,
    case_id: int,
    acts: Sequence[AgreedAct],
    *,
    contact_id: int | None,
    key: str | None,
    with_guardian: bool = False,
) -> None:
    """Write the acts of a contact of this case, or of none.

    Args:
        key: of the request that brings them, so that a double click makes each of them once.
    """
    origin = {"contact_id": contact_id, "request_key": key}
    for act in in_order(acts):
        with _named(act.kind):
            _record(ctx, case_id, act, origin, with_guardian=with_guardian)


def in_order(acts: Sequence[AgreedAct]) -> list[AgreedAct]:
    """The acts as they are judged and written."""
    return sorted(acts, key=lambda act: ORDER.index(act.kind))


@dataclass(frozen=True, slots=True)
class _Said:
    """What else the conversation says, on which an act may hang."""

    referred: bool
    with_guardian: bool


def _check(ctx: Context, case: Case, act: AgreedAct, said: _Said) -> None:
    match act.terms:
        case PlanTerms() as terms:
            payments_of(ctx.session, case, terms, now=ctx.now, with_guardian=said.with_guardian)
        case BudgetStudy() as told:
            check_study(ctx.session, case, told, paris_date(ctx.now))
        case AidOpening() as opening:
            check_opening(ctx, case, opening)
        case ReferralRequest() as request:
            check_referral(ctx, case, request)
        case ChequeTalk() as talk:
            check_talk(ctx, case, talk)
        case answers:
            check_act(ctx, case, act.kind, answers, referred=said.referred)


def _record(
    ctx: Context, case_id: int, act: AgreedAct, origin: dict[str, Any], *, with_guardian: bool
) -> None:
    match act.terms:
        case PlanTerms() as terms:
            agree_plan(ctx, case_id, terms, with_guardian=with_guardian, **origin)
        case BudgetStudy() as told:
            record_study(ctx, case_id, told, **origin)
        case AidOpening() as opening:
            open_aid(ctx, case_id, opening, **origin)
        case ReferralRequest() as request:
            refer(ctx, case_id, request, **origin)
        case ChequeTalk() as talk:
            give_awareness(ctx, case_id, talk, **origin)
        case answers:
            record_act(ctx, case_id, act.kind, answers, **origin)


@contextmanager
def _named(kind: ActKind) -> Iterator[None]:
    """Let an error of an act name the control that it is about."""
    try:
        yield
    except DomainError as error:
        for each in (error, *error.more):
            field = each.params.get("field")
            each.params["field"] = f"{prefix(kind)}_{field}" if field else "acts"
        raise
