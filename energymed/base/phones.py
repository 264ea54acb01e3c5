"""The phones of a cell: every number among the words that people write around them (DOMAIN §13)."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from energymed.base.phone_numbers import FICTION, PROSPECTING, is_mobile, plain_french, to_e164
from energymed.base.phone_remarks import RemarkCode, clean_remark, meanings
from energymed.base.text.folding import visible
from energymed.base.text.nothing import Kind, says_nothing

__all__ = [
    "FICTION", "PROSPECTING", "PhoneRemark", "PhonesFound", "is_mobile", "phones_in",
    "plain_french", "to_e164",
]  # fmt: skip


class PhoneRemark(NamedTuple):
    """What a cell says beside one of its numbers, at most 60 characters, and what that means."""

    e164: str
    text: str
    codes: tuple[RemarkCode, ...]


class PhonesFound(NamedTuple):
    """What one cell held: the good numbers, the parts of it that are no number, and remarks.

    A cell without any good number is unread as a whole. Only numbers beside which something is
    said have a remark.
    """

    numbers: tuple[str, ...]
    unread: tuple[str, ...] = ()
    remarks: tuple[PhoneRemark, ...] = ()


_GAP = r"[\s.,:·_/()\-‐‑‒–—]{0,3}"  # between the digits of one number
_RUN = re.compile(rf"\+?\d(?:{_GAP}\d)*", re.ASCII)
_PAIRS = rf"[1-9](?:{_GAP}\d){{8}}(?!\d)"
_NUMBER = re.compile(
    rf"(?:\+|00){_GAP}33{_GAP}(?:0{_GAP})?{_PAIRS}|0{_GAP}{_PAIRS}"
    rf"|(?:33)?[1-9]\d{{8}}(?!\d)|(?:33{_GAP})?[1-9](?:[\s.\-]?\d\d){{4}}(?=\D*$)"
    rf"|\+[1-9](?:{_GAP}\d){{7,14}}?(?={_GAP}0[1-9](?:{_GAP}\d){{8}}(?!\d)|{_GAP}\D*$)",
    re.ASCII,
)
_TEN = re.compile(r"0[1-9]\d{8}", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)
_LETTER_O = re.compile(r"(?<!\w)[oO](?=[ .\-]?[1-9](?:[ .\-]?\d){8}(?!\d))")
# Days and hours, which are no numbers; a day with two digits of year only where a number or
# no digit follows it
_DAY = re.compile(
    r"(?<![\d/.\-])(?:(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\1(?:20\d\d|19\d\d)"
    r"|20\d\d-\d\d-\d\d)(?![/.\-]?\d)"
    r"|(?<![\d/.\-])(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\2\d\d(?![/.\-]?\d)"
    r"(?=\s*+(?:\D|$|(?:0|\+33)\s?[1-9](?:[\s.\-]?\d\d){4}(?!\d)))",
    re.ASCII,
)
_CLOCK = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-4])(?:[hH:][0-5]\d)(?![\d:])", re.ASCII)
_SMALL = re.compile(
    r"(?<!\w)(?:poste|ext(?:ension)?|interne|b[aâ]t(?:iment)?|app?(?:artemen)?t|apt|[eé]t(?:age)?|"
    r"porte|code|dept?|cage|hall|esc(?:alier)?|n[°o]\s?client|lot|villa)\.?\s?(?:n[°o]\s?)?:?\s?"
    r"(?:[1-9]\d{0,3}[a-z]?|[a-z]\d{0,3})(?!\w)|\([1-9]\d?\)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
_BREAKS = (
    re.compile(r"[/;|\n&+]"),
    re.compile(r"\b(?:ou|et|puis)\b|\s[-–—]\s", re.IGNORECASE),
    re.compile(","),
)
# a word before a number that says which one it is
_LABEL_AT_END = re.compile(
    r"(?<!\w)(?:t[eé]l(?:[eé]phone)?s?|dom(?:icile)?|mob(?:ile)?|port(?:able)?|fixe|bureau|travail|"
    r"pro|perso(?:nnel)?|gsm|fax|mme|madame|mr?|monsieur|n[°o])\s?[.:°\d]*\s*[:.]?\s*$",
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])", re.ASCII)
_MASK = "~"
_LONGEST = 1_000  # characters: what is longer is no phone
_SHORT = 4
_FRAGMENT = 6  # digits: as many are no house, no floor, no postal code


def phones_in(cell: object, postal_code: str | None = None) -> PhonesFound:
    """Every number in a cell: '06 39 98 00 01 / 04 65 71 00 02 (bureau)' holds two.

    Words, hours, days and extensions around a number do not lose it: they are its remark. Words
    that mean "none" (inconnu, néant, NC) are an empty cell, not an unread one.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return PhonesFound((), (str(cell),))
    if isinstance(cell, str) and len(cell) > _LONGEST:
        return PhonesFound((), (cell,))
    number = to_e164(cell, postal_code)
    if number:
        return PhonesFound((number,))
    if not isinstance(cell, str):
        return PhonesFound((), (str(cell),))
    if says_nothing(cell, Kind.PHONE):
        return PhonesFound(())
    return _among_words(visible(cell), postal_code)


