"""Who may be one person twice: found by what two rows share, the newest beside anybody."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.context import SYSTEM, Context
from energymed.cases import likely_same
from energymed.cases.likely_same import MOST_PAIRS, MOST_SHARING, Shared, likely_pairs
from energymed.cases.models import Person
from energymed.partners.models import Partner
from tests.factories import make_case, make_partner, make_person, make_site

ONE, TWO = "+33639981001", "+33639981002"
STREET = "12 rue des Écoles"
Adds = Callable[..., Person]


@pytest.fixture
def add(session: Session) -> Adds:
    """Add Léa Durand once more; each with a number of her own unless told otherwise."""
    site, partner = make_site(session), make_partner(session)
    own = count()

    def added(
        last: str = "DURAND",
        *,
        address: str | None = None,
        at: Site = site,
        of: Partner = partner,
        **values: Any,
    ) -> Person:
        values.setdefault("phones", (f"+3363998{next(own) + 2000}",))
        person = make_person(
            session, at, of, last_name=last, first_name="Léa", name_key=f"{last.lower()} lea",
            **values,
        )  # fmt: skip
        if address:
            make_case(session, person=person, site=at, partner=of, address=address)
        session.flush()
        return person

    return added


def pairs(session: Session) -> list[tuple[int, int, tuple[Shared, ...]]]:
    found = likely_pairs(Context(session, SYSTEM))
    return [(each.person.id, each.other.id, each.shared) for each in found]


@pytest.mark.parametrize(
    ("values", "shared"),
    [
        ({"phones": (ONE,)}, Shared.PHONE),
        ({"email": "Lea@example.org"}, Shared.EMAIL),
        ({"address": STREET}, Shared.ADDRESS),
    ],
)
def test_the_newest_is_found_beside_whoever_came_long_before(
    session: Session,
    add: Adds,
    monkeypatch: pytest.MonkeyPatch,
    values: dict[str, object],
    shared: Shared,
) -> None:
    monkeypatch.setattr(likely_same, "NEWEST", 1)
    first = add(**values)
    add("PETIT")
    last = add(**values)
    assert pairs(session) == [(first.id, last.id, (shared,))]
    add("MOREL")
    assert pairs(session) == []


def test_a_name_spelled_otherwise_at_one_address_is_found_among_the_newest(
    session: Session, add: Adds
) -> None:
    first, last = add("DURAND", address=STREET), add("DURANT", address=STREET)
    add("DURANT", address="14 rue des Écoles")
    assert pairs(session) == [(first.id, last.id, (Shared.ADDRESS,))]


def test_who_shares_most_comes_first(session: Session, add: Adds) -> None:
    first, last = add(phones=(ONE,)), add(phones=(ONE,))
    one, other = (
        add("PETIT", phones=(TWO,), address=STREET),
        add("PETIT", phones=(TWO,), address=STREET),
    )
    assert pairs(session) == [
        (one.id, other.id, (Shared.PHONE, Shared.ADDRESS)), (first.id, last.id, (Shared.PHONE,)),
    ]  # fmt: skip


def test_a_number_of_too_many_says_nothing(session: Session, add: Adds) -> None:
    for _ in range(MOST_SHARING):
        add(phones=(ONE,))
    assert len(pairs(session)) == MOST_SHARING * (MOST_SHARING - 1) // 2
    add(phones=(ONE,))
    assert pairs(session) == []


def test_nobody_of_another_site_or_partner_or_merged_already(session: Session, add: Adds) -> None:
    first = add(phones=(ONE,), address=STREET)
    add(phones=(ONE,), address=STREET, of=make_partner(session, "engie"))
    add(phones=(ONE,), address=STREET, at=make_site(session, "die"))
    add(phones=(ONE,), address=STREET, merged_into_id=first.id)
    assert pairs(session) == []


def test_the_page_is_bounded_and_so_are_its_statements(session: Session, add: Adds) -> None:
    for number in range(MOST_PAIRS + 1):
        for _ in range(2):
            add(phones=(f"+3363998{number + 5000}",))
    statements: list[str] = []
    listen = (session.connection(), "before_cursor_execute")
    event.listen(*listen, lambda _c, _cur, statement, *_: statements.append(statement))
    assert len(pairs(session)) == MOST_PAIRS
    assert len(statements) <= 9
