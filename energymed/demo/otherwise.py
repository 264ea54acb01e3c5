"""People of one mediator whom calls did not reach last week, and what was tried instead.

For each way of the cascade somebody waits; letters wait and have left, visits are planned and were
made, one proposal was declined. Everything goes through the same use cases as a person's work;
nothing is drawn: the nth case that nobody worked on has the nth story.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.models import User
from energymed.base.clock import at_paris, today
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.base.phone_numbers import is_mobile
from energymed.calling.calls.report import CallReport, ExchangeReport
from energymed.calling.codes import Channel, DeclineReason, ExchangeResult
from energymed.calling.declined_ways import decline_way
from energymed.calling.other_ways import plan_visit
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import CaseState, PhoneStatus, QueueReason
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.cascade_letters import ask_for_cascade_letter
from energymed.casework.printed_letters import letters_left
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.demo.stretches import last_week, this_week
from energymed.demo.team import Office
from energymed.mediation.codes import ActKind
from energymed.messages.letters.codes import LetterState
from energymed.partners.codes import CampaignKind, ResultCode

# calls in vain of last week: on its nth working day, at this hour
CALLS = (
    (0, time(11, 5), ResultCode.NO_ANSWER),
    (1, time(16, 5), ResultCode.BUSY),
    (2, time(10, 5), ResultCode.NO_ANSWER),
)
TEXTED, ASKED, LEFT = (1, time(17, 35)), (2, time(11, 35)), (2, time(16, 35))
DECIDED, VISITED = (2, time(17, 5)), (3, time(14, 5))
APART = timedelta(minutes=2)  # between the same step of two stories
INFORMED = AgreedAct(ActKind.INFO_GIVEN, {"topics": ["bill"]})


@dataclass(frozen=True, slots=True)
class Story:
    """What was tried for one person.

    `letter`: how far the cascade's letter has come. `visit_in`: the planned day, in days from
    today. `visited`: what came of a visit of last week.
    """

    calls: int = 3
    texted: bool = True
    declined: DeclineReason | None = None
    letter: LetterState | None = None
    visit_in: int | None = None
    visited: ExchangeResult | None = None


WAITS, SENT = LetterState.WAITING, LetterState.SENT
STORIES = (
    Story(texted=False),
    Story(calls=2),
    Story(),
    Story(texted=False, declined=DeclineReason.UNSUITED),
    Story(calls=2, letter=WAITS),
    Story(letter=WAITS),
    Story(letter=SENT),
    Story(letter=SENT),
    Story(letter=SENT, visit_in=0),
    Story(letter=SENT, visit_in=0),
    Story(letter=SENT, visit_in=1),
    Story(letter=SENT, visited=ExchangeResult.NOBODY_CARD_LEFT),
    Story(letter=SENT, visited=ExchangeResult.MET_HOLDER),
)


def reach_otherwise(session: Session, office: Office) -> None:
    """Tell the stories on the cases of the first mediator of a site."""
    who = office.mediators[0]
    for number, (case, story) in enumerate(zip(_untouched(session, who), STORIES, strict=False)):
        _Telling(session, office, case, number).tell(story)


def _untouched(session: Session, who: User) -> Sequence[Case]:
    """Cases of last week that nobody worked on, of people who can be reached by every way.

    The last of the files first, so that whoever begins with the most urgent meets the others; one
    for each household.
    """
    wanted = (
        select(Case)
        .where(Case.assigned_to_id == who.id, Case.state == CaseState.QUEUED)
        .where(Case.queue_reason == QueueReason.NEW)
        .where(Case.missing_since_batch_id.is_(None))
        .where(Case.campaign_kind == CampaignKind.UNPAID_BILL, Case.cutoff_date.is_(None))
        .where(Case.opened_at < at_paris(this_week(today()), time(0, 0)))
        .where(Case.opened_at >= at_paris(last_week(today()), time(0, 0)))
        .options(joinedload(Case.person))
        .order_by(Case.last_batch_id.desc(), Case.id.desc())
    )
    homes: dict[int, Case] = {}
    for case in session.scalars(wanted):
        numbers = [each for each in case.person.phones if each.status == PhoneStatus.OK]
        if numbers and is_mobile(numbers[0].e164) and case.address and case.commune:
            homes.setdefault(case.person.household_id, case)
    return list(homes.values())


class _Telling:
    """One story on one case."""

    def __init__(self, session: Session, office: Office, case: Case, number: int) -> None:
        self.session, self.office, self.case = session, office, case
        self.later = number * APART

    def tell(self, story: Story) -> None:
        """What was tried, in the order in which it happened."""
        for call in CALLS[:2]:
            self._call(*call)
        if story.texted:
            self._exchange(TEXTED, Channel.SMS, ExchangeResult.SENT)
        for call in CALLS[2 : story.calls]:
            self._call(*call)
        if story.declined:
            decline_way(self._ctx(DECIDED), self.case.id, Channel.SMS, story.declined)
        if story.letter:
            letter = ask_for_cascade_letter(self._ctx(ASKED), self.case.id)
            if story.letter == LetterState.SENT:
                letters_left(self._ctx(LEFT, self.office.lead), [letter.id])
        if story.visit_in is not None:
            on = next_working_day(today() + timedelta(days=story.visit_in))
            plan_visit(self._ctx(DECIDED), self.case.id, on)
        if story.visited:
            plan_visit(self._ctx(DECIDED), self.case.id, self._day(VISITED[0]))
            met = story.visited == ExchangeResult.MET_HOLDER
            acts = (INFORMED,) if met else ()
            self._exchange(VISITED, Channel.VISIT, story.visited, acts)

    def _call(self, day: int, hour: time, result: ResultCode) -> None:
        ctx = self._ctx((day, hour))
        claim_case(ctx, self.case.id)
        phone = next(each for each in self.case.person.phones if each.status == PhoneStatus.OK)
        report = CallReport(
            result=result,
            started_at=ctx.now - timedelta(minutes=1),
            phone_id=phone.id,
            request_key=self._key(f"call-{day}"),
        )
        record_conversation(ctx, self.case.id, Outcome(report))

    def _exchange(
        self,
        when: tuple[int, time],
        channel: Channel,
        result: ExchangeResult,
        acts: tuple[AgreedAct, ...] = (),
    ) -> None:
        report = ExchangeReport(channel, result, request_key=self._key(channel))
        outcome = Outcome(report, acts=acts, identity_checked=bool(acts))
        record_conversation(self._ctx(when), self.case.id, outcome)

    def _key(self, step: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"demo-otherwise-{self.case.id}-{step}"))

    def _ctx(self, when: tuple[int, time], who: User | None = None) -> Context:
        day, hour = when
        actor = (who or self.office.mediators[0]).as_actor()
        return Context(self.session, actor, self._at(self._day(day), hour))

    def _at(self, day: date, hour: time) -> datetime:
        return at_paris(day, hour) + self.later

    def _day(self, number: int) -> date:
        """The nth working day of last week's."""
        day = last_week(today())
        for _each in range(number):
            day = next_working_day(day + timedelta(days=1))
        return day
