"""One style sheet and one script where a page names one: joined from what they import, no build.

The files stay as they are written, and are tested that way; a process joins them once, when it
reads them. Names are those below `static/`: `css/page.css`, `js/core/main.js`.
"""

import posixpath
import re
from collections.abc import Mapping

CORE = "js/core/main.js"  # what every page loads; no other bundle holds a second copy of its parts
_SHEET = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
_IMPORT = re.compile(r'^import (?:(\{[\w, ]*\}) from )?"([^"]+)";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b|^const .* as .* = parts", re.MULTILINE)


def style_sheet(name: str, texts: Mapping[str, str]) -> str:
    """A sheet with those that it imports in their places, in the order of its lines."""
    return _SHEET.sub(lambda found: style_sheet(_beside(name, found.group(1)), texts), texts[name])


def script(name: str, texts: Mapping[str, str]) -> str:
    """A script with all that it imports, each part run once, those that it needs before it.

    What the core holds is taken from the core, so that both speak of the same forms and clocks. A
    part of the core, and a script that imports nothing, stays as it is written.
    """
    core = parts(CORE, texts)
    if name == CORE:
        head, wanted = "export const parts = {};", core
    elif name in core or not _IMPORT.search(texts[name]):
        return texts[name]
    else:
        address = posixpath.relpath(CORE, posixpath.dirname(name))
        head = f'import {{ parts as shared }} from "./{address}";\nconst parts = {{ ...shared }};'
        wanted = [each for each in parts(name, texts) if each not in core]
    return "\n".join([head, *(_part(each, texts[each]) for each in wanted)])


def parts(name: str, texts: Mapping[str, str]) -> list[str]:
    """A script and all that it imports, what is needed first."""
    found: dict[str, None] = {}

    def walk(each: str, above: tuple[str, ...]) -> None:
        if each in above:
            raise ValueError(f"scripts import each other: {each}")
        for _names, address in _IMPORT.findall(texts[each]):
            if (needed := _beside(each, address)) not in found:
                walk(needed, (*above, each))
        found[each] = None

    walk(name, ())
    return list(found)


def _part(name: str, text: str) -> str:
    """A module as a function that runs at once and gives what the module exports.

    Raises:
        ValueError: it imports or exports in a way that is not known here.
    """
    given = ", ".join(_EXPORT.findall(text))
    text = _IMPORT.sub(lambda found: _taken(name, *found.groups()), _EXPORT.sub("", text))
    if left := _LEFT.search(text):
        raise ValueError(f"{name}: {text[left.start() :].splitlines()[0]}")
    return f'parts["{name}"] = (() => {{\n{text}\nreturn {{ {given} }};\n}})();'


def _taken(name: str, names: str | None, address: str) -> str:
    return f'const {names} = parts["{_beside(name, address)}"];' if names else ""


def _beside(name: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