def _among_words(cell: str, postal_code: str | None) -> PhonesFound:
    text = _LETTER_O.sub("0", cell)
    masked = text
    for what in (_DAY, _CLOCK, _SMALL):
        masked = what.sub(lambda match: _MASK * len(match[0]), masked)
    spans = [span for run in _RUN.finditer(masked) for span in _spans(run[0], run.start())]
    good = [to_e164(_bare(text[start:end]), postal_code) for start, end in spans]
    said = _said(text, spans)
    numbers = tuple(dict.fromkeys(number for number in good if number))
    remarks = []
    for number in numbers:
        beside = [part for part, one in zip(said, good, strict=True) if one == number]
        whole = " ".join(part for part in beside if clean_remark(part))
        if text_kept := clean_remark(whole):
            remarks.append(PhoneRemark(number, text_kept, meanings(whole)))
    if not numbers:
        return PhonesFound((), (cell,))
    unread = [span for span, number in zip(spans, good, strict=True) if number is None]
    unread += _fragments(masked, spans)
    parts = tuple(text[start:end] for start, end in sorted(unread))
    return PhonesFound(numbers, parts, tuple(remarks))


def _spans(run: str, offset: int) -> list[tuple[int, int]]:
    """Where the numbers of a run of digits stand, good ones or not."""
    digits = [at for at, sign in enumerate(run) if sign.isdigit()]
    tens = [digits[at : at + 10] for at in range(0, len(digits), 10)]
    if to_e164(_bare(run)):
        found = [(0, len(run))]
    elif all(_TEN.fullmatch("".join(run[at] for at in ten)) for ten in tens):
        found = [(ten[0], ten[-1] + 1) for ten in tens]
    else:
        found = _scanned(run)
    return [(offset + start, offset + end) for start, end in found]


def _scanned(run: str) -> list[tuple[int, int]]:
    """The numbers of a run with other digits around them; rather those that end it.

    Before them stands one group ('26110 06…') or up to four digits ('12 3 06…'): numbers in the
    midst of more digits are part of something else.
    """
    starts = [0, *(match.start() for match in _GROUP.finditer(run) if match.start() > 1)]
    readings = [_read_from(run, start) for start in starts[:3]]
    for at, (found, to_the_end) in enumerate(readings):
        if found and to_the_end and (at < 2 or len(_bare(run[: starts[at]])) <= _SHORT):
            return found
    return readings[0][0]


def _read_from(run: str, at: int) -> tuple[list[tuple[int, int]], bool]:
    """The numbers that follow each other from here on, and whether they reach the end."""
    found = []
    skipped = False
    while at < len(run):
        if number := _NUMBER.match(run, at):
            found.append(number.span())
            at = number.end()
        else:
            group = _GROUP.match(run, at)
            if not found or group is None or len(group[0]) > 2:
                break
            skipped, at = True, group.end()
        following = _GROUP.search(run, at)
        at = following.start() if following else len(run)
    return found, at == len(run) and not skipped


def _bare(written: str) -> str:
    plus = "+" if written.startswith("+") else ""
    return plus + "".join(sign for sign in written if sign.isdigit())


def _between(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """The pieces of a text before, between and after its numbers."""
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _fragments(masked: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where digits beside the numbers look like a number that could not be read."""
    offset = 0
    for piece, number in zip_longest(_between(masked, spans), spans):
        words = any(sign.isalpha() for sign in piece)
        for run in _RUN.finditer(piece):
            count = sum(sign.isdigit() for sign in run[0])
            if _DAY_MONTH.fullmatch(run[0]):
                continue
            if not words or count >= _FRAGMENT or (run[0][0] in "+0" and count > 1):
                yield offset + run.start(), offset + run.end()
        offset = number[1] if number else offset


def _said(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """What is said beside each number.

    Words before the first number are labels, and so are those before the others then ('dom …
    mob …'); otherwise words come after their number. A sign or word that parts two numbers parts
    what is said of them.
    """
    if not spans:
        return []
    before, *middle, after = _between(text, spans)
    labelled = any(sign.isalpha() for sign in before)
    said = [before]
    for piece in middle:
        mine, others = _parted(piece, labelled=labelled)
        said[-1] += f" {mine}"
        said.append(others)
    said[-1] += f" {after}"
    return said


def _parted(piece: str, *, labelled: bool) -> tuple[str, str]:
    """What stands between two numbers: what is said of the first, and of the second."""
    hidden = _BRACKETS.sub(lambda match: _MASK * len(match[0]), piece)
    for parts in _BREAKS:
        if found := list(parts.finditer(hidden)):
            ends_it = not piece[found[-1].end() :].strip()  # « - fille - »: said of the first
            parting = found[-1 if ends_it else 0]
            return piece[: parting.start()], piece[parting.end() :]
    if _MASK in hidden and not labelled:
        cut = hidden.rindex(_MASK) + 1
        return piece[:cut], piece[cut:]
    announces = labelled or piece.rstrip().endswith(":")
    if announces and (label := _LABEL_AT_END.search(piece)):
        return piece[: label.start()], piece[label.start() :]
    return ("", piece) if announces else (piece, "")
