"""Scripts: every file is loaded by a page or a script, and every data-* word has two ends."""

import re
from pathlib import Path

from energymed.web.shared.assets import packaged
from energymed.web.shared.bundles import CORE, parts
from tests.guards.source import ROOT, name_of, python_files, templates

SCRIPTS = ROOT / "static" / "js"
LOADED = re.compile(r"url_for\(['\"]static['\"],\s*filename=['\"]([^'\"]+)['\"]\)")
IMPORTED = re.compile(r"^import (?:[^'\"]* from )?\"([^\"]+)\";", re.MULTILINE)
WRITTEN = re.compile(r"\bdata-([a-z]+(?:-[a-z]+)*)")
READ = re.compile(r"\bdataset\.(\w+)|\[data-([a-z-]+)|\"(\w+)\" in \w+(?:\.\w+)*\.dataset")
SET = re.compile(r"\bdataset\.(\w+) = ")
BOOTSTRAP = {"bs"}


def scripts() -> list[Path]:
    return sorted(SCRIPTS.rglob("*.js"))


def text_of(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def dashed(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "-" + letter.group(0).lower(), name)


def test_what_pages_load_is_there_and_nothing_else_is() -> None:
    pages = text_of(templates())
    loaded = {ROOT / "static" / name for name in set(LOADED.findall(pages)) - set(packaged())}
    assert [name_of(path) for path in loaded if not path.is_file()] == []
    imported = set()
    for path in scripts():
        for address in IMPORTED.findall(path.read_text(encoding="utf-8")):
            found = (path.parent / address).resolve()
            assert found.is_file(), f"{name_of(path)} imports {address}"
            imported.add(found)
    assert [name_of(path) for path in scripts() if path not in loaded | imported] == []
    sheets = sorted((ROOT / "static" / "css").glob("*.css"))
    named = text_of(sheets)
    for path in sheets:
        assert f"css/{path.name}" in pages or f'@import "{path.name}"' in named, name_of(path)


def test_no_page_runs_a_part_twice() -> None:
    """Each script that a page names is joined with its own copy of what the core does not hold."""
    texts = {
        path.relative_to(ROOT / "static").as_posix(): path.read_text(encoding="utf-8")
        for path in scripts()
    }
    core = set(parts(CORE, texts))
    for page in templates():
        named = {name for name in LOADED.findall(page.read_text(encoding="utf-8")) if name in texts}
        run = [part for name in named - {CORE} for part in parts(name, texts)]
        assert len(run) == len(set(run)), name_of(page)
        assert not named & core - {CORE}, name_of(page)


def test_data_words_are_written_and_read() -> None:
    code = text_of(scripts())
    written = set(WRITTEN.findall(text_of([*templates(), *python_files("energymed/web")])))
    words = {dashed(first or third) or second for first, second, third in READ.findall(code)}
    own = {dashed(name) for name in SET.findall(code)}
    own |= set(re.findall(r"setAttribute\(\"data-([a-z-]+)\"", code))
    assert sorted(words - written - own) == []
    styles = text_of(sorted((ROOT / "static" / "css").glob("*.css")))
    read = words | set(re.findall(r"\[data-([a-z-]+)", styles))
    assert sorted(written - read) == []
