"""The one writer of PDFs: a letter or a summary as accessible PDF (PDF/UA-1), by Typst.

What a document says is data: the template holds no sentence, and no text of a person is markup.
Fonts come from a package, never from the machine, so that the same document is the same everywhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from energymed.base.clock import now

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pdf"
LETTER = FOLDER / "letter.typ"
ROUND = FOLDER / "round.typ"
MEDIA_TYPE = "application/pdf"
PREVIEW_PPI = 80


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences; a line end within them stays."""

    text: str
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what stands beside them."""

    rows: Sequence[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Figures:
    """A table, its last column to the right; `total` is its last row, or nothing.

    `widths` are the shares of the columns.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]
    widths: Sequence[int]
    kind: str = "figures"


@dataclass(frozen=True, slots=True)
class Signatures:
    """Room for each of these to sign."""

    who: Sequence[str]
    kind: str = "signatures"


@dataclass(frozen=True, slots=True)
class Picture:
    """A small drawing (SVG) with what it stands for, and a line beside it."""

    svg: str
    alt: str
    beside: str
    kind: str = "picture"


Part = Paragraph | Facts | Figures | Signatures | Picture


@dataclass(frozen=True, slots=True)
class Letter:
    """A document: who writes to whom, its day, and its parts in order; all in one language.

    `sender` and `recipient` are lines; `language` is the code of what is read ("fr").
    """

    language: str
    title: str
    sender: Sequence[str]
    recipient: Sequence[str]
    dated: str
    footer: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a round; `card`: whether a card may be left there."""

    number: str
    name: str
    where: str
    when: str
    phones: str
    reference: str
    cautions: Sequence[str]
    card: bool


@dataclass(frozen=True, slots=True)
class RoundDay:
    """A day of a round: its doors by commune, in the order in which one walks."""

    day: str
    towns: Sequence[tuple[str, Sequence[Stop]]]


@dataclass(frozen=True, slots=True)
class Round:
    """A round of visits: what to say, the doors, and boxes to tick at each.

    `card_box` is the place among `boxes` of the one that says that a card was left.
    """

    language: str
    title: str
    sender: Sequence[str]
    dated: str
    footer: str
    say: Sequence[str]
    days: Sequence[RoundDay]
    boxes: Sequence[str]
    card_box: int
    hour: str


def write_pdf(letter: Letter) -> bytes:
    """The document as PDF; what no reader could make out (a table without titles) is an error."""
    return write_letters([letter])


def write_letters(letters: Sequence[Letter]) -> bytes:
    """The letters in one PDF, each on pages of its own, its address in the envelope's window."""
    return _write(LETTER, _batch(letters))


def write_round(paper: Round) -> bytes:
    """A round of visits as PDF."""
    return _write(ROUND, asdict(paper))


def picture(letter: Letter) -> list[bytes]:
    """The pages of a letter as PNG, for a preview on a screen."""
    given = _given(_batch([letter]))
    pages = _typst().compile(LETTER, format="png", ppi=PREVIEW_PPI, **given)
    return pages if isinstance(pages, list) else [pages]


def page_counts(letters: Sequence[Letter]) -> list[int]:
    """How many pages each of these letters takes."""
    if not letters:
        return []
    found = _typst().query(LETTER, "<pages>", field="value", **_given(_batch(letters)))
    return [int(each) for each in json.loads(found)]


def _write(template: Path, data: Mapping[str, Any]) -> bytes:
    content = _typst().compile(
        template,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(now().timestamp()),
        **_given(data),
    )
    assert isinstance(content, bytes)
    return content


def _batch(letters: Sequence[Letter]) -> dict[str, Any]:
    first = letters[0]
    return {
        "language": first.language,
        "title": first.title,
        "letters": [asdict(letter) for letter in letters],
    }


def _typst() -> Any:
    import typst  # loaded by whoever writes a document alone

    return typst


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    import fontpkg_source_sans_3

    return {
        "root": FOLDER,
        "font_paths": [fontpkg_source_sans_3.ROOT],
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data)},
    }
