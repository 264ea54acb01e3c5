"""Writes acts in bulk: plans, aids, referrals, cheque talks, a network's own."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.db import Model
from energymed.base.db.bulk import insert_rows, insert_with_ids
from energymed.demo.aids import papers_of, write_aid
from energymed.demo.draft import CaseDraft, Talk
from energymed.demo.moves import moves_of_aids, moves_of_plans
from energymed.demo.plans import write_instalments, write_plan
from energymed.demo.rows import Written
from energymed.demo.situations import causes_of
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.codes import (
    ActKind,
    Body,
    ChequeHelp,
    ChequeStatus,
    ChequeTopic,
    InfoTopic,
    ReferralMode,
    ReferralReason,
)
from energymed.mediation.directory_choice import national_rows
from energymed.mediation.models import (
    Act,
    AidDocument,
    AidRequest,
    ChequeAwareness,
    Plan,
    Referral,
)
from energymed.mediation.move_models import ActMove
from energymed.mediation.request_codes import NewsSource, ReferralNews
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
NEWS_AFTER = 20  # days: news of a referral
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
    lead_id: int,
) -> None:
    """Write every act of the drafts, as they stand on the morning of `as_of`.

    `lead_id`: to whom the partners tell which instalments were paid.
    """
    ids = zip(drafts, written.case_ids, written.contact_ids, strict=True)
    talks = [Talk(*row) for row in ids]
    funds, bodies = national_rows(session)
    months, campaigns = load_fsl_months(session, as_of), load_cheque_campaigns(session)
    tables: dict[ActKind, tuple[type[Model], Callable[..., dict[str, Any]]]] = {
        ActKind.PLAN_AGREED: (Plan, write_plan),
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
            write_instalments(session, chosen, rows, row_ids, as_of, lead_id)
            insert_rows(session, ActMove, [*moves_of_plans(chosen, rows)])
        if kind == ActKind.AID_OPENED:
            insert_rows(session, AidDocument, [*papers_of(rows, row_ids)])
            insert_rows(session, ActMove, [*moves_of_aids(chosen, rows)])
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
        "recorded_at": talk.draft.talk_at,
    }


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
