"""A year of work on a few cases, step by step: what is done, corrected, reversed and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.calling.calls.record import correct_call, record_contact
from energymed.cases.codes import ReopenReason
from energymed.cases.cutoff import tell_anew
from energymed.cases.models import Case, LedgerEntry
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.close_case import close_by_hand
from energymed.casework.correct_act import correct_act, void_act
from energymed.casework.hear_payments import undo_file
from energymed.casework.import_batch import receive_and_import
from energymed.casework.ledger_corrections import reverse_entry
from energymed.casework.reopen_case import reopen_case
from energymed.casework.take_back_exchange import take_back_exchange
from energymed.intake.batches.uploads import Upload
from energymed.intake.models import Batch
from energymed.mediation.acts import note_kept, record_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, next_states, open_aid
from energymed.mediation.codes import ActKind, VoidReason
from energymed.mediation.models import Act, AidRequest, Plan
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.request_codes import WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import (
    RequestStep,
    forget_avoided,
    move_request,
    next_request_states,
    note_avoided,
)
from energymed.mediation.rules import PlanTerms
from energymed.partners.codes import Closure
from tests.calling.conftest import Desk
from tests.factories import make_partner, make_site, make_user
from tests.intake.books import csv_bytes
from tests.intake.imports import PAYMENT_TITLES

FIRST_DAY = date(2026, 1, 5)
FIRST_HOUR = at_paris(FIRST_DAY, time(10, 0))
RESULTS = ("no_answer", "reached_holder", "voicemail_left", "busy", "technical", "third_party")
CHANNELS = (("letter", "sent"), ("visit", "met_holder"), ("email", "answered_holder"))
HOLD = {"subjects": ["reminders"], "asked_of": "supplier", "reason": "aid_pending"}
ACTION = {"actions": ["power", "debit_date"]}
CLOSURES = (Closure.ADVISED, Closure.UNREACHABLE, Closure.PLAN_RUNNING, Closure.LOST_AFTER_CONTACT)
WHY = VoidReason.TYPING


@dataclass
class Year:
    """Three bills of 200 € and a cut-off notice, a mediator and a lead. `now` only goes on."""

    session: Session
    now: datetime = FIRST_HOUR
    done: list[str] = field(default_factory=list)
    look: Callable[[], None] = lambda: None  # between two things of one step

    def __post_init__(self) -> None:
        """The people and the cases."""
        site, self.partner = make_site(self.session), make_partner(self.session)
        user = make_user(self.session, site=site)
        self.lead = make_user(self.session, "lead", site=site).as_actor()
        self.desk = Desk(self.session, site, self.partner, user, user.as_actor(), self.now)
        bills = [self.desk.case(debt_cents=20_000, opened_at=self.now) for _ in range(3)]
        notice = self.desk.case(
            debt_cents=None, campaign_kind="cutoff_notice", opened_at=self.now,
            cutoff_date=FIRST_DAY + timedelta(days=60),
        )  # fmt: skip
        self.cases = [*bills, notice]

    @property
    def today(self) -> date:
        """The day."""
        return paris_date(self.now)

    @property
    def ctx(self) -> Context:
        """The lead, now."""
        return Context(self.session, self.lead, self.now)

    def step(self, days: int, what: str, n: int) -> None:
        """Some days later (or an hour, on the same day) this is done, unless it is refused."""
        same_day = days == 0 and self.now.hour < 16
        later = at_paris(self.today + timedelta(days=max(days, 1)), time(10, 0))
        self.now = self.now + timedelta(hours=1) if same_day else later
        within = self.session.begin_nested()
        try:
            DOINGS[what](self, n)
            self.session.flush()
        except DomainError:
            within.rollback()
        else:
            within.commit()
            self.done.append(what)
        self.session.expire_all()

    def case(self, n: int, *, closed: bool | None = None) -> Case:
        """One of the cases; of those that are closed, or are not, where that is asked."""
        fit = [case for case in self.cases if closed in (None, case.state == "closed")]
        return (fit or self.cases)[n % len(fit or self.cases)]

    def one(self, model: Any, n: int, *where: Any) -> Any:
        """One of the rows of a table that are of these cases."""
        ids = [case.id for case in self.cases]
        own = model.partner_id == self.partner.id if model is Batch else model.case_id.in_(ids)
        rows = self.session.scalars(select(model).where(own, *where).order_by(model.id)).all()
        if not rows:
            raise DomainError("nothing is there")
        return rows[n % len(rows)]

    def last(self, model: Any, *where: Any) -> Any:
        """The last row."""
        return self.one(model, -1, *where)


def _call(year: Year, n: int) -> None:
    """Those who are reached are called again, or their case is closed."""
    result, later = RESULTS[n % len(RESULTS)], {}
    if result == "reached_holder" and n % 4:
        later = {"next_step": "follow_up", "follow_up_at": year.now + timedelta(days=6)}
    year.desk.call(year.case(n, closed=False), result, at=year.now, **later)


def _correct_call(year: Year, n: int) -> None:
    """On its day."""
    call = year.desk.call(year.case(n, closed=False), RESULTS[n % len(RESULTS)], at=year.now)
    year.look()
    year.now = year.desk.now = year.now + timedelta(minutes=5)
    correct_call(year.ctx, call.id, year.desk.report(RESULTS[(n + 1) % 2]))


def _write(year: Year, n: int) -> None:
    channel, result = CHANNELS[n % len(CHANNELS)]
    record_contact(year.ctx, year.case(n).id, channel, result=result)


def _take_back(year: Year, n: int) -> None:
    """On its day."""
    contact = record_contact(year.ctx, year.case(n).id, "visit", result="met_holder")
    year.look()
    year.now += timedelta(minutes=5)
    take_back_exchange(year.ctx, contact.id)


def _terms(year: Year, n: int) -> PlanTerms:
    first = year.today + timedelta(days=15 + n % 10)
    return PlanTerms(6_000 + 1_000 * (n % 3), 2 + n % 2, first, replaces=n % 2 == 0)


def _plan(year: Year, n: int) -> None:
    agree_plan(year.ctx, year.case(n % 3).id, _terms(year, n))


def _move_plan(year: Year, n: int) -> None:
    move_plan(year.ctx, year.one(Plan, n).id, "cancelled" if n % 4 == 0 else "confirmed")


def _aid(year: Year, n: int) -> None:
    fund = ("ccas", "fsl_energy")[n % 2]
    opening = AidOpening(fund, consent=n % 3 > 0, amount_requested_cents=5_000)
    open_aid(year.ctx, year.case(n % 3).id, opening)


def _move_aid(year: Year, n: int) -> None:
    aid = year.one(AidRequest, n)
    step = AidStep(
        on=year.today - timedelta(days=n % 9), amount_cents=4_000, refusal_reason="income",
        missing_documents=("identity",),
    )  # fmt: skip
    open_to = next_states(year.lead, aid)
    if open_to:
        move_aid(year.ctx, aid.id, open_to[n % len(open_to)], step)


def _ask(year: Year, n: int) -> None:
    complaint = {
        "subject": "amount", "forwarded_to": "supplier", "reason": "Index",
        "complaint_on": year.today - timedelta(days=3) if n % 2 else None,
    }  # fmt: skip
    asked: Sequence[tuple[str, dict[str, Any]]] = (
        ("hold_asked", HOLD), ("supplier_action", ACTION), ("dispute", complaint),
    )  # fmt: skip
    kind, details = asked[n % 3]
    record_act(year.ctx, year.case(n).id, kind, details)


def _move_request(year: Year, n: int) -> None:
    request = year.one(PartnerRequest, n)
    on = year.today - timedelta(days=n % 6)
    open_to = next_request_states(year.lead, request)
    if open_to:
        step = RequestStep(on=on, until=on + timedelta(days=20 + n % 5))
        move_request(year.ctx, request.id, open_to[n % len(open_to)], step)


def _avoid(year: Year, n: int) -> None:
    request = year.one(PartnerRequest, n, PartnerRequest.kind == "hold")
    if n % 4 == 0:
        forget_avoided(year.ctx, request.id)
    else:
        note_avoided(year.ctx, request.id, year.today - timedelta(days=n % 5), "courriel")


def _promise(year: Year, n: int) -> None:
    details = {
        "promised_on": year.today + timedelta(days=9), "amount_cents": 1_000 * (1 + n % 3),
        "method": "card",
    }  # fmt: skip
    record_act(year.ctx, year.case(n % 3).id, "pays_full", details)


def _keep(year: Year, n: int) -> None:
    note_kept(year.ctx, year.last(Act, Act.kind == "pays_full").id, list(WordKept)[n % 3])


def _void(year: Year, n: int) -> None:
    void_act(year.ctx, year.one(Act, n).id, WHY)


def _correct(year: Year, n: int) -> None:
    act = year.one(Act, n, Act.voided_at.is_(None))
    terms: dict[str, Any] = {
        "plan_agreed": _terms(year, n),
        "aid_opened": AidOpening("caf", consent=True, amount_requested_cents=3_000),
        "hold_asked": {**HOLD, "reason": "dispute"},
        "supplier_action": {"actions": ["power"]},
        "dispute": {"subject": "reading", "forwarded_to": "supplier", "reason": "Index"},
        "pays_full": {"promised_on": year.today, "amount_cents": 500, "method": "card"},
    }
    if act.kind in terms:
        corrected = AgreedAct(ActKind(act.kind), terms[act.kind])
        correct_act(year.ctx, act.id, corrected, WHY, anew=n % 3 == 0)


def _pay(year: Year, n: int) -> None:
    """A payments file that comes some days, or weeks, after what it tells of."""
    on = year.today - timedelta(days=(n * 7) % 40)
    cents = (3_000, 3_500, 6_000)[n % 3]
    row = (year.case(n % 3).reference, f"{on:%d/%m/%Y}", f"{cents // 100},00", "CB", f"P{n}")
    content = csv_bytes(row, titles=PAYMENT_TITLES)
    upload = Upload(year.partner, year.desk.site, content, f"{year.now:%m%d%H%M}.csv")
    receive_and_import(year.ctx, upload, again=False)


def _undo(year: Year, _n: int) -> None:
    undo_file(year.ctx, year.last(Batch, Batch.state == "committed").id)


def _reverse(year: Year, n: int) -> None:
    entry = year.one(LedgerEntry, n, LedgerEntry.kind.in_(("payment", "aid_payment")))
    on = year.today if n % 2 else None
    reverse_entry(year.ctx, entry.id, reason="Rejet de la banque", on=on)


def _close(year: Year, n: int) -> None:
    close_by_hand(year.ctx, year.case(n, closed=False).id, CLOSURES[n % len(CLOSURES)])


def _reopen(year: Year, n: int) -> None:
    reopen_case(year.ctx, year.case(n, closed=True).id, next(iter(ReopenReason)))


def _tell(year: Year, n: int) -> None:
    """The customer is told of the cut, or the cut is moved."""
    notice = year.cases[3]
    if n % 2:
        record_act(year.ctx, notice.id, "cutoff_informed", {"scheduled_on": year.today})
        return
    notice.cutoff_date = year.today + timedelta(days=n % 3 - 1)
    year.session.flush()
    tell_anew(year.session, [notice.id], year.now)


DOINGS: dict[str, Callable[[Year, int], None]] = {
    "call": _call,
    "correct a call": _correct_call,
    "write or visit": _write,
    "take an exchange back": _take_back,
    "agree a plan": _plan,
    "move a plan": _move_plan,
    "open an aid": _aid,
    "move an aid": _move_aid,
    "ask the partner": _ask,
    "move a request": _move_request,
    "avoided": _avoid,
    "promise": _promise,
    "note a word": _keep,
    "cross out an act": _void,
    "correct an act": _correct,
    "pay": _pay,
    "undo a file": _undo,
    "reverse a payment": _reverse,
    "close": _close,
    "reopen": _reopen,
    "tell of the cut": _tell,
}
