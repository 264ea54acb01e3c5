"""A team's own words: the guide in the reader's language, and what is wrong with words typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _

from energymed.base.errors import Conflict, DomainError
from energymed.calling.scripts.call_script import Step
from energymed.web.shared.errors import sentence


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a control."""

    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A control with what is wrong of it."""

    id: str
    label: Label
    errors: list[str]


@dataclass(slots=True)
class Problems:
    """What is wrong with words that were typed, as `error_summary` reads it of a form.

    `at` is the control to blame, "" when none is.
    """

    at: str = ""
    form_errors: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    conflict: bool = False

    @property
    def errors(self) -> list[str]:
        """Every sentence."""
        return [*self.form_errors, *(text for each in self.wrong for text in each.errors)]

    def __iter__(self) -> Iterator[Wrong]:
        """The controls to blame."""
        return iter(self.wrong)

    def version(self, current: str) -> str:
        """What the next try was read from: after a conflict, which is told, the words as they
        are now; after any other error what it was."""
        return current if self.conflict else request.form.get("version", current)


def problems_of(error: DomainError, label: str) -> Problems:
    """The problems that an error is, beside the control that it names, if any."""
    at, conflict = str(error.params.get("field", "")), isinstance(error, Conflict)
    if not at:
        return Problems(form_errors=[sentence(error)], conflict=conflict)
    return Problems(at, wrong=[Wrong(at, Label(label), [sentence(error)])])


def in_language(text: str) -> str:
    """Words of ours as the reader reads them; a team's own words are as they are."""
    return _(text) if text else ""


def step_in_language(step: Step) -> Step:
    """A step as the reader reads it."""
    return Step(*map(in_language, (step.title, step.say, step.advice)))


def in_source(typed: str, defaults: Iterable[str]) -> str:
    """What is stored of a text that was typed: words of ours as they are in the source."""
    return next((text for text in defaults if text and in_language(text) == typed.strip()), typed)
