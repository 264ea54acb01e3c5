"""The one writer of PDFs: a letter or a summary as accessible PDF (PDF/UA-1), by Typst.

What a document says is data: the template holds no sentence, and no text of a person is markup.
Fonts come from a package, never from the machine, so that the same document is the same everywhere.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from energymed.base.clock import now

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pdf"
LETTER = FOLDER / "letter.typ"
MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

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
    import fontpkg_source_sans_3  # loaded by whoever writes a document alone
    import typst

    content = typst.compile(
        LETTER,
        root=FOLDER,
        font_paths=[fontpkg_source_sans_3.ROOT],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(asdict(letter))},
        pdf_standards=["ua-1"],
        timestamp=int(now().timestamp()),
    )
    assert isinstance(content, bytes)
    return content
