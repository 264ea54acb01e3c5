"""Makers of what the indicators count, each on a case and at an instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.periods import parse_period
from energymed.calling.codes import WRITTEN
from energymed.calling.models import Contact
from energymed.cases import ledger
from energymed.cases.models import Case
from energymed.intake.models import Batch
from energymed.mediation.acts import record_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.codes import PlanState
from energymed.mediation.models import AidRequest, Plan
from energymed.mediation.moves import set_plan_state
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import note_avoided
from energymed.mediation.rules import PlanTerms
from energymed.partners.models import Partner
from energymed.reporting.behind import behind, load_cases
from energymed.reporting.indicators import total
from energymed.reporting.scope import Scope
from tests.factories import make_case, tell_customer

NOVEMBER = parse_period("2026-11")
FIRST = datetime(2026, 10, 31, 23, tzinfo=UTC)  # midnight of 1 November in Paris
AFTER = datetime(2026, 11, 30, 23, tzinfo=UTC)  # midnight of 1 December in Paris
INSTANT = timedelta(seconds=1)
EARLIER = datetime(2026, 10, 5, 9, tzinfo=UTC)
TERMS = PlanTerms(9_000, 3, date(2027, 1, 4))
PAID, GRANTED = 3_000, 5_000
_numbers = count(1)


@dataclass(frozen=True)
class World:
    """Two partners whose cases are followed on two sites."""

    session: Session
    edf: Partner
    suez: Partner
    site: Site
    far: Site

    def case(self, **values: Any) -> Case:
        """A case of 100 € opened in October, of EDF and the first site unless told otherwise."""
        given = {"partner": self.edf, "site": self.site, "opened_at": EARLIER, **values}
        return make_case(self.session, **given)


def figure(session: Session, code: str, **scope: Any) -> int:
    """One indicator of November 2026, unless another `period` is given."""
    period = scope.pop("period", NOVEMBER)
    return total(session, code, Scope(period, **scope))


def figures(session: Session, *codes: str) -> list[int]:
    """These indicators of November 2026."""
    return [figure(session, code) for code in codes]


def listed(session: Session, actor: Actor, code: str, scope: Scope) -> list[Case]:
    """The cases that a figure opens for somebody."""
    return load_cases(session, list(behind(session, actor, code, scope).weights))


def contact(
    session: Session, case: Case, at: datetime, channel: str = "call_out", result: str | None = None
) -> Contact:
    """A contact; a call that says nothing else rang in vain, what is written was sent."""
    called = channel.startswith("call")
    usual = "no_answer" if called else "sent" if channel in WRITTEN else None
    results = {"result" if called else "exchange_result": result or usual}
    made = Contact(
        case_id=case.id, person_id=case.person_id, channel=channel, started_at=at, **results
    )
    session.add(made)
    session.flush()
    return made


def batch(session: Session, case: Case, at: datetime, **values: Any) -> Batch:
    """A committed file of the case's partner, kind and site."""
    number = next(_numbers)
    given: dict[str, Any] = {"kind": case.campaign_kind, "state": "committed", **values}
    made = Batch(
        partner_id=case.partner_id, site_id=case.site_id, file_name=f"f{number}.csv",
        sha256=f"{number:064d}", size_bytes=1, uploaded_at=at, committed_at=at, **given,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def received(session: Session, case: Case, at: datetime) -> None:
    """The case was opened by a file at that instant."""
    case.opened_at, case.opened_batch_id = at, batch(session, case, at).id
    session.flush()


def booked(
    session: Session, case: Case, cents: int, on: date, kind: str = "payment", source: str = "test"
) -> None:
    """A movement of the case's ledger; payments are negative cents."""
    ledger.book(session, [ledger.Entry(case.id, kind, cents, on, source)], now=EARLIER)
    session.refresh(case)


def plan(session: Session, case: Case, at: datetime) -> Plan:
    """A plan of 90 € in three instalments, agreed at that instant."""
    return agree_plan(Context(session, SYSTEM, at), case.id, TERMS)


def aid(session: Session, case: Case, at: datetime, fund: str = "ccas") -> AidRequest:
    """An aid request, opened at that instant."""
    opening = AidOpening(fund, consent=True, amount_requested_cents=GRANTED)
    return open_aid(Context(session, SYSTEM, at), case.id, opening)


def decided(session: Session, request: AidRequest, state: str, at: datetime, **step: Any) -> None:
    """The request is filed, and the fund decides at that instant."""
    for before in ("complete", "submitted"):
        move_aid(Context(session, SYSTEM, EARLIER), request.id, before, AidStep())
    move_aid(Context(session, SYSTEM, at), request.id, state, AidStep(**step))


def referral(session: Session, case: Case, at: datetime, body: str = "ccas") -> None:
    """An orientation with consent."""
    request = ReferralRequest(body, "budget", "coordinates_given", consent=True)
    refer(Context(session, SYSTEM, at), case.id, request)


def talk(session: Session, case: Case, at: datetime, year: int = 2026) -> None:
    """An energy-cheque talk."""
    given = ChequeTalk(year, "received_unused", ("expiry",))
    give_awareness(Context(session, SYSTEM, at), case.id, given)


def _plan_moved(state: str) -> Callable[[Session, Case, datetime], None]:
    def make(session: Session, case: Case, at: datetime) -> None:
        move(session, plan(session, case, EARLIER), state, at)

    return make


def move(session: Session, agreed: Plan, state: str, at: datetime) -> None:
    """Take a plan to a state: by somebody's act, or as payments would take it there."""
    if state in ("confirmed", "cancelled"):
        move_plan(Context(session, SYSTEM, at), agreed.id, state)
        return
    set_plan_state(Context(session, SYSTEM, at), agreed, PlanState(state), paris_date(at))
    agreed.ended_on = None if state == "kept" else paris_date(at)
    session.flush()


def _reached(session: Session, case: Case, at: datetime) -> None:
    contact(session, case, at, result="reached_holder")


def _on(channel: str) -> Callable[[Session, Case, datetime], None]:
    def make(session: Session, case: Case, at: datetime) -> None:
        contact(session, case, at, channel)

    return make


def _granted(session: Session, case: Case, at: datetime) -> None:
    request = aid(session, case, EARLIER)
    decided(session, request, "granted_full", at, amount_cents=GRANTED)


def _came_in(session: Session, case: Case, at: datetime) -> Contact:
    return contact(session, case, at, "call_in", "third_party")


def _acted(session: Session, case: Case, at: datetime) -> None:
    call, ctx = _came_in(session, case, at), Context(session, SYSTEM, at)
    record_act(ctx, case.id, "info_given", {"topics": ["bill"]}, contact_id=call.id)


def _cleared(session: Session, case: Case, at: datetime) -> None:
    contact(session, case, at)
    booked(session, case, -PAID, paris_date(at))


def _told(session: Session, case: Case, at: datetime) -> None:
    case.cutoff_date = date(2026, 12, 24)
    tell_customer(case, at)
    session.flush()


def hold(session: Session, case: Case, at: datetime = EARLIER) -> PartnerRequest:
    """A hold of the reminders, asked at that instant."""
    details = {"subjects": ["reminders"], "asked_of": "supplier", "reason": "aid_pending"}
    act = record_act(Context(session, SYSTEM, at), case.id, "hold_asked", details)
    asked = select(PartnerRequest).where(PartnerRequest.act_id == act.id)
    return session.scalars(asked).one()


def _avoided(session: Session, case: Case, at: datetime) -> None:
    asked = hold(session, case)
    note_avoided(Context(session, SYSTEM, at), asked.id, paris_date(at), "courriel")


KIND_OF = {
    "cutoff_calls": "cutoff_notice",
    "cutoff_told_in_time": "cutoff_notice",
    "appointment_calls": "appointment",
}
# one thing that the indicator counts, on a case of 100 €
MAKERS: dict[str, Callable[[Session, Case, datetime], object]] = {
    "files_imported": batch,
    "cases_received": received,
    "cases_handled": contact,
    "people_contacted": _on("sms"),
    "calls_out": contact,
    "contacts_out": _on("sms"),
    "mails_letters": _on("letter"),
    "visits": _on("visit"),
    "cases_reached": _reached,
    "contacts_made": _came_in,
    "contacts_acted": _acted,
    "plans_negotiated": plan,
    "plans_confirmed": _plan_moved("confirmed"),
    "plans_kept": _plan_moved("completed"),
    "plans_broken": _plan_moved("broken"),
    "aids_created": aid,
    "aids_granted": _granted,
    "aids_granted_cents": _granted,
    "referrals": referral,
    "cheque_awareness": talk,
    "debt_total_cents": contact,
    "payments_confirmed_cents": _cleared,
    "debt_cleared_cents": _cleared,
    "debt_cleared_to_date_cents": _cleared,
    "cutoff_calls": contact,
    "appointment_calls": contact,
    "cutoff_told_in_time": _told,
    "interventions_avoided": _avoided,
}


def one_of_each(world: World, at: datetime, prefix: str = "", **values: Any) -> None:
    """Each thing that is counted, on a case of its own, whose reference names the indicator."""
    for code, make in MAKERS.items():
        kind = KIND_OF.get(code, "unpaid_bill")
        given = {"campaign_kind": kind, "reference": f"{prefix}{code}-{next(_numbers)}", **values}
        make(world.session, world.case(**given), at)
    world.session.flush()
