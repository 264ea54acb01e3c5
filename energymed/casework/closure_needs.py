"""A closure needs what it says (DOMAIN §10): asked of each conversation and correction that closes.

An act agreed in the same conversation counts as much as one on file. For another case of the
person, closed in the same call, it counts too, but for a plan: that is of one debt.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.repeated_signals import may_close
from energymed.mediation.codes import ActKind
from energymed.mediation.models import Act
from energymed.mediation.plan_limits import check_limits
from energymed.mediation.plans import limits_of
from energymed.mediation.queries import CaseMediation, of_case
from energymed.mediation.rules import PlanTerms
from energymed.mediation.states import NO_MORE_OPEN, RUNNING_PLANS
from energymed.partners.codes import Closure

# what may be agreed while the case closes so; the others are looked for on file alone
ACTS: Mapping[Closure, tuple[ActKind, ...]] = {
    Closure.PLAN_RUNNING: (ActKind.PLAN_AGREED,),
    Closure.AID_PENDING: (ActKind.AID_OPENED,),
    Closure.REFERRED: (ActKind.REFERRAL,),
    Closure.PROMISE: (ActKind.PAYS_FULL, ActKind.PAID_ALREADY, ActKind.EXTENSION),
    Closure.SETTLED: (ActKind.PAID_ALREADY,),
    Closure.DISPUTED: (ActKind.DISPUTE,),
}
SENTENCES: Mapping[Closure, str] = {
    Closure.PLAN_RUNNING: N_("« Échéancier en cours » demande un échéancier : notez-le d'abord."),
    Closure.AID_PENDING: N_("« Aide en attente » demande une demande d'aide : notez-la d'abord."),
    Closure.REFERRED: N_("« Orienté » demande une orientation : notez-la d'abord."),
    Closure.PROMISE: N_(
        "« Promesse de paiement » demande un paiement promis ou déclaré, ou un délai : notez-le "
        "d'abord."
    ),
    Closure.SETTLED: N_(
        "« Soldé » demande un solde à zéro, ou un paiement déclaré de toute la dette : notez-le "
        "d'abord."
    ),
    Closure.DISPUTED: N_("« Contesté » demande un litige : notez-le d'abord."),
    Closure.REPEATED: N_(
        "« Signalement répété » demande un signalement précédent dont la solution court, et une "
        "dette qui n'a pas monté."
    ),
}
WAITS = N_(
    "L'échéancier attend l'accord du partenaire : prévoyez de revenir vers la personne plutôt que "
    "de clore."
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file of a case, and what the conversation agrees: (kind, amount declared)."""

    ctx: Context
    case: Case
    agreed: tuple[tuple[ActKind, int | None], ...]
    on_file: CaseMediation

    @property
    def said(self) -> Iterator[tuple[ActKind, int | None]]:
        """Acts agreed now and those on file that were not crossed out."""
        yield from self.agreed
        for act in self.on_file.acts:
            if act.voided_at is None:
                yield act.kind, act.details.get("amount_cents")


def check_closure(
    ctx: Context,
    case: Case,
    closure: str | None,
    acts: Collection[AgreedAct] = (),
    *,
    of_another: bool = False,
) -> None:
    """Refuse to close a case in a way that says what is not so.

    Args:
        acts: what the same conversation agrees; `of_another`: on another case of the person.

    Raises:
        Refused: with `params["field"]`, and the reference of another case.
    """
    wanted = as_code(Closure, closure)
    if wanted is None or wanted not in HOLDS:
        return
    known = known_of(ctx, case, acts, of_another=of_another)
    if not HOLDS[wanted](known):
        waits = any(only_proposed(ctx, case, act.terms) for act in acts)
        which = {"reference": case.reference} if of_another else {}
        told = WAITS if waits and wanted == Closure.PLAN_RUNNING else SENTENCES[wanted]
        raise Refused(told, field="closure", **which)


def known_of(
    ctx: Context,
    case: Case,
    acts: Collection[AgreedAct] = (),
    *,
    of_another: bool = False,
    on_file: CaseMediation | None = None,
) -> Known:
    """What a closure of the case may rest on; a plan that only waits for a consent is none.

    Args:
        on_file: what mediation did on it, where that has been read.
    """
    waits = any(only_proposed(ctx, case, act.terms) for act in acts)
    agreed = tuple(
        (act.kind, _declared(act.terms))
        for act in acts
        if not ((of_another or waits) and act.kind == ActKind.PLAN_AGREED)
    )
    return Known(ctx, case, agreed, on_file or of_case(ctx.session, case.id))


def is_claimed_by(ctx: Context, case: Case, kind: ActKind) -> bool:
    """Whether a case is closed on the strength of an act of this kind, and none stands any more."""
    closure = case.closure
    if closure is None or kind not in ACTS.get(closure, ()):
        return False
    return not HOLDS[closure](known_of(ctx, case))


def only_proposed(ctx: Context, case: Case, terms: Any) -> bool:
    """Whether these are a plan's that the partner has to consent to first."""
    if not isinstance(terms, PlanTerms):
        return False
    try:
        return check_limits(terms, limits_of(ctx.session, case, paris_date(ctx.now))) is not None
    except BadInput:  # told beside the plan
        return False


def _declared(terms: Any) -> int | None:
    """The amount that an act of the table declares; None for all of it."""
    return terms.get("amount_cents") if isinstance(terms, Mapping) else None


def _is_agreed(closure: Closure) -> Callable[[Known], bool]:
    return lambda known: any(kind in ACTS[closure] for kind, _cents in known.said)


def _plan_runs(known: Known) -> bool:
    on_file = (plan for plan in known.on_file.plans if _stands(plan.act))
    agreed = any(kind == ActKind.PLAN_AGREED for kind, _cents in known.agreed)
    return agreed or any(plan.state in RUNNING_PLANS for plan in on_file)


def _aid_is_open(known: Known) -> bool:
    on_file = (aid for aid in known.on_file.aids if _stands(aid.act))
    agreed = any(kind == ActKind.AID_OPENED for kind, _cents in known.agreed)
    return agreed or any(aid.state not in NO_MORE_OPEN for aid in on_file)


def _nothing_is_owed(known: Known) -> bool:
    owed = known.case.debt_cents
    if owed is None:
        return False
    declared = (cents for kind, cents in known.said if kind == ActKind.PAID_ALREADY)
    return owed <= 0 or any(cents is None or cents >= owed for cents in declared)


def _stands(act: Act) -> bool:
    return act.voided_at is None


HOLDS: Mapping[Closure, Callable[[Known], bool]] = {
    Closure.PLAN_RUNNING: _plan_runs,
    Closure.AID_PENDING: _aid_is_open,
    Closure.REFERRED: _is_agreed(Closure.REFERRED),
    Closure.PROMISE: _is_agreed(Closure.PROMISE),
    Closure.DISPUTED: _is_agreed(Closure.DISPUTED),
    Closure.SETTLED: _nothing_is_owed,
    Closure.REPEATED: lambda known: may_close(known.ctx, known.case),
}
