"""Payment plans: agreed with the household, confirmed by the supplier, or cancelled.

Whether they are kept is what payments say: `plan_payments`.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.cases.max_future import check_max_future
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.codes import PAYMENT_METHODS, ActKind, PlanState
from energymed.mediation.journal import check_in_charge, known_act, locked, new_act
from energymed.mediation.models import Act, Instalment, Plan
from energymed.mediation.rules import NOT_GIVEN, PlanTerms, ScheduledPayment, schedule
from energymed.mediation.states import PLAN_MOVES, RUNNING_PLANS, check_move


def agree_plan(
    ctx: Context,
    case_id: int,
    terms: PlanTerms,
    *,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> Plan:
    """Record a plan that the household agreed to today, with its instalments.

    Raises:
        BadInput: terms that cannot be scheduled, with `params["field"]`.
        Refused: arrears suspended by over-indebtedness, no debt or a smaller one, or another
            plan running.
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, ActKind.PLAN_AGREED, request_key)
    if known is not None:
        return ctx.session.scalars(select(Plan).where(Plan.act_id == known.id)).one()
    payments = payments_of(ctx.session, case, terms, now=ctx.now)
    act = new_act(ctx, case, ActKind.PLAN_AGREED, contact_id=contact_id, request_key=request_key)
    plan = Plan(
        act_id=act.id,
        case_id=case.id,
        amount_cents=terms.amount_cents,
        down_payment_cents=payments[0].amount_cents if payments[0].number == 0 else 0,
        instalment_count=terms.instalment_count,
        frequency=terms.frequency,
        first_due_on=payments[-terms.instalment_count].due_on,
        method=terms.method,
        state=PlanState.AGREED,
        agreed_on=paris_date(ctx.now),
    )
    plan.instalments = [
        Instalment(number=p.number, due_on=p.due_on, amount_cents=p.amount_cents) for p in payments
    ]
    ctx.session.add(plan)
    audit.record(ctx, "plan.agreed", plan, after=_summary(plan))
    ctx.session.flush()
    return plan


def payments_of(
    session: Session, case: Case, terms: PlanTerms, *, now: datetime
) -> list[ScheduledPayment]:
    """The payments of a plan that the case bears, whether it is only shown or recorded.

    Raises:
        BadInput, Refused: as `agree_plan` does.
    """
    faults = Faults()
    with faults:
        _check_case(session, case, terms)
    with faults:
        payments = schedule(terms, case.postal_code)
    with faults:
        _check_days(terms, paris_date(now))
    faults.tell()
    return payments


def _check_case(session: Session, case: Case, terms: PlanTerms) -> None:
    """Refuse a plan that the case does not bear (DOMAIN §2, §6)."""
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
        debt is not None and terms.amount_cents > debt,
        Refused(
            N_("L'échéancier dépasse la dette du dossier : vérifiez le montant."), field="amount"
        ),
    )
    faults.when(
        running_plan(session, case.id),
        Refused(N_("Un échéancier court déjà sur ce dossier : annulez-le d'abord.")),
    )
    faults.tell()


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


def get_plan(ctx: Context, plan_id: int) -> Plan:
    """The plan, when its case is the actor's to see, its case locked.

    Raises:
        NotFound: unknown or of another site.
    """
    return locked(ctx, Plan, plan_id)[0]


def move_plan(ctx: Context, plan_id: int, state: PlanState) -> Plan:
    """Note that the supplier confirmed a plan, or cancel it.

    Anybody of the site notes what the supplier says; whoever is in charge, or a lead, cancels.

    Raises:
        Refused: when the state may not follow, or follows from payments alone; or it would be
            cancelled and is somebody else's.
    """
    plan = get_plan(ctx, plan_id)
    if plan.state == state:
        return plan
    check_move(PLAN_MOVES, plan.state, state)
    if state == PlanState.CANCELLED:
        check_in_charge(ctx.actor, *plan.in_charge)
    before, today = plan.state, paris_date(ctx.now)
    if state == PlanState.AGREED:
        plan.agreed_on = today
    elif state == PlanState.CONFIRMED:
        plan.confirmed_on = today
    else:
        plan.ended_on = today
    if before != PlanState.KEPT or state == PlanState.CANCELLED:  # one that is paid stays kept
        plan.state = state
    audit.record(ctx, f"plan.{state}", plan, before={"state": before}, after={"state": plan.state})
    ctx.session.flush()
    return plan


def withdraw_plan(ctx: Context, act: Act) -> None:
    """Cancel the plan of an act that is taken back.

    Raises:
        Refused: the plan has been kept since.
    """
    plan = ctx.session.scalars(select(Plan).where(Plan.act_id == act.id)).one()
    if plan.state not in (PlanState.BROKEN, PlanState.CANCELLED):
        move_plan(ctx, plan.id, PlanState.CANCELLED)


def _summary(plan: Plan) -> dict[str, object]:
    return {"amount_cents": plan.amount_cents, "instalments": plan.instalment_count}
