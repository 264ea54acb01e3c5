"""The letter of a plan that was agreed: on file once somebody says that it was sent."""

from energymed.base import audit
from energymed.base.context import Context
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.codes import Channel, ExchangeResult
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.mediation.models import Plan
from energymed.mediation.plans import get_plan, read_plan


def letter_sent(ctx: Context, plan_id: int, *, request_key: str | None = None) -> Plan:
    """Record that the agreement of a plan was sent by post; a second time changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Refused: nobody is bound by the plan any more, or the person is not to be written to.
    """
    plan = get_plan(ctx, plan_id)
    read_plan(ctx, plan_id)
    if plan.letter_contact_id is None:
        report = ExchangeReport(Channel.LETTER, ExchangeResult.SENT, request_key=request_key)
        plan.letter_contact_id = record_conversation(ctx, plan.case_id, Outcome(report)).id
        audit.record(ctx, "plan.letter_sent", plan, after={"contact": plan.letter_contact_id})
        ctx.session.flush()
    return plan
