"""How a French name sounds, so that 'jaket' meets 'Jacquet' and 'chabair' 'Chabert'. Pure."""

import re
from functools import lru_cache

# In this order, on folded letters. C is the sound of 'ch', W of 'oi'; 1, 2 and 3 are those of
# 'an', 'in' and 'on'; E is an 'e' that is heard at the end.
_RULES = tuple(
    (re.compile(written), heard)
    for written, heard in (
        (r"s?ch(?=[rln])", "k"),
        (r"s?ch|sh", "C"),
        (r"ph", "f"),
        (r"h", ""),
        (r"c?qu?|ck", "k"),
        (r"ill(?=[aeou])", "i"),
        (r"(.)\1+", r"\1"),
        (r"gn", "n"),
        (r"s?c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"w|bv", "v"),
        (r"(?<=.)e[tz]s?$", "E"),
        (r"z", "s"),
        (r"y", "i"),
        (r"x(?=.)", "ks"),
        (r"(?<=e)s(?=[nml])", ""),
        (r"aul[dt]s?$", "o"),
        (r"(?<=[rn])[kg]s?$", ""),
        (r"(?<=..)(?:[dtsx]|(?<=[mlu])p)+$", ""),
        (r"e?au", "o"),
        (r"oin(?![aeiounmEW])", "W2"),
        (r"oi", "W"),
        (r"ou", "u"),
        (r"oeu|eu|oe", "e"),
        (r"(?<=i)en(?![aeiounmEW])|[ae]?i[nm](?![aeiounmEW])|u[nm](?![aeiounmEW])", "2"),
        (r"[ae][nm](?![aeiounmEW])", "1"),
        (r"o[nm](?![aeiounmEW])", "3"),
        (r"[ae]i", "E"),
        (r"(?<=.)e+$", ""),
        (r"E", "e"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The key of a folded word: words that sound alike in French have the same one.

    Coarse on purpose: 'z' is 's', 'é' is 'è', and endings that are not heard count for nothing.
    """
    heard = word
    for written, replacement in _RULES:
        heard = written.sub(replacement, heard)
    return heard or word
