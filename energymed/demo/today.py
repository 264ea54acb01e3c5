"""The association as it stands this morning: last week's and this week's files, work under way.

Everything here goes through the same services as a person's work: files are imported, cases are
spread, calls are recorded with their acts, a payments file comes in.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base.clock import at_paris, today
from energymed.base.context import Actor, Context
from energymed.base.dates import next_working_day
from energymed.base.files import FileStore
from energymed.base.invented_people import Invented, euros, invent
from energymed.base.periods import week_of
from energymed.calling.assignment.spread import apply_spread
from energymed.calling.assignment.unassigned import CaseFilter
from energymed.calling.calls.report import CallReport
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import CaseState, PhoneStatus
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct, Terms
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.intake.batches.imports import import_file
from energymed.intake.batches.uploads import Upload
from energymed.intake.codes import FileKind
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
from energymed.partners.codes import Closure, ResultCode
from energymed.partners.models import Partner

FIRST_NUMBER = 5_000  # far from the year's people, so that no phone is shared
COLUMNS = (
    "Référence dossier;Référence client;Civilité;Nom;Prénom;Téléphone 1;Téléphone 2;Email;Adresse;"
    "Code postal;Commune;Énergie;Montant dette TTC;Date échéance;Date prévisionnelle coupure;"
    "Chèque énergie"
)
WEEKLY = (("edf", 64, "Électricité"), ("engie", 28, "Gaz"), ("veolia", 18, "Eau"))
NEW_THIS_WEEK = {"edf": 22, "engie": 9, "veolia": 6}
RESULTS = (
    ResultCode.REACHED_HOLDER, ResultCode.NO_ANSWER, ResultCode.VOICEMAIL_LEFT,
    ResultCode.CALLBACK_SET, ResultCode.BUSY, ResultCode.REFUSED,
)  # fmt: skip
AGREEMENTS = (
    (Closure.PLAN_RUNNING, ActKind.PLAN_AGREED),
    (Closure.AID_PENDING, ActKind.AID_OPENED),
    (Closure.REFERRED, ActKind.REFERRAL),
    (Closure.INFORMED_ONLY, ActKind.ENERGY_CHEQUE_AWARENESS),
)


class TodayMaker:
    """Makes the last two weeks for one site, at believable times."""

    def __init__(
        self,
        session: Session,
        random: Random,
        site: Site,
        partners: dict[str, Partner],
        team: dict[str, list[User]],
        files: FileStore,
    ) -> None:
        self.session = session
        self.random = random
        self.site = site
        self.partners = partners
        self.lead = team["lead"][0].as_actor()
        self.mediators = [user.as_actor() for user in team["mediator"]]
        self.files = files
        self.number = FIRST_NUMBER
        monday = today() - timedelta(days=today().weekday())
        self.this_week = next_working_day(monday)
        self.last_week = next_working_day(monday - timedelta(days=7))

    def make(self) -> None:
        """Last week's files and work, this week's files, cases spread and waiting."""
        for code, count, energy in WEEKLY:
            lines = [self._line(code, self.last_week, energy) for _ in range(count)]
            self._import(code, lines, self.last_week)
            self._spread(code, self.last_week)
            self._work(code)
            kept = [line for line in lines if self.random.random() < 0.75]
            fresh = [self._line(code, self.this_week, energy) for _ in range(NEW_THIS_WEEK[code])]
            self._import(code, [*kept, *fresh], self.this_week)
        self._spread("edf", self.this_week)

    def _line(self, code: str, week: date, energy: str) -> str:
        self.number += 1
        person = invent(self.random, self.number)
        debt = max(4_000, int(self.random.lognormvariate(10.7, 0.7)))
        cut = ""
        if energy != "Eau" and self.random.random() < 0.12:
            cut = f"{week + timedelta(days=self.random.randint(9, 25)):%d/%m/%Y}"
        return ";".join(self._cells(code, person, debt, week, cut, energy))

    def _cells(
        self, code: str, person: Invented, debt: int, week: date, cut: str, energy: str
    ) -> list[str]:
        phones = [*person.phones, ""][:2]
        due = week - timedelta(days=self.random.randint(25, 150))
        return [
            f"{code[:3].upper()}{week:%y}{self.number:07d}",
            person.customer_reference,
            person.civility,
            person.last_name,
            person.first_name,
            "0" + phones[0][3:],
            "0" + phones[1][3:] if phones[1] else "",
            f"client{self.number}@example.org" if self.number % 2 else "",
            person.address,
            person.postal_code,
            person.commune,
            energy,
            euros(debt),
            f"{due:%d/%m/%Y}",
            cut,
            self.random.choice(("O", "N", "N", "")),
        ]

    def _import(self, code: str, lines: list[str], day: date) -> None:
        week = week_of(day).code
        upload = Upload(
            partner=self.partners[code],
            site=self.site,
            content="\r\n".join([COLUMNS, *lines]).encode("cp1252", "replace"),
            file_name=f"{code}-impayes-{week.replace('W', 'S')}.csv",
            kind=FileKind.UNPAID_BILL,
            week=week,
        )
        at = at_paris(day, time(8, 40))
        import_file(Context(self.session, self.lead, at), upload, files=self.files)

    def _spread(self, code: str, day: date) -> None:
        chosen = CaseFilter(partner_id=self.partners[code].id)
        ids = [actor.user_id for actor in self.mediators if actor.user_id is not None]
        apply_spread(Context(self.session, self.lead, at_paris(day, time(9, 0))), chosen, ids)

    def _work(self, code: str) -> None:
        """Two thirds of last week's cases had their call, each by its own mediator."""
        cases = self.session.scalars(
            select(Case).where(
                Case.partner_id == self.partners[code].id, Case.state == CaseState.QUEUED
            )
        ).all()
        actors = {actor.user_id: actor for actor in self.mediators}
        clock = dict.fromkeys(actors, 0)
        for case in cases:
            actor = actors[case.assigned_to_id]
            if self.random.random() < 0.34:
                continue
            clock[case.assigned_to_id] += 1
            self._call(actor, case, self._moment(clock[case.assigned_to_id]))

    def _moment(self, position: int) -> datetime:
        """The nth call of a mediator last week: five in the morning, five in the afternoon."""
        day = next_working_day(self.last_week + timedelta(days=position // 8))
        hour = (9, 10, 11, 14, 15, 16, 17, 18)[position % 8]
        return at_paris(day, time(hour, self.random.randint(5, 50)))

    def _call(self, actor: Actor, case: Case, at: datetime) -> None:
        ctx = Context(self.session, actor, at)
        claim_case(ctx, case.id)
        result = self.random.choices(RESULTS, (40, 24, 14, 12, 5, 3))[0]
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
        closure, kind = self.random.choice(AGREEMENTS)
        told = replace(
            report, details={"identity_checked": True}, next_step="close", closure=closure
        )
        return Outcome(told, acts=(AgreedAct(kind, self._terms(kind, case, at)),))

    def _terms(self, kind: ActKind, case: Case, at: datetime) -> Terms:
        match kind:
            case ActKind.PLAN_AGREED:
                debt = case.debt_cents or 0
                first = next_working_day(at.date() + timedelta(days=self.random.choice((4, 20))))
                return PlanTerms(debt, max(2, min(10, debt // 9_000)), first)
            case ActKind.AID_OPENED:
                return AidOpening(Fund.FSL_ENERGY, consent=True, missing_documents=("income",))
            case ActKind.REFERRAL:
                reason, mode = ReferralReason.BUDGET, ReferralMode.COORDINATES_GIVEN
                return ReferralRequest(Body.CCAS, reason, mode, consent=True)
            case _:
                topics = (ChequeTopic.ASKED_RECEIVED, ChequeTopic.EXPIRY)
                return ChequeTalk(at.year - 1, ChequeStatus.RECEIVED_UNUSED, topics)

    def _key(self) -> str:
        return str(UUID(int=self.random.getrandbits(128)))
