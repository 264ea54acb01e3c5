"""The demo: its years yield the published figures, counted from rows; today is believable."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.accounts.models import Site, User
from energymed.base.clock import day_bounds
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.periods import parse_period
from energymed.base.text.typed import typed
from energymed.calling.eligibility.rules import in_hours
from energymed.calling.models import Contact
from energymed.calling.queue.view import view_queue
from energymed.cases.ledger import read_ledger
from energymed.cases.models import Case
from energymed.casework.case_overview import case_overview
from energymed.casework.work_tray import Group, TrayFilter, tray
from energymed.config import Settings
from energymed.demo import service
from energymed.demo_file import DemoLogin
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.codes import AidState, Cause, InstalmentState, PlanState
from energymed.mediation.models import AidRequest, Instalment, Plan
from energymed.partners.models import Partner
from energymed.partners.rulebook import load_calling_rules
from energymed.reporting.indicators import compute, total
from energymed.reporting.scope import Scope
from energymed.web.mediator.case_file.cautions import cautions
from tests.factories import make_user

TEN = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # a Monday, in Paris
PUBLISHED = {
    ("pdp", "edf"): {
        "cases_handled": 3_721,
        "calls_out": 6_403,
        "contacts_out": 7_464,
        "plans_negotiated": 237,
        "aids_created": 254,
        "referrals": 356,
        "cheque_awareness": 411,
        "debt_total_cents": 207_935_500,
        "cleared_share": 0.05,
    },
    ("dijon", "edf"): {
        "cases_handled": 2_971,
        "calls_out": 5_162,
        "mails_letters": 428,
        "debt_cleared_cents": 10_199_100,
    },
    ("dijon", "enedis"): {
        "cases_handled": 25_334,
        "cutoff_calls": 11_421,
        "appointment_calls": 13_529,
        "visits": 384,
    },
}
# of the call desk's cautions, what each of these sentences begins with
CAUTIONS = (
    "Décès déclaré", "s'oppose à être recontactée", "A refusé l'échange",
    "Moments préférés pour un appel", "Suspendu",
    "Coupure prévue", "Demande FSL déposée", "attesté : protections jusqu'au", "Trêve hivernale",
    "Eau : ni coupure", "sa pratique, pas la loi", "Fourniture coupée", "Résidence secondaire",
    "échéance manquée", "Un échéancier court", "Absent du dernier fichier", "numéro",
)  # fmt: skip


def make(at: datetime = TEN, **options: object) -> list[DemoLogin]:
    with time_machine.travel(at, tick=False):
        return service.ensure_demo(
            lambda _: "hash",
            progress=lambda _: None,
            **options,  # type: ignore[arg-type]
        )


@pytest.mark.slow
@pytest.mark.once
def test_the_years_yield_the_published_figures_and_reach_to_today(
    app: Flask, session: Session
) -> None:
    said: list[str] = []
    with time_machine.travel(TEN, tick=False):
        made = service.ensure_demo(lambda _: "hash", progress=said.append)
    assert said[0] == "1/14 Portes de Provence, EDF 2025 : 3721 dossiers"
    assert {login.role for login in made} == set(Role)
    for (site, partner), figures in PUBLISHED.items():
        assert figures_of(session, site, partner, "2025", figures) == figures
    _no_month_is_left_out(session)
    _nothing_is_to_come(session)
    _every_call_obeys_the_rules(session)
    _every_balance_is_the_sum_of_its_ledger(session)
    _plans_and_aids_are_in_every_state(session)
    _causes_are_named_and_supplies_known(session)
    _everybody_has_a_queue(session)
    _few_things_are_late(session)
    with time_machine.travel(TEN, tick=False), app.test_request_context():
        _every_caution_is_somewhere(session)
    _a_second_run_keeps_what_people_did(made, session)


def figures_of(
    session: Session, site: str, partner: str, period: str, codes: Iterable[str]
) -> dict[str, float | None]:
    """Some figures of a partner at a site."""
    site_id = session.scalars(select(Site.id).where(Site.code == site)).one()
    partner_id = session.scalars(select(Partner.id).where(Partner.code == partner)).one()
    scope = Scope(parse_period(period), partner_id=partner_id, site_id=site_id)
    if "cleared_share" in codes:
        return {code: figure.value for code, figure in compute(session, scope).items()
                if code in codes}  # fmt: skip
    return {code: total(session, code, scope) for code in codes}


def _no_month_is_left_out(session: Session) -> None:
    """Of each month that is over, nothing is less than half of the average."""
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    months += [f"2026-{month:02d}" for month in range(1, 12)]
    codes = ["cases_received", "calls_out"]
    for site, partner in (("pdp", "edf"), ("pdp", "veolia"), ("dijon", "edf"), ("dijon", "enedis")):
        figures = [figures_of(session, site, partner, month, codes) for month in months]
        for code in codes:
            counts = [figure[code] or 0 for figure in figures]
            assert min(counts) * 2 > sum(counts) / len(counts), (site, partner, code, counts)


def _nothing_is_to_come(session: Session) -> None:
    last = session.scalar(select(func.max(Contact.started_at)))
    assert last is not None
    assert last < TEN
    opened = session.scalar(select(func.max(Case.opened_at)))
    assert opened is not None
    assert day_bounds(date(2026, 11, 30))[0] < opened < TEN
    closed = session.scalar(select(func.max(Case.closed_at)))
    assert closed is not None
    assert closed < TEN


def _every_call_obeys_the_rules(session: Session) -> None:
    rules = load_calling_rules(session, TEN.date())
    calls = session.execute(
        select(Contact.person_id, Contact.started_at, Contact.result, Case.postal_code)
        .join(Case, Case.id == Contact.case_id)
        .where(Contact.channel == "call_out")
        .order_by(Contact.person_id, Contact.started_at)
    ).all()
    past = [call for call in calls if call.started_at < parse_period("2026-W47").bounds[0]]
    assert all(in_hours(rules, call.started_at) for call in past)
    days: dict[tuple[int, object], int] = {}
    for call in past:
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


def _plans_and_aids_are_in_every_state(session: Session) -> None:
    plans = {state for (state,) in session.execute(select(Plan.state).distinct())}
    ended = {PlanState.PROPOSED, PlanState.CANCELLED, PlanState.RENEGOTIATED}
    assert plans == set(PlanState) - ended
    aids = {state for (state,) in session.execute(select(AidRequest.state).distinct())}
    assert aids == set(AidState)
    missed = select(Instalment.id).join(Instalment.plan)
    missed = missed.where(Instalment.state == InstalmentState.MISSED)
    assert session.scalars(missed.where(Plan.state == PlanState.CONFIRMED)).first()
    unpaid = select(Plan.id).where(Plan.ended_on.is_not(None), Plan.ended_on >= TEN.date())
    assert session.scalars(unpaid).all() == []


def _causes_are_named_and_supplies_known(session: Session) -> None:
    main = select(CaseCause.cause).where(CaseCause.main)
    assert set(session.scalars(main.distinct())) == set(Cause)
    states = set(session.scalars(select(Case.supply_state).distinct()))
    assert {"limited", "cut"} <= states
    open_cases = select(func.count(Case.second_letter_on)).where(Case.state != "closed")
    assert (session.scalar(open_cases) or 0) > 10


def _everybody_has_a_queue(session: Session) -> None:
    for user in session.scalars(select(User).where(User.role == "mediator")):
        view = view_queue(Context(session, user.as_actor(), TEN))
        assert len(view.ready) > 10, user.name


def _few_things_are_late(session: Session) -> None:
    """A tray that one can clear in a morning, in a team that follows what it began."""
    for user in session.scalars(select(User).where(User.role == "mediator")):
        late = tray(Context(session, user.as_actor(), TEN), TrayFilter()).counts[Group.LATE]
        assert 3 <= late <= 14, (user.name, late)


def _every_caution_is_somewhere(session: Session) -> None:
    lead = session.scalars(select(User).where(User.email.startswith("lead@"))).one()
    ctx = Context(session, lead.as_actor(), TEN)
    weeks = parse_period("2026-W48").bounds[0]
    recent = select(Case).where(Case.site_id == lead.site_id, Case.opened_at >= weeks)
    planned = select(Case).join(Plan, Plan.case_id == Case.id).where(Case.site_id == lead.site_id)
    cases = [*session.scalars(recent), *session.scalars(planned.order_by(Plan.id.desc()).limit(90))]
    told = (caution for case in cases for caution in cautions(case_overview(ctx, case)))
    texts = {typed(caution.text) for caution in told}
    assert [start for start in CAUTIONS if not any(start in text for text in texts)] == []
    remarks = {phone.remark for case in cases for phone in case.person.phones} - {None}
    owners = {phone.owner for case in cases for phone in case.person.phones} - {None}
    assert remarks
    assert owners
    assert any(not phone.links for case in cases for phone in case.person.phones)
    homes = [case.person.household_id for case in cases if case.state != "closed"]
    partners = {
        home: {case.partner.code for case in cases if case.person.household_id == home}
        for home in homes
    }
    assert {"edf", "engie", "veolia"} in partners.values()


def _a_second_run_keeps_what_people_did(made: list[DemoLogin], session: Session) -> None:
    case = session.scalars(select(Case).where(Case.state == "queued").limit(1)).one()
    case.comment = "vu ce matin"
    session.commit()
    before = session.scalar(select(func.count()).select_from(Case))
    assert make() == made
    assert session.scalar(select(func.count()).select_from(Case)) == before
    assert session.get_one(Case, case.id).comment == "vu ce matin"


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("day", ["2027-01-04", "2026-01-02", "2026-05-07"])
def test_the_queue_is_there_on_awkward_days(
    app: Flask, session: Session, tmp_path: Path, day: str
) -> None:
    at = datetime.fromisoformat(f"{day}T10:00+01:00")
    make(at, missions=())
    amina = session.scalars(select(User).where(User.email.startswith("amina@"))).one()
    assert len(view_queue(Context(session, amina.as_actor(), at)).ready) > 10
    last = session.scalar(select(func.max(Contact.started_at)))
    assert last is not None
    assert last < at


def test_a_real_installation_is_never_touched(settings: Settings, session: Session) -> None:
    real = replace(settings, environment="production")
    service.refuse_real_data(real)  # empty: nothing to lose
    make_user(session, "admin")
    session.commit()
    with pytest.raises(Refused, match="rien n'a été touché"):
        service.refuse_real_data(real)
    service.refuse_real_data(replace(settings, environment="demo"))
