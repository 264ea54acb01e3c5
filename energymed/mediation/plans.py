"""Payment plans: agreed with the household, confirmed by the supplier, replaced, or cancelled.

Whether they are kept is what payments say: `plan_payments`.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, NotFound, Refused
from energymed.base.i18n import N_
from energymed.cases.mandates import is_under_tutelle
from energymed.cases.max_future import check_max_future
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.codes import PAYMENT_METHODS, ActKind, PlanState
from energymed.mediation.journal import check_in_charge, known_act, locked, new_act
from energymed.mediation.models import Act, Instalment, Plan
from energymed.mediation.moves import set_plan_state
from energymed.mediation.plan_limits import PlanLimits, check_limits, limits_from
from energymed.mediation.rules import (
    NOT_GIVEN,
    PlanTerms,
    ScheduledPayment,
    count_of,
    schedule,
)
from energymed.mediation.states import ENDED_PLANS, PLAN_MOVES, RUNNING_PLANS, check_move
from energymed.partners.rulebook import load_solution_rules

NOT_ALONE = N_(
    "Personne sous tutelle : sans son tuteur dans l'échange, aucun échéancier ne peut être convenu."
)


def agree_plan(
    ctx: Context,
    case_id: int,
    terms: PlanTerms,
    *,
    with_guardian: bool = False,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> Plan:
    """Record a plan that the household agreed to today, with its instalments.

    Beyond what the mediator grants alone it is proposed, until the partner consents. It takes the
    place of the plan that the case has where its terms say so: at once, or with that consent.

    Args:
        with_guardian: the person's guardian agreed to it.

    Raises:
        BadInput: terms that cannot be scheduled, or beyond the partner's limits, with
            `params["field"]`.
        Refused: arrears suspended by over-indebtedness, no debt or a smaller one, a person under
            tutelle without a guardian, or another plan that is not to be replaced.
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, ActKind.PLAN_AGREED, request_key)
    if known is not None:
        return ctx.session.scalars(select(Plan).where(Plan.act_id == known.id)).one()
    payments = payments_of(ctx.session, case, terms, now=ctx.now, with_guardian=with_guardian)
    limits = limits_of(ctx.session, case, paris_date(ctx.now))
    former, waiting = running_plan(ctx.session, case.id), proposed_plan(ctx.session, case.id)
    act = new_act(ctx, case, ActKind.PLAN_AGREED, contact_id=contact_id, request_key=request_key)
    plan = _as_row(case, act, terms, payments)
    plan.agreed_on = paris_date(ctx.now)
    state = PlanState.PROPOSED if check_limits(terms, limits) else PlanState.AGREED
    set_plan_state(ctx, plan, state, plan.agreed_on)
    plan.replaces_plan_id = former.id if former else None
    ctx.session.add(plan)
    ctx.session.flush()
    audit.record(ctx, f"plan.{plan.state}", plan, after=_summary(plan))
    if waiting is not None:
        end_plan(ctx, waiting, PlanState.CANCELLED)
    if plan.state == PlanState.AGREED:
        _take_place(ctx, plan)
    ctx.session.flush()
    return plan


def payments_of(
    session: Session, case: Case, terms: PlanTerms, *, now: datetime, with_guardian: bool = False
) -> list[ScheduledPayment]:
    """The payments of a plan that the case bears, whether it is only shown or recorded.

    Raises:
        BadInput, Refused: as `agree_plan` does.
    """
    faults, today = Faults(), paris_date(now)
    with faults:
        _check_case(session, case, terms, today, with_guardian=with_guardian)
    with faults:
        check_limits(terms, limits_of(session, case, today))
        payments = schedule(terms, case.postal_code)
    with faults:
        _check_days(terms, today)
    faults.tell()
    return payments


def limits_of(session: Session, case: Case, on: date) -> PlanLimits:
    """What the partner of a case lets a plan be that is agreed `on` this day."""
    rules = load_solution_rules(session, on, partner_id=case.partner_id, kind=case.campaign_kind)
    return limits_from(rules)


def _as_row(case: Case, act: Act, terms: PlanTerms, payments: list[ScheduledPayment]) -> Plan:
    count = count_of(terms)
    return Plan(
        act_id=act.id,
        case_id=case.id,
        amount_cents=terms.amount_cents,
        down_payment_cents=payments[0].amount_cents if payments[0].number == 0 else 0,
        instalment_count=count,
        frequency=terms.frequency,
        first_due_on=payments[-count].due_on,
        method=terms.method,
        instalments=[
            Instalment(number=p.number, due_on=p.due_on, amount_cents=p.amount_cents)
            for p in payments
        ],
    )


def _check_case(
    session: Session, case: Case, terms: PlanTerms, today: date, *, with_guardian: bool
) -> None:
    """Refuse a plan that the case does not bear (DOMAIN §2, §6, §9)."""
    debt, faults = case.debt_cents, Faults()
    faults.when(
        case.suspended,
        Refused(N_("Dossier suspendu – surendettement : pas de nouvel échéancier.")),
    )
    faults.when(
        debt is None,
        Refused(N_("Cette mission ne suit pas de dette : il n'y a rien à étaler.")),
    )
    faults.when(
        not with_guardian and is_under_tutelle(session, case.person_id, today), Refused(NOT_ALONE)
    )
    faults.when(
        debt is not None and terms.amount_cents > debt,
        Refused(
            N_("L'échéancier dépasse la dette du dossier : vérifiez le montant."), field="amount"
        ),
    )
    if not terms.replaces:
        _check_only_one(session, case.id, faults)
    faults.tell()


