"""Aid requests through the services: opened, filed, decided, paid."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, NotFound, Refused
from energymed.cases.ledger import read_ledger
from energymed.mediation.acts import void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.models import Act, AidRequest
from energymed.mediation.queries import protection
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case
from tests.mediation.conftest import Desk

FSL = AidOpening("fsl_energy", consent=True)
TODAY = date(2026, 11, 23)


def opened(session: Session, desk: Desk, opening: AidOpening = FSL) -> AidRequest:
    return open_aid(Context(session, desk.actor, NOW), desk.case.id, opening)


def walk(session: Session, desk: Desk, aid: AidRequest, *states: str) -> AidRequest:
    for state in states:
        move_aid(Context(session, desk.actor, NOW), aid.id, state, AidStep())
    return aid


def granted(session: Session, desk: Desk, cents: int = 6_000) -> AidRequest:
    aid = walk(session, desk, opened(session, desk), "complete", "submitted")
    step = AidStep(amount_cents=cents)
    return move_aid(Context(session, desk.actor, NOW), aid.id, "granted_full", step)


def test_an_aid_goes_from_opening_to_payment(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, AidOpening("fsl_energy", True, missing_documents=("income",)))
    assert (aid.state, aid.missing_documents) == ("documents_pending", ["income"])
    walk(session, desk, aid, "complete", "submitted")
    assert (aid.missing_documents, aid.submitted_on) == ([], TODAY)
    step = AidStep(amount_cents=6_000, loan_part_cents=1_000)
    move_aid(Context(session, desk.actor, NOW), aid.id, "granted_partial", step)
    assert (aid.grant_part_cents, aid.loan_part_cents) == (5_000, 1_000)
    move_aid(
        Context(session, desk.actor, NOW), aid.id, "paid_to_supplier", AidStep(amount_cents=6_000)
    )
    assert (aid.paid_cents, aid.paid_on) == (6_000, TODAY)


@pytest.mark.parametrize(
    ("opening", "state"),
    [
        (AidOpening("ccas", consent=False, missing_documents=("bill",)), "identified"),
        (AidOpening("ccas", consent=True), "consent_given"),
        (AidOpening("ccas", consent=True, missing_documents=("bill",)), "documents_pending"),
    ],
)
def test_where_a_request_begins(
    session: Session, desk: Desk, opening: AidOpening, state: str
) -> None:
    assert opened(session, desk, opening).state == state


@pytest.mark.parametrize(
    ("opening", "error", "field"),
    [
        (AidOpening("lottery", consent=True), BadInput, "fund"),
        (AidOpening("ccas", consent=True, amount_requested_cents=0), BadInput, "amount"),
        (AidOpening("ccas", True, missing_documents=("blood",)), BadInput, "missing_documents"),
        (AidOpening("ccas", consent=True, body="x" * 121), BadInput, "body"),
        (AidOpening("ccas", True, body="NIR 2 85 05 78 006 084 91"), Refused, "body"),
    ],
)
def test_an_opening_that_is_not_one(
    session: Session, desk: Desk, opening: AidOpening, error: type[DomainError], field: str
) -> None:
    with pytest.raises(error) as refusal:
        opened(session, desk, opening)
    assert refusal.value.params["field"] == field


def test_a_paid_aid_lowers_the_debt_once(session: Session, desk: Desk) -> None:
    aid = granted(session, desk)
    step = AidStep(amount_cents=6_000)
    for _click in range(2):
        move_aid(Context(session, desk.actor, NOW), aid.id, "paid_to_supplier", step)
    said = read_ledger(session, desk.case)
    assert (said.balance_cents, said.repaid_cents) == (4_000, 6_000)
    assert [entry.kind for entry in said.entries] == ["opening", "aid_payment"]


def test_an_aid_on_a_mission_without_a_debt_stays_on_the_request(
    session: Session, desk: Desk
) -> None:
    notice = make_case(session, site=desk.case.site, debt_cents=None, campaign_kind="cutoff_notice")
    aid = open_aid(Context(session, desk.actor, NOW), notice.id, FSL)
    walk(session, desk, aid, "complete", "submitted")
    for state in ("granted_full", "paid_to_supplier"):
        move_aid(Context(session, desk.actor, NOW), aid.id, state, AidStep(amount_cents=6_000))
    assert aid.paid_cents == 6_000
    assert read_ledger(session, notice).entries == []


@pytest.mark.parametrize(
    ("state", "step", "field"),
    [
        ("granted_full", AidStep(), "amount"),
        ("granted_partial", AidStep(amount_cents=-5), "amount"),
        ("granted_partial", AidStep(amount_cents=500, loan_part_cents=600), "loan_part"),
        ("refused", AidStep(), "refusal_reason"),
        ("refused", AidStep(refusal_reason="mood"), "refusal_reason"),
        ("adjourned", AidStep(on=TODAY + timedelta(days=1)), "on"),
        ("adjourned", AidStep(on=TODAY - timedelta(days=1)), "on"),
    ],
)
def test_a_decision_needs_its_data(
    session: Session, desk: Desk, state: str, step: AidStep, field: str
) -> None:
    aid = walk(session, desk, opened(session, desk), "complete", "submitted")
    with pytest.raises(BadInput) as refusal:
        move_aid(Context(session, desk.actor, NOW), aid.id, state, step)
    assert refusal.value.params["field"] == field
    assert aid.state == "submitted"


def test_a_loan_is_a_loan_for_its_whole_amount(session: Session, desk: Desk) -> None:
    aid = walk(session, desk, opened(session, desk), "complete", "submitted")
    move_aid(Context(session, desk.actor, NOW), aid.id, "granted_loan", AidStep(amount_cents=5_000))
    assert (aid.grant_part_cents, aid.loan_part_cents) == (0, 5_000)


def test_no_more_is_paid_than_was_granted(session: Session, desk: Desk) -> None:
    aid = granted(session, desk, 6_000)
    with pytest.raises(BadInput) as refusal:
        move_aid(
            Context(session, desk.actor, NOW),
            aid.id,
            "paid_to_supplier",
            AidStep(amount_cents=6_001),
        )
    assert refusal.value.params["field"] == "amount"


def test_missing_papers_are_named(session: Session, desk: Desk) -> None:
    aid = opened(session, desk)
    with pytest.raises(BadInput) as refusal:
        move_aid(Context(session, desk.actor, NOW), aid.id, "documents_pending", AidStep())
    assert refusal.value.params["field"] == "missing_documents"
    step = AidStep(missing_documents=("lease",))
    assert move_aid(
        Context(session, desk.actor, NOW), aid.id, "documents_pending", step
    ).missing_documents == ["lease"]


def test_a_fund_decides_only_on_what_was_submitted(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, AidOpening("ccas", consent=False))
    with pytest.raises(Refused):
        move_aid(Context(session, desk.actor, NOW), aid.id, "granted_full", AidStep(amount_cents=1))


def test_a_submitted_fsl_request_protects_two_months(session: Session, desk: Desk) -> None:
    aid = walk(session, desk, opened(session, desk), "complete", "submitted")
    assert aid.protects_until == date(2027, 1, 23)
    assert protection([aid], date(2027, 1, 23)) == date(2027, 1, 23)
    assert protection([aid], date(2027, 1, 24)) is None
    refusal = AidStep(refusal_reason="income")
    move_aid(Context(session, desk.actor, NOW), aid.id, "refused", refusal)
    assert protection([aid], TODAY) is None


def test_another_fund_protects_nothing(session: Session, desk: Desk) -> None:
    aid = opened(session, desk, AidOpening("ccas", consent=True))
    assert walk(session, desk, aid, "complete", "submitted").protects_until is None


def test_an_act_taken_back_withdraws_its_request(session: Session, desk: Desk) -> None:
    aid = walk(session, desk, opened(session, desk), "complete")
    void_act(Context(session, desk.actor, NOW), aid.act_id)
    assert aid.state == "withdrawn"
    decided = granted(session, desk)
    with pytest.raises(Refused):
        void_act(Context(session, desk.actor, NOW), decided.act_id)
    assert session.get_one(Act, decided.act_id).voided_at is None


def test_a_double_click_opens_one_request(session: Session, desk: Desk) -> None:
    for _click in range(2):
        open_aid(Context(session, desk.actor, NOW), desk.case.id, FSL, request_key="k")
    assert session.scalar(select(func.count()).select_from(AidRequest)) == 1


def test_another_sites_request_does_not_exist(session: Session, desk: Desk) -> None:
    aid = opened(session, desk)
    for actor, aid_id in ((desk.stranger, aid.id), (desk.actor, 999_999)):
        with pytest.raises(NotFound):
            move_aid(Context(session, actor, NOW), aid_id, "complete", AidStep())
    with pytest.raises(NotFound):
        open_aid(Context(session, desk.stranger, NOW), desk.case.id, FSL)
