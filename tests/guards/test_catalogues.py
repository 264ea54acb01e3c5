"""Every sentence is in both languages, with the same placeholders, and no sentence is left over."""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.support import Translations

from tools import catalogues

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\))?[#0 +-]*\d*(?:\.\d+)?[sdifr%]")
FRENCH_PLURAL = (2, "(n > 1)")


@cache
def extracted() -> Catalog:
    return catalogues.extract()


def key(message: Message) -> object:
    """What a sentence is looked up by: the singular msgid."""
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def sentences(catalogue: Catalog) -> dict[object, Message]:
    return {key(message): message for message in catalogue if message.id}


def forms(value: object) -> list[str]:
    return [str(form) for form in value] if isinstance(value, list | tuple) else [str(value)]


def placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)} - {"%%"}


@pytest.mark.slow
def test_there_are_sentences() -> None:
    assert len(extracted()) > 100


@pytest.mark.parametrize("locale", catalogues.LOCALES)
def test_the_catalogue_has_exactly_the_sentences_of_the_code(locale: str) -> None:
    catalogue = catalogues.read(locale)
    code, kept = sentences(extracted()), sentences(catalogue)
    assert sorted(map(str, code.keys() - kept.keys())) == [], "run `make catalogues`"
    assert sorted(map(str, kept.keys() - code.keys())) == [], "run `make catalogues`"
    assert list(catalogue.obsolete) == []


def test_every_sentence_is_in_english() -> None:
    catalogue = catalogues.read("en")
    missing = [
        str(sentence)
        for sentence, message in sentences(catalogue).items()
        if message.fuzzy or not catalogues.translated(message.string)
    ]
    assert missing == []


def test_french_plurals_are_there() -> None:
    catalogue = catalogues.read("fr")
    assert (catalogue.num_plurals, catalogue.plural_expr) == FRENCH_PLURAL
    missing = [
        str(message.id)
        for message in catalogue
        if message.pluralizable and (message.fuzzy or not catalogues.translated(message.string))
    ]
    assert missing == []


@pytest.mark.parametrize("locale", catalogues.LOCALES)
def test_placeholders_are_those_of_the_sentence(locale: str) -> None:
    wrong = []
    for message in catalogues.read(locale):
        allowed = set().union(*(placeholders(form) for form in forms(message.id)))
        for form in forms(message.string):
            if form and message.id and not same_placeholders(form, message, allowed):
                wrong.append(f"{form!r} of {message.id!r}")
    assert wrong == []


def same_placeholders(form: str, message: Message, allowed: set[str]) -> bool:
    """Equal for a plain sentence; a singular may leave the number out."""
    found = placeholders(form)
    return found <= allowed if message.pluralizable else found == allowed


def test_placeholders_have_names() -> None:
    """A nameless %s cannot be moved by a translator."""
    nameless = [
        str(message.id)
        for message in extracted()
        for form in forms(message.id)
        for match in PLACEHOLDER.finditer(form)
        if match.group(0) != "%%" and not match.group("name")
    ]
    assert nameless == []


def test_an_installation_by_pip_compiles_them(tmp_path: Path) -> None:
    """As README says it without make; the compiled catalogues are in no commit."""
    for name in ("setup.py", "pyproject.toml", "README.md", "tools/catalogues.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    left_out = shutil.ignore_patterns("*.mo")
    translations = tmp_path / "energymed" / "translations"
    shutil.copytree(ROOT / "energymed" / "translations", translations, ignore=left_out)
    (tmp_path / "energymed" / "__init__.py").touch()
    build = "from setuptools import build_meta; build_meta.build_editable('.')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    assert Translations.load(translations, ["en"], "energymed").gettext("Dossier") == "Case"
