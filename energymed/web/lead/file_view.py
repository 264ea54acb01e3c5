"""What the page of one file shows, from a plan or from what became of each line.

Pure shaping of values that the intake gives: counts, problems by code with one example each,
changes old → new, and lines. Sentences are in the reader's language.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.cases.codes import ENERGIES
from energymed.intake.codes import CASE_FIELDS, PRIVATE
from energymed.intake.headers import fields_of
from energymed.intake.payments import PaymentsPlan
from energymed.intake.plan import CasesPlan, PlannedCase
from energymed.intake.report import Plan
from energymed.intake.rows import Problem, RejectedRow
from energymed.intake.service import Preview
from energymed.web.shared.filters import NOTHING, day, money, phone
from energymed.web.shared.paging import Page

LINES_A_PAGE = 50
CHANGES_SHOWN = 50
TONES = {
    "created": "good", "updated": "info", "unchanged": "neutral", "rejected": "bad",
    "duplicate": "neutral", "recorded": "good",
}  # fmt: skip


PLANNED_OUTCOMES = {
    "created": N_("À créer"),
    "updated": N_("À modifier"),
    "unchanged": N_("Inchangé"),
    "recorded": N_("À enregistrer"),
    "duplicate": N_("Doublon"),
    "rejected": N_("Rejeté"),
}


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems of one code: how many lines, and the first of them as example."""

    code: str
    severity: str
    count: int
    example: Problem
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a known case that the file would replace, both as a person reads them."""

    row: int
    reference: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file and what becomes of it; `case_id` once it has a case."""

    number: int
    reference: str | None
    name: str | None
    amount_cents: int | None
    outcome: str
    problems: list[str]
    case_id: int | None = None


def sentence_of(problem: Problem) -> str:
    """The problem in the reader's language."""
    return _(problem.message) % problem.params if problem.params else _(problem.message)


def problem_groups(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """Problems by code: errors first, then the most frequent."""
    problems = list(problems)
    counts = Counter((problem.severity, problem.code) for problem in problems)
    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        first.setdefault((problem.severity, problem.code), problem)
    keys = sorted(counts, key=lambda key: (key[0] != "error", -counts[key], key[1]))
    return [
        ProblemGroup(key[1], key[0], counts[key], first[key], sentence_of(first[key]))
        for key in keys
    ]


def changes(plan: Plan) -> list[Change]:
    """What the file would change on known cases, in the order of its lines."""
    if isinstance(plan, PaymentsPlan):
        return []
    return [change for one in plan.planned if one.known for change in _changes_of(one)]


def planned_lines(plan: Plan) -> list[Line]:
    """Every line of a file not yet imported, in the order of the file."""
    told: dict[int, list[str]] = {}
    for problem in plan.problems:
        told.setdefault(problem.row, []).append(sentence_of(problem))
    accepted = _payments(plan) if isinstance(plan, PaymentsPlan) else _cases(plan, told)
    repeats = [
        Line(one.row_number, one.reference, None, None, "duplicate",
             [_("Déjà dit à la ligne %(row)s.", row=one.first_row)])
        for one in plan.duplicates
    ]  # fmt: skip
    rejected = [_rejected(one) for one in plan.rejected]
    return sorted([*accepted, *repeats, *rejected], key=lambda line: line.number)


def page_of(items: list[Line], number: int) -> Page:
    """One page of lines that are all in memory."""
    number = min(number, max(1, -(-len(items) // LINES_A_PAGE)))
    start = (number - 1) * LINES_A_PAGE
    return Page(items[start : start + LINES_A_PAGE], number, LINES_A_PAGE, len(items))


def mapped(kind: str, fields: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """(field label, header of the file) for every field that has a column."""
    labels = fields_of(kind)
    return [(_(label), header) for field, label in labels.items() if (header := fields.get(field))]


def not_read(preview: Preview) -> list[str]:
    """What the file holds and is left aside, one sentence each: private columns, other sheets."""
    sheet = preview.examined.sheet
    told = [
        _(
            "La colonne « %(column)s » n'est pas lue : ses données (%(kind)s) ne sont jamais "
            "conservées.",
            column=header,
            kind=_(PRIVATE[sheet.private[header]]),
        )
        if header in sheet.private
        else _(
            "La colonne « %(column)s » n'est pas lue : ses données ne sont jamais conservées.",
            column=header,
        )
        for header in preview.examined.mapping.left_out
    ]
    return told + [
        _(
            "La feuille « %(sheet)s » du classeur n'est pas lue : si ses lignes sont à importer "
            "aussi, enregistrez-la dans un fichier à part.",
            sheet=name,
        )
        for name in sheet.other_sheets
    ]


def shown(field: str, value: Any) -> str:
    """A value of a case as a person reads it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if field.endswith("_cents"):
        return money(value)
    if isinstance(value, date):
        return day(value)
    return _(ENERGIES[value]) if field == "energy" and value in ENERGIES else str(value)


_EXTRA_LABELS = {
    "debt_cents": CASE_FIELDS["amount"],
    "phone": N_("Téléphone ajouté"),
}


def _label(field: str) -> str:
    return _({**CASE_FIELDS, **_EXTRA_LABELS}[field])


def _changes_of(one: PlannedCase) -> list[Change]:
    where = one.row.row_number, one.row.reference
    values: dict[str, tuple[Any, Any]] = {**one.person_changes, **one.changes}
    listed = [
        Change(*where, _label(field), shown(field, old), shown(field, new))
        for field, (old, new) in values.items()
    ]
    return listed + [
        Change(*where, _label("phone"), NOTHING, phone(number)) for number in one.new_phones
    ]


def _cases(plan: CasesPlan, told: dict[int, list[str]]) -> list[Line]:
    return [
        Line(
            one.row.row_number,
            one.row.reference,
            " ".join(filter(None, (one.row.civility, one.row.first_name, one.row.last_name))),
            one.row.debt_cents,
            one.outcome,
            told.get(one.row.row_number, []),
            one.known.id if one.known else None,
        )
        for one in plan.planned
    ]


def _payments(plan: PaymentsPlan) -> list[Line]:
    booked = _("Déjà enregistré par un fichier précédent.")
    recorded = [
        Line(p.row.row_number, p.row.reference, None, p.row.amount_cents, "recorded", [], p.case_id)
        for p in plan.planned
    ]
    already = [
        Line(p.row.row_number, p.row.reference, None, p.row.amount_cents, "duplicate", [booked],
             p.case_id)
        for p in plan.already
    ]  # fmt: skip
    return recorded + already


def _rejected(row: RejectedRow) -> Line:
    sentences = [sentence_of(p) for p in row.problems if p.severity == "error"]
    return Line(row.row_number, row.reference, None, None, "rejected", sentences)
