"""The list of cases comes in the order of an index, so that no site is too large for it."""

import pytest
from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.base.db import locks_rows
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.queries import CaseSearch, search_cases
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_site

# PostgreSQL would read so few rows as they come
ONE_BY_ONE = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort")
SORTS = {
    "-opened": "ix_case_file_by_opened",
    "opened": "ix_case_file_by_opened",
    "reference": "ix_case_file_by_reference",
    "-reference": "ix_case_file_by_reference",
    "commune": "ix_case_file_by_commune",
    "debt": "ix_case_file_by_debt",
    "cutoff": "ix_case_file_by_cutoff",
}


def listed(session: Session, site_id: int, **wanted: str) -> Select[Case]:
    """What a lead of the site is shown."""
    actor = Actor(user_id=1, role="lead", site_id=site_id)
    return search_cases(Context(session, actor, MONDAY_MORNING), CaseSearch(**wanted))


def plan_of(session: Session, statement: Select[Case]) -> str:
    """How the database goes about the first page."""
    explain = "EXPLAIN QUERY PLAN"
    if locks_rows(session):
        explain = "EXPLAIN"
        for way in ONE_BY_ONE:
            session.execute(text(f"SET LOCAL {way} = off"))
    words = statement.limit(26).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    rows = session.execute(text(f"{explain} {words}".replace(":", r"\:")))
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(("sort", "index"), SORTS.items())
def test_a_page_is_read_in_the_order_of_an_index(session: Session, sort: str, index: str) -> None:
    plan = plan_of(session, listed(session, 1, sort=sort))
    assert index in plan
    assert "ORDER BY" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("state", [CaseState.QUEUED, CaseState.TO_ASSIGN, CaseState.CLOSED])
def test_a_state_shows_its_cases_of_the_site_alone(session: Session, state: CaseState) -> None:
    here, partner = make_site(session), make_partner(session)
    for site in (here, make_site(session)):
        for each in CaseState.QUEUED, CaseState.TO_ASSIGN:
            make_case(session, site=site, partner=partner, state=each)
        make_case(session, site=site, partner=partner, state="closed", closure="settled")
    found = session.scalars(listed(session, here.id, state=state)).all()
    assert [(case.state, case.site_id) for case in found] == [(state, here.id)]


def test_what_is_equal_turns_with_the_sort(session: Session) -> None:
    site, partner = make_site(session), make_partner(session)
    ids = [make_case(session, site=site, partner=partner).id for _each in range(3)]
    unknown = make_case(session, site=site, partner=partner, debt_cents=None).id

    def shown(sort: str) -> list[int]:
        return [case.id for case in session.scalars(listed(session, site.id, sort=sort))]

    assert shown("debt") == [*ids, unknown]
    assert shown("-debt") == [*reversed(ids), unknown]
    assert shown("name") == [*ids, unknown]
