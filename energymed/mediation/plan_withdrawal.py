"""Taking back a plan with its act: while no payment has come, and no other plan its place."""

from sqlalchemy import select

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.mediation.codes import PlanState
from energymed.mediation.models import Act, Plan
from energymed.mediation.moves import set_plan_state
from energymed.mediation.plans import end_plan, proposed_plan, running_plan

PAID = N_(
    "Des paiements sont venus sur cet échéancier : il ne se corrige plus. Annulez-le, ou convenez "
    "d'un autre avec la personne ; ce qui est payé reste compté."
)
REPLACED = N_("Un autre échéancier a pris la place de celui-ci : corrigez celui qui court.")
OTHER_BINDS = N_(
    "Un autre échéancier court ou attend l'accord du partenaire : corrigez celui-là, ou barrez "
    "celui-ci."
)
CANCELLED = N_(
    "Cet échéancier est annulé : barrez-le s'il n'a jamais été convenu, ou convenez d'un autre."
)


def plan_of(ctx: Context, act: Act) -> Plan:
    """The plan that an act agreed."""
    return ctx.session.scalars(select(Plan).where(Plan.act_id == act.id)).one()


def withdraw_plan(ctx: Context, act: Act) -> None:
    """Cancel the plan of an act that is taken back; the one whose place it took runs again.

    Unless another plan has come meanwhile: there is never more than one.

    Raises:
        Refused: payments have come for it, or another one has taken its place.
    """
    plan = plan_of(ctx, act)
    if plan.state == PlanState.RENEGOTIATED:
        raise Refused(REPLACED)
    if _is_paid(plan):
        raise Refused(PAID)
    if plan.state != PlanState.CANCELLED:
        end_plan(ctx, plan, PlanState.CANCELLED)
    former, state = plan.replaces, plan.replaced_state
    if former is None or state is None or running_plan(ctx.session, plan.case_id):
        return
    # as if it had never been replaced: it runs again from the very day on which it was
    set_plan_state(ctx, former, state, former.ended_on or paris_date(ctx.now))
    former.ended_on, plan.replaced_state = None, None
    told = {"state": former.state}
    audit.record(ctx, "plan.taken_up", former, before={"state": PlanState.RENEGOTIATED}, after=told)
    ctx.session.flush()


def check_replaceable(ctx: Context, act: Act) -> Plan:
    """The plan of an act, when other terms may stand in its place.

    Raises:
        Refused: it is over, or another one binds the household.
    """
    plan = plan_of(ctx, act)
    if plan.state == PlanState.CANCELLED:
        raise Refused(CANCELLED)
    session, case_id = ctx.session, plan.case_id
    binding = {running_plan(session, case_id), proposed_plan(session, case_id)}
    # while it is proposed, the one whose place it will take runs on
    others = binding - {None, plan, plan.replaces}
    if plan.state == PlanState.RENEGOTIATED:
        raise Refused(REPLACED)
    if others:
        raise Refused(OTHER_BINDS)
    return plan


def _is_paid(plan: Plan) -> bool:
    if plan.state in (PlanState.KEPT, PlanState.COMPLETED):
        return True
    return any(each.paid_cents or each.confirmation for each in plan.instalments)
