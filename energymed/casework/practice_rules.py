"""What the record of a practice call is compared with, and what is told of it. Pure.

A story says which result is right and what else a good record holds. Nothing is graded: each
comparison is one sentence, said because it is right or because something is missing, with why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from energymed.mediation.codes import ActKind
from energymed.partners.codes import Closure, ResultCode


@dataclass(frozen=True, slots=True)
class SavedCall:
    """A call as it is on record.

    `acts` are what was agreed in it, each with its essential terms by name. `later_at` is the
    moment of the callback or follow-up that it made, `closure` how the case stands closed.
    `under_tutelle`: somebody noted that the person is.
    """

    result: ResultCode | None
    started_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    acts: Mapping[ActKind, Mapping[str, Any]] = field(default_factory=dict)
    later_at: datetime | None = None
    closure: Closure | None = None
    under_tutelle: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a good record holds: what is said when it does, and when it does not.

    `about`: an act without which there is nothing to compare; that it is missing is said once.
    """

    holds: Callable[[SavedCall], bool]
    right: str
    wrong: str
    about: ActKind | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the person says after what the trainee does (`when`); not `spoken`: what one hears."""

    when: str
    says: str
    spoken: bool = True


@dataclass(frozen=True, slots=True)
class Story:
    """An invented person with what they say, and what a good record of the call holds.

    `instead` explains, for some results, why they are not this one's; `otherwise` for all others.
    """

    number: int
    civility: str
    first_name: str
    last_name: str
    debt_cents: int
    heard: tuple[Heard, ...]
    result: ResultCode
    right: str
    otherwise: str
    instead: Mapping[ResultCode, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def name(self) -> str:
        """Civility, first name and last name."""
        return f"{self.civility} {self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is right in a record, and what is missing or wrong, each in a sentence."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def all_right(self) -> bool:
        """Whether nothing is missing."""
        return not self.wrong


def compare(story: Story, saved: SavedCall) -> Feedback:
    """What a record says well and what it lacks.

    With another result all that follows is another call's: that alone is told.
    """
    if saved.result != story.result:
        told = story.otherwise
        if saved.result is not None:
            told = story.instead.get(saved.result, story.otherwise)
        return Feedback((), (told,))
    right, wrong = [story.right], []
    for check in story.checks:
        if check.about is not None and check.about not in saved.acts:
            continue
        if check.holds(saved):
            right.append(check.right)
        else:
            wrong.append(check.wrong)
    return Feedback(tuple(right), tuple(wrong))
