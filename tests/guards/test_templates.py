"""Templates: they parse, in lines that can be read, and hold nothing that the policy refuses."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.guards.source import ROOT, name_of, templates

JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
INLINE = {
    "script with a body": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "htmx handler": re.compile(r"<[^>]*\shx-on\b", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "outside address": re.compile(
        r"\s(?:src|href|action|srcset|poster|data|formaction)\s*=\s*[\"']?\s*(?:https?:)?//",
        re.IGNORECASE,
    ),
}
LINE = 120
JINJA_STYLE = re.compile(r"[(,]\s*(?:style|on[a-z]+)\s*=\s*[\"']")


def markup(path: Path) -> str:
    """The template with its Jinja parts taken out, line breaks kept."""
    text = path.read_text(encoding="utf-8")
    return JINJA.sub(lambda match: "J" + "\n" * match.group(0).count("\n"), text)


def findings(path: Path) -> list[str]:
    text = markup(path)
    found = [
        f"{name_of(path)}:{text.count(chr(10), 0, match.start()) + 1}: {name}"
        for name, pattern in INLINE.items()
        for match in pattern.finditer(text)
    ]
    passed = JINJA_STYLE.findall(path.read_text(encoding="utf-8"))
    return found + [f"{name_of(path)}: style or handler given to a field"] * len(passed)


def test_nothing_inline_and_nothing_from_outside() -> None:
    assert [finding for path in templates() for finding in findings(path)] == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<p class="a" style="color:red">',
        '<button type="button" onclick="go()">',
        '<a href="https://example.org/x.css">',
        '<img src="//example.org/x.png">',
        '{{ form.name(style="width:1em") }}',
    ],
)
def test_the_guard_sees(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda self, encoding: text)
    assert findings(ROOT / "templates" / "any.html")


def test_every_template_parses(database_app: Flask) -> None:
    for path in templates():
        database_app.jinja_env.get_template(path.relative_to(ROOT / "templates").as_posix())


def test_no_line_is_long() -> None:
    long = [
        f"{name_of(path)}:{number}: {len(line)}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LINE
    ]
    assert long == []
