"""What was agreed in a conversation: each act with its typed terms, judged and then written.

An error of an act names the control that it is about: "amount" of the plan is "plan_amount".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from energymed.base.context import Context
from energymed.base.errors import DomainError, Faults
from energymed.cases.models import Case
from energymed.mediation.acts import check_act, record_act
from energymed.mediation.aids import AidOpening, check_opening, open_aid
from energymed.mediation.cheque import ChequeTalk, check_talk, give_awareness
from energymed.mediation.codes import ActKind
from energymed.mediation.plans import agree_plan, payments_of
from energymed.mediation.referrals import ReferralRequest, check_referral, refer
from energymed.mediation.rules import PlanTerms

Terms = PlanTerms | AidOpening | ReferralRequest | ChequeTalk | Mapping[str, Any]
# act → what the names of its controls begin with, where it is not the code itself
PREFIXES = {
    ActKind.PLAN_AGREED: "plan",
    ActKind.AID_OPENED: "aid",
    ActKind.ENERGY_CHEQUE_AWARENESS: "cheque",
}
WITH_TERMS = (
    ActKind.PLAN_AGREED, ActKind.AID_OPENED, ActKind.REFERRAL, ActKind.ENERGY_CHEQUE_AWARENESS,
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


def check_acts(ctx: Context, case: Case, acts: Sequence[AgreedAct]) -> None:
    """Refuse acts that the case does not bear, all that is wrong at once; nothing is written.

    Raises:
        DomainError: with `params["field"]` naming a control, or "acts".
    """
    faults = Faults()
    referred = any(act.kind == ActKind.REFERRAL for act in acts)
    for act in in_order(acts):
        with faults, _named(act.kind):
            _check(ctx, case, act, referred=referred)
    faults.tell()


def record_acts(
    ctx: Context, case_id: int, acts: Sequence[AgreedAct], *, contact_id: int, key: str | None
) -> None:
    """Write the acts of a contact of this case.

    Args:
        key: of the request that brings them, so that a double click makes each of them once.
    """
    for act in in_order(acts):
        with _named(act.kind):
            _record(ctx, case_id, act, {"contact_id": contact_id, "request_key": key})


def in_order(acts: Sequence[AgreedAct]) -> list[AgreedAct]:
    """The acts as they are judged and written."""
    return sorted(acts, key=lambda act: ORDER.index(act.kind))


def _check(ctx: Context, case: Case, act: AgreedAct, *, referred: bool) -> None:
    match act.terms:
        case PlanTerms() as terms:
            payments_of(ctx.session, case, terms, now=ctx.now)
        case AidOpening() as opening:
            check_opening(opening)
        case ReferralRequest() as request:
            check_referral(ctx.session, case, request)
        case ChequeTalk() as talk:
            check_talk(ctx, case, talk)
        case answers:
            check_act(ctx, case, act.kind, answers, referred=referred)


def _record(ctx: Context, case_id: int, act: AgreedAct, origin: dict[str, Any]) -> None:
    match act.terms:
        case PlanTerms() as terms:
            agree_plan(ctx, case_id, terms, **origin)
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
