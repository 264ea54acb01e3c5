"""How like a typed word is to a written one: whole, begun, alike by its sound, a typo. Pure."""

from rapidfuzz.distance import OSA

WHOLE = 100.0
BEGUN = 92.0
_HEARD = 88.0
_HEARD_BEGUN = 80.0
_TYPO = 8.0  # what each letter amiss takes from `_HEARD`
_HEARD_FROM = 3  # sounds of a beginning; a shorter one says nothing
_ONE_TYPO, _TWO_TYPOS = 4, 8  # from so many letters on


def likeness(typed: str, heard: str, word: str, sound: str) -> float:
    """How well a word fits, of 100; 0 when it does not.

    Args:
        heard: the sound of what is typed (`base.text.french_sounds`).
        sound: that of the word.
    """
    if word.startswith(typed):
        return WHOLE if word == typed else BEGUN
    best = 0.0
    if sound == heard:
        best = _HEARD
    elif len(heard) >= _HEARD_FROM and sound.startswith(heard):
        best = _HEARD_BEGUN
    forgiven = (len(typed) >= _ONE_TYPO) + (len(typed) >= _TWO_TYPOS)
    if forgiven and abs(len(word) - len(typed)) <= forgiven:
        amiss = OSA.distance(typed, word, score_cutoff=forgiven)
        if amiss <= forgiven:
            best = max(best, _HEARD - _TYPO * amiss)
    return best
