"""What all pictures share: their width, how wide a text is about, days along the width. Pure."""

from datetime import date

WIDTH = 300  # units of the view box; the style sheet says how wide that is on a page
EDGE = 8
LETTER = 6.3  # about a letter of the pictures' type
LINE = 14  # from one line of text to the next


def text_width(text: str) -> float:
    """About how wide a text is drawn."""
    return len(text) * LETTER


def place(day: date, first: date, last: date) -> float:
    """How far along the width a day lies, between the first and the last; within them."""
    days = max((last - first).days, 1)
    share = min(max((day - first).days / days, 0), 1)
    return round(EDGE + share * (WIDTH - 2 * EDGE), 1)
