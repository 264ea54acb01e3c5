"""Makes `docs/help.md` of the help inside the app: `python -m tools.help_pages`.

The texts are written once, in `energymed/web/account/help`; a test fails while the committed page
is not the one that this makes.
"""

from collections.abc import Iterator

from energymed.web.account.help.common import HEADINGS
from energymed.web.account.help.guides import GUIDES
from energymed.web.account.help.shapes import Guide
from energymed.web.mediator.call.keys import SINGLE
from tools.catalogues import ROOT, printed

PAGE = ROOT / "docs" / "help.md"
PICTURES = "../static/img/help"
MADE = (
    "<!-- Made by `python -m tools.help_pages` of energymed/web/account/help: change it there. -->"
)


def whole() -> str:
    """The page: every role's, in French as a printer sets it."""
    lines = [MADE, "", "# Aide", ""]
    for guide in GUIDES.values():
        lines += part(guide)
    return "\n".join(lines)


def part(guide: Guide) -> Iterator[str]:
    """The part of one role, in lines of Markdown."""
    yield from (f"## {printed(guide.title)}", "", " ".join(map(printed, guide.purpose)), "")
    yield from (heading("first_hour"), "")
    for number, step in enumerate(guide.steps, 1):
        where = f"**{printed(step.label)}** – " if step.label else ""
        yield f"{number}. {where}{printed(step.said)}"
    yield ""
    for picture in guide.pictures:
        yield from (f"![{printed(picture.alt)}]({PICTURES}/{picture.name}.png)", "")
    yield from (heading("keys"), "")
    for key in guide.keys:
        yield f"- **{'⇧' if key.isupper() else ''}{key.upper()}** – {printed(SINGLE[key])}"
    yield from (f"- {printed(sentence)}" for sentence in guide.key_notes)
    yield from ("", heading("troubles"), "")
    for trouble in guide.troubles:
        yield from (f"**{printed(trouble.title)}.** {printed(trouble.said)}", "")
    yield from (heading("ask"), "")
    yield from (f"- {printed(sentence)}" for sentence in guide.ask)
    yield ""


def heading(part_of_page: str) -> str:
    """The heading of one part of a role's page."""
    return f"### {HEADINGS[part_of_page]}"


if __name__ == "__main__":
    PAGE.write_text(whole(), encoding="utf-8")
