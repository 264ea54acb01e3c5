"""The closure that follows from what is on file and what a conversation agrees (DOMAIN §10).

Proposed with its reason; the mediator decides. Never one that `closure_needs` would refuse.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.closure_needs import HOLDS, Known, known_of
from energymed.mediation.aids import AidOpening
from energymed.mediation.codes import BODIES, FUNDS, ActKind
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.models import Act
from energymed.mediation.queries import CaseMediation
from energymed.mediation.referrals import ReferralRequest
from energymed.mediation.rules import PlanTerms, check_terms, count_of
from energymed.mediation.states import NO_MORE_OPEN, RUNNING_PLANS
from energymed.partners.codes import Closure


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a sentence with named places; `params` hold days, labels, counts, and cents by names
    that end in `_cents`."""

    sentence: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A closure with its reason."""

    closure: Closure
    reason: Reason


def propose_closure(
    ctx: Context,
    case: Case,
    acts: Collection[AgreedAct] = (),
    *,
    among: Collection[Closure] = tuple(Closure),
    on_file: CaseMediation | None = None,
) -> Proposal | None:
    """What the case would be closed as now, `among` these; None where nothing tells.

    Args:
        acts: what the conversation agrees, as typed so far: it may still be wrong.
        on_file: what mediation did on the case, where that has been read.
    """
    known = known_of(ctx, case, acts, on_file=on_file)
    said = _Said(known, tuple(acts), paris_date(ctx.now))
    found = (
        Proposal(closure, reason)
        for closure, tell in ORDER
        if closure in among
        for reason in tell(said)
    )
    return next((one for one in found if _holds(known, one.closure)), None)


@dataclass(frozen=True, slots=True)
class _Said:
    known: Known
    agreed: tuple[AgreedAct, ...]
    today: date

    def of(self, *kinds: ActKind) -> Iterator[tuple[ActKind, Mapping[str, Any], date]]:
        """Acts of the table of these kinds: those of the conversation first, then those on file."""
        for act in self.agreed:
            if act.kind in kinds:
                answers = act.terms if isinstance(act.terms, Mapping) else {}
                yield act.kind, answers, self.today
        for each in self.known.on_file.acts:
            if each.kind in kinds and each.voided_at is None:
                yield each.kind, each.details, each.acted_on

    def terms(self, kind: ActKind) -> Iterator[Any]:
        """Terms of the conversation's acts of this kind."""
        return (act.terms for act in self.agreed if act.kind == kind)


def _holds(known: Known, closure: Closure) -> bool:
    return closure not in HOLDS or HOLDS[closure](known)


def _settled(said: _Said) -> Iterator[Reason]:
    owed = said.known.case.debt_cents
    if owed is not None and owed <= 0:
        yield Reason(N_("Plus rien n'est dû."))
    for _kind, answers, on in said.of(ActKind.PAID_ALREADY):
        cents = answers.get("amount_cents")
        if cents is None or (owed is not None and cents >= owed):
            yield Reason(N_("Paiement de toute la dette déclaré le %(day)s."), {"day": on})


def _plan(said: _Said) -> Iterator[Reason]:
    for terms in said.terms(ActKind.PLAN_AGREED):
        try:
            check_terms(terms)
        except BadInput:  # told beside the plan
            continue
        yield _plan_reason(said.today, count_of(terms), terms)
    for plan in said.known.on_file.plans:
        if plan.state in RUNNING_PLANS and _stands(plan.act):
            regular = next(each.amount_cents for each in plan.instalments[::-1])
            day = plan.agreed_on or said.today
            count = plan.instalment_count
            yield Reason(AGREED, {"day": day, "count": count, "each_cents": regular})


AGREED = N_("Échéancier agréé le %(day)s, %(count)s × %(each_cents)s.")


def _plan_reason(on: date, count: int, terms: PlanTerms) -> Reason:
    return Reason(AGREED, {"day": on, "count": count, "each_cents": terms.regular_cents})


def _aid(said: _Said) -> Iterator[Reason]:
    opened = N_("Demande d'aide ouverte le %(day)s : %(fund)s.")
    for terms in said.terms(ActKind.AID_OPENED):
        if isinstance(terms, AidOpening) and (fund := _named(said, terms)):
            yield Reason(opened, {"day": said.today, "fund": fund})
    for aid in said.known.on_file.aids:
        if aid.state not in NO_MORE_OPEN and _stands(aid.act):
            yield Reason(opened, {"day": aid.opened_on, "fund": FUNDS[aid.fund]})


