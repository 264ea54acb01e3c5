"""A printed French text as one types it, for what is read again: titles of files, tests. Pure."""

import re

_PRINTED = re.compile(
    "[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}](?=[;:!?»])"  # before a sign
    "|(?<=«)\N{NO-BREAK SPACE}"
    "|(?<=[0-9])\N{NO-BREAK SPACE}(?=h)"  # 10 h 30
    "|(?<=[0-9]\N{NO-BREAK SPACE}h)\N{NO-BREAK SPACE}(?=[0-9])"
)


def typed(text: str) -> str:
    """The text with ' for ’ and plain spaces around signs and in hours; those of amounts stay."""
    return _PRINTED.sub(" ", text.replace("’", "'"))
