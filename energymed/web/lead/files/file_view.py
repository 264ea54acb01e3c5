"""What the pages of one file share, before its import and after: words, tones, problem groups."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.intake.codes import FileKind, ProblemCode, RowOutcome, Severity
from energymed.intake.fields import fields_of
from energymed.intake.rows import Problem

LINES_A_PAGE = 50
TONES = {
    RowOutcome.CREATED: "good",
    RowOutcome.UPDATED: "info",
    RowOutcome.UNCHANGED: "neutral",
    RowOutcome.REJECTED: "bad",
    RowOutcome.HELD: "warning",
    RowOutcome.DUPLICATE: "neutral",
    RowOutcome.RECORDED: "good",
}
PLANNED_OUTCOMES = {
    RowOutcome.CREATED: N_("À créer"),
    RowOutcome.UPDATED: N_("À modifier"),
    RowOutcome.UNCHANGED: N_("Inchangé"),
    RowOutcome.RECORDED: N_("À enregistrer"),
    RowOutcome.DUPLICATE: N_("Doublon"),
    RowOutcome.REJECTED: N_("Rejeté"),
    RowOutcome.HELD: N_("À décider"),
}


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems of one code: how many lines, and the first of them as example."""

    code: ProblemCode
    severity: Severity
    count: int
    example: Problem
    sentence: str


def sentence_of(problem: Problem) -> str:
    """The problem in the reader's language."""
    return _(problem.message) % problem.params if problem.params else _(problem.message)


def problem_groups(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """Problems by code: errors first, then the most frequent."""
    problems = list(problems)
    counts = Counter((problem.severity, problem.code) for problem in problems)
    first: dict[tuple[Severity, ProblemCode], Problem] = {}
    for problem in problems:
        first.setdefault((problem.severity, problem.code), problem)
    keys = sorted(counts, key=lambda key: (key[0] != Severity.ERROR, -counts[key], key[1]))
    return [
        ProblemGroup(key[1], key[0], counts[key], first[key], sentence_of(first[key]))
        for key in keys
    ]


def mapped(kind: FileKind, fields: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """(field label, header of the file) for every field that has a column."""
    labels = fields_of(kind)
    return [(_(label), header) for field, label in labels.items() if (header := fields.get(field))]