def _check_only_one(session: Session, case_id: int, faults: Faults) -> None:
    faults.when(
        running_plan(session, case_id),
        Refused(
            N_("Un échéancier court déjà sur ce dossier : dites que celui-ci le remplace."),
            field="replaces",
        ),
    )
    faults.when(
        proposed_plan(session, case_id),
        Refused(
            N_("Un échéancier attend l'accord du partenaire : dites que celui-ci le remplace."),
            field="replaces",
        ),
    )


def _check_days(terms: PlanTerms, today: date) -> None:
    first, down_on, faults = terms.first_due_on, terms.down_payment_on, Faults()
    faults.when(
        terms.method not in PAYMENT_METHODS,
        BadInput(N_("Choisissez un moyen de paiement."), field="method"),
    )
    faults.when(
        NOT_GIVEN < first < today,
        BadInput(N_("La première échéance est déjà passée."), field="first_due_on"),
    )
    with faults:
        check_max_future(first, today, "first_due_on")
    faults.when(
        down_on and down_on < today,
        BadInput(N_("Le premier versement est déjà passé."), field="down_payment_on"),
    )
    faults.tell()


def running_plan(session: Session, case_id: int) -> Plan | None:
    """The plan that runs on the case, if one does."""
    return session.scalar(
        select(Plan).where(Plan.case_id == case_id, Plan.state.in_(RUNNING_PLANS))
    )


def proposed_plan(session: Session, case_id: int) -> Plan | None:
    """The plan of the case that waits for the partner's consent, if one does."""
    return session.scalar(
        select(Plan).where(Plan.case_id == case_id, Plan.state == PlanState.PROPOSED)
    )


def latest_plan(session: Session, case_id: int) -> Plan | None:
    """The plan of a case that was agreed last and still binds, if one does."""
    binding = select(Plan).where(Plan.case_id == case_id, Plan.state.not_in(ENDED_PLANS))
    return session.scalar(binding.order_by(Plan.id.desc()).limit(1))


def has_plan(session: Session, case: Case) -> bool:
    """Whether another plan of the case would have to take the place of one."""
    return bool(running_plan(session, case.id) or proposed_plan(session, case.id))


def get_plan(ctx: Context, plan_id: int) -> Plan:
    """The plan, when its case is the actor's to see, its case locked.

    Raises:
        NotFound: unknown or of another site.
    """
    return locked(ctx, Plan, plan_id)[0]


def read_plan(ctx: Context, plan_id: int) -> Plan:
    """The plan as it stands, to be shown or written of.

    Raises:
        NotFound: unknown or of another site.
        Refused: nobody is bound by it any more.
    """
    plan = ctx.session.get(Plan, plan_id)
    if plan is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, plan.case_id)
    if plan.state in ENDED_PLANS:
        raise Refused(N_("Cet échéancier ne court plus."))
    return plan


def move_plan(ctx: Context, plan_id: int, state: PlanState) -> Plan:
    """Note that the supplier confirmed a plan or consents to it, or cancel it.

    Anybody of the site notes what the supplier says; whoever is in charge, or a lead, cancels.

    Raises:
        Refused: when the state may not follow, or follows from payments alone; or it would be
            cancelled and is somebody else's.
    """
    plan = get_plan(ctx, plan_id)
    if plan.state == state or (state == PlanState.CONFIRMED and is_confirmed(plan)):
        return plan
    check_move(PLAN_MOVES, plan.state, state)
    if state == PlanState.CANCELLED:
        check_in_charge(ctx.actor, *plan.in_charge)
        end_plan(ctx, plan, state)
        return plan
    before, today = plan.state, paris_date(ctx.now)
    plan.confirmed_on = today
    if before == PlanState.PROPOSED:
        _take_place(ctx, plan)
    set_plan_state(ctx, plan, state, today)
    if before == PlanState.KEPT:  # one that is paid stays kept
        set_plan_state(ctx, plan, before, today)
    audit.record(ctx, f"plan.{state}", plan, before={"state": before}, after={"state": plan.state})
    ctx.session.flush()
    return plan


def is_confirmed(plan: Plan) -> bool:
    """Whether the supplier has confirmed a plan that runs, be it kept since."""
    return plan.confirmed_on is not None and plan.state in RUNNING_PLANS


def _take_place(ctx: Context, plan: Plan) -> None:
    """End the plan that this one replaces, if it still runs: its payments stay with it."""
    former = ctx.session.get(Plan, plan.replaces_plan_id) if plan.replaces_plan_id else None
    if former is not None and former.state in RUNNING_PLANS:
        plan.replaced_state = former.state
        end_plan(ctx, former, PlanState.RENEGOTIATED)


def end_plan(ctx: Context, plan: Plan, state: PlanState) -> None:
    """Let a plan end today in this state, whatever it was."""
    before, plan.ended_on = plan.state, paris_date(ctx.now)
    set_plan_state(ctx, plan, state, plan.ended_on)
    audit.record(ctx, f"plan.{state}", plan, before={"state": before}, after={"state": state})
    ctx.session.flush()


def _summary(plan: Plan) -> dict[str, object]:
    return {"amount_cents": plan.amount_cents, "instalments": plan.instalment_count}