def _promise(said: _Said) -> Iterator[Reason]:
    for kind, answers, on in said.of(ActKind.PAYS_FULL, ActKind.EXTENSION, ActKind.PAID_ALREADY):
        if kind == ActKind.PAID_ALREADY:
            owed = said.known.case.debt_cents
            part = owed is not None and answers.get("amount_cents") is not None
            yield Reason(PART_PAID if part else PAID, {"day": on})
            continue
        name = "promised_on" if kind == ActKind.PAYS_FULL else "new_due_on"
        day, cents = _day(answers.get(name)), answers.get("amount_cents")
        if day is None:
            continue
        if kind == ActKind.EXTENSION:
            yield Reason(N_("Délai accordé jusqu'au %(day)s."), {"day": day})
        elif cents:
            told = {"day": day, "amount_cents": cents}
            yield Reason(N_("Paiement promis pour le %(day)s : %(amount_cents)s."), told)


PART_PAID = N_("Paiement d'une partie déclaré le %(day)s.")
PAID = N_("Paiement déclaré le %(day)s.")  # of a mission without a debt


def _referred(said: _Said) -> Iterator[Reason]:
    pointed = N_("Orientation notée le %(day)s : %(body)s.")
    for terms in said.terms(ActKind.REFERRAL):
        if isinstance(terms, ReferralRequest) and (body := _named(said, terms)):
            yield Reason(pointed, {"day": said.today, "body": body})
    for each in said.known.on_file.referrals:
        if _stands(each.act):
            yield Reason(pointed, {"day": each.referred_on, "body": BODIES[each.body]})


def _named(said: _Said, terms: AidOpening | ReferralRequest) -> str:
    """What the chosen row of the directory is called, else its kind; "" while none is chosen."""
    session = said.known.ctx.session
    if isinstance(terms, AidOpening):
        fund = session.get(AidFund, terms.fund_id) if terms.fund_id else None
        return fund.name if fund else FUNDS.get(terms.fund or "", "")
    body = session.get(SocialBody, terms.body_id) if terms.body_id else None
    return body.name if body else BODIES.get(terms.body or "", "")


def _noted(sentence: str, *kinds: ActKind) -> Callable[[_Said], Iterator[Reason]]:
    def tell(said: _Said) -> Iterator[Reason]:
        for _kind, _answers, on in said.of(*kinds):
            yield Reason(sentence, {"day": on})

    return tell


def _repeated(said: _Said) -> Iterator[Reason]:
    if HOLDS[Closure.REPEATED](said.known):
        yield Reason(N_("La solution du signalement précédent court, et la dette n'a pas monté."))


def _stands(act: Act) -> bool:
    return act.voided_at is None


def _day(value: object) -> date | None:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value if isinstance(value, date) else None


# what binds the most comes first: the partner is told one closure
ORDER: tuple[tuple[Closure, Callable[[_Said], Iterator[Reason]]], ...] = (
    (Closure.SETTLED, _settled),
    (Closure.PLAN_RUNNING, _plan),
    (Closure.AID_PENDING, _aid),
    (Closure.PROMISE, _promise),
    (Closure.DISPUTED, _noted(N_("Litige noté le %(day)s."), ActKind.DISPUTE)),
    (Closure.REFERRED, _referred),
    (Closure.REPEATED, _repeated),
    (
        Closure.REFUSED,
        _noted(N_("La personne a refusé toute solution le %(day)s."), ActKind.REFUSES_SOLUTION),
    ),
    (
        Closure.INFORMED_ONLY,
        _noted(
            N_("Information donnée le %(day)s."),
            ActKind.CUTOFF_INFORMED, ActKind.APPOINTMENT_SET, ActKind.METER_INFO,
            ActKind.INFO_GIVEN,
        ),
    ),
    (
        Closure.ADVISED,
        _noted(N_("Conseil donné le %(day)s."), ActKind.ENERGY_ADVICE, ActKind.TARIFF_CHECK),
    ),
)  # fmt: skip
