"""Payment plans of the demo: agreed, confirmed, and paid as the partner's statements say."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.clock import at_paris
from energymed.base.dates import next_working_day
from energymed.base.db.bulk import insert_rows, insert_with_ids
from energymed.demo.draft import Talk
from energymed.mediation.codes import (
    Frequency,
    InstalmentState,
    InstalmentWord,
    PaymentMethod,
    PlanState,
)
from energymed.mediation.models import Confirmation, Instalment
from energymed.mediation.rules import PlanTerms, schedule
from energymed.mediation.states import RUNNING_PLANS

ENDINGS = (PlanState.COMPLETED,) * 3 + (PlanState.BROKEN,)  # of plans whose last day is over
# of the plans that run, every so many: one missed, in question, said to be paid and not confirmed
ONE_MISSED, IN_QUESTION, UNTOLD = 14, 45, 30
METHODS = (PaymentMethod.DIRECT_DEBIT, PaymentMethod.CARD, PaymentMethod.CASH)
CONFIRMED_BY = 20  # days: a plan is confirmed
TOLD_AFTER = 3  # days: the partner's statement names a payment
STATEMENT = "Relevé des règlements du partenaire"
SAID = {
    InstalmentState.DUE: None,
    InstalmentState.MISSED: InstalmentWord.UNPAID,
    InstalmentState.DECLARED_PAID: InstalmentWord.PAID,
    InstalmentState.CONFIRMED: InstalmentWord.PAID,
}


def _terms(talk: Talk) -> PlanTerms:
    amount = talk.draft.debt_cents
    count = max(2, min(12, amount // 9_000))
    return PlanTerms(amount, count, next_working_day(talk.day + timedelta(days=21)))


def write_plan(random: Random, number: int, talk: Talk, act_id: int, as_of: date) -> dict[str, Any]:
    """The row of a plan, where it stands on the morning of `as_of`."""
    terms = _terms(talk)
    last_due = schedule(terms, talk.draft.person.postal_code)[-1].due_on
    confirmed_on = talk.day + timedelta(days=8)
    soon = random.random() < 0.8 or (as_of - talk.day).days > CONFIRMED_BY
    confirmed = soon and confirmed_on < as_of
    state = PlanState.CONFIRMED if confirmed else PlanState.AGREED
    if last_due < as_of:
        state = ENDINGS[number % len(ENDINGS)]
    elif confirmed and terms.first_due_on < as_of and number % ONE_MISSED:
        state = PlanState.KEPT
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "amount_cents": terms.amount_cents,
        "down_payment_cents": 0,
        "instalment_count": terms.instalment_count,
        "frequency": Frequency.MONTHLY,
        "first_due_on": terms.first_due_on,
        "method": random.choice(METHODS),
        "state": state,
        "agreed_on": talk.day,
        "confirmed_on": confirmed_on if confirmed else None,
        "ended_on": last_due if state in ENDINGS else None,
    }


def write_instalments(
    session: Session,
    talks: Sequence[Talk],
    plans: Sequence[dict[str, Any]],
    plan_ids: Sequence[int],
    as_of: date,
    lead_id: int,
) -> None:
    """Write the instalments of the plans, and what the partner told a lead of them."""
    rows = []
    for number, (talk, plan, plan_id) in enumerate(zip(talks, plans, plan_ids, strict=True)):
        payments = schedule(_terms(talk), talk.draft.person.postal_code)
        over = sum(payment.due_on < as_of for payment in payments)
        for payment in payments:
            state = _state(number, plan["state"], payment.number, over)
            if state == InstalmentState.CONFIRMED and _told_on(payment.due_on) >= as_of:
                state = InstalmentState.DECLARED_PAID
            said = SAID[state]
            rows.append(
                {
                    "plan_id": plan_id,
                    "number": payment.number,
                    "due_on": payment.due_on,
                    "amount_cents": payment.amount_cents,
                    "state": state,
                    "said": said,
                    "declared_on": payment.due_on if said == InstalmentWord.PAID else None,
                    "said_by_id": talk.draft.mediator_id if said else None,
                }
            )
    ids = insert_with_ids(session, Instalment, rows)
    insert_rows(session, Confirmation, _confirmations(rows, ids, lead_id))


def _confirmations(
    rows: Sequence[dict[str, Any]], ids: Sequence[int], lead_id: int
) -> list[dict[str, Any]]:
    return [
        {
            "instalment_id": instalment_id,
            "paid_on": row["due_on"],
            "source": STATEMENT,
            "recorded_at": at_paris(_told_on(row["due_on"]), time(9, 20)),
            "recorded_by_id": lead_id,
        }
        for row, instalment_id in zip(rows, ids, strict=True)
        if row["state"] == InstalmentState.CONFIRMED
    ]


def _told_on(due_on: date) -> date:
    return next_working_day(due_on + timedelta(days=TOLD_AFTER))


def _state(number: int, plan: PlanState, position: int, over: int) -> InstalmentState:
    """What became of the nth payment of a plan of which the first `over` fell due."""
    last_over = position == over
    if position > over or (last_over and number % IN_QUESTION == 1 and plan in RUNNING_PLANS):
        return InstalmentState.DUE
    missed = plan == PlanState.BROKEN and position > 1
    if missed or (plan != PlanState.COMPLETED and last_over and number % ONE_MISSED == 0):
        return InstalmentState.MISSED
    if last_over and number % UNTOLD == 2 and plan in RUNNING_PLANS:
        return InstalmentState.DECLARED_PAID
    return InstalmentState.CONFIRMED
