"""The partner's desk: own figures, own cases without names, own returns."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.files import read_file
from energymed.base.periods import parse_period
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.partners.codes import DisclosureTopic
from energymed.partners.disclosure import set_told
from energymed.partners.models import Partner
from energymed.reporting.deliveries import deliver
from energymed.reporting.models import DeliveryFetch
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_user
from tests.web.helpers import sign_in, table_rows, text_of


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def edf(session: Session) -> Partner:
    return make_partner(session, "edf")


@pytest.fixture
def desk(client: FlaskClient, session: Session, edf: Partner) -> FlaskClient:
    user = make_user(session, "partner", partner=edf)
    session.commit()
    sign_in(client, user)
    return client


def handled_case(session: Session, partner: Partner, cents: int) -> int:
    case = make_case(session, partner=partner, debt_cents=cents)
    session.add(
        Contact(case_id=case.id, person_id=case.person_id, channel="call_out", result="no_answer",
                started_at=NOW, ended_at=NOW + timedelta(minutes=1))
    )  # fmt: skip
    session.commit()
    return case.id


def test_figures_are_those_of_its_own_cases(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    handled_case(session, edf, 12_345)
    handled_case(session, make_partner(session, "engie"), 99_999)
    page = text_of(desk.get("/partner?period=2026-11"))
    assert "Montant total des dettes 123,45 €" in page
    assert "999,99" not in page


def test_a_figure_opens_references_never_names(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    handled_case(session, edf, 12_345)
    other = handled_case(session, make_partner(session, "engie"), 99_999)
    answer = desk.get("/partner/indicators/debt_total_cents?period=2026-11")
    rows = table_rows(answer)
    assert [row["Dette à l'ouverture"] for row in rows] == ["123,45 €"]
    assert "Camille" not in text_of(answer)
    assert str(other) not in [row["Référence"] for row in rows]
    assert desk.get("/partner/indicators/nonsense").status_code == 404


def test_no_list_tells_of_a_social_follow_up(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    case = make_case(session, partner=edf, state="closed", closure="referred", closed_at=NOW)
    session.add(
        Contact(case_id=case.id, person_id=case.person_id, channel="call_out",
                result="reached_holder", started_at=NOW, ended_at=NOW)
    )  # fmt: skip
    session.commit()
    handled = "/partner/indicators/cases_handled?period=2026-11"
    assert [row["État"] for row in table_rows(desk.get(handled))] == [
        "Accompagnement social en cours"
    ]
    for code in ("referrals", "aids_created", "aids_granted", "aids_granted_cents"):
        assert desk.get(f"/partner/indicators/{code}").status_code == 404
        assert f"/partner/indicators/{code}" not in desk.get("/partner").text
    set_told(Context(session, SYSTEM, NOW), edf, [DisclosureTopic.REFERRALS])
    session.commit()
    assert [row["État"] for row in table_rows(desk.get(handled))] == ["Orienté"]
    assert desk.get("/partner/indicators/referrals").status_code == 200
    assert "/partner/indicators/referrals" in desk.get("/partner").text


def test_a_return_is_downloaded_as_it_was_frozen_and_noted(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    case_id = handled_case(session, edf, 12_345)
    site_id = session.get_one(Case, case_id).site_id
    made = deliver(
        Context(session, SYSTEM, NOW),
        partner_id=edf.id,
        site_id=site_id,
        period=parse_period("2026-W48"),
        file_format="csv",
    )
    session.commit()
    assert [row["Dernier retrait"] for row in table_rows(desk.get("/partner/deliveries"))] == [
        "jamais"
    ]
    answer = desk.post(f"/partner/deliveries/{made.id}")
    assert answer.data == read_file(session, made.sha256)
    assert "retour-edf-2026-W48.csv" in answer.headers["Content-Disposition"]
    assert session.scalars(select(DeliveryFetch.fetched_at)).one() == NOW


def test_another_partners_return_does_not_exist(desk: FlaskClient, session: Session) -> None:
    engie = make_partner(session, "engie")
    case = make_case(session, partner=engie)
    made = deliver(
        Context(session, SYSTEM, NOW),
        partner_id=engie.id,
        site_id=case.site_id,
        period=parse_period("2026"),
        file_format="json",
    )
    session.commit()
    assert desk.post(f"/partner/deliveries/{made.id}").status_code == 404
    assert table_rows(desk.get("/partner/deliveries")) == []
    assert session.scalars(select(DeliveryFetch)).all() == []


def test_the_first_visit_says_what_will_come(desk: FlaskClient) -> None:
    assert "Aucun retour pour l'instant" in text_of(desk.get("/partner/deliveries"))
