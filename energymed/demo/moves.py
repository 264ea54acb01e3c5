"""How plans, requests and customers told of the demo came where they stand, for what is kept."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from energymed.base.clock import at_paris
from energymed.demo.draft import Talk
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.move_models import MoveKind
from energymed.mediation.states import DECISIONS

NOTED_AT = time(11, 0)  # of the day of a step that came after the conversation
Row = dict[str, Any]


def moves_of_plans(talks: Sequence[Talk], plans: Sequence[Row]) -> Iterator[Row]:
    """Agreed, confirmed, and what payments made of it."""
    for talk, plan in zip(talks, plans, strict=True):
        yield _move(talk, plan, MoveKind.PLAN, PlanState.AGREED, plan["agreed_on"])
        if plan["confirmed_on"]:
            yield _move(talk, plan, MoveKind.PLAN, PlanState.CONFIRMED, plan["confirmed_on"])
        if plan["state"] not in (PlanState.AGREED, PlanState.CONFIRMED):
            since = plan["ended_on"] or plan["first_due_on"]
            yield _move(talk, plan, MoveKind.PLAN, plan["state"], since)


def moves_of_aids(talks: Sequence[Talk], aids: Sequence[Row]) -> Iterator[Row]:
    """Opened, filed, decided, paid."""
    for talk, aid in zip(talks, aids, strict=True):
        first = AidState.CONSENT_GIVEN if aid["state"] != AidState.IDENTIFIED else aid["state"]
        steps = [(first, aid["opened_on"], None)]
        granted, state = aid["amount_granted_cents"], aid["state"]
        if aid["submitted_on"]:
            steps.append((AidState.SUBMITTED, aid["submitted_on"], None))
        if aid["decision_on"] and granted:
            decision = state if state in DECISIONS else _decision(aid)
            steps.append((decision, aid["decision_on"], granted))
        if state != steps[-1][0]:
            steps.append((state, aid["moved_on"], aid["paid_cents"]))
        for reached, on, cents in steps:
            yield {**_move(talk, aid, MoveKind.AID, reached, on), "cents": cents}


def told_of(case_ids: Sequence[int], cases: Sequence[Row]) -> Iterator[Row]:
    """Which customers were told of their intervention, known as they were."""
    for case_id, case in zip(case_ids, cases, strict=True):
        if at := case["told_at"]:
            known = {"told_at": at, "in_time": case["told_in_time"], "recorded_at": at}
            yield {"case_id": case_id, **known}


def _decision(aid: Row) -> AidState:
    """What the fund had decided of a grant that was paid since, or never was."""
    if aid["loan_part_cents"]:
        return AidState.GRANTED_LOAN
    part = aid["amount_granted_cents"] < aid["amount_requested_cents"]
    return AidState.GRANTED_PARTIAL if part else AidState.GRANTED_FULL


def _move(talk: Talk, row: Row, kind: MoveKind, state: str, on: date) -> Row:
    in_the_talk = on <= talk.day
    return {
        "act_id": row["act_id"],
        "kind": kind,
        "subject": "",
        "state": str(state),
        "on_date": on,
        "recorded_at": talk.draft.talk_at if in_the_talk else at_paris(on, NOTED_AT),
        "cents": None,
        "asked_on": None,
        "until": None,
    }
