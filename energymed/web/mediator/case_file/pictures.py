"""What is looked at rather than read, on the case's page and the desk: words and places.

`templates/components/pictures.html` draws them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask_babel import get_locale
from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.base.zones import local
from energymed.calling.codes import CALLS
from energymed.calling.eligibility.availability import WEEKDAYS
from energymed.calling.models import Contact
from energymed.calling.team.answer_rates import ANSWERED
from energymed.cases.codes import REPAID
from energymed.cases.procedure.days import DayKind, ProcedureDays
from energymed.casework.case_overview import CaseOverview
from energymed.mediation.codes import InstalmentState
from energymed.mediation.models import Instalment, Plan
from energymed.mediation.running import Running
from energymed.web.mediator.case_file.timeline import Event
from energymed.web.shared.pictures.date_line import DateLine, Mark, Stretch, date_line
from energymed.web.shared.pictures.debt_line import debt_line
from energymed.web.shared.pictures.week_grid import week_grid

DAYS = (*WEEKDAYS, N_("dimanche"))
COMING = (DayKind.ANNOUNCED, DayKind.MAY_BE_REDUCED, DayKind.MAY_BE_CUT)
LATE = N_("Pas encore confirmée")
TONES = {
    InstalmentState.CONFIRMED: "good",
    InstalmentState.DECLARED_PAID: "info",
    InstalmentState.MISSED: "bad",
    InstalmentState.DUE: "neutral",
}


@dataclass(frozen=True, slots=True)
class Course:
    """A plan's course: the line, and how many instalments stand how, each (tone, count, label)."""

    line: DateLine
    counts: Sequence[tuple[str, int, str]]


def pictures_page(known: CaseOverview, events: Sequence[Event]) -> dict[str, Any]:
    """The pictures of a page: the calls of its history, the debt, each plan that it tells of."""
    plans = {plan.id: plan for plan in known.mediation.plans} | {
        thing.record.id: thing.record
        for thing in known.running.things
        if thing.kind == Running.PLAN
    }
    moves = [
        (entry.on_date, entry.amount_cents, entry.kind in REPAID)
        for entry in known.statement.entries
    ]
    return {
        "reach": week_grid(_calls(known, events)),
        "reach_days": DAYS,
        "debt_picture": debt_line(moves, known.today) if known.money else None,
        "courses": {id_: plan_course(plan, known.today) for id_, plan in plans.items()},
    }


def plan_course(plan: Plan, today: date) -> Course:
    """How the instalments of a plan stand, along a line of their days."""
    standing = [(each, *_standing(each, today)) for each in plan.instalments]
    named = _named(plan.instalments, today)
    marks = [
        Mark(each.due_on, short_day(each.due_on, today) if each in named else "", tone)
        for each, tone, _label in standing
    ]
    counts = Counter((tone, label) for _each, tone, label in standing)
    return Course(
        date_line(marks, [], today),
        [(tone, count, label) for (tone, label), count in counts.items()],
    )


def supply_line(known: ProcedureDays, today: date) -> DateLine | None:
    """The procedure of a supply as a line of days; None where too little is known to draw one."""
    if not known.days and len(known.stretches) < 2:
        return None
    marks = [
        Mark(on, f"{short_day(on, today)} · {_(kind.label)}", "bad" if kind in COMING else "info")
        for kind, on in known.days
    ]
    stretches = [
        Stretch(each.first, each.last,
                _("%(what)s jusqu'au %(day)s", what=_(each.kind.label),
                  day=short_day(each.last, today)), "good")
        for each in known.stretches
    ]  # fmt: skip
    return date_line(marks, stretches, today)


def short_day(day: date, today: date) -> str:
    """5 déc., with its year where that is not this one."""
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    return format_skeleton(skeleton, day, locale=str(get_locale() or "fr"))


def _standing(instalment: Instalment, today: date) -> tuple[str, str]:
    """The tone and the label of an instalment."""
    if instalment.state == InstalmentState.DUE and instalment.due_on < today:
        return "warning", LATE
    return TONES[instalment.state], instalment.state.label


def _named(instalments: Sequence[Instalment], today: date) -> list[Instalment]:
    """Those whose day is written: the first, the last, the next, and those that were missed."""
    if not instalments:
        return []
    coming = [each for each in instalments if each.due_on >= today]
    missed = [each for each in instalments if each.state == InstalmentState.MISSED]
    return [instalments[0], instalments[-1], *coming[:1], *missed]


def _calls(known: CaseOverview, events: Sequence[Event]) -> Iterator[tuple[Any, bool]]:
    for event in events:
        contact: Contact | None = event.contact
        if contact and not event.voided and contact.channel in CALLS and contact.result:
            at = local(contact.started_at, known.case.postal_code)
            yield at, contact.result in ANSWERED
