"""Many rows at once: reserved ids are free, follow the rows' order, and are never given twice."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from energymed.base.db.bulk import insert_rows, insert_with_ids, reserve_ids
from energymed.cases.models import Household, Phone
from tests.factories import make_case


def test_ids_follow_the_order_of_the_rows(session: Session) -> None:
    case = make_case(session)
    session.flush()
    sites = [{"site_id": case.site_id}] * 1200
    ids = insert_with_ids(session, Household, sites)
    assert list(ids) == sorted(set(ids))
    assert case.person.household_id not in ids
    assert session.scalar(select(func.count()).where(Household.id.in_(list(ids)[:500]))) == 500


def test_a_row_added_afterwards_gets_an_id_of_its_own(session: Session) -> None:
    case = make_case(session)
    ids = insert_with_ids(session, Household, [{"site_id": case.site_id}] * 3)
    later = Household(site_id=case.site_id)
    session.add(later)
    session.flush()
    assert later.id not in ids


def test_defaults_of_the_columns_are_filled_in(session: Session) -> None:
    case = make_case(session)
    (number,) = reserve_ids(session, Phone, 1)
    insert_rows(
        session, Phone, [{"id": number, "person_id": case.person_id, "e164": "+33639980099",
                          "ending": "0099", "position": 9}],
    )  # fmt: skip
    assert session.get_one(Phone, number).status == "ok"


def test_nothing_is_nothing(session: Session) -> None:
    assert list(insert_with_ids(session, Household, [])) == []


def test_what_the_driver_refuses_is_told_in_one_way(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(IntegrityError):
        insert_rows(session, Household, [{"id": case.person.household_id, "site_id": case.site_id}])
