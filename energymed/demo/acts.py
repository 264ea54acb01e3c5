"""Writes the year's acts in bulk: plans with instalments, aids, referrals, cheque talks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.dates import next_working_day
from energymed.base.db import Model
from energymed.base.db.bulk import insert_rows, insert_with_ids
from energymed.demo.draft import CaseDraft
from energymed.mediation.codes import (
    ActKind,
    AidState,
    Body,
    ChequeHelp,
    ChequeStatus,
    ChequeTopic,
    Frequency,
    Fund,
    InfoTopic,
    InstalmentState,
    InstalmentWord,
    PaymentMethod,
    PlanState,
    ReferralMode,
    ReferralReason,
)
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Instalment, Plan, Referral
from energymed.mediation.rules import PlanTerms, schedule

BODIES = (
    Body.CCAS, Body.CCAS, Body.CMS, Body.SOCIAL_WORKER, Body.PCB, Body.FRANCE_SERVICES, Body.CAF,
    Body.SUPPLIER_DESK,
)  # fmt: skip
REASONS = (
    ReferralReason.BUDGET, ReferralReason.AID_REQUEST, ReferralReason.ACCESS_TO_RIGHTS,
    ReferralReason.HOUSING, ReferralReason.SOCIAL_FOLLOW_UP,
)  # fmt: skip
MODES = (
    ReferralMode.COORDINATES_GIVEN, ReferralMode.COORDINATES_GIVEN,
    ReferralMode.APPOINTMENT_MADE, ReferralMode.FILE_TRANSMITTED,
)  # fmt: skip
FUNDS = (
    Fund.FSL_ENERGY, Fund.FSL_ENERGY, Fund.FSL_ENERGY, Fund.CCAS, Fund.CAF, Fund.SUPPLIER_FUND,
    Fund.CHARITY,
)  # fmt: skip

AGREED_STATES = (
    PlanState.AGREED, PlanState.CONFIRMED, PlanState.CONFIRMED, PlanState.KEPT, PlanState.BROKEN,
)  # fmt: skip
METHODS = (PaymentMethod.DIRECT_DEBIT, PaymentMethod.CARD, PaymentMethod.CASH)
AID_STATES = (
    AidState.GRANTED_FULL, AidState.GRANTED_PARTIAL, AidState.REFUSED, AidState.WITHDRAWN,
    AidState.SUBMITTED,
)  # fmt: skip
STATUSES = (
    ChequeStatus.RECEIVED_UNUSED, ChequeStatus.USED, ChequeStatus.NOT_RECEIVED,
    ChequeStatus.UNKNOWN,
)  # fmt: skip
TOPICS = (
    ChequeTopic.ASKED_RECEIVED, ChequeTopic.PREASSIGNMENT, ChequeTopic.ATTESTATION,
    ChequeTopic.EXPIRY,
)  # fmt: skip
INFORMED_OF = (
    InfoTopic.BILL, InfoTopic.RIGHTS, InfoTopic.PROCEDURE, InfoTopic.PAYMENT_MEANS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """One case's decisive conversation, where its acts took place."""

    draft: CaseDraft
    case_id: int
    contact_id: int

    @property
    def day(self) -> date:
        """The civil day of the conversation."""
        return paris_date(self.draft.talk_at)


def write_acts(
    session: Session,
    random: Random,
    drafts: Sequence[CaseDraft],
    case_ids: Sequence[int],
    contact_ids: Sequence[int],
    last_day: date,
) -> None:
    """Write every act of the drafted year; nothing is dated after `last_day`."""
    talks = [Talk(*row) for row in zip(drafts, case_ids, contact_ids, strict=True)]
    tables: dict[ActKind, tuple[type[Model], Callable[..., dict[str, Any]]]] = {
        ActKind.PLAN_AGREED: (Plan, _plan),
        ActKind.AID_OPENED: (AidRequest, _aid),
        ActKind.REFERRAL: (Referral, _referral),
        ActKind.ENERGY_CHEQUE_AWARENESS: (ChequeAwareness, _cheque),
    }
    for kind, (table, write) in tables.items():
        chosen = [talk for talk in talks if kind in talk.draft.acts]
        acts = insert_with_ids(session, Act, [_act(talk, kind) for talk in chosen])
        rows = [write(random, *made, last_day) for made in zip(chosen, acts, strict=True)]
        ids = insert_with_ids(session, table, rows)
        if kind == ActKind.PLAN_AGREED:
            _instalments(session, chosen, rows, ids, last_day)
    informed = [
        {**_act(talk, ActKind.INFO_GIVEN), "details": {"topics": random.sample(INFORMED_OF, 2)}}
        for talk in talks
        if talk.draft.reached and not talk.draft.acts
    ]
    insert_rows(session, Act, informed)


