"""The bare key of a reference, under which its shapes meet. Pure."""

import re
import unicodedata

_DECIMALS = re.compile(r"(\d+)[.,]0{1,2}", re.ASCII)


def bare_key(reference: str) -> str:
    """What stays of a reference when programs have changed its shape between two files.

    Zeros in front (lost in a spreadsheet), letter case, dashes, blanks, points, slashes and a
    '.0' behind count for nothing: '0012345', '12345' and '12345.0' meet, 'EDF-001 23' and
    'edf00123' too. For a question in the preview ("12345 looks like 0012345 of the same person"),
    never for joining in silence: '0012' and '12' may be two customers. '' when nothing is left.
    """
    if reference.isascii() and reference.isalnum():  # nearly all: nothing else can be in them
        return reference.lower().lstrip("0")
    text = unicodedata.normalize("NFKC", reference).strip()
    if whole := _DECIMALS.fullmatch(text):
        text = whole[1]
    return "".join(sign for sign in text.casefold() if sign.isalnum()).lstrip("0")
