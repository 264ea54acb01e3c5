"""Codes of the room: what a backup is made of, what a column of it holds, and how a run ended."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class Holds(Code):
    """What a column holds, the same on both databases."""

    NUMBER = "number"
    YES_NO = "yes_no"  # 0 or 1
    TEXT = "text"
    JSON = "json"  # as text
    DAY = "day"  # 2026-11-29
    INSTANT = "instant"  # 2026-11-29 08:15:00.000000, of UTC
    BYTES = "bytes"  # in base64


class Part(Code):
    """What a line of a backup begins."""

    HEAD = "head"
    FILE = "file"
    TABLE = "table"
    END = "end"


class RunState(Code):
    """What became of a job's run."""

    RUNNING = "running", N_("en cours")
    DONE = "done", N_("fait")
    FAILED = "failed", N_("échec")


class FailureSource(Code):
    """What failed."""

    WEB = "web", N_("Page")
    JOB = "job", N_("Tâche")
    COMMAND = "command", N_("Commande")
