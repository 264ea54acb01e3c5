"""Marks French sentences for the catalogues; the edge (web, command line) translates them.

French is the language of the msgids. Rooms below the desks never translate: they carry a
marked sentence, and the desk that shows it calls gettext in the reader's language.
"""


def N_(message: str) -> str:  # the field's usual name for gettext's no-op marker
    """Return `message` unchanged; its only effect is that the extractor finds it."""
    return message


class Label(str):
    """The label of a code as a value of a sentence: it is a msgid, and translated with it."""

    __slots__ = ()
