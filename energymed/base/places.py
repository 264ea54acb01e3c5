"""Postal codes, communes and addresses as people write them into one cell (DOMAIN §13). Pure."""

import re
from typing import NamedTuple

from energymed.base.text.folding import header_key

_POSTAL = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}", re.ASCII)
_COUNTRY = re.compile(r"(?:FR?|FRANCE)\s?[\s\-]?\s?(?=\d)", re.IGNORECASE)
_CEDEX = re.compile(r"\s*CEDEX\s*\d{0,2}$", re.IGNORECASE)
_DECIMALS = re.compile(r"[.,]0{1,2}$")
_WRITTEN = r"(?:FR?\s?-?\s?)?(\d{5}|\d{4}|\d\d\s\d{3})(?:[.,]0{1,2})?"
_CODE_FIRST = re.compile(_WRITTEN + r"(?![\d])(?:[\s,;:/\-–]+(.*)|$)", re.ASCII | re.IGNORECASE)
_GLUED = re.compile(r"(\d{5})([^\W\d_].*)", re.ASCII)
_CODE_LAST = re.compile(
    r"(.*?\S)[\s,;:/(\-–]+(?:FR?-)?(\d{5})(?:[.,]0{1,2})?\)?", re.ASCII | re.IGNORECASE
)
# a code in the midst of an address, which is no box number and no house
_IN_ADDRESS = re.compile(
    r"(?<![\w.,])(?<!BP )(?<!CS )(?<!TSA )(?:FR?\s?-\s?)?(\d{5})(?!\w|[.,]\d)",
    re.ASCII | re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:rue|r\.|av|avenue|bd|bld|boulevard|place|pl|chemin|ch|che|impasse|imp|route|rte|all[eé]es?|"
    r"quai|cours|square|lotissement|lot|r[eé]sidence|r[eé]s|hameau|lieu[ -]dit|mont[eé]e|passage|"
    r"sentier|traverse|voie|villa|cit[eé]|faubourg|fg|b[aâ]t|app?t|zone|za|zi|domaine|quartier)\b",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\s*[,;\n/]\s*|\s+[-–—]\s+")
_ENDS = " \t\n,;:/-–—()"
_FRANCE = re.compile(r"[\s,\-–(]+FRANCE\)?$", re.IGNORECASE)
_LONGEST = 500  # characters of a cell with an address
_DEPARTMENT = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[46-9]", re.ASCII)
_CORSICA = "20"  # 2A and 2B together, as the postal codes of both begin
_OWN_PLACES = {"97133": "977", "97150": "978"}  # with postal codes of Guadeloupe
_SAINT = re.compile(r"\bs(?:t|te)\b")


class Place(NamedTuple):
    """An address in parts; '' for what the cell does not say. The code is five digits."""

    address: str
    postal_code: str
    commune: str


def postal_code(text: str) -> str | None:
    """Five digits from 01000 to 98999; None when it is not one.

    The zero of 01000 is restored; 'F-26110', '26110 CEDEX 2', '26110.0' and '26110,00' are read.
    """
    compact = _DECIMALS.sub("", _COUNTRY.sub("", _CEDEX.sub("", text).strip(), count=1))
    compact = compact.replace(" ", "")
    if compact.isdecimal() and len(compact) == 4:
        compact = "0" + compact
    return compact if _POSTAL.fullmatch(compact) else None


def code_and_commune(text: str) -> tuple[str, str]:
    """A cell that holds both: '26290 DONZERE' or 'Donzère (26290)'; '' for what it lacks.

    The code is as written, to be judged by `postal_code`.
    """
    if match := _CODE_FIRST.fullmatch(text) or _GLUED.fullmatch(text):
        return match[1], _commune(match[2] or "")
    if match := _CODE_LAST.fullmatch(text):
        return match[2], _commune(match[1])
    return "", text


def department(text: str) -> str | None:
    """The code of a département as people write it: '1' gives '01', '26 - Drôme' '26'.

    '20' is Corsica as a whole; None when it is none.
    """
    code = re.split(r"[\s\-–(]", text.strip().upper(), maxsplit=1)[0]
    code = f"0{code}" if code.isdecimal() and len(code) == 1 else code
    return code if _DEPARTMENT.fullmatch(code) else None


def departments_of(code: str | None) -> tuple[str, ...]:
    """The codes under which a département is listed, by a postal code or a commune's INSEE code.

    Two for Corsica: its half, and the whole. None for an unknown code.
    """
    code = (code or "").upper()
    if len(code) != 5:
        return ()
    if code[:2] in ("2A", "2B"):
        return code[:2], _CORSICA
    if code.startswith(_CORSICA):
        return "2A" if code[2] in "01" else "2B", _CORSICA
    if code.startswith(("97", "98")):
        return (_OWN_PLACES.get(code, code[:3]),)
    return (code[:2],)


def commune_key(text: str | None) -> str:
    """A commune in one spelling: 'ST-MARCEL CEDEX 2' and 'Saint Marcel' are one."""
    words = header_key(_CEDEX.sub("", text or ""))
    return _SAINT.sub(lambda found: "sainte" if found[0] == "ste" else "saint", words)


def split_address(text: str) -> Place:
    """A whole address in one cell: '12 rue des Écoles - 26000 Valence' in its three parts.

    The code is the last one that is no box number (BP, CS, TSA) and no house; the commune follows
    it, or stands between a comma or dash and it ('12 rue des Écoles, Valence 26000'). Without a
    code all is address, and so is a text of more than 500 characters.
    """
    text = _FRANCE.sub("", text.strip())
    code = None if len(text) > _LONGEST else _code_in(text)
    if code is None:
        return Place(text, "", "")
    before, after = text[: code.start()].strip(_ENDS), text[code.end() :].strip(_ENDS)
    if after:
        commune, *rest = _PARTED.split(after, maxsplit=1)
        address = ", ".join(part for part in (before, *rest) if part.strip())
        return Place(address, code[1], _commune(commune))
    *_, tail = _PARTED.split(before)
    if _STREET.search(tail) or any(sign.isdigit() for sign in tail):
        return Place(before, code[1], "")
    return Place(before[: len(before) - len(tail)].strip(_ENDS), code[1], _commune(tail))


def _code_in(text: str) -> re.Match[str] | None:
    found = None
    for match in _IN_ADDRESS.finditer(text):
        after = text[match.end() :].lstrip(_ENDS)
        if postal_code(match[1]) and not _STREET.match(after) and (after or not found):
            found = match
    return found


def _commune(text: str) -> str:
    """A commune as written; 'CEDEX 2' alone is none."""
    return "" if _CEDEX.fullmatch(text) else text.strip(_ENDS)
