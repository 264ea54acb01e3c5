"""Writes acts in bulk: plans with instalments, aids, referrals, cheque talks, a network's own."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.dates import next_working_day
from energymed.base.db import Model
from energymed.base.db.bulk import insert_rows, insert_with_ids
from energymed.demo.aids import papers_of, write_aid
from energymed.demo.draft import CaseDraft, Talk
from energymed.demo.rows import Written
from energymed.demo.situations import causes_of
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.codes import (
    ActKind,
    Body,
    ChequeHelp,
    ChequeStatus,
    ChequeTopic,
    Frequency,
    InfoTopic,
    InstalmentState,
    InstalmentWord,
    PaymentMethod,
    PlanState,
    ReferralMode,
    ReferralReason,
)
from energymed.mediation.directory_choice import national_rows
from energymed.mediation.models import (
    Act,
    AidDocument,
    AidRequest,
    ChequeAwareness,
    Instalment,
    Plan,
    Referral,
)
from energymed.mediation.request_codes import NewsSource, ReferralNews
from energymed.mediation.rules import PlanTerms, schedule
from energymed.mediation.states import RUNNING_PLANS
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.cheque_campaigns import ChequeCampaigns
from energymed.partners.codes import CampaignKind
from energymed.partners.rulebook import load_fsl_months

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
ENDINGS = (PlanState.COMPLETED,) * 3 + (PlanState.BROKEN,)  # of plans whose last day is over
ONE_MISSED, IN_QUESTION = 9, 30  # of the plans that run: every so many; where one fell due lately
METHODS = (PaymentMethod.DIRECT_DEBIT, PaymentMethod.CARD, PaymentMethod.CASH)
NEWS_AFTER, CONFIRMED_BY = 20, 20  # days: news of a referral; a plan is confirmed
APPOINTMENT_AFTER, FIRST_TEXT = 10, 1  # days; the version of what was read before a referral
NEWS = (
    ReferralNews.TAKEN_UP, ReferralNews.NOT_GONE, ReferralNews.ENDED, ReferralNews.TAKEN_UP,
    ReferralNews.ENDED,
)  # fmt: skip
STATUSES = (
    ChequeStatus.RECEIVED_UNUSED, ChequeStatus.USED, ChequeStatus.NOT_RECEIVED, ChequeStatus.UNKNOWN
)  # fmt: skip
TOPICS = (
    ChequeTopic.ASKED_RECEIVED, ChequeTopic.PREASSIGNMENT, ChequeTopic.ATTESTATION,
    ChequeTopic.EXPIRY,
)  # fmt: skip
INFORMED_OF = (
    InfoTopic.BILL, InfoTopic.RIGHTS, InfoTopic.PROCEDURE, InfoTopic.PAYMENT_MEANS,
)  # fmt: skip


def write_acts(
    session: Session,
    random: Random,
    drafts: Sequence[CaseDraft],
    written: Written,
    as_of: date,
) -> None:
    """Write every act of the drafts, as they stand on the morning of `as_of`."""
    ids = zip(drafts, written.case_ids, written.contact_ids, strict=True)
    talks = [Talk(*row) for row in ids]
    funds, bodies = national_rows(session)
    months, campaigns = load_fsl_months(session, as_of), load_cheque_campaigns(session)
    tables: dict[ActKind, tuple[type[Model], Callable[..., dict[str, Any]]]] = {
        ActKind.PLAN_AGREED: (Plan, _plan),
        ActKind.AID_OPENED: (AidRequest, partial(write_aid, months, funds)),
        ActKind.REFERRAL: (Referral, partial(_referral, bodies)),
        ActKind.ENERGY_CHEQUE_AWARENESS: (ChequeAwareness, partial(_cheque, campaigns)),
    }
    for kind, (table, write) in tables.items():
        chosen = [talk for talk in talks if kind in talk.draft.acts]
        acts = insert_with_ids(session, Act, [_act(talk, kind) for talk in chosen])
        made = enumerate(zip(chosen, acts, strict=True))
        rows = [write(random, number, talk, act, as_of) for number, (talk, act) in made]
        row_ids = insert_with_ids(session, table, rows)
        if kind == ActKind.PLAN_AGREED:
            _instalments(session, chosen, rows, row_ids, as_of)
        if kind == ActKind.AID_OPENED:
            insert_rows(session, AidDocument, [*papers_of(rows, row_ids)])
    insert_rows(session, Act, [*_plain(random, talks)])
    insert_rows(session, CaseCause, [*_causes(talks)])


def _plain(random: Random, talks: Sequence[Talk]) -> Iterator[dict[str, Any]]:
    """The acts that have no table of their own."""
    for talk in talks:
        draft = talk.draft
        if ActKind.CUTOFF_INFORMED in draft.acts and draft.cutoff_on:
            details: dict[str, Any] = {"scheduled_on": draft.cutoff_on.isoformat()}
            yield {**_act(talk, ActKind.CUTOFF_INFORMED), "details": details}
        elif ActKind.APPOINTMENT_SET in draft.acts and draft.appointment_at:
            details = {"appointment_at": draft.appointment_at.isoformat()}
            yield {**_act(talk, ActKind.APPOINTMENT_SET), "details": details}
        elif draft.reached and not draft.acts:
            details = {"topics": random.sample(INFORMED_OF, 2)}
            yield {**_act(talk, ActKind.INFO_GIVEN), "details": details}


def _causes(talks: Sequence[Talk]) -> Iterator[dict[str, Any]]:
    """What those who were reached about a bill said of it."""
    for talk in talks:
        draft = talk.draft
        if not draft.reached or draft.kind != CampaignKind.UNPAID_BILL:
            continue
        said = causes_of(draft.number)
        for cause in (said.main, *said.others):
            yield {
                "case_id": talk.case_id,
                "cause": cause,
                "main": cause == said.main,
                "user_id": draft.mediator_id,
                "noted_at": draft.talk_at,
                "contact_id": talk.contact_id,
            }


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


def _plan(random: Random, number: int, talk: Talk, act_id: int, as_of: date) -> dict[str, Any]:
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


def _instalments(
    session: Session,
    talks: Sequence[Talk],
    plans: Sequence[dict[str, Any]],
    plan_ids: Sequence[int],
    as_of: date,
) -> None:
    rows = []
    for number, (talk, plan, plan_id) in enumerate(zip(talks, plans, plan_ids, strict=True)):
        payments = schedule(_terms(talk), talk.draft.person.postal_code)
        over = sum(payment.due_on < as_of for payment in payments)
        for payment in payments:
            told = _said(number, plan["state"], payment.number, over, payment.due_on)
            rows.append(
                {
                    "plan_id": plan_id,
                    "number": payment.number,
                    "due_on": payment.due_on,
                    "amount_cents": payment.amount_cents,
                    **told,
                    "said_by_id": talk.draft.mediator_id if told["said"] else None,
                }
            )
    insert_rows(session, Instalment, rows)


def _said(number: int, plan: PlanState, position: int, over: int, due_on: date) -> dict[str, Any]:
    """What is known of the nth payment of a plan of which the first `over` fell due."""
    last_over = position == over
    missed = plan == PlanState.BROKEN and position > 1
    missed |= plan != PlanState.COMPLETED and last_over and number % ONE_MISSED == 0
    if position > over or (last_over and number % IN_QUESTION == 1 and plan in RUNNING_PLANS):
        return {"state": InstalmentState.DUE, "said": None, "declared_on": None}
    if missed:
        said, state = InstalmentWord.UNPAID, InstalmentState.MISSED
        return {"state": state, "said": said, "declared_on": None}
    said, state = InstalmentWord.PAID, InstalmentState.DECLARED_PAID
    return {"state": state, "said": said, "declared_on": due_on}


def _referral(
    rows: dict[Body, int], random: Random, number: int, talk: Talk, act_id: int, as_of: date
) -> dict[str, Any]:
    body, known = random.choice(BODIES), (as_of - talk.day).days > NEWS_AFTER
    reason, mode = random.choice(REASONS), random.choice(MODES)
    news = NEWS[number % len(NEWS)] if known else None
    met = mode == ReferralMode.APPOINTMENT_MADE
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "body": body,
        "body_id": rows.get(body),
        "reason": reason,
        "mode": mode,
        "consent": True,
        "consent_on": talk.day,
        "consent_text_id": FIRST_TEXT,
        "referred_on": talk.day,
        "appointment_on": talk.day + timedelta(days=APPOINTMENT_AFTER) if met else None,
        "news": news,
        "news_source": NewsSource.US if news else None,
        "news_on": talk.day + timedelta(days=NEWS_AFTER) if known else None,
    }


def _cheque(
    campaigns: ChequeCampaigns, random: Random, _number: int, talk: Talk, act_id: int, _as_of: date
) -> dict[str, Any]:
    running = campaigns.running(talk.day)
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "campaign_year": running.year if running else talk.day.year,
        "declared_status": random.choice(STATUSES),
        "topics": random.sample(TOPICS, 2),
        "help": random.choice(tuple(ChequeHelp)),
        "given_on": talk.day,
        "details": {},
    }
