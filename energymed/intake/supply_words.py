"""What a file says of a supply: its state and since when, the home, the meter. Pure (DOMAIN §3)."""

import re
from collections.abc import Mapping
from datetime import date

from energymed.base.text.folding import fold
from energymed.cases.codes import SupplyState
from energymed.intake.rules import yes_no

# the columns that tell a state by its day, the gravest first
SINCE = {
    SupplyState.TERMINATED: "terminated_since",
    SupplyState.CUT: "cut_since",
    SupplyState.LIMITED: "limited_since",
}
MOST_KVA = 36
_NOT_SO = frozenset(("non", "pas", "sans", "avant", "a", "ni"))
_WORDS = {
    SupplyState.TERMINATED: ("resili",),
    SupplyState.CUT: ("coup", "suspen", "interrom", "interrupt"),
    SupplyState.LIMITED: ("limit", "redui", "reduc", "brid", "service minimum"),
    SupplyState.NORMAL: ("normal", "en service", "alimente", "actif", "active", "maintenu"),
}
_KVA = re.compile(r"(\d{1,2})(?:[.,]0+)?(?:\s?kva)?", re.ASCII | re.IGNORECASE)
_CLASSIC = ("classique", "electromec", "electronique")
_MODERN = ("linky", "gazpar", "communic")


def supply_state(text: str) -> SupplyState | None:
    """The state that a word names; None when it is none, or is denied ('non coupé')."""
    words = fold(text)
    if not _NOT_SO.isdisjoint(words.split()):
        return None
    for state, marks in _WORDS.items():
        if any(mark in words for mark in marks):
            return state
    return None


def kva(text: str) -> int | None:
    """A reduced power as '1', '1,0' or '1 kVA'; None for anything else."""
    found = _KVA.fullmatch(text)
    power = int(found[1]) if found else 0
    return power if 0 < power <= MOST_KVA else None


def main_residence(text: str) -> bool | None:
    """True for a main residence ('Oui', 'RP', 'Principale'), False for a second home."""
    answer, words = yes_no(text), fold(text)
    if answer is not None:
        return answer
    if words == "rs" or "second" in words or "non" in words.split():
        return False
    return True if words == "rp" or "princip" in words else None


def communicating_meter(text: str) -> bool | None:
    """True for a meter that is read from afar ('Oui', 'Linky'), False for an older one."""
    answer, words = yes_no(text), fold(text)
    if answer is not None:
        return answer
    if "non" in words.split() or any(mark in words for mark in _CLASSIC):
        return False
    return True if any(mark in words for mark in _MODERN) else None


def supply_of(
    told: SupplyState | None, days: Mapping[SupplyState, date | None]
) -> tuple[SupplyState | None, date | None]:
    """State and since when: as `told`, else the gravest that has a day of its own."""
    if told is not None:
        return told, days.get(told)
    found = ((state, days.get(state)) for state in SINCE)
    return next(((state, day) for state, day in found if day is not None), (None, None))
