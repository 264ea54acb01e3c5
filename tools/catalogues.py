"""Keeps the translation catalogues beside the sentences of the code; run by `make`.

French is the language of the msgids. `update` extracts every sentence into `energymed.pot` and
brings the catalogues up to date: new sentences come in empty (English is then written by hand;
French only needs its plurals, which are filled from the msgids), dropped ones go out. No date is
kept, so that a run without new sentences changes no file. `compile` writes the `.mo` files; the
French one holds every sentence as a printer sets it: they are typed plainly in the code.
"""

import re
import sys
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "energymed" / "translations"
LOCALES = ("fr", "en")
SOURCE = "fr"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "N_": None,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "_n": (1, 2),
}
# what is never set otherwise: placeholders, tags, addresses, quoted code, hours
UNTOUCHED = re.compile(
    r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[sdifr]|\{\w*\}|</?[a-zA-Z][^<>]*>|\w+://\S+|[\w.+-]+@[\w-]+\.\w+"
    r"|python3 .+|\d\d?:\d\d"
)
APOSTROPHE = re.compile(r"(?<=\w)'(?=[\w%«{<]|$)")
NARROW, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
SPACES = (
    (re.compile(r"(?<=\S) (?=[;!?])"), NARROW),
    (re.compile(r"(?<=\S) (?=[:»€%])|(?<=«) "), WIDE),
    (re.compile(r"(?<=[\d}…]) (?=h\b)|(?<=\d[ \xa0]h) (?=\d\d\b)"), WIDE),  # 10 h 30
)
KEPT_HEADERS = (b"Language:", b"Plural-Forms:", b"MIME-", b"Content-")


def extract() -> Catalog:
    """Every marked sentence of the code and the templates, as an untranslated catalogue."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    template = blank(None)
    found = extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS)
    for _file, _line, message, _comments, _context in found:
        template.add(message)
    return template


def blank(locale: str | None) -> Catalog:
    """A catalogue without sentences; None for the template."""
    comment = "# energymed: French is the language of the msgids."
    return Catalog(locale=locale, header_comment=comment, charset="utf-8", fuzzy=False)


def catalogue_path(locale: str) -> Path:
    """Where the catalogue of `locale` is kept."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / "energymed.po"


def read(locale: str) -> Catalog:
    """The catalogue of `locale`, empty when there is none yet."""
    path = catalogue_path(locale)
    if not path.exists():
        return blank(locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain="energymed")


def update() -> None:
    """Bring the template and both catalogues up to date and say what is still to translate."""
    template = extract()
    TRANSLATIONS.mkdir(exist_ok=True)
    (TRANSLATIONS / "energymed.pot").write_bytes(as_po(template))
    for locale in LOCALES:
        catalogue = read(locale)
        # a copy: the catalogue takes the template's own messages in, and fills them
        catalogue.update(deepcopy(template), no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        if locale == SOURCE:
            fill_plurals(catalogue)
        path = catalogue_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue))
    missing = sum(not translated(message.string) for message in read("en") if message.id)
    print(f"{len(template)} sentences, {missing} without English")


def fill_plurals(catalogue: Catalog) -> None:
    """Give the source language its plural forms: the msgids themselves (0 and 1 are singular)."""
    for message in catalogue:
        if isinstance(message.id, (tuple, list)) and not translated(message.string):
            message.string = tuple(message.id)


def translated(string: object) -> bool:
    """True when every form of a translation is there."""
    forms = string if isinstance(string, (tuple, list)) else (string,)
    return bool(forms) and all(forms)


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as a file in the order of its sentences, without places, people and dates."""
    file = BytesIO()
    write_po(file, catalogue, width=0, no_location=True, sort_output=True)
    header, blank_line, body = file.getvalue().partition(b"\n\n")
    kept = [
        line
        for line in header.splitlines()
        if not line.startswith(b'"') or line.startswith(tuple(b'"' + name for name in KEPT_HEADERS))
    ]
    return b"\n".join(kept) + blank_line + body


def printed(text: str) -> str:
    """A French sentence as a printer sets it: curly apostrophes, no line broken before a sign.

    A narrow no-break space stands before ; ! ? and a wide one before : » € % and after «, where the
    sentence has a plain space; placeholders, tags, addresses and hours stay as they are.
    """
    kept: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        kept.append(found[0])
        return "{}"

    text = UNTOUCHED.sub(put_aside, text)
    text = APOSTROPHE.sub("’", text)
    for place, space in SPACES:
        text = place.sub(space, text)
    return re.sub(r"\{\}", lambda _: kept.pop(0), text)


def as_printed(catalogue: Catalog) -> None:
    """Give every French sentence its printed form, those that are their own msgid as well."""
    for message in catalogue:
        if message.id:
            said = message.string if translated(message.string) else message.id
            forms = said if isinstance(said, (tuple, list)) else (said,)
            words = tuple(printed(str(form)) for form in forms)
            message.string = words if message.pluralizable else words[0]


def compile_all() -> None:
    """Write a `.mo` beside each `.po` that has changed since, or whose printing has."""
    printing = Path(__file__).stat().st_mtime
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        newest = max(path.stat().st_mtime, printing)
        if target.exists() and target.stat().st_mtime >= newest:
            continue
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parent.parent.name)
        if path.parent.parent.name == SOURCE:
            as_printed(catalogue)
        draft = BytesIO()
        write_mo(draft, catalogue)
        target.write_bytes(draft.getvalue())


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
