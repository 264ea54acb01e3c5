"""Everything that runs with a person, over all their cases: what, whose turn, how much is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from energymed.base.context import Context
from energymed.base.money import Cents
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.models import FollowUp
from energymed.calling.queries import follow_ups_of
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.queries import cases_of_person
from energymed.mediation.queries import CaseMediation, of_cases
from energymed.mediation.running import RunningThing, running_of

# told by what they are about, which is listed itself
OF_A_THING = (FollowUpKind.INSTALMENT, FollowUpKind.DOCUMENTS, FollowUpKind.AID_DECISION)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a person owes to a partner over their open cases, in cents."""

    partner: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class PersonRunning:
    """What runs with a person; `things` and `follow_ups` the soonest first.

    `follow_ups` are open and say what no thing says; `cases` are all of the person, this one
    first; `owed` names each partner once, where there is more than one case with a debt.
    """

    things: Sequence[RunningThing]
    follow_ups: Sequence[FollowUp]
    cases: Sequence[Case]
    owed: Sequence[Owed]

    def of(self, case: Case) -> Sequence[RunningThing]:
        """What runs on one of the cases."""
        return [thing for thing in self.things if thing.case.id == case.id]


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What is read once for a page: what mediation did on each case, follow-ups, what runs.

    `mediation` is that of this case, `elsewhere` that of each other one.
    """

    mediation: CaseMediation
    elsewhere: Sequence[tuple[Case, CaseMediation]]
    follow_ups: Sequence[FollowUp]
    running: PersonRunning


def person_file(ctx: Context, case: Case, today: date) -> PersonFile:
    """Read the person's cases with what mediation did and what is to do on them."""
    cases = sorted(cases_of_person(ctx, case), key=lambda one: one.id != case.id)
    found = of_cases(ctx.session, [one.id for one in cases])
    follow_ups = follow_ups_of(ctx.session, [one.id for one in cases])
    running = PersonRunning(
        things=running_of(ctx.session, ctx.actor, found, cases, today),
        follow_ups=sorted(filter(_says_something, follow_ups), key=lambda task: task.due_at),
        cases=cases,
        owed=_owed(cases),
    )
    own = [task for task in follow_ups if task.case_id == case.id]
    elsewhere = [(one, found[one.id]) for one in cases if one.id != case.id]
    return PersonFile(found[case.id], elsewhere, own, running)


def _says_something(task: FollowUp) -> bool:
    about = task.act_id is not None or task.kind in OF_A_THING
    return task.state == FollowUpState.OPEN and not about


def _owed(cases: Sequence[Case]) -> list[Owed]:
    sums: dict[str, Cents] = {}
    owing = [case for case in cases if case.state != CaseState.CLOSED and case.debt_cents]
    for case in owing:
        sums[case.partner.name] = sums.get(case.partner.name, 0) + (case.debt_cents or 0)
    return [Owed(name, cents) for name, cents in sums.items()] if len(owing) > 1 else []
