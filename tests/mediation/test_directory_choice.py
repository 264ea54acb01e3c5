"""What the directory offers: its days on both sides, its places, and what was asked already."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.mediation.acts import void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.codes import AidState, Body, Fund, Near
from energymed.mediation.directory_choice import (
    Offered,
    holds,
    is_old,
    offer,
    serves,
    times_asked,
)
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.models import Referral
from energymed.mediation.referrals import ReferralRequest, refer
from tests.factories import make_case
from tests.mediation.conftest import Desk
from tests.web.admin.conftest import counted

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def fund(session: Session, name: str = "FSL", **said: Any) -> AidFund:
    row = AidFund(**{"kind": Fund.FSL_ENERGY, "name": name, "certainty": "P", "source": "essai",
                     "department": "26", **said})  # fmt: skip
    session.add(row)
    session.flush()
    return row


def body(session: Session, name: str = "CCAS", **said: Any) -> SocialBody:
    row = SocialBody(**{"kind": Body.CCAS, "name": name, "certainty": "P", "source": "essai",
                        "department": "26", **said})  # fmt: skip
    session.add(row)
    session.flush()
    return row


def local(some: tuple[Offered, ...]) -> list[str]:
    return [each.name for each in some if each.near != Near.EVERYWHERE]


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({}, True),
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + DAY}, False),
        ({"valid_until": TODAY}, True),
        ({"valid_until": TODAY - DAY}, False),
        ({"valid_from": TODAY, "valid_until": TODAY}, True),
    ],
)
def test_a_row_holds_from_its_first_day_to_its_last(
    session: Session, said: dict[str, Any], *, there: bool
) -> None:
    row = fund(session, **said)
    found = offer(session, "26000", "Valence", TODAY).funds
    assert (row.id in [each.id for each in found]) is holds(row, TODAY) is there


@pytest.mark.parametrize(
    ("code", "postal_code", "there"),
    [
        ("26", "26290", True), ("26", "07000", False), ("01", "01000", True),
        ("2A", "20000", True), ("2A", "20190", True), ("2A", "20200", False),
        ("2B", "20200", True), ("2B", "20620", True), ("2B", "20137", False),
        ("20", "20137", True), ("20", "20250", True), ("2A", "2A004", True),
        ("974", "97411", True), ("974", "97110", False), ("971", "97110", True),
        ("978", "97150", True), ("971", "97150", False), ("977", "97133", True),
        ("987", "98714", True), ("988", "98714", False), (None, "26000", True), (None, None, True),
        ("26", None, False), ("26", "", False),
    ],
)  # fmt: skip
def test_a_departement_is_that_of_the_postal_code(
    session: Session, code: str | None, postal_code: str | None, *, there: bool
) -> None:
    row = fund(session, department=code)
    found = offer(session, postal_code, None, TODAY).funds
    assert (row.id in [each.id for each in found]) is serves(row, postal_code) is there


def test_the_nearest_come_first_and_all_in_one_query(session: Session) -> None:
    for name, commune in (("C", "Montélimar"), ("B", None), ("A", "SAINT MARCEL")):
        body(session, name, commune=commune)
    fund(session, "F", commune="Die")
    with counted() as sent:
        found = offer(session, "26320", "St-Marcel CEDEX", TODAY)
    assert len(sent) == 1
    assert [(each.name, each.near) for each in found.bodies[:3]] == [
        ("A", Near.HERE), ("B", Near.DEPARTMENT), ("C", Near.AROUND),
    ]  # fmt: skip
    assert {each.near for each in found.bodies[3:]} == {Near.EVERYWHERE}
    assert local(found.funds) == ["F"]
    assert len(found.funds) == len(Fund) + 1


def opened(session: Session, desk: Desk, at: datetime = NOW, **said: Any) -> Any:
    opening = AidOpening(**{"fund": "", "consent": True, **said})
    return open_aid(Context(session, desk.actor, at), desk.case.id, opening)


def test_the_kind_follows_from_the_row(session: Session, desk: Desk) -> None:
    desk.case.postal_code = "26000"
    aid = opened(session, desk, fund_id=fund(session, kind=Fund.WATER_FUND).id)
    assert (aid.fund, aid.listed.name) == (Fund.WATER_FUND, "FSL")


def test_a_kind_alone_is_the_row_for_everybody(session: Session, desk: Desk) -> None:
    desk.case.postal_code = "26000"
    fund(session)
    aid = opened(session, desk, fund="fsl_energy")
    assert aid.listed.department is None
    aid.listed.valid_until = TODAY - DAY  # none is there for everybody any more
    assert opened(session, desk, fund="fsl_energy").fund_id is None


@pytest.mark.parametrize("said", [{"department": "07"}, {"valid_until": TODAY - DAY},
                                  {"valid_from": TODAY + DAY}])  # fmt: skip
def test_what_is_not_offered_is_refused(session: Session, desk: Desk, said: dict[str, Any]) -> None:
    desk.case.postal_code = "26000"
    with pytest.raises(BadInput, match="choisissez dans la liste") as refusal:
        opened(session, desk, fund_id=fund(session, **said).id)
    assert refusal.value.params["field"] == "fund"
    with pytest.raises(BadInput, match="choisissez dans la liste") as refusal:
        referred(session, desk, body(session, **said).id)
    assert refusal.value.params["field"] == "body"


def test_a_row_that_is_none_is_refused(session: Session, desk: Desk) -> None:
    with pytest.raises(BadInput):
        opened(session, desk, fund_id=99_999)
    with pytest.raises(BadInput):
        opened(session, desk, fund="club")


def referred(session: Session, desk: Desk, body_id: int | None = None, kind: str = "") -> Referral:
    request = ReferralRequest(kind, "budget", "coordinates_given", consent=True, body_id=body_id)
    return refer(Context(session, desk.actor, NOW), desk.case.id, request)


def test_a_referral_is_one_per_row_and_case(session: Session, desk: Desk) -> None:
    desk.case.postal_code = "26000"
    one, other = body(session, "CCAS 1"), body(session, "CCAS 2")
    for body_id in (one.id, other.id):
        referred(session, desk, body_id)
    referred(session, desk, kind="ccas")
    for again in ({"body_id": one.id}, {"kind": "ccas"}):
        with pytest.raises(Refused, match="déjà orienté"):
            referred(session, desk, **again)  # type: ignore[arg-type]
    bodies = session.scalars(select(Referral.body)).all()
    assert bodies == [Body.CCAS] * 3


def test_without_a_row_a_kind_is_one_per_case(session: Session, desk: Desk) -> None:
    for row in session.scalars(select(SocialBody)):
        row.valid_until = TODAY - DAY
    assert referred(session, desk, kind="ccas").body_id is None
    with pytest.raises(Refused, match="déjà orienté"):
        referred(session, desk, kind="ccas")
    assert session.scalar(select(func.count()).select_from(Referral)) == 1


def asked(session: Session, desk: Desk, row: AidFund, year: int = 2026) -> int:
    return times_asked(session, desk.case.person_id, row.id, year)


def test_what_was_asked_this_year_counts(session: Session, desk: Desk) -> None:
    desk.case.postal_code = "26000"
    row, other = fund(session), fund(session, "autre")
    assert asked(session, desk, row) == 0
    aid = opened(session, desk, fund_id=row.id)
    opened(session, desk, fund_id=other.id)
    opened(session, desk, fund_id=row.id, consent=False)  # only found so far
    assert (asked(session, desk, row), asked(session, desk, row, 2025)) == (1, 0)
    elsewhere = make_case(session, partner=desk.case.partner, site=desk.case.site)
    assert times_asked(session, elsewhere.person_id, row.id, 2026) == 0
    move_aid(Context(session, desk.actor, NOW), aid.id, AidState.WITHDRAWN, AidStep())
    assert asked(session, desk, row) == 0


@pytest.mark.parametrize(
    ("at", "year"),
    [(datetime(2025, 12, 31, 12, tzinfo=UTC), 2025), (datetime(2026, 1, 1, 12, tzinfo=UTC), 2026)],
)
def test_a_year_begins_on_its_first_day(
    session: Session, desk: Desk, at: datetime, year: int
) -> None:
    row = fund(session, department=None)
    aid = opened(session, desk, at, fund_id=row.id)
    assert (asked(session, desk, row, year), asked(session, desk, row, 2025 + 2026 - year)) == (
        1,
        0,
    )
    void_act(Context(session, desk.actor, at), aid.act_id)
    assert asked(session, desk, row, year) == 0


@pytest.mark.parametrize(
    ("checked_on", "months", "old"),
    [
        (None, 12, True), (date(2025, 11, 23), 12, False), (date(2025, 11, 22), 12, True),
        (date(2026, 10, 22), 1, True), (date(2026, 10, 23), 1, False),
    ],
)  # fmt: skip
def test_a_row_is_to_be_checked_again_after_so_many_months(
    checked_on: date | None, months: int, *, old: bool
) -> None:
    assert is_old(checked_on, TODAY, months) is old
