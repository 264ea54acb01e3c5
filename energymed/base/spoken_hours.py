"""Hours as a French text writes them: 10 h, 10 h 05, never broken at the end of a line. Pure."""

from datetime import datetime, time

NBSP = "\N{NO-BREAK SPACE}"


def spoken_hour(at: time | datetime) -> str:
    """10 h at the full hour, else 10 h 05; an instant is already at the clocks of its place."""
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}" if at.minute else f"{at.hour}{NBSP}h"
