"""What a reader of French would find odd in a page: typed signs, codes of ours, dates of machines.

Texts that people wrote are shown as they are: they stand in elements with a language of their own
or with the class of a note, and are passed over.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from lxml.html import HtmlElement, document_fromstring

UNREAD = ("script", "style", "template", "code", "pre", "textarea", "kbd")
NOTES = {"event-note", "said"}
SAID = ("aria-label", "title", "alt", "placeholder", "data-copied", "data-confirm")
# but for names of places and people: Tain-l'Hermitage, D'ANGELO, D'Angelo
APOSTROPHE = re.compile(r"(?<!-[dlDL])(?:(?<=[^\W\d_])'[a-zà-ÿœ]|(?<=[a-zà-ÿœ])'[^\W\d_])\w*")
MACHINE_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
MACHINE_HOUR = re.compile(r"(?<![\d:])\d\d?:\d\d(?![\d:])")
BARE_SIGN = re.compile(r"\w [;!?:»%€](?=\s|$)|« \w")
WORD_WITH_BAR = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
ELSEWHERE = re.compile(r"https?://\S+|[\w.+-]+@\S+")


@cache
def codes() -> frozenset[str]:
    """Every code of the rooms that could be taken for nothing else: those with an underscore."""
    families, found = list(StrEnum.__subclasses__()), set[str]()
    while families:
        family = families.pop()
        families += family.__subclasses__()
        if family.__module__.startswith("energymed"):
            found |= {member.value for member in family if "_" in member.value}
    return frozenset(found)


def texts(page: HtmlElement) -> Iterator[str]:
    """Every text of a page that is seen or heard."""
    for element in page.iter():
        if not isinstance(element.tag, str) or _unread(element):
            continue
        yield from (element.get(name, "") for name in SAID)
        yield element.text or ""
        yield from (child.tail or "" for child in element)


def _unread(element: HtmlElement) -> bool:
    """Code, what is typed, texts that people wrote (of a language of their own), a timer."""
    return any(
        each.tag in UNREAD
        or (each.tag != "html" and each.get("lang"))
        or NOTES & set(each.classes)
        or "data-timer" in each.attrib
        for each in (element, *element.iterancestors())
        if isinstance(each, HtmlElement)
    )


def oddities(html: str) -> list[str]:
    """What is odd in a French page, each with the words around it."""
    found: list[str] = []
    for text in texts(document_fromstring(html)) if html.strip() else ():
        said = " ".join(re.split(r"[ \t\r\n]+", ELSEWHERE.sub("", text)))
        found += _odd(said)
    return found


def _odd(said: str) -> Iterator[str]:
    for what, pattern in (
        ("typed apostrophe", APOSTROPHE), ("date of a machine", MACHINE_DAY),
        ("hour of a machine", MACHINE_HOUR), ("space that breaks", BARE_SIGN),
    ):  # fmt: skip
        for match in pattern.finditer(said):
            yield f"{what}: {said[max(0, match.start() - 40) : match.end() + 40]}"
    yield from (f"code: {word}" for word in WORD_WITH_BAR.findall(said) if word in codes())
