"""Every icon that a page names is one of those that the small sprite carries."""

import re
from pathlib import Path

import flask_bootstrap

from energymed.web.shared.assets import ICONS
from tests.guards.source import ROOT

NAME = re.compile(r"[\"']([a-z0-9]+(?:-[a-z0-9]+)+)[\"']")  # those of one word are words as well
FOLDERS = (("templates", "*.html"), ("energymed/web", "*.py"))


def named() -> set[str]:
    """What looks like the name of an icon in pages and desks."""
    found: set[str] = set()
    for folder, pattern in FOLDERS:
        for path in (ROOT / folder).rglob(pattern):
            found.update(NAME.findall(path.read_text(encoding="utf-8")))
    return found


def test_the_sprite_has_every_icon_that_is_named() -> None:
    folder = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons"
    sprite = (folder / "bootstrap-icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol[^>]* id="([a-z0-9-]+)"', sprite))
    asked = named() & known
    assert len(asked) > 30
    assert asked <= set(ICONS)
