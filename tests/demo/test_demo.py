"""The demo: its year yields the published figures, counted from rows; today is believable."""

from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.files import FileStore
from energymed.base.periods import parse_period
from energymed.calling.eligibility.rules import in_hours
from energymed.calling.models import Contact
from energymed.calling.queue.view import view_queue
from energymed.cases.ledger import read_ledger
from energymed.cases.models import Case
from energymed.config import Settings
from energymed.demo import service
from energymed.partners.models import Partner
from energymed.partners.rulebook import load_calling_rules
from energymed.reporting.indicators import compute
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING, make_user

PUBLISHED = {
    "cases_handled": 3_721,
    "calls_out": 6_403,
    "contacts_out": 7_464,
    "plans_negotiated": 237,
    "aids_created": 254,
    "referrals": 356,
    "cheque_awareness": 411,
    "debt_total_cents": 207_935_500,
    "cleared_share": 0.05,
}


@pytest.fixture
def made(app: Flask, tmp_path: Path) -> list[dict[str, str]]:
    with time_machine.travel(MONDAY_MORNING, tick=False):
        return service.ensure_demo(lambda _: "hash", FileStore(tmp_path), progress=lambda _: None)


@pytest.mark.slow
def test_the_year_yields_the_published_figures_and_a_second_run_keeps_all(
    made: list[dict[str, str]], session: Session, tmp_path: Path
) -> None:
    edf = session.scalars(select(Partner).where(Partner.code == "edf")).one()
    figures = compute(session, Scope(parse_period("2025"), partner_id=edf.id))
    assert {code: figures[code].value for code in PUBLISHED} == PUBLISHED
    assert {login["role"] for login in made} == {"admin", "lead", "mediator", "partner"}
    _every_call_obeys_the_rules(session)
    _every_balance_is_the_sum_of_its_ledger(session)
    amina = session.scalars(select(User).where(User.email.startswith("amina@"))).one()
    view = view_queue(Context(session, amina.as_actor(), MONDAY_MORNING))
    assert len(view.ready) > 10
    _a_second_run_keeps_what_people_did(made, session, tmp_path)


def _a_second_run_keeps_what_people_did(
    made: list[dict[str, str]], session: Session, folder: Path
) -> None:
    case = session.scalars(select(Case).where(Case.state == "queued").limit(1)).one()
    case.comment = "vu ce matin"
    session.commit()
    before = session.scalar(select(func.count()).select_from(Case))
    again = service.ensure_demo(lambda _: "x", FileStore(folder), progress=lambda _: None)
    assert again == made
    assert session.scalar(select(func.count()).select_from(Case)) == before
    assert session.get_one(Case, case.id).comment == "vu ce matin"


def _every_call_obeys_the_rules(session: Session) -> None:
    rules = load_calling_rules(session, MONDAY_MORNING.date())
    calls = session.execute(
        select(Contact.person_id, Contact.started_at, Contact.result)
        .where(Contact.channel == "call_out", Contact.started_at < parse_period("2026").bounds[0])
        .order_by(Contact.person_id, Contact.started_at)
    ).all()
    assert all(in_hours(rules, call.started_at) for call in calls)
    days: dict[tuple[int, object], int] = {}
    for call in calls:
        if rules.counts(call.result):
            key = (call.person_id, call.started_at.date())
            days[key] = days.get(key, 0) + 1
    assert max(days.values()) == rules.attempts_per_day


def _every_balance_is_the_sum_of_its_ledger(session: Session) -> None:
    paid = session.scalars(
        select(Case).where(Case.debt_cents < Case.opening_debt_cents).limit(50)
    ).all()
    assert len(paid) == 50
    for case in paid:
        assert sum(e.amount_cents for e in read_ledger(session, case).entries) == case.debt_cents


def test_a_real_installation_is_never_touched(settings: Settings, session: Session) -> None:
    real = replace(settings, environment="production")
    service.refuse_real_data(real)  # empty: nothing to lose
    make_user(session, "admin")
    session.commit()
    with pytest.raises(Refused, match="rien n'a été touché"):
        service.refuse_real_data(real)
    service.refuse_real_data(replace(settings, environment="demo"))
