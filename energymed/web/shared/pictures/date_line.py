"""Days and stretches of days along a line: where each stands, and its words, none over another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from energymed.web.shared.pictures.frame import LINE, WIDTH, place, text_width

BAR = 6
GAP = 4
ROW = LINE + BAR + GAP
TOP = 12  # the word "today" stands above the bars, and the words of each above it
BELOW = 15  # from the line to the middle of the first words below it


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the line; `tone` is one of those of a badge; without words it is a sign alone."""

    on: date
    text: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row, drawn as a bar with its words."""

    first: date
    last: date
    text: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and where it begins."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark in its place, with its words if it has any."""

    x: float
    tone: str
    words: Words | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in its place."""

    x: float
    y: float
    width: float
    tone: str
    words: Words


@dataclass(frozen=True, slots=True)
class DateLine:
    """The picture: `axis` is the height of the line, `today` how far along it today is."""

    height: float
    axis: float
    today: float
    bars: Sequence[Bar]
    signs: Sequence[Sign]


def date_line(marks: Sequence[Mark], stretches: Sequence[Stretch], today: date) -> DateLine:
    """Lay out marks and stretches on a line from the earliest of them, or today, to the latest."""
    known = [today, *(each.on for each in marks)]
    known += [day for each in stretches for day in (each.first, each.last)]
    first, last = min(known), max(known)
    bars = [_bar(each, row, first, last) for row, each in enumerate(stretches)]
    axis = TOP + len(bars) * ROW + GAP
    signs = _signs(sorted(marks, key=lambda each: each.on), axis, first, last)
    below = [each.words.y for each in signs if each.words]
    height = max(below, default=axis + GAP) + 2 * GAP
    return DateLine(height, axis, place(today, first, last), bars, signs)


def _bar(stretch: Stretch, row: int, first: date, last: date) -> Bar:
    x, end = place(stretch.first, first, last), place(stretch.last, first, last)
    y = TOP + row * ROW + LINE - GAP / 2
    start = max(min(x, WIDTH - text_width(stretch.text)), 0)
    words = Words(stretch.text, round(start, 1), y - GAP / 2)
    return Bar(x, y, round(end - x, 1), stretch.tone, words)


def _signs(marks: Sequence[Mark], axis: float, first: date, last: date) -> list[Sign]:
    """The marks from left to right; the words of each in the first line that has room."""
    signs: list[Sign] = []
    ends: list[list[tuple[float, float]]] = []  # of each line of words: what is taken of it
    for mark in marks:
        x = place(mark.on, first, last)
        if not mark.text:
            signs.append(Sign(x, mark.tone, None))
            continue
        start = min(max(x - text_width(mark.text) / 2, 0), WIDTH - text_width(mark.text))
        line = _room(ends, start, start + text_width(mark.text))
        words = Words(mark.text, round(start, 1), axis + BELOW + line * LINE)
        signs.append(Sign(x, mark.tone, words))
    return signs


def _room(lines: list[list[tuple[float, float]]], start: float, end: float) -> int:
    for number, taken in enumerate(lines):
        if all(end + GAP < left or start - GAP > right for left, right in taken):
            taken.append((start, end))
            return number
    lines.append([(start, end)])
    return len(lines) - 1
