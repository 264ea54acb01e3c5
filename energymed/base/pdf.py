"""The one writer of PDFs: a letter or a summary as accessible PDF (PDF/UA-1), by Typst.

What a document says is data: the template holds no sentence, and no text of a person is markup.
Fonts come from a package, never from the machine, so that the same document is the same everywhere.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from energymed.base.clock import now

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pdf"
LETTER = FOLDER / "letter.typ"
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


Part = Paragraph | Facts | Figures | Signatures


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


def write_pdf(letter: Letter) -> bytes:
    """The document as PDF; what no reader could make out (a table without titles) is an error."""
    return write_letters([letter])


def write_letters(letters: Sequence[Letter]) -> bytes:
    """The letters in one PDF, each on pages of its own, its address in the envelope's window."""
    content = _typst().compile(
        LETTER,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(now().timestamp()),
        **_given(letters),
    )
    assert isinstance(content, bytes)
    return content


def picture(letter: Letter) -> list[bytes]:
    """The pages of a letter as PNG, for a preview on a screen."""
    pages = _typst().compile(LETTER, format="png", ppi=PREVIEW_PPI, **_given([letter]))
    return pages if isinstance(pages, list) else [pages]


def page_counts(letters: Sequence[Letter]) -> list[int]:
    """How many pages each of these letters takes."""
    if not letters:
        return []
    found = _typst().query(LETTER, "<pages>", field="value", **_given(letters))
    return [int(each) for each in json.loads(found)]


def _typst() -> Any:
    import typst  # loaded by whoever writes a document alone

    return typst


def _given(letters: Sequence[Letter]) -> dict[str, Any]:
    import fontpkg_source_sans_3

    first = letters[0]
    data = {
        "language": first.language,
        "title": first.title,
        "letters": [asdict(letter) for letter in letters],
    }
    return {
        "root": FOLDER,
        "font_paths": [fontpkg_source_sans_3.ROOT],
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data)},
    }
