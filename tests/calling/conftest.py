"""A mediator's desk: a site, a partner, a mediator, and makers of cases, calls and instants."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base.clock import at_paris
from energymed.base.context import Actor, Context
from energymed.base.db import db
from energymed.calling.calls.record import record_call
from energymed.calling.calls.report import CallReport
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import Contact, FollowUp
from energymed.calling.queue.claims import claim_case, claim_first
from energymed.calling.queue.next_call import next_calls
from energymed.cases.models import Case, Household, Person
from energymed.partners.models import Partner
from tests.factories import make_case, make_partner, make_person, make_site, make_user


def paris(text: str) -> datetime:
    """'2026-11-23 10:00' as the clocks of Paris show it."""
    moment = datetime.fromisoformat(text)
    return at_paris(moment.date(), moment.time())


NOW = paris("2026-11-23 10:00")
MINUTE = timedelta(minutes=1)
DETAILS: dict[str, dict[str, Any]] = {
    "reached_holder": {"identity_checked": True},
    "reached_mandated": {"identity_checked": True, "relation": "spouse"},
    "third_party": {"message_left": "none"},
    "hung_up": {"hung_up_when": "before_identification"},
    "language_barrier": {"language": "tamoul"},
    "deceased": {"reported_by": "family"},
}


@dataclass
class Desk:
    """One mediator at work; `now` is Monday 23 November 2026, 10:00 in Paris."""

    session: Session
    site: Site
    partner: Partner
    user: User
    actor: Actor
    now: datetime = NOW
    others: list[Actor] = field(default_factory=list)

    def case(
        self,
        *,
        person: Person | None = None,
        home: Household | None = None,
        phones: tuple[str, ...] | None = None,
        **values: Any,
    ) -> Case:
        """A case of this desk's mediator, queued as new."""
        person = person or make_person(
            self.session, self.site, self.partner, household=home, phones=phones
        )
        values = {"assigned_to": self.user, "partner": self.partner, **values}
        return make_case(self.session, site=self.site, person=person, **values)

    def colleague(self, **values: Any) -> Actor:
        """Another mediator of the same site."""
        return make_user(self.session, site=self.site, **values).as_actor()

    def called(self, case: Case, moment: str, result: str = "no_answer") -> Contact:
        """A call of the past, as it stands in the table."""
        at = paris(moment)
        contact = Contact(
            case_id=case.id, person_id=case.person_id, user_id=self.actor.user_id,
            channel="call_out", result=result, details={}, started_at=at, ended_at=at + MINUTE,
        )  # fmt: skip
        self.session.add(contact)
        self.session.flush()
        return contact

    def claim_next(self, actor: Actor | None = None, *, at: datetime | None = None) -> Case | None:
        """Press "Appel suivant"."""
        who, at = actor or self.actor, at or self.now
        case_id = claim_first(
            Context(self.session, who, at), next_calls(Context(self.session, who, at))
        )
        return self.session.get(Case, case_id) if case_id else None

    def report(self, result: str, **values: Any) -> CallReport:
        """A report with all that its result requires."""
        given: dict[str, Any] = {
            "started_at": self.now - MINUTE,
            "details": DETAILS.get(result, {}),
        }
        if result.startswith("reached"):
            given |= {"next_step": "close", "closure": "informed_only"}
        if result == "callback_set":
            given["callback_at"] = paris("2026-11-25 15:00")
        return CallReport(result=result, **{**given, **values})

    def call(
        self, case: Case, result: str, *, at: datetime | None = None, **values: Any
    ) -> Contact:
        """Open the case and record a call on it."""
        self.now = at or self.now
        incoming = values.get("incoming", False)
        claim_case(Context(self.session, self.actor, self.now), case.id, incoming=incoming)
        if result in ("wrong_number", "invalid_number"):
            values.setdefault("phone_id", case.person.phones[0].id)
        report = self.report(result, **values)
        return record_call(Context(self.session, self.actor, self.now), case.id, report)

    def promise(self, case: Case, moment: str, kind: str = "callback") -> FollowUp:
        """Something to do on the case at a time."""
        return add_follow_up(Context(self.session, self.actor, self.now), case, kind, paris(moment))


@pytest.fixture
def desk(session: Session) -> Desk:
    site, partner = make_site(session), make_partner(session)
    user = make_user(session, site=site)
    session.commit()
    return Desk(session, site, partner, user, user.as_actor())


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
