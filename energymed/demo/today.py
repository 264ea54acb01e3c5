"""A site as it stands this morning: last week's and this week's files, work under way.

Everything here goes through the same services as a person's work: files are imported, cases are
spread, calls are recorded with their acts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date, today
from energymed.base.context import Actor, Context
from energymed.base.dates import next_working_day
from energymed.calling.assignment.spread import apply_spread
from energymed.calling.assignment.unassigned import CaseFilter
from energymed.calling.calls.report import CallReport
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import CaseState, PhoneStatus
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct, Terms
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.demo.situations import causes_of
from energymed.demo.stretches import last_week, this_week
from energymed.demo.team import Office
from energymed.demo.weekly_files import Cells, Weekly, WeeklyFiles
from energymed.mediation.aids import AidOpening
from energymed.mediation.cheque import ChequeTalk
from energymed.mediation.codes import (
    ActKind,
    Body,
    ChequeStatus,
    ChequeTopic,
    Fund,
    ReferralMode,
    ReferralReason,
)
from energymed.mediation.referrals import ReferralRequest
from energymed.mediation.rules import PlanTerms
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.codes import CampaignKind, Closure, ResultCode

# how many of a hundred calls end so
RESULTS = {
    ResultCode.REACHED_HOLDER: 40,
    ResultCode.NO_ANSWER: 25,
    ResultCode.VOICEMAIL_LEFT: 15,
    ResultCode.CALLBACK_SET: 12,
    ResultCode.BUSY: 5,
    ResultCode.REFUSED: 3,
}
OF_A_NETWORK = {
    ResultCode.REACHED_HOLDER: 62,
    ResultCode.NO_ANSWER: 22,
    ResultCode.VOICEMAIL_LEFT: 16,
}
AGREEMENTS = (
    (Closure.PLAN_RUNNING, ActKind.PLAN_AGREED),
    (Closure.AID_PENDING, ActKind.AID_OPENED),
    (Closure.REFERRED, ActKind.REFERRAL),
    (Closure.INFORMED_ONLY, ActKind.ENERGY_CHEQUE_AWARENESS),
)
AGREED_OF_A_NETWORK = {
    CampaignKind.CUTOFF_NOTICE: (Closure.INFORMED_ONLY, ActKind.CUTOFF_INFORMED),
    CampaignKind.APPOINTMENT: (Closure.INFORMED_ONLY, ActKind.APPOINTMENT_SET),
}
HOURS = (9, 10, 11, 14, 15, 16, 17, 18)  # a mediator's calls of a day, one an hour
NO_GUESTS: Mapping[str, Sequence[Cells]] = MappingProxyType({})
UNWORKED = 0.34  # of last week's cases


def make_weeks(
    weekly_files: WeeklyFiles, guests: Mapping[str, Sequence[Cells]] = NO_GUESTS
) -> None:
    """Last week's files and work, this week's files, cases spread and waiting.

    Args:
        guests: lines of both weeks by partner, whose cases are left to somebody else's care.
    """
    random, before, now = weekly_files.random, last_week(today()), this_week(today())
    work = Work(weekly_files.session, random, weekly_files.office)
    for weekly in weekly_files.home.weeklies:
        given = list(guests.get(weekly.partner, ()))
        lines = [weekly_files.line(weekly, before) for _ in range(weekly.lines)]
        weekly_files.take_in(weekly, [*lines, *given], before)
        work.spread(weekly, before)
        work.call(weekly, {line["Référence dossier"] for line in given})
        kept = [line for line in lines if random.random() < weekly.kept]
        fresh = [weekly_files.line(weekly, now) for _ in range(weekly.new)]
        weekly_files.take_in(weekly, [*kept, *fresh, *given], now)
        if weekly.partner in weekly_files.home.called_first:
            work.spread(weekly, now)


class Work:
    """The calls of one site's mediators last week, at believable times."""

    def __init__(self, session: Session, random: Random, office: Office) -> None:
        self.session = session
        self.random = random
        self.office = office
        self.actors = {user.id: user.as_actor() for user in office.mediators}
        self.calls_of = dict.fromkeys(self.actors, 0)

    def spread(self, weekly: Weekly, day: date) -> None:
        """Give the cases that came that day to all mediators."""
        partner = self.office.partners[weekly.partner]
        ctx = Context(self.session, self.office.lead.as_actor(), at_paris(day, time(9, 0)))
        apply_spread(ctx, CaseFilter(partner_id=partner.id), list(self.actors))

    def call(self, weekly: Weekly, but: set[str]) -> None:
        """Two thirds of last week's cases had their call, each by its own mediator."""
        cases = self.session.scalars(
            select(Case)
            .where(
                Case.partner_id == self.office.partners[weekly.partner].id,
                Case.site_id == self.office.site.id,
                Case.campaign_kind == weekly.kind,
                Case.state == CaseState.QUEUED,
                Case.reference.not_in(but),
            )
            .order_by(Case.id)
        ).all()
        for case in cases:
            if self.random.random() < UNWORKED or case.assigned_to_id is None:
                continue
            self.calls_of[case.assigned_to_id] += 1
            moment = self._moment(self.calls_of[case.assigned_to_id])
            self._call(self.actors[case.assigned_to_id], case, moment)

    def _moment(self, position: int) -> datetime:
        """The nth call of a mediator last week: three in the morning, five in the afternoon."""
        days, hour = divmod(position, len(HOURS))
        day = next_working_day(last_week(today()) + timedelta(days=days))
        return at_paris(day, time(HOURS[hour], self.random.randint(15, 50)))

    def _call(self, actor: Actor, case: Case, at: datetime) -> None:
        ctx = Context(self.session, actor, at)
        claim_case(ctx, case.id)
        of_debt = case.campaign_kind == CampaignKind.UNPAID_BILL
        weights = RESULTS if of_debt else OF_A_NETWORK
        result = self.random.choices(tuple(weights), tuple(weights.values()))[0]
        report = CallReport(
            result=result,
            started_at=at - timedelta(minutes=self.random.randint(2, 14)),
            phone_id=next((p.id for p in case.person.phones if p.status == PhoneStatus.OK), None),
            request_key=self._key(),
            callback_at=self._callback(at) if result == ResultCode.CALLBACK_SET else None,
        )
        outcome = Outcome(report)
        if result == ResultCode.REACHED_HOLDER:
            outcome = self._conversation(case, at, report)
        record_conversation(ctx, case.id, outcome)

    def _callback(self, at: datetime) -> datetime:
        """Most callbacks were promised for today."""
        day = next_working_day(today() + timedelta(days=self.random.choice((0, 0, 0, 1, 2))))
        return max(at_paris(day, time(self.random.choice((9, 10, 11, 14, 15, 16)), 30)),
                   at + timedelta(hours=1))  # fmt: skip

    def _conversation(self, case: Case, at: datetime, report: CallReport) -> Outcome:
        """The call with what was agreed in it."""
        agreed = AGREED_OF_A_NETWORK.get(case.campaign_kind)
        closure, kind = agreed or self.random.choice(AGREEMENTS)
        told = replace(
            report, details={"identity_checked": True}, next_step="close", closure=closure
        )
        causes = None if agreed else causes_of(case.id)
        acts = (AgreedAct(kind, self._terms(kind, case, at)),)
        return Outcome(told, acts=acts, causes=causes)

    def _terms(self, kind: ActKind, case: Case, at: datetime) -> Terms:
        match kind:
            case ActKind.PLAN_AGREED:
                debt = case.debt_cents or 0
                first = next_working_day(
                    paris_date(at) + timedelta(days=self.random.choice((4, 20)))
                )
                return PlanTerms(debt, max(2, min(10, debt // 9_000)), first)
            case ActKind.AID_OPENED:
                return AidOpening(Fund.FSL_ENERGY, consent=True, missing_documents=("income",))
            case ActKind.REFERRAL:
                reason, mode = ReferralReason.BUDGET, ReferralMode.COORDINATES_GIVEN
                return ReferralRequest(Body.CCAS, reason, mode, consent=True)
            case ActKind.CUTOFF_INFORMED:
                return {"scheduled_on": case.cutoff_date}
            case ActKind.APPOINTMENT_SET:
                day = next_working_day(today() + timedelta(days=self.random.randint(1, 12)))
                return {"appointment_at": at_paris(day, time(self.random.randint(8, 16)))}
            case _:
                topics = (ChequeTopic.ASKED_RECEIVED, ChequeTopic.EXPIRY)
                year = load_cheque_campaigns(self.session).talked_of(paris_date(at))[0]
                return ChequeTalk(year, ChequeStatus.RECEIVED_UNUSED, topics)

    def _key(self) -> str:
        return str(UUID(int=self.random.getrandbits(128)))
