"""Style sheets: colours and spaces by token, and the same few breakpoints everywhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.source import ROOT, name_of

TOKENS = ROOT / "static" / "css" / "tokens.css"
WIDTHS = (768, 992, 1200)  # px: a tablet, a desk, a wide desk
HEIGHTS = (600,)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MEDIA = re.compile(r"@media([^{]*)")
LIMIT = re.compile(r"\((?:(min|max)-)?(width|height)\s*:\s*([^)]+)\)|\(([^)]*[<>][^)]*)\)")
DECLARATION = re.compile(r"(?<![\w-])([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|(?<![\w-])"
    r"(?:white|black|gr[ae]y|silver|red|green|blue|navy|teal|orange|yellow|purple|brown)(?![\w-])",
    re.IGNORECASE,
)
SPACED = re.compile(
    r"(?:scroll-)?(?:margin|padding)(?:-[a-z]+)*|(?:row-|column-)?gap|inset(?:-[a-z]+)*"
    r"|top|right|bottom|left"
)
LENGTH = re.compile(r"(?<![\w.-])-?[0-9.]+(?:px|rem)\b")
USED = re.compile(r"var\((--[\w-]+)")
SCRIPTED = re.compile(r"matchMedia\(([^)]*\))")


def sheets() -> list[Path]:
    return [path for path in sorted((ROOT / "static" / "css").glob("*.css")) if path != TOKENS]


def css(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def known_limits() -> set[str]:
    """What a media query may say of a size; `max` ends just below the breakpoint."""
    sizes = [("width", size) for size in WIDTHS] + [("height", size) for size in HEIGHTS]
    return {f"min-{side}: {size}px" for side, size in sizes} | {
        f"max-{side}: {size - 0.02:.2f}px" for side, size in sizes
    }


def breakpoints(text: str) -> Iterator[str]:
    for bound, side, size, compared in LIMIT.findall(text):
        limit = compared or f"{bound}-{side}: {size.strip()}"
        if limit not in known_limits():
            yield f"breakpoint {limit}"


def findings(text: str) -> list[str]:
    found = [each for query in MEDIA.findall(text) for each in breakpoints(query)]
    for name, value in DECLARATION.findall(text):
        found += [f"colour {colour} in {name}" for colour in COLOUR.findall(value)]
        if SPACED.fullmatch(name):
            lengths = set(LENGTH.findall(value)) - {"0px", "0rem", "1px", "-1px"}
            found += [f"space {length} in {name}" for length in sorted(lengths)]
    return found


def test_colours_spaces_and_breakpoints_are_tokens() -> None:
    assert [f"{name_of(path)}: {each}" for path in sheets() for each in findings(css(path))] == []


def test_every_token_is_defined_and_used() -> None:
    defined = set(re.findall(r"(--[\w-]+):", css(TOKENS)))
    used = {name for path in [*sheets(), TOKENS] for name in USED.findall(css(path))}
    assert used <= defined
    assert {name for name in defined - used if not name.startswith("--bs-")} == set()


def test_scripts_know_the_same_breakpoints() -> None:
    scripts = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").rglob("*.js")
    )
    queries = SCRIPTED.findall(scripts)
    assert queries
    assert [each for query in queries for each in breakpoints(query)] == []


@pytest.mark.parametrize(
    "text",
    [
        "a { color: #fff; }",
        "a { background: rgb(0 0 0 / 50%) }",
        "a { border: 1px solid white; }",
        "a { padding: var(--space-1) 3px; }",
        "a { margin-left: -0.5rem }",
        "@media (min-width: 900px) { a { gap: 0; } }",
        "@media (max-width: 40rem) { a { gap: 0; } }",
        "@media (width >= 992px) { a { gap: 0; } }",
    ],
)
def test_the_guard_sees(text: str) -> None:
    assert findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "a { margin: 0 auto 1px; border-left: 4px solid var(--white-soft); white-space: nowrap; }",
        "@media (min-width: 992px) and (max-height: 599.98px) { #a:hover { gap: 0.3em; } }",
    ],
)
def test_the_guard_lets_pass(text: str) -> None:
    assert findings(text) == []
