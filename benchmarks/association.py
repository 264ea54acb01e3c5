"""An association at work: open cases spread over its mediators, with a history of calls."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base.context import Actor
from energymed.base.db.bulk import insert_rows, insert_with_ids
from energymed.calling.models import Contact, FollowUp
from energymed.cases.models import Case, Household, Person, Phone
from energymed.partners.service import partner_by_code

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # Monday, 11:00 in Paris
SITES = 4
KIND = "unpaid_bill"
REASONS = {1: "instalment", 2: "callback"}  # of twenty


def fill(session: Session, cases: int, mediators: int) -> list[Actor]:
    """Cases of as many people, in equal parts with each mediator; gives the mediators.

    One in twelve waits for another day; of twenty, one is a missed instalment and one a promised
    callback; one in ten was called this very morning (the rules hold it back), four in ten some
    days ago.
    """
    partner = partner_by_code(session, "edf")
    sites = insert_with_ids(
        session, Site, [{"code": f"s{n}", "name": f"Site {n}"} for n in range(SITES)]
    )
    users = [
        User(
            email=f"m{n}@example.org", name=f"Mediator {n}", role="mediator",
            site_id=sites[n % SITES], created_at=NOON,
        )
        for n in range(mediators)
    ]  # fmt: skip
    session.add_all(users)
    session.flush()
    actors = [user.as_actor() for user in users]
    owners = [actors[n * mediators // cases] for n in range(cases)]
    homes = insert_with_ids(session, Household, [{"site_id": one.site_id} for one in owners])
    people = insert_with_ids(session, Person, list(_people(owners, homes, partner.id)))
    phones = [
        {"person_id": one, "e164": f"+3363998{n:06d}", "ending": f"{n:06d}"[-4:], "position": 1}
        for n, one in enumerate(people)
    ]
    insert_rows(session, Phone, phones)
    rows = [_case(n, owner, people[n], partner.id) for n, owner in enumerate(owners)]
    case_ids = insert_with_ids(session, Case, rows)
    insert_rows(session, Contact, list(_calls(owners, people, case_ids)))
    insert_rows(session, FollowUp, list(_promises(owners, case_ids)))
    return actors


def _people(owners: list[Actor], homes: Any, partner_id: int) -> Iterator[dict[str, Any]]:
    for n, (owner, home) in enumerate(zip(owners, homes, strict=True)):
        yield {
            "partner_id": partner_id, "site_id": owner.site_id, "household_id": home,
            "last_name": f"NOM{n}", "first_name": "Camille", "name_key": f"nom{n} camille",
            "created_at": NOON,
        }  # fmt: skip


def _case(n: int, owner: Actor, person_id: int, partner_id: int) -> dict[str, Any]:
    waits = n % 12 == 0
    reason = REASONS.get(n % 20, "new")
    return {
        "partner_id": partner_id, "site_id": owner.site_id, "campaign_kind": KIND,
        "reference": f"R{n:07d}", "person_id": person_id, "assigned_to_id": owner.user_id,
        "state": "waiting" if waits else "queued",
        "waiting_reason": "retry" if waits else None,
        "queue_reason": None if waits else reason,
        "next_action_at": NOON + timedelta(days=1 + n % 5) if waits else None,
        "postal_code": "26000", "commune": "Valence",
        "due_date": (NOON - timedelta(days=n % 90)).date(),
        "opened_at": NOON - timedelta(days=1 + n % 60),
        "debt_cents": 10_000 + n, "opening_debt_cents": 10_000 + n,
    }  # fmt: skip


def _calls(owners: list[Actor], people: Any, case_ids: Any) -> Iterator[dict[str, Any]]:
    for n, owner in enumerate(owners):
        if n % 10 > 4:
            continue
        at = NOON - (timedelta(hours=1) if n % 10 == 0 else timedelta(days=3 + n % 17))
        yield {
            "case_id": case_ids[n], "person_id": people[n], "user_id": owner.user_id,
            "channel": "call_out", "result": "no_answer", "details": {},
            "started_at": at, "ended_at": at, "recorded_at": at,
        }  # fmt: skip


def _promises(owners: list[Actor], case_ids: Any) -> Iterator[dict[str, Any]]:
    for n, owner in enumerate(owners):
        if n % 20 == 2:
            yield {
                "case_id": case_ids[n], "kind": "callback", "state": "open",
                "due_at": NOON - timedelta(minutes=n % 300), "assigned_to_id": owner.user_id,
                "created_at": NOON - timedelta(days=2),
            }  # fmt: skip