def _act(talk: Talk, kind: ActKind) -> dict[str, Any]:
    return {
        "case_id": talk.case_id,
        "kind": kind,
        "acted_on": talk.day,
        "user_id": talk.draft.mediator_id,
        "contact_id": talk.contact_id,
        "details": {},
        "created_at": talk.draft.talk_at,
    }


def _terms(talk: Talk) -> PlanTerms:
    amount = talk.draft.debt_cents
    count = max(2, min(12, amount // 9_000))
    return PlanTerms(amount, count, next_working_day(talk.day + timedelta(days=21)))


def _plan(random: Random, talk: Talk, act_id: int, last_day: date) -> dict[str, Any]:
    terms = _terms(talk)
    state = random.choice(AGREED_STATES)
    confirmed = state != PlanState.AGREED
    ended = state in (PlanState.KEPT, PlanState.BROKEN)
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "amount_cents": terms.amount_cents,
        "down_payment_cents": 0,
        "instalment_count": terms.instalment_count,
        "frequency": Frequency.MONTHLY,
        "first_due_on": terms.first_due_on,
        "method": random.choice(METHODS),
        # A year later no plan runs any more: what was agreed has been kept or broken since.
        "state": PlanState.BROKEN if state == PlanState.BROKEN else PlanState.COMPLETED,
        "agreed_on": talk.day,
        "confirmed_on": min(talk.day + timedelta(days=8), last_day) if confirmed else None,
        "ended_on": min(talk.day + timedelta(days=120), last_day) if ended else None,
    }


def _instalments(
    session: Session,
    talks: Sequence[Talk],
    plans: Sequence[dict[str, Any]],
    plan_ids: Sequence[int],
    last_day: date,
) -> None:
    rows = []
    for talk, plan, plan_id in zip(talks, plans, plan_ids, strict=True):
        kept = plan["state"] == PlanState.COMPLETED
        for payment in schedule(_terms(talk), talk.draft.person.postal_code):
            paid = kept or payment.number == 1
            rows.append(
                {
                    "plan_id": plan_id,
                    "number": payment.number,
                    "due_on": payment.due_on,
                    "amount_cents": payment.amount_cents,
                    "state": InstalmentState.DECLARED_PAID if paid else InstalmentState.MISSED,
                    "said": InstalmentWord.PAID if paid else InstalmentWord.UNPAID,
                    "declared_on": min(payment.due_on, last_day) if paid else None,
                }
            )
    insert_rows(session, Instalment, rows)


def _aid(random: Random, talk: Talk, act_id: int, last_day: date) -> dict[str, Any]:
    asked = min(talk.draft.debt_cents, 60_000)
    state = random.choice(AID_STATES)
    granted = {AidState.GRANTED_FULL: asked, AidState.GRANTED_PARTIAL: asked // 2}.get(state)
    decided = granted is not None or state == AidState.REFUSED
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "fund": random.choice(FUNDS),
        "state": state,
        "opened_on": talk.day,
        "amount_requested_cents": asked,
        "amount_granted_cents": granted,
        "grant_part_cents": granted,
        "loan_part_cents": 0 if granted else None,
        "submitted_on": min(talk.day + timedelta(days=6), last_day),
        "decision_on": min(talk.day + timedelta(days=45), last_day) if decided else None,
        "refusal_reason": "income" if state == AidState.REFUSED else None,
        "missing_documents": [],
    }


def _referral(random: Random, talk: Talk, act_id: int, _last_day: date) -> dict[str, Any]:
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "body": random.choice(BODIES),
        "reason": random.choice(REASONS),
        "mode": random.choice(MODES),
        "consent": True,
        "referred_on": talk.day,
    }


def _cheque(random: Random, talk: Talk, act_id: int, _last_day: date) -> dict[str, Any]:
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "campaign_year": talk.day.year - 1,
        "declared_status": random.choice(STATUSES),
        "topics": random.sample(TOPICS, 2),
        "help": random.choice(tuple(ChequeHelp)),
        "given_on": talk.day,
        "details": {},
    }
