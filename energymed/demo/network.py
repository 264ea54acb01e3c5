"""The missions of a network on paper: cut-offs told by telephone or on a visit, Linky appointments.

Pure, as `demo.draft`. There is no debt in them; most take one call, and meters stay where they are:
the year that runs has the people of the year before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from energymed.base.clock import at_paris, paris_date
from energymed.base.dates import next_working_day
from energymed.base.invented_people import Invented, Place, invent
from energymed.calling.codes import REACHED, Channel
from energymed.demo.draft import CallDraft, CaseDraft, received_at
from energymed.demo.stretches import Stretch
from energymed.mediation.codes import ActKind
from energymed.partners.codes import CampaignKind, ResultCode

ENDINGS = {
    ResultCode.REACHED_HOLDER: 58,
    ResultCode.REACHED_MANDATED: 6,
    ResultCode.NO_ANSWER: 16,
    ResultCode.VOICEMAIL_LEFT: 14,
    ResultCode.THIRD_PARTY: 4,
    ResultCode.HUNG_UP: 2,
}
CALLED_TWICE, MET = 0.12, 0.6  # of the calls, of the visits
CUT_AFTER_DAYS = (7, 8, 9)  # a file comes so long before the interventions that it names


@dataclass(frozen=True, slots=True)
class NetworkTotals:
    """How many cases of a mission a year has, and how many a week; `by_visit`: nobody calls."""

    kind: CampaignKind
    cases: int
    cases_a_week: int
    by_visit: bool = False

    def count(self, stretch: Stretch) -> int:
        """Cases of a stretch."""
        return self.cases if stretch.whole else self.cases_a_week * len(stretch.weeks)


def draft_network(
    random: Random,
    year: NetworkTotals,
    stretch: Stretch,
    place: Place,
    mediator_ids: Sequence[int],
    first_number: int,
    known: Sequence[CaseDraft] = (),
) -> list[CaseDraft]:
    """All cases of a mission in a stretch; the nth is that of the nth person of `known`."""
    cases = []
    for position in range(year.count(stretch)):
        number = first_number + position
        person = known[position].person if known else invent(random, number, place)
        case = CaseDraft(
            number=number,
            person=person,
            week=stretch.weeks[position // year.cases_a_week],
            received_at=received_at(stretch, position // year.cases_a_week),
            mediator_id=mediator_ids[position % len(mediator_ids)],
            delivery_point=_delivery_point(person),
            kind=year.kind,
        )
        _happened(random, case, stretch.last_day, by_visit=year.by_visit)
        cases.append(case)
    return cases


def _delivery_point(person: Invented) -> str:
    """A PRM of 14 digits, the same for as long as somebody lives there."""
    return f"38{person.customer_reference[1:]:0>12}"


def _happened(random: Random, case: CaseDraft, last_day: date, *, by_visit: bool) -> None:
    """The calls or the visit of a case, and what the person was told or agreed to."""
    came = paris_date(case.received_at)
    day = next_working_day(came + timedelta(days=random.randint(0, 3)))
    day = day if day <= last_day else came
    if case.kind == CampaignKind.CUTOFF_NOTICE:
        case.cutoff_on = next_working_day(came + timedelta(days=random.choice(CUT_AFTER_DAYS)))
    if by_visit:
        case.others.append((Channel.VISIT, at_paris(day, time(random.randint(9, 17), 15))))
        told = random.random() < MET
    else:
        _call(random, case, day, last_day)
        told = case.reached
    if told and case.kind == CampaignKind.CUTOFF_NOTICE:
        case.acts.add(ActKind.CUTOFF_INFORMED)
    elif told:
        after = next_working_day(day + timedelta(days=random.randint(7, 21)))
        case.appointment_at = at_paris(after, time(random.randint(8, 16)))
        case.acts.add(ActKind.APPOINTMENT_SET)


def _call(random: Random, case: CaseDraft, day: date, last_day: date) -> None:
    """One call, or a morning without an answer and the afternoon of the next day."""
    start = at_paris(day, time(9)) + timedelta(minutes=random.randint(0, 200))
    after = next_working_day(day + timedelta(days=1))
    if random.random() < CALLED_TWICE and after <= last_day:
        case.calls.append(CallDraft(start, 25, ResultCode.NO_ANSWER))
        start = at_paris(after, time(13, 30)) + timedelta(minutes=random.randint(0, 310))
    result = random.choices(tuple(ENDINGS), tuple(ENDINGS.values()))[0]
    seconds = random.randint(90, 300) if result in REACHED else 30
    case.calls.append(CallDraft(start, seconds, result))
