"""Aid requests of the demo: asked, followed, decided and paid, few of them late."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from energymed.base.dates import add_months
from energymed.demo.draft import Talk
from energymed.mediation.aid_codes import USUAL_PAPERS, AfterRefusal
from energymed.mediation.aids import PROTECTING_FUNDS, STARTED
from energymed.mediation.codes import AidState, Fund

FUNDS = (
    Fund.FSL_ENERGY, Fund.FSL_ENERGY, Fund.FSL_ENERGY, Fund.CCAS, Fund.CAF, Fund.SUPPLIER_FUND,
    Fund.CHARITY,
)  # fmt: skip
DECIDED_AFTER, PAID_AFTER = 45, 58  # days: a fund decides, or it comes to nothing; it pays
SETTLED_AFTER = 60  # days: what nobody took on is over, but for one of so many that is late
ONE_LATE = 5
OVER = {
    AidState.ADJOURNED: AidState.LAPSED,
    AidState.GRANTED_PARTIAL: AidState.PAID_TO_SUPPLIER,
    AidState.GRANTED_FULL: AidState.PAID_TO_SUPPLIER,
    AidState.GRANTED_LOAN: AidState.PAID_TO_SUPPLIER,
}
ONE_NEVER_PAID = 40  # of the grants that are over long since
NEVER_PAID_AFTER = 220
# days in which a request that nobody took on is taken on, in a real week
TAKEN_ON = {
    AidState.COMPLETE: 3, AidState.CONSENT_GIVEN: 3, AidState.DOCUMENTS_PENDING: 7,
    AidState.IDENTIFIED: 7,
}  # fmt: skip
DECIDED = (
    AidState.GRANTED_FULL, AidState.PAID_TO_SUPPLIER, AidState.GRANTED_PARTIAL, AidState.REFUSED,
    AidState.PAID_TO_SUPPLIER, AidState.GRANTED_LOAN, AidState.WITHDRAWN, AidState.ADJOURNED,
    AidState.PAID_TO_SUPPLIER, AidState.LAPSED,
)  # fmt: skip
UNDER_WAY = (
    AidState.SUBMITTED, AidState.COMPLETE, AidState.SUBMITTED, AidState.CONSENT_GIVEN,
    AidState.DOCUMENTS_PENDING, AidState.SUBMITTED, AidState.IDENTIFIED,
)  # fmt: skip
AFTER = (AfterRefusal.OTHER_FUND, AfterRefusal.PLAN, AfterRefusal.REFERRAL, AfterRefusal.NOTHING)


def write_aid(
    fsl_months: int,
    rows: dict[Fund, int],
    random: Random,
    number: int,
    talk: Talk,
    act_id: int,
    as_of: date,
) -> dict[str, Any]:
    """The row of an aid request, where it stands on the morning of `as_of`."""
    asked, age = min(talk.draft.debt_cents, 60_000), (as_of - talk.day).days
    old = age > DECIDED_AFTER
    states, fund = DECIDED if old else UNDER_WAY, random.choice(FUNDS)
    state = states[number % len(states)]
    if state == AidState.PAID_TO_SUPPLIER and age <= PAID_AFTER:
        state = AidState.GRANTED_FULL
    granted = _granted(state, asked)
    state = _moved_on(state, number, age)
    submitted_on = talk.day + timedelta(days=6)
    submitted = old or (state == AidState.SUBMITTED and submitted_on < as_of)
    if state == AidState.SUBMITTED and not submitted:
        state = AidState.COMPLETE
    paid = state == AidState.PAID_TO_SUPPLIER
    decision_on = (
        talk.day + timedelta(days=DECIDED_AFTER) if granted or state == AidState.REFUSED else None
    )
    paid_on = talk.day + timedelta(days=PAID_AFTER) if paid else None
    submitted_on_day = submitted_on if submitted else None
    protects = submitted and fund in PROTECTING_FUNDS
    return {
        "act_id": act_id,
        "case_id": talk.case_id,
        "fund": fund,
        "fund_id": rows.get(fund),
        "state": state,
        "opened_on": talk.day,
        "amount_requested_cents": asked,
        "amount_granted_cents": granted,
        "grant_part_cents": 0 if state == AidState.GRANTED_LOAN else granted,
        "loan_part_cents": granted if state == AidState.GRANTED_LOAN else 0,
        "submitted_on": submitted_on_day,
        "decision_on": decision_on,
        "paid_on": paid_on,
        "moved_on": paid_on or decision_on or submitted_on_day or talk.day,
        "paid_cents": granted if paid else None,
        "refusal_reason": "income" if state == AidState.REFUSED else None,
        "protects_until": add_months(submitted_on, fsl_months) if protects else None,
        "after_refusal": AFTER[number % len(AFTER)] if state == AidState.REFUSED else None,
    }


def _moved_on(state: AidState, number: int, age: int) -> AidState:
    """Where a request stands that somebody followed: few are late."""
    if age > NEVER_PAID_AFTER and state in OVER and number % ONE_NEVER_PAID == 0:
        return AidState.NEVER_PAID if _granted(state, 1) is not None else AidState.LAPSED
    if age > SETTLED_AFTER:
        return OVER.get(state, state)
    if age > TAKEN_ON.get(state, age) and number // len(UNDER_WAY) % ONE_LATE:
        return AidState.SUBMITTED
    return state


def papers_of(rows: Sequence[dict[str, Any]], aid_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The papers of the requests that are not filed yet: some of those awaited have come."""
    for row, aid_id in zip(rows, aid_ids, strict=True):
        state, asked_on = row["state"], row["opened_on"]
        if state not in STARTED and state != AidState.COMPLETE:
            continue
        asked = state in (AidState.DOCUMENTS_PENDING, AidState.COMPLETE)
        for place, paper in enumerate(USUAL_PAPERS):
            came = state == AidState.COMPLETE or (asked and place == 0)
            yield {
                "aid_id": aid_id,
                "paper": paper,
                "asked_on": asked_on if asked else None,
                "received_on": asked_on if came else None,
            }


def _granted(state: AidState, asked: int) -> int | None:
    if state in (AidState.GRANTED_FULL, AidState.PAID_TO_SUPPLIER):
        return asked
    return asked // 2 if state in (AidState.GRANTED_PARTIAL, AidState.GRANTED_LOAN) else None
